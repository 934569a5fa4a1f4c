"""Objects look like the library's own classes say, and lists page as Stripe's do."""

import httpx
import pytest
import stripe
import stripe.checkout

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox

CLASSES: dict[str, type[stripe.StripeObject]] = {
    "account": stripe.Account,
    "account_link": stripe.AccountLink,
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "event": stripe.Event,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
}


def _one_of_each(sandbox: RunningSandbox, api: httpx.Client) -> list[shop.Json]:
    customer = shop.new_customer(api)
    method = shop.saved_card(sandbox, api, customer, "4000000000000077")
    intent = shop.post(api, "payment_intents", **shop.charging(customer, method, 2000))
    refund = shop.post(api, "refunds", payment_intent=intent["id"], amount=100)
    account = shop.post(api, "accounts", capabilities__transfers__requested=True)
    link = shop.post(
        api,
        "account_links",
        account=account["id"],
        type="account_onboarding",
        refresh_url=shop.BACK,
        return_url=shop.BACK,
    )
    sandbox.finish_onboarding(link["url"])
    transfer = shop.post(api, "transfers", amount=500, currency="usd", destination=account["id"])
    reversal = shop.post(api, f"transfers/{transfer['id']}/reversals", amount=50)
    session = shop.new_session(api, customer)
    setup = shop.post(api, "setup_intents", customer=customer)
    confirmed = {"payment_method": "pm_card_visa", "return_url": shop.BACK}
    setup = shop.post(api, f"setup_intents/{setup['id']}/confirm", **confirmed)
    paths = [
        f"payment_methods/{method}",
        f"charges/{intent['latest_charge']}",
        f"balance_transactions/{refund['balance_transaction']}",
        f"setup_intents/{session['setup_intent']}",
        f"customers/{customer}",
        f"accounts/{account['id']}",
        "balance",
    ]
    read = [api.get(f"/v1/{path}").json() for path in paths]
    events = api.get("/v1/events", params={"limit": 5}).json()["data"]
    return [intent, refund, link, transfer, reversal, session, setup, *read, *events]


def test_no_object_has_a_field_that_the_library_does_not_know(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    seen = _one_of_each(sandbox, api)

    assert {obj["object"] for obj in seen} == set(CLASSES)
    for obj in seen:
        unknown = set(obj) - set(CLASSES[obj["object"]].__annotations__)
        assert not unknown, (obj["object"], unknown)


def test_every_event_is_one_that_the_library_knows(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    _one_of_each(sandbox, api)
    known = str(stripe.Event.__annotations__["type"])

    for event in api.get("/v1/events", params={"limit": 100}).json()["data"]:
        assert f"'{event['type']}'" in known


def test_lists_page_forwards_and_back(api: httpx.Client) -> None:
    made = [shop.post(api, "customers", email="p@page.example")["id"] for _ in range(5)]
    newest_first = made[::-1]

    def ids(**query: object) -> tuple[list[str], bool]:
        asked = {"email": "p@page.example", **{k: str(v) for k, v in query.items()}}
        page = api.get("/v1/customers", params=asked).json()
        return [customer["id"] for customer in page["data"]], page["has_more"]

    assert ids(limit=2) == (newest_first[:2], True)
    assert ids(limit=2, starting_after=newest_first[1]) == (newest_first[2:4], True)
    assert ids(limit=2, starting_after=newest_first[3]) == (newest_first[4:], False)
    assert ids(limit=2, ending_before=newest_first[3]) == (newest_first[1:3], True)


def test_lists_keep_to_bounds_of_time(sandbox: RunningSandbox, api: httpx.Client) -> None:
    early = shop.new_customer(api)
    later_than = sandbox.clock(1000) - 500
    late = shop.new_customer(api)

    found = api.get("/v1/customers", params={"created[gt]": later_than, "limit": 100}).json()

    ids = [customer["id"] for customer in found["data"]]
    assert late in ids
    assert early not in ids


@pytest.mark.parametrize("limit", ["0", "101"])
def test_a_page_has_1_to_100_objects(api: httpx.Client, limit: str) -> None:
    assert api.get("/v1/customers", params={"limit": limit}).status_code == 400


def test_ids_expand_into_what_they_name(sandbox: RunningSandbox, api: httpx.Client) -> None:
    customer = shop.new_customer(api)
    method = shop.saved_card(sandbox, api, customer, "4242424242424242")
    intent = shop.post(api, "payment_intents", **shop.charging(customer, method))

    deep = {"expand[0]": "latest_charge.balance_transaction", "expand[1]": "customer"}
    read = api.get(f"/v1/payment_intents/{intent['id']}", params=deep).json()
    assert read["latest_charge"]["balance_transaction"]["net"] == 500 - 15 - 30
    assert read["customer"]["email"] == "dana@example.com"

    listed = api.get(
        "/v1/payment_intents", params={"customer": customer, "expand[]": "data.latest_charge"}
    ).json()
    assert listed["data"][0]["latest_charge"]["paid"]

    wrong = api.get(f"/v1/payment_intents/{intent['id']}", params={"expand[0]": "amount"})
    assert wrong.status_code == 400


def test_metadata_is_merged_and_unset(api: httpx.Client) -> None:
    customer = shop.post(api, "customers", metadata__a="1", metadata__b="2")["id"]

    changed = shop.post(api, f"customers/{customer}", metadata__b="", metadata__c="3", name="Dana")

    assert changed["metadata"] == {"a": "1", "c": "3"}
    assert changed["name"] == "Dana"


def test_money_waits_two_days_unless_the_card_skips_that(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    customer = shop.new_customer(api)
    slow = shop.saved_card(sandbox, api, customer, "4242424242424242")
    quick = shop.saved_card(sandbox, api, customer, "4000000000000077")

    def chf() -> tuple[int, int]:
        found = api.get("/v1/balance").json()
        parts = ("available", "pending")
        sums = [sum(b["amount"] for b in found[p] if b["currency"] == "chf") for p in parts]
        return sums[0], sums[1]

    shop.post(api, "payment_intents", **shop.charging(customer, slow, 1000, "chf"))
    assert chf() == (0, 941)
    shop.post(api, "payment_intents", **shop.charging(customer, quick, 1000, "chf"))
    assert chf() == (941, 941)
    sandbox.clock(2 * 24 * 60 * 60 + 1)
    assert chf() == (1882, 0)
