"""Writes a CSV of order lines: order_id, line_no, customer, time, sku, qty, price. The same seed gives the same bytes.

    python3 bench/import/lines.py ROWS FILE [SEED]
"""

import random
import sys


def write(rows: int, path: str, seed: int = 7) -> None:
    dice = random.Random(seed)
    skus = [f"S{number:05d}" for number in range(20_000)]
    with open(path, "w", encoding="utf-8", buffering=1 << 20) as out:
        out.write("order_id,line_no,customer,time,sku,qty,price\n")
        written = order = 0
        while written < rows:
            order += 1
            customer = f"C{dice.randrange(200_000):06d}"
            day, month = dice.randrange(1, 29), dice.randrange(1, 13)
            moment = f"2024-{month:02d}-{day:02d} {dice.randrange(24):02d}:{dice.randrange(60):02d}:{dice.randrange(60):02d}"
            lines = min(dice.choice((1, 2, 2, 3, 3, 3, 4, 6)), rows - written)
            for line in range(1, lines + 1):
                price = f"{dice.randrange(100, 50_000) / 100:.2f}"
                sku = skus[dice.randrange(len(skus))]
                out.write(f"N{order:08d},{line},{customer},{moment},{sku},{dice.randrange(1, 9)},{price}\n")
            written += lines


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:4]))
