#!/usr/bin/env bash
# What: the kernel's frames equal SQL run by DuckDB, cell by cell: the product's own queries (every measure, every shipped definition, W1) and thirty definitions written by hand on public data.
# Covers: crates/facts crates/ingest crates/indicators
# Needs the public data ($LIUKE_DATA) and Python; duckdb comes from PyPI into a folder of its own.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
data=${LIUKE_DATA:-$here/../../../shared/data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -d "$data/online_retail" ] || { echo "skipped: no public data at $data"; echo '0 passed, 1 failed'; exit 1; }
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install duckdb || exit 1

log=$work/log
# Our own queries: W1, every shipped definition on a file and on a data folder, and every measure over facts made to be hard, at three
# moments each.
for part in w1 shipped lake measures; do
  "$work/python/bin/python" "$here/sql/second_road.py" "$LIUKE" "$part" || echo '0 passed, 1 failed'
done | tee "$log" | grep -v ' passed, '

retail=$data/online_retail/online_retail_to_2011-08.csv.gz
"$LIUKE" import --lang en --data "$work/retail" --as orders --timezone UTC --rejects "$work/rejects.csv" "$retail" >/dev/null 2>&1
[ $? -eq 0 ] || [ -s "$work/rejects.csv" ] || exit 1
"$LIUKE" indicators --lang en --data "$work/retail" --as-of 2011-08-01 --catalog "$here/sql/online_retail.toml" --out "$work/retail.csv" || exit 1

cat >"$work/mapping.toml" <<'MAPPING'
kind = "events"
source = "network"
timezone = "UTC"
[columns]
account_id = "customer_id"
event_time = "occurred_at"
event_type_id = "name"
user_id = "-"
event_value = "-"
[event_names]
0 = "post"
1 = "newfriend"
2 = "like"
3 = "adview"
4 = "dislike"
5 = "unfriend"
6 = "message"
7 = "reply"
MAPPING
network=$data/sim_socialnet
"$LIUKE" import --lang en --data "$work/network" --mapping "$work/mapping.toml" --timezone UTC "$network/event.csv.gz" >/dev/null || exit 1
"$LIUKE" import --lang en --data "$work/network" --as contracts --timezone UTC "$network/subscription.csv" >/dev/null || exit 1
"$LIUKE" indicators --lang en --data "$work/network" --as-of 2020-06-15 --catalog "$here/sql/sim_socialnet.toml" --out "$work/network.csv" || exit 1

{
  "$work/python/bin/python" "$here/sql/compare.py" "$work/retail.csv" "$here/sql/online_retail.sql" file="$retail" as_of=2011-08-01
  "$work/python/bin/python" "$here/sql/compare.py" "$work/network.csv" "$here/sql/sim_socialnet.sql" folder="$network" as_of=2020-06-15
} | tee -a "$log" | grep -v ' passed, '
awk '/ passed, / {passed += $1; failed += $3} END {printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed < 30}' "$log"
