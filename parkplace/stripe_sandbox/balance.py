"""Balances: what the platform and each connected account hold, by the transactions behind them."""

from stripe.params import (
    BalanceRetrieveParams,
    BalanceTransactionListParams,
    BalanceTransactionRetrieveParams,
)

from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.currencies import THREE_DECIMAL, ZERO_DECIMAL
from parkplace.stripe_sandbox.errors import Json
from parkplace.stripe_sandbox.store import new_id, public

PLATFORM = "platform"
PENDING_SECONDS = 2 * 24 * 60 * 60  # payments in the United States become available after two days


def card_fee(amount: int, currency: str) -> int:
    """Return Stripe's list price for a card payment: 2.9 % + 0.30, rounded half up."""
    fixed = 30 if currency not in THREE_DECIMAL else 300
    return (amount * 29 + 500) // 1000 + (0 if currency in ZERO_DECIMAL else fixed)


def record(
    call: Call,
    kind: str,
    amount: int,
    *,
    currency: str,
    source: str,
    fee: int = 0,
    available_on: int | None = None,
    holder: str = PLATFORM,
) -> Json:
    """Write one movement of a balance.

    Args:
        call: The request it belongs to.
        kind: Stripe's type of transaction.
        amount: Minor units, negative for what leaves.
        currency: In lower case.
        source: The id of the charge, refund, transfer or reversal.
        fee: What Stripe keeps of it.
        available_on: When it may be used; None for at once.
        holder: The connected account, or the platform.
    """
    details = [{"amount": fee, "currency": currency, "type": "stripe_fee", "application": None}]
    return call.store.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": call.now if available_on is None else available_on,
            "balance_type": "payments",
            "created": call.now,
            "currency": currency,
            "description": None,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "reporting_category": "charge" if kind in {"charge", "payment"} else kind,
            "source": source,
            "status": "pending",  # by the time it is read; see `_shown`
            "type": kind,
            "_holder": holder,
        }
    )


def sums(call: Call, *, holder: str) -> dict[str, tuple[int, int]]:
    """Return available and pending minor units of each currency a holder has."""
    query = (
        "SELECT json_extract(body, '$.currency'), "
        "sum(iif(json_extract(body, '$.available_on') <= ?, json_extract(body, '$.net'), 0)), "
        "sum(iif(json_extract(body, '$.available_on') > ?, json_extract(body, '$.net'), 0)) "
        "FROM objects WHERE kind = 'balance_transaction' AND json_extract(body, '$._holder') = ? "
        "GROUP BY 1 ORDER BY 1"
    )
    rows = call.store.db.execute(query, (call.now, call.now, holder))
    return {currency: (available, pending) for currency, available, pending in rows}


def _part(found: dict[str, tuple[int, int]], index: int) -> list[Json]:
    return [
        {"amount": amounts[index], "currency": currency, "source_types": {"card": amounts[index]}}
        for currency, amounts in (found or {"usd": (0, 0)}).items()
    ]


def _retrieve(call: Call) -> Json:
    found = sums(call, holder=call.account or PLATFORM)
    parts = {"available": _part(found, 0), "pending": _part(found, 1)}
    return {"object": "balance", **parts, "livemode": False}


def _shown(call: Call, transaction: Json) -> Json:
    status = "available" if transaction["available_on"] <= call.now else "pending"
    return public(transaction | {"status": status})


def _retrieve_transaction(call: Call) -> Json:
    return _shown(call, call.store.need("balance_transaction", call.ids["id"]))


def _list(call: Call) -> Json:
    names = ("currency", "source", "type")
    where = {name: call.params[name] for name in names if name in call.params}
    where["_holder"] = call.account or PLATFORM
    url = "/v1/balance_transactions"
    page = call.store.page("balance_transaction", call.params, url=url, where=where)
    page["data"] = [_shown(call, transaction) for transaction in page["data"]]
    return page


_TRANSACTIONS = "/v1/balance_transactions"
_USES = f"{PAGING} currency source type"
OPERATIONS = (
    operation("GET", "/v1/balance", BalanceRetrieveParams, _retrieve),
    operation("GET", _TRANSACTIONS, BalanceTransactionListParams, _list, _USES),
    operation(
        "GET",
        f"{_TRANSACTIONS}/{{id}}",
        BalanceTransactionRetrieveParams,
        _retrieve_transaction,
    ),
)
