"""Doing a thing once, however often it is asked for."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete

from parkplace.core.db import lock
from parkplace.core.errors import Invalid
from parkplace.core.models import IdempotencyKey

KEPT_FOR = timedelta(days=2)


class KeyReused(Invalid):
    """Raised when a key comes back with another request."""

    code = "idempotency_key_reused"


def once(
    session: Session,
    *,
    scope: str,
    key: str | None,
    request: object,
    now: datetime,
    answer: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Return what `answer` returned the first time this key was used; run it if this is it.

    The row is written in the caller's transaction, so an answer and its effect stand or fall
    together. Two callers at once: the second waits for the first.

    Args:
        session: The open transaction.
        scope: What is asked for and by whom; keys of one caller never meet those of another.
        key: The caller's `Idempotency-Key`; None means every call is a new one.
        request: What is asked, as JSON can say it.
        now: The current instant.
        answer: Does the thing; returns what JSON can say.

    Raises:
        KeyReused: The key was used for another request.
    """
    if key is None:
        return answer()
    lock(session, name="idempotency", key=f"{scope}:{key}")
    fingerprint = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    seen = session.get(IdempotencyKey, (scope, key))
    if seen is not None:
        if seen.fingerprint != fingerprint:
            raise KeyReused(
                "This Idempotency-Key was used for another request. Use a new key for a new one."
            )
        return seen.answer
    given = answer()
    session.add(
        IdempotencyKey(scope=scope, key=key, fingerprint=fingerprint, answer=given, created_at=now)
    )
    return given


def tidy(session: Session, *, now: datetime) -> None:
    """Forget keys older than two days; clients retry within minutes."""
    session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < now - KEPT_FOR))
