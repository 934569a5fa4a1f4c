"""Telling the shop what happened: signed deliveries, repeated until they are taken."""

import asyncio
import hashlib
import hmac
import json
import logging
import time

import httpx

from parkplace.stripe_sandbox.calls import Call
from parkplace.stripe_sandbox.checkout import expire_due
from parkplace.stripe_sandbox.errors import Json
from parkplace.stripe_sandbox.faults import Faults

_log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 600.0
GIVE_UP_AFTER = 3 * 24 * 3600.0
NEVER = 1e12  # seconds since 1970
IDLE = 1.0
TIMEOUT = 10.0


def signature(payload: str, *, secret: str, at: int) -> str:
    """Return a `Stripe-Signature` header: HMAC-SHA256 of `{at}.{payload}`.

    Source: https://docs.stripe.com/webhooks#verify-manually.
    """
    mac = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


class Courier:
    """Delivers events in the background; what is undelivered is in the store, so it resumes."""

    def __init__(self, call: Call, faults: Faults) -> None:
        self._call = call
        self._faults = faults
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there may be something to deliver."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; what an earlier process left behind goes first."""
        with self._call.store.transaction():
            query = "UPDATE deliveries SET due = 0 WHERE NOT delivered AND due < ?"
            self._call.store.db.execute(query, (NEVER,))
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            while True:
                self._woken.clear()
                with self._call.store.transaction():
                    expire_due(self._call)
                for event, attempts in self._due():
                    await self._deliver(client, event, attempts)
                await self._rest()

    async def _rest(self) -> None:
        """Wait until woken, or until the next repeat is due, a second at the most."""
        query = "SELECT min(due) FROM deliveries WHERE NOT delivered"
        (due,) = self._call.store.db.execute(query).fetchone()
        until = IDLE if due is None else min(IDLE, max(0.05, due - time.time()))
        try:
            async with asyncio.timeout(until):
                await self._woken.wait()
        except TimeoutError:
            return

    def _due(self) -> list[tuple[Json, int]]:
        if self._faults.hold or self._call.config.webhook_url is None:
            return []
        order = "DESC" if self._faults.backwards else "ASC"
        query = (
            "SELECT body, attempts FROM deliveries JOIN objects ON id = event "  # noqa: S608
            f"WHERE NOT delivered AND due <= ? ORDER BY seq {order} LIMIT 100"
        )
        rows = self._call.store.db.execute(query, (time.time(),))
        return [(json.loads(body), attempts) for body, attempts in rows.fetchall()]

    async def _deliver(self, client: httpx.AsyncClient, event: Json, attempts: int) -> None:
        config = self._call.config
        payload = json.dumps(event)
        taken = config.webhook_url is not None
        for _ in range(self._faults.copies if taken else 0):
            at = self._call.now
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature(payload, secret=config.webhook_secret, at=at),
                "User-Agent": "Stripe/1.0 (sandbox)",
            }
            try:
                answer = await client.post(
                    config.webhook_url or "", content=payload, headers=headers
                )
                taken = taken and answer.is_success
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                _log.info("webhook %s not delivered: %s", event["id"], type(error).__name__)
                taken = False
        self._note(event, attempts + 1, taken=taken)

    def _note(self, event: Json, attempts: int, *, taken: bool) -> None:
        store = self._call.store
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
        over = self._call.now - event["created"] > GIVE_UP_AFTER
        due = NEVER if over else time.time() + wait
        with store.transaction():
            store.db.execute(
                "UPDATE deliveries SET attempts = ?, due = ?, delivered = ? WHERE event = ?",
                (attempts, due, taken, event["id"]),
            )
            if taken:
                store.put(event | {"pending_webhooks": 0})
