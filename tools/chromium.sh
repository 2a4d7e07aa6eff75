#!/usr/bin/env bash
# Provide Chromium for the browser tests: Debian's headless package, or another installed one, or a warning.
set -eu

if command -v chromium-headless-shell >/dev/null; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  here=$(dirname "$0")
  export DEBIAN_FRONTEND=noninteractive
  if "$here/step.sh" "Updating the package list" apt-get update &&
    "$here/step.sh" "Installing Chromium" apt-get install -y --no-install-recommends chromium-headless-shell fonts-dejavu-core; then
    exit 0
  fi
fi

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done

cat >&2 <<'WORD'
********************************************************************************
  Chromium was not found and could not be installed: THE BROWSER TESTS ARE SKIPPED.
  Install it (Debian: apt-get install chromium-headless-shell) and run `make test` again.
********************************************************************************
WORD
