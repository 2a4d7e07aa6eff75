#!/usr/bin/env bash
# tools/step.sh MESSAGE COMMAND...: print the message, a dot every two seconds, and the output only if the command fails.
set -u

words=$1
shift
output=$(mktemp)
trap 'rm -f "$output"' EXIT

exec 1>&2 # progress goes to standard error, so that the output of a make target stays clean
printf '%s ...' "$words"
began=$SECONDS
"$@" >"$output" 2>&1 &
job=$!
trap 'kill "$job" 2>/dev/null; exit 130' INT TERM
while kill -0 "$job" 2>/dev/null; do
  for _ in 1 2 3 4 5 6 7 8; do
    kill -0 "$job" 2>/dev/null && sleep 0.25
  done
  printf '.'
done
if wait "$job"; then
  printf ' %s s\n' "$((SECONDS - began))"
else
  code=$?
  printf ' failed\n'
  cat "$output" >&2
  exit "$code"
fi
