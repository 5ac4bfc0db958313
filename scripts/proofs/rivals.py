"""Budgeted alerts beside every rule that looks at one indicator alone, with as many alerts a week.

usage: rivals.py WORLD NAME…

Reads WORLD/NAME.csv and WORLD/NAME.json, backtests with one budget, WORLD/left.csv (who left when) and
WORLD/indicators.parquet (every shipped indicator at every weekly moment). A leaver counts as caught by an alert 14 to 90 days
before. The rivals are helped: of every indicator both directions are tried, as a list of the worst of each week in several
ways of naming somebody again and as a threshold with every value, and the best of all is taken on the very world that judges.
Needs numpy and pyarrow.
"""
import csv
import datetime as dt
import json
import sys

import numpy as np
import pyarrow.parquet as pq

DAY = dt.timedelta(days=1)
LEAST, MOST = 14 * DAY, 90 * DAY
# The backtest that ranks by the true probability.
TRUTH = "hazard"
# Weeks after which a list may name somebody again.
RESTS = (4, 11, 10_000)
# A rule may speak of somebody again after two weeks.
COOLDOWN = 2
THRESHOLDS = 400


def written(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


class World:
    """Who could be spoken of in each week, and who left within reach of which weeks."""

    def __init__(self, folder, name):
        self.report = json.load(open(f"{folder}/{name}.json"))
        self.weeks = [written(week["at"]) for week in self.report["weeks"]]
        self.room = np.full(len(self.weeks), self.report["budget"])
        table = pq.read_table(f"{folder}/indicators.parquet")
        ids = table.column("customer_id").to_pylist()
        at = [moment if isinstance(moment, dt.datetime) else written(str(moment)) for moment in table.column("as_of").to_pylist()]
        at = [moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc) for moment in at]
        self.place = {customer: place for place, customer in enumerate(sorted(set(ids)))}
        week_of = {moment: week for week, moment in enumerate(self.weeks)}
        self.cells = (np.array([week_of[moment] for moment in at]), np.array([self.place[customer] for customer in ids]))
        self.columns = {
            column: np.array(table.column(column).to_pylist(), dtype=float)
            for column in table.column_names
            if column not in ("customer_id", "as_of")
        }
        left = [(row["customer_id"], written(row["left_at"])) for row in csv.DictReader(open(f"{folder}/left.csv"))]
        self.is_there = np.zeros((len(self.weeks), len(self.place)), bool)
        self.is_there[self.cells] = True
        for customer, gone in left:
            if customer in self.place:
                self.is_there[[week for week, moment in enumerate(self.weeks) if moment > gone], self.place[customer]] = False
        begin, end = self.weeks[0], min(written(self.report["to"]), written(self.report["told_until"]))
        reach = [[week for week, moment in enumerate(self.weeks) if LEAST <= gone - moment <= MOST] for _, gone in left]
        worth = {row["customer_id"]: float(row["value"] or 0) for row in csv.DictReader(open(f"{folder}/{name}.csv")) if row["row"] == "leaver"}
        self.leavers = [(self.place.get(who), weeks, worth.get(who, 0.0)) for (who, gone), weeks in zip(left, reach) if begin <= gone < end]

    def caught(self, warned):
        """Leavers warned of in time, and what they were worth."""
        found = [worth for place, weeks, worth in self.leavers if place is not None and warned[weeks, place].any()]
        return len(found), sum(found)

    def sheet(self, column):
        """The numbers of an indicator by week and customer; NaN where unknown or nobody could be spoken of."""
        sheet = np.full(self.is_there.shape, np.nan)
        sheet[self.cells] = self.columns[column]
        sheet[~self.is_there] = np.nan
        return sheet


def listed(world, worry, rest):
    """As many of the worst of each week; whoever was named rests."""
    warned = np.zeros(worry.shape, bool)
    again = np.zeros(worry.shape[1], int)
    lots = np.random.default_rng(7).random(worry.shape)
    for week, room in enumerate(world.room):
        could = np.flatnonzero(~np.isnan(worry[week]) & (again <= week))
        order = np.lexsort((lots[week, could], -worry[week, could]))
        named = could[order[:room]]
        warned[week, named] = True
        again[named] = week + rest
    return warned


def thresholds(worry):
    """What a threshold would have warned of, for every value that makes a difference."""
    known = np.unique(worry[~np.isnan(worry)])
    for least in known if len(known) <= THRESHOLDS else np.quantile(known, np.linspace(0, 1, THRESHOLDS)):
        above = np.nan_to_num(worry, nan=-np.inf) >= least
        begun = above.copy()
        begun[1:] &= ~above[:-1]
        for week in range(1, len(begun)):
            begun[week] &= ~begun[max(0, week - COOLDOWN + 1):week].any(axis=0)
        yield begun


def rivals(world):
    """Every rival: how many it caught, what they were worth and what it is."""
    allowed = world.room.sum()
    for column in world.columns:
        sheet = world.sheet(column)
        if np.isnan(sheet).all():
            continue
        for sign, side in ((1.0, "high"), (-1.0, "low")):
            for rest in RESTS:
                yield *world.caught(listed(world, sign * sheet, rest)), f"{column} {side}, a weekly list, again after {rest} weeks"
            for warned in thresholds(sign * sheet):
                if warned.sum() <= allowed:
                    yield *world.caught(warned), f"{column} {side}, a threshold, {warned.sum()} alerts"


def warned_by(world, folder, name):
    """Whom a backtest warned of, and what it says it caught."""
    warned = np.zeros(world.is_there.shape, bool)
    week_of = {moment: week for week, moment in enumerate(world.weeks)}
    for row in csv.DictReader(open(f"{folder}/{name}.csv")):
        if row["row"] == "warning":
            warned[week_of[written(row["warned_at"])], world.place[row["customer_id"]]] = True
    return warned, json.load(open(f"{folder}/{name}.json"))["counts"]["caught"]


def main(folder, names):
    world = World(folder, names[0])
    best, best_worth, what = max(rivals(world))
    everything = sum(worth for _, _, worth in world.leavers) or 1.0
    print(f"  of {len(world.leavers)} leavers the best rule of one indicator catches {best}, {best_worth / everything:.0%} of what all were worth: {what}")
    passed = failed = 0
    for name in names:
        warned, told = warned_by(world, folder, name)
        caught, worth = world.caught(warned)
        checks = {"as told": caught == told}
        # What ranks by the truth is no list of ours: it tells how much there is to be had.
        if name != TRUTH:
            checks["no fewer than the best rule"] = caught >= best
        for check, ok in checks.items():
            passed, failed = passed + ok, failed + (not ok)
            print(f"  {'ok ' if ok else 'NOT'} {name}: {caught} caught with {warned.sum()} alerts, {caught / max(best, 1):.2f} times, {worth / everything:.0%} of the worth ({check})")
    print(f"{passed} passed, {failed} failed")
    return failed == 0


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2:]) else 1)
