#!/bin/bash
# The storage suite (tests/contract), or a command, on Amazon's own engine, DynamoDB Local. Needs Java 17, npm and Linux.
# The engine listens on every interface, so it and the tests run in a network of their own that has loopback only.
# Usage: tools/dynamodb_local.sh [pytest arguments], or tools/dynamodb_local.sh -- command
set -euo pipefail
cd "$(dirname "$0")/.."

package=amplify-dynamodb-simulator@2.9.30 # Amazon's; DynamoDB Local 1.25.1 under the Amazon DynamoDB Local License
home=$PWD/build/dynamodb-local
if ! test -e "$home/package/emulator/DynamoDBLocal.jar"; then
    echo "build/dynamodb-local: fetching $package (57 MB)"
    mkdir -p "$home"
    (cd "$home" && tar -xzf "$(npm pack --silent "$package")")
fi

if test "${1:-}" = --; then shift; else set -- .venv/bin/pytest tests/contract "$@"; fi
exec unshare --map-root-user --net bash -euo pipefail -c '
    ip link set lo up
    (cd "$0/package/emulator" && exec java -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar -inMemory -port 8123 >&2) &
    engine=$!
    trap "kill $engine" EXIT
    until (exec 3<>/dev/tcp/127.0.0.1/8123) 2>/dev/null; do kill -0 $engine; sleep 0.2; done
    LAUREL_DYNAMODB_LOCAL=http://127.0.0.1:8123 LAUREL_DYNAMODB_LOCAL_PID=$engine "$@"
' "$home" "$@"
