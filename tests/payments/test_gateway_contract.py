"""What the product may rely on of Stripe, shown on the sandbox and, with a key, on Stripe itself.

Tests that take `stage` run on both; those that take `sandbox` walk pages or break connections,
which Stripe itself does not let us do.
"""

import os
import socket
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe

from parkplace.core.money import CURRENCIES, Money
from parkplace.core.settings import get_settings
from parkplace.payments import gateway as gateway_module
from parkplace.payments.amounts import NotChargeable, smallest_charge
from parkplace.payments.answers import (
    CANCELLED,
    Charge,
    ChargeState,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    SetupState,
    WebhookSignatureWrong,
)
from parkplace.payments.gateway import Gateway
from tests.stripe_sandbox.running import Receiver, RunningSandbox

WORKS = ("4242424242424242", "pm_card_visa")
SKIPS_PENDING = ("4000000000000077", "pm_card_bypassPending")
DECLINED_LATER = ("4000000000000341", "pm_card_chargeCustomerFail")
ALWAYS_ASKS = ("4000002760003184", "pm_card_authenticationRequired")
ASKS_AT_SETUP = ("4000002500003155", "pm_card_authenticationRequiredOnSetup")
ASKS_THEN_NO_MONEY = (
    "4000008260003178",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
)
BACK = "https://park.example/bookings/1"
FIVE = Money(500, "USD")


def new_key() -> str:
    return uuid4().hex


@dataclass(frozen=True)
class Payer:
    """Dana, with a card."""

    id: str
    card: str


@dataclass(frozen=True)
class Stage:
    """Somewhere that speaks Stripe: the sandbox, or Stripe's own test mode."""

    gateway: Gateway
    sandbox: RunningSandbox | None
    api_key: str

    def payer(self, card: tuple[str, str] = WORKS) -> Payer:
        """Return a new payer with a saved card: by the page, or by Stripe's id for that card."""
        number, alias = card
        customer = self.gateway.create_customer(
            email="dana@example.com", name="Dana", reference=new_key(), key=new_key()
        )
        if self.sandbox is None:
            client = stripe.StripeClient(self.api_key)
            method = client.v1.payment_methods.attach(alias, {"customer": customer})
            return Payer(customer, method.id)
        setup = self.open_page(customer)
        assert self.sandbox.submit_card(setup, number).location.startswith(BACK)
        (saved,) = self.gateway.saved_cards(customer)
        return Payer(customer, saved.id)

    def open_page(self, customer: str) -> str:
        """Return a card page's address."""
        return self.gateway.start_card_setup(
            customer=customer,
            currency="USD",
            order_id="order-1",
            success_url=f"{BACK}?session={{CHECKOUT_SESSION_ID}}",
            cancel_url=BACK,
            key=new_key(),
        ).url

    def charge(
        self,
        payer: Payer,
        amount: Money = FIVE,
        *,
        attempt: str | None = None,
        key: str | None = None,
    ) -> Charge:
        """Charge a payer's card while they are away."""
        attempt = attempt or new_key()
        return self.gateway.charge(
            customer=payer.id,
            payment_method=payer.card,
            amount=amount,
            order_id="order-1",
            attempt_id=attempt,
            description="Park Place 8Q4-KX2H",
            key=key or attempt,
        )


@pytest.fixture(
    params=["sandbox", pytest.param("stripe", marks=pytest.mark.stripe_live)], name="stage"
)
def fixture_stage(
    request: pytest.FixtureRequest, stripe_sandbox: RunningSandbox
) -> Generator[Stage]:
    sandbox = stripe_sandbox if request.param == "sandbox" else None
    key = stripe_sandbox.api_key if sandbox else os.environ["STRIPE_TEST_KEY"]
    gateway = Gateway(
        api_key=key,
        base_url=sandbox.url if sandbox else None,
        webhook_secret=stripe_sandbox.webhook_secret,
    )
    yield Stage(gateway, sandbox, key)
    gateway.close()


@pytest.fixture
def sandbox(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    """The sandbox, to break; it is mended afterwards."""
    yield stripe_sandbox
    stripe_sandbox.faults(clear=True)
    stripe_sandbox.clock(0)
    stripe_sandbox.send_webhooks_to(None)


@pytest.fixture
def desk(sandbox: RunningSandbox) -> Generator[Stage]:
    """A gateway to the sandbox that the test may break."""
    gateway = Gateway(
        api_key=sandbox.api_key, base_url=sandbox.url, webhook_secret=sandbox.webhook_secret
    )
    yield Stage(gateway, sandbox, sandbox.api_key)
    gateway.close()


# -- the card page


def test_a_card_page_is_open_for_a_day_and_the_same_for_the_same_key(stage: Stage) -> None:
    customer = stage.gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    asked: dict[str, Any] = {
        "customer": customer,
        "currency": "USD",
        "order_id": "order-7",
        "success_url": BACK,
        "cancel_url": BACK,
        "key": new_key(),
    }

    first = stage.gateway.start_card_setup(**asked)
    second = stage.gateway.start_card_setup(**asked)

    assert first == second
    assert (first.status, first.order_id, first.payment_method) == (
        SetupState.OPEN,
        "order-7",
        None,
    )
    left = first.expires_at - datetime.now(UTC)
    assert timedelta(hours=23, minutes=55) < left <= timedelta(hours=24, minutes=5)
    assert first.url.startswith("http")


def test_a_card_page_needs_no_order(stage: Stage) -> None:
    customer = stage.gateway.create_customer(email="dana@example.com", reference="1", key=new_key())

    opened = stage.gateway.start_card_setup(
        customer=customer, success_url=BACK, cancel_url=BACK, key=new_key()
    )

    assert (opened.status, opened.order_id) == (SetupState.OPEN, None)
    assert stage.gateway.card_setup(opened.id).url == opened.url


def test_a_card_page_can_be_closed_more_than_once(stage: Stage) -> None:
    customer = stage.gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    opened = stage.gateway.start_card_setup(
        customer=customer,
        currency="EUR",
        order_id="order-1",
        success_url=BACK,
        cancel_url=BACK,
        key=new_key(),
        expires_at=datetime.now(UTC) + timedelta(minutes=40),
    )

    for _ in range(2):
        closed = stage.gateway.expire_card_setup(opened.id)
        assert (closed.status, closed.url) == (SetupState.EXPIRED, "")


def test_a_payer_is_created_once_for_a_key(stage: Stage) -> None:
    key = new_key()

    ids = {
        stage.gateway.create_customer(email="dana@example.com", reference="1", key=key)
        for _ in range(2)
    }

    assert len(ids) == 1


def test_a_card_that_was_saved_is_known_by_its_end(desk: Stage, sandbox: RunningSandbox) -> None:
    customer = desk.gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    page = desk.open_page(customer)

    location = sandbox.submit_card(page, "4242424242424242").location

    setup = desk.gateway.card_setup(location.removeprefix(f"{BACK}?session="))
    assert setup.status is SetupState.COMPLETE
    assert setup.url == ""
    assert setup.payment_method is not None
    assert setup.payment_method.label == "Visa ···· 4242"
    assert desk.gateway.saved_cards(customer) == (setup.payment_method,)
    assert desk.gateway.expire_card_setup(setup.id) == setup


def test_a_declined_card_leaves_the_visit_open(desk: Stage, sandbox: RunningSandbox) -> None:
    customer = desk.gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    page = desk.open_page(customer)

    visit = sandbox.submit_card(page, "4000000000000002")

    assert visit.errors == ("Your card was declined.",)
    setup = desk.gateway.card_setup(page.rsplit("/", 1)[1])
    assert (setup.status, setup.payment_method) == (SetupState.OPEN, None)


def test_a_forgotten_card_cannot_be_charged(stage: Stage) -> None:
    payer = stage.payer()

    stage.gateway.forget_card(payer.card)

    assert stage.gateway.saved_cards(payer.id) == ()
    with pytest.raises(GatewayRefused):
        stage.charge(payer)


# -- forms of Stripe's in other people's pages


def fill_in(stage: Stage, kind: str, name: str, method: str) -> None:
    """What a browser does with a form, done with the secret key instead of the form's own."""
    addresses = {} if stage.sandbox is None else {"api": stage.sandbox.url}
    client = stripe.StripeClient(stage.api_key, base_addresses=addresses)  # pyright: ignore[reportArgumentType]
    service = client.v1.setup_intents if kind == "setup" else client.v1.payment_intents
    service.confirm(name, {"payment_method": method, "return_url": BACK})


def test_a_form_saves_a_card_that_can_be_charged_later(stage: Stage) -> None:
    gateway = stage.gateway
    customer = gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    asked: dict[str, Any] = {"customer": customer, "setup_id": "1", "order_id": "o", "key": "k"}
    asked["key"] = new_key()

    begun = gateway.start_setup_intent(**asked)

    assert (begun.status, begun.payment_method) == (SetupState.OPEN, None)
    assert begun.client_secret
    assert begun.client_secret not in repr(begun)
    assert gateway.start_setup_intent(**asked) == begun
    fill_in(stage, "setup", begun.id, WORKS[1])
    saved = gateway.setup_intent(begun.id)
    assert saved.status is SetupState.COMPLETE
    assert saved.payment_method is not None
    assert saved.payment_method.label == "Visa ···· 4242"
    assert gateway.saved_cards(customer) == (saved.payment_method,)
    payer = Payer(customer, saved.payment_method.id)
    assert stage.charge(payer).state is ChargeState.SUCCEEDED


def test_a_card_saved_twice_is_known_to_be_the_same(stage: Stage) -> None:
    gateway = stage.gateway
    customer = gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    for method in (WORKS[1], WORKS[1], SKIPS_PENDING[1]):
        begun = gateway.start_setup_intent(
            customer=customer, setup_id="1", order_id=None, key=new_key()
        )
        fill_in(stage, "setup", begun.id, method)

    cards = gateway.saved_cards(customer)

    assert len({card.id for card in cards}) == 3
    assert len({card.fingerprint for card in cards}) == 2
    assert all(datetime.now(UTC) - card.created_at < timedelta(minutes=9) for card in cards)


def test_a_charge_waits_for_its_driver_and_is_confirmed_in_a_form(stage: Stage) -> None:
    gateway, attempt = stage.gateway, new_key()
    customer = gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    asked: dict[str, Any] = {
        "customer": customer,
        "amount": FIVE,
        "order_id": "order-1",
        "attempt_id": attempt,
        "description": "Park Place 8Q4-KX2H",
        "key": attempt,
    }

    prepared = gateway.prepare_charge(**asked)

    assert (prepared.state, prepared.attempt_id) == (ChargeState.UNKNOWN, attempt)
    assert gateway.prepare_charge(**asked).id == prepared.id
    assert gateway.charge_secret(prepared.id).startswith(f"{prepared.id}_secret_")
    with pytest.raises(stripe.CardError):
        fill_in(stage, "payment", prepared.id, "pm_card_visa_chargeDeclined")
    assert gateway.charge_state(prepared.id).state is ChargeState.DECLINED
    fill_in(stage, "payment", prepared.id, WORKS[1])
    paid = gateway.charge_state(prepared.id)
    assert (paid.state, paid.amount) == (ChargeState.SUCCEEDED, FIVE)
    assert gateway.find_charge(attempt_id=attempt, customer=customer) == paid


def test_a_charge_that_waited_in_vain_is_ended(stage: Stage) -> None:
    gateway = stage.gateway
    customer = gateway.create_customer(email="dana@example.com", reference="1", key=new_key())
    prepared = gateway.prepare_charge(
        customer=customer,
        amount=FIVE,
        order_id="order-1",
        attempt_id=new_key(),
        description="Park Place 8Q4-KX2H",
        key=new_key(),
    )

    ended = gateway.cancel_charge(prepared.id)

    assert (ended.state, ended.decline_code) == (ChargeState.DECLINED, CANCELLED)
    with pytest.raises(stripe.InvalidRequestError):
        fill_in(stage, "payment", prepared.id, WORKS[1])


# -- charges


def test_a_good_card_is_charged_once_however_often_it_is_asked(stage: Stage) -> None:
    payer, attempt = stage.payer(), new_key()

    first = stage.charge(payer, attempt=attempt)
    second = stage.charge(payer, attempt=attempt)

    assert first.state is ChargeState.SUCCEEDED
    assert first == second == stage.gateway.charge_state(first.id)
    assert (first.amount, first.order_id, first.attempt_id) == (FIVE, "order-1", attempt)
    assert first.decline_code is None


def test_the_same_key_with_another_amount_is_refused(stage: Stage) -> None:
    payer, key = stage.payer(), new_key()
    stage.charge(payer, key=key, attempt="1")

    with pytest.raises(GatewayRefused) as refused:
        stage.charge(payer, Money(600, "USD"), key=key, attempt="1")

    assert refused.value.details["reason"] == "IdempotencyError"


def test_a_decline_is_an_answer_and_stays_one(stage: Stage) -> None:
    payer, attempt = stage.payer(DECLINED_LATER), new_key()

    first = stage.charge(payer, attempt=attempt)

    assert first.state is ChargeState.DECLINED
    assert first.decline_code == "generic_decline"
    assert stage.charge(payer, attempt=attempt) == first
    assert stage.gateway.charge_state(first.id) == first


def test_a_bank_that_wants_to_see_the_driver_gets_a_page_for_the_same_charge(
    stage: Stage,
) -> None:
    payer = stage.payer(ALWAYS_ASKS)

    charge = stage.charge(payer)

    assert charge.state is ChargeState.NEEDS_ACTION
    assert charge.decline_code == "authentication_required"
    page = stage.gateway.confirm_url(charge.id, return_url=BACK)
    assert page != BACK
    assert stage.gateway.confirm_url(charge.id, return_url=BACK) == page
    assert stage.gateway.charge_state(charge.id).state is ChargeState.NEEDS_ACTION


def test_a_charge_is_found_by_its_attempt(stage: Stage) -> None:
    payer, attempt = stage.payer(), new_key()
    stage.charge(payer)
    charge = stage.charge(payer, attempt=attempt)
    stage.charge(payer)

    assert stage.gateway.find_charge(attempt_id=attempt, customer=payer.id) == charge
    assert stage.gateway.find_charge(attempt_id=new_key(), customer=payer.id) is None


def test_a_charge_that_waits_can_be_ended_and_one_that_went_through_cannot(stage: Stage) -> None:
    waits, paid = stage.charge(stage.payer(ALWAYS_ASKS)), stage.charge(stage.payer())

    for _ in range(2):
        ended = stage.gateway.cancel_charge(waits.id)
        assert (ended.state, ended.decline_code) == (ChargeState.DECLINED, CANCELLED)
    assert stage.gateway.cancel_charge(paid.id) == paid


@pytest.mark.parametrize("amount", [Money(500, "JPY"), Money(1230, "KWD"), Money(50, "USD")])
def test_amounts_come_back_as_they_went(stage: Stage, amount: Money) -> None:
    charge = stage.charge(stage.payer(), amount)

    assert charge.state is ChargeState.SUCCEEDED
    assert charge.amount == amount


def test_less_than_the_smallest_charge_is_refused(stage: Stage) -> None:
    payer = stage.payer()
    below = smallest_charge("USD") - Money(1, "USD")

    with pytest.raises(GatewayRefused) as refused:
        stage.charge(payer, below)

    assert refused.value.details["reason"] == "amount_too_small"
    assert stage.gateway.find_charge(attempt_id="none", customer=payer.id) is None


def test_an_amount_that_stripe_cannot_move_is_not_sent(stage: Stage) -> None:
    with pytest.raises(NotChargeable):
        stage.charge(Payer("cus_none", "pm_none"), Money(1234, "KWD"))


def test_a_charge_that_never_was_is_refused(stage: Stage) -> None:
    with pytest.raises(GatewayRefused) as refused:
        stage.gateway.charge_state("pi_none")

    assert refused.value.details["reason"] == "resource_missing"
    assert refused.value.details["request_id"].startswith("req_")


def test_the_driver_confirms_and_the_same_charge_succeeds(
    desk: Stage, sandbox: RunningSandbox
) -> None:
    payer, attempt = desk.payer(ALWAYS_ASKS), new_key()
    charge = desk.charge(payer, attempt=attempt)

    page = desk.gateway.confirm_url(charge.id, return_url=BACK)
    location = sandbox.answer_bank(page)

    assert location.startswith(f"{BACK}?payment_intent={charge.id}&")
    assert location.endswith("redirect_status=succeeded")
    paid = desk.gateway.charge_state(charge.id)
    assert (paid.id, paid.state) == (charge.id, ChargeState.SUCCEEDED)
    assert desk.charge(payer, attempt=attempt) == paid, "a repeat tells how things stand now"
    assert desk.gateway.confirm_url(charge.id, return_url=BACK) == BACK


def test_a_driver_who_refuses_may_try_again(desk: Stage, sandbox: RunningSandbox) -> None:
    charge = desk.charge(desk.payer(ALWAYS_ASKS))
    page = desk.gateway.confirm_url(charge.id, return_url=BACK)

    assert sandbox.answer_bank(page, authorise=False).endswith("redirect_status=failed")

    refused = desk.gateway.charge_state(charge.id)
    assert refused.state is ChargeState.NEEDS_ACTION
    assert refused.decline_code == "payment_intent_authentication_failure"
    sandbox.answer_bank(desk.gateway.confirm_url(charge.id, return_url=BACK))
    assert desk.gateway.charge_state(charge.id).state is ChargeState.SUCCEEDED


def test_a_bank_may_ask_and_then_decline(desk: Stage, sandbox: RunningSandbox) -> None:
    charge = desk.charge(desk.payer(ASKS_THEN_NO_MONEY))
    page = desk.gateway.confirm_url(charge.id, return_url=BACK)

    sandbox.answer_bank(page)

    declined = desk.gateway.charge_state(charge.id)
    assert (declined.state, declined.decline_code) == (ChargeState.DECLINED, "insufficient_funds")


def test_a_card_that_asked_when_it_was_saved_does_not_ask_again(desk: Stage) -> None:
    assert desk.charge(desk.payer(ASKS_AT_SETUP)).state is ChargeState.SUCCEEDED


# -- refunds


def test_a_charge_is_refunded_in_parts_and_never_beyond(stage: Stage) -> None:
    charge = stage.charge(stage.payer())
    refund = stage.gateway.refund
    attempt = new_key()

    first = refund(charge_id=charge.id, amount=Money(200, "USD"), attempt_id=attempt, key=attempt)

    assert (first.state, first.amount) == (ChargeState.SUCCEEDED, Money(200, "USD"))
    assert (first.charge_id, first.attempt_id) == (charge.id, attempt)
    again = refund(charge_id=charge.id, amount=Money(200, "USD"), attempt_id=attempt, key=attempt)
    assert again == first
    with pytest.raises(GatewayRefused):
        refund(charge_id=charge.id, amount=Money(301, "USD"), attempt_id="2", key=new_key())
    rest = refund(charge_id=charge.id, amount=Money(300, "USD"), attempt_id="3", key=new_key())
    assert rest.state is ChargeState.SUCCEEDED
    with pytest.raises(GatewayRefused) as refused:
        refund(charge_id=charge.id, amount=Money(1, "USD"), attempt_id="4", key=new_key())
    assert refused.value.details["reason"] == "charge_already_refunded"
    found = stage.gateway.find_refund(attempt_id=attempt, charge_id=charge.id)
    assert found == first
    assert stage.gateway.find_refund(attempt_id=new_key(), charge_id=charge.id) is None


def test_a_charge_that_was_declined_cannot_be_refunded(stage: Stage) -> None:
    charge = stage.charge(stage.payer(DECLINED_LATER))

    with pytest.raises(GatewayRefused):
        stage.gateway.refund(charge_id=charge.id, amount=FIVE, attempt_id=new_key(), key=new_key())


# -- hosts


def test_a_new_host_cannot_be_paid_yet(stage: Stage) -> None:
    gateway = stage.gateway
    account = gateway.create_account(
        email="owen@example.com", reference="owen", country="US", key=new_key()
    )

    state = gateway.account_state(account)

    assert (state.can_be_paid, state.submitted) == (False, False)
    assert state.wanted
    link = gateway.account_link(account_id=account, refresh_url=BACK, return_url=BACK)
    assert link.startswith("http")
    with pytest.raises(GatewayRefused) as refused:
        gateway.transfer(
            account_id=account, amount=FIVE, order_id="1", attempt_id="1", key=new_key()
        )
    assert refused.value.details["reason"] == "insufficient_capabilities_for_transfer"


def test_the_balance_names_its_currencies(stage: Stage) -> None:
    balance = stage.gateway.balance()

    assert {part.currency for part in balance.available + balance.pending} <= (CURRENCIES)


def _owen(desk: Stage, sandbox: RunningSandbox) -> str:
    account = desk.gateway.create_account(
        email="owen@example.com", reference="owen", country="US", key=new_key()
    )
    link = desk.gateway.account_link(account_id=account, refresh_url=BACK, return_url=BACK)
    assert sandbox.finish_onboarding(link) == BACK
    return account


def test_a_host_is_paid_from_a_charge_and_pays_back(desk: Stage, sandbox: RunningSandbox) -> None:
    gateway, owen, attempt = desk.gateway, _owen(desk, sandbox), new_key()
    assert gateway.account_state(owen).can_be_paid
    charge = desk.charge(desk.payer(), Money(1000, "USD"))
    asked: dict[str, Any] = {
        "account_id": owen,
        "amount": Money(800, "USD"),
        "order_id": "order-1",
        "charge_id": charge.id,
    }

    sent = gateway.transfer(**asked, attempt_id=attempt, key=attempt)

    assert sent.amount == Money(800, "USD")
    assert gateway.transfer(**asked, attempt_id=attempt, key=attempt) == sent
    assert gateway.find_transfer(attempt_id=attempt, account_id=owen) == sent
    assert gateway.find_transfer(attempt_id=new_key(), account_id=owen) is None
    assert gateway.balance(account_id=owen).pending == (Money(800, "USD"),)
    with pytest.raises(GatewayRefused):
        gateway.transfer(**asked, attempt_id="2", key=new_key())
    back = gateway.reverse_transfer(transfer_id=sent.id, amount=Money(300, "USD"), key=new_key())
    assert (back.amount, back.reversed) == (Money(800, "USD"), Money(300, "USD"))
    with pytest.raises(GatewayRefused):
        gateway.reverse_transfer(transfer_id=sent.id, amount=Money(501, "USD"), key=new_key())


def test_without_a_charge_the_money_must_be_there_already(
    desk: Stage, sandbox: RunningSandbox
) -> None:
    gateway, owen = desk.gateway, _owen(desk, sandbox)
    asked: dict[str, Any] = {
        "account_id": owen,
        "amount": Money(900, "GBP"),
        "order_id": "1",
        "attempt_id": "1",
    }
    desk.charge(desk.payer(WORKS), Money(1000, "GBP"))

    with pytest.raises(GatewayRefused) as refused:
        gateway.transfer(**asked, key=new_key())

    assert refused.value.details["reason"] == "balance_insufficient"
    desk.charge(desk.payer(SKIPS_PENDING), Money(1000, "GBP"))
    assert gateway.transfer(**asked, key=new_key()).amount == Money(900, "GBP")
    assert gateway.balance(account_id=owen).available == (Money(900, "GBP"),)


# -- events


def _delivered(desk: Stage, sandbox: RunningSandbox) -> tuple[bytes, str, str]:
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        customer = desk.gateway.create_customer(
            email="dana@example.com", reference="1", key=new_key()
        )
        (delivery,) = receiver.wait_for(1, about=customer)
    return delivery.body, delivery.signature, customer


def test_a_signed_event_says_what_to_read_again(desk: Stage, sandbox: RunningSandbox) -> None:
    payload, signature, customer = _delivered(desk, sandbox)
    now = datetime.now(UTC)

    event = desk.gateway.read_event(payload=payload, signature=signature, now=now)

    assert event.id.startswith("evt_")
    assert (event.type, event.object_id) == ("customer.created", customer)
    assert timedelta(0) <= now - event.created_at < timedelta(minutes=1)


def test_what_stripe_did_not_sign_just_now_is_refused(desk: Stage, sandbox: RunningSandbox) -> None:
    payload, signature, _ = _delivered(desk, sandbox)
    now = datetime.now(UTC)
    other = Gateway(api_key=desk.api_key, base_url=sandbox.url, webhook_secret="whsec_other")
    keyless = Gateway(api_key=desk.api_key, base_url=sandbox.url)

    for gateway, body, signed, at in (
        (desk.gateway, payload + b" ", signature, now),
        (desk.gateway, payload, "", now),
        (desk.gateway, payload, "t=1,v1=00", now),
        (desk.gateway, payload, "nonsense", now),
        (desk.gateway, b"\xff\xfe", signature, now),
        (desk.gateway, payload, signature, now + timedelta(minutes=6)),
        (other, payload, signature, now),
        (keyless, payload, signature, now),
    ):
        with pytest.raises(WebhookSignatureWrong):
            gateway.read_event(payload=body, signature=signed, now=at)


def test_missed_events_are_listed_oldest_first(desk: Stage, sandbox: RunningSandbox) -> None:
    payer = desk.payer()
    since = datetime.now(UTC) - timedelta(seconds=5)
    sandbox.faults(hold=True)
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        charge = desk.charge(payer)

        missed = desk.gateway.missed_events(since=since)

        ours = [event.type for event in missed if event.object_id == charge.id]
        assert ours == ["payment_intent.created", "payment_intent.succeeded"]
        assert desk.gateway.missed_events(since=since + timedelta(days=1)) == ()
        sandbox.faults(hold=False)
        receiver.wait_for(2, about=charge.id)


def test_stripes_own_list_of_missed_events_can_be_read(stage: Stage) -> None:
    missed = stage.gateway.missed_events(since=datetime.now(UTC) - timedelta(hours=1))

    assert all(isinstance(event, Event) for event in missed)


# -- what goes wrong on the way


def test_a_lost_reply_leaves_one_charge_that_the_same_key_finds(
    desk: Stage, sandbox: RunningSandbox
) -> None:
    payer, attempt = desk.payer(), new_key()
    sandbox.faults({"kind": "drop_reply", "path": "/v1/payment_intents"})

    with pytest.raises(GatewayUnavailable) as lost:
        desk.charge(payer, attempt=attempt)

    assert not lost.value.replayed
    found = desk.gateway.find_charge(attempt_id=attempt, customer=payer.id)
    assert desk.charge(payer, attempt=attempt) == found
    assert found is not None
    assert found.state is ChargeState.SUCCEEDED


def test_a_failure_that_stripe_remembers_says_so_and_a_new_key_helps(
    desk: Stage, sandbox: RunningSandbox
) -> None:
    payer, attempt = desk.payer(), new_key()
    sandbox.faults({"kind": "fail", "path": "/v1/payment_intents"})

    with pytest.raises(GatewayUnavailable) as first:
        desk.charge(payer, attempt=attempt)
    with pytest.raises(GatewayUnavailable) as second:
        desk.charge(payer, attempt=attempt)

    assert (first.value.replayed, second.value.replayed) == (False, True)
    assert desk.gateway.find_charge(attempt_id=attempt, customer=payer.id) is None
    assert desk.charge(payer).state is ChargeState.SUCCEEDED


def test_two_workers_with_one_key_make_one_charge(desk: Stage, sandbox: RunningSandbox) -> None:
    payer, attempt = desk.payer(), new_key()
    sandbox.faults({"kind": "delay", "path": "/v1/payment_intents", "seconds": 0.2})

    def work(_: int) -> Charge:
        charge = desk.charge(payer, attempt=attempt)
        desk.gateway.close()
        return charge

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, range(2))

    assert first == second
    with sandbox.client() as client:
        query = {"customer": payer.id}
        assert len(client.get("/v1/charges", params=query).json()["data"]) == 1


def test_nobody_at_the_other_end_is_an_unknown_outcome() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    gateway = Gateway(api_key="sk_test_sandbox_x", base_url=f"http://127.0.0.1:{port}")
    began = time.monotonic()

    with pytest.raises(GatewayUnavailable) as raised:
        gateway.balance()

    assert raised.value.code == "payment_unknown"
    assert time.monotonic() - began < 5
    gateway.close()


def test_keys_stay_out_of_names_and_messages(stage: Stage) -> None:
    secret = "sk_live_51NeverShowThisToAnybody"
    base_url = stage.sandbox.url if stage.sandbox else None
    gateway = Gateway(api_key=secret, base_url=base_url, webhook_secret="whsec_NeverShowThis")

    with pytest.raises(GatewayRefused) as refused:
        gateway.balance()

    told = (
        f"{gateway!r} {gateway} {refused.value} {refused.value.details} {refused.value.__cause__}"
    )
    assert "NeverShowThis" not in told
    gateway.close()


def test_the_gateway_of_the_process_is_made_from_its_settings(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_settings.cache_clear()
    gateway_module.gateway.cache_clear()
    with pytest.raises(RuntimeError, match="STRIPE_API_KEY is not set"):
        gateway_module.gateway()

    monkeypatch.setenv("STRIPE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("STRIPE_BASE_URL", sandbox.url)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", sandbox.webhook_secret)
    get_settings.cache_clear()
    made = gateway_module.gateway()

    assert made is gateway_module.gateway()
    assert isinstance(made.balance().available, tuple)
    made.close()
    monkeypatch.undo()
    get_settings.cache_clear()
    gateway_module.gateway.cache_clear()
