"""Stripe's documented test cards, and the payment methods made of them.

Source: https://docs.stripe.com/testing. Any other number is refused.
"""

import hashlib
import time
from dataclasses import dataclass
from enum import StrEnum

from stripe.params import (
    CustomerListPaymentMethodsParams,
    PaymentMethodAttachParams,
    PaymentMethodDetachParams,
    PaymentMethodListParams,
    PaymentMethodRetrieveParams,
)

from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.errors import PAYMENT_REQUIRED, ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.store import new_id, public

AMEX_CVC_LENGTH, CVC_LENGTH = 4, 3


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank says no: Stripe's code, the bank's own where documented, and the sentence."""

    code: str
    decline_code: str | None
    message: str


class Asks(StrEnum):
    """When a card's bank wants to see its holder (3-D Secure)."""

    NEVER = "never"
    UNTIL_SET_UP = "until set up"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class TestCard:
    """One documented test card.

    Attributes:
        alias: The payment method id that stands for it, such as `pm_card_visa`.
        says: What it does, in words for the card page.
        at_setup: The decline when it is saved.
        at_charge: The decline when it is charged.
        bypasses: Whether its money skips the pending balance.
    """

    number: str
    alias: str
    says: str
    brand: str = "visa"
    at_setup: Decline | None = None
    at_charge: Decline | None = None
    asks: Asks = Asks.NEVER
    bypasses: bool = False


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
EXPIRED = Decline("expired_card", None, "Your card has expired.")
WRONG_CVC = Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error",
    None,
    "An error occurred while processing your card. Try again in a little bit.",
)
AUTHENTICATION = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)

CARDS = (
    TestCard("4242424242424242", "pm_card_visa", "works"),
    TestCard("5555555555554444", "pm_card_mastercard", "works", brand="mastercard"),
    TestCard("378282246310005", "pm_card_amex", "works, with a 4-digit code", brand="amex"),
    TestCard(
        "4000000000000077", "pm_card_bypassPending", "works, money available at once", bypasses=True
    ),
    TestCard(
        "4000000000000341", "pm_card_chargeCustomerFail", "saves, then declines", at_charge=GENERIC
    ),
    TestCard(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        "asks for 3-D Secure when saved",
        asks=Asks.UNTIL_SET_UP,
    ),
    TestCard(
        "4000002760003184",
        "pm_card_authenticationRequired",
        "asks for 3-D Secure every time",
        asks=Asks.ALWAYS,
    ),
    TestCard(
        "4000008260003178",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "asks for 3-D Secure, then has no money",
        asks=Asks.ALWAYS,
        at_charge=NO_FUNDS,
    ),
    TestCard("4000000000000002", "pm_card_visa_chargeDeclined", "is declined", at_setup=GENERIC),
    TestCard(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "has no money",
        at_setup=NO_FUNDS,
    ),
    TestCard("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "is lost", at_setup=LOST),
    TestCard(
        "4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "is stolen", at_setup=STOLEN
    ),
    TestCard(
        "4000000000000069", "pm_card_chargeDeclinedExpiredCard", "has expired", at_setup=EXPIRED
    ),
    TestCard(
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        "has another code",
        at_setup=WRONG_CVC,
    ),
    TestCard(
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        "meets an error",
        at_setup=PROCESSING,
    ),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_ALIAS = {card.alias: card for card in CARDS}


def card_error(decline: Decline, **more: object) -> ApiError:
    """Return the 402 that tells of a decline; what was written about it stays."""
    return ApiError(
        decline.message,
        status=PAYMENT_REQUIRED,
        kind="card_error",
        keeps=True,
        code=decline.code,
        decline_code=decline.decline_code,
        doc_url=f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        param={"incorrect_cvc": "cvc", "expired_card": "exp_month"}.get(decline.code),
        **more,
    )


def test_card(method: Json) -> TestCard:
    """Return the test card that a payment method was made of."""
    return BY_NUMBER[method["_number"]]


def new_method(call: Call, card: TestCard, *, month: int, year: int) -> Json:
    """Return a payment method of a test card, kept but not attached to anybody."""
    return call.store.add(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
            "card": _face(card, month=month, year=year),
            "created": call.now,
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
            "_number": card.number,
            "_set_up": False,
            "_used_up": False,
        }
    )


def _face(card: TestCard, *, month: int, year: int) -> Json:
    return {
        "brand": card.brand,
        "checks": {"cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": "credit",
        "last4": card.number[-4:],
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def require_cards(call: Call) -> None:
    """Refuse a request that leaves out the one payment method there is here."""
    if "card" not in call.params.get("allowed_payment_method_types", ["card"]):
        raise ApiError(
            "The Stripe sandbox does cards only.",
            code="sandbox_not_implemented",
            param="allowed_payment_method_types",
        )


def given_method(call: Call, *, customer: str | None, saved: bool = False) -> Json:
    """Return the payment method that a request names, when this customer may pay with it.

    Stripe's ids of test cards, such as `pm_card_visa`, stand for what a browser would have made of
    what was typed.

    Args:
        call: The request; its `payment_method` names it.
        customer: Whose intent it is for, if anybody's.
        saved: Whether it must have been saved for them before.
    """
    name = call.params["payment_method"]
    if name in BY_ALIAS and not saved:
        return new_method(call, BY_ALIAS[name], month=12, year=time.gmtime(call.now).tm_year + 1)
    method = call.store.need("payment_method", name, param="payment_method")
    if method["_used_up"]:
        raise ApiError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
            "attachment or was detached from a Customer, and may not be used again.",
            param="payment_method",
        )
    if method["customer"] is not None and customer is None:
        raise ApiError(
            f"The PaymentMethod {name} belongs to a Customer. Please include the Customer in the "
            "`customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    if method["customer"] != customer and (saved or method["customer"] is not None):
        raise ApiError(
            f"The customer does not have a payment method with the ID {name}. The payment method "
            "must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )
    return method


def attach(call: Call, method: Json, *, customer: str) -> Json:
    """Save a payment method for a customer."""
    method["customer"] = customer
    call.store.put(method)
    emit(call, "payment_method.attached", method)
    return method


def _attach(call: Call) -> Json:
    name = call.ids["id"]
    if "customer" not in call.params:
        raise ApiError(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = call.store.need("customer", call.params["customer"], param="customer")
    if name not in BY_ALIAS:
        method = call.store.need("payment_method", name)
        if method["customer"] or method["_used_up"]:
            raise ApiError(
                "The payment method you provided has already been attached to a customer."
            )
        return public(attach(call, method, customer=customer["id"]))
    card = BY_ALIAS[name]
    if card.at_setup is not None:
        raise card_error(card.at_setup)
    method = new_method(call, card, month=12, year=time.gmtime(call.now).tm_year + 1)
    return public(attach(call, method, customer=customer["id"]))


def _detach(call: Call) -> Json:
    method = call.store.need("payment_method", call.ids["id"])
    if method["customer"] is None:
        raise ApiError(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    method |= {"customer": None, "_used_up": True}
    emit(call, "payment_method.detached", call.store.put(method))
    return public(method)


def _retrieve(call: Call) -> Json:
    return public(call.store.need("payment_method", call.ids["id"]))


def _list(call: Call) -> Json:
    name = call.ids.get("id") or call.params.get("customer")
    if name is None:
        raise ApiError(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    call.store.need("customer", name, param="id" if call.ids else "customer")
    where = {"customer": name}
    url = f"/v1/customers/{name}/payment_methods" if call.ids else "/v1/payment_methods"
    if call.params.get("type", "card") != "card":
        return {"object": "list", "data": [], "has_more": False, "url": url}
    return call.store.page("payment_method", call.params, url=url, where=where)


_METHODS = "/v1/payment_methods"
_PAGING = PAGING.removesuffix(" created")  # these lists know no bounds of time
OPERATIONS = (
    operation("GET", _METHODS, PaymentMethodListParams, _list, f"{_PAGING} customer type"),
    operation("GET", f"{_METHODS}/{{id}}", PaymentMethodRetrieveParams, _retrieve),
    operation("POST", f"{_METHODS}/{{id}}/attach", PaymentMethodAttachParams, _attach, "customer"),
    operation("POST", f"{_METHODS}/{{id}}/detach", PaymentMethodDetachParams, _detach),
    operation(
        "GET",
        "/v1/customers/{id}/payment_methods",
        CustomerListPaymentMethodsParams,
        _list,
        f"{_PAGING} type",
    ),
)
