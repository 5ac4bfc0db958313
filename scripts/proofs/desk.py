#!/usr/bin/env python3
"""What desk.sh asks of a running firm: its people, its lists, and fifty of them on one board.

    desk.py URL SETUP_LINK --customers N --people 300 --end 2026-01-01 --seconds 60 --bound 100

Prints a line for each question and `N passed, N failed` at the end.
"""
import argparse
import collections
import concurrent.futures
import datetime
import http.client
import json
import random
import statistics
import sys
import threading
import time
import urllib.parse

import numpy as np

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import firm

PASSWORD = "long enough"
ALONE, TOGETHER, AT_ONCE = 24, 96, 8
# Figures are told and not held: a few answers say enough.
FIGURE_ALONE, FIGURE_TOGETHER = 5, 16
# No question is put for longer than this, however slow the answers are.
SECONDS_EACH, FIGURE_SECONDS = 20, 5
# Days ahead on which reminders are counted again from the file.
REMINDED_DAYS = 60
# Who works the one board together: they see everybody's cases and own nobody.
BOARD_PEOPLE, BOARD_CASES = 50, 60

passed = failed = 0


def held(what, figure, bound, unit=""):
    global passed, failed
    fits = figure <= bound
    passed, failed = passed + fits, failed + (not fits)
    print(f"{'ok   ' if fits else 'FAIL '} {what:<64} {figure:>8.0f}{unit} (at most {bound}{unit})", flush=True)


class Desk:
    """One person's line to the server."""

    def __init__(self, host, cookie=None):
        self.host, self.cookie = host, cookie
        self.line = http.client.HTTPConnection(host, timeout=600)

    def send(self, method, path, body=None, raw=None):
        headers = {"x-liuke": "1", "content-type": "application/json"}
        if self.cookie:
            headers["cookie"] = self.cookie
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        self.line.request(method, path, body=data, headers=headers)
        answer = self.line.getresponse()
        text = answer.read()
        said = answer.getheader("set-cookie")
        if said:
            self.cookie = said.split(";")[0]
        return answer.status, text

    def ask(self, method, path, body=None, raw=None):
        status, text = self.send(method, path, body, raw)
        if status not in (200, 202, 204):
            raise SystemExit(f"{method} {path}: {status} {text[:500].decode()}")
        return json.loads(text) if text else None


def server(number):
    """Who works the board."""
    return f"s{number:02}"


def set_up(host, link):
    """The firm's first administrator, who opened the one-time link."""
    admin = Desk(host)
    admin.ask("POST", "/api/setup", {
        "token": urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0],
        "name": "赵敏", "email": "zhao@example.cn", "password": PASSWORD,
        "firm": {
            "name": "大公司", "template": "saas", "noun": {"zh": "客户", "en": "customer"}, "noun_plural_en": "customers",
            "measure_zh": "家", "owner_title": {"zh": "客户经理", "en": "account manager"}, "timezone": "Asia/Shanghai",
            "currency": "CNY", "churn": "saas_contract", "scorecard": "saas", "demo": False,
        },
    })
    return admin


def tree(people):
    """Five levels: one firm, 3 regions, 9 provinces, 27 cities, 54 shops; a head each, everybody else in a shop.

    Rows of a staff sheet, those who work the board last; and who heads what, by path.
    """
    paths = ["集团"]
    level = ["集团"]
    for width, word in ((3, "大区"), (3, "省区"), (3, "城市"), (2, "门店")):
        level = [f"{above}/{word}{place}" for above in level for place in range(width)]
        paths += level
    heads = dict(zip(paths, range(min(len(paths), people))))
    rows = ["姓名,邮箱,角色,部门,负责人"]
    of = {number: path for path, number in heads.items()}
    for number in range(people):
        path = of.get(number, level[number % len(level)])
        rows.append(f"{firm.owner(number)},{firm.owner(number)}@example.cn,{'主管' if number in of else '客户经理'},{path},{firm.owner(number)}")
    rows += [f"{server(number)},{server(number)}@example.cn,客服,集团," for number in range(BOARD_PEOPLE)]
    return "\n".join(rows) + "\n", heads


def paths_of(units):
    """Id of each unit by its path."""
    known = {unit["id"]: unit for unit in units}

    def path(unit):
        above = known.get(unit["parent_id"])
        return f"{path(above)}/{unit['name']}" if above else unit["name"]

    return {path(unit): unit for unit in units}


def hire(host, admin, people):
    """Everybody comes: their sessions by name, and who heads what."""
    sheet, heads = tree(people)
    rows = admin.ask("POST", "/api/staff/sheet?file_name=staff.csv", raw=sheet.encode())["rows"]
    made = admin.ask("POST", "/api/staff/sheet/invite", {"rows": rows})

    def come(one):
        desk = Desk(host)
        staff = desk.ask("POST", "/api/invitations/accept", {"token": one["token"], "password": PASSWORD})["staff"]
        return one["invitation"]["name"], staff["id"], desk.cookie

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        come_in = {name: (number, cookie) for name, number, cookie in pool.map(come, made)}
    units = paths_of(admin.ask("GET", "/api/organisation")["units"])
    for path, number in heads.items():
        unit = units[path]
        change = {"version": unit["version"], "name": unit["name"], "parent_id": unit["parent_id"], "heads": [come_in[firm.owner(number)][0]]}
        admin.ask("PATCH", f"/api/units/{unit['id']}", change)
    return {name: cookie for name, (_, cookie) in come_in.items()}, heads


def cycle(admin):
    """Runs a cycle to its end; the seconds it took, and how it ended."""
    until_idle(admin)
    begun = time.monotonic()
    admin.ask("POST", "/api/cycle")
    status = until_idle(admin)
    if status["state"] == "failed":
        raise SystemExit(f"the cycle failed: {status['failure']}")
    return time.monotonic() - begun, status


def until_idle(admin):
    """Waits until no cycle runs: a server begins with the one that is due."""
    while True:
        status = admin.ask("GET", "/api/cycle")
        if status["state"] != "running":
            return status
        time.sleep(0.2)


def questions(customers, number):
    """What somebody asks who has the customers of this number: lists, board and Today by name; and figures, which are told
    and not held."""
    owner, some = firm.owner(number), firm.customer(number)
    quoted = urllib.parse.quote
    lists = {
        "Today": "/api/today",
        "board, a column": "/api/cases?stage=new&limit=100",
        "board, the team's overdue": "/api/cases?who=team&overdue=true&limit=100",
        "cases, mine": "/api/cases?who=mine&limit=100",
        "cases, what is due first": "/api/cases?limit=100",
        "cases, newest, deep in the list": f"/api/cases?sort=newest&limit=100&cursor={max(customers // 200, 0)}",
        "cases, searched": f"/api/cases?limit=100&search={quoted('云栈科技')}",
        "customers": "/api/customers?limit=100",
        "customers by value, critical": "/api/customers?limit=100&sort=value&band=critical",
        "customers with an alert": "/api/customers?limit=100&has_alert=true",
        "customers of one owner": f"/api/customers?limit=100&owner={owner}",
        "customers, searched": f"/api/customers?limit=100&search={quoted('星图')}",
        "alerts, by what is at risk": "/api/alerts?lines=true&sort=rank&limit=100",
        "alerts, what the desk counts": "/api/desk",
        "pool": "/api/pool?limit=100",
        "reminders": "/api/reminders?limit=50",
        "promises": "/api/promises?limit=50",
        "renewals": "/api/renewals?limit=100",
        "team": "/api/team",
        "notices": "/api/notices?limit=50",
        "search, a name": f"/api/search?q={quoted('海帆')}",
        "search, a letter": "/api/search?q=y",
        "search, an id": f"/api/search?q={firm.customer(77)}",
        "customer": f"/api/customers/{some}",
        "customer, the timeline": f"/api/customers/{some}/timeline?limit=50",
        "customer, follow-ups": f"/api/customers/{some}/follow-ups",
    }
    figures = {
        "churn": "/api/churn",
        "renewals by month": "/api/renewals/months",
        "segments": "/api/segments",
        "breaches of the team": "/api/team/breaches",
        "festival list": "/api/greetings",
        "organisation": "/api/organisation",
    }
    return lists, figures


def milliseconds(host, cookie, path, count, at_once, seconds=SECONDS_EACH):
    """How long each answer took, asked so many at a time; and what was answered besides 200."""
    left, taken, others, lock = [count], [], collections.Counter(), threading.Lock()
    until = time.monotonic() + seconds

    def worker():
        desk = Desk(host, cookie)
        while True:
            with lock:
                if left[0] <= 0 or time.monotonic() > until:
                    return
                left[0] -= 1
            begun = time.perf_counter()
            status, _ = desk.send("GET", path)
            with lock:
                taken.append((time.perf_counter() - begun) * 1000)
                if status != 200:
                    others[status] += 1

    workers = [threading.Thread(target=worker) for _ in range(at_once)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return taken, others


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def measure(host, readers, asked):
    for role, cookie, number, refused in readers:
        lists, figures = questions(asked.customers, number)
        for name, path in {**lists, **figures}.items():
            if name in refused:
                continue
            # The first answer after a cycle may have something to work out, once; it is told, not held.
            first, _ = milliseconds(host, cookie, path, 1, 1)
            singly, at_once, seconds = (ALONE, TOGETHER, SECONDS_EACH) if name in lists else (FIGURE_ALONE, FIGURE_TOGETHER, FIGURE_SECONDS)
            alone, others = milliseconds(host, cookie, path, singly, 1, seconds)
            together, more = milliseconds(host, cookie, path, at_once, AT_ONCE, seconds)
            said = f"{name}, as {role}: first {first[0]:.0f}; p50 {statistics.median(alone):.0f}, {AT_ONCE} at once p50 {statistics.median(together):.0f}, p95 {quantile(together, 0.95):.0f} ms"
            if others or more:
                held(f"{name}, as {role}: answers that are no 200 ({dict(others + more)})", sum((others + more).values()), 0)
            elif name in lists:
                held(said + "; p95 alone", quantile(alone, 0.95), asked.bound, " ms")
            else:
                print(f"      {said}; p95 alone {quantile(alone, 0.95):.0f} ms", flush=True)


def recount(admin, asked):
    """Reminders of contracts that end, day by day, as the file of the firm has them; and each list in parts that make the whole."""
    list_of = lambda **more: admin.ask("GET", "/api/reminders?" + urllib.parse.urlencode({"limit": 1, **more}))
    today = datetime.date.fromisoformat(list_of()["today"])
    last = today + datetime.timedelta(days=REMINDED_DAYS)
    told = {row["on"]: row["count"] for row in list_of(**{"from": today, "to": last, "kind": "renewal"})["days"]}
    days, day_of = firm.last_days(asked.customers, asked.end, np.random.default_rng(1))
    left = np.array([(day - today).days for day in days])[day_of]
    # Today it is every contract that ends within ninety days, on a later day those for which a ninetieth, sixtieth or
    # thirtieth day before comes.
    counted = {today.isoformat(): int(((left >= 0) & (left <= 90)).sum())}
    for ahead in range(1, REMINDED_DAYS + 1):
        counted[(today + datetime.timedelta(days=ahead)).isoformat()] = int(np.isin(left - ahead, (90, 60, 30)).sum())
    wrong = [day for day, count in counted.items() if told.get(day, 0) != count] + [day for day in told if day not in counted]
    held(f"reminders of {sum(counted.values())} contracts, days counted otherwise than in the file" + (f" {wrong[:3]}" if wrong else ""), len(wrong), 0)
    owners = [firm.owner(number) for number in range(asked.people)]
    for what, path, total in (
        ("reminders", "/api/reminders?limit=1", lambda list: list["due_count"]),
        ("festival list", "/api/greetings?limit=1&group=all", lambda list: list["total"]),
        ("renewals", "/api/renewals?limit=1", lambda list: list["total"]),
        ("cases", "/api/cases?limit=1", lambda list: list["total"]),
        ("customers", "/api/customers?limit=1", lambda list: list["total"]),
    ):
        parts = [total(admin.ask("GET", f"{path}&owner={owner}")) for owner in owners + ["-"]]
        held(f"{what}: missing from {len(owners)} owners' parts of the whole", abs(total(admin.ask("GET", path)) - sum(parts)), 0)


def work_the_board(host, admin, cookies, seconds):
    """Fifty people on the same cases: whoever saw an older version is told who was faster, and nothing is lost."""
    ids = [row["id"] for row in admin.ask("GET", f"/api/cases?limit={BOARD_CASES}&sort=newest")["rows"]]
    before = {number: admin.ask("GET", f"/api/cases/{number}") for number in ids}
    kept, conflicts, wrong, lock = [], [], [], threading.Lock()
    until = time.monotonic() + seconds

    def person(place, cookie):
        desk, chance, count = Desk(host, cookie), random.Random(place), 0
        while time.monotonic() < until:
            number = chance.choice(ids)
            # What stands on the board of this person, as old as it may be by the time of the click.
            status, text = desk.send("GET", f"/api/cases/{number}")
            if status != 200:
                with lock:
                    wrong.append((status, text[:200]))
                return
            seen = json.loads(text)
            count += 1
            note, move = f"{place}-{count}", "acknowledge" if seen["stage"] == "new" else "act"
            asked = {"version": seen["version"], "move": move, **({"note": note} if move == "act" else {})}
            status, text = desk.send("POST", f"/api/cases/{number}/moves", asked)
            with lock:
                if status == 200:
                    kept.append((number, seen["version"], move, note))
                elif status == 409:
                    conflicts.append(json.loads(text))
                else:
                    wrong.append((status, text[:200]))

    people = [threading.Thread(target=person, args=one) for one in enumerate(cookies)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    print(f"      {len(cookies)} people, {seconds} s, {len(ids)} cases: {len(kept)} moves, {len(conflicts)} conflicts", flush=True)
    held("board: answers that are neither 200 nor 409" + (f" {wrong[:3]}" if wrong else ""), len(wrong), 0)
    of = collections.defaultdict(list)
    for number, version, move, note in kept:
        of[number].append((version, move, note))
    lost = twice = 0
    for number in ids:
        row = admin.ask("GET", f"/api/cases/{number}")
        lost += abs(row["version"] - before[number]["version"] - len(of[number]))
        versions = [version for version, _, _ in of[number]]
        twice += len(versions) - len(set(versions))
        told = collections.Counter(step["note"] for step in row["steps"] if step["note"])
        lost += sum(told[note] != 1 for _, move, note in of[number] if move == "act")
    held("board: moves lost or kept twice", lost, 0)
    held("board: one version moved on by two", twice, 0)
    names = [server(number) for number in range(len(cookies))]
    says = lambda one: one.get("code") == "version_conflict" and any(name in json.dumps(one) for name in names)
    silent = [one for one in conflicts if not says(one)]
    held("board: conflicts that do not say who changed it" + (f" {silent[:2]}" if silent else ""), len(silent), 0)
    held("board: people who moved nothing", len(cookies) - len({note.split("-")[0] for _, _, _, note in kept}), 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("setup")
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--end", type=datetime.date.fromisoformat, required=True, help="the day up to which the file of facts reaches")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--bound", type=int, default=100)
    asked = parser.parse_args()
    host = urllib.parse.urlsplit(asked.url).netloc
    admin = set_up(host, asked.setup)
    cookies, heads = hire(host, admin, asked.people)
    rules = {"pool_open": True, "claims_per_day": 5, "most_customers": None}
    admin.ask("PUT", "/api/ownership", rules)
    seconds, status = cycle(admin)
    total = admin.ask("GET", "/api/cases?limit=1")["total"]
    print(f"      {asked.customers} customers, {asked.people} people in {len(heads)} units of five levels; cycle {seconds:.1f} s: {status['last_summary']['en']}", flush=True)
    held("cases missing of one in ten customers", asked.customers // 10 - total, 0)
    region = list(heads.values())[1]
    seller = asked.people - 1
    readers = [
        ("administrator", admin.cookie, 7, set()),
        ("head of a region", cookies[firm.owner(region)], region, {"organisation"}),
        ("salesperson", cookies[firm.owner(seller)], seller, {"organisation"}),
    ]
    measure(host, readers, asked)
    recount(admin, asked)
    work_the_board(host, admin, [cookies[server(number)] for number in range(BOARD_PEOPLE)], asked.seconds)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
