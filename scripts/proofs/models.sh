#!/usr/bin/env bash
# What: risk, survival and purchase models give the figures of the reference libraries on real data, and the risk model nearly those of the truth on made tables as firms have them, through the command line.
# Covers: crates/estimators crates/training crates/server/src/cli/lab crates/server/src/cli/lab.rs
# Needs LIUKE_DATA (default ../shared/data). Each section says which reference its figures are from.
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
export PYTHONDONTWRITEBYTECODE=1
export LIUKE_DATA=${LIUKE_DATA:-$root/../shared/data}
if [ ! -d "$LIUKE_DATA" ]; then
  echo "skipped: there is no test data at LIUKE_DATA"
  printf '0 passed, 0 failed\n'
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
passed=0
failed=0
for section in "$root"/scripts/proofs/models/*.py; do
  printf '== %s\n' "$(basename "$section" .py)"
  python3 "$section" "$LIUKE" "$LIUKE_DATA" "$work" | tee "$work/said" || status=1
  last=$(tail -n 1 "$work/said")
  passed=$((passed + $(grep -oE '^[0-9]+' <<<"$last" || echo 0)))
  failed=$((failed + $(grep -oE '[0-9]+ failed' <<<"$last" | grep -oE '^[0-9]+' || echo 1)))
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
