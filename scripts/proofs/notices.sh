#!/usr/bin/env bash
# What: ten thousand notices go out while the server is killed without warning twenty times: the mail server's own list holds nobody twice, and planned = sent + failed + possibly sent; five hundred notices at once pass three bots that keep the limits they publish; two servers on one PostgreSQL tell everybody once.
# Covers: crates/channels crates/store/src/deliveries.rs crates/store/src/notices.rs crates/app/src/notifying/deliver.rs crates/server/src/delivering.rs
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
LIUKE_NOTICES=${LIUKE_NOTICES:-10000} LIUKE_KILLS=${LIUKE_KILLS:-20} NO_COLOR=1 cargo nextest run --workspace --no-fail-fast --success-output final \
  -E 'package(channels) | test(notices::) | test(postgresql_keeps_every_sentence_too)' 2>&1 |
  tee "$log" | grep -E '^ *(PASS|FAIL|SLOW|TIMEOUT)|^ *(proof|skipped):|Summary'
passed=$(grep -E '^ *Summary ' "$log" | grep -oE '[0-9]+ passed' | awk '{sum += $1} END {print sum + 0}')
failed=$(grep -E '^ *Summary ' "$log" | grep -oE '[0-9]+ (failed|timed out)' | awk '{sum += $1} END {print sum + 0}')
[ "$passed" -gt 0 ] || failed=1
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
