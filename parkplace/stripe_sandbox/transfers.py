"""Transfers from the platform's balance to connected accounts, and their reversals."""

from functools import partial

from stripe.params import (
    TransferCreateParams,
    TransferCreateReversalParams,
    TransferListParams,
    TransferRetrieveParams,
)

from parkplace.stripe_sandbox import balance
from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.currencies import check_amount, written
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id

_ECHOED = (
    "amount",
    "currency",
    "description",
    "destination",
    "source_transaction",
    "transfer_group",
)
NOT_ENOUGH = (
    "Insufficient funds in Stripe account. In test mode, you can add funds to your available "
    "balance (bypassing your pending balance) by creating a charge with 4000 0000 0000 0077 as the "
    "card number."
)


def _create(call: Call) -> Json:
    given = call.params
    _check(call)
    available_on = _check_funds(call)
    name, account = new_id("tr"), given["destination"]
    record = partial(
        balance.record, call, currency=given["currency"], source=name, available_on=available_on
    )
    movement = record("transfer", -given["amount"])
    record("payment", given["amount"], holder=account)
    transfer = call.store.add(
        {
            "id": name,
            "object": "transfer",
            **{param: given.get(param) for param in _ECHOED},
            "amount_reversed": 0,
            "balance_transaction": movement["id"],
            "created": call.now,
            "destination_payment": None,
            "livemode": False,
            "metadata": merged({}, given.get("metadata")),
            "reversed": False,
            "source_type": "card",
        }
    )
    emit(call, "transfer.created", _shown(call, transfer))
    return _shown(call, transfer)


def _check(call: Call) -> None:
    given = call.params
    if "amount" not in given:
        message = "Missing required param: amount."
        raise ApiError(message, code="parameter_missing", param="amount")
    check_amount(given["amount"], given["currency"])
    account = call.store.need("account", given["destination"], param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise ApiError(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )


def _check_funds(call: Call) -> int:
    """Return when the money may be used; without a source it must be there already."""
    amount, currency = call.params["amount"], call.params["currency"]
    source = call.params.get("source_transaction")
    if source is None:
        available, _ = balance.sums(call, holder=balance.PLATFORM).get(currency, (0, 0))
        if available < amount:
            raise ApiError(NOT_ENOUGH, code="balance_insufficient")
        return call.now
    charge = call.store.need("charge", source, param="source_transaction")
    if charge["currency"] != currency or not charge["paid"]:
        raise ApiError("The charge cannot pay for this transfer.", param="source_transaction")
    siblings = call.store.rows("transfer", {"source_transaction": source})
    spent = sum(transfer["amount"] - transfer["amount_reversed"] for transfer in siblings)
    if spent + amount > charge["amount"]:
        raise ApiError(
            f"Transfers using this transaction as a source must not exceed the source amount of "
            f"{written(charge['amount'], currency)}.",
            param="amount",
        )
    movement = call.store.need("balance_transaction", charge["balance_transaction"])
    return max(call.now, movement["available_on"])


def _shown(call: Call, transfer: Json) -> Json:
    url = f"/v1/transfers/{transfer['id']}/reversals"
    where = {"transfer": transfer["id"]}
    reversals = call.store.page("transfer_reversal", {}, url=url, where=where)
    return transfer | {"reversals": reversals}


def _amount_back(call: Call, transfer: Json) -> int:
    """Return how much to take back: all that is left unless less is asked for."""
    left = transfer["amount"] - transfer["amount_reversed"]
    amount: int = call.params.get("amount", left)
    currency = transfer["currency"]
    check_amount(amount, currency)
    if amount > left:
        raise ApiError(
            f"Reversal amount ({written(amount, currency)}) is greater than unreversed amount on "
            f"transfer ({written(left, currency)})",
            param="amount",
        )
    return amount


def _reverse(call: Call) -> Json:
    transfer = call.store.need("transfer", call.ids["id"])
    amount, currency = _amount_back(call, transfer), transfer["currency"]
    name = new_id("trr")
    record = partial(balance.record, call, currency=currency, source=name)
    movement = record("transfer_refund", amount)
    record("payment_refund", -amount, holder=transfer["destination"])
    reversal = call.store.add(
        {
            "id": name,
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": movement["id"],
            "created": call.now,
            "currency": currency,
            "destination_payment_refund": None,
            "metadata": merged({}, call.params.get("metadata")),
            "source_refund": None,
            "transfer": transfer["id"],
        }
    )
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    emit(call, "transfer.reversed", _shown(call, call.store.put(transfer)))
    return reversal


def _retrieve(call: Call) -> Json:
    return _shown(call, call.store.need("transfer", call.ids["id"]))


def _list(call: Call) -> Json:
    names = ("destination", "transfer_group")
    where = {name: call.params[name] for name in names if name in call.params}
    page = call.store.page("transfer", call.params, url="/v1/transfers", where=where)
    page["data"] = [_shown(call, transfer) for transfer in page["data"]]
    return page


_TRANSFERS = "/v1/transfers"
_CREATES = "amount currency description destination metadata source_transaction transfer_group"
_LISTS = f"{PAGING} destination transfer_group"
OPERATIONS = (
    operation("POST", _TRANSFERS, TransferCreateParams, _create, _CREATES),
    operation("GET", _TRANSFERS, TransferListParams, _list, _LISTS),
    operation("GET", f"{_TRANSFERS}/{{id}}", TransferRetrieveParams, _retrieve),
    operation(
        "POST",
        f"{_TRANSFERS}/{{id}}/reversals",
        TransferCreateReversalParams,
        _reverse,
        "amount metadata",
    ),
)
