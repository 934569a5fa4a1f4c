"""PaymentIntents and the charges they leave behind."""

from stripe.params import (
    ChargeListParams,
    ChargeRetrieveParams,
    PaymentIntentCancelParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
)

from parkplace.stripe_sandbox import balance
from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.cards import (
    AUTHENTICATION,
    Asks,
    Decline,
    card_error,
    given_method,
    require_cards,
    test_card,
)
from parkplace.stripe_sandbox.currencies import MINIMUM, check_amount
from parkplace.stripe_sandbox.errors import ApiError, Json, unexpected_state
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id, public

_CONFIRMABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}
_UNSET: Json = dict.fromkeys(
    (
        "application",
        "application_fee_amount",
        "canceled_at",
        "cancellation_reason",
        "last_payment_error",
        "latest_charge",
        "next_action",
        "payment_method",
        "setup_future_usage",
    )
)
_ECHOED = (
    "allowed_payment_method_types",
    "amount",
    "currency",
    "customer",
    "description",
    "receipt_email",
    "statement_descriptor_suffix",
    "transfer_group",
)
_OF_THE_INTENT = (
    "amount",
    "currency",
    "customer",
    "description",
    "metadata",
    "receipt_email",
    "transfer_group",
)
AUTHENTICATION_FAILED: Json = {
    "type": "invalid_request_error",
    "code": "payment_intent_authentication_failure",
    "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
    "message": "The provided PaymentMethod has failed authentication. You can provide "
    "payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
}


def _create(call: Call) -> Json:
    given = call.params
    least = MINIMUM.get(given["currency"], 1)
    check_amount(given["amount"], given["currency"], least=least)
    if not given.get("confirm"):
        for param in ("off_session", "return_url"):
            if param in given:
                raise ApiError(f"`{param}` can only be used with confirm=true.", param=param)
    require_cards(call)
    if "customer" in given:
        call.store.need("customer", given["customer"], param="customer")
    intent = call.store.add(_new(call))
    emit(call, "payment_intent.created", intent)
    if "payment_method" in given:
        intent["payment_method"] = _method(call, intent)["id"]
        intent["status"] = "requires_confirmation"
        call.store.put(intent)
    return _attempt(call, intent) if given.get("confirm") else public(intent)


def _new(call: Call) -> Json:
    given = call.params
    name = new_id("pi")
    automatic = given.get("automatic_payment_methods", {"enabled": True})
    return {
        **_UNSET,
        "id": name,
        "object": "payment_intent",
        **{param: given.get(param) for param in _ECHOED},
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": {"allow_redirects": "always", **automatic},
        "capture_method": "automatic_async",
        "client_secret": f"{name}_secret_{new_id('s')[2:]}",
        "confirmation_method": "automatic",
        "created": call.now,
        "livemode": False,
        "metadata": merged({}, given.get("metadata")),
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def _method(call: Call, intent: Json) -> Json:
    """Return the payment method of the request; while its holder is away, only a saved one."""
    saved = call.params.get("off_session", False)
    return given_method(call, customer=intent["customer"], saved=saved)


def _attempt(call: Call, intent: Json) -> Json:
    """Try to charge the intent's payment method, off or on session as the request says."""
    if intent["payment_method"] is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            payment_intent=public(intent),
        )
    method = call.store.need("payment_method", intent["payment_method"], param="payment_method")
    automatic = intent["automatic_payment_methods"]
    redirects = automatic["enabled"] and automatic["allow_redirects"] == "always"
    if "return_url" in call.params:
        call.check_address("return_url", used=False)
    elif redirects:
        raise ApiError(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`.",
            param="return_url",
        )
    card = test_card(method)
    if card.asks is Asks.NEVER or (card.asks is Asks.UNTIL_SET_UP and method["_set_up"]):
        error = card.at_charge or card.at_setup
    elif not call.params.get("off_session", False):
        return _challenge(call, intent)
    else:
        error = AUTHENTICATION
    if error is not None:
        raise declined(call, intent, error)
    return public(succeed(call, intent))


def _challenge(call: Call, intent: Json) -> Json:
    """Send the person to the bank's page."""
    if "return_url" not in call.params:
        raise ApiError("Missing required param: return_url.", param="return_url")
    call.check_address("return_url")
    redirect = {
        "url": f"{call.config.url}/3ds/{intent['id']}",
        "return_url": call.params["return_url"],
    }
    intent |= {
        "status": "requires_action",
        "last_payment_error": None,
        "next_action": {"type": "redirect_to_url", "redirect_to_url": redirect},
        "_back": redirect["return_url"],
    }
    emit(call, "payment_intent.requires_action", call.store.put(intent))
    return public(intent)


def _charge(call: Call, intent: Json, *, decline: Decline | None) -> Json:
    method = call.store.need("payment_method", intent["payment_method"])
    card = {name: method["card"][name] for name in ("brand", "exp_month", "exp_year", "last4")}
    charge: Json = {
        "id": new_id("ch"),
        "object": "charge",
        **{name: intent[name] for name in _OF_THE_INTENT},
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "created": call.now,
        "disputed": False,
        "livemode": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": "card", "card": card},
        "refunded": False,
        **_outcome(intent["amount"], decline),
    }
    return call.store.add(charge)


def _outcome(amount: int, decline: Decline | None) -> Json:
    """Return the fields of a charge that tell whether the bank agreed."""
    agreed = decline is None
    return {
        "amount_captured": amount if agreed else 0,
        "captured": agreed,
        "failure_code": None if decline is None else decline.code,
        "failure_message": None if decline is None else decline.message,
        "outcome": {
            "network_status": "approved_by_network" if agreed else "declined_by_network",
            "reason": None if decline is None else decline.decline_code or decline.code,
            "risk_level": "normal",
            "type": "authorized" if agreed else "issuer_declined",
        },
        "paid": agreed,
        "status": "succeeded" if agreed else "failed",
    }


def succeed(call: Call, intent: Json) -> Json:
    """Take the money."""
    charge = _charge(call, intent, decline=None)
    method = call.store.need("payment_method", charge["payment_method"])
    if method["customer"] is None:
        call.store.put(method | {"_used_up": True})
    wait = 0 if test_card(method).bypasses else balance.PENDING_SECONDS
    amount, currency = charge["amount"], charge["currency"]
    movement = balance.record(
        call,
        "charge",
        amount,
        currency=currency,
        source=charge["id"],
        fee=balance.card_fee(amount, currency),
        available_on=call.now + wait,
    )
    charge["balance_transaction"] = movement["id"]
    emit(call, "charge.succeeded", call.store.put(charge))
    intent |= {
        "status": "succeeded",
        "amount_received": amount,
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
    }
    emit(call, "payment_intent.succeeded", call.store.put(intent))
    return intent


def declined(call: Call, intent: Json, decline: Decline) -> ApiError:
    """Write that the bank said no, and return the refusal that tells of it."""
    charge = _charge(call, intent, decline=decline)
    emit(call, "charge.failed", charge)
    method = call.store.need("payment_method", intent["payment_method"])
    error = card_error(decline, charge=charge["id"], payment_method=public(method))
    intent["latest_charge"] = charge["id"]
    fail(call, intent, error.body()["error"])
    return card_error(
        decline,
        charge=charge["id"],
        payment_method=public(method),
        payment_intent=public(intent),
    )


def fail(call: Call, intent: Json, error: Json) -> None:
    """Note why an attempt failed; the same intent may be confirmed again."""
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
    }
    emit(call, "payment_intent.payment_failed", call.store.put(intent))


def _confirm(call: Call) -> Json:
    intent = call.store.need("payment_intent", call.ids["id"])
    if intent["status"] not in _CONFIRMABLE:
        happened = {"succeeded": "already succeeded after being previously confirmed"}
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it has "
            f"{happened.get(intent['status'], 'a status of ' + intent['status'])}.",
            payment_intent=public(intent),
        )
    if "payment_method" in call.params:
        intent["payment_method"] = _method(call, intent)["id"]
    return _attempt(call, intent)


def _cancel(call: Call) -> Json:
    intent = call.store.need("payment_intent", call.ids["id"])
    if intent["status"] not in _CONFIRMABLE:
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            payment_intent=public(intent),
        )
    intent |= {
        "status": "canceled",
        "canceled_at": call.now,
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
    }
    emit(call, "payment_intent.canceled", call.store.put(intent))
    return public(intent)


def _retrieve(call: Call) -> Json:
    return public(call.store.need("payment_intent", call.ids["id"]))


def _list(call: Call) -> Json:
    where = {"customer": call.params["customer"]} if "customer" in call.params else {}
    return call.store.page("payment_intent", call.params, url="/v1/payment_intents", where=where)


def _retrieve_charge(call: Call) -> Json:
    return call.store.need("charge", call.ids["id"])


def _list_charges(call: Call) -> Json:
    names = ("customer", "payment_intent", "transfer_group")
    where = {name: call.params[name] for name in names if name in call.params}
    return call.store.page("charge", call.params, url="/v1/charges", where=where)


_INTENTS = "/v1/payment_intents"
_CREATES = (
    "allowed_payment_method_types amount automatic_payment_methods confirm currency customer "
    "description metadata off_session payment_method receipt_email return_url "
    "statement_descriptor_suffix transfer_group"
)
_CONFIRMS = "off_session payment_method return_url"
_CHARGES = f"{PAGING} customer payment_intent transfer_group"
OPERATIONS = (
    operation("POST", _INTENTS, PaymentIntentCreateParams, _create, _CREATES),
    operation("GET", _INTENTS, PaymentIntentListParams, _list, f"{PAGING} customer"),
    operation("GET", f"{_INTENTS}/{{id}}", PaymentIntentRetrieveParams, _retrieve),
    operation(
        "POST", f"{_INTENTS}/{{id}}/confirm", PaymentIntentConfirmParams, _confirm, _CONFIRMS
    ),
    operation(
        "POST",
        f"{_INTENTS}/{{id}}/cancel",
        PaymentIntentCancelParams,
        _cancel,
        "cancellation_reason",
    ),
    operation("GET", "/v1/charges", ChargeListParams, _list_charges, _CHARGES),
    operation("GET", "/v1/charges/{id}", ChargeRetrieveParams, _retrieve_charge),
)
