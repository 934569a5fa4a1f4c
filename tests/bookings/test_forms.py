"""Paying in a form of one's own page; the sandbox plays the browser."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.bookings import clockwork, holding
from parkplace.bookings.access import NOBODY, BookingNotFound, Caller, NotYours
from parkplace.bookings.flows import cards as card_flows
from parkplace.bookings.flows import charges, forms, wallet, webhooks
from parkplace.bookings.flows.forms import (
    BookingNeeded,
    CardNotSaved,
    Form,
    PaymentNotFound,
    PaymentUnderWay,
)
from parkplace.bookings.flows.wallet import CardInUse
from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.notifications.models import Email
from parkplace.payments import ledger, methods
from parkplace.payments.answers import Event, GatewayUnavailable
from parkplace.payments.methods import MethodNotFound
from parkplace.payments.models import Attempt, AttemptStatus, CardSetup, Customer, SetupStatus
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period
from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox

VISA, MASTERCARD = "pm_card_visa", "pm_card_mastercard"
DECLINED, ASKS = "pm_card_visa_chargeDeclined", "pm_card_authenticationRequired"
LATER_DECLINED = "4000000000000341"
OVER = NOW + 4 * HOUR
BACK = "http://shop.example/back"


@pytest.fixture
def dana(session: Session) -> User:
    return make.dana(session)


@pytest.fixture
def garage(session: Session, stripe: RunningSandbox) -> Space:
    assert stripe.url
    return make.space(session, make.owen(session))


@pytest.fixture
def booking(session: Session, garage: Space, dana: User) -> Booking:
    """Dana's hold, from 1 p.m. to 4 p.m., $12.00."""
    return make.held(session, garage, dana, period(1, 3))


def as_(user: User) -> Caller:
    return Caller(user=user)


def fill_in(stripe: RunningSandbox, form: Form, card: str = VISA, **more: Any) -> shop.Json:
    """What the browser does with a form: it sends the card to Stripe with the form's own id."""
    kind = "setup_intents" if form.id.startswith("seti_") else "payment_intents"
    with stripe.client() as client:
        asked = {"payment_method": card, "return_url": BACK} | more
        answer = shop.send(client, f"{kind}/{form.id}/confirm", **asked)
    return answer.json()


def fresh(session: Session, booking: Booking) -> Booking:
    session.refresh(booking)
    return booking


def mails(session: Session) -> list[str]:
    return sorted(session.exec(select(Email.kind)))


def paid(session: Session, booking: Booking) -> Money:
    return ledger.paid(session, order_id=booking.id, currency="USD")


class TestSavingACard:
    def test_a_form_confirms_a_hold(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        form = forms.save_card(caller=as_(dana), booking_id=booking.id, now=NOW)
        assert form.client_secret.startswith(f"{form.id}_secret_")
        fill_in(stripe, form)
        setup = forms.confirm_saving(setup_intent_id=form.id, caller=as_(dana), now=NOW)
        assert setup.status == SetupStatus.COMPLETE
        assert fresh(session, booking).status == BookingStatus.CONFIRMED
        assert booking.card == "Visa ···· 4242"
        (kept,) = methods.of(session, user=dana)
        assert (kept.stripe_id, kept.is_default) == (booking.payment_method, True)

    def test_a_guest_does_the_same_and_keeps_no_card(
        self, stripe: RunningSandbox, session: Session, garage: Space
    ) -> None:
        booking = make.held(session, garage, None, period(1, 3))
        guest = Caller(manages=booking.id)
        form = forms.save_card(caller=guest, booking_id=booking.id, now=NOW)
        fill_in(stripe, form)
        forms.confirm_saving(setup_intent_id=form.id, caller=guest, now=NOW)
        assert fresh(session, booking).status == BookingStatus.CONFIRMED
        with pytest.raises(BookingNeeded):
            forms.save_card(caller=guest, booking_id=None, now=NOW)

    def test_a_card_is_kept_without_a_booking(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        form = forms.save_card(caller=as_(dana), booking_id=None, now=NOW)
        with pytest.raises(CardNotSaved):
            forms.keep_card(user=dana, setup_intent_id=form.id, now=NOW)
        fill_in(stripe, form, MASTERCARD)
        kept = forms.keep_card(user=dana, setup_intent_id=form.id, now=NOW)
        assert methods.label(kept) == "Mastercard ···· 4444"
        assert forms.keep_card(user=dana, setup_intent_id=form.id, now=NOW).id == kept.id
        assert methods.of(session, user=dana) == [kept]

    def test_the_next_can_be_made_the_default_at_once(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        for card in (VISA, MASTERCARD):
            form = forms.save_card(caller=as_(dana), booking_id=None, now=NOW)
            fill_in(stripe, form, card)
            forms.keep_card(user=dana, setup_intent_id=form.id, as_default=True, now=NOW)
        brands = [(one.brand, one.is_default) for one in methods.of(session, user=dana)]
        assert brands == [("mastercard", True), ("visa", False)]

    def test_what_the_client_says_is_not_believed(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        form = forms.save_card(caller=as_(dana), booking_id=booking.id, now=NOW)
        fill_in(stripe, form, DECLINED)
        setup = forms.confirm_saving(setup_intent_id=form.id, caller=as_(dana), now=NOW)
        assert setup.status == SetupStatus.OPEN
        assert fresh(session, booking).status == BookingStatus.HELD
        # The same form takes the next card.
        fill_in(stripe, form)
        forms.confirm_saving(setup_intent_id=form.id, caller=as_(dana), now=NOW)
        assert fresh(session, booking).status == BookingStatus.CONFIRMED

    def test_the_bank_may_ask_first(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        form = forms.save_card(caller=as_(dana), booking_id=booking.id, now=NOW)
        asked = fill_in(stripe, form, ASKS)
        forms.confirm_saving(setup_intent_id=form.id, caller=as_(dana), now=NOW)
        assert fresh(session, booking).status == BookingStatus.HELD
        back = stripe.answer_bank(asked["next_action"]["redirect_to_url"]["url"])
        assert back.startswith(f"{BACK}?setup_intent={form.id}")
        forms.confirm_saving(setup_intent_id=form.id, caller=as_(dana), now=NOW)
        assert fresh(session, booking).status == BookingStatus.CONFIRMED

    @pytest.mark.parametrize("way", ["webhook", "job"])
    def test_a_client_that_never_comes_back_does_no_harm(
        self,
        stripe: RunningSandbox,
        session: Session,
        booking: Booking,
        dana: User,
        way: str,
    ) -> None:
        form = forms.save_card(caller=as_(dana), booking_id=booking.id, now=NOW)
        fill_in(stripe, form)
        for _ in range(2):
            if way == "job":
                card_flows.finish_open_pages(since=NOW - HOUR, now=NOW)
            else:
                webhooks.receive(event("setup_intent.succeeded", form.id), now=NOW)
        assert fresh(session, booking).status == BookingStatus.CONFIRMED
        assert mails(session) == ["confirmed"]
        assert len(methods.of(session, user=dana)) == 1

    def test_the_same_key_gives_the_same_form(
        self, session: Session, booking: Booking, dana: User
    ) -> None:
        ids = {
            forms.save_card(caller=as_(dana), booking_id=booking.id, key=key, now=NOW).id
            for key in ("a", "a", "b")
        }
        assert len(ids) == 2
        assert len(session.exec(select(CardSetup)).all()) == 2

    def test_a_lost_reply_leads_to_the_same_form(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        stripe.faults({"kind": "drop_reply", "path": "/v1/setup_intents"})
        with pytest.raises(GatewayUnavailable):
            forms.save_card(caller=as_(dana), booking_id=None, key="k", now=NOW)
        form = forms.save_card(caller=as_(dana), booking_id=None, key="k", now=NOW)
        (setup,) = session.exec(select(CardSetup)).all()
        assert setup.stripe_id == form.id

    def test_no_secret_is_written_down(
        self, session: Session, booking: Booking, dana: User
    ) -> None:
        form = forms.save_card(caller=as_(dana), booking_id=booking.id, key="k", now=NOW)
        assert form.client_secret not in repr(form)
        for table in ("card_setups", "idempotency_keys", "payment_attempts"):
            rows = session.connection().exec_driver_sql(f"SELECT t::text FROM {table} t")  # noqa: S608
            assert all(form.client_secret not in row[0] for row in rows)

    def test_strangers_neither_pay_for_it_nor_learn_of_it(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        sam, owen = make.sam(session), session.get_one(User, booking.host_id)
        form = forms.save_card(caller=as_(dana), booking_id=booking.id, now=NOW)
        own = forms.save_card(caller=as_(dana), booking_id=None, now=NOW)
        for one in (form, own):
            fill_in(stripe, one)
        for stranger in (as_(sam), Caller(manages=new_id()), NOBODY):
            with pytest.raises(BookingNotFound):
                forms.save_card(caller=stranger, booking_id=booking.id, now=NOW)
        with pytest.raises(NotYours):
            forms.save_card(caller=as_(owen), booking_id=booking.id, now=NOW)
        for stranger in (as_(sam), as_(owen), Caller(manages=new_id())):
            for one in (form, own):
                with pytest.raises(PaymentNotFound):
                    forms.confirm_saving(setup_intent_id=one.id, caller=stranger, now=NOW)
        with pytest.raises(PaymentNotFound):
            forms.keep_card(user=sam, setup_intent_id=own.id, now=NOW)
        assert fresh(session, booking).status == BookingStatus.HELD

    def test_a_hold_that_is_over_takes_no_card(self, booking: Booking, dana: User) -> None:
        with pytest.raises(BookingMoved):
            forms.save_card(caller=as_(dana), booking_id=booking.id, now=NOW + HOUR)


def event(type_: str, object_id: str) -> Event:
    return Event(id=f"evt_{type_}_{object_id}", type=type_, object_id=object_id, created_at=NOW)


def kept(stripe: RunningSandbox, user: User, card: str = VISA) -> Any:
    form = forms.save_card(caller=as_(user), booking_id=None, now=NOW)
    fill_in(stripe, form, card)
    return forms.keep_card(user=user, setup_intent_id=form.id, now=NOW)


class TestAKeptCard:
    def test_it_confirms_a_hold_without_a_page_and_is_charged_at_the_end(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        card = kept(stripe, dana)
        holding.use_card(
            session, booking_id=booking.id, caller=as_(dana), method_id=card.id, now=NOW
        )
        assert fresh(session, booking).status == BookingStatus.CONFIRMED
        clockwork.end_stays(now=OVER)
        clockwork.charge_due(now=OVER)
        assert fresh(session, booking).payment_status == PaymentStatus.PAID
        assert mails(session) == ["confirmed", "ended"]

    def test_an_account_with_another_address_pays_with_its_old_card(
        self, stripe: RunningSandbox, session: Session, garage: Space, dana: User
    ) -> None:
        card = kept(stripe, dana)
        dana.email = "dana@new.example"
        session.commit()
        booking = make.held(session, garage, dana, period(1, 3))
        holding.use_card(
            session, booking_id=booking.id, caller=as_(dana), method_id=card.id, now=NOW
        )
        clockwork.end_stays(now=OVER)
        clockwork.charge_due(now=OVER)
        assert paid(session, booking) == Money(1200, "USD")

    def test_a_host_who_approves_is_asked_all_the_same(
        self, stripe: RunningSandbox, session: Session, garage: Space, dana: User
    ) -> None:
        garage.instant = False
        card = kept(stripe, dana)
        booking = make.held(session, garage, dana, period(5, 1))
        holding.use_card(
            session, booking_id=booking.id, caller=as_(dana), method_id=card.id, now=NOW
        )
        assert fresh(session, booking).status == BookingStatus.REQUESTED

    def test_another_persons_card_pays_for_nothing(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        his = kept(stripe, make.sam(session))
        with pytest.raises(MethodNotFound):
            holding.use_card(
                session, booking_id=booking.id, caller=as_(dana), method_id=his.id, now=NOW
            )
        with pytest.raises(BookingNotFound):
            holding.use_card(
                session,
                booking_id=booking.id,
                caller=as_(session.get_one(User, his.user_id)),
                method_id=his.id,
                now=NOW,
            )
        assert fresh(session, booking).status == BookingStatus.HELD

    def test_an_account_saves_one_on_stripes_page_before_it_books(
        self, stripe: RunningSandbox, session: Session, dana: User, garage: Space
    ) -> None:
        booking = make.held(session, garage, dana, period(1, 3))
        assert not wallet.finish_card_page(user=dana, now=NOW)
        page = wallet.open_card_page(user=dana, now=NOW)
        assert wallet.open_card_page(user=dana, now=NOW) == page
        # The pages of a booking and of somebody else are others.
        assert card_flows.open_card_page(booking_id=booking.id, caller=as_(dana), now=NOW) != page
        assert wallet.open_card_page(user=make.sam(session), now=NOW) != page
        assert not wallet.finish_card_page(user=dana, now=NOW)

        visit = stripe.submit_card(page, "4242424242424242")

        assert visit.location.endswith("/account/cards")
        assert wallet.finish_card_page(user=dana, now=NOW)
        assert not wallet.finish_card_page(user=dana, now=NOW)
        (card,) = methods.of(session, user=dana)
        assert (methods.label(card), card.is_default) == ("Visa ···· 4242", True)
        assert fresh(session, booking).status == BookingStatus.HELD
        assert wallet.open_card_page(user=dana, now=NOW) != page

    def test_a_page_begun_with_another_address_saves_for_the_account_all_the_same(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        page = wallet.open_card_page(user=dana, now=NOW)
        dana.email = "dana@new.example"
        session.commit()
        assert wallet.open_card_page(user=dana, now=NOW) == page
        stripe.submit_card(page, "4242424242424242")
        assert wallet.finish_card_page(user=dana, now=NOW)
        assert len(methods.of(session, user=dana)) == 1

    def test_it_is_forgotten_here_and_at_stripe_however_often_it_was_saved(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        kept(stripe, dana)
        card = kept(stripe, dana)
        kept(stripe, dana, MASTERCARD)
        wallet.forget(user=dana, method_id=card.id, now=NOW)
        assert [one.brand for one in methods.of(session, user=dana)] == ["mastercard"]
        assert brands_at_stripe(stripe, dana) == ["mastercard"]
        with pytest.raises(MethodNotFound):
            wallet.forget(user=dana, method_id=card.id, now=NOW)
        assert wallet.tell_stripe() == 0

    def test_when_stripe_does_not_answer_it_is_told_later(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        card = kept(stripe, dana)
        stripe.faults({"kind": "fail", "path": "/v1/payment_methods", "times": 9})
        wallet.forget(user=dana, method_id=card.id, now=NOW)
        assert methods.of(session, user=dana) == []
        assert brands_at_stripe(stripe, dana) == ["visa"]
        stripe.faults(clear=True)
        assert wallet.tell_stripe() == 1
        assert brands_at_stripe(stripe, dana) == []
        assert wallet.tell_stripe() == 0

    def test_what_stripe_refuses_is_tried_again_and_nothing_to_the_person(
        self, stripe: RunningSandbox, session: Session, dana: User
    ) -> None:
        card = kept(stripe, dana)
        payer = session.get_one(Customer, card.customer_id)
        known, payer.stripe_id = payer.stripe_id, "cus_nobody"
        session.commit()
        wallet.forget(user=dana, method_id=card.id, now=NOW)
        assert methods.of(session, user=dana) == []
        payer.stripe_id = known
        session.commit()
        assert wallet.tell_stripe() == 1
        assert brands_at_stripe(stripe, dana) == []

    @pytest.mark.parametrize("moment", ["requested", "confirmed", "active", "owing"])
    def test_it_cannot_be_forgotten_while_it_pays_for_something(
        self,
        stripe: RunningSandbox,
        session: Session,
        garage: Space,
        dana: User,
        moment: str,
    ) -> None:
        garage.instant = moment != "requested"
        card = kept(stripe, dana)
        booking = make.held(session, garage, dana, period(1, 3))
        holding.use_card(
            session, booking_id=booking.id, caller=as_(dana), method_id=card.id, now=NOW
        )
        session.commit()
        if moment in {"active", "owing"}:
            clockwork.begin_stays(now=NOW + HOUR)
        if moment == "owing":
            clockwork.end_stays(now=OVER)
        with pytest.raises(CardInUse):
            wallet.forget(user=dana, method_id=card.id, now=OVER)
        assert brands_at_stripe(stripe, dana) == ["visa"]
        if moment == "owing":
            clockwork.charge_due(now=OVER)
            wallet.forget(user=dana, method_id=card.id, now=OVER)

    def test_it_cannot_be_forgotten_while_a_guest_with_this_address_needs_it(
        self, stripe: RunningSandbox, session: Session, garage: Space, dana: User
    ) -> None:
        card = kept(stripe, dana)
        booking = holding.hold(
            session,
            caller=NOBODY,
            space_id=garage.id,
            period=period(1, 3),
            email=dana.email,
            now=NOW,
        )
        guest = Caller(manages=booking.id)
        form = forms.save_card(caller=guest, booking_id=booking.id, now=NOW)
        fill_in(stripe, form)
        forms.confirm_saving(setup_intent_id=form.id, caller=guest, now=NOW)
        with pytest.raises(CardInUse):
            wallet.forget(user=dana, method_id=card.id, now=NOW)


def brands_at_stripe(stripe: RunningSandbox, user: User) -> list[str]:
    with stripe.client() as client:
        found = client.get("/v1/customers", params={"email": user.email, "limit": 100}).json()
        newest = found["data"][0]["id"]
        cards = client.get(f"/v1/customers/{newest}/payment_methods").json()["data"]
    return [card["card"]["brand"] for card in cards]


class TestPayingWhatIsDue:
    @pytest.fixture
    def owing(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> Booking:
        """Dana's stay is over and her card was declined."""
        page = card_flows.open_card_page(booking_id=booking.id, caller=as_(dana), now=NOW)
        stripe.submit_card(page, LATER_DECLINED)
        card_flows.finish_card_page(booking_id=booking.id, now=NOW)
        clockwork.end_stays(now=OVER)
        clockwork.charge_due(now=OVER)
        assert fresh(session, booking).payment_status == PaymentStatus.DUE
        return booking

    def pay(self, booking: Booking, user: User, *, now: datetime = OVER) -> Form:
        return forms.pay_due(booking_id=booking.id, caller=as_(user), now=now)

    def confirm(self, form: Form, user: User, *, now: datetime = OVER) -> Attempt:
        return forms.confirm_charge(payment_intent_id=form.id, caller=as_(user), now=now)

    def test_a_form_pays_with_another_card(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        form = self.pay(owing, dana)
        assert form.amount == Money(1200, "USD")
        assert self.confirm(form, dana).status == AttemptStatus.NEEDS_ACTION
        fill_in(stripe, form)
        assert self.confirm(form, dana).status == AttemptStatus.SUCCEEDED
        assert fresh(session, owing).payment_status == PaymentStatus.PAID
        assert paid(session, owing) == Money(1200, "USD")
        assert mails(session) == ["confirmed", "ended", "payment_failed"]
        with pytest.raises(BookingMoved):
            self.pay(owing, dana)

    def test_a_card_declined_in_the_form_is_replaced_in_it(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        form = self.pay(owing, dana)
        fill_in(stripe, form, DECLINED)
        assert self.confirm(form, dana).status == AttemptStatus.NEEDS_ACTION
        webhooks.receive(event("payment_intent.payment_failed", form.id), now=OVER)
        assert self.pay(owing, dana).id == form.id
        fill_in(stripe, form)
        self.confirm(form, dana)
        assert fresh(session, owing).payment_status == PaymentStatus.PAID
        assert mails(session).count("payment_failed") == 1  # the one from before

    def test_the_bank_may_ask_in_the_form(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        form = self.pay(owing, dana)
        asked = fill_in(stripe, form, ASKS)
        webhooks.receive(event("payment_intent.requires_action", form.id), now=OVER)
        stripe.answer_bank(asked["next_action"]["redirect_to_url"]["url"])
        webhooks.receive(event("payment_intent.succeeded", form.id), now=OVER)
        assert fresh(session, owing).payment_status == PaymentStatus.PAID
        assert "payment_action" not in mails(session)

    def test_a_form_left_open_is_closed_before_the_saved_card_is_tried_again(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        form = self.pay(owing, dana)
        later = OVER + timedelta(days=1)
        for minutes in range(2):
            clockwork.charge_due(now=later + timedelta(minutes=minutes))
        assert [attempt.status for attempt in attempts(session)] == ["declined"] * 3
        closed = fill_in(stripe, form)
        assert closed["error"]["code"] == "payment_intent_unexpected_state"
        assert paid(session, owing) == Money(0, "USD")

    def test_a_form_left_open_does_not_bring_the_next_try_forward(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        assert stripe.url
        planned = owing.next_charge_at
        self.pay(owing, dana)
        assert clockwork.charge_due(now=OVER + charges.TYPING) == 1  # the form is closed
        assert fresh(session, owing).next_charge_at == planned == OVER + timedelta(days=1)
        assert owing.payment_status == PaymentStatus.DUE
        assert mails(session).count("payment_failed") == 1

    def test_after_the_last_try_a_form_left_open_changes_nothing(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        assert stripe.url
        moment = OVER
        for pause in charges.RETRY_AFTER:
            moment += pause
            clockwork.charge_due(now=moment)
        assert fresh(session, owing).payment_status == PaymentStatus.FAILED
        self.pay(owing, dana, now=moment)
        clockwork.charge_due(now=moment + charges.TYPING)
        assert fresh(session, owing).payment_status == PaymentStatus.FAILED
        assert owing.next_charge_at is None
        assert len(attempts(session)) == 5

    def test_a_payment_of_which_nobody_tells_us_is_found(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        owing.payment_status, owing.next_charge_at = PaymentStatus.FAILED, None
        session.commit()
        fill_in(stripe, self.pay(owing, dana))
        assert clockwork.charge_due(now=OVER + charges.TYPING) == 1
        assert fresh(session, owing).payment_status == PaymentStatus.PAID
        assert paid(session, owing) == Money(1200, "USD")

    def test_another_card_saved_meanwhile_is_charged_at_once(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        self.pay(owing, dana)
        form = forms.save_card(caller=as_(dana), booking_id=owing.id, now=OVER)
        fill_in(stripe, form)
        forms.confirm_saving(setup_intent_id=form.id, caller=as_(dana), now=OVER)
        for _ in range(2):
            clockwork.charge_due(now=OVER)
        assert fresh(session, owing).payment_status == PaymentStatus.PAID
        assert paid(session, owing) == Money(1200, "USD")

    def test_the_saved_card_waits_while_the_driver_types(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        page = card_flows.open_card_page(booking_id=booking.id, caller=as_(dana), now=NOW)
        stripe.submit_card(page, "4242424242424242")
        card_flows.finish_card_page(booking_id=booking.id, now=NOW)
        clockwork.end_stays(now=OVER)
        form = self.pay(booking, dana)
        assert clockwork.charge_due(now=OVER + charges.TYPING - timedelta(seconds=1)) == 0
        fill_in(stripe, form, MASTERCARD)
        self.confirm(form, dana)
        assert clockwork.charge_due(now=OVER + HOUR) == 0
        assert paid(session, booking) == Money(1200, "USD")
        assert len(attempts(session)) == 1

    def test_one_who_paid_in_the_form_just_before_it_was_closed_has_paid(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        form = self.pay(owing, dana)
        fill_in(stripe, form)
        clockwork.charge_due(now=OVER + timedelta(days=1))
        assert fresh(session, owing).payment_status == PaymentStatus.PAID
        assert paid(session, owing) == Money(1200, "USD")

    def test_a_charge_that_waits_for_the_bank_is_confirmed_and_not_doubled(
        self, stripe: RunningSandbox, session: Session, booking: Booking, dana: User
    ) -> None:
        page = card_flows.open_card_page(booking_id=booking.id, caller=as_(dana), now=NOW)
        stripe.submit_card(page, "4000002760003184")
        card_flows.finish_card_page(booking_id=booking.id, now=NOW)
        clockwork.end_stays(now=OVER)
        clockwork.charge_due(now=OVER)
        form = self.pay(booking, dana)
        (attempt,) = attempts(session)
        assert form.id == attempt.stripe_id
        # The bank said no to that card, then the driver typed another into the same form.
        asked = fill_in(
            stripe, form, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
        )
        stripe.answer_bank(asked["next_action"]["redirect_to_url"]["url"])
        assert self.confirm(form, dana).status == AttemptStatus.DECLINED
        fill_in(stripe, form)
        assert self.confirm(form, dana).status == AttemptStatus.SUCCEEDED
        assert fresh(session, booking).payment_status == PaymentStatus.PAID
        assert paid(session, booking) == Money(1200, "USD")

    def test_paid_twice_by_two_ways_the_second_goes_back(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        """The driver confirms a charge we thought was over, while the next one goes through."""
        form = self.pay(owing, dana)
        over = session.get_one(Attempt, attempts(session)[-1].id)
        over.status = AttemptStatus.DECLINED  # we think so; Stripe does not
        session.commit()
        second = self.pay(owing, dana)
        assert second.id != form.id
        for one in (form, second):
            fill_in(stripe, one)
            self.confirm(one, dana)
        assert paid(session, owing) == Money(2400, "USD")
        clockwork.charge_due(now=OVER)
        assert paid(session, owing) == Money(1200, "USD")
        assert fresh(session, owing).payment_status == PaymentStatus.PAID

    def test_a_lost_reply_leads_to_one_charge(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        stripe.faults({"kind": "drop_reply", "path": "/v1/payment_intents"})
        with pytest.raises(GatewayUnavailable):
            self.pay(owing, dana)
        form = self.pay(owing, dana)
        assert len(attempts(session)) == 2
        fill_in(stripe, form)
        self.confirm(form, dana)
        assert paid(session, owing) == Money(1200, "USD")

    def test_while_the_saved_card_is_being_charged_there_is_no_form(
        self, stripe: RunningSandbox, session: Session, owing: Booking, dana: User
    ) -> None:
        owing.next_charge_at = OVER
        session.commit()
        stripe.faults({"kind": "drop_reply", "path": "/v1/payment_intents"})
        with pytest.raises(GatewayUnavailable):
            charges.collect(booking_id=owing.id, now=OVER)
        with pytest.raises(PaymentUnderWay):
            self.pay(owing, dana)

    def test_strangers_neither_pay_nor_learn(
        self, session: Session, owing: Booking, dana: User
    ) -> None:
        form = self.pay(owing, dana)
        sam, owen = make.sam(session), session.get_one(User, owing.host_id)
        with pytest.raises(BookingNotFound):
            self.pay(owing, sam)
        with pytest.raises(NotYours):
            self.pay(owing, owen)
        for stranger in (sam, owen):
            for name in (form.id, "pi_none"):
                with pytest.raises(PaymentNotFound):
                    forms.confirm_charge(payment_intent_id=name, caller=as_(stranger), now=OVER)

    def test_before_the_end_nothing_is_due(self, booking: Booking, dana: User) -> None:
        with pytest.raises(BookingMoved):
            self.pay(booking, dana, now=NOW)


def attempts(session: Session) -> list[Attempt]:
    query = select(Attempt).order_by(Attempt.created_at, Attempt.id)  # pyright: ignore[reportArgumentType]
    return list(session.exec(query.execution_options(populate_existing=True)))
