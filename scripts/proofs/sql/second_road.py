"""The product's own SQL (`liuke indicators sql`), run by DuckDB, against the kernel's frame, cell by cell.

usage: second_road.py LIUKE measures|sample|shipped|lake|w1 [SIZE] [MOMENTS]
measures: every measure and comparison with every selector over made facts: late, corrected, taken back, removed, tied, in two
          currencies, on the border of days; windows in turn.
sample:   each of them once.
shipped:  every shipped definition that has a form in SQL, on a simulated firm.
lake:     the same on a data folder that holds the firm: each source covers from its own first fact on.
w1:       the workload bench/w1.toml on a made log of five columns.
Prints a line per moment and `N passed, N failed`, a column of one moment each. Needs duckdb from PyPI.
"""
import datetime as dt
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import duckdb

LIUKE, WHAT = sys.argv[1:3]
SIZE = int(sys.argv[3]) if len(sys.argv) > 3 else 0
MOMENTS = int(sys.argv[4]) if len(sys.argv) > 4 else 3
ROOT = pathlib.Path(__file__).resolve().parents[3]
DAY = 86_400_000_000
UTC = dt.timezone.utc


def liuke(*words):
    done = subprocess.run([LIUKE, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"liuke {' '.join(map(str, words))}: {done.stderr}")
    return done.stdout, done.stderr


def micros(year, month, day, hour=0):
    return int(dt.datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1_000_000


def written(path, columns, rows, casts):
    """Rows as Parquet, by way of JSON: what DuckDB reads and writes by itself."""
    lines = pathlib.Path(f"{path}.json")
    with open(lines, "w") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(columns, row)), ensure_ascii=False) + "\n")
    types = ", ".join(f"'{column}': '{kind}'" for column, kind in casts.items())
    told = ", ".join(
        f"make_timestamptz({column}) AS {column}" if column.endswith("_at") else column for column in columns
    )
    duckdb.sql(
        f"COPY (SELECT {told} FROM read_json('{lines}', format='newline_delimited', columns={{{types}}})) "
        f"TO '{path}' (FORMAT parquet)"
    )
    lines.unlink()


def made_facts(path, customers):
    """Facts with everything that makes measuring hard."""
    luck = random.Random(7)
    begin, days = micros(2024, 9, 1), 200
    rows, ids = [], []
    for number in range(1, customers * 45):
        at = begin + luck.randrange(days) * DAY + luck.choice([0, 0, 16 * 3600 * 10**6, luck.randrange(DAY)])
        if rows and luck.random() < 0.1:
            at = rows[-1][4]
        kind, name = luck.choice(
            [("event", "Logged In"), ("event", "Seen"), ("order", "Seen"), ("order", "Bought"), ("ticket", "Asked"), ("trait", "Traits")]
        )
        known = at + (luck.randrange(20 * DAY) if luck.random() < 0.2 else 0)
        value = None if luck.random() < 0.3 else luck.choice([round(luck.lognormvariate(2, 1), 2), -1.5, 0.5, 0])
        said = {}
        if luck.random() < 0.7:
            said["plan"] = luck.choice(["pro", "pro", "max", "it's", None])
        if luck.random() < 0.5:
            said["seats"] = luck.choice(["5", "7.5", " 8 ", "-2", "many", "1e2", ""])
        if luck.random() < 0.3:
            said["end_on"] = luck.choice(["2025-03-01", "2025-01-15 08:30", "2025-02-01T00:00:00+08:00", "soon", "2024-12-31"])
        source, message = luck.choice(["s1", "s2"]), f"m{number}"
        supersedes = luck.choice(ids) if ids and luck.random() < 0.05 else None
        retracts = luck.choice(ids) if ids and not supersedes and luck.random() < 0.03 else None
        ids.append(message)
        rows.append((
            number, None if luck.random() < 0.02 else f"c{luck.randrange(customers):03}", kind, name, at, known, known, value,
            "USD" if luck.random() < 0.03 else None, luck.choice([None, "要退款", "all good", "比价 quote"]),
            json.dumps(said) if said else None, source, message, supersedes, retracts,
        ))
    casts = {
        "number": "BIGINT", "customer_id": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "occurred_at": "BIGINT",
        "known_at": "BIGINT", "recorded_at": "BIGINT", "value": "DECIMAL(19,6)", "currency": "VARCHAR", "text": "VARCHAR",
        "properties": "VARCHAR", "source": "VARCHAR", "message_id": "VARCHAR", "supersedes": "VARCHAR", "retracts": "VARCHAR",
    }
    written(path, list(casts), rows, casts)


OF = [
    '{ kind = "event", name = "Logged In" }',
    '{ kind = ["event", "order"] }',
    '{ kind = "order", where = { plan = ["pro", "it\'s"] } }',
    '{ kind = ["order", "ticket", "trait"], where = { any = [{ not = { plan = { matches = "^p" } } }, { _value = { is = ">", than = 0.5 } }, { seats = { is = ">=", than = 7 } }] } }',
    '{ kind = ["ticket", "event"], where = { _text = { matches = "退款|quote" }, coupon = { known = false } } }',
]
WINDOWS = ["", 'window = "3d"', 'window = "30d"', 'window = "2w"', 'window = "1mo"', 'window = "20cd"', 'window = "9d"\noffset = "5d"',
           'window = "this_month"', 'window = "last_month"', 'window = "last_week"', 'window = "this_quarter"', 'window = "this_year"']
MEASURES = [
    ("count", ""), ("sum", ""), ("mean", ""), ("min", ""), ("max", ""), ("first", ""), ("last", ""), ("distinct_days", ""),
    ("distinct_values", 'property = "plan"'), ("days_since_first", ""), ("days_since_last", ""),
    ("days_since_last", 'days = "working"'), ("days_since_first", 'days = "working"'), ("days_until", 'property = "end_on"'),
    ("days_until", 'property = "end_on"\ndays = "working"'), ("value_at", 'at = "10d"'), ("value_at", 'at = "1mo"'),
    ("gap_mean", ""), ("gap_max", ""), ("gap_current", ""), ("gap_variation", ""), ("streak_days_with", ""),
    ("streak_days_without", ""), ("streak_weeks_with", ""), ("streak_weeks_without", ""),
    ("share", 'part = { kind = ["order", "event"], where = { plan = { known = true } } }'),
    ("share", 'part = { kind = ["order", "event"], name = "Seen" }\ncompares = "sum"'),
    ("share", 'part = { kind = ["order", "ticket"], name = "Seen" }\ncompares = "distinct_days"'),
    ("rate_per_day", ""), ("rate_per_day", 'compares = "distinct_days"'), ("rate_per_day", 'compares = "sum"'),
    ("slope", 'step = "1d"'), ("slope", 'step = "3d"\ncompares = "sum"'), ("slope", 'step = "3d"\ncompares = "distinct_days"'),
    ("ratio_to_previous", ""), ("ratio_to_previous", 'compares = "sum"'), ("ratio_to_previous", 'compares = "distinct_days"'),
    ("count", 'compare = { with = "own_history", as = "z", windows = 3 }'),
    ("count", 'compare = { with = "own_history", as = "difference", windows = 2 }'),
    ("sum", 'compare = { with = "own_history", as = "percentile", windows = 4 }'),
    ("mean", 'compare = { with = "own_history", as = "ratio", windows = 2 }'),
    ("rate_per_day", 'compare = { with = "own_history", as = "change", windows = 3 }'),
    ("count", 'compare = { with = "previous", as = "change" }'), ("mean", 'compare = { with = "previous", as = "difference" }'),
    ("share", 'part = { kind = ["order", "event"], name = "Seen" }\ncompare = { with = "previous", as = "difference" }'),
    ("count", 'compare = { with = "last_year", as = "change" }'),
    ("count", 'compare = { with = "peers", as = "percentile" }'), ("sum", 'compare = { with = "peers", as = "z" }'),
    ("mean", 'compare = { with = "peers", as = "ratio" }'), ("last", 'compare = { with = "peers", as = "difference" }'),
    ("count", 'compare = { with = "peers", as = "percentile", by = "plan" }'),
    ("sum", 'property = "seats"'), ("mean", 'property = "seats"'), ("max", 'property = "seats"'), ("last", 'property = "seats"'),
    ("mean", 'property = "seats"\ncompare = { with = "previous", as = "change" }'),
    ("count", 'compare = { with = "peers", as = "percentile", within = { trait = "plan" }, least = 4 }'),
    ("sum", 'compare = { with = "peers", as = "z", within = { trait = "plan" } }'),
    ("mean", 'compare = { with = "peers", as = "difference", least = 25 }'),
    ("count", 'since = "start"'), ("count", 'since = { kind = "ticket" }'), ("mean", 'since = { kind = "trait" }'),
    ("rate_per_day", 'since = "start"'), ("rate_per_day", 'since = { kind = "order", name = "Seen" }'),
    ("gap_max", 'since = { kind = "trait" }'), ("streak_days_without", 'since = "start"'),
]
FORMULAS = [
    "one / max(other, 1)", "min(one, other) - 0.5 * abs(third - 3)", "sqrt(other) + ln(one + 1)", "coalesce(third, other, 7)",
    "ln(one) / (other - other)", "formula_0 + -formula_1",
]


def definition(id, body, absent):
    return (
        f'[[indicator]]\nid = "{id}"\nname = {{ zh = "名", en = "n" }}\nquestion = {{ zh = "问", en = "q" }}\ncategory = "c"\n'
        f'{body}\nunit = "count"\nworse = "none"\n' + (f'when_absent = "{absent}"\n' if absent else "")
    )


def every_measure(always, selector=None):
    """Each measure with a selector, or with one in turn; the windows dealt out in turn; formulas, and what they are made of."""
    text, turn = 'covered = "always"\n' if always else "", 0
    for m, (measure, extra) in enumerate(MEASURES):
        positional = measure.startswith("days_") or measure == "gap_current"
        compared = measure.startswith("ratio") or ("compare =" in extra and "peers" not in extra)
        needs = compared or measure == "slope" or (measure == "rate_per_day" and "since" not in extra)
        for s, of in enumerate(OF):
            turn += 1
            if s != (m % len(OF) if selector is None else selector):
                continue
            if measure == "slope":
                fitting = ['window = "9d"', 'window = "30d"']
            else:
                fitting = [one for one in WINDOWS if not (needs and not one)
                           and not ("offset" in one and (positional or measure == "value_at"))]
            for again in range(1 if selector is None else 2):
                window = fitting[(turn + again * 5) % len(fitting)]
                never_zero = positional or measure.startswith("gap")
                absent = "unknown" if never_zero or (turn + again) % 2 else "zero"
                text += definition(f"i_{m}_{s}_{again}", f'of = {of}\nmeasure = "{measure}"\n{extra}\n{window}', absent)
    for id, of in [("one", OF[0]), ("other", OF[1]), ("third", OF[2])]:
        text += definition(id, f'of = {of}\nmeasure = "count"\nwindow = "30d"', "unknown")
    for place, formula in enumerate(FORMULAS):
        text += definition(f"formula_{place}", f'formula = "{formula}"', None)
    return text


def made_log(path, events):
    """A log of the workload's five columns, skewed and fading, without the lake's other columns."""
    luck = random.Random(11)
    end, customers = micros(2026, 1, 1), max(events // 100, 10)
    names = [("event", "Logged In", 42), ("event", "Feature Used", 42), ("order", "Order Completed", 10),
             ("ticket", "Ticket Opened", 3), ("survey_response", "Survey Answered", 2), ("payment", "Payment Failed", 1)]
    weights = [luck.lognormvariate(0, 1.1) for _ in range(customers)]
    chosen = luck.choices(range(customers), weights, k=events)
    rows = []
    for customer, (kind, name, _) in zip(chosen, luck.choices(names, [one[2] for one in names], k=events)):
        back = luck.random() ** (0.5 if customer % 3 else 1.5)
        value = round(luck.lognormvariate(4.5, 1), 2) if kind == "order" else luck.randrange(11) if kind == "survey_response" else None
        rows.append((f"C{customer:08}", kind, name, end - int(back * 400 * DAY) - 1, value))
    casts = {"customer_id": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "occurred_at": "BIGINT", "value": "DOUBLE"}
    written(path, list(casts), rows, casts)


def compared(facts, catalog, as_of, zone, work):
    """Columns that are equal and those that are not, of one moment; `facts` is a file or a data folder."""
    ours, query = work / "ours.parquet", work / "query.sql"
    asked, told = ["--facts", facts, "--timezone", zone], ["--facts", facts]
    if facts.is_dir():
        asked = ["--data", facts]
        told = ["--table", f"read_parquet('{facts}/lake/facts/*/*.parquet', hive_partitioning = false)"]
    liuke("indicators", *asked, "--as-of", as_of, "--out", ours, *(["--catalog", catalog] if catalog else []))
    _, said = liuke("indicators", "sql", *([catalog] if catalog else []), *told, "--as-of", as_of, "--timezone", zone,
                    "--out", query, "--lang", "en")
    left_out = [line.split(":")[0].removeprefix("left out ") for line in said.splitlines() if line.startswith("left out ")]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")
    answer = connection.execute(query.read_text())
    names = [column[0] for column in answer.description]
    theirs = {row[0]: dict(zip(names, row)) for row in answer.fetchall()}
    told = connection.execute(f"SELECT * FROM read_parquet('{ours}')")
    columns = [column[0] for column in told.description]
    frame = {row[0]: dict(zip(columns, row)) for row in told.fetchall()}
    missing = set(columns) - set(names) - set(left_out)
    passed, failed, cells = 0, 0, 0
    if set(frame) != set(theirs) or missing or not frame:
        failed += 1
        print(f"customers on one side only: {sorted(set(frame) ^ set(theirs))[:5]}; columns missing: {sorted(missing)[:5]}")
    for name in names[1:]:
        wrong = []
        for customer in frame.keys() & theirs.keys():
            mine, other = frame[customer][name], theirs[customer][name]
            same = mine is None if other is None else mine is not None and math.isclose(mine, other, rel_tol=1e-9, abs_tol=1e-9)
            cells += mine is not None
            if not same:
                wrong.append((customer, mine, other))
        passed, failed = passed + (not wrong), failed + bool(wrong)
        if wrong:
            print(f"{name}: {len(wrong)} of {len(frame)} differ, {sorted(wrong)[:3]}")
    print(f"{WHAT} as of {as_of}: {passed} of {passed + failed} columns equal, {len(frame)} customers, {cells} numbers; "
          f"no form in SQL: {', '.join(left_out) or 'none'}")
    return passed, failed


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        asked = []
        if WHAT in ("measures", "sample"):
            facts = work / "facts.parquet"
            made_facts(facts, SIZE or 80)
            every = [(always, selector) for always in (False, True) for selector in range(len(OF))]
            for place, parts in enumerate(every if WHAT == "measures" else [(False, None)]):
                catalog = work / f"measures_{place}.toml"
                catalog.write_text(every_measure(*parts))
                asked += [(facts, catalog, at, "Asia/Shanghai") for at in ("2025-02-10", "2025-03-04 10:20", "2025-01-01")[:MOMENTS]]
        elif WHAT in ("shipped", "lake"):
            liuke("sim", "--template", "saas", "--customers", SIZE or 300, "--days", 500, "--seed", 3, "--out", work / "firm")
            facts = work / "firm" / "facts.parquet"
            if WHAT == "lake":
                liuke("import", "--data", work / "data", "--as", "facts", "--timezone", "Asia/Shanghai", facts)
                facts = work / "data"
            asked = [(facts, None, at, "Asia/Shanghai") for at in ("2025-12-20", "2025-09-01", "2025-02-03 13:00")[:MOMENTS]]
        else:
            facts = work / "log.parquet"
            made_log(facts, SIZE or 300_000)
            catalog = ROOT / "bench" / "w1.toml"
            asked = [(facts, catalog, at, "UTC") for at in ("2026-01-01", "2025-11-05", "2025-07-01")[:MOMENTS]]
        results = [compared(*one, work) for one in asked]
    passed, failed = (sum(one[side] for one in results) for side in (0, 1))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


main()
