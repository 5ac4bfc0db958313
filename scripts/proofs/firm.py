#!/usr/bin/env python3
"""A firm of any size as a file of facts: subscriptions, of which one in ten has fallen silent.

    firm.py FILE.parquet --customers 50000 --owners 300 [--facts 12] [--leavers] [--end 2026-01-01]

Everybody has a name, an owner, a contract with its amount and its last day, and logs in now and then up to the end; one in
ten logged in until 40 to 60 days before it and not since: the shipped rules warn of each of these. With leavers another
tenth stopped some time in the year before. The same arguments make the same file.
"""
import argparse
import datetime
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DAY = 86_400_000_000
CITIES = "云 海 星 江 山 华 东 南 西 北 天 地 金 银 铜 木 水 火 土 春 夏 秋 冬".split()
TRADES = "栈 帆 图 川 岳 信 方 石 湖 科 联 拓 瑞 达 通 宏 盛 远 恒 泰".split()
SORTS = "科技 软件 教育 物流 餐饮 医疗 传媒 制造".split()
TRAITS, SIGNED, LOGIN = range(3)
KINDS = ["trait", "contract", "event"]
NAMES = ["Traits Changed", "Contract Signed", "Logged In"]
ROWS_PER_GROUP = 500_000


def owner(number):
    """Owner key of a person."""
    return f"p{number:03}"


def customer(number):
    """Id of a customer."""
    return f"C{number:07}"


def name(number):
    """What a customer is called."""
    city, trade, sort = CITIES[number % 23], TRADES[number // 23 % 20], SORTS[number // 460 % 8]
    return f"{city}{trade}{sort}{number}"


def happenings(customers, each, end, leavers, chance):
    """Customer, sort and moment of every fact, in the order of the moments."""
    everybody = np.arange(customers, dtype=np.int32)
    joined = end - (380 + chance.integers(0, 300, customers)) * DAY
    logins = max(each - 2, 1)
    silent = everybody % 10 == 3
    # Who has fallen silent logged in on some days of the last ninety, the others up to the end.
    newest = np.where(silent, 40 + chance.integers(0, 20, customers), chance.integers(0, 6, customers))
    if leavers:
        newest = np.where(everybody % 10 == 7, 70 + chance.integers(0, 250, customers), newest)
    spread = np.where(silent, 48, 340)
    near = min(8, logins)
    steps = np.linspace(0, 1, logins - near + 1)[1:] if logins > near else np.empty(0)
    back = np.concatenate([np.arange(near)[None, :] * 3 + newest[:, None], newest[:, None] + 24 + steps[None, :] * spread[:, None]], axis=1)
    moments = end - (back * DAY).astype(np.int64) - chance.integers(1, DAY, (customers, logins))
    who = np.concatenate([everybody, everybody, np.repeat(everybody, logins)])
    sort = np.concatenate([np.full(customers, TRAITS, np.int8), np.full(customers, SIGNED, np.int8), np.full(customers * logins, LOGIN, np.int8)])
    at = np.concatenate([joined, joined + 3_600_000_000, moments.ravel()])
    order = np.argsort(at, kind="stable")
    return who[order], sort[order], at[order]


def last_days(customers, end, chance):
    """The last day of everybody's contract: 20 to 384 days after the end."""
    return [(end + datetime.timedelta(days=day)) for day in range(20, 385)], chance.integers(0, 365, customers)


class Words:
    """What the properties of facts say, each word once: the names of everybody, the owners, the last days."""

    KEYS = pa.array(["name", "owner", "end_on"])

    def __init__(self, customers, owners, days, day_of):
        names = [name(number) for number in range(customers)]
        self.words = pa.array(names + [owner(number) for number in range(owners)] + [day.isoformat() for day in days])
        self.customers, self.owners, self.day_of = customers, owners, day_of

    def of(self, who, sort):
        """The properties of some facts, as a column of maps: name and owner, the last day, nothing."""
        counts = np.array([2, 1, 0])[sort]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        keys, values = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.int64)
        for what, place in ((TRAITS, 0), (TRAITS, 1), (SIGNED, 2)):
            rows = np.flatnonzero(sort == what)
            at = offsets[rows] + (place == 1)
            word = [who[rows], self.customers + who[rows] % self.owners, self.customers + self.owners + self.day_of[who[rows]]][place]
            keys[at], values[at] = place, word
        return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), self.KEYS.take(pa.array(keys)), self.words.take(pa.array(values)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--owners", type=int, default=300)
    parser.add_argument("--facts", type=int, default=12, help="of each customer")
    parser.add_argument("--leavers", action="store_true")
    parser.add_argument("--end", type=datetime.date.fromisoformat, default=datetime.date.today())
    asked = parser.parse_args()
    chance = np.random.default_rng(1)
    end = int(datetime.datetime.combine(asked.end, datetime.time(), datetime.timezone.utc).timestamp()) * 1_000_000 - 8 * 3_600_000_000
    words = Words(asked.customers, asked.owners, *last_days(asked.customers, asked.end, chance))
    ids = pa.array([customer(number) for number in range(asked.customers)])
    kinds, names = pa.array(KINDS), pa.array(NAMES)
    amounts = chance.integers(20, 2_000, asked.customers) * 100
    who, sort, at = happenings(asked.customers, asked.facts, end, asked.leavers, chance)
    writer = None
    for start in range(0, len(who), ROWS_PER_GROUP):
        part = slice(start, start + ROWS_PER_GROUP)
        people, what, moment = who[part], sort[part], at[part]
        count = len(people)
        times = pa.array(moment, pa.timestamp("us", "UTC"))
        known = what == SIGNED
        amount = pa.array(np.where(known, amounts[people], 0), pa.int64(), mask=~known).cast(pa.decimal128(19, 0)).cast(pa.decimal128(19, 6), safe=False)
        nothing = pa.nulls(count, pa.string())
        table = pa.table({
            "number": pa.array(np.arange(start + 1, start + 1 + count), pa.int64()),
            "customer_id": ids.take(pa.array(people)),
            "actor_id": nothing,
            "kind": kinds.take(pa.array(what)),
            "name": names.take(pa.array(what)),
            "occurred_at": times,
            "known_at": times,
            "recorded_at": times,
            "value": amount,
            "currency": pa.array(np.where(known, "CNY", ""), pa.string(), mask=~known),
            "text": nothing,
            "properties": words.of(people, what),
            "source": pa.array(["firm"] * count, pa.string()),
            "message_id": pc.binary_join_element_wise("m", pa.array(np.arange(start, start + count)).cast(pa.string()), ""),
            "supersedes": nothing,
            "retracts": nothing,
        })
        writer = writer or pq.ParquetWriter(asked.file, table.schema, compression="snappy")
        writer.write_table(table)
    writer.close()
    print(f"{asked.customers} customers, {len(who)} facts")


if __name__ == "__main__":
    main()
