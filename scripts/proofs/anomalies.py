"""What the product said of worlds whose truth is known: how many of the unchanged are named, when, and who is found.

usage: anomalies.py FOLDER
"""
import datetime as dt
import sys

import numpy as np
import pyarrow.parquet as pq

STATED = 0.10
NEAR = 0.015
YEAR = 52
SPRINGS = [dt.date(2023, 1, 22), dt.date(2024, 2, 10), dt.date(2025, 1, 29)]
passed = failed = 0


def check(ok, words):
    global passed, failed
    passed, failed = passed + int(ok), failed + int(not ok)
    print(f"{'held  ' if ok else 'missed'} {words}")


def told(folder):
    """Mondays, customers, and what was said: a row per customer, NaN where nothing was."""
    table = pq.read_table(f"{folder}/told.parquet", columns=["as_of", "customer_id", "login_fall"]).to_pydict()
    china = dt.timezone(dt.timedelta(hours=8))
    days = [at.astimezone(china).date() for at in table["as_of"]]
    mondays, customers = sorted(set(days)), sorted(set(table["customer_id"]))
    week, row = {day: n for n, day in enumerate(mondays)}, {one: n for n, one in enumerate(customers)}
    said = np.full((len(customers), len(mondays)), np.nan)
    for day, one, value in zip(days, table["customer_id"], table["login_fall"]):
        if value is not None:
            said[row[one], week[day]] = value
    return mondays, customers, said


def years(said):
    """For each whole year and customer that was told of in all of it: whether it was named."""
    named = []
    for begin in range(0, said.shape[1] - YEAR + 1, YEAR):
        year = said[:, begin : begin + YEAR]
        known = ~np.isnan(year).any(1)
        named.append((known, (np.nan_to_num(year, nan=1.0) <= STATED).any(1)))
    return named


def first_named(said):
    now = np.nan_to_num(said, nan=1.0) <= STATED
    before = np.c_[np.zeros(len(now), bool), now[:, :-1]]
    return now & ~before


def quiet(folders):
    shares, counts = [], []
    for folder in folders:
        mondays, customers, said = told(folder)
        named = years(said)
        shares += [one[known] for known, one in named]
        counts.append((mondays, first_named(said)[:, 1:].mean(0)))
    rate = np.concatenate(shares).mean()
    check(abs(rate - STATED) <= NEAR, f"named within a year: {rate:.4f} of {sum(map(len, shares))} unchanged customer-years, said {STATED}")
    usual = np.mean([new.mean() for _, new in counts])
    for spring in SPRINGS:
        near = [
            share
            for mondays, new in counts
            for day, share in zip(mondays[1:], new)
            if -14 <= (day - spring).days <= 35
        ]
        mean = np.mean(near)
        check(mean <= 2 * usual + 0.001, f"around 春节 {spring}: {mean:.4f} newly named a week, usual {usual:.4f}")
    for name, begin, end in (("国庆", (10, 1), (10, 20)), ("618", (6, 1), (7, 5)), ("双11", (11, 1), (11, 30))):
        near = [
            share
            for mondays, new in counts
            for day, share in zip(mondays[1:], new)
            if begin <= (day.month, day.day) <= end
        ]
        check(np.mean(near) <= 2 * usual + 0.001, f"around {name}: {np.mean(near):.4f} newly named a week")
    most = max(new.max() for _, new in counts)
    check(most <= 0.02, f"in no week more than a fiftieth of everybody: {most:.4f} at most")


def moved(folders):
    wrong, found = [], []
    for folder in folders:
        mondays, customers, said = told(folder)
        place = {one: n for n, one in enumerate(customers)}
        hazard = pq.read_table(f"{folder}/truth/hazard.parquet").to_pydict()
        worry = np.zeros(len(customers))
        for one, p in zip(hazard["customer_id"], hazard["p_90d"]):
            if one in place:
                worry[place[one]] = max(worry[place[one]], p)
        churn = pq.read_table(f"{folder}/truth/churn.parquet").to_pydict()
        for one, at in zip(churn["customer_id"], churn["left_at"]):
            if one not in place:
                continue
            worry[place[one]] = 1.0
            gone = at.date()
            row = said[place[one]]
            weeks = [n for n, day in enumerate(mondays) if -56 <= (day - gone).days <= 56]
            if len(weeks) < 16 or np.isnan(row[weeks]).all():
                continue
            after = [n for n in weeks if (mondays[n] - gone).days >= 0]
            hit = [n for n in weeks if row[n] <= STATED]
            found.append((bool([n for n in hit if (mondays[n] - gone).days < 0]), bool(hit and hit[0] <= after[min(8, len(after) - 1)])))
        # Whoever never came near leaving, by the truth of every month.
        calm = worry < 0.15
        for known, named in years(said):
            wrong.append(named[known & calm])
    wrong = np.concatenate(wrong)
    check(wrong.mean() <= STATED + NEAR, f"beside leavers: {wrong.mean():.4f} of {len(wrong)} customer-years of those who never came near leaving")
    found = np.array(found)
    check(found[:, 1].mean() >= 0.5, f"of {len(found)} leavers {found[:, 0].mean():.3f} named in the eight weeks before they were gone, {found[:, 1].mean():.3f} by eight weeks after")


folder = sys.argv[1]
quiet([f"{folder}/quiet-{seed}" for seed in (5, 6, 7)])
moved([f"{folder}/moved-{seed}" for seed in (5, 6, 7)])
print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
