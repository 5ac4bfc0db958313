#!/usr/bin/env bash
# How fast the binary is: a world made and written, its facts scored. `bench.sh BINARY`; figures, no verdict.
set -euo pipefail

liuke=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

timed() { # what, command…
  local what=$1 begun ended
  shift
  begun=$(date +%s%N)
  "$@" >/dev/null
  ended=$(date +%s%N)
  printf '%-52s %6d ms\n' "$what" $(((ended - begun) / 1000000))
}

timed 'simulate 2,000 customers over 548 days' \
  "$liuke" sim --template saas --customers 2000 --days 548 --seed 1 --out "$folder/world"
timed 'indicators of that world at one moment' \
  "$liuke" indicators --facts "$folder/world/facts.parquet" --as-of 2025-12-01 --out "$folder/indicators.parquet"
retail=${LIUKE_DATA:-../shared/data}/online_retail/online_retail_to_2011-08.csv.gz
if [ -r "$retail" ]; then
  timed 'import Online Retail' "$liuke" import --data "$folder/retail" --as orders "$retail" || [ $? -eq 3 ]
  timed 'import it again' "$liuke" import --data "$folder/retail" --as orders "$retail" || [ $? -eq 3 ]
  timed 'health of its customers at one moment' \
    "$liuke" score --data "$folder/retail" --as-of 2011-06-01 --out "$folder/scores.csv"
else
  printf 'Online Retail is not there (LIUKE_DATA): not measured\n'
fi
