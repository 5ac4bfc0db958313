#!/usr/bin/env bash
# How fast the binary is: a world made and written, its facts scored; beside their peers where $PYTHON (python3) has
# them (duckdb; fastapi and uvicorn): files and events coming in. `bench.sh BINARY`; figures, no verdict.
# LINES (1,000,000), SECONDS_EACH (20), STORED (200,000) and ROUNDS (3) make the last two longer; see bench/README.md.
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

here=$(cd "$(dirname "$0")/../bench" && pwd)
export LIUKE=$liuke PYTHON=${PYTHON:-python3} SECONDS_EACH=${SECONDS_EACH:-20} STORED=${STORED:-200000} ROUNDS=${ROUNDS:-3}
if "$PYTHON" -c 'import duckdb' 2>/dev/null; then
  "$PYTHON" "$here/import/compare.py" "$liuke" "${LINES:-1000000}" "$ROUNDS"
else
  printf 'DuckDB is not there (pip install duckdb, PYTHON=…): the import is not compared\n'
fi
if "$PYTHON" -c 'import fastapi, uvicorn' 2>/dev/null; then
  "$here/intake.sh"
else
  printf "FastAPI is not there (pip install fastapi 'uvicorn[standard]', PYTHON=…): the intake is not compared\n"
fi
