#!/usr/bin/env python3
"""One more day of events on a standing state, beside DuckDB and Polars recomputing everything, answers compared.

    bench/day.py LIUKE DIR --events 20000000 --peers PEERS [--runs 5]

DIR is a data folder with W1's events up to 2026-01-01 (`bench/standing.py` makes one); the day stays in it. The test `day` of
`indicators` builds the standing state of it, takes a day of events/400 in and answers for everybody as of the day after: the
median of five on the same state, in one process, and it holds the answers against what the record says. The peers are
whole processes with the result written, medians; what the record says is compared with DuckDB's cell by cell.
PEERS as of `bench/w1.py`. Exits with 1 where cells differ.
"""
import argparse, os, pathlib, re, subprocess, sys, tempfile

from w1 import HERE, different, measured, run, snapshot

TEST = ["cargo", "nextest", "run", "-p", "indicators", "--cargo-profile", "bench", "one_more_day", "--no-capture"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("liuke"); parser.add_argument("folder"); parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--peers", required=True); parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", default="bench")
    asked = parser.parse_args()
    peers, folder = pathlib.Path(asked.peers).resolve(), pathlib.Path(asked.folder).resolve()
    out, moment = pathlib.Path(tempfile.mkdtemp(prefix="day-", dir=folder.parent)), "2026-01-02T00:00:00Z"
    env = dict(os.environ, LIUKE_DAY=str(asked.events), LIUKE_DAY_DIR=str(folder))
    command = [asked.profile if word == "bench" else word for word in TEST]
    told = subprocess.run(command, env=env, cwd=HERE.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print("\n".join(line for line in told.stdout.splitlines() if re.search(r"events|rows|answered|written", line)))
    took = re.search(r"answered: ([0-9.]+)(ms|s)$", told.stdout, re.M)
    if told.returncode or not took:
        sys.exit(told.stdout[-2000:])
    ours = float(took[1]) / (1000 if took[2] == "ms" else 1)
    events = snapshot(folder, out / "files")
    duck, *_ = measured("DuckDB, everything again", asked.runs, [sys.executable, peers / "duck.py", events, moment, out / "duck.parquet"])
    pola, *_ = measured("Polars, everything again", asked.runs, [sys.executable, peers / "polars_w1.py", events, moment, out / "polars.parquet"])
    run([asked.liuke, "indicators", "--data", folder, "--as-of", moment, "--catalog", HERE / "w1.toml", "--out", out / "ours.parquet"])
    bad = different(out / "ours.parquet", out / "duck.parquet")
    print(f"different cells {bad}; {min(duck, pola) / ours:.1f} times faster than the better recomputing")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
