"""Tables made to mislead, by `lab classify` without a setting: hardly a leaver, nothing but noise, ten thousand words in a column,
nothing but dates, a label of three values or missing in half, numbers written with marks and in full width, a copy of the label
turned round, half of the rows twice, GB18030 of which only the header is Chinese. Each must end in a right answer, or in a refusal
that says why and what to do, in both languages.
Usage: hostile_tables.py LIUKE DATA WORK
"""

import datetime
import math
import random

from shared.tables import aside, asked, ended, held, kinds, table


def world(count, seed, share=0.3):
    """Who uses less leaves: how much, and whether."""
    chance = random.Random(seed)
    use = [chance.gauss(0, 1) for _ in range(count)]
    order = sorted(range(count), key=lambda at: use[at] + chance.gauss(0, 0.8))
    gone = set(order[: round(count * share)])
    return chance, use, [at in gone for at in range(count)]


def refused(name, file, said_en, said_zh, *arguments):
    """Refused in both languages, each with its own words for why and what to do."""
    for lang, words in (("en", said_en), ("zh", said_zh)):
        status, report, said = asked("--table", file, *arguments, lang=lang)
        held(f"{name}: refused, and it is said what to do ({lang})", status == 1 and report is None and all(word in said for word in words),
             said.replace("\n", " ")[:150])


def learnt(name, file, *arguments, least=0.75):
    _, report, said = asked("--table", file, "--folds", 3, *arguments)
    held(f"{name}: AUC at least {least}", report is not None and report["auc"] >= least, f"{report['auc']:.3f}" if report else said[:150])
    return report, said


chance, use, left = world(300, 31, 5 / 300)
file = table("few", ["use", "churn"], [[f"{u:.3f}", int(gone)] for u, gone in zip(use, left)])
refused("five of 300", file, ("15 more", "rules"), ("还差 15 位", "规则"), "--label", "churn")

chance = random.Random(32)
rows = [[*(f"{chance.gauss(0, 1):.3f}" for _ in range(200)), int(chance.random() < 0.4)] for _ in range(800)]
noise = table("noise", [*(f"x{at}" for at in range(200)), "churn"], rows)
_, report, said = asked("--table", noise, "--label", "churn", "--folds", 3)
held("200 columns of noise: no usable signal", report and not report["signal"] and "no usable signal" in said,
     report and f"{report['auc_low']:.3f} to {report['auc_high']:.3f}")
_, report, said = asked("--table", noise, "--label", "churn", "--folds", 2, lang="zh")
held("200 columns of noise: the same in Chinese", "没有可用的信号" in said, said[:80])

chance, use, left = world(20_000, 33)
rows = [[f"店铺{chance.randrange(10_000)}", f"{u:.3f}", "是" if gone else "否"] for u, gone in zip(use, left)]
report, _ = learnt("10,000 words in a column", table("words", ["店铺", "使用", "流失"], rows), "--label", "流失")
held("10,000 words in a column: it is no number and spoils nothing", kinds(report).get("使用") == "number", kinds(report))

chance = random.Random(34)
since = [datetime.date(2025, 1, 1) - datetime.timedelta(chance.randrange(900)) for _ in range(900)]
late = [chance.random() < 1 / (1 + math.exp(((datetime.date(2025, 1, 1) - day).days - 300) / 90)) for day in since]
report, _ = learnt("nothing but dates", table("dates", ["开户日期", "流失"], [[f"{day:%Y/%m/%d}", "是" if gone else "否"] for day, gone in zip(since, late)]),
                   "--label", "流失", least=0.8)
held("nothing but dates: read as days", kinds(report) == {"开户日期": "day"}, kinds(report))

chance, use, left = world(900, 35)
states = ["已流失" if gone else chance.choice(["在用", "停机"]) for gone in left]
file = table("three", ["使用", "状态"], [[f"{u:.3f}", state] for u, state in zip(use, states)])
report, said = learnt("three states", file, "--label", "状态")
held("three states: what means left and what stayed is said", report and report["positive"] == "已流失" and "在用" in said and "停机" in said, said[:120])
file = table("grades", ["use", "churn"], [[f"{u:.3f}", 1 + 2 * gone - (u > 1)] for u, gone in zip(use, left)])
refused("three grades", file, ("which value means left", "--positive"), ("哪个值表示流失", "--positive"), "--label", "churn")

file = table("half", ["use", "churn"], [[f"{u:.3f}", ("yes" if gone else "no") if at % 2 else ""] for at, (u, gone) in enumerate(zip(use, left))])
report, said = learnt("the label missing in half", file, "--label", "churn")
held("the label missing in half: counted and told", report and report["rows"]["left_out"] == 450 and "450 rows" in said, said[:100])

full = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")
forms = [lambda x: f"{x:,.1f}", lambda x: f"{x:.1f}".translate(full), lambda x: f"￥{x:,.2f}", lambda x: f"RMB {x:,.0f}", lambda x: f"{x:,.1f}".translate(full)]
money = [math.exp(8 + 0.6 * u) for u in use]
rows = [[forms[at % 5](m), f"{50 + 12 * u:.1f}{'%％'[at % 2]}", f"-¥{at % 13}" if at % 3 else f"（{at % 13}）", "Y" if gone else "N"]
        for at, (m, u, gone) in enumerate(zip(money, use, left))]
report, _ = learnt("numbers written with marks", table("marks", ["金额", "使用率", "余额", "churn"], rows), "--label", "churn")
held("numbers written with marks: all are numbers", kinds(report) == {"金额": "number", "使用率": "number", "余额": "number"}, kinds(report))

rows = [[f"{u:.3f}", int(not gone), "left" if gone else "stayed"] for u, gone in zip(use, left)]
report, said = learnt("the label turned round", table("turned", ["use", "renewed", "state"], rows), "--label", "state")
held("the label turned round: named and left out", aside(report) == {"renewed": "leak"} and "renewed" in said, aside(report))

rows = [[f"{u:.3f}", f"{chance.random():.6f}", "T" if gone else "F"] for u, gone in zip(use[:600], left)]
once, _ = learnt("half of the rows twice, each once", table("one", ["use", "x", "churn"], rows), "--label", "churn")
twice, _ = learnt("half of the rows twice", table("two", ["use", "x", "churn"], rows + rows[:300]), "--label", "churn")
if once and twice:
    held("half of the rows twice: nothing is surer for it", twice["auc_high"] - twice["auc_low"] > 0.85 * (once["auc_high"] - once["auc_low"]),
         f"{twice['auc_low']:.3f} to {twice['auc_high']:.3f}, once {once['auc_low']:.3f} to {once['auc_high']:.3f}")

for name, encoding, headers in [("GB18030, only the header Chinese", "gb18030", ["使用", "流失"]), ("GB18030 with a rare letter", "gb18030", ["使用㙓", "流失"])]:
    rows = [[f"{u:.3f}", int(gone)] for u, gone in zip(use, left)]
    report, said = learnt(name, table("coded", headers, rows, encoding), "--label", "流失")
    held(f"{name}: the header is read", list(kinds(report)) == headers[:1], list(kinds(report)))
ended()
