#!/usr/bin/env bash
# The product's own SQL (`liuke indicators sql`), run by DuckDB over made facts, against the kernel's frame, cell by cell:
# every measure once, at one moment; the long form is `make proof-sql`. Prints `N passed, N failed`. Left out, loudly, where DuckDB
# is not installed.
set -uo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=$target/sql-python/bin/python
if ! "$python" -c 'import duckdb' 2>/dev/null; then
  printf '\n*** NOT TESTED: indicators as SQL by DuckDB: it is not installed. Run scripts/setup.sh test. ***\n\n'
  exit 0
fi
"$python" scripts/proofs/sql/second_road.py "${LIUKE:-$target/debug/liuke}" sample 30 1
