"""Checkout Sessions in setup mode, and the SetupIntents behind them."""

from stripe.params import SetupIntentRetrieveParams
from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionRetrieveParams,
)

from parkplace.stripe_sandbox.calls import Call, operation
from parkplace.stripe_sandbox.cards import Asks, TestCard, attach, card_error, new_method
from parkplace.stripe_sandbox.currencies import check_currency
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id, public

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
    intent = _new_setup_intent(call, session=name)
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
    if types is not None and "card" not in types:
        raise ApiError(
            "The Stripe sandbox saves cards only.",
            code="sandbox_not_implemented",
            param="allowed_payment_method_types",
        )
    if "currency" in given:
        check_currency(given["currency"])
    if "success_url" not in given:
        message = "Missing required param: success_url."
        raise ApiError(message, code="parameter_missing", param="success_url")
    for param in ("success_url", "cancel_url"):
        if param in given:
            call.check_address(param)


def _new_setup_intent(call: Call, *, session: str) -> Json:
    data = call.params.get("setup_intent_data", {})
    intent_id = new_id("seti")
    return call.store.add(
        {
            "id": intent_id,
            "object": "setup_intent",
            "application": None,
            "cancellation_reason": None,
            "client_secret": f"{intent_id}_secret_{new_id('s')[2:]}",
            "created": call.now,
            "customer": call.params.get("customer"),
            "description": data.get("description"),
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": merged({}, data.get("metadata")),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
            "usage": "off_session",
            "_session": session,
        }
    )


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
        fail_setup(call, intent, error.body()["error"])
        raise error
    method = new_method(call, card, month=month, year=year)
    intent["payment_method"] = method["id"]
    if card.asks is Asks.NEVER:
        return complete(call, intent)
    url = f"{call.config.url}/3ds/{intent['id']}"
    intent |= {
        "status": "requires_action",
        "last_setup_error": None,
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": url, "return_url": session["url"]},
        },
        "_back": session["url"],
    }
    emit(call, "setup_intent.requires_action", call.store.put(intent))
    return url


def complete(call: Call, intent: Json) -> str:
    """Finish a session whose card is good; return the shop's page."""
    session = call.store.need("checkout.session", intent["_session"])
    method = call.store.need("payment_method", intent["payment_method"])
    method["_set_up"] = True
    call.store.put(method)
    if session["customer"] is not None:
        attach(call, method, customer=session["customer"])
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    emit(call, "setup_intent.succeeded", call.store.put(intent))
    session |= {"status": "complete", "url": None}
    emit(call, "checkout.session.completed", call.store.put(session))
    return success_url(session)


def fail_setup(call: Call, intent: Json, error: Json) -> None:
    """Note why a card could not be saved; the session stays open for another."""
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error,
    }
    emit(call, "setup_intent.setup_failed", call.store.put(intent))


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


def _retrieve_setup_intent(call: Call) -> Json:
    return public(call.store.need("setup_intent", call.ids["id"]))


_SESSIONS = "/v1/checkout/sessions"
_USES = (
    "allowed_payment_method_types cancel_url client_reference_id currency customer expires_at "
    "locale metadata mode setup_intent_data success_url ui_mode"
)
OPERATIONS = (
    operation("POST", _SESSIONS, SessionCreateParams, _create, _USES),
    operation("GET", f"{_SESSIONS}/{{id}}", SessionRetrieveParams, _retrieve),
    operation("POST", f"{_SESSIONS}/{{id}}/expire", SessionExpireParams, _expire),
    operation("GET", "/v1/setup_intents/{id}", SetupIntentRetrieveParams, _retrieve_setup_intent),
)
