"""Events: written in the transaction of their cause, listed and retrieved like anything else."""

from stripe.params import EventListParams, EventRetrieveParams

from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.errors import Json
from parkplace.stripe_sandbox.store import new_id, public

API_VERSION = "2026-10-28.endive"


def emit(call: Call, kind: str, obj: Json, *, account: str | None = None) -> None:
    """Write an event about an object, and its delivery when there is somebody to tell."""
    event: Json = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": call.now,
        "data": {"object": public(obj)},
        "livemode": False,
        "pending_webhooks": int(call.config.sends(kind)),
        "request": {"id": call.request_id, "idempotency_key": call.key},
        "type": kind,
    }
    if account is not None:
        event["account"] = account
    call.store.add(event)
    if call.config.sends(kind):
        call.store.db.execute("INSERT INTO deliveries (event, due) VALUES (?, 0)", (event["id"],))


def _retrieve(call: Call) -> Json:
    return call.store.need("event", call.ids["id"])


def _list(call: Call) -> Json:
    where: dict[str, str | int | list[str]] = {}
    if "type" in call.params:
        where["type"] = call.params["type"]
    if "types" in call.params:
        where["type"] = call.params["types"]
    if "delivery_success" in call.params:
        where["pending_webhooks"] = 0 if call.params["delivery_success"] else 1
    return call.store.page("event", call.params, url="/v1/events", where=where)


OPERATIONS = (
    operation("GET", "/v1/events", EventListParams, _list, f"{PAGING} type types delivery_success"),
    operation("GET", "/v1/events/{id}", EventRetrieveParams, _retrieve),
)
