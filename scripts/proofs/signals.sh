#!/usr/bin/env bash
# What: rates that halve are seen as early as the best detector of the literature sees them, at 10 % false alarms within half a year, in a world made by NumPy and measured by the product.
# Covers: crates/estimators crates/indicators
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow || exit 1
"$work/python/bin/python" "$here/signals.py" write "$work" || exit 1
cat >"$work/signals.toml" <<'CATALOG'
[[indicator]]
id = "drift"
name = { zh = "偏离", en = "Drift" }
question = { zh = "比往常少了多少？", en = "How much less than usual?" }
category = "proof"
of = { kind = "event", name = "Seen" }
measure = "count"
window = "7d"
compare = { with = "own_and_peers", as = "ewma", windows = 52 }
unit = "sigma"
worse = "lower"
when_absent = "unknown"

[[indicator]]
id = "halved"
name = { zh = "减半的证据", en = "Evidence of halving" }
question = { zh = "是不是减半了？", en = "Has it halved?" }
category = "proof"
of = { kind = "event", name = "Seen" }
measure = "count"
window = "7d"
compare = { with = "own_and_peers", as = "cusum", windows = 52 }
unit = "point"
worse = "higher"
when_absent = "unknown"
CATALOG
for facts in "$work"/*-quiet.parquet "$work"/*-moved.parquet; do
  # Weeks 60 to 92, each looked at when it is over: the last ends on 2024-10-14.
  "$LIUKE" indicators --lang en --facts "$facts" --timezone UTC --catalog "$work/signals.toml" --as-of 2024-10-14 \
    --every 7d --moments 33 --out "${facts%.parquet}-told.parquet" || exit 1
done
"$work/python/bin/python" "$here/signals.py" judge "$work"
