#!/usr/bin/env bash
# What: the memory of an import does not grow with its file: order lines as CSV, gzip, NDJSON and Parquet, as many as a CSV of 10 MB, 100 MB and 1 GB has, and lines whose orders lie scattered over the file. Ten times the lines take at most a tenth more.
# Covers: crates/facts crates/ingest
# LIUKE_IMPORT_MB names other sizes. The comparison with DuckDB is bench/import/compare.py, for the bench profile.
set -uo pipefail

here=$(dirname "$0")
python=${PYTHON:-python3}
sizes=${LIUKE_IMPORT_MB:-10 100 1000}
passed=0
failed=0

held() { # what, peaks in the order of their sizes: none is a tenth above the one before, or above half a gibibyte
  local what=$1 before='' peak
  shift
  for peak in "$@"; do
    if [ "$peak" -le 512 ] && { [ -z "$before" ] || [ $((peak * 10)) -le $((before * 11)) ]; }; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      printf 'too much: %s, %s MiB after %s\n' "$what" "$peak" "${before:-nothing}"
    fi
    before=$peak
  done
}

measure() { # what is said of it, further arguments
  local what=$1 log name
  shift
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! "$python" "$here/../../bench/import/memory.py" "$LIUKE" "$@" $sizes | sed -u "s/^/$what /" | tee "$log"; then
    failed=$((failed + 1))
  fi
  for name in csv gz ndjson parquet; do
    # shellcheck disable=SC2046
    held "$what $name" $(sed -n "s/^$what $name .* peak \([0-9]*\) MiB.*/\1/p" "$log")
  done
  rm -f "$log"
}

measure near
measure scattered --shuffled --formats csv
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
