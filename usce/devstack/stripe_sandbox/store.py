"""Everything the sandbox knows, in one SQLite file that survives a kill -9."""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Found = dict[str, Any]
WITHOUT_LIVEMODE = (
    *("refund", "balance_transaction", "item", "account", "transfer_reversal"),
    *("connected_transaction", "account_link"),
)
SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, position INTEGER, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, position);
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER, body TEXT, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, event TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER DEFAULT 0,
    status TEXT DEFAULT 'pending', answer INTEGER);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(
            str(file) if file else ":memory:", check_same_thread=False, isolation_level=None
        )
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """All of what happens inside, or none of it; one at a time."""
        with self.lock:
            if self.db.in_transaction:
                yield
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def now(self) -> int:
        """Seconds since the epoch on the sandbox's clock, which can be put forward."""
        return int(time.time()) + int(self.meta("clock", "0"))

    def advance(self, seconds: int) -> None:
        self.set_meta("clock", str(int(self.meta("clock", "0")) + seconds))

    def meta(self, name: str, default: str = "") -> str:
        with self.lock:
            row = self.db.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else default

    def set_meta(self, name: str, value: str) -> None:
        with self.changing():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    def add(self, kind: str, prefix: str, **fields: Any) -> Found:
        made = {
            "id": f"{prefix}_{secrets.token_hex(12)}",
            "object": kind,
            "created": self.now(),
            **({} if kind in WITHOUT_LIVEMODE else {"livemode": False}),
            **fields,
        }
        with self.changing():
            self.db.execute(
                "INSERT INTO objects VALUES (?, ?, "
                "(SELECT COALESCE(MAX(position), 0) + 1 FROM objects), ?)",
                [made["id"], kind, json.dumps(made)],
            )
        return made

    def save(self, thing: Found) -> None:
        with self.changing():
            self.db.execute(
                "UPDATE objects SET data = ? WHERE id = ?", [json.dumps(thing), thing["id"]]
            )

    def get(self, kind: str, identifier: str) -> Found | None:
        with self.lock:
            row = self.db.execute(
                "SELECT data FROM objects WHERE id = ? AND kind = ?", [identifier, kind]
            ).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> list[Found]:
        """Newest first, as every list of Stripe's."""
        with self.lock:
            rows = self.db.execute(
                "SELECT data FROM objects WHERE kind = ? ORDER BY position DESC", [kind]
            ).fetchall()
        return [json.loads(row[0]) for row in rows]
