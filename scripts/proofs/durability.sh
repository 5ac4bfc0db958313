#!/usr/bin/env bash
# What: killed without warning a hundred times at random moments, also while the newest ids become finished tables; each answer after a finished sync; cut back to what was synced; a full disk, a folder that cannot be written, a clock that jumps back, too much coming in: nothing acknowledged is lost and nothing doubled.
# Covers: crates/facts crates/ingest crates/store crates/app crates/server
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Each test says in its output what it counted; kills are spread over the life of what is killed.
# fresh: ids of live facts on their way into the memory of ids. synced, durable: strace. live: full disk, read-only folder.
LIUKE_KILLS=${LIUKE_KILLS:-100} NO_COLOR=1 cargo nextest run --workspace --no-fail-fast --success-output final \
  -E 'test(kill) | test(crash) | test(held::) | test(live::) | test(compact::) | test(identity_files::) | test(fresh::) | test(synced::) | test(durable::) | test(recorded_at_never_goes_back)' 2>&1 |
  tee "$log" | grep -E '^ *(PASS|FAIL|SLOW|TIMEOUT)|^ *(proof|skipped):|Summary'
passed=$(grep -E '^ *Summary ' "$log" | grep -oE '[0-9]+ passed' | awk '{sum += $1} END {print sum + 0}')
failed=$(grep -E '^ *Summary ' "$log" | grep -oE '[0-9]+ (failed|timed out)' | awk '{sum += $1} END {print sum + 0}')
[ "$passed" -gt 0 ] || failed=1
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
