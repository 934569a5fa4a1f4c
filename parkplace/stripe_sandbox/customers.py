"""Customers: who pays."""

import re

from stripe.params import (
    CustomerCreateParams,
    CustomerListParams,
    CustomerModifyParams,
    CustomerRetrieveParams,
)

from parkplace.stripe_sandbox.calls import PAGING, Call, operation
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id

_FIELDS = ("description", "email", "name", "phone")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _check_email(call: Call) -> None:
    email = call.params.get("email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param="email")


def _create(call: Call) -> Json:
    _check_email(call)
    customer = call.store.add(
        {
            "id": new_id("cus"),
            "object": "customer",
            "address": None,
            "created": call.now,
            "default_source": None,
            "delinquent": False,
            **{name: call.params.get(name) for name in _FIELDS},
            "livemode": False,
            "metadata": merged({}, call.params.get("metadata")),
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
        }
    )
    emit(call, "customer.created", customer)
    return customer


def _update(call: Call) -> Json:
    _check_email(call)
    customer = call.store.need("customer", call.ids["id"])
    customer |= {name: call.params[name] for name in _FIELDS if name in call.params}
    customer["metadata"] = merged(customer["metadata"], call.params.get("metadata"))
    emit(call, "customer.updated", call.store.put(customer))
    return customer


def _retrieve(call: Call) -> Json:
    return call.store.need("customer", call.ids["id"])


def _list(call: Call) -> Json:
    where = {"email": call.params["email"]} if "email" in call.params else {}
    return call.store.page("customer", call.params, url="/v1/customers", where=where)


_USES = "description email name phone metadata"
OPERATIONS = (
    operation("POST", "/v1/customers", CustomerCreateParams, _create, _USES),
    operation("GET", "/v1/customers", CustomerListParams, _list, f"{PAGING} email"),
    operation("GET", "/v1/customers/{id}", CustomerRetrieveParams, _retrieve),
    operation("POST", "/v1/customers/{id}", CustomerModifyParams, _update, _USES),
)
