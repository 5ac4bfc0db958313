#!/usr/bin/env bash
# What: on the frame of a world of `liuke sim`, all customers at the firsts of months with every indicator as known then, our model of the last months is as good as LightGBM's, with its defaults and after a search by Optuna, and is learnt within eleven times its time and 4 GiB.
# Covers: crates/training crates/estimators crates/sim definitions/indicators
# LIUKE_FRAME_CUSTOMERS (11000) and LIUKE_FRAME_SEED (51) ask for another frame; LIUKE_FRAME_TRIALS (100; 0 searches nothing) and
# LIUKE_FRAME_MINUTES (5; 0 waits for all trials) for another search.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
export PYTHONDONTWRITEBYTECODE=1
trap 'rm -rf "$work"' EXIT
trials=${LIUKE_FRAME_TRIALS:-100}
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow lightgbm scikit-learn optuna || exit 1

"$LIUKE" --lang en sim --template saas --customers "${LIUKE_FRAME_CUSTOMERS:-11000}" --days 548 --seed "${LIUKE_FRAME_SEED:-51}" \
  --out "$work/world" || exit 1
"$LIUKE" --lang en import --data "$work/data" --as facts "$work/world/facts.parquet" || exit 1
rm "$work/world/facts.parquet"
"$work/python/bin/python" "$here/frame.py" "$LIUKE" "$work" --trials "$trials" --minutes "${LIUKE_FRAME_MINUTES:-5}"
