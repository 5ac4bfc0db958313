"""Health against leaving within 90 days, beside the true probability of it.

usage: health.py FOLDER SEED…

FOLDER/world-SEED holds `truth/hazard.parquet` (true probabilities at midnights), `truth/churn.parquet` (who left when)
and `health-DATE.csv` as `liuke score` wrote it. A customer whose health is unknown stands in the middle of the others.
Needs numpy and pyarrow.
"""
import csv
import datetime as dt
import glob
import sys

import numpy as np
import pyarrow.parquet as pq

SHARE = 0.75


def auc(risk, left):
    """How often the one who left had the higher risk than the one who stayed; ties count half."""
    order = np.argsort(risk, kind="stable")
    sorted_risk = risk[order]
    ranks = np.empty(len(risk))
    begins = np.r_[0, np.nonzero(np.diff(sorted_risk))[0] + 1, len(risk)]
    for begin, end in zip(begins[:-1], begins[1:]):
        ranks[order[begin:end]] = (begin + end + 1) / 2
    leavers = left.sum()
    return (ranks[left].sum() - leavers * (leavers + 1) / 2) / (leavers * (len(risk) - leavers))


def day(value):
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def rows(path):
    return pq.read_table(path).to_pylist()


def judge(world, hazard, left_on):
    """Customers, leavers, unknown healths, and both figures at each moment."""
    for path in sorted(glob.glob(f"{world}/health-*.csv")):
        moment = dt.date.fromisoformat(path[-14:-4])
        with open(path, encoding="utf-8-sig") as file:
            health = {row["customer_id"]: row["health"] for row in csv.DictReader(file)}
        truth = {row["customer_id"]: row["p_90d"] for row in hazard if day(row["date"]) == moment}
        who = sorted(truth)
        known = [float(health[one]) for one in who if health.get(one)]
        middle = float(np.median(known))
        score = np.array([float(health[one]) if health.get(one) else middle for one in who])
        end = moment + dt.timedelta(days=90)
        left = np.array([one in left_on and moment <= left_on[one] < end for one in who])
        true = np.array([truth[one] for one in who])
        yield moment, len(who), int(left.sum()), len(who) - len(known), auc(-score, left), auc(true, left)


def main(folder, seeds):
    passed = failed = 0
    for seed in seeds:
        world = f"{folder}/world-{seed}"
        hazard = rows(f"{world}/truth/hazard.parquet")
        left_on = {row["customer_id"]: day(row["date"]) for row in rows(f"{world}/truth/churn.parquet")}
        told = list(judge(world, hazard, left_on))
        for moment, customers, leavers, unknown, health, true in told:
            print(f"seed {seed}, {moment}: {customers} customers, {leavers} left within 90 days, {unknown} of unknown"
                  f" health; AUC of health {health:.3f}, of the true probability {true:.3f}")
        weights = [leavers for _, _, leavers, _, _, _ in told]
        health = np.average([one[4] for one in told], weights=weights)
        true = np.average([one[5] for one in told], weights=weights)
        share = (health - 0.5) / (true - 0.5)
        ok = share >= SHARE
        passed, failed = passed + ok, failed + (not ok)
        print(f"{'ok' if ok else 'FAILED'}: seed {seed}: {health:.3f} of {true:.3f}: {share:.1%} of the way from"
              f" chance to the truth, {SHARE:.0%} asked for")
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]) > 0)
