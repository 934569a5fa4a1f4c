"""Checkout Sessions in setup mode: the card page."""

from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionRetrieveParams,
)

from parkplace.stripe_sandbox import setups
from parkplace.stripe_sandbox.calls import Call, operation
from parkplace.stripe_sandbox.cards import Asks, TestCard, card_error, new_method, require_cards
from parkplace.stripe_sandbox.currencies import check_currency
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
_UNSET: Json = dict.fromkeys(
    ("amount_subtotal", "amount_total", "customer_email", "payment_intent", "subscription")
)
_ECHOED = (
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "locale",
    "success_url",
)


def _create(call: Call) -> Json:
    given = call.params
    _check(call)
    if "customer" in given:
        call.store.need("customer", given["customer"], param="customer")
    expires_at = given.get("expires_at", call.now + LONGEST)
    if not call.now + SHORTEST <= expires_at <= call.now + LONGEST:
        raise ApiError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            param="expires_at",
        )
    name = new_id("cs_test")
    data = given.get("setup_intent_data", {})
    intent = setups.new_intent(
        call,
        customer=given.get("customer"),
        description=data.get("description"),
        metadata=data.get("metadata"),
        session=name,
    )
    return call.store.add(
        {
            **_UNSET,
            "id": name,
            "object": "checkout.session",
            **{param: given.get(param) for param in _ECHOED},
            "created": call.now,
            "expires_at": expires_at,
            "livemode": False,
            "metadata": merged({}, given.get("metadata")),
            "mode": "setup",
            "payment_method_types": ["card"],
            "payment_status": "no_payment_required",
            "setup_intent": intent["id"],
            "status": "open",
            "ui_mode": "hosted_page",
            "url": f"{call.config.url}/c/pay/{name}",
        }
    )


def _check(call: Call) -> None:
    given = call.params
    if given.get("mode") != "setup" or given.get("ui_mode", "hosted_page") != "hosted_page":
        raise ApiError(
            "The Stripe sandbox does Checkout in `setup` mode on the hosted page only.",
            code="sandbox_not_implemented",
            param="mode",
        )
    types = given.get("allowed_payment_method_types")
    if types is None and "currency" not in given:
        message = "Missing required param: currency."
        raise ApiError(message, code="parameter_missing", param="currency")
    require_cards(call)
    if "currency" in given:
        check_currency(given["currency"])
    if "success_url" not in given:
        message = "Missing required param: success_url."
        raise ApiError(message, code="parameter_missing", param="success_url")
    for param in ("success_url", "cancel_url"):
        if param in given:
            call.check_address(param)


def submit(call: Call, session: Json, card: TestCard, *, month: int, year: int) -> str:
    """Save a card for a session, as its person asked on the hosted page.

    Returns:
        Where to go next: back to the shop, or to the bank's page.

    Raises:
        ApiError: The card was declined; the session stays open.
    """
    intent = call.store.need("setup_intent", session["setup_intent"])
    if card.at_setup is not None:
        error = card_error(card.at_setup)
        setups.fail(call, intent, error.body()["error"])
        raise error
    method = new_method(call, card, month=month, year=year)
    intent["payment_method"] = method["id"]
    if card.asks is Asks.NEVER:
        return complete(call, intent)
    return setups.challenge(call, intent, back=session["url"])


def complete(call: Call, intent: Json) -> str:
    """Finish a session whose card is good; return the shop's page."""
    session = call.store.need("checkout.session", intent["_session"])
    setups.succeed(call, intent)
    session |= {"status": "complete", "url": None}
    emit(call, "checkout.session.completed", call.store.put(session))
    return success_url(session)


def success_url(session: Json) -> str:
    """Return where the shop wants the person back, with the session's id filled in."""
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def settle(call: Call, session: Json) -> Json:
    """Return a session with its time taken into account: past it, an open one has expired."""
    if session["status"] == "open" and session["expires_at"] <= call.now:
        _close(call, session)
    return session


def expire_due(call: Call) -> None:
    """Expire every open session whose time has passed, so that its event leaves by itself."""
    query = (
        "SELECT id FROM objects WHERE kind = 'checkout.session' "
        "AND json_extract(body, '$.status') = 'open' AND json_extract(body, '$.expires_at') <= ?"
    )
    for (name,) in call.store.db.execute(query, (call.now,)).fetchall():
        settle(call, call.store.need("checkout.session", name))


def _close(call: Call, session: Json) -> None:
    session |= {"status": "expired", "url": None}
    emit(call, "checkout.session.expired", call.store.put(session))


def _retrieve(call: Call) -> Json:
    return settle(call, call.store.need("checkout.session", call.ids["id"]))


def _expire(call: Call) -> Json:
    session = settle(call, call.store.need("checkout.session", call.ids["id"]))
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
    _close(call, session)
    return session


_SESSIONS = "/v1/checkout/sessions"
_USES = (
    "allowed_payment_method_types cancel_url client_reference_id currency customer expires_at "
    "locale metadata mode setup_intent_data success_url ui_mode"
)
OPERATIONS = (
    operation("POST", _SESSIONS, SessionCreateParams, _create, _USES),
    operation("GET", f"{_SESSIONS}/{{id}}", SessionRetrieveParams, _retrieve),
    operation("POST", f"{_SESSIONS}/{{id}}/expire", SessionExpireParams, _expire),
)
