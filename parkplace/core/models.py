"""Tables that belong to no feature."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from parkplace.core.columns import Row, json_column, timestamp


class IdempotencyKey(Row, table=True):
    """A request that was answered, so that its repeat gets the same answer.

    `scope` is the route and who called it; `fingerprint` the hash of what they sent.
    """

    __tablename__ = "idempotency_keys"

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    answer: dict[str, Any] = json_column()
    created_at: datetime = timestamp(index=True)


class Heartbeat(Row, table=True):
    """When something that should run by itself last did."""

    __tablename__ = "heartbeats"

    name: str = Field(primary_key=True)
    at: datetime = timestamp()
