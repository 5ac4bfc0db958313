#!/usr/bin/env bash
# The sample company, and screens that reload as they are edited. Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "$0")/.."

address=${LISTEN:-127.0.0.1:7070}
"$1" demo --listen "$address" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
cd web
LIUKE_API="http://$address" ../scripts/npm.sh run dev
