#!/usr/bin/env bash
# What: the memory of an import does not grow with its file: order lines as CSV of 10 MB, 100 MB and 1 GB.
# Covers: crates/facts crates/ingest
# LIUKE_IMPORT_MB names other sizes. The comparison with DuckDB is bench/import/compare.py, for the bench profile.
set -uo pipefail

here=$(dirname "$0")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
"$here/../../bench/import/memory.sh" "$LIUKE" ${LIUKE_IMPORT_MB:-10 100 1000} | tee "$log"
peaks=$(grep -oE 'peak [0-9]+' "$log" | grep -oE '[0-9]+')
first=$(echo "$peaks" | head -n 1)
last=$(echo "$peaks" | tail -n 1)
passed=0
failed=0
held() { # what, figure, bound: the figure is at most the bound
  if [ "${2:-999999}" -le "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  printf '%-60s %9s (at most %s)\n' "$1" "${2:-none}" "$3"
}
held 'peak memory of the largest file, MiB' "$last" 512
held 'more than for 100 MB, MiB' $((last - $(echo "$peaks" | sed -n 2p))) 64
held 'peak memory of the smallest file, MiB' "$first" 512
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
