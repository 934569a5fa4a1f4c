from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import service
from parkplace.bookings.access import Caller
from parkplace.bookings.models import Booking
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.insights import queries
from parkplace.insights.figures import Hosting, Span, Step
from parkplace.payments import attempts, ledger
from parkplace.payments.models import AttemptKind, AttemptStatus
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from parkplace.reports.service import AdminsOnly
from parkplace.spaces.models import Space, SpaceStatus
from tests import factories as make
from tests.factories import HOUR, NEW_YORK, NOW, period
from tests.statements import statements

DAY = timedelta(days=1)
WEEK = Span.given(NOW - 3 * DAY, NOW + 4 * DAY, now=NOW)


@pytest.fixture
def garage(session: Session) -> Space:
    """Two bays that came four days ago."""
    space = make.space(session, make.owen(session), capacity=2)
    space.created_at = NOW - 4 * DAY
    session.flush()
    return space


def paid(session: Session, booking: Booking, amount: Money, *, now: datetime) -> None:
    """A stay that earned something, and whose driver was charged."""
    order: dict[str, Any] = {"order_id": booking.id, "amount": amount, "now": now}
    ledger.stay_ended(session, host_id=booking.host_id, **order)
    attempt = attempts.begin(
        session, kind=AttemptKind.CHARGE, params={}, payer_id=booking.driver_id, **order
    )
    session.flush()
    attempts.settle(
        session,
        attempt_id=attempt.id,
        status=AttemptStatus.SUCCEEDED,
        stripe_id="pi_1",
        decline_code=None,
        now=now,
    )
    ledger.charged(session, **order)
    session.flush()


def host_of(session: Session, space: Space) -> User:
    return session.get_one(User, space.host_id)


def hosted(session: Session, space: Space, span: Span = WEEK) -> Hosting:
    return queries.hosting(session, user=host_of(session, space), span=span)


def test_a_driver_sees_stays_hours_and_what_they_cost(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    first = make.confirmed(session, garage, dana, period(0, 3))
    make.confirmed(session, garage, dana, period(24, 1.5))
    make.confirmed(session, garage, make.sam(session), period(0, 9))
    make.held(session, garage, dana, period(50, 1))  # not paid for
    gone = make.confirmed(session, garage, dana, period(60, 1))
    service.cancel(session, booking_id=gone.id, caller=Caller(user=dana), now=NOW)
    paid(session, first, Money(1200, "USD"), now=NOW + 3 * HOUR)
    figures = queries.driving(session, user=dana, span=WEEK)
    assert (figures.stays, figures.hours) == (2, 4.5)
    assert figures.spent == (Money(1200, "USD"),)


def test_only_the_part_of_a_stay_within_the_period_counts(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    make.confirmed(session, garage, dana, period(0, 48))
    span = Span.given(NOW + 10 * HOUR, NOW + 12 * HOUR, now=NOW)
    assert queries.driving(session, user=dana, span=span).hours == 2
    after = Span.given(NOW + 48 * HOUR, NOW + 50 * HOUR, now=NOW)
    assert queries.driving(session, user=dana, span=after).stays == 0


def test_who_left_early_stood_no_longer(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    booking = make.confirmed(session, garage, dana, period(0, 8))
    now = NOW + 2 * HOUR
    service.leave(session, booking_id=booking.id, caller=Caller(user=dana), now=now)
    assert queries.driving(session, user=dana, span=WEEK).hours == 2


def test_a_host_sees_how_full_and_what_it_earned(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    first = make.confirmed(session, garage, dana, period(0, 21))
    make.confirmed(session, garage, make.sam(session), period(0, 21))
    paid(session, first, Money(2700, "USD"), now=NOW + DAY)
    figures = hosted(session, garage)
    assert (figures.spaces, figures.bookings, figures.hours) == (1, 2, 42)
    # Two bays for seven days.
    assert figures.occupancy == pytest.approx(42 / (2 * 7 * 24), abs=1e-4)
    assert figures.earned == (Money(2700, "USD"),)


def test_a_space_counts_from_the_day_it_came(session: Session, garage: Space) -> None:
    make.confirmed(session, garage, make.dana(session), period(0, 24))
    garage.created_at = NOW
    session.flush()
    span = Span.given(NOW - DAY, NOW + DAY, now=NOW)
    assert hosted(session, garage, span).occupancy == 0.5


def test_a_space_is_never_more_than_full(session: Session, garage: Space) -> None:
    before = NOW - timedelta(hours=2)
    for driver in (make.dana(session), make.sam(session)):
        make.confirmed(session, garage, driver, period(-1, 2), now=before)
    garage.created_at = NOW - timedelta(minutes=30)
    span = Span.given(NOW - DAY, NOW, now=NOW)
    session.flush()
    assert hosted(session, garage, span).occupancy == 1
    garage.capacity = 1
    session.flush()
    assert hosted(session, garage, span).occupancy == 1


def test_stays_at_a_space_that_is_gone_make_no_other_fuller(
    session: Session, garage: Space
) -> None:
    old = make.space(session, host_of(session, garage))
    make.confirmed(session, old, make.dana(session), period(0, 24))
    old.status = SpaceStatus.RETIRED
    session.flush()
    figures = hosted(session, garage)
    assert (figures.spaces, figures.hours, figures.occupancy) == (1, 24, 0)


def test_without_a_space_there_is_no_occupancy(session: Session) -> None:
    figures = queries.hosting(session, user=make.sam(session), span=WEEK)
    assert (figures.spaces, figures.occupancy, figures.earned) == (0, None, ())


def test_currencies_stand_side_by_side(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    for number, currency in enumerate(("USD", "EUR", "USD")):
        booking = make.confirmed(session, garage, dana, period(number, 1))
        paid(session, booking, Money(100, currency), now=NOW)
    both = (Money(100, "EUR"), Money(200, "USD"))
    assert hosted(session, garage).earned == both
    assert queries.driving(session, user=dana, span=WEEK).spent == both
    (day,) = [bucket for bucket in hosted(session, garage).series if bucket.earned]
    assert day.earned == both


def test_a_refund_is_taken_off(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    booking = make.confirmed(session, garage, dana, period(0, 1))
    paid(session, booking, Money(1200, "USD"), now=NOW)
    back = attempts.begin(
        session,
        order_id=booking.id,
        kind=AttemptKind.REFUND,
        amount=Money(500, "USD"),
        params={},
        payer_id=dana.id,
        now=NOW,
    )
    session.flush()
    attempts.settle(
        session,
        attempt_id=back.id,
        status=AttemptStatus.SUCCEEDED,
        stripe_id="re_1",
        decline_code=None,
        now=NOW,
    )
    ledger.refunded(session, order_id=booking.id, amount=Money(500, "USD"), now=NOW)
    session.flush()
    assert queries.driving(session, user=dana, span=WEEK).spent == (Money(700, "USD"),)
    everything = queries.everything(session, admin=make.ada(session), span=WEEK)
    assert everything.revenue == (Money(700, "USD"),)


def test_a_series_has_every_day_in_the_hosts_own_clock(session: Session, garage: Space) -> None:
    # 11 p.m. on Saturday in New York is Sunday in Greenwich.
    booking = make.confirmed(session, garage, make.dana(session), period(11, 1))
    paid(session, booking, Money(400, "USD"), now=NOW + 12 * HOUR)

    def days(timezone: str) -> dict[date, tuple[int, int]]:
        span = Span.given(NOW - DAY, NOW + 2 * DAY, timezone=timezone, now=NOW)
        series = hosted(session, garage, span).series
        assert len(series) == 4
        return {
            bucket.first_day: (bucket.bookings, sum(money.minor for money in bucket.earned))
            for bucket in series
            if bucket.bookings or bucket.earned
        }

    assert days(NEW_YORK) == {date(2026, 11, 21): (1, 0), date(2026, 11, 22): (0, 400)}
    assert days("UTC") == {date(2026, 11, 22): (1, 400)}


def test_a_series_by_month(session: Session, garage: Space) -> None:
    make.confirmed(session, garage, make.dana(session), period(0, 1))
    span = Span.given(
        datetime(2026, 10, 15, tzinfo=UTC),
        datetime(2026, 12, 2, tzinfo=UTC),
        step=Step.MONTH,
        now=NOW,
    )
    series = [
        (bucket.first_day, bucket.bookings) for bucket in hosted(session, garage, span).series
    ]
    assert series == [(date(2026, 10, 15), 0), (date(2026, 11, 1), 1), (date(2026, 12, 1), 0)]


def test_an_admin_sees_the_whole_house(session: Session, garage: Space) -> None:
    ada, dana = make.ada(session), make.dana(session)
    make.space(session, ada, status=SpaceStatus.DRAFT)
    first = make.confirmed(session, garage, dana, period(0, 1))
    make.held(session, garage, dana, period(5, 1))
    old = make.confirmed(session, garage, dana, period(9, 1))
    old.created_at = NOW - 40 * DAY
    paid(session, first, Money(400, "USD"), now=NOW)
    reports.file(
        session,
        reporter=dana,
        plate="KLM 4821",
        kind=ReportKind.OTHER,
        description="A van.",
        now=NOW,
    )
    session.flush()
    figures = queries.everything(session, admin=ada, span=WEEK)
    assert (figures.users, figures.hosts, figures.new_users) == (3, 1, 3)
    assert figures.spaces == {"draft": 1, "published": 1}
    assert figures.bookings == {"confirmed": 1, "held": 1}
    assert figures.revenue == (Money(400, "USD"),)
    assert figures.open_reports == 1


def test_only_an_admin_does(session: Session, garage: Space) -> None:
    for other in (make.dana(session), host_of(session, garage)):
        with pytest.raises(AdminsOnly):
            queries.everything(session, admin=other, span=WEEK)


def test_a_person_sees_all_they_ever_did(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    booking = make.confirmed(session, garage, dana, period(-0.25, 2))
    paid(session, booking, Money(800, "USD"), now=NOW + 2 * HOUR)
    make.confirmed(session, garage, dana, period(50, 2))  # not yet
    later = NOW + DAY
    person = queries.person(session, user=dana, now=later)
    assert (person.since, person.driving.stays, person.driving.hours) == (dana.created_at, 1, 2)
    assert person.driving.spent == (Money(800, "USD"),)
    owen = queries.person(session, user=host_of(session, garage), now=later)
    assert (owen.hosting.spaces, owen.hosting.bookings) == (1, 1)
    assert owen.hosting.earned == (Money(800, "USD"),)
    assert owen.driving.stays == 0


def test_however_much_there_is_a_figure_is_one_statement(session: Session, garage: Space) -> None:
    ada, dana, owen = make.ada(session), make.dana(session), host_of(session, garage)
    counts: list[list[int]] = []
    for number in range(2):
        for n in range(5 * number + 1):
            booking = make.confirmed(session, garage, dana, period(24 * number + 2 * n, 1))
            paid(session, booking, Money(400, "USD"), now=NOW)
        asked: list[int] = []
        for ask in (
            lambda: queries.driving(session, user=dana, span=WEEK),
            lambda: queries.hosting(session, user=owen, span=WEEK),
            lambda: queries.everything(session, admin=ada, span=WEEK),
            lambda: queries.person(session, user=dana, now=NOW),
        ):
            with statements() as said:
                ask()
            asked.append(len(said))
        counts.append(asked)
    assert counts[0] == counts[1] == [2, 5, 5, 5]


def test_nothing_of_an_unknown_order_is_counted_twice(session: Session, garage: Space) -> None:
    """A payout moves money out of what Stripe holds; it is neither revenue nor earning."""
    booking = make.confirmed(session, garage, make.dana(session), period(0, 1))
    paid(session, booking, Money(400, "USD"), now=NOW)
    owen = host_of(session, garage)
    ledger.paid_out(session, payout_id=new_id(), host_id=owen.id, amount=Money(400, "USD"), now=NOW)
    session.flush()
    assert hosted(session, garage).earned == (Money(400, "USD"),)
    everything = queries.everything(session, admin=make.ada(session), span=WEEK)
    assert everything.revenue == (Money(400, "USD"),)
