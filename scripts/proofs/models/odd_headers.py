"""Small tables with what firms' exports bring, by `lab classify` without a setting: headers of two lines and the same header twice,
labels in words of both languages, a label that nobody names, dates of several forms in one column, full-width digits, tabs and
bars for commas, rows that come twice. What is taken for leaving, what is left aside and what is refused must be said, and say why.
Usage: odd_headers.py LIUKE DATA WORK
"""

import datetime
import random

from shared.tables import aside, asked, ended, held, kinds, table


def classified(file, *arguments):
    return asked("--folds", 3, "--table", file, *arguments)


def customers(count, seed, share=0.4):
    """Who uses less leaves: how much, since when, and whether."""
    chance = random.Random(seed)
    use = [chance.gauss(0, 1) for _ in range(count)]
    order = sorted(range(count), key=lambda at: use[at] + chance.gauss(0, 0.8))
    gone = set(order[: round(count * share)])
    since = [datetime.date(2024, 12, 31) - datetime.timedelta(chance.randrange(20, 900)) for _ in use]
    return [(f"{u:.3f}", day, at in gone) for at, (u, day) in enumerate(zip(use, since))]


def learnt(name, file, positive, *arguments, least=0.75):
    status, report, said = classified(file, *arguments)
    if report is None:
        held(f"{name}: ends in a report", False, said[:160])
        return None, said
    held(f"{name}: {positive} means left, and use tells", report["positive"] == positive and report["auc"] >= least,
         f"{report['positive']}, AUC {report['auc']:.3f}, {report['leavers']} of {report['rows']['used']} left")
    return report, said


for left, stayed in [("是", "否"), ("流失", "留存"), ("True", "False"), ("已离网", "在网"), ("Churned", "Active"), ("1", "0")]:
    rows = [[u, left if gone else stayed] for u, _, gone in customers(300, 11)]
    learnt(f"{left} and {stayed}", table("words", ["使用次数", "客户状态"], rows), left, "--label", "客户状态")

rows = [[f"KH{at}", u, u, "华东", left and "是" or "否"] for at, (u, _, left) in enumerate(customers(300, 12))]
headers = ["客户\n编号", "近30天\n登录次数", "近30天\n登录次数", "大区", "是否\n流失"]
report, said = learnt("headers of two lines in gb18030, no label named", table("lines", headers, rows, "gb18030"), "是")
held("headers of two lines: the column that says who left is named", "是否" in said, said.splitlines()[:1])
held("headers of two lines: id, copy and constant are left aside", sorted(aside(report).values()) == ["constant", "copy", "id"], aside(report))

forms = ["{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y%m%d}", "{:%d-%b-%Y}", "{:%Y年%m月%d日}"]
rows = []
for at, (_, since, _) in enumerate(customers(1200, 13)):
    left = (datetime.date(2024, 12, 31) - since).days + random.Random(at).gauss(0, 150) < 350
    rows.append([forms[at % 5].format(since), "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{at % 37}"), "Y" if left else "N"])
report, _ = learnt("five forms of dates", table("forms", ["开户日期", "等级分", "churn"], rows, delimiter="\t"), "Y", "--label", "churn")
held("five forms of dates: a day, and full-width digits a number", kinds(report) == {"开户日期": "day", "等级分": "number"}, kinds(report))

people = customers(20_000, 14, 0.01)
rows = [[at + 1, u, "" if at % 3 else "—", int(gone)] for at, (u, _, gone) in enumerate(people)]
report, _ = learnt("1 % with bars between the cells", table("bars", ["序号", "use", "remark", "exited"], rows, delimiter="|"), "1", "--label", "exited")
held("1 %: the running number and the empty column are left aside", aside(report) == {"序号": "id", "remark": "empty"}, aside(report))

twice = [[u, "T" if gone else "F"] for u, _, gone in customers(600, 15, 0.5)]
report, _ = learnt("half, every row twice", table("twice", ["use", "left"], twice * 2), "T", "--label", "left")
once, _ = learnt("half, every row once", table("once", ["use", "left"], twice), "T", "--label", "left")
if report and once:
    held("rows that come twice make nothing surer", report["auc"] - once["auc"] < 0.02 and
         report["auc_high"] - report["auc_low"] > 0.85 * (once["auc_high"] - once["auc_low"]), f"{report['auc']:.3f}, once {once['auc']:.3f}")

rows = [[u, "lost" if gone else "kept", "" if at % 4 else "?"] for at, (u, _, gone) in enumerate(customers(400, 16))]
rows += [["0.5", "", ""]] * 7
status, report, said = classified(table("gaps", ["use", "label", "x"], rows), "--label", "label")
held("rows without a label are counted and told", status == 3 and report and report["rows"]["left_out"] == 7 and "7 rows" in said, said[:80])

for name, headers, rows, arguments, code in [
    ("two columns that say who left", ["use", "churn", "left"], [[u, int(g), int(g)] for u, _, g in customers(300, 17)], [], "--label"),
    ("no column that says who left", ["use", "vip"], [[u, int(g)] for u, _, g in customers(300, 17)], [], "it could be: vip"),
    ("values that say nothing of leaving", ["use", "churn"], [[u, "AB"[g]] for u, _, g in customers(300, 17)], ["--label", "churn"], "--positive"),
    ("three of 300", ["use", "churn"], [[u, int(g)] for u, _, g in customers(300, 17, 0.01)], ["--label", "churn"], "17 more"),
    ("a label that is not there", ["use", "churn"], [[u, int(g)] for u, _, g in customers(300, 17)], ["--label", "gone"], "use, churn"),
    ("everybody left", ["use", "churn"], [[u, 1] for u, _, _ in customers(300, 17)], ["--label", "churn"], "every row"),
    ("nothing but the label", ["id", "churn"], [[f"k{at}", int(g)] for at, (_, _, g) in enumerate(customers(300, 17))], ["--label", "churn"], "no column to learn"),
]:
    status, _, said = classified(table("refused", headers, rows), *arguments)
    held(f"{name}: refused, and it is said what to do", status == 1 and code in said, said.replace("\n", " ")[:150])
ended()
