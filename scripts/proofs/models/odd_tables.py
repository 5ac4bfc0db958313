"""The risk model on made tables as firms have them, by `liuke lab classify`, without a setting: 300 to 100,000 rows, 1 % to half
of them leavers, Chinese headers in gb18030, ids, constants, copies, dates of many forms, free text, units, decimal commas,
thousands of towns, hundreds of columns, leaks. The truth is known: the model must rank at least .85 as far above chance as the
true probability does (.75 on the few leavers of the smallest tables), and what was done must be said.
Usage: odd_tables.py LIUKE DATA WORK
"""

import datetime
import math
import random
import resource
import time

from shared.tables import aside, asked, ended, held, kinds, table


def auc(scores, outcomes):
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, at = 0.0, 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        ranks += (at + end + 1) / 2 * sum(outcomes[row] for row in order[at:end])
        at = end
    ups = sum(outcomes)
    return (ranks - ups * (ups + 1) / 2) / (ups * (len(outcomes) - ups))


def settle(margins, share):
    """Probabilities of margins moved so that `share` leave."""
    low, high = -30.0, 30.0
    chance = lambda margin: 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))
    for _ in range(40):
        middle = (low + high) / 2
        mean = sum(chance(margin + middle) for margin in margins) / len(margins)
        low, high = (middle, high) if mean < share else (low, middle)
    return [chance(margin + low) for margin in margins]


def judged(name, file, label, truth, left, *more, share=0.85):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.time()
    _, report, said = asked("--table", file, "--label", label, *more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if report is None:
        held(f"{name}: ends in a report", False, said[:200])
        return None
    best, reached = auc(truth, left), report["auc_pooled"]
    print(f"      {name}: {report['rows']['used']} rows, {report['leavers']} left; AUC {reached:.4f} of {best:.4f}, log loss "
          f"{report['log_loss']:.4f}, {seconds:.0f} s of one core ({time.time() - begun:.0f} s), so far at most {after.ru_maxrss // 1024} MB")
    held(f"{name}: ranks {share} as far above chance as the truth", reached - 0.5 >= share * (best - 0.5), f"{reached:.4f}")
    return report


# 300 rows of a Chinese export.
chance = random.Random(1)
use, fee = [chance.gauss(0, 1) for _ in range(300)], [chance.lognormvariate(0, 1) for _ in range(300)]
plan = [chance.randrange(4) for _ in range(300)]
p = settle([-1.2 * u + 0.5 * math.log(f) + (0.8, 0, 0, -0.8)[k] for u, f, k in zip(use, fee, plan)], 0.3)
left = [chance.random() < one for one in p]
rows = [[f"KH{at:05d}", f"{u:.3f}", f"￥{1000 * f:,.2f}", "甲乙丙丁"[k], "流失" if gone else "未流失"]
        for at, (u, f, k, gone) in enumerate(zip(use, fee, plan, left))]
file = table("small", ["客户编号", "近30天登录 次数", "月费（元）", "套餐", "是否流失"], rows, "gb18030")
report = judged("300 rows in gb18030", file, "是否流失", p, left, "--id", "客户编号", share=0.75)
if report:
    held("300 rows in gb18030: the fee is a number", kinds(report).get("月费（元）") == "number", report["columns"])

# One in a hundred leaves, and half of the columns are of no use.
chance = random.Random(2)
x = [[chance.gauss(0, 1) for _ in range(5)] for _ in range(20000)]
p = settle([1.2 * a - 0.9 * b + 0.6 * math.tanh(2 * c) for a, b, c, _, _ in x], 0.01)
left = [chance.random() < one for one in p]
days = [datetime.date(2020, 1, 1) + datetime.timedelta(chance.randrange(1500)) for _ in x]
rows = [[10**6 + at, *(f"{value:.4f}" if chance.random() > 0.05 else "N/A" for value in line), "x", "", f"{line[0]:.4f}", day,
         "Yes" if gone else "No"] for at, (line, day, gone) in enumerate(zip(x, days, left))]
report = judged("1 % of 20,000", table("rare", ["Customer ID", *"abcde", "const", "empty", "a ", "since", "churned?"], rows),
                "churned?", p, left)
if report:
    held("1 % of 20,000: id, constant and empty columns are set aside",
         {name: code for name, code in aside(report).items() if code != "copy"} ==
         {"Customer ID": "id", "const": "constant", "empty": "empty"}, aside(report))

# Units, dates in four forms, decimal commas, free text, and columns that know the outcome.
chance = random.Random(3)
now = datetime.date(2024, 6, 30)
tenure = [int(chance.expovariate(1 / 400)) for _ in range(4000)]
idle, term = [int(chance.expovariate(1 / 30)) for _ in tenure], [chance.choice((12, 24, 36)) for _ in tenure]
spend = [chance.lognormvariate(3, 1) for _ in tenure]
p = settle([-t / 400 + i / 20 - m / 12 + 0.7 * math.log(s) for t, i, m, s in zip(tenure, idle, term, spend)], 0.5)
left = [chance.random() < one for one in p]
rows = []
for t, i, m, s, gone in zip(tenure, idle, term, spend, left):
    since, seen = now - datetime.timedelta(t), now - datetime.timedelta(i)
    said = "，".join(chance.choices(("很好", "服务慢", "贵", "不错", "物流一般", "客服态度差"), k=chance.randrange(5, 12)))
    rows.append([f"{since:%Y%m%d}", f"{seen:%Y-%m-%dT%H:%M:%SZ}", f"{since:%m/%d/%Y}", f"{since:%Y-%m}", f"{m} months",
                 f"{s:.2f}".replace(".", ","), f"{said} {chance.random()}", "价格" if gone else "", f"{60 * gone + chance.gauss(50, 15):.0f}", gone])
headers = ["signup", "last seen", "us", "month", "term", "spend", "备注", "离开原因", "left score", "Left"]
report = judged("half of 4,000", table("dates", headers, rows, "utf-8-sig", ";"), "Left", p, left)
if report:
    read = {column: kinds(report).get(column) for column in headers[:7]}
    expected = {"signup": "day", "last seen": "day", "us": "day", "month": "day", "term": "number", "spend": "number", "备注": "text_length"}
    held("half of 4,000: each column is read for what it is", read == expected, read)
    named = [leak["column"] for leak in report["leaks"]]
    held("half of 4,000: both columns that know the outcome are named", set(named) == {"离开原因", "left score"}, named)

# Three thousand towns.
chance = random.Random(4)
mood = [chance.gauss(0, 0.9) for _ in range(3000)]
town = [int(3000 * chance.random() ** 2) for _ in range(100000)]
age = [chance.uniform(18, 80) for _ in town]
p = settle([mood[t] - a / 40 for t, a in zip(town, age)], 0.1)
left = [chance.random() < one for one in p]
rows = [[f"town {t}", f"{a:.1f}", int(gone)] for t, a, gone in zip(town, age, left)]
judged("3,000 towns of 100,000", table("towns", ["town", "age", "churn"], rows), "churn", p, left, share=0.8)

# More columns than leavers.
chance = random.Random(5)
x = [[chance.gauss(0, 1) for _ in range(400)] for _ in range(1200)]
p = settle([sum(0.5 * value for value in line[:12]) for line in x], 0.3)
left = [chance.random() < one for one in p]
rows = [[*(f"{value:.3f}" for value in line), "T" if gone else "F"] for line, gone in zip(x, left)]
judged("400 columns of 1,200", table("wide", [*(f"k{at}" for at in range(400)), "y"], rows), "y", p, left, share=0.7)
ended()
