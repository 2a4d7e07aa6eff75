#!/usr/bin/env bash
# tools/venv.sh FOLDER REQUIREMENTS PYTHON: create or update a virtual environment.
# An existing environment keeps its Python. One whose Python differs from PYTHON, when PYTHON is given, is recreated.
set -eu

folder=$1
requirements=$2
python=${3:-}
version='import sys; print("%d.%d" % sys.version_info[:2])'

if test -x "$folder/bin/python" && { test -z "$python" ||
  test "$("$folder/bin/python" -c "$version")" = "$("$python" -c "$version")"; }; then
  :
else
  test -n "$python" || python=$(tools/python.sh)
  test -L "$folder" && { echo "$folder is a link to another checkout's environment: it is not recreated" >&2; exit 1; }
  rm -rf "$folder"
  "$python" -m venv "$folder"
fi
tools/step.sh "Installing $requirements into $folder ($("$folder/bin/python" -c "$version"))" \
  "$folder/bin/python" -m pip install --disable-pip-version-check --requirement "$requirements"
touch "$folder/.made"
