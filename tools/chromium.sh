#!/usr/bin/env bash
# Makes sure that the browser tests have a Chromium: one that is there, else Debian's package, else a loud word.
set -eu

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  here=$(dirname "$0")
  export DEBIAN_FRONTEND=noninteractive
  if "$here/step.sh" "listing Debian's packages" apt-get update &&
    "$here/step.sh" "installing Chromium" apt-get install -y --no-install-recommends chromium fonts-dejavu-core; then
    exit 0
  fi
fi

cat >&2 <<'WORD'
********************************************************************************
  No Chromium here, and it could not be installed: THE BROWSER TESTS ARE SKIPPED.
  Install one (Debian: apt-get install chromium) and run `make test` again.
********************************************************************************
WORD
