"""Where the sandbox keeps its objects: one SQLite file that survives a killed process."""

import fcntl
import json
import secrets
import sqlite3
import string
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parkplace.stripe_sandbox.errors import Json, no_such

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS by_customer ON objects (kind, json_extract(body, '$.customer'), seq);
CREATE INDEX IF NOT EXISTS by_intent ON objects (kind, json_extract(body, '$.payment_intent'), seq);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    event TEXT PRIMARY KEY,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS undelivered ON deliveries (due) WHERE NOT delivered;
"""
_SPOKEN = {"payment_method": "PaymentMethod", "setup_intent": "setupintent"}
_SIGNS = string.ascii_letters + string.digits

Where = Mapping[str, str | int | list[str]]


class DataFolderInUse(RuntimeError):  # noqa: N818
    """Raised when another sandbox already runs on the same folder."""


class Clock:
    """The sandbox's own time, which tests may set ahead."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> int:
        """Return the current instant in whole seconds since 1970, as Stripe counts."""
        return int(time.time() + self.offset)


def new_id(prefix: str) -> str:
    """Return an id such as `pi_…` with 24 random signs."""
    return f"{prefix}_{''.join(secrets.choice(_SIGNS) for _ in range(24))}"


def public(obj: Json) -> Json:
    """Return an object as the API shows it: without the sandbox's own `_` fields."""
    return {name: value for name, value in obj.items() if not name.startswith("_")}


class Store:
    """Objects, remembered answers and deliveries; used from one thread only.

    Raises:
        DataFolderInUse: Another process holds the folder.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise DataFolderInUse(f"another sandbox runs on {folder}") from error
        self.db = sqlite3.connect(folder / "stripe_sandbox.sqlite3", isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file and the folder."""
        self.db.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Commit what the block wrote, or nothing when it raises."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add(self, obj: Json) -> Json:
        """Keep a new object under its id."""
        self.db.execute(
            "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?)",
            (obj["id"], obj["object"], json.dumps(obj)),
        )
        return obj

    def put(self, obj: Json) -> Json:
        """Keep the changed state of an object."""
        self.db.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(obj), obj["id"]))
        return obj

    def get(self, name: str) -> Json | None:
        """Return the object with this id, whatever its kind, or None."""
        row = self.db.execute("SELECT body FROM objects WHERE id = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def need(self, kind: str, name: str, *, param: str = "id") -> Json:
        """Return the object of a kind with this id.

        Raises:
            ApiError: There is none; `param` names the parameter it came in.
        """
        found = self.get(name)
        if found is None or found["object"] != kind:
            raise no_such(_SPOKEN.get(kind, kind), name, param=param)
        return found

    def rows(self, kind: str, where: Where | None = None) -> list[Json]:
        """Return every object of a kind whose fields have these values, oldest first."""
        condition, values = _condition(kind, where or {})
        query = f"SELECT body FROM objects WHERE {condition} ORDER BY seq"  # noqa: S608
        return [json.loads(row[0]) for row in self.db.execute(query, values)]

    def page(self, kind: str, params: Json, *, url: str, where: Where | None = None) -> Json:
        """Return one page of a list, newest first, with Stripe's cursors and `created` bounds."""
        condition, values = _condition(kind, where or {})
        created = params.get("created")
        bounds = {"eq": created} if isinstance(created, int) else created or {}
        for name, sign in {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}.items():
            if name in bounds:
                condition += f" AND json_extract(body, '$.created') {sign} ?"
                values.append(bounds[name])
        backwards = "ending_before" in params
        for name, sign in {"starting_after": "<", "ending_before": ">"}.items():
            if name in params:
                self.need(kind, params[name], param=name)
                condition += f" AND seq {sign} (SELECT seq FROM objects WHERE id = ?)"  # noqa: S608
                values.append(params[name])
        limit = params.get("limit", 10)
        order = "ASC" if backwards else "DESC"
        query = f"SELECT body FROM objects WHERE {condition} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        found = [json.loads(row[0]) for row in self.db.execute(query, [*values, limit + 1])]
        data = found[:limit][::-1] if backwards else found[:limit]
        shown = [public(obj) for obj in data]
        return {"object": "list", "data": shown, "has_more": len(found) > limit, "url": url}


def _condition(kind: str, where: Where) -> tuple[str, list[str | int]]:
    # Field names come from the sandbox's own code, never from a request.
    parts = ["kind = ?"]
    values: list[str | int] = [kind]
    for field, wanted in where.items():
        choices = wanted if isinstance(wanted, list) else [wanted]
        parts.append(f"json_extract(body, '$.{field}') IN ({', '.join('?' * len(choices))})")
        values.extend(choices)
    return " AND ".join(parts), values
