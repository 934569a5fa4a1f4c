"""Refunds: money back to the card, never more than was paid."""

from stripe.params import RefundCreateParams, RefundListParams, RefundRetrieveParams

from parkplace.stripe_sandbox import balance
from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.currencies import check_amount, written
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id


def _charge_of(call: Call) -> Json:
    given = call.params
    if "charge" in given:
        charge = call.store.need("charge", given["charge"], param="charge")
    elif "payment_intent" in given:
        name = given["payment_intent"]
        intent = call.store.need("payment_intent", name, param="payment_intent")
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({name}) does not have a successful charge to refund."
            raise ApiError(message, param="payment_intent")
        charge = call.store.need("charge", intent["latest_charge"], param="charge")
    else:
        message = "One of the following params should be provided for this request: "
        raise ApiError(f"{message}payment_intent or charge.")
    if not charge["paid"]:
        raise ApiError(f"Charge {charge['id']} has not been paid.", param="charge")
    return charge


def _amount(call: Call, charge: Json) -> int:
    """Return how much to refund: all that is left unless less is asked for."""
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    amount: int = call.params.get("amount", left)
    currency = charge["currency"]
    check_amount(amount, currency)
    if amount > left:
        raise ApiError(
            f"Refund amount ({written(amount, currency)}) is greater than unrefunded amount on "
            f"charge ({written(left, currency)})",
            param="amount",
        )
    return amount


def _create(call: Call) -> Json:
    charge = _charge_of(call)
    amount, currency = _amount(call, charge), charge["currency"]
    name = new_id("re")
    movement = balance.record(call, "refund", -amount, currency=currency, source=name)
    refund = call.store.add(
        {
            "id": name,
            "object": "refund",
            "amount": amount,
            "balance_transaction": movement["id"],
            "charge": charge["id"],
            "created": call.now,
            "currency": currency,
            "destination_details": {"type": "card"},
            "metadata": merged({}, call.params.get("metadata")),
            "payment_intent": charge["payment_intent"],
            "reason": call.params.get("reason"),
            "receipt_number": None,
            "status": "succeeded",
        }
    )
    _note(call, charge, refund)
    return refund


def _note(call: Call, charge: Json, refund: Json) -> None:
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.store.put(charge)
    emit(call, "refund.created", refund)
    emit(call, "charge.refunded", charge)


def _retrieve(call: Call) -> Json:
    return call.store.need("refund", call.ids["id"])


def _list(call: Call) -> Json:
    names = ("charge", "payment_intent")
    where = {name: call.params[name] for name in names if name in call.params}
    return call.store.page("refund", call.params, url="/v1/refunds", where=where)


_CREATES = "amount charge metadata payment_intent reason"
OPERATIONS = (
    operation("POST", "/v1/refunds", RefundCreateParams, _create, _CREATES),
    operation("GET", "/v1/refunds", RefundListParams, _list, f"{PAGING} charge payment_intent"),
    operation("GET", "/v1/refunds/{id}", RefundRetrieveParams, _retrieve),
)
