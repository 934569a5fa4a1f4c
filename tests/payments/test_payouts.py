"""What hosts have earned and get: of the ledger, through Stripe, whatever breaks on the way."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from parkplace.accounts.models import User
from parkplace.bookings.flows import webhooks
from parkplace.core import db
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from parkplace.core.money import Money, UnknownCurrency
from parkplace.payments import attempts, cards, ledger, payees, payouts
from parkplace.payments.amounts import NotChargeable
from parkplace.payments.answers import AccountState, Event
from parkplace.payments.flows import onboarding
from parkplace.payments.flows import payouts as flow
from parkplace.payments.flows.payouts import PayoutRefused, PayoutsNotSetUp
from parkplace.payments.gateway import gateway
from parkplace.payments.models import (
    Account,
    Attempt,
    AttemptKind,
    AttemptStatus,
    LedgerEntry,
    PartStatus,
    PayoutPart,
    PayoutStatus,
)
from parkplace.payments.payouts import MoreThanAvailable, NothingToPayOut
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.factories import NOW
from tests.stripe import paid_through
from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox

DAY = timedelta(days=1)
RIPE = NOW + payouts.HELD_FOR


@pytest.fixture
def stripe(paying_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    with paid_through(paying_sandbox) as sandbox:
        yield sandbox


def onboarded(stripe: RunningSandbox, host: User, *, now: datetime = NOW) -> None:
    """The host has told Stripe who they are."""
    stripe.finish_onboarding(onboarding.start(user=host, country="US", now=now))


def earned(
    session: Session,
    stripe: RunningSandbox | None,
    host: User,
    minor: int,
    *,
    currency: str = "USD",
    now: datetime = NOW,
) -> UUID:
    """A stay of a guest at this host's ended and was paid; return its order."""
    order, amount = new_id(), Money(minor, currency)
    ledger.stay_ended(session, order_id=order, host_id=host.id, amount=amount, now=now)
    charge = "pi_1" if stripe is None else at_stripe(stripe, amount)
    paid(session, order, amount, charge, now=now)
    session.commit()
    return order


def paid(session: Session, order: UUID, amount: Money, charge: str, *, now: datetime) -> None:
    session.add(
        Attempt(
            order_id=order,
            kind=AttemptKind.CHARGE,
            amount_minor=amount.minor,
            currency=amount.currency,
            params={},
            status=AttemptStatus.SUCCEEDED,
            stripe_id=charge,
            created_at=now,
            answered_at=now,
        )
    )
    ledger.charged(session, order_id=order, amount=amount, now=now)


def at_stripe(stripe: RunningSandbox, amount: Money) -> str:
    """A charge of somebody's card that went through."""
    with stripe.client() as api:
        customer = shop.new_customer(api)
        method = shop.saved_card(stripe, api, customer, "4242424242424242")
        asked = shop.charging(customer, method, amount.minor, amount.currency.lower())
        return shop.post(api, "payment_intents", **asked)["id"]


def at_the_host(stripe: RunningSandbox, session: Session, host: User) -> int:
    """What Stripe says was sent to a host, in cents, everything added up."""
    payee = payees.of(session, user_id=host.id)
    assert payee is not None
    with stripe.client() as client:
        query = {"destination": payee.stripe_id, "limit": "100"}
        transfers = client.get("/v1/transfers", params=query).json()["data"]
    return sum(transfer["amount"] for transfer in transfers)


def balance(session: Session, host: User, *, now: datetime = RIPE) -> list[tuple[int, int, int]]:
    found = payouts.balances(session, host_id=host.id, now=now)
    return [(one.pending.minor, one.available.minor, one.paid_out.minor) for one in found]


def pay_out(host: User, minor: int | None = None, **more: Any) -> payouts.PayoutView:
    given: dict[str, Any] = {"currency": "USD", "now": RIPE} | more
    return flow.pay_out(host=host, amount_minor=minor, **given)


class TestTheBalance:
    def test_it_is_pending_until_the_driver_has_paid_and_two_days_are_over(
        self, session: Session
    ) -> None:
        owen, order, amount = make.owen(session), new_id(), Money(1200, "USD")
        assert balance(session, owen) == []
        ledger.stay_ended(session, order_id=order, host_id=owen.id, amount=amount, now=NOW)
        assert balance(session, owen, now=NOW + 9 * DAY) == [(1200, 0, 0)]
        paid(session, order, amount, "pi_1", now=NOW)
        assert balance(session, owen, now=RIPE - timedelta(seconds=1)) == [(1200, 0, 0)]
        assert balance(session, owen, now=RIPE) == [(0, 1200, 0)]

    def test_what_went_back_to_the_driver_cannot_be_paid_out(self, session: Session) -> None:
        owen = make.owen(session)
        order = earned(session, None, owen, 1200)
        ledger.refunded(session, order_id=order, amount=Money(500, "USD"), now=NOW)
        assert balance(session, owen) == [(500, 700, 0)]

    def test_currencies_are_never_added_up(self, session: Session) -> None:
        owen = make.owen(session)
        earned(session, None, owen, 1200)
        earned(session, None, owen, 700, currency="EUR")
        earned(session, None, owen, 900, currency="JPY", now=NOW + DAY)
        found = payouts.balances(session, host_id=owen.id, now=RIPE)
        assert [one.available for one in found] == [
            Money(700, "EUR"),
            Money(0, "JPY"),
            Money(1200, "USD"),
        ]

    def test_another_hosts_money_is_not_there(self, session: Session) -> None:
        owen, sam = make.owen(session), make.sam(session)
        earned(session, None, owen, 1200)
        assert balance(session, sam) == []


def test_what_was_sent_and_then_refunded_is_taken_off_what_comes_next(session: Session) -> None:
    owen = make.owen(session)
    asked: dict[str, Any] = {
        "host_id": owen.id,
        "account": "acct_1",
        "currency": "USD",
        "amount_minor": None,
        "now": RIPE,
    }
    order = earned(session, None, owen, 1000)
    first = payouts.begin(session, **asked)
    for part in payouts.open_parts(session, payout_id=first.id):
        payouts.settle(session, part=part, transfer="tr_1", now=RIPE)
    ledger.refunded(session, order_id=order, amount=Money(400, "USD"), now=RIPE)
    assert balance(session, owen) == [(400, -400, 1000)]
    earned(session, None, owen, 1000)
    assert payouts.begin(session, **asked).amount_minor == 600
    # And while those 600 are on their way, the other 400 are not there.
    with pytest.raises(NothingToPayOut):
        payouts.begin(session, **asked)


class TestPayingOut:
    @pytest.fixture
    def owen(self, stripe: RunningSandbox, session: Session) -> User:
        host = make.owen(session)
        session.commit()
        onboarded(stripe, host)
        return host

    def test_all_there_is_goes_to_the_host_once(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        for minor in (1200, 800):
            earned(session, stripe, owen, minor)
        payout = pay_out(owen)
        assert (payout.amount, payout.sent) == (Money(2000, "USD"), Money(2000, "USD"))
        assert payout.status == PayoutStatus.PAID
        assert balance(session, owen) == [(0, 0, 2000)]
        assert at_the_host(stripe, session, owen) == 2000
        with pytest.raises(NothingToPayOut):
            pay_out(owen)
        assert sums(session) == {"driver": 0, "host": 0, "stripe": 0}

    def test_some_of_it_takes_the_oldest_stays_and_leaves_the_rest(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        orders = [earned(session, stripe, owen, minor) for minor in (500, 600, 700)]
        pay_out(owen, 900)
        assert balance(session, owen) == [(0, 900, 900)]
        parts = select(PayoutPart.order_id, PayoutPart.amount_minor).order_by(col(PayoutPart.id))
        assert session.exec(parts).all() == [(orders[0], 500), (orders[1], 400)]
        pay_out(owen)
        assert balance(session, owen) == [(0, 0, 1800)]
        assert at_the_host(stripe, session, owen) == 1800

    def test_more_than_there_is_is_refused_with_what_there_is(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        earned(session, stripe, owen, 1200)
        with pytest.raises(MoreThanAvailable) as refused:
            pay_out(owen, 1201)
        assert refused.value.details == {"available_minor": "1200", "currency": "USD"}
        with pytest.raises(NothingToPayOut):
            pay_out(owen, currency="EUR")
        with pytest.raises(UnknownCurrency):
            pay_out(owen, currency="XXX")
        assert at_the_host(stripe, session, owen) == 0

    def test_what_cards_cannot_move_cannot_be_paid_out(self, session: Session, owen: User) -> None:
        earned(session, None, owen, 12_000, currency="KWD")
        with pytest.raises(NotChargeable):
            pay_out(owen, 1234, currency="KWD")
        assert not session.exec(select(PayoutPart)).all()

    def test_the_same_key_is_the_same_payout(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        earned(session, stripe, owen, 1200)
        first, again = pay_out(owen, 400, key="k"), pay_out(owen, 400, key="k")
        assert first == again
        assert at_the_host(stripe, session, owen) == 400

    def test_who_is_not_set_up_is_told_so(self, stripe: RunningSandbox, session: Session) -> None:
        owen = make.owen(session)
        earned(session, stripe, owen, 1200)
        with pytest.raises(PayoutsNotSetUp):
            pay_out(owen)
        onboarding.start(user=owen, country="US", now=NOW)  # begun, not finished
        with pytest.raises(PayoutsNotSetUp):
            pay_out(owen)
        assert balance(session, owen) == [(0, 1200, 0)]

    def test_many_stays_are_sent_bit_by_bit_by_the_job(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        for _ in range(payouts.SENT_AT_ONCE + 3):
            earned(session, stripe, owen, 100)
        payout = pay_out(owen)
        assert (payout.status, payout.sent) == (PayoutStatus.UNDER_WAY, Money(1000, "USD"))
        assert balance(session, owen) == [(0, 300, 1000)]
        with pytest.raises(NothingToPayOut):  # what is on its way is not there twice
            pay_out(owen)
        assert flow.finish_open(now=RIPE) == 3
        assert flow.finish_open(now=RIPE) == 0
        payout = payouts.view(session, payout_id=payout.id)
        assert (payout.status, payout.sent) == (PayoutStatus.PAID, Money(1300, "USD"))
        assert at_the_host(stripe, session, owen) == 1300

    @pytest.mark.parametrize("fault", ["drop_reply", "fail"])
    def test_an_answer_that_is_lost_leads_to_one_transfer(
        self, stripe: RunningSandbox, session: Session, owen: User, fault: str
    ) -> None:
        earned(session, stripe, owen, 1200)
        stripe.faults({"kind": fault, "path": "/v1/transfers", "times": 1})
        payout = pay_out(owen, key="k")
        assert payout.status == PayoutStatus.UNDER_WAY
        assert flow.finish_open(now=RIPE) == 0  # somebody is at it, as far as anybody knows
        for _ in range(2):
            flow.finish_open(now=RIPE + payouts.CLAIM)
        ended = payouts.view(session, payout_id=payout.id)
        if fault == "drop_reply":
            assert (ended.status, balance(session, owen)) == (PayoutStatus.PAID, [(0, 0, 1200)])
        else:  # it was not made, and Stripe will say so for ever: the money is here again
            assert (ended.status, balance(session, owen)) == (PayoutStatus.FAILED, [(0, 1200, 0)])
            pay_out(owen)
        assert at_the_host(stripe, session, owen) == 1200

    def test_a_transfer_older_than_stripes_memory_is_looked_for_first(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        earned(session, stripe, owen, 1200)
        stripe.faults({"kind": "drop_reply", "path": "/v1/transfers"})
        pay_out(owen)
        stripe.clock_at(RIPE + 2 * DAY)
        flow.finish_open(now=RIPE + 2 * DAY)
        assert balance(session, owen) == [(0, 0, 1200)]
        assert at_the_host(stripe, session, owen) == 1200

    def test_what_stripe_refuses_stays_with_us(self, session: Session, owen: User) -> None:
        earned(session, None, owen, 1200)  # Stripe knows no such charge
        with pytest.raises(PayoutRefused):
            pay_out(owen, key="k")
        with pytest.raises(PayoutRefused):
            pay_out(owen, key="k")
        assert balance(session, owen) == [(0, 1200, 0)]
        (part,) = session.exec(select(PayoutPart)).all()
        assert (part.status, part.reason) == (PartStatus.REFUSED, "resource_missing")

    def test_a_payout_of_which_some_is_refused_says_so(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        earned(session, None, owen, 1200)
        earned(session, stripe, owen, 800)
        payout = pay_out(owen)
        assert (payout.status, payout.sent) == (PayoutStatus.PARTLY_PAID, Money(800, "USD"))
        assert balance(session, owen) == [(0, 1200, 800)]

    def test_a_stay_charged_twice_is_paid_from_both_charges(
        self, stripe: RunningSandbox, session: Session, owen: User
    ) -> None:
        order = new_id()
        ledger.stay_ended(
            session, order_id=order, host_id=owen.id, amount=Money(1200, "USD"), now=NOW
        )
        for minor in (900, 300):
            charge = at_stripe(stripe, Money(minor, "USD"))
            paid(session, order, Money(minor, "USD"), charge, now=NOW)
        session.commit()
        assert pay_out(owen).sent == Money(1200, "USD")
        assert at_the_host(stripe, session, owen) == 1200

    def test_two_at_once_send_it_once(
        self, committed_database: str, stripe: RunningSandbox
    ) -> None:
        assert committed_database
        with transaction() as session:
            owen = make.owen(session)
        onboarded(stripe, owen)
        with transaction() as session:
            earned(session, stripe, owen, 1200)

        def ask(_: int) -> str:
            try:
                return pay_out(owen).status
            except NothingToPayOut as error:
                return error.code
            finally:
                gateway().close()

        assert sorted(at_once(ask, range(4))) == [*["nothing_to_pay_out"] * 3, "paid"]
        with transaction() as session:
            assert balance(session, owen) == [(0, 0, 1200)]
            assert at_the_host(stripe, session, owen) == 1200

    def test_two_at_once_with_one_key_and_a_job_send_it_once(
        self, committed_database: str, stripe: RunningSandbox
    ) -> None:
        assert committed_database
        with transaction() as session:
            owen = make.owen(session)
        onboarded(stripe, owen)
        with transaction() as session:
            for _ in range(payouts.SENT_AT_ONCE + 2):
                earned(session, stripe, owen, 100)

        def act(what: str) -> None:
            if what == "job":
                flow.finish_open(now=RIPE)
            else:
                pay_out(owen, key=what)
            gateway().close()

        at_once(act, ["k", "k", "job", "job"])
        flow.finish_open(now=RIPE + payouts.CLAIM)
        with transaction() as session:
            assert balance(session, owen) == [(0, 0, 1200)]
            assert at_the_host(stripe, session, owen) == 1200


class TestOnboarding:
    def test_a_host_is_brought_to_stripe_and_back(
        self, stripe: RunningSandbox, session: Session
    ) -> None:
        owen = make.owen(session)
        assert onboarding.status(user=owen, now=NOW) is None
        url = onboarding.start(user=owen, country="us", now=NOW)
        begun = onboarding.status(user=owen, now=NOW)
        assert begun is not None
        assert (begun.can_be_paid, bool(begun.wanted)) == (False, True)
        assert stripe.finish_onboarding(url).endswith("/host")
        done = onboarding.status(user=owen, now=NOW)
        assert done is not None
        assert (done.can_be_paid, done.wanted, done.country) == (True, [], "US")

    def test_stripes_word_that_an_account_changed_is_looked_into(
        self, stripe: RunningSandbox, session: Session
    ) -> None:
        owen = make.owen(session)
        stripe.finish_onboarding(onboarding.start(user=owen, country="US", now=NOW))
        begun = payees.of(session, user_id=owen.id)
        assert begun is not None
        assert not begun.can_be_paid
        for object_id in (begun.stripe_id or "", "acct_of_another_platform"):
            told = Event(f"evt_{object_id}", "account.updated", object_id, NOW)
            webhooks.receive(told, now=NOW)
        after = payees.of(session, user_id=owen.id)
        assert after is not None
        assert after.can_be_paid

    def test_asked_again_another_address_leads_to_the_same_account(
        self, stripe: RunningSandbox, session: Session
    ) -> None:
        assert stripe.url
        owen = make.owen(session)
        first = onboarding.start(user=owen, country="US", now=NOW)
        second = onboarding.start(user=owen, now=NOW)
        assert first != second
        assert accounts_of(stripe, owen) == 1

    def test_a_lost_reply_leads_to_one_account(
        self, stripe: RunningSandbox, session: Session
    ) -> None:
        owen = make.owen(session)
        stripe.faults({"kind": "drop_reply", "path": "/v1/accounts"})
        with pytest.raises(Exception, match="did not answer"):
            onboarding.start(user=owen, country="US", now=NOW)
        onboarding.start(user=owen, country="US", now=NOW)
        assert accounts_of(stripe, owen) == 1

    @pytest.mark.parametrize("country", [None, "", "U", "USA", "XX", "1A"])
    def test_the_first_time_a_country_is_needed(
        self, session: Session, country: str | None
    ) -> None:
        with pytest.raises(payees.CountryNeeded):
            onboarding.start(user=make.owen(session), country=country, now=NOW)

    def test_a_country_typed_wrongly_can_be_mended_before_stripe_knows(
        self, session: Session
    ) -> None:
        owen = make.owen(session)
        payees.begin(session, user=owen, country="AU", now=NOW)
        assert payees.begin(session, user=owen, country="AT", now=NOW).country == "AT"
        payees.known_to_stripe(session, user_id=owen.id, stripe_id="acct_1")
        session.expire_all()
        assert payees.begin(session, user=owen, country="US", now=NOW).country == "AT"

    def test_what_stripe_says_is_kept(self, session: Session) -> None:
        owen = make.owen(session)
        payees.begin(session, user=owen, country="US", now=NOW)
        state = AccountState(id="acct_1", can_be_paid=True, submitted=True, wanted=("x",))
        payees.seen(session, user_id=owen.id, state=state, now=NOW)
        kept = payees.of(session, user_id=owen.id)
        assert kept is not None
        assert (kept.can_be_paid, kept.submitted, kept.wanted) == (True, True, ["x"])


def accounts_of(stripe: RunningSandbox, user: User) -> int:
    """How many accounts Stripe made for somebody, as its events tell."""
    with stripe.client() as client:
        query = {"type": "account.updated", "limit": "100"}
        events = client.get("/v1/events", params=query).json()["data"]
    objects = [event["data"]["object"] for event in events]
    return len({one["id"] for one in objects if one["metadata"]["reference"] == str(user.id)})


# -- whatever happens, in whatever order


@dataclass
class Order:
    """What the oracle knows of a stay."""

    earned: int
    ended: datetime
    held: int = 0
    sent: int = 0


@dataclass
class World:
    """A host and an oracle of their money, kept apart from the product's sums."""

    session: Session
    host: User
    now: datetime = NOW
    orders: dict[UUID, Order] = field(default_factory=dict[UUID, Order])
    open: list[PayoutPart] = field(default_factory=list[PayoutPart])

    def do(self, what: str, number: int) -> None:
        getattr(self, what)(number)
        self.check()

    def end(self, number: int) -> None:
        order, amount = new_id(), Money(1 + number, "USD")
        ledger.stay_ended(
            self.session, order_id=order, host_id=self.host.id, amount=amount, now=self.now
        )
        self.orders[order] = Order(amount.minor, self.now)

    def pay(self, number: int) -> None:
        unpaid = [name for name, order in self.orders.items() if order.held < order.earned]
        if unpaid:
            order = unpaid[number % len(unpaid)]
            left = self.orders[order].earned - self.orders[order].held
            amount = Money(1 + number % left, "USD")
            paid(self.session, order, amount, f"pi_{new_id()}", now=self.now)
            self.orders[order].held += amount.minor

    def refund(self, number: int) -> None:
        held = [name for name, order in self.orders.items() if order.held]
        if held:
            order = held[number % len(held)]
            amount = Money(1 + number % self.orders[order].held, "USD")
            ledger.refunded(self.session, order_id=order, amount=amount, now=self.now)
            self.orders[order].held -= amount.minor

    def wait(self, number: int) -> None:
        self.now += timedelta(hours=number % 72)

    def ask(self, number: int) -> None:
        wanted = None if number % 2 else 1 + number
        try:
            payout = payouts.begin(
                self.session,
                host_id=self.host.id,
                account="acct_1",
                currency="USD",
                amount_minor=wanted,
                now=self.now,
            )
        except NothingToPayOut:
            assert self.free() <= 0 or not self.sendable()
            return
        except MoreThanAvailable:
            assert wanted is not None
            assert wanted > min(self.free(), self.sendable())
            return
        parts = self.session.exec(
            select(PayoutPart).where(col(PayoutPart.payout_id) == payout.id)
        ).all()
        assert sum(part.amount_minor for part in parts) == payout.amount_minor
        assert payout.amount_minor <= self.free()
        assert wanted is None or payout.amount_minor == wanted
        self.open += parts
        for part in parts:
            order = self.orders[part.order_id]
            assert order.sent + self._on_its_way(part.order_id) <= self._ripe(order)

    def send(self, number: int) -> None:
        if self.open:
            part = self.open.pop(number % len(self.open))
            for _ in range(2):  # told twice, it counts once
                payouts.settle(self.session, part=part, transfer="tr_1", now=self.now)
            self.orders[part.order_id].sent += part.amount_minor

    def refuse(self, number: int) -> None:
        if self.open:
            part = self.open.pop(number % len(self.open))
            payouts.settle(self.session, part=part, transfer=None, reason="not today", now=self.now)

    def _ripe(self, order: Order) -> int:
        ripe = order.ended + payouts.HELD_FOR <= self.now
        return min(order.earned, order.held) if ripe else 0

    def free(self) -> int:
        """What could be asked for now."""
        ripe = sum(self._ripe(order) for order in self.orders.values())
        sent = sum(order.sent for order in self.orders.values())
        return ripe - sent - sum(part.amount_minor for part in self.open)

    def sendable(self) -> int:
        """What stays that are not overdrawn could pay, each for itself."""
        return sum(
            max(0, self._ripe(order) - order.sent - self._on_its_way(name))
            for name, order in self.orders.items()
        )

    def _on_its_way(self, order: UUID) -> int:
        return sum(part.amount_minor for part in self.open if part.order_id == order)

    def check(self) -> None:
        db.sql(self.session, "SET CONSTRAINTS ALL IMMEDIATE")
        db.sql(self.session, "SET CONSTRAINTS ALL DEFERRED")
        owed = sum(order.earned - order.sent for order in self.orders.values())
        found = payouts.balances(self.session, host_id=self.host.id, now=self.now)
        [(pending, available, sent)] = [
            (one.pending.minor, one.available.minor, one.paid_out.minor) for one in found
        ] or [(0, 0, 0)]
        assert pending + available == owed == -entries(self.session, self.host)
        assert available == self.free() + sum(part.amount_minor for part in self.open)
        assert sent == sum(order.sent for order in self.orders.values())


def entries(session: Session, host: User) -> int:
    query = select(func.coalesce(func.sum(LedgerEntry.amount_minor), 0))
    return int(session.exec(query.where(col(LedgerEntry.owner_id) == host.id)).one())


def sums(session: Session) -> dict[str, int]:
    query = select(LedgerEntry.account, func.sum(LedgerEntry.amount_minor))
    found = session.exec(query.group_by(col(LedgerEntry.account)))
    return dict.fromkeys(Account, 0) | {name: int(minor) for name, minor in found}


steps = st.tuples(
    st.sampled_from(["end", "end", "pay", "pay", "refund", "wait", "ask", "ask", "send", "refuse"]),
    st.integers(0, 500),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=10, max_size=40))
def test_whatever_happens_the_ledger_balances_and_nobody_gets_more_than_there_is(
    session: Session, happened: list[tuple[str, int]]
) -> None:
    number = new_id().hex[-8:]
    world = World(session, make.person(session, f"Host{number}"))
    for what, how_much in happened:
        world.do(what, how_much)


def test_the_payer_of_a_card_is_who_saved_it(session: Session) -> None:
    dana = cards.customer_for(session, email="dana@example.com", now=NOW)
    setup = cards.begin_intent(session, customer=dana, user_id=None, order_id=new_id(), now=NOW)
    cards.opened(session, setup_id=setup.id, stripe_id="seti_1")
    cards.completed(session, setup_id=setup.id, payment_method="pm_1", card="Visa")
    assert cards.payer_of(session, payment_method="pm_1") == dana
    assert cards.payer_of(session, payment_method="pm_2") is None


def test_charges_of_several_orders_are_read_at_once(session: Session) -> None:
    orders = [new_id() for _ in range(3)]
    for order in orders[:2]:
        paid(session, order, Money(100, "USD"), f"pi_{order}", now=NOW)
    found = attempts.charges(session, order_ids=orders)
    assert [attempt.order_id for attempt in found] == orders[:2]
