from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from parkplace.bookings.models import BookingEvent, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.pricing import Line, RateCard, price
from parkplace.bookings.queries import BookingView
from parkplace.core.geo import Point
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.web import ui
from parkplace.web.pages.booking import view
from parkplace.web.pages.booking.outcome import outcome
from parkplace.web.ui.countdown import instant
from tests.factories import HOUR, NEW_YORK, NOW, period

US = "en_US"
DUE = Money(1200, "USD")
NOTHING = Money(0, "USD")

BOOKING = BookingView(
    id=new_id(),
    reference="8Q4-KX2H",
    status=BookingStatus.ACTIVE,
    payment_status=PaymentStatus.NOTHING_DUE,
    role=Role.DRIVER,
    space_id=UUID(int=7),
    space_title="St Marks Place garage",
    neighbourhood="East Village",
    address="12 St Marks Place",
    point=Point(lat=40.729, lng=-73.9888),
    instructions="Ring bell 3.\n\n Down the ramp. ",
    hour=Money(400, "USD"),
    bay=2,
    starts_at=NOW,
    ends_at=NOW + 3 * HOUR,
    left_at=None,
    expires_at=NOW + HOUR / 6,
    timezone=NEW_YORK,
    email="dana@example.com",
    plate="KLM4821",
    plate_region="NY",
    card="Visa ···· 4242",
    lines=(Line("3 h at $4.00 an hour", DUE),),
    total=DUE,
    due=NOTHING,
    paid=NOTHING,
    can=frozenset({"leave", "change"}),
)


def page(booking: BookingView, *events: BookingEvent, now: datetime = NOW) -> view.Page:
    return view.page(booking, events, locale=US, now=now)


def event(to: BookingStatus, actor: Role, *, why: str = "", at: datetime = NOW) -> BookingEvent:
    return BookingEvent(
        booking_id=BOOKING.id, at=at, actor=actor, from_status="x", to_status=to, why=why
    )


def test_the_pass_says_what_is_left_where_and_for_how_much() -> None:
    shown = page(BOOKING)
    assert (shown.bay, shown.band, shown.reference) == (
        "Bay 2 · 12 St Marks Place",
        "pink",
        "8Q4-KX2H",
    )
    assert (shown.since, shown.until, shown.now) == (
        instant(NOW),
        instant(NOW + 3 * HOUR),
        instant(NOW),
    )
    assert shown.left.replace("\u202f", " ") == "until 3:00 PM · New York time"
    assert shown.steps == ["Ring bell 3.", "Down the ramp."]
    assert shown.lines == [ui.PriceLine("3 h at $4.00 an hour", "$12.00")]
    assert (shown.total, shown.total_label) == ("$12.00", "Charged when you leave")
    assert (shown.stands, shown.driving, shown.pays) == (True, True, False)


def test_a_hold_counts_its_ten_minutes() -> None:
    shown = page(replace(BOOKING, status=BookingStatus.HELD, can=frozenset({"pay", "cancel"})))
    assert shown.until - shown.since == 10 * 60 * 1000
    assert (shown.pays, shown.cancels, shown.stands) == (True, True, False)


def test_before_the_stay_the_countdown_ends_at_its_start() -> None:
    soon = replace(BOOKING, status=BookingStatus.CONFIRMED, starts_at=NOW + HOUR)
    assert page(soon).until == instant(NOW + HOUR)


def test_what_is_over_counts_nothing_down() -> None:
    for status in ("completed", "expired", "cancelled", "declined"):
        assert page(replace(BOOKING, status=BookingStatus(status))).until == 0


def test_a_confirmation_is_news_for_ten_minutes() -> None:
    confirmed = event(BookingStatus.CONFIRMED, Role.STRIPE)
    assert "dana@example.com" in page(BOOKING, confirmed).news
    assert page(BOOKING, confirmed, now=NOW + HOUR / 4).news == ""
    assert page(replace(BOOKING, role=Role.HOST), confirmed).news == ""


def test_the_host_reads_the_drivers_bill_but_not_their_address() -> None:
    shown = page(replace(BOOKING, role=Role.HOST), event(BookingStatus.CONFIRMED, Role.STRIPE))
    assert (shown.driving, shown.total_label) == (False, "The driver pays")
    assert "dana@example.com" not in repr(shown)


def test_the_ways_there_are_neutral() -> None:
    ways = {way.label: way.href for way in page(BOOKING).ways}
    assert ways["Maps on this device"].startswith("geo:40.729000,-73.988800?q=")
    assert ways["OpenStreetMap"].startswith("https://www.openstreetmap.org/directions?to=40.729")


def test_the_space_is_linked_with_the_stay_while_that_can_be_booked() -> None:
    assert "from=2026-11-21T12%3A00" in page(BOOKING).space
    assert page(BOOKING, now=NOW + 4 * HOUR).space.endswith(str(BOOKING.space_id))
    assert page(BOOKING).report == f"/report?space={BOOKING.space_id}"


@pytest.mark.parametrize(
    ("payment", "can", "due", "title", "mood"),
    [
        (PaymentStatus.PAID, set[str](), DUE, "Paid", "done"),
        (PaymentStatus.NOTHING_DUE, set[str](), NOTHING, "Nothing to pay", "done"),
        # The clock's bookkeeping is a second late.
        (PaymentStatus.NOTHING_DUE, set[str](), DUE, "The stay is over", "done"),
        (PaymentStatus.DUE, set[str](), DUE, "The stay is over", "done"),
        (PaymentStatus.DUE, {"pay"}, DUE, "Your card was declined", "wrong"),
        (PaymentStatus.FAILED, {"pay"}, DUE, "Your card could not be charged", "wrong"),
        (PaymentStatus.NEEDS_ACTION, {"pay"}, DUE, "Your bank wants you to confirm", "wrong"),
    ],
)
def test_how_money_stands_after_the_stay(
    payment: PaymentStatus, can: set[str], due: Money, title: str, mood: str
) -> None:
    over = replace(
        BOOKING,
        status=BookingStatus.COMPLETED,
        payment_status=payment,
        can=frozenset(can),
        due=due,
        paid=DUE if payment == PaymentStatus.PAID else NOTHING,
    )
    said = outcome(over, (), locale=US)
    assert (said.title, said.mood) == (title, mood)


def test_a_receipt_names_the_card() -> None:
    paid = replace(BOOKING, status=BookingStatus.COMPLETED, payment_status=PaymentStatus.PAID)
    assert page(paid).total_label == "Paid with Visa ···· 4242"


def test_a_hold_that_ran_out_and_a_request_nobody_answered_are_told_apart() -> None:
    ran_out = replace(BOOKING, status=BookingStatus.EXPIRED, card="")
    asked = replace(BOOKING, status=BookingStatus.EXPIRED)
    assert outcome(ran_out, (), locale=US).title == "Your hold has run out"
    assert outcome(asked, (), locale=US).title == "The host did not answer in time"
    hosting = replace(asked, role=Role.HOST)
    assert outcome(hosting, (), locale=US).title == "You did not answer in time"


@pytest.mark.parametrize(
    ("actor", "reader", "who"),
    [
        (Role.DRIVER, Role.DRIVER, "You"),
        (Role.GUEST, Role.GUEST, "You"),
        (Role.HOST, Role.DRIVER, "The host"),
        (Role.DRIVER, Role.HOST, "The driver"),
        (Role.HOST, Role.HOST, "You"),
        (Role.ADMIN, Role.DRIVER, "Park Place"),
    ],
)
def test_who_cancelled_is_said(actor: Role, reader: Role, who: str) -> None:
    off = replace(BOOKING, status=BookingStatus.CANCELLED, role=reader)
    said = outcome(off, (event(BookingStatus.CANCELLED, actor, why="Flood"),), locale=US)
    assert said.title == f"{who} cancelled this booking"
    assert said.text == "“Flood” Nothing was charged."


def test_a_no_comes_with_the_hosts_words() -> None:
    no = replace(BOOKING, status=BookingStatus.DECLINED)
    said = outcome(no, (event(BookingStatus.DECLINED, Role.HOST, why="<b>Sorry</b>"),), locale=US)
    assert (said.title, said.text) == ("The host said no", "“<b>Sorry</b>” Nothing was charged.")


def test_a_request_says_until_when_it_waits() -> None:
    asked = replace(BOOKING, status=BookingStatus.REQUESTED, can=frozenset({"cancel"}))
    assert outcome(asked, (), locale=US).title == "Waiting for the host"
    hosting = replace(asked, role=Role.HOST, can=frozenset({"approve", "decline"}))
    assert outcome(hosting, (), locale=US).title == "Needs your answer"
    assert page(hosting).answers


def test_an_end_on_another_day_says_which() -> None:
    late = replace(BOOKING, ends_at=NOW + 20 * HOUR)
    assert page(late).left.replace("\u202f", " ").startswith("until Sun, Nov 22, 8:00 AM")
    cost = price(RateCard(400, 2700, "USD"), period(0, 12))
    proposed = view.proposal(BOOKING, cost, ends_at=NOW + 12 * HOUR, locale=US)
    assert proposed.action.replace("\u202f", " ") == "Stay until Sun, Nov 22, 12:00 AM"


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (4, "$16.00 for 4 h: $4.00 more than now."),
        (2, "$8.00 for 2 h: $4.00 less than now."),
        (3, "$12.00 for 3 h: the same as now."),
    ],
)
def test_another_end_is_priced_before_it_is_confirmed(hours: int, says: str) -> None:
    cost = price(RateCard(400, 2700, "USD"), period(0, hours))
    proposed = view.proposal(BOOKING, cost, ends_at=NOW + hours * HOUR, locale=US)
    assert proposed.sentence == says
    assert proposed.ends == f"2026-11-21T{12 + hours}:00"
    assert proposed.action.replace("\u202f", " ") == f"Stay until {hours}:00 PM"
