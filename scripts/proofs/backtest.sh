#!/usr/bin/env bash
# What: what a backtest says it would have caught, missed and warned of for nothing is what an independent script counts from its warnings and the truth of a simulated firm; leavers dated by a churn definition are those that the script dates from the facts; and with as many alerts a week a budgeted list catches no fewer leavers than the best rule of one indicator, chosen in hindsight (how many times as many, and how many ranking by the truth would catch, is told).
# Covers: crates/training/src/backtest crates/outcomes crates/alerts crates/indicators crates/scores crates/sim definitions/rules definitions/scorecards definitions/churn
# LIUKE_SEEDS and LIUKE_CUSTOMERS name other worlds.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow || exit 1
python=$work/python/bin/python
passed=0
failed=0
from=2024-12-30
to=2025-10-01
for seed in ${LIUKE_SEEDS:-11 12}; do
  world=$work/$seed
  "$LIUKE" --lang en sim --template saas --customers "${LIUKE_CUSTOMERS:-2000}" --days 548 --seed "$seed" --out "$world" || exit 1
  "$LIUKE" --lang en import --data "$world/firm" --as facts "$world/facts.parquet" || exit 1
  "$python" "$here/backtest.py" truth "$world" || exit 1
  while read -r name churn arguments; do
    printf -- '-- seed %s: %s by %s\n' "$seed" "$name" "$churn"
    case $churn in truth) said="table:$world/left.csv" ;; *) said=$churn ;; esac
    # shellcheck disable=SC2086
    "$LIUKE" --lang en backtest --data "$world/firm" --template saas --churn "$said" --from "$from" --to "$to" \
      $arguments --out "$world/$name.csv" --json 2>/dev/null >"$world/$name.json" || exit 1
    "$python" "$here/backtest.py" judge "$world" "$name" "$churn" "$from" "$to" | tee "$work/said"
    last=$(tail -n 1 "$work/said")
    passed=$((passed + $(grep -oE '^[0-9]+' <<<"$last" || echo 0)))
    failed=$((failed + $(grep -oE '[0-9]+ failed' <<<"$last" | grep -oE '^[0-9]+' || echo 1)))
  done <<LIST
rules truth --scorer rules
rule truth --scorer rule:saas_away_30d
health truth --scorer health --budget 12
hazard truth --scorer table:$world/hazard.csv --budget 12
budgeted truth --scorer rules --budget 12
dated saas_contract --scorer rules
LIST
  # Forty weekly moments of every shipped indicator.
  "$LIUKE" --lang en indicators --facts "$world/facts.parquet" --timezone Asia/Shanghai --as-of 2025-09-29 --every 7d --moments 40 \
    --out "$world/indicators.parquet" >/dev/null || exit 1
  printf -- '-- seed %s: rules that look at one indicator, with as many alerts\n' "$seed"
  "$python" "$here/rivals.py" "$world" budgeted health hazard | tee "$work/said"
  last=$(tail -n 1 "$work/said")
  passed=$((passed + $(grep -oE '^[0-9]+' <<<"$last" || echo 0)))
  failed=$((failed + $(grep -oE '[0-9]+ failed' <<<"$last" | grep -oE '^[0-9]+' || echo 1)))
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
