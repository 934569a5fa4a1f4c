"""The HTTP program: authentication, idempotency, routing, and the door for tests."""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from parkplace.stripe_sandbox import (
    accounts,
    balance,
    cards,
    checkout,
    customers,
    events,
    intents,
    refunds,
    setups,
    transfers,
)
from parkplace.stripe_sandbox.calls import Call, Config, Operation, expanded
from parkplace.stripe_sandbox.errors import (
    CONFLICT,
    NOT_FOUND,
    SERVER_ERROR,
    UNAUTHORISED,
    ApiError,
    Json,
)
from parkplace.stripe_sandbox.faults import CutReply, Fault, Faults, Kind
from parkplace.stripe_sandbox.hosted import HostedPages
from parkplace.stripe_sandbox.params import check, decode
from parkplace.stripe_sandbox.store import Clock, Store, new_id
from parkplace.stripe_sandbox.webhooks import Courier

_log = logging.getLogger(__name__)
KEY_PREFIX = "sk_test_sandbox"
KEYS_KEPT = 24 * 60 * 60
LONGEST_KEY = 255
FOR_ACCOUNTS = ("/v1/balance", "/v1/balance_transactions")
OPERATIONS: tuple[Operation, ...] = (
    *accounts.OPERATIONS,
    *balance.OPERATIONS,
    *cards.OPERATIONS,
    *checkout.OPERATIONS,
    *customers.OPERATIONS,
    *events.OPERATIONS,
    *intents.OPERATIONS,
    *refunds.OPERATIONS,
    *setups.OPERATIONS,
    *transfers.OPERATIONS,
)
Answer = tuple[int, str]


class Sandbox:
    """One running sandbox: its store, its clock, its faults and its courier."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.config = config
        self.clock = Clock()
        self.store = Store(folder)
        self.faults = Faults()
        self.courier = Courier(self.call(), self.faults)
        self._running: set[str] = set()

    def call(self) -> Call:
        """Return a fresh call, for what no API request asked for."""
        return Call(self.store, self.config, self.clock)

    def application(self) -> Starlette:
        """Return the ASGI application."""
        pages = HostedPages(self.call, self.courier.wake)
        routes = [
            Route("/_sandbox/healthz", self._health, methods=["GET"]),
            Route("/_sandbox/{what}", self._for_tests, methods=["POST"]),
            *pages.routes(),
            Route("/{rest:path}", self._api, methods=["GET", "POST", "DELETE", "PUT", "PATCH"]),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        courier = asyncio.create_task(self.courier.run())
        courier.add_done_callback(_report)
        try:
            yield
        finally:
            courier.cancel()
            await asyncio.gather(courier, return_exceptions=True)
            self.store.close()

    async def _health(self, _: Request) -> Response:
        self.store.db.execute("SELECT 1 FROM objects LIMIT 1")
        return JSONResponse({"status": "ok"})

    async def _api(self, request: Request) -> Response | ASGIApp:
        name = new_id("req")
        try:
            response = await self._answer(request, name)
        except ApiError as error:
            response = _json(error.status, json.dumps(error.body()))
        except Exception:  # noqa: BLE001 - logged, and told as Stripe tells it
            _log.exception("%s %s", request.method, request.url.path)
            response = _json(SERVER_ERROR, json.dumps(_broken().body()))
        if isinstance(response, Response):
            response.headers["Request-Id"] = name
            response.headers["Stripe-Version"] = events.API_VERSION
        self.courier.wake()
        return response

    async def _answer(self, request: Request, name: str) -> Response | CutReply:
        method, path = request.method, request.url.path
        found, ids = _route(method, path)
        _authenticate(request)
        account = request.headers.get("Stripe-Account")
        form = (await request.body()).decode() if method == "POST" else request.url.query
        call = self.call()
        call.ids, call.account, call.request_id = ids, account, name
        self._check_account(call, path)
        call.params = check(found.shape, decode(form), uses=found.uses)
        call.key = request.headers.get("Idempotency-Key") if method == "POST" else None
        if call.key is None:
            await self.faults.delay(method=method, path=path)
            status, body = self._run(found, call, path)
            return self._reply(method, path, status, body)
        return await self._once(found, call, path, form)

    def _check_account(self, call: Call, path: str) -> None:
        if call.account is None:
            return
        self.store.need("account", call.account, param="Stripe-Account")
        if not path.startswith(FOR_ACCOUNTS):
            raise ApiError(
                "The Stripe sandbox acts for connected accounts on balances only.",
                code="sandbox_not_implemented",
            )

    async def _once(
        self, found: Operation, call: Call, path: str, form: str
    ) -> Response | CutReply:
        """Answer a request that carries a key: the first time by doing it, then by repeating."""
        key = call.key or ""
        if len(key) > LONGEST_KEY:
            raise ApiError(
                "Idempotency keys have at most 255 characters.", kind="idempotency_error"
            )
        asked = f"{path} {call.account or ''} {hashlib.sha256(form.encode()).hexdigest()}"
        remembered = self._remembered(key, asked)
        if remembered is not None:
            response = _json(*remembered)
            response.headers["Idempotent-Replayed"] = "true"
            return response
        if key in self._running:
            raise ApiError(
                "There is currently another in-progress request using this Idempotency Key (that "
                "probably means you submitted twice, and the other request is still going "
                f"through): {key}. Please try again later.",
                status=CONFLICT,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        self._running.add(key)
        try:
            await self.faults.delay(method="POST", path=path)
            status, body = self._run(found, call, path, asked)
        finally:
            self._running.discard(key)
        return self._reply("POST", path, status, body)

    def _remembered(self, key: str, asked: str) -> Answer | None:
        db = self.store.db
        query = "SELECT request, status, body FROM answers WHERE key = ? AND created > ?"
        row = db.execute(query, (key, self.clock.now() - KEYS_KEPT)).fetchone()
        if row is None:
            return None
        if row[0] != asked:
            what = (
                "parameters"
                if row[0].split(maxsplit=1)[0] == asked.split(maxsplit=1)[0]
                else "endpoint"
            )
            raise ApiError(
                f"Keys for idempotent requests can only be used with the same {what} they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                kind="idempotency_error",
            )
        return row[1], row[2]

    def _run(self, found: Operation, call: Call, path: str, asked: str = "") -> Answer:
        """Do the work and remember the answer, in one transaction."""
        db = self.store.db
        with self.store.transaction():
            db.execute("SAVEPOINT work")
            try:
                result = expanded(self.store, found.run(call), call.params.get("expand", []))
                if self.faults.take(Kind.FAIL, method=found.method, path=path):
                    raise _broken()
                status, answer = 200, result
            except ApiError as error:
                if not error.keeps:
                    db.execute("ROLLBACK TO work")
                status, answer = error.status, error.body()
            body = json.dumps(answer)
            if call.key is not None:
                db.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
                    (call.key, asked, status, body, call.now),
                )
        return status, body

    def _reply(self, method: str, path: str, status: int, body: str) -> Response | CutReply:
        if self.faults.take(Kind.DROP_REPLY, method=method, path=path):
            return CutReply()
        return _json(status, body)

    async def _for_tests(self, request: Request) -> Response:
        """Set faults, the clock or the webhook's address; only with `--faults`."""
        what = request.path_params["what"]
        if not self.config.faults or what not in {"faults", "clock", "webhook"}:
            return _json(NOT_FOUND, json.dumps(_unknown(request.method, request.url.path).body()))
        given: Json = await request.json()
        if what == "clock":
            self.clock.offset = float(given["offset"])
        elif what == "webhook":
            self.config.webhook_url = given["url"]
            if given["url"] is None:
                self.store.db.execute("DELETE FROM deliveries WHERE NOT delivered")
        else:
            self._set_faults(given)
        self.courier.wake()
        return JSONResponse({"now": self.clock.now()})

    def _set_faults(self, given: Json) -> None:
        if given.get("clear"):
            self.faults.waiting.clear()
            self.faults.hold, self.faults.backwards, self.faults.copies = False, False, 1
        for fault in given.get("requests", []):
            self.faults.waiting.append(Fault(**fault))
        for name in ("hold", "backwards", "copies"):
            setattr(self.faults, name, given.get(name, getattr(self.faults, name)))


def _report(courier: asyncio.Task[None]) -> None:
    if not courier.cancelled() and (error := courier.exception()) is not None:
        _log.error("webhooks are no longer delivered", exc_info=error)


def _json(status: int, body: str) -> Response:
    response = Response(body, status, media_type="application/json")
    if status == SERVER_ERROR:
        # A repeat would only be told the same again.
        response.headers["Stripe-Should-Retry"] = "false"
    return response


def _broken() -> ApiError:
    message = "An unknown error occurred in the Stripe sandbox."
    return ApiError(message, status=SERVER_ERROR, kind="api_error")


def _unknown(method: str, path: str) -> ApiError:
    message = (
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we "
        "can help at https://support.stripe.com/."
    )
    return ApiError(message, status=NOT_FOUND)


def _route(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    for found in OPERATIONS:
        match = found.pattern.fullmatch(path)
        if match is not None and found.method == method:
            return found, match.groupdict()
    raise _unknown(method, path)


def _authenticate(request: Request) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=UNAUTHORISED,
        )
    if not key.startswith(KEY_PREFIX):
        message = f"Invalid API Key provided: {key[:7]}{'*' * 8}{key[-4:]}"
        raise ApiError(message, status=UNAUTHORISED)
    version = request.headers.get("Stripe-Version", events.API_VERSION)
    if version != events.API_VERSION:
        raise ApiError(
            f"Invalid Stripe API version: {version}. The sandbox speaks {events.API_VERSION}."
        )
