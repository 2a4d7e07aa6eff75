#!/usr/bin/env bash
# tools/python.sh [VERSION]: print the newest complete Python 3.11 to 3.14 on this machine, other than VERSION if given.
# Looks at PATH and at pyenv. Complete means that it can make a virtual environment and has the modules that Laurel
# and its tests import: a Debian without python3-venv and a pyenv build without libsqlite3-dev do not.
set -u

other_than=${1:-}
modules='venv, ensurepip, ssl, sqlite3, zlib, bz2, ctypes, hashlib'
incomplete=

for version in 3.14 3.13 3.12 3.11; do
  test "$version" = "$other_than" && continue
  for candidate in $(type -ap "python$version") "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
    test -x "$candidate" || continue
    # A pyenv shim exists for every installed version, but runs only the selected ones.
    found=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    test "$found" = "$version" || continue
    if "$candidate" -c "import $modules" 2>/dev/null; then
      echo "$candidate"
      exit 0
    fi
    incomplete="$incomplete $candidate"
  done
done

test -n "$other_than" && exit 1
cat >&2 <<MESSAGE
No complete Python 3.11, 3.12, 3.13 or 3.14 was found on PATH or in pyenv.${incomplete:+ Found, but incomplete:$incomplete.}
Install one with venv, ssl, sqlite3, zlib, bz2 and ctypes (Debian: apt-get install python3 python3-venv),
or name one: make PYTHON=/path/to/python3.13
MESSAGE
exit 1
