#!/usr/bin/env bash
# The API probed from its own description (schemathesis) in the sample company: whatever is asked, no 5xx. For
# `LIUKE_API_SECONDS`, 45 otherwise. Prints `N passed, N failed`. Left out, loudly, where schemathesis is not installed.
set -uo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
liuke=${LIUKE:-$target/debug/liuke}
probe=$target/api-python/bin/schemathesis
if [ ! -x "$probe" ] || ! command -v curl >/dev/null; then
  printf '\n*** NOT TESTED: the API by schemathesis: it or curl is not installed. Run scripts/setup.sh test. ***\n\n'
  exit 0
fi
home=$(mktemp -d)
"$liuke" demo --customers 120 --no-model --data "$home/data" --listen 127.0.0.1:0 --json >"$home/said" 2>"$home/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$home"' EXIT
for _ in $(seq 6000); do
  url=$(grep -oE 'http://[0-9.]+:[0-9]+' "$home/said" | head -n 1)
  [ -n "$url" ] && curl -sf -o /dev/null "$url/readyz" && break
  sleep 0.1
done
curl -s -o /dev/null -c "$home/cookies" "$url/"
token=$(curl -s -b "$home/cookies" -H 'X-Liuke: 1' -H 'Content-Type: application/json' -d '{"name":"probe"}' "$url/api/tokens" |
  "$target/api-python/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["token"])')
if [ -z "$token" ]; then
  printf 'no token to probe with\n0 passed, 1 failed\n'
  exit 1
fi
# The live tail never ends by itself; whoever sets up or signs out has no more to ask.
"$probe" run "$url/openapi.json" --checks not_a_server_error --phases examples,coverage,fuzzing \
  --header "Authorization: Bearer $token" --max-time "${LIUKE_API_SECONDS:-45}" --continue-on-failure \
  --suppress-health-check all --request-timeout 600 --warnings off --no-color \
  --exclude-path /api/intake/live --exclude-path /api/sign-out --exclude-path /api/setup >"$home/report" 2>&1
status=$?
if [ "$status" -eq 0 ]; then
  tail -n 25 "$home/report"
  printf '1 passed, 0 failed\n'
else
  tail -n 200 "$home/report"
  grep -iE 'error' "$home/log" | tail -n 20
  printf '0 passed, 1 failed\n'
fi
exit "$status"
