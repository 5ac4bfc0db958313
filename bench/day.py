#!/usr/bin/env python3
"""One more day of events: DuckDB and Polars recomputing W1 over the folder that the test `day` left.

    LIUKE_DAY=20000000 LIUKE_DAY_DIR=DIR cargo nextest run -p indicators --cargo-profile bench day --no-capture
    bench/day.py DIR --peers PEERS [--runs 3]

Whole processes, two threads, result written, medians. PEERS as of `bench/w1.py`.
"""
import argparse, pathlib, sys, tempfile

from w1 import measured


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder"); parser.add_argument("--peers", required=True); parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    peers, out = pathlib.Path(asked.peers), pathlib.Path(tempfile.mkdtemp(prefix="day-"))
    events, moment = f"{asked.folder}/lake/facts/**/*.parquet", "2026-01-02T00:00:00Z"
    measured("DuckDB, everything again", asked.runs, [sys.executable, peers / "duck.py", events, moment, out / "duck.parquet"])
    measured("Polars, everything again", asked.runs, [sys.executable, peers / "polars_w1.py", events, moment, out / "polars.parquet"])


if __name__ == "__main__":
    main()
