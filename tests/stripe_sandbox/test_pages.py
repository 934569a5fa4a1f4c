"""The pages people see: what they say to good cards, bad cards, and second thoughts."""

import httpx
import pytest

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def session(api: httpx.Client) -> shop.Json:
    """A card page that Dana has open."""
    return shop.new_session(api, shop.new_customer(api))


def _read(api: httpx.Client, session: shop.Json) -> shop.Json:
    query = {"expand[0]": "setup_intent"}
    return api.get(f"/v1/checkout/sessions/{session['id']}", params=query).json()


def test_the_page_says_that_it_is_a_sandbox_and_leads_back(
    api: httpx.Client, session: shop.Json
) -> None:
    page = api.get(session["url"])

    assert "Stripe sandbox" in page.text
    assert "no real money" in page.text
    assert f'href="{shop.BACK}/cancelled"' in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_good_card_is_saved_for_its_customer(
    sandbox: RunningSandbox, api: httpx.Client, session: shop.Json
) -> None:
    visit = sandbox.submit_card(session["url"], "4242 4242 4242 4242")

    assert visit.location == f"{shop.BACK}?session={session['id']}"
    done = _read(api, session)
    assert (done["status"], done["url"]) == ("complete", None)
    assert done["setup_intent"]["status"] == "succeeded"
    method = api.get(f"/v1/payment_methods/{done['setup_intent']['payment_method']}").json()
    assert method["customer"] == session["customer"]
    assert method["card"]["last4"] == "4242"
    assert not {name for name in method if name.startswith("_")}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": ""}, "Type a card number."),
        ({"number": "4111 1111 1111 1111"}, "This is not a test card."),
        ({"expiry": "12/20"}, "This card has expired."),
        ({"expiry": "13/34"}, "Type the month and year"),
        ({"expiry": "soon"}, "Type the month and year"),
        ({"cvc": "12"}, "The security code has 3 digits."),
        ({"cvc": "abc"}, "The security code has 3 digits."),
        ({"number": "378282246310005"}, "The security code has 4 digits."),
    ],
)
def test_a_mistake_is_told_beside_its_field(
    sandbox: RunningSandbox,
    api: httpx.Client,
    session: shop.Json,
    typed: dict[str, str],
    words: str,
) -> None:
    visit = sandbox.submit_card(session["url"], **{"number": "4242424242424242", **typed})

    assert len(visit.errors) == 1
    assert visit.errors[0].startswith(words)
    assert _read(api, session)["status"] == "open"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("4000000000000002", ("Your card was declined.", "generic_decline")),
        ("4000000000009995", ("Your card has insufficient funds.", "insufficient_funds")),
        ("4000000000009987", ("Your card was declined.", "lost_card")),
        ("4000000000009979", ("Your card was declined.", "stolen_card")),
        ("4000000000000069", ("Your card has expired.", None)),
        ("4000000000000127", ("Your card's security code is incorrect.", None)),
        ("4000000000000119", ("An error occurred while processing your card.", None)),
    ],
)
def test_a_declined_card_leaves_the_page_open_for_another(
    sandbox: RunningSandbox,
    api: httpx.Client,
    session: shop.Json,
    number: str,
    told: tuple[str, str | None],
) -> None:
    visit = sandbox.submit_card(session["url"], number)

    assert visit.errors[0].startswith(told[0])
    intent = _read(api, session)["setup_intent"]
    assert intent["status"] == "requires_payment_method"
    assert intent["last_setup_error"].get("decline_code") == told[1]
    assert sandbox.submit_card(session["url"], "4242424242424242").location.startswith(shop.BACK)


def test_what_was_typed_wrong_is_shown_as_text(api: httpx.Client, session: shop.Json) -> None:
    typed = {"card_number": '"><script>alert(1)</script>', "expiry": "12/34", "cvc": "123"}

    page = api.post(session["url"], data=typed)

    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
def test_a_bank_that_refuses_sends_back_to_the_card_page(
    sandbox: RunningSandbox, api: httpx.Client, session: shop.Json, number: str
) -> None:
    typed = {"card_number": number, "expiry": "12/34", "cvc": "123"}
    bank = api.post(session["url"], data=typed).headers["location"]
    assert _read(api, session)["setup_intent"]["status"] == "requires_action"

    back = sandbox.answer_bank(bank, authorise=False)

    assert back == session["url"]
    assert "Your bank did not confirm this card." in api.get(back).text
    assert sandbox.submit_card(back, number).location.startswith(shop.BACK)


def test_a_bank_is_asked_once(
    sandbox: RunningSandbox, api: httpx.Client, session: shop.Json
) -> None:
    method = shop.saved_card(sandbox, api, session["customer"], "4000002760003184")
    asked: shop.Json = {**shop.charging(session["customer"], method), "off_session": False}
    intent = shop.post(api, "payment_intents", **asked)
    bank = intent["next_action"]["redirect_to_url"]["url"]
    sandbox.answer_bank(bank)

    late = api.post(bank, data={"answer": "refuse"})

    assert "This step is over" in late.text
    assert f'href="{shop.BACK}"' in late.text
    assert api.get(f"/v1/payment_intents/{intent['id']}").json()["status"] == "succeeded"


def test_a_second_press_of_the_button_goes_on_and_saves_nothing_more(
    sandbox: RunningSandbox, api: httpx.Client, session: shop.Json
) -> None:
    first = sandbox.submit_card(session["url"], "4242424242424242")
    typed = {"card_number": "4242424242424242", "expiry": "12/34", "cvc": "123"}

    second = api.post(session["url"], data=typed)

    assert second.headers["location"] == first.location
    found = api.get("/v1/payment_methods", params={"customer": session["customer"]}).json()
    assert len(found["data"]) == 1


def test_a_page_that_ran_out_takes_no_card(
    sandbox: RunningSandbox, api: httpx.Client, session: shop.Json
) -> None:
    sandbox.clock(24 * 60 * 60 + 1)
    typed = {"card_number": "4242424242424242", "expiry": "12/39", "cvc": "123"}

    page = api.post(session["url"], data=typed)

    assert "This page has expired" in page.text
    assert f'href="{shop.BACK}/cancelled"' in page.text
    assert _read(api, session)["status"] == "expired"


def test_pages_that_never_were_are_404(api: httpx.Client) -> None:
    for path in ("/c/pay/cs_test_none", "/3ds/pi_none", "/setup/none"):
        assert api.get(path).status_code == 404


def test_an_onboarding_link_works_once_and_for_minutes(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    account = shop.post(api, "accounts", capabilities__transfers__requested=True)["id"]

    def link() -> str:
        asked = {"refresh_url": f"{shop.BACK}/again", "return_url": f"{shop.BACK}/done"}
        made = shop.post(api, "account_links", account=account, type="account_onboarding", **asked)
        return made["url"]

    used, late = link(), link()
    assert sandbox.finish_onboarding(used) == f"{shop.BACK}/done"
    assert api.get(used).headers["location"] == f"{shop.BACK}/again"
    sandbox.clock(6 * 60)
    assert api.get(late).headers["location"] == f"{shop.BACK}/again"
