"""Counts a backtest again, from its warnings and the truth, with nothing of the product's.

usage: backtest.py truth WORLD | backtest.py judge WORLD NAME CHURN FROM TO

`truth` writes WORLD/left.csv (who left when) and WORLD/hazard.csv (the true risks) from the truth files. `judge` reads
WORLD/NAME.csv and WORLD/NAME.json, takes who left from the truth or, for the definition saas_contract, dates it from the
facts, and counts. Needs pyarrow.
"""
import csv
import datetime as dt
import json
import math
import sys
from collections import defaultdict

import pyarrow.parquet as pq

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
DAY = dt.timedelta(days=1)
LEAD, HORIZON, GRACE = 14 * DAY, 90 * DAY, 30 * DAY


def read(path):
    return pq.read_table(path).to_pylist()


def utc(moment):
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


def written(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def midnight(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def truth(world):
    with open(f"{world}/left.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["customer_id", "left_at"])
        for row in read(f"{world}/truth/churn.parquet"):
            rows.writerow([row["customer_id"], utc(row["left_at"]).isoformat().replace("+00:00", "Z")])
    with open(f"{world}/hazard.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["customer_id", "date", "p_90d"])
        for row in read(f"{world}/truth/hazard.parquet"):
            rows.writerow([row["customer_id"], row["date"], row["p_90d"]])


def by_contract(world, until):
    """Gone thirty days after the last day of the latest contract, or when cancelled, until signed or renewed."""
    facts = defaultdict(list)
    columns = ["customer_id", "kind", "name", "occurred_at", "properties"]
    for row in pq.read_table(f"{world}/facts.parquet", columns=columns, filters=[("kind", "==", "contract")]).to_pylist():
        facts[row["customer_id"]].append((utc(row["occurred_at"]), row["name"], dict(row["properties"] or [])))
    left = []
    for customer, rows in facts.items():
        rows.sort(key=lambda row: row[0])
        end = cancelled = gone = None
        leaves = None
        for at, name, properties in rows:
            if gone is None and leaves is not None and leaves < at:
                gone = leaves
                left.append((customer, gone))
            if properties.get("end_on"):
                last = midnight(properties["end_on"]) + DAY
                end = last if end is None else max(end, last)
            if name in ("Contract Cancelled", "Contract Terminated", "Subscription Cancelled"):
                cancelled = at if cancelled is None else min(cancelled, at)
            if name in ("Contract Signed", "Contract Renewed"):
                cancelled = None
            dates = [one for one in (end and end + GRACE, cancelled) if one is not None]
            leaves = max(min(dates), at) if dates else None
            if gone is not None and leaves is not None and leaves > at:
                gone = None
        if gone is None and leaves is not None and leaves < until:
            left.append((customer, leaves))
    return left


def quantile(values, share):
    values = sorted(values)
    place = share * (len(values) - 1)
    low = math.floor(place)
    return values[low] + (values[math.ceil(place)] - values[low]) * (place - low)


def wilson(hits, trials, z=1.959963984540054):
    p = hits / trials
    middle, reach = p + z * z / (2 * trials), z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    return (middle - reach) / (1 + z * z / trials), (middle + reach) / (1 + z * z / trials)


def judge(world, name, churn, begin, end):
    begin, end = midnight(begin), midnight(end)
    report = json.load(open(f"{world}/{name}.json"))
    until = written(report["told_until"])
    rows = list(csv.DictReader(open(f"{world}/{name}.csv")))
    if churn == "truth":
        everybody = [(row["customer_id"], written(row["left_at"])) for row in csv.DictReader(open(f"{world}/left.csv"))]
    else:
        everybody = by_contract(world, until)
    left = defaultdict(list)
    for customer, at in everybody:
        if begin <= at < until:
            left[customer].append(at)
    leavers = sorted((at, customer) for customer, all_of in left.items() for at in all_of if at < end)
    warned = defaultdict(list)
    fates = {"in_time": 0, "late": 0, "false": 0, "undecided": 0}
    told = {"in_time": 0, "late": 0, "false": 0, "undecided": 0}
    for row in rows:
        if row["row"] != "warning":
            continue
        at = written(row["warned_at"])
        warned[row["customer_id"]].append(at)
        ahead = [gone - at for gone in left[row["customer_id"]] if gone >= at]
        if ahead and min(ahead) <= HORIZON:
            fate = "in_time" if min(ahead) >= LEAD else "late"
        elif ahead or at + HORIZON < until:
            fate = "false"
        else:
            fate = "undecided"
        fates[fate] += 1
        told[row["outcome"]] += 1
    leads = {}
    for at, customer in leavers:
        timely = [one for one in warned[customer] if LEAD <= at - one <= HORIZON]
        if timely:
            leads[(customer, at)] = math.floor((at - min(timely)) / DAY)
    said = {
        (row["customer_id"], written(row["left_at"])): float(row["lead_days"]) if row["outcome"] == "caught" else None
        for row in rows
        if row["row"] == "leaver"
    }
    counts = report["counts"]
    passed = failed = 0

    def equal(what, ours, theirs, within=0.0):
        nonlocal passed, failed
        same = ours == theirs or (within and ours is not None and theirs is not None and abs(ours - theirs) <= within)
        passed, failed = passed + bool(same), failed + (not same)
        print(f"  {'ok ' if same else 'NOT'} {what}: {ours}" + ("" if same else f" here, {theirs} told"))

    equal("leavers", len(leavers), counts["leavers"])
    equal("leavers by name and moment", {(c, a): leads.get((c, a)) for a, c in leavers} == said, True)
    equal("caught", len(leads), counts["caught"])
    equal("missed", len(leavers) - len(leads), counts["missed"])
    equal("warnings", sum(fates.values()), counts["alerts"])
    for fate, key in (("in_time", "in_time"), ("late", "late"), ("false", "false_alarms"), ("undecided", "undecided")):
        equal(fate, fates[fate], counts[key])
    equal("fates as written", fates == told, True)
    if leads:
        for share, key in ((0.25, "low_quartile"), (0.5, "median"), (0.75, "high_quartile")):
            equal(f"lead days, {key}", quantile(list(leads.values()), share), report["lead"][key], 1e-9)
    decided = sum(fates.values()) - fates["undecided"]
    for key, hits, trials in (
        ("precision", fates["in_time"] + fates["late"], decided),
        ("recall", len(leads), len(leavers)),
    ):
        low, high = wilson(hits, trials)
        equal(f"{key}, low", low, counts[key]["low"], 1e-9)
        equal(f"{key}, high", high, counts[key]["high"], 1e-9)
    weeks = [written(week["at"]) for week in report["weeks"]]
    by_week = [sum(one == at for all_of in warned.values() for one in all_of) for at in weeks]
    equal("warnings by week", by_week == [week["counts"]["alerts"] for week in report["weeks"]], True)
    lost = [sum(at <= gone < at + 7 * DAY for gone, _ in leavers) for at in weeks]
    equal("leavers by week", lost == [week["counts"]["leavers"] for week in report["weeks"]], True)
    if report["budget"]:
        equal("most warnings in a week, within the budget", max(by_week) <= report["budget"], True)
        equal("used of the budget, at least nine tenths", sum(by_week) >= 0.9 * report["budget"] * len(weeks), True)
    others = ", ".join(f"{one['id']} {one['counts']['caught']}" for one in report["comparisons"])
    print(f"  of {len(leavers)} leavers {len(leads)}; with as many warnings: {others}")
    print(f"{passed} passed, {failed} failed")
    return failed == 0


if __name__ == "__main__":
    if sys.argv[1] == "truth":
        truth(sys.argv[2])
    else:
        sys.exit(0 if judge(*sys.argv[2:7]) else 1)
