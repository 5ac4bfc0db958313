#!/usr/bin/env python3
"""How long and how large cycles, a backtest and a preview are: what cycle.sh runs.

    cycle.py LIUKE WORK --sizes 10000 100000 1000000 --backtest 100000

Prints a line for each figure and `N passed, N failed` at the end.
"""
import argparse
import datetime
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import desk
from desk import held

HERE = pathlib.Path(__file__).parent
MIB = 1024
# What the issue asks of the largest firm.
SECONDS, MEMORY_MIB = 30, 2048
# Ten times the customers: ten times the time, and a quarter for what does not fit the caches any more.
LINEAR = 12.5


def run(command):
    """Runs a command to its end: its seconds, its peak in MiB and what it printed."""
    begun = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peak, status = 0, pathlib.Path(f"/proc/{process.pid}/status")
    out = []
    reader = threading.Thread(target=lambda: out.append(process.stdout.read()))
    reader.start()
    while process.poll() is None:
        try:
            high = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        except OSError:
            high = []
        peak = max([peak, *(int(line.split()[1]) for line in high)])
        time.sleep(0.05)
    reader.join()
    if process.returncode != 0:
        raise SystemExit(f"{command}: {process.returncode}")
    return time.monotonic() - begun, peak / MIB, out[0]


def imported(liuke, folder, customers, *more):
    """A firm of a size in a folder."""
    folder.mkdir()
    file = folder / "facts.parquet"
    run([sys.executable, HERE / "firm.py", file, "--customers", customers, *more])
    seconds, peak, _ = run([liuke, "import", "--data", folder / "data", "--timezone", "Asia/Shanghai", "--as", "facts", file])
    file.unlink()
    print(f"      {customers} customers imported in {seconds:.1f} s, {peak:.0f} MiB", flush=True)
    return folder / "data"


class Server:
    """A server over a folder, for as long as it is needed."""

    def __init__(self, liuke, data):
        self.process = subprocess.Popen([liuke, "serve", "--json", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said, depth = "", 0
        for line in self.process.stdout:
            said += line
            depth += line.count("{") - line.count("}")
            if depth == 0:
                break
        said = json.loads(said)
        self.host, self.link = urllib.parse.urlsplit(said["address"]).netloc, said["setup"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def cycles(liuke, work, sizes, end):
    """The first cycle of a firm, which opens a case for one in ten, and that of the day after."""
    took = {}
    for customers in sizes:
        data = imported(liuke, work / str(customers), customers, "--end", end + datetime.timedelta(days=1))
        with Server(liuke, data) as server:
            desk.set_up(server.host, server.link)
        for day, name in ((end, "first"), (end + datetime.timedelta(days=1), "next")):
            seconds, peak, told = run([liuke, "run", "--json", "--data", data, "--as-of", day])
            told = json.loads(told)
            took[name, customers] = seconds
            what = f"{customers} customers, the {name} cycle ({told['alerts_opened']} alerts opened)"
            if customers == max(sizes):
                held(f"{what}: seconds", seconds, SECONDS)
                held(f"{what}: peak, MiB", peak, MEMORY_MIB)
            else:
                print(f"      {what}: {seconds:.1f} s, {peak:.0f} MiB", flush=True)
            if name == "first":
                held(f"{what}: warned customers missing of one in ten", max(0, customers // 10 - told["alerts_opened"]), 0)
        shutil.rmtree(data.parent)
    for name in ("first", "next"):
        for less, more in zip(sizes, sizes[1:]):
            times = took[name, more] / took[name, less] / (more / less) * 10
            held(f"the {name} cycle, {less} to {more} customers: times as long for ten times as many, in tenths", times * 10, LINEAR * 10)


def replay(liuke, work, customers, end):
    """The shipped rules replayed over 52 weeks, a hundred facts a customer; then a rule tried on these customers."""
    data = imported(liuke, work / "backtest", customers, "--facts", 100, "--leavers", "--end", end)
    weeks = end - datetime.timedelta(days=364)
    seconds, peak, told = run([
        liuke, "backtest", "--json", "--data", data, "--scorer", "rules", "--template", "saas", "--churn", "inactive_60d",
        "--from", weeks, "--to", end,
    ])
    report = json.loads(told)
    held("moments of the backtest missing of 52", 52 - len(report["weeks"]), 0)
    held("leavers that it knows, at least one", 0 if report["counts"]["leavers"] else 1, 0)
    print(f"      backtest of {customers} customers: {report['counts']['leavers']} leavers, {report['counts']['alerts']} warnings, {peak:.0f} MiB", flush=True)
    held(f"backtest of the shipped rules, 52 weeks, {customers} customers, {customers * 100} facts: seconds", seconds, 60)
    rule = {
        "id": "away", "name": {"zh": "没来", "en": "Away"}, "cause": "own", "severity": "warning",
        "when": {"of": "days_since_login", "is": ">=", "than": 30}, "cooldown_days": 14,
        "say": {"zh": "{days_since_login} 天没有登录", "en": "no login for {days_since_login} days"},
        "next_step": {"zh": "打电话", "en": "Call"},
    }
    with Server(liuke, data) as server:
        admin = desk.set_up(server.host, server.link)
        seconds, _ = desk.cycle(admin)
        print(f"      cycle in the server: {seconds:.1f} s", flush=True)
        taken = []
        for days in range(25, 36):
            rule["when"]["than"] = days
            begun = time.monotonic()
            told = admin.ask("POST", "/api/rules/preview", {"rule": rule})
            taken.append((time.monotonic() - begun) * 1000)
        held("customers asked by the preview, at least one", 0 if told["customers"] else 1, 0)
        print(f"      preview: first {taken[0]:.0f} ms, p50 {statistics.median(taken[1:]):.0f} ms", flush=True)
        held(f"preview of a rule on {customers} customers: ms, p95 after the first", desk.quantile(taken[1:], 0.95), 1000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("liuke")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--sizes", type=int, nargs="+", required=True)
    parser.add_argument("--backtest", type=int, required=True)
    asked = parser.parse_args()
    end = datetime.date.today() - datetime.timedelta(days=1)
    cycles(asked.liuke, asked.work, asked.sizes, end)
    replay(asked.liuke, asked.work, asked.backtest, end)
    print(f"{desk.passed} passed, {desk.failed} failed")
    sys.exit(desk.failed > 0)


if __name__ == "__main__":
    main()
