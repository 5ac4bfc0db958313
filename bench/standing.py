#!/usr/bin/env python3
"""Everything that W1 promises, in one run: from the file, from the lake, as events grow, and one more day.

    bench/standing.py LIUKE --peers PEERS --work DIR [--customers 200000] [--events 20000000] [--large 100000000]
        [--runs 5] [--moments 24] [--seed 7] [--only file,growth,lake,day]

PEERS as of `bench/w1.py`, with the generator `gen.py` besides (OUT, customers, events, seed). DIR takes what is made and keeps
it: event files of a tenth of the events, of all and of --large (left out with 0), and a data folder with all of them, made by
`liuke import --as facts`. Twenty million events and a hundred take 1.3 GB as files, the folder 3, and as much again while the day
is measured, which is taken in by a copy. Steps: `file` and `growth` are `bench/w1.py`, `lake` the same with --lake, `day` is
`bench/day.py`. Exits with 1 where cells differ.
"""
import argparse, pathlib, shutil, subprocess, sys

from w1 import HERE, files_of


def made(asked, events):
    """The file of so many events, from an earlier run where there is one."""
    file = asked.work / f"events-{asked.customers}-{events}-{asked.seed}.parquet"
    if not file.exists():
        partial = file.with_suffix(".partial")
        generator = [sys.executable, asked.peers / "gen.py", partial, asked.customers, events, asked.seed]
        subprocess.run(list(map(str, generator)), check=True)
        partial.rename(file)
    return file


def lake(asked, file):
    """The data folder with these events, from an earlier run where there is one."""
    folder = asked.work / f"lake-{asked.customers}-{asked.events}-{asked.seed}"
    if not folder.exists():
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        load = [asked.liuke, "import", "--data", partial, "--as", "facts", "--timezone", "UTC", file]
        subprocess.run(list(map(str, load)), check=True, stdout=subprocess.DEVNULL)
        partial.rename(folder)
    print(f"{folder}: {len(files_of(folder))} files", flush=True)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("liuke"); parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True); parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=20_000_000); parser.add_argument("--large", type=int, default=100_000_000)
    parser.add_argument("--runs", type=int, default=5); parser.add_argument("--moments", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7); parser.add_argument("--only", default="file,growth,lake,day")
    parser.add_argument("--profile", default="bench", help="cargo's profile for the day")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    steps, bad = asked.only.split(","), []
    with_peers = ["--peers", asked.peers, "--runs", asked.runs]

    def step(what, name, *arguments):
        print(f"== {what}", flush=True)
        command = [sys.executable, HERE / name, asked.liuke, *arguments, *with_peers]
        if subprocess.run(list(map(str, command))).returncode:
            bad.append(what)

    file = made(asked, asked.events)
    if "file" in steps or "growth" in steps:
        sizes = [asked.events // 10, asked.large] if "growth" in steps else []
        more = [made(asked, events) for events in sizes if events]
        step("from the file", "w1.py", file, *more, "--moments", asked.moments)
    if "lake" in steps:
        step("from the lake", "w1.py", "--lake", lake(asked, file), "--moments", asked.moments)
    if "day" in steps:
        copy = asked.work / "day"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(lake(asked, file), copy)
        step("one more day", "day.py", copy, "--events", asked.events, "--profile", asked.profile)
        shutil.rmtree(copy)
    if bad:
        sys.exit(f"not as promised: {', '.join(bad)}")


if __name__ == "__main__":
    main()
