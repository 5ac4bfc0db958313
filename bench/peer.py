"""What a user would write to take in events: FastAPI, SQLite in WAL mode, synchronous=FULL, a unique message id.

`uvicorn peer:app`; the database is $PEER_DB. `python peer.py fill N` puts N events there beforehand.
"""

import json
import os
import sqlite3
import sys
import uuid

PATH = os.environ.get("PEER_DB", "peer.sqlite")


def connect():
    db = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(
        "CREATE TABLE IF NOT EXISTS events (message_id TEXT PRIMARY KEY, type TEXT, user_id TEXT, event TEXT,"
        " properties TEXT, received_at TEXT DEFAULT CURRENT_TIMESTAMP) WITHOUT ROWID"
    )
    return db


INSERT = "INSERT OR IGNORE INTO events (message_id, type, user_id, event, properties) VALUES (?, ?, ?, ?, ?)"


def rows(events):
    return [
        (one["messageId"], one["type"], one["userId"], one["event"], json.dumps(one.get("properties")))
        for one in events
    ]


def fill(count):
    db = connect()
    db.execute("PRAGMA synchronous=OFF")
    for begin in range(0, count, 100_000):
        some = range(begin, min(count, begin + 100_000))
        batch = sorted((str(uuid.uuid4()), "track", f"u{n:07}", "Feature Used", '{"plan": "pro"}') for n in some)
        db.execute("BEGIN")
        db.executemany(INSERT, batch)
        db.execute("COMMIT")


if __name__ == "__main__":
    fill(int(sys.argv[2]))
else:
    from fastapi import FastAPI, Request

    app = FastAPI()
    database = connect()

    @app.post("/v1/batch")
    async def batch(request: Request):
        body = await request.json()
        database.execute("BEGIN IMMEDIATE")
        database.executemany(INSERT, rows(body["batch"]))
        database.execute("COMMIT")
        return {"success": True}
