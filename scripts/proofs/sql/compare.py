"""The product's indicators against the same definitions in SQL, cell by cell.

usage: compare.py PRODUCT.csv QUERY.sql NAME=VALUE...
Prints a line per indicator and `N passed, N failed`. Needs duckdb from PyPI.
"""
import csv
import math
import sys

import duckdb

product, query, *given = sys.argv[1:]
handed = dict(one.split("=", 1) for one in given)
answer = duckdb.connect().execute(open(query).read(), handed)
names = [column[0] for column in answer.description]
by_hand = {str(row[0]): dict(zip(names, row)) for row in answer.fetchall()}
with open(product, newline="") as file:
    ours = {row["customer_id"]: row for row in csv.DictReader(file)}
absent = set(ours) ^ set(by_hand)
passed = failed = 0
for name in names[1:]:
    wrong = []
    for customer, row in by_hand.items():
        mine = ours.get(customer, {}).get(name, "")
        theirs = row[name]
        same = (mine == "") if theirs is None else mine != "" and math.isclose(
            float(mine), float(theirs), rel_tol=1e-9, abs_tol=1e-9
        )
        if not same:
            wrong.append((customer, mine, theirs))
    passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{name:<20} {len(by_hand) - len(wrong)} of {len(by_hand)} equal {wrong[:3] if wrong else ''}")
if absent:
    failed += 1
    print(f"customers on one side only: {sorted(absent)[:5]}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
