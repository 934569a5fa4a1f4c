"""The pages that people see: the card page, the bank's page, and the onboarding of a host."""

import re
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from parkplace.stripe_sandbox import accounts, checkout, intents, setups
from parkplace.stripe_sandbox.calls import Call
from parkplace.stripe_sandbox.cards import AMEX_CVC_LENGTH, BY_NUMBER, CARDS, CVC_LENGTH, test_card
from parkplace.stripe_sandbox.currencies import written
from parkplace.stripe_sandbox.errors import NOT_FOUND, ApiError, Json

SEE_OTHER = 303
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
}


def _grouped(number: str) -> str:
    return " ".join(re.findall(".{1,4}", number))


_pages = Environment(loader=PackageLoader("parkplace.stripe_sandbox"), autoescape=True)
_pages.filters["grouped"] = _grouped


def _page(name: str, status: int = 200, **shown: object) -> Response:
    return HTMLResponse(_pages.get_template(name).render(**shown), status, _HEADERS)


def _go(url: str) -> Response:
    return RedirectResponse(url, SEE_OTHER, {"Cache-Control": "no-store"})


def check_card(form: FormData, *, now: int) -> tuple[dict[str, str], int, int]:
    """Return what is wrong with a card's fields, by field, and its month and year of expiry."""
    errors: dict[str, str] = {}
    number = re.sub(r"[\s-]", "", str(form.get("card_number", "")))
    card = BY_NUMBER.get(number)
    if not number:
        errors["card_number"] = "Type a card number."
    elif card is None:
        errors["card_number"] = "This is not a test card. Choose one from the list below."
    month, year, wrong = _expiry(str(form.get("expiry", "")), now=now)
    if wrong:
        errors["expiry"] = wrong
    length = AMEX_CVC_LENGTH if card is not None and card.brand == "amex" else CVC_LENGTH
    if not re.fullmatch(rf"\d{{{length}}}", str(form.get("cvc", "")).strip()):
        errors["cvc"] = f"The security code has {length} digits."
    return errors, month, year


def _expiry(text: str, *, now: int) -> tuple[int, int, str]:
    match = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(\d{2}|\d{4})\s*", text)
    if match is None or not 1 <= int(match[1]) <= 12:  # noqa: PLR2004 - months of a year
        return 0, 0, "Type the month and year, such as 12/34."
    month, year = int(match[1]), 2000 + int(match[2]) % 100
    today = time.gmtime(now)
    if (year, month) < (today.tm_year, today.tm_mon):
        return month, year, "This card has expired. Type a later month and year."
    return month, year, ""


def _field_of(error: Json) -> str:
    return {"cvc": "cvc", "exp_month": "expiry"}.get(error.get("param", ""), "card_number")


class HostedPages:
    """The routes of the pages, each a transaction of its own."""

    def __init__(self, call: Callable[[], Call], changed: Callable[[], None]) -> None:
        self._call = call
        self._changed = changed

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/c/pay/{name}", self._card, methods=["GET", "POST"]),
            Route("/3ds/{name}", self._bank, methods=["GET", "POST"]),
            Route("/setup/{name}", self._onboarding, methods=["GET", "POST"]),
        ]

    async def _card(self, request: Request) -> Response:
        form = await request.form()
        call = self._call()
        with call.store.transaction():
            session = call.store.get(request.path_params["name"])
            if session is None or session["object"] != "checkout.session":
                return _page("gone.html", NOT_FOUND, title="No such page", back=None)
            checkout.settle(call, session)
            if session["status"] == "complete":
                return _go(checkout.success_url(session))
            if session["status"] == "expired":
                back = session["cancel_url"]
                return _page("gone.html", title="This page has expired", back=back)
            response = self._submitted(call, session, form) if request.method == "POST" else None
        self._changed()
        return response or self._card_page(session, form, _last_error(call, session))

    def _submitted(self, call: Call, session: Json, form: FormData) -> Response:
        errors, month, year = check_card(form, now=call.now)
        if errors:
            return self._card_page(session, form, errors)
        card = BY_NUMBER[re.sub(r"[\s-]", "", str(form["card_number"]))]
        try:
            return _go(checkout.submit(call, session, card, month=month, year=year))
        except ApiError as error:
            wrong = error.body()["error"]
            return self._card_page(session, form, {_field_of(wrong): wrong["message"]})

    def _card_page(self, session: Json, form: FormData, errors: dict[str, str]) -> Response:
        typed = {name: str(form.get(name, "")) for name in ("card_number", "expiry")}
        shop = urlsplit(session["success_url"]).hostname
        return _page(
            "card.html", session=session, shop=shop, typed=typed, errors=errors, cards=CARDS
        )

    async def _bank(self, request: Request) -> Response:
        form = await request.form()
        call = self._call()
        with call.store.transaction():
            intent = call.store.get(request.path_params["name"])
            if intent is None or intent["object"] not in {"payment_intent", "setup_intent"}:
                return _page("gone.html", NOT_FOUND, title="No such page", back=None)
            if intent["status"] != "requires_action":
                return _page("gone.html", title="This step is over", back=intent.get("_back"))
            if request.method == "GET":
                return _page("bank.html", amount=_amount(intent), card=_card_of(call, intent))
            response = _answered(call, intent, agreed=form.get("answer") == "authorise")
        self._changed()
        return response

    async def _onboarding(self, request: Request) -> Response:
        call = self._call()
        with call.store.transaction():
            link = call.store.get(request.path_params["name"])
            if link is None or link["object"] != "account_link":
                return _page("gone.html", NOT_FOUND, title="No such page", back=None)
            if link["_used"] or link["expires_at"] <= call.now:
                return _go(link["_refresh_url"])
            if request.method == "GET":
                account = call.store.need("account", link["_account"])
                return _page("onboarding.html", account=account, back=link["_return_url"])
            accounts.finish_onboarding(call, link)
        self._changed()
        return _go(link["_return_url"])


def _last_error(call: Call, session: Json) -> dict[str, str]:
    error = call.store.need("setup_intent", session["setup_intent"])["last_setup_error"]
    return {} if error is None else {_field_of(error): error["message"]}


def _amount(intent: Json) -> str | None:
    return written(intent["amount"], intent["currency"]) if "amount" in intent else None


def _card_of(call: Call, intent: Json) -> Json:
    return call.store.need("payment_method", intent["payment_method"])["card"]


def _back(intent: Json) -> str:
    # Every intent that has a bank's page was given this with it.
    return intent["_back"]


def _answered(call: Call, intent: Json, *, agreed: bool) -> Response:
    if intent["object"] == "payment_intent":
        return _go(_answer_payment(call, intent, agreed=agreed))
    back, behind_a_page = _back(intent), "_session" in intent
    if not agreed:
        error = {
            **intents.AUTHENTICATION_FAILED,
            "code": "setup_intent_authentication_failure",
            "message": "Your bank did not confirm this card. Try again, or use another card.",
        }
        setups.fail(call, intent, error)
    elif behind_a_page:
        back = checkout.complete(call, intent)
    else:
        setups.succeed(call, intent)
    return _go(back if behind_a_page else _with_outcome(back, intent))


def _answer_payment(call: Call, intent: Json, *, agreed: bool) -> str:
    """Go on with a payment after the bank's page; return where the person goes next."""
    back = _back(intent)
    if not agreed:
        method = call.store.need("payment_method", intent["payment_method"])
        error = {**intents.AUTHENTICATION_FAILED, "payment_method": intents.public(method)}
        intents.fail(call, intent, error)
    else:
        card = test_card(call.store.need("payment_method", intent["payment_method"]))
        if card.at_charge is None:
            intents.succeed(call, intent)
        else:
            intents.declined(call, intent, card.at_charge)
    return _with_outcome(back, intent)


def _with_outcome(back: str, intent: Json) -> str:
    told = {
        intent["object"]: intent["id"],
        f"{intent['object']}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return f"{back}{'&' if urlsplit(back).query else '?'}{urlencode(told)}"
