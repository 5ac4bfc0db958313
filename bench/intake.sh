#!/usr/bin/env bash
# Events over HTTP against the peer. See README.md. $LIUKE: the binary, $PYTHON: with FastAPI.
set -euo pipefail
cd "$(dirname "$0")"

liuke=$(realpath "$LIUKE")
python=${PYTHON:-python3}
seconds=${SECONDS_EACH:-180}
stored=${STORED:-10000000}
rounds=${ROUNDS:-5}
folder=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

rustc -O --edition 2024 load.rs -o "$folder/load"
number() { grep -oE "\"$1\":[0-9.]+" | cut -d: -f2; }
median() { sort -n | awk '{all[NR] = $1} END {print all[int((NR + 1) / 2)]}'; }
ready() { # address
  for _ in $(seq 300); do
    curl -fsS -o /dev/null "http://$1" 2>/dev/null && return 0
    sleep 0.2
  done
  return 1
}
load() { # to, key, seed, more…
  local to=$1 key=$2 seed=$3
  shift 3
  "$folder/load" --to "$to" --path /v1/batch --key "$key" --seed "$seed" --pid "$server" "$@"
}

"$liuke" source add --data "$folder/data" --kind segment --name bench --json >"$folder/source.json"
key=$(grep -oE '"write_key": *"[^"]+"' "$folder/source.json" | cut -d'"' -f4)

echo "ours: $stored events stored beforehand"
"$liuke" serve --data "$folder/data" --listen 127.0.0.1:17080 >"$folder/ours.log" 2>&1 &
server=$!
ready 127.0.0.1:17080/readyz
load 127.0.0.1:17080 "$key" 1000 --seconds 3600 --until "$stored"
for round in $(seq "$rounds"); do
  load 127.0.0.1:17080 "$key" "$round" --seconds "$seconds" | tee -a "$folder/ours"
done
kill "$server" && wait "$server" || true

echo "the peer: as many events stored beforehand"
export PEER_DB=$folder/peer.sqlite
"$python" peer.py fill "$stored"
"$python" -m uvicorn peer:app --host 127.0.0.1 --port 17081 --log-level warning --no-access-log &
server=$!
ready 127.0.0.1:17081/docs
for round in $(seq "$rounds"); do
  load 127.0.0.1:17081 none "$round" --seconds "$seconds" | tee -a "$folder/peer"
done
kill "$server" && wait "$server" || true
server=

for what in events_per_second p99_ms peak_mib; do
  printf 'median %s: ours %s, the peer %s\n' "$what" \
    "$(number $what <"$folder/ours" | median)" "$(number $what <"$folder/peer" | median)"
done
