"""What the sections have in common: counting what held, writing a table, asking `lab classify` of it.

Every section is called with LIUKE DATA WORK: the program, the folder of test data, a folder to write to.
"""

import csv
import json
import subprocess
import sys

liuke, data, work = sys.argv[1:4]
counts = {"passed": 0, "failed": 0}


def held(what, ok, shown):
    """Counts and prints whether something held, beside what was seen."""
    counts["passed" if ok else "failed"] += 1
    print(f"{'ok  ' if ok else 'FAIL'}  {what:<64} {shown}")


def near(what, got, expected, within):
    """Counts and prints whether a figure is as known."""
    held(what, got is not None and abs(got - expected) <= within, f"{got} (expected {expected} within {within:.3g})")


def table(name, headers, rows, encoding="utf-8", delimiter=","):
    """Writes a table and gives its file."""
    file = f"{work}/{name}.csv"
    with open(file, "w", encoding=encoding, newline="") as target:
        csv.writer(target, delimiter=delimiter).writerows([headers, *rows])
    return file


def asked(*arguments, lang="en"):
    """`lab classify`: its exit status, its report or None, and what it said besides."""
    command = [liuke, "--json", "--lang", lang, "lab", "classify", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr.strip()


def kinds(report):
    """What each column was read as."""
    return {one["name"]: one["kind"] for one in report["columns"]} if report else {}


def aside(report):
    """Why each column that was left aside was."""
    return {one["name"]: one["code"] for one in report["set_aside"]} if report else {}


def ended():
    """The last line of a section."""
    print(f"{counts['passed']} passed, {counts['failed']} failed")
