"""Liuke's import of order lines beside DuckDB's COPY of the same file, in one run.

DuckDB copies into a table with the same casts and the primary key (order_id, line_no), in a database file, with two
threads; Liuke imports by its bulk path into an empty folder. Times are of whole processes, medians of the rounds, by the
clock and by the processor (the second says more where others use the machine); peak memory is what the system counted
(`ru_maxrss`). Both are held to the same two cores where the system allows it.

    python3 bench/import/compare.py LIUKE [ROWS] [ROUNDS]     (needs the package duckdb)
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
from lines import write  # noqa: E402

COPY = """
import duckdb, sys
db = duckdb.connect(sys.argv[2])
db.execute("SET threads = 2")
db.execute("CREATE TABLE lines (order_id VARCHAR, line_no INTEGER, customer VARCHAR, time TIMESTAMP, sku VARCHAR, "
           "qty INTEGER, price DECIMAL(18, 6), PRIMARY KEY (order_id, line_no))")
db.execute(f"COPY lines FROM '{sys.argv[1]}' (HEADER, DELIMITER ',')")
print(db.execute("SELECT count(*) FROM lines").fetchone()[0])
db.close()
"""


def timed(command: list[str]) -> tuple[float, float, int, str]:
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} failed: {told}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, told


def main() -> None:
    liuke = sys.argv[1]
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    folder = tempfile.mkdtemp(prefix="liuke-import-")
    try:
        table = os.path.join(folder, "lines.csv")
        write(rows, table)
        print(f"{rows} lines, {os.path.getsize(table) / 1e6:.0f} MB")
        results: dict[str, list[tuple[float, float, int]]] = {"liuke": [], "duckdb": []}
        for _ in range(rounds):
            for name in results:
                data = os.path.join(folder, "data")
                command = {
                    "liuke": [liuke, "import", "--json", "--data", data, "--as", "orders", table],
                    "duckdb": [sys.executable, "-c", COPY, table, data],
                }[name]
                seconds, worked, mebibytes, told = timed(command)
                assert str(rows) in told, told
                results[name].append((seconds, worked, mebibytes))
                shutil.rmtree(data, ignore_errors=True)
                for left in (data, data + ".wal"):
                    if os.path.isfile(left):
                        os.remove(left)
        for name, runs in results.items():
            seconds, worked = (statistics.median(run[which] for run in runs) for which in (0, 1))
            print(
                f"{name:7} {seconds:7.2f} s  {worked:7.2f} s of processors  {rows / seconds / 1e6:5.2f} M lines/s  "
                f"peak {max(run[2] for run in runs)} MiB"
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
