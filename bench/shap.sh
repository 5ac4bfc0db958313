#!/usr/bin/env bash
# Contributions of the same LightGBM model (500 trees of 31 leaves, 50 columns) to the same rows, by LightGBM's own
# `pred_contrib` and by `estimators::shap`, one thread each, in turns, CPU seconds, the median of three.
#   bench/shap.sh [ROWS]     wants python3 with lightgbm (PYTHON names another)
set -euo pipefail
cd "$(dirname "$0")/shap"

rows=${1:-20000}
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rustc -O --edition 2024 --crate-name estimators --crate-type rlib ../../crates/estimators/src/lib.rs --out-dir "$folder"
rustc -O --edition 2024 ours.rs --extern estimators="$folder/libestimators.rlib" -o "$folder/ours"
"$python" lightgbm_side.py make "$folder" "$rows"
for _ in 1 2 3; do
  "$python" lightgbm_side.py explain "$folder" "$rows" >>"$folder/theirs"
  "$folder/ours" "$folder" >>"$folder/ours.txt"
done
theirs=$(sort -g "$folder/theirs" | sed -n 2p)
ours=$(sort -g "$folder/ours.txt" | sed -n 2p)
awk -v rows="$rows" -v theirs="$theirs" -v ours="$ours" 'BEGIN {
  split(ours, own, " ")
  printf "LightGBM %.0f rows/s/core, ours %.0f rows/s/core: %.1f times as many; furthest apart %s, furthest from the margin %s\n",
    rows / theirs, rows / own[1], theirs / own[1], own[3], own[4]
}'
