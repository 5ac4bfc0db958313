#!/usr/bin/env bash
# What: the shipped SaaS scorecard ranks those who leave within 90 days at least three quarters as far above chance as the true probability does, on worlds of fresh seeds.
# Covers: crates/scores crates/indicators crates/sim definitions/scorecards definitions/indicators
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow || exit 1

# LIUKE_HEALTH_SEEDS and LIUKE_HEALTH_CUSTOMERS try other worlds, LIUKE_HEALTH_SCORECARD another definition file.
seeds=${LIUKE_HEALTH_SEEDS:-"11 12 13"}
customers=${LIUKE_HEALTH_CUSTOMERS:-4000}
scorecard=${LIUKE_HEALTH_SCORECARD:-saas}
for seed in $seeds; do
  world=$work/world-$seed
  "$LIUKE" sim --lang en --template saas --customers "$customers" --days 548 --seed "$seed" --out "$world" || exit 1
  for date in 2025-04-01 2025-07-01 2025-10-01; do
    "$LIUKE" score --lang en --facts "$world/facts.parquet" --as-of "$date" --scorecard "$scorecard" \
      --out "$world/health-$date.csv" || exit 1
  done
  rm "$world/facts.parquet"
done
# shellcheck disable=SC2086
"$work/python/bin/python" "$here/health.py" "$work" $seeds
