#!/usr/bin/env bash
# What: of customers that did not change as many are named out of rhythm as the rule says, in worlds of `liuke sim` with common shocks, seasons, sales and closed weeks around 春节; three 春节 raise no wave; those who leave are found.
# Covers: crates/estimators crates/indicators crates/sim definitions/indicators
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow || exit 1

# Three 春节: 2023-01-22, 2024-02-10, 2025-01-29; and more than a year before the first.
common='
customers = 1500
days = 1218
end = "2025-04-01"
[growth]
initial_share = 1.0
[usage]
features_per_login = 0.0
[common]
week_spread = 0.15
season = 0.2
spring_days = 14
sale_lift = 0.8
'
# Nobody wavers, leaves or changes its seats or people: whoever is named is named wrongly.
printf 'truth_paths = 1\n%s\n[leaving]\nintensity = 0.0\n[satisfaction]\ncontact_left_weekly = 0.0\n[money]\nseat_change = 0.0\n' "$common" >"$work/quiet.toml"
printf '%s\n' "$common" >"$work/moved.toml"
# The indicators as they ship.
"$work/python/bin/python" - "$here/../../definitions/indicators/behaviour.toml" >"$work/rhythm.toml" <<'CUT'
import re, sys
for part in re.split(r"(?m)^(?=\[\[indicator\]\])", open(sys.argv[1], encoding="utf-8").read())[1:]:
    if re.search(r'(?m)^id +?= "(login_7d|login_usual|login_fall)"$', part):
        print(part)
CUT

for world in quiet moved; do
  for seed in 5 6 7; do
    "$LIUKE" --lang en sim --world "$work/$world.toml" --seed "$seed" --out "$work/$world-$seed" >/dev/null || exit 1
    "$LIUKE" --lang en indicators --facts "$work/$world-$seed/facts.parquet" --catalog "$work/rhythm.toml" \
      --as-of 2025-03-31 --every 7d --moments 118 --out "$work/$world-$seed/told.parquet" || exit 1
    rm "$work/$world-$seed/facts.parquet"
  done
done
"$work/python/bin/python" "$here/anomalies.py" "$work"
