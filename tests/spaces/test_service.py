from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.verification import EmailUnverified
from parkplace.bookings import queries as bookings
from parkplace.bookings.access import Caller
from parkplace.core import db
from parkplace.core.errors import DomainError, Invalid
from parkplace.core.geo import OutsideEarth, Point
from parkplace.core.money import Money, UnknownCurrency
from parkplace.core.texts import BadText, TextNeeded, TextTooLong
from parkplace.spaces import drafts, service
from parkplace.spaces.drafts import (
    BadCapacity,
    BadLimit,
    BadPrice,
    Draft,
    UnknownKind,
    UnknownTag,
)
from parkplace.spaces.exceptions import DatedHours
from parkplace.spaces.hours import Interval, merged
from parkplace.spaces.models import Schedule, Space, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound
from parkplace.spaces.service import NotTheHost, SpaceRetired
from tests.factories import NOW, ada, confirmed, dana, owen, period, person, sam, space

VILLAGE = Point(lat=40.7290, lng=-73.9888)
SYDNEY = Point(lat=-33.8688, lng=151.2093)
GARAGE = Draft(
    title="St Marks Place garage",
    point=VILLAGE,
    kind="garage",
    capacity=2,
    hour_minor=400,
    day_cap_minor=2700,
    currency="usd",
    description="Behind the blue door.\nRing twice.",
    address="12 St Marks Place, New York",
    tags=frozenset({"ev", "covered"}),
    instructions="The code is 4711.",
)


def created(session: Session, actor: User, **changed: Any) -> Space:
    return service.create(session, actor=actor, draft=replace(GARAGE, **changed), now=NOW)


# --- listing


def test_who_has_not_verified_their_address_lists_and_publishes_nothing(session: Session) -> None:
    newcomer = person(session, "Sam", email_verified_at=None)
    with pytest.raises(EmailUnverified, match="Verify your e-mail address first") as refused:
        created(session, newcomer)
    assert refused.value.code == "email_unverified"
    assert not newcomer.is_host
    lot = space(session, newcomer, status=SpaceStatus.DRAFT)
    with pytest.raises(EmailUnverified):
        service.publish(session, actor=newcomer, space_id=lot.id, now=NOW)
    assert lot.status == SpaceStatus.DRAFT
    newcomer.email_verified_at = NOW
    assert created(session, newcomer).host_id == newcomer.id
    service.publish(session, actor=newcomer, space_id=lot.id, now=NOW)


def test_who_lists_a_space_becomes_a_host_and_the_place_says_its_zone_and_name(
    session: Session,
) -> None:
    lister = sam(session)

    made = created(session, lister)

    assert lister.is_host
    assert made.host_id == lister.id
    assert made.status == SpaceStatus.DRAFT
    assert made.timezone == "America/New_York"
    assert made.neighbourhood
    assert made.currency == "USD"
    assert made.tags == ["covered", "ev"]
    assert made.schedule_id is None
    assert made.created_at == made.updated_at == NOW


def test_opening_hours_are_compiled_in_the_zone_of_the_place(session: Session) -> None:
    week = merged([Interval(day, 9 * 60, 18 * 60) for day in range(5)])

    made = created(session, owen(session), hours=week, point=SYDNEY)

    schedule = session.get(Schedule, made.schedule_id)
    assert schedule is not None
    assert schedule.timezone == made.timezone == "Australia/Sydney"
    assert drafts.draft_of(session, space=made).hours == week


def test_html_is_kept_as_the_text_it_is(session: Session) -> None:
    spelled = "<script>alert('x')</script> & <b>co</b>"

    made = created(session, owen(session), title=spelled, description=spelled, address=spelled)

    assert made.title == made.description == made.address == spelled


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("title", "", TextNeeded),
        ("title", "ab", TextNeeded),
        ("title", "   ab   ", TextNeeded),
        ("title", "x" * 81, TextTooLong),
        ("title", "a\0b c", BadText),
        ("title", "two\nlines", BadText),
        ("title", "bell\a", BadText),
        ("description", "x" * 4001, TextTooLong),
        ("description", "nul\0", BadText),
        ("address", "x" * 201, TextTooLong),
        ("address", "a\0", BadText),
        ("instructions", "x" * 1001, TextTooLong),
        ("instructions", "\x1b[31m", BadText),
        ("kind", "castle", UnknownKind),
        ("capacity", 0, BadCapacity),
        ("capacity", -1, BadCapacity),
        ("capacity", 10_001, BadCapacity),
        ("hour_minor", -1, BadPrice),
        ("hour_minor", 10**9 + 1, BadPrice),
        ("day_cap_minor", 399, BadPrice),
        ("day_cap_minor", 10**9 + 1, BadPrice),
        ("currency", "XXX", UnknownCurrency),
        ("currency", "", UnknownCurrency),
        ("currency", "DEM", UnknownCurrency),
        ("tags", frozenset({"covered", "gold-plated"}), UnknownTag),
        ("max_height_cm", 0, BadLimit),
        ("max_length_cm", -500, BadLimit),
        ("max_width_cm", 10_001, BadLimit),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_changed(
    session: Session, field: str, value: object, error: type[DomainError]
) -> None:
    host = owen(session)
    with pytest.raises(error) as refused:
        created(session, host, **{field: value})
    assert isinstance(refused.value, Invalid)
    assert refused.value.field == field

    made = created(session, host)
    before = made.model_dump()
    given: dict[str, Any] = {"instant": False, field: value}
    changed = replace(GARAGE, **given)
    with pytest.raises(error):
        service.edit(session, actor=host, space_id=made.id, draft=changed, now=NOW)
    assert made.model_dump() == before
    assert not session.dirty


@pytest.mark.parametrize(
    ("lat", "lng"), [(91.0, 0.0), (-90.1, 0.0), (0.0, 181.0), (float("nan"), 0)]
)
def test_no_place_lies_outside_the_earth(lat: float, lng: float) -> None:
    with pytest.raises(OutsideEarth):
        Point(lat=lat, lng=lng)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "abc"),
        ("title", "x" * 80),
        ("description", "x" * 4000),
        ("description", "tab\tand\r\nlines\n"),
        ("capacity", 1),
        ("capacity", 10_000),
        ("hour_minor", 0),
        ("day_cap_minor", 400),
        ("day_cap_minor", None),
        ("currency", "JPY"),
        ("tags", frozenset(drafts.TAGS)),
        ("tags", frozenset[str]()),
        ("point", Point(lat=-90.0, lng=180.0)),
        ("max_height_cm", 1),
        ("max_length_cm", 10_000),
        ("max_width_cm", None),
    ],
)
def test_what_is_just_right_is_taken(session: Session, field: str, value: object) -> None:
    host = owen(session)
    made = created(session, host, **{field: value})

    service.publish(session, actor=host, space_id=made.id, now=NOW)

    assert made.status == SpaceStatus.PUBLISHED


# --- changing


def test_a_host_changes_what_a_space_says(session: Session) -> None:
    host = owen(session)
    made = created(session, host)
    draft = drafts.draft_of(session, space=made)
    assert draft == replace(GARAGE, currency="USD")

    later = NOW + timedelta(days=1)
    changed = replace(draft, title="The new garage", point=SYDNEY, day_cap_minor=None)
    service.edit(session, actor=host, space_id=made.id, draft=changed, now=later)

    assert made.title == "The new garage"
    assert made.timezone == "Australia/Sydney"
    assert made.day_cap_minor is None
    assert (made.created_at, made.updated_at) == (NOW, later)
    assert drafts.draft_of(session, space=made) == changed


def test_another_week_keeps_the_exceptions_and_what_fits(session: Session) -> None:
    host = owen(session)
    closed = (DatedHours(date(2026, 12, 25), date(2026, 12, 26), ()),)
    made = created(session, host, exceptions=closed, max_height_cm=210)
    draft = drafts.draft_of(session, space=made)
    assert (draft.hours, draft.exceptions, draft.max_height_cm) == (None, closed, 210)

    week = merged([Interval(day, 9 * 60, 18 * 60) for day in range(5)])
    changed = replace(draft, hours=week, point=SYDNEY)
    service.edit(session, actor=host, space_id=made.id, draft=changed, now=NOW)

    schedule = session.get_one(Schedule, made.schedule_id)
    assert schedule.timezone == "Australia/Sydney"
    assert drafts.draft_of(session, space=made) == changed


def test_tags_that_an_import_brought_may_stay(session: Session) -> None:
    host = owen(session)
    made = space(session, host, tags=["covered", "max height 2.1 m"])
    draft = drafts.draft_of(session, space=made)

    more = replace(draft, tags=draft.tags | {"ev"})
    service.edit(session, actor=host, space_id=made.id, draft=more, now=NOW)
    assert made.tags == ["covered", "ev", "max height 2.1 m"]

    without = replace(draft, tags=frozenset({"ev"}))
    service.edit(session, actor=host, space_id=made.id, draft=without, now=NOW)
    assert made.tags == ["ev"]


def test_a_new_price_touches_no_booking(session: Session) -> None:
    host, driver = owen(session), dana(session)
    made = space(session, host)
    booking = confirmed(session, made, driver, period(1, 2))
    dearer = replace(drafts.draft_of(session, space=made), hour_minor=9900, day_cap_minor=None)

    service.edit(session, actor=host, space_id=made.id, draft=dearer, now=NOW)

    caller = Caller(user=driver)
    seen = bookings.view(session, booking_id=booking.id, caller=caller, now=NOW)
    assert (seen.hour, seen.total) == (Money(400, "USD"), Money(800, "USD"))


def test_a_space_is_offered_paused_and_retired(session: Session) -> None:
    host = owen(session)
    made = created(session, host)
    asked: dict[str, Any] = {"actor": host, "space_id": made.id, "now": NOW}

    assert service.publish(session, **asked).status == SpaceStatus.PUBLISHED
    assert service.publish(session, **asked).status == SpaceStatus.PUBLISHED
    assert service.pause(session, **asked).status == SpaceStatus.PAUSED
    assert service.publish(session, **asked).status == SpaceStatus.PUBLISHED
    assert service.retire(session, **asked).status == SpaceStatus.RETIRED
    for verb in (service.publish, service.pause, service.retire):
        with pytest.raises(SpaceRetired):
            verb(session, **asked)
    with pytest.raises(SpaceRetired):
        service.edit(session, draft=GARAGE, **asked)


# --- whose it is


def test_only_the_host_or_an_admin_may_change_a_space(session: Session) -> None:
    made = space(session, owen(session))
    stranger, admin = sam(session), ada(session)
    draft = drafts.draft_of(session, space=made)

    with pytest.raises(NotTheHost):
        service.edit(session, actor=stranger, space_id=made.id, draft=draft, now=NOW)
    for verb in (service.publish, service.pause, service.retire):
        with pytest.raises(NotTheHost):
            verb(session, actor=stranger, space_id=made.id, now=NOW)
    assert made.status == SpaceStatus.PUBLISHED

    service.edit(
        session, actor=admin, space_id=made.id, draft=replace(draft, title="By Ada"), now=NOW
    )
    service.pause(session, actor=admin, space_id=made.id, now=NOW)
    assert (made.title, made.status) == ("By Ada", SpaceStatus.PAUSED)
    assert not admin.is_host


@pytest.mark.parametrize("status", [SpaceStatus.DRAFT, SpaceStatus.PAUSED, SpaceStatus.RETIRED])
def test_a_stranger_does_not_learn_that_an_unlisted_space_exists(
    session: Session, status: SpaceStatus
) -> None:
    made = space(session, owen(session), status=status)
    stranger = sam(session)

    with pytest.raises(SpaceNotFound):
        service.publish(session, actor=stranger, space_id=made.id, now=NOW)
    with pytest.raises(SpaceNotFound):
        service.publish(session, actor=stranger, space_id=stranger.id, now=NOW)


# --- signals


def test_a_change_is_signalled_to_those_who_look_at_the_space_and_its_areas(
    committed_database: str,
) -> None:
    assert committed_database
    with db.transaction() as session:
        host = owen(session)
        made = created(session, host)
    with db.engine().connect() as ear:
        ear.execute(text("LISTEN live"))
        ear.commit()
        with db.transaction() as session:
            service.publish(session, actor=host, space_id=made.id, now=NOW)
        assert heard(ear) == {f"space:{made.id}", "area:75/96"}
        with db.transaction() as session:
            moved = replace(GARAGE, point=SYDNEY)
            service.edit(session, actor=host, space_id=made.id, draft=moved, now=NOW)
        assert heard(ear) == {f"space:{made.id}", "area:75/96", "area:235/153"}


def heard(ear: Any) -> set[str]:
    ear.execute(text("SELECT 1"))
    ear.commit()
    driver = ear.connection.driver_connection
    topics = {notice.payload for notice in driver.notifies}
    driver.notifies.clear()
    return topics
