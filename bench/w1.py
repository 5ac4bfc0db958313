#!/usr/bin/env python3
"""Workload W1: `liuke indicators` beside DuckDB and Polars on one event file, two threads each, answers compared.

    bench/w1.py LIUKE EVENTS.parquet [MORE.parquet ...] --peers FOLDER [--runs 5] [--moments 24] [--at 2026-01-01T00:00:00Z]
    bench/w1.py LIUKE --lake DIR --peers FOLDER [...]

EVENTS has the columns customer_id, kind, name, occurred_at, value. Times are of whole processes, result written, medians
of the runs; memory is the largest resident set. The peers' queries are given by --peers, a folder with `duck.py` and
`polars_w1.py` (each called with EVENTS, moment, OUT) and `scan.py` (reads the five columns only). MORE are logs of the
same customers with more or fewer events: only ours runs on them, to show how time and memory grow. With --lake the same
is asked of a data folder that holds the events, and the peers read the Parquet files that its table names at present.
Needs Python with duckdb, polars and pyarrow; the product itself needs none of them.
"""
import argparse, datetime as dt, json, math, os, pathlib, statistics, subprocess, sys, tempfile, time, urllib.parse

HERE = pathlib.Path(__file__).resolve().parent


def run(command):
    """Seconds, seconds of processors and megabytes of one process on two cores."""
    env = dict(os.environ, POLARS_MAX_THREADS="2")
    begin = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", "0,1", *map(str, command)], stdout=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {command}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(label, runs, command):
    """Medians of seconds and of those of processors, and the largest resident set in megabytes."""
    took = [run(command) for _ in range(runs)]
    wall, cpu = statistics.median(t[0] for t in took), statistics.median(t[1] for t in took)
    memory = max(t[2] for t in took)
    print(f"{label:34} {wall:8.2f} s  {cpu:8.2f} s of processors  {memory:8.0f} MiB", flush=True)
    return wall, cpu, memory


def different(one, other):
    """How many cells differ, joined by customer; ties of survey_last are not compared."""
    import duckdb
    c = duckdb.connect()
    columns = [r[0] for r in c.execute(f"describe select * from '{one}'").fetchall()]
    have = {r[0] for r in c.execute(f"describe select * from '{other}'").fetchall()}
    bad = 0
    for x in [x for x in columns if x in have and x not in ("customer_id", "as_of", "survey_last")]:
        a, b = f'cast(a."{x}" as double)', f'cast(b."{x}" as double)'
        bad += c.execute(f"""select count(*) from '{one}' a full join '{other}' b using (customer_id) where not coalesce(
            coalesce({a},-1e300)=coalesce({b},-1e300) or abs({a}-{b})<=1e-6*greatest(1,abs({a})), false)""").fetchone()[0]
    return bad


def files_of(lake):
    """The files that the lake's table of facts names at present; others in its folders are on their way in or out."""
    table, names, since = pathlib.Path(lake) / "lake" / "facts", set(), 0
    log = table / "_delta_log"
    if (log / "_last_checkpoint").exists():
        import pyarrow.parquet
        since = json.loads((log / "_last_checkpoint").read_text())["version"] + 1
        for part in log.glob(f"{since - 1:020}.checkpoint*.parquet"):
            added = pyarrow.parquet.read_table(part, columns=["add"])["add"].to_pylist()
            names |= {row["path"] for row in added if row and row.get("path")}
    for commit in sorted(log.glob("*.json")):
        if int(commit.stem) >= since:
            for line in commit.read_text().splitlines():
                action = json.loads(line)
                names |= {action["add"]["path"]} if "add" in action else set()
                names -= {action["remove"]["path"]} if "remove" in action else set()
    return [table / urllib.parse.unquote(name) for name in sorted(names)]


def snapshot(lake, folder):
    """The same files under other names in a folder of their own, so that one pattern means all of them and no more."""
    folder.mkdir()
    for place, file in enumerate(files_of(lake)):
        os.link(file, folder / f"{place:06}.parquet")
    return f"{folder}/*.parquet"


def growth(sized):
    """The slope of time over events, both as logarithms, and how memory grew; of (events, seconds, megabytes)."""
    (x, y) = ([math.log(one[at]) for one in sized] for at in (0, 1))
    middle, level = statistics.mean(x), statistics.mean(y)
    slope = sum((a - middle) * (b - level) for a, b in zip(x, y)) / sum((a - middle) ** 2 for a in x)
    first, last = sized[0], sized[-1]
    print(f"{last[0] / first[0]:.0f} times the events: {last[1] / first[1]:.1f} times the time (slope {slope:.2f}), "
          f"{last[2] / first[2]:.2f} times the memory", flush=True)


def events_in(file):
    import duckdb
    return duckdb.execute(f"select sum(num_rows) from parquet_file_metadata('{file}')").fetchone()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("liuke"); parser.add_argument("events", nargs="?"); parser.add_argument("more", nargs="*")
    parser.add_argument("--lake"); parser.add_argument("--peers", required=True); parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--moments", type=int, default=24); parser.add_argument("--at", default="2026-01-01T00:00:00Z")
    asked = parser.parse_args()
    if bool(asked.lake) == bool(asked.events):
        parser.error("either EVENTS or --lake")
    peers, out = pathlib.Path(asked.peers), pathlib.Path(tempfile.mkdtemp(prefix="w1-", dir=asked.lake and pathlib.Path(asked.lake).parent))
    of = lambda *what: [asked.liuke, "indicators", *what, "--as-of", asked.at, "--catalog", HERE / "w1.toml"]
    ours = of("--data", asked.lake) if asked.lake else of("--facts", asked.events, "--timezone", "UTC")
    if asked.lake:
        asked.events = snapshot(asked.lake, out / "files")
    floor, *_ = measured("five columns only (DuckDB)", asked.runs, [sys.executable, peers / "scan.py", asked.events])
    one, one_cpu, one_memory = measured("liuke, one moment", asked.runs, [*ours, "--out", out / "ours.parquet"])
    duck, duck_cpu, _ = measured("DuckDB, one moment", asked.runs, [sys.executable, peers / "duck.py", asked.events, asked.at, out / "duck.parquet"])
    pola, pola_cpu, _ = measured("Polars, one moment", asked.runs, [sys.executable, peers / "polars_w1.py", asked.events, asked.at, out / "polars.parquet"])
    bad = different(out / "ours.parquet", out / "duck.parquet")
    print(f"different cells {bad}; {min(duck, pola) / one:.1f} times faster than the better ({min(duck_cpu, pola_cpu) / one_cpu:.1f} by processor time); {one / floor:.1f} times the floor")
    if asked.more:
        sized = [(events_in(asked.events), one, one_memory)]
        for more in asked.more:
            took, _, memory = measured(f"liuke, {pathlib.Path(more).name}", asked.runs, [*of("--facts", more, "--timezone", "UTC"), "--out", out / "more.parquet"])
            sized.append((events_in(more), took, memory))
        growth(sorted(sized))
    if asked.moments < 2:
        sys.exit(1 if bad else 0)
    many, many_cpu, _ = measured(f"liuke, {asked.moments} moments", max(1, asked.runs // 2), [*ours, "--every", "14d", "--moments", asked.moments, "--out", out / "many.parquet"])
    print(f"{min(duck, pola) * asked.moments / many:.1f} times faster than the better, one by one ({min(duck_cpu, pola_cpu) * asked.moments / many_cpu:.1f} by processor time)")
    at = dt.datetime.fromisoformat(asked.at.replace("Z", "+00:00")) - dt.timedelta(days=14 * (asked.moments - 1))
    earliest = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    run([sys.executable, peers / "duck.py", asked.events, earliest, out / "duck0.parquet"])
    import duckdb
    duckdb.execute(f"copy (select * exclude (as_of) from '{out}/many.parquet' where as_of = timestamptz '{earliest}') to '{out}/many0.parquet'")
    early = different(out / "many0.parquet", out / "duck0.parquet")
    print(f"different cells at {earliest}: {early}")
    sys.exit(1 if bad or early else 0)


if __name__ == "__main__":
    main()
