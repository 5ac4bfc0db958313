#!/usr/bin/env python3
"""How soon an event is felt: a sample company under a steady stream of events.

    liuke demo --customers 20000 --listen 127.0.0.1:7070 --data DIR
    bench/felt.py --to 127.0.0.1:7070 [--rate 5000] [--seconds 300] [--probes 50]
    bench/felt.py --liuke LIUKE --events EVENTS.parquet --data DIR [...]

The second form makes a firm of its own in DIR (a new folder) from a file of events (as of `bench/w1.py`), moved in time so that
they end at the last midnight: imports them, sets the server up with the template for software as a service, waits for its first
cycle and ends it afterwards; it needs Python's duckdb. Signs in as the demo's visitor or as that firm's administrator, makes itself a source, and sends batches of a hundred events of random customers by two
connections at the rate asked for. Two things are told:
* the server's own histogram `liuke_felt_seconds`: from the moment an event is written, before its 2xx, until its customer
  has been measured again and the alerts that follow stand. Percentiles are the upper edges of their buckets;
* probes from outside: one event more, then its customer's page is asked for until it counts it.
Nothing but the standard library otherwise.
"""
import argparse, base64, datetime as dt, http.client, json, pathlib, random, statistics, subprocess, threading, time, uuid

NAMES = [("Logged In", None)] * 4 + [("Feature Used", None)] * 4 + [("Payment Failed", None), ("Order Completed", 1)]


class Door:
    """One connection, with what a screen or a source sends."""

    def __init__(self, to, headers=()):
        self.connection, self.headers = http.client.HTTPConnection(to, timeout=120), dict(headers)

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json", **self.headers}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def json(self, method, path, body=None):
        answer, text = self.ask(method, path, body)
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)


def event(chance, customer, name, value=None):
    told = {"type": "track", "event": name, "userId": f"u-{customer}", "context": {"groupId": customer},
            "messageId": str(uuid.UUID(int=chance.getrandbits(128))),
            "timestamp": dt.datetime.now(dt.timezone.utc).isoformat()}
    return {**told, "properties": {"total": round(chance.lognormvariate(4.5, 1), 2)}} if value else told


def send(asked, key, customers, seed, done, refused, slow):
    chance, door = random.Random(seed), Door(asked.to, key)
    begun, pause = time.monotonic(), 100 * asked.threads / asked.rate
    for turn in range(int(asked.seconds / pause)):
        wait = begun + turn * pause - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        batch = [event(chance, chance.choice(customers), *chance.choice(NAMES)) for _ in range(100)]
        at = time.monotonic()
        answer, _ = door.ask("POST", "/v1/batch", {"batch": batch})
        slow.append(time.monotonic() - at)
        (done if answer.status < 300 else refused).append(100)


def probe(asked, key, screens, customers, felt):
    """Seconds from the 2xx of an event until its customer's page counts it."""
    chance, page, source = random.Random(99), Door(asked.to, screens), Door(asked.to, key)
    begun = time.monotonic()

    def logins(customer):
        rows = page.json("GET", f"/api/customers/{customer}")["indicators"]
        return next((row["figure"]["value"] or 0 for row in rows if row["id"] == "login_7d"), 0)

    for turn, customer in enumerate(customers):
        time.sleep(max(0, begun + asked.seconds * turn / len(customers) - time.monotonic()))
        source.json("POST", "/v1/track", event(chance, customer, "Logged In"))
        time.sleep(2)
        before = logins(customer)
        source.json("POST", "/v1/track", event(chance, customer, "Logged In"))
        at = time.monotonic()
        while logins(customer) <= before and time.monotonic() < at + 30:
            time.sleep(.02)
        felt.append(time.monotonic() - at)


def metrics(asked):
    figures, buckets = {}, {}
    for line in Door(asked.to).ask("GET", "/metrics")[1].decode().splitlines():
        if line.startswith("liuke_felt_seconds_bucket"):
            edge = line.split('le="')[1].split('"')[0]
            buckets[float("inf") if edge == "+Inf" else float(edge)] = int(line.rsplit(" ", 1)[1])
        elif not line.startswith("#"):
            figures[line.rsplit(" ", 1)[0]] = float(line.rsplit(" ", 1)[1])
    return figures, buckets


PERSON = {"email": "felt@example.cn", "password": "correct horse"}
FIRM = {"name": "Felt", "template": "saas", "noun": {"zh": "客户", "en": "customer"}, "noun_plural_en": "customers", "measure_zh": "家",
        "owner_title": {"zh": "客户经理", "en": "account manager"}, "timezone": "UTC", "currency": "CNY", "churn": "inactive_90d",
        "scorecard": "saas", "demo": False}


def served(asked):
    """A server over a new folder with the events of the file."""
    import duckdb
    duckdb.execute("set timezone = 'UTC'")
    moved = pathlib.Path(f"{asked.data}.moved.parquet")
    duckdb.execute(f"""copy (with e as (from read_parquet('{asked.events}')),
        late as (select date_diff('day', max(occurred_at), now()::timestamptz) as days from e)
        select e.* replace (occurred_at + to_days(late.days::int - 1) as occurred_at) from e, late) to '{moved}' (format parquet)""")
    subprocess.run([asked.liuke, "import", "--data", asked.data, "--as", "facts", "--timezone", "UTC", str(moved)], check=True)
    moved.unlink()
    return subprocess.Popen([asked.liuke, "serve", "--json", "--data", asked.data, "--listen", "127.0.0.1:0"],
                            stdout=subprocess.PIPE, text=True)


def set_up(asked, server):
    """Makes it a firm and waits for its first cycle; what signs the administrator in."""
    greeting = ""
    while not greeting.rstrip().endswith("}"):
        greeting += server.stdout.readline()
    greeting = json.loads(greeting)
    asked.to, token = greeting["address"].split("//")[1].strip("/"), greeting["setup"].split("token=")[1]
    first = {"token": token, "name": "Felt", **PERSON, "firm": FIRM}
    answer, text = Door(asked.to, {"X-Liuke": "1"}).ask("POST", "/api/setup", first)
    if answer.status >= 300:
        raise SystemExit(f"set-up: {answer.status} {text[:300]}")
    screens = {"Cookie": answer.getheader("set-cookie").split(";")[0], "X-Liuke": "1"}
    office, begun = Door(asked.to, screens), time.monotonic()
    if office.json("GET", "/api/cycle")["state"] == "idle":
        office.ask("POST", "/api/cycle")
    while not office.json("GET", "/api/cycle")["last_as_of"]:
        time.sleep(1)
    print(f"the first cycle took {time.monotonic() - begun:.0f} s", flush=True)
    return screens


def visitor(asked):
    """The demo's visitor, or the administrator of a firm that this program made before."""
    answer, _ = Door(asked.to).ask("GET", "/")
    if not answer.getheader("set-cookie"):
        answer, text = Door(asked.to, {"X-Liuke": "1"}).ask("POST", "/api/sign-in", PERSON)
        if answer.status >= 300:
            raise SystemExit(f"sign-in: {answer.status} {text[:300]}")
    return {"Cookie": answer.getheader("set-cookie").split(";")[0], "X-Liuke": "1"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to"); parser.add_argument("--liuke"); parser.add_argument("--events"); parser.add_argument("--data")
    parser.add_argument("--rate", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=300); parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--probes", type=int, default=50)
    asked = parser.parse_args()
    if asked.to:
        return felt_by(asked, visitor(asked))
    if not (asked.liuke and asked.events and asked.data):
        parser.error("either --to, or --liuke, --events and --data")
    server = served(asked)
    try:
        felt_by(asked, set_up(asked, server))
    finally:
        server.terminate()
        server.wait()


def felt_by(asked, screens):
    office = Door(asked.to, screens)
    written = office.json("POST", "/api/sources", {"name": f"felt-{uuid.uuid4().hex[:6]}", "kind": "segment"})["key"]
    key = {"Authorization": "Basic " + base64.b64encode(f"{written}:".encode()).decode()}
    customers, cursor = [], ""
    while cursor is not None:
        page = office.json("GET", f"/api/customers?limit=500&sort=name{cursor and '&cursor=' + cursor}")
        customers, cursor = customers + [row["id"] for row in page["rows"]], page["next_cursor"]
    first = event(random.Random(), customers[0], "Logged In")
    Door(asked.to, key).json("POST", "/v1/track", first)
    while "liuke_standing_bytes" not in metrics(asked)[0]:
        time.sleep(.2)
    time.sleep(3)
    figures, before = metrics(asked)
    print(f"{figures['liuke_facts']:.0f} facts of {figures['liuke_standing_customers']:.0f} customers stand in "
          f"{figures['liuke_standing_bytes'] / figures['liuke_standing_customers']:.0f} bytes a customer")
    begun, done, refused, slow, felt = time.monotonic(), [], [], [], []
    probed, others = customers[::max(1, len(customers) // max(1, asked.probes))][:asked.probes], []
    others = [one for one in customers if one not in set(probed)]
    threads = [threading.Thread(target=send, args=(asked, key, others, seed, done, refused, slow)) for seed in range(asked.threads)]
    threads.append(threading.Thread(target=probe, args=(asked, key, screens, probed, felt)))
    for thread in threads:
        thread.start()
    for thread in threads[:-1]:
        thread.join()
    took = time.monotonic() - begun
    threads[-1].join()
    time.sleep(3)
    own = {edge: count - before.get(edge, 0) for edge, count in metrics(asked)[1].items()}
    whole = own[float("inf")]
    part = lambda share: next(edge for edge, count in sorted(own.items()) if count >= share * whole)
    slow.sort(); felt.sort()
    print(f"{sum(done) / took:.0f} events/s taken, {sum(refused)} refused; answered: median {1000 * slow[len(slow) // 2]:.0f} ms, "
          f"p99 {1000 * slow[int(.99 * len(slow))]:.0f} ms")
    print(f"{whole} felt: median within {part(.5)} s, p99 within {part(.99)} s; within a second {100 * own[1.0] / whole:.2f} %")
    if felt:
        print(f"{len(felt)} probes: median {statistics.median(felt):.2f} s, slowest {felt[-1]:.2f} s")


if __name__ == "__main__":
    main()
