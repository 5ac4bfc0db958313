"""Peak memory of an import into a new folder: it must not grow with the file.

    python3 bench/import/memory.py LIUKE [--formats csv,gz,ndjson,parquet] [--shuffled] [MEGABYTES…]

The same order lines in each format, as many as a CSV of 10 MB, 100 MB and 1 GB has (or the megabytes named). Peak is what
the system counted for the process (`ru_maxrss`). With `--shuffled` no two lines of an order stand near each other. Parquet is
written by duckdb, pyarrow or polars, whichever this Python has; without one it is passed over, and that is said. One line
a measurement: `format MB peak MiB seconds`.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
from lines import write  # noqa: E402

BYTES_PER_LINE = 57


def shuffle(path: str) -> None:
    """Deals the lines into sixteen parts and puts those one behind the other: lines of an order end up far apart."""
    parts = [tempfile.TemporaryFile("w+", encoding="utf-8", dir=os.path.dirname(path)) for _ in range(16)]
    with open(path, encoding="utf-8") as lines:
        header = next(lines)
        for place, line in enumerate(lines):
            parts[place % 16].write(line)
    with open(path, "w", encoding="utf-8") as out:
        out.write(header)
        for part in parts:
            part.seek(0)
            shutil.copyfileobj(part, out)
            part.close()


def to_gz(csv: str, path: str) -> None:
    with open(csv, "rb") as read, gzip.open(path, "wb", compresslevel=1) as out:
        shutil.copyfileobj(read, out, 1 << 20)


def to_ndjson(csv: str, path: str) -> None:
    with open(csv, encoding="utf-8") as read, open(path, "w", encoding="utf-8", buffering=1 << 20) as out:
        names = next(read).rstrip("\n").split(",")
        for line in read:
            cells = dict(zip(names, line.rstrip("\n").split(",")))
            out.write(json.dumps({**cells, "qty": int(cells["qty"]), "price": float(cells["price"])}) + "\n")


def to_parquet(csv: str, path: str) -> None:
    try:
        import duckdb

        duckdb.sql(f"COPY (FROM read_csv('{csv}', header = true)) TO '{path}' (FORMAT parquet)")
        return
    except ImportError:
        pass
    try:
        from pyarrow import csv as reader
        from pyarrow import parquet

        with reader.open_csv(csv) as batches:
            with parquet.ParquetWriter(path, batches.schema) as out:
                for batch in batches:
                    out.write_batch(batch)
        return
    except ImportError:
        pass
    import polars

    polars.scan_csv(csv).sink_parquet(path)


WRITERS = {"gz": to_gz, "ndjson": to_ndjson, "parquet": to_parquet}


def measured(liuke: str, folder: str, table: str) -> tuple[int, float]:
    command = [liuke, "import", "--json", "--data", os.path.join(folder, "data"), "--as", "orders", table]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"the import failed: {told}")
    return usage.ru_maxrss // 1024, time.monotonic() - begun


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("liuke")
    asked.add_argument("megabytes", nargs="*", type=int)
    asked.add_argument("--formats", default="csv,gz,ndjson,parquet")
    asked.add_argument("--shuffled", action="store_true")
    asked = asked.parse_args()
    for megabytes in asked.megabytes or [10, 100, 1000]:
        folder = tempfile.mkdtemp(prefix="liuke-memory-")
        try:
            csv = os.path.join(folder, "lines.csv")
            write(megabytes * 1_000_000 // BYTES_PER_LINE, csv)
            if asked.shuffled:
                shuffle(csv)
            for name in asked.formats.split(","):
                table = csv
                if name != "csv":
                    table = os.path.join(folder, f"lines.{name}")
                    try:
                        WRITERS[name](csv, table)
                    except ImportError:
                        print(f"{name} skipped: this Python has neither duckdb nor pyarrow nor polars", flush=True)
                        continue
                peak, seconds = measured(asked.liuke, folder, table)
                print(f"{name} {megabytes} MB peak {peak} MiB {seconds:.1f} s", flush=True)
                shutil.rmtree(os.path.join(folder, "data"))
                if table != csv:
                    os.remove(table)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
