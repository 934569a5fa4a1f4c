"""Connect: the accounts of those who are paid, and the links that bring them in."""

import secrets

from stripe.params import AccountCreateParams, AccountLinkCreateParams, AccountRetrieveParams

from parkplace.stripe_sandbox.calls import Call, operation
from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.events import emit
from parkplace.stripe_sandbox.params import merged
from parkplace.stripe_sandbox.store import new_id, public

LINK_SECONDS = 5 * 60
_DUE = ["business_type", "external_account", "individual.first_name", "tos_acceptance.date"]


def _create(call: Call) -> Json:
    account = call.store.add(
        {
            "id": new_id("acct"),
            "object": "account",
            "business_type": call.params.get("business_type"),
            "capabilities": _capabilities(call.params.get("capabilities", {})),
            "charges_enabled": False,
            "controller": _controller(call.params.get("controller", {})),
            "country": call.params.get("country", "US"),
            "created": call.now,
            "default_currency": call.params.get("default_currency", "usd"),
            "details_submitted": False,
            "email": call.params.get("email"),
            "metadata": merged({}, call.params.get("metadata")),
            "payouts_enabled": False,
            "requirements": _requirements(_DUE, "requirements.past_due"),
            "type": "none",
        }
    )
    emit(call, "account.updated", account, account=account["id"])
    return account


def _capabilities(asked: Json) -> Json:
    for name in asked:
        if name not in {"transfers", "card_payments"}:
            raise ApiError(
                f"The Stripe sandbox does not know the capability `{name}`.",
                code="sandbox_not_implemented",
                param=f"capabilities[{name}]",
            )
    return {name: "inactive" for name, wish in asked.items() if wish.get("requested")}


def _controller(given: Json) -> Json:
    """Return who answers for an account, with Stripe's defaults."""
    losses = given.get("losses", {}).get("payments", "stripe")
    fees = given.get("fees", {}).get("payer", "account")
    if losses == "application" and fees != "application":
        raise ApiError(
            "Setting `controller[losses][payments]` to `application` requires "
            "`controller[fees][payer]` to be `application`.",
            param="controller[fees][payer]",
        )
    return {
        "fees": {"payer": fees},
        "is_controller": True,
        "losses": {"payments": losses},
        "requirement_collection": given.get("requirement_collection", "stripe"),
        "stripe_dashboard": {"type": given.get("stripe_dashboard", {}).get("type", "full")},
        "type": "application",
    }


def _requirements(due: list[str], reason: str | None) -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def _create_link(call: Call) -> Json:
    account = call.store.need("account", call.params["account"], param="account")
    if call.params["type"] != "account_onboarding":
        raise ApiError(
            "The Stripe sandbox makes links of type `account_onboarding` only.",
            code="sandbox_not_implemented",
            param="type",
        )
    for param in ("refresh_url", "return_url"):
        if param not in call.params:
            raise ApiError(
                f"You must provide `{param}` for an account link.",
                code="parameter_missing",
                param=param,
            )
        call.check_address(param)
    token = secrets.token_urlsafe(24)
    link: Json = {
        "object": "account_link",
        "created": call.now,
        "expires_at": call.now + LINK_SECONDS,
        "url": f"{call.config.url}/setup/{token}",
    }
    hidden = {"_account": account["id"], "_used": False}
    sent_back = {f"_{name}": call.params[name] for name in ("refresh_url", "return_url")}
    # A link has no id of its own in the API; its token is how the sandbox finds it again.
    call.store.add({"id": token, **link, **hidden, **sent_back})
    return link


def finish_onboarding(call: Call, link: Json) -> None:
    """Do what the person at the onboarding page asked: complete the account and enable it."""
    account = call.store.need("account", link["_account"])
    asked = account["capabilities"]
    account |= {
        "business_type": account["business_type"] or "individual",
        "capabilities": dict.fromkeys(asked, "active"),
        "charges_enabled": "card_payments" in asked,
        "details_submitted": True,
        "payouts_enabled": True,
        "requirements": _requirements([], None),
    }
    call.store.put(link | {"_used": True})
    emit(call, "account.updated", call.store.put(account), account=account["id"])


def _retrieve(call: Call) -> Json:
    return public(call.store.need("account", call.ids["id"]))


_CREATES = "business_type capabilities controller country default_currency email metadata"
_LINKS = "account refresh_url return_url type"
OPERATIONS = (
    operation("POST", "/v1/accounts", AccountCreateParams, _create, _CREATES),
    operation("GET", "/v1/accounts/{id}", AccountRetrieveParams, _retrieve),
    operation("POST", "/v1/account_links", AccountLinkCreateParams, _create_link, _LINKS),
)
