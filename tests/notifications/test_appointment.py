from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from parkplace.core.times import Period
from parkplace.notifications.appointment import appointment
from tests.notifications.letters import HOUR, NOW, STAY, URL


def span_of(event: Event) -> tuple[datetime, datetime]:
    start, end = event.start, event.end
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    return start.astimezone(UTC), end.astimezone(UTC)


def event_of(ics: str) -> Event:
    calendar = Calendar.from_ical(ics)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_a_booking_is_an_appointment_in_utc() -> None:
    ics = appointment(STAY, url=URL, now=NOW)
    event = event_of(ics)
    assert span_of(event) == (STAY.period.starts_at, STAY.period.ends_at)
    assert "DTSTART:20261121T230000Z" in ics
    assert "METHOD:PUBLISH" in ics
    assert event["status"] == "CONFIRMED"
    assert event["summary"] == "Parking: St Marks Place garage, bay 2"
    assert event["location"] == "12 St Marks Place, New York"
    assert event["url"] == URL
    assert "DTSTAMP:20261121T170000Z" in ics


def test_a_change_replaces_the_appointment() -> None:
    longer = Period(STAY.period.starts_at, STAY.period.ends_at + HOUR)
    first = event_of(appointment(STAY, url=URL, now=NOW))
    second = event_of(appointment(replace(STAY, period=longer, changes=1), url=URL, now=NOW))
    assert first["uid"] == second["uid"] == str(STAY.booking_id)
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert span_of(second) == (longer.starts_at, longer.ends_at)


def test_a_cancelled_booking_leaves_the_calendar() -> None:
    ics = appointment(replace(STAY, changes=2), url=URL, now=NOW, cancelled=True)
    event = event_of(ics)
    assert "METHOD:CANCEL" in ics
    assert (event["status"], event["transp"]) == ("CANCELLED", "TRANSPARENT")
    assert (event["uid"], event["sequence"]) == (str(STAY.booking_id), 2)


def test_a_night_that_lasts_nine_hours_does_so_in_the_calendar() -> None:
    start = STAY.period.starts_at.replace(month=3, day=8, hour=3)
    night = Period(start, start + 9 * HOUR)
    start, end = span_of(event_of(appointment(replace(STAY, period=night), url=URL, now=NOW)))
    assert end - start == timedelta(hours=9)


@given(st.text(st.characters()), st.text(st.characters()))
def test_a_title_cannot_start_another_field(title: str, address: str) -> None:
    evil = replace(STAY, space=f"{title}\r\nATTENDEE:mailto:x@y.z", address=address)
    event = event_of(appointment(evil, url=URL, now=NOW))
    assert "attendee" not in event
    assert event["uid"] == str(STAY.booking_id)
    assert len(event.subcomponents) == 0
