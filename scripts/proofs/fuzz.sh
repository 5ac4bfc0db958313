#!/usr/bin/env bash
# What: every parser of what comes from outside (files and their mappings, events of the Segment and the Sensors dialect, callbacks), fed with noise and with mutated good input, ten minutes each.
# Covers: crates/ingest crates/server
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
LIUKE_FUZZ_SECONDS=${LIUKE_FUZZ_SECONDS:-600} NO_COLOR=1 cargo nextest run --workspace --no-fail-fast \
  --success-output final -E 'test(fuzz)' 2>&1 | tee "$log" | grep -E '^ *(PASS|FAIL|TIMEOUT)|^ *proof:|Summary'
passed=$(grep -cE '^ *PASS ' "$log")
failed=$(grep -oE '[0-9]+ (failed|timed out)' "$log" | awk '{sum += $1} END {print sum + 0}')
[ "$passed" -gt 0 ] || failed=1
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
