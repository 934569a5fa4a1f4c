"""SetupIntents: saving a card, behind a card page or by themselves."""

from stripe.params import (
    SetupIntentCancelParams,
    SetupIntentConfirmParams,
    SetupIntentCreateParams,
    SetupIntentRetrieveParams,
)

from parkplace.stripe_sandbox.calls import Call, operation
from parkplace.stripe_sandbox.cards import (
    Asks,
    TestCard,
    attach,
    card_error,
    given_method,
    require_cards,
    test_card,
)
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id, public

_CONFIRMABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}
_UNSET: Json = dict.fromkeys(
    (
        "application",
        "cancellation_reason",
        "last_setup_error",
        "latest_attempt",
        "mandate",
        "next_action",
        "on_behalf_of",
        "payment_method",
    )
)


def new_intent(
    call: Call,
    *,
    customer: str | None,
    description: str | None = None,
    metadata: dict[str, str] | str | None = None,
    usage: str = "off_session",
    **hidden: str,
) -> Json:
    """Return a SetupIntent, kept; `hidden` is what the sandbox itself must know of it."""
    name = new_id("seti")
    return call.store.add(
        {
            **_UNSET,
            "id": name,
            "object": "setup_intent",
            "client_secret": f"{name}_secret_{new_id('s')[2:]}",
            "created": call.now,
            "customer": customer,
            "description": description,
            "livemode": False,
            "metadata": merged({}, metadata),
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
            "usage": usage,
            **{f"_{name}": value for name, value in hidden.items()},
        }
    )


def succeed(call: Call, intent: Json) -> None:
    """Save the card."""
    method = call.store.need("payment_method", intent["payment_method"])
    method["_set_up"] = True
    call.store.put(method)
    if intent["customer"] is not None and method["customer"] is None:
        attach(call, method, customer=intent["customer"])
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    emit(call, "setup_intent.succeeded", call.store.put(intent))


def fail(call: Call, intent: Json, error: Json) -> None:
    """Note why a card could not be saved; the same intent may be confirmed with another."""
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error,
    }
    emit(call, "setup_intent.setup_failed", call.store.put(intent))


def challenge(call: Call, intent: Json, *, back: str) -> str:
    """Have the bank ask the person; return the address of its page."""
    url = f"{call.config.url}/3ds/{intent['id']}"
    intent |= {
        "status": "requires_action",
        "last_setup_error": None,
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": url, "return_url": back},
        },
        "_back": back,
    }
    emit(call, "setup_intent.requires_action", call.store.put(intent))
    return url


def _create(call: Call) -> Json:
    given = call.params
    require_cards(call)
    if "customer" in given:
        call.store.need("customer", given["customer"], param="customer")
    intent = new_intent(
        call,
        customer=given.get("customer"),
        description=given.get("description"),
        metadata=given.get("metadata"),
        usage=given.get("usage", "off_session"),
    )
    emit(call, "setup_intent.created", intent)
    return public(intent)


def _confirm(call: Call) -> Json:
    intent = _open(call, "confirm")
    if "payment_method" not in call.params:
        raise ApiError(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
            setup_intent=public(intent),
        )
    if "return_url" not in call.params:
        raise ApiError(
            "This SetupIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`.",
            param="return_url",
        )
    call.check_address("return_url")
    method = given_method(call, customer=intent["customer"])
    card = test_card(method)
    if card.at_setup is not None:
        raise _declined(call, intent, card)
    intent["payment_method"] = method["id"]
    if card.asks is Asks.NEVER:
        succeed(call, intent)
    else:
        challenge(call, intent, back=call.params["return_url"])
    return public(intent)


def _declined(call: Call, intent: Json, card: TestCard) -> ApiError:
    assert card.at_setup is not None
    fail(call, intent, card_error(card.at_setup).body()["error"])
    return card_error(card.at_setup, setup_intent=public(intent))


def _cancel(call: Call) -> Json:
    intent = _open(call, "cancel")
    reason = call.params.get("cancellation_reason")
    intent |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    emit(call, "setup_intent.canceled", call.store.put(intent))
    return public(intent)


def _open(call: Call, step: str) -> Json:
    intent = call.store.need("setup_intent", call.ids["id"])
    if intent["status"] in _CONFIRMABLE and "_session" not in intent:
        return intent
    raise ApiError(
        f"You cannot {step} this SetupIntent because it has a status of {intent['status']}.",
        code="setup_intent_unexpected_state",
        setup_intent=public(intent),
    )


def _retrieve(call: Call) -> Json:
    return public(call.store.need("setup_intent", call.ids["id"]))


_INTENTS = "/v1/setup_intents"
_CREATES = "allowed_payment_method_types customer description metadata usage"
OPERATIONS = (
    operation("POST", _INTENTS, SetupIntentCreateParams, _create, _CREATES),
    operation("GET", f"{_INTENTS}/{{id}}", SetupIntentRetrieveParams, _retrieve),
    operation(
        "POST",
        f"{_INTENTS}/{{id}}/confirm",
        SetupIntentConfirmParams,
        _confirm,
        "payment_method return_url",
    ),
    operation(
        "POST", f"{_INTENTS}/{{id}}/cancel", SetupIntentCancelParams, _cancel, "cancellation_reason"
    ),
)
