#!/usr/bin/env bash
# What: a cycle of a million customers with the shipped SaaS set takes at most 30 s and 2 GiB, and grows with the customers from ten thousand on; a backtest of the shipped SaaS rules over 52 weekly moments, a hundred thousand customers and ten million facts takes at most 60 s; a rule is tried on a hundred thousand customers within 1 s.
# Covers: crates/app crates/facts crates/indicators crates/scores crates/alerts crates/actions crates/store crates/training
# LIUKE_SIZES ("10000 100000 1000000") and LIUKE_BACKTEST (100000) name other firms.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow || exit 1
export PYTHONDONTWRITEBYTECODE=1
# shellcheck disable=SC2086
"$work/python/bin/python" "$here/cycle.py" "$LIUKE" "$work" --sizes ${LIUKE_SIZES:-10000 100000 1000000} \
  --backtest "${LIUKE_BACKTEST:-100000}"
