"""A booking as an appointment that calendars understand (RFC 5545)."""

from datetime import datetime

from icalendar import Calendar, Event

from parkplace.core.texts import one_line
from parkplace.notifications.messages import Stay


def appointment(stay: Stay, *, url: str, now: datetime, cancelled: bool = False) -> str:
    """Return the text of an `.ics` file.

    The booking's id is the UID and its number of changes the SEQUENCE, so a calendar replaces
    what it has. Times are UTC: no calendar can get the space's zone wrong.

    Args:
        stay: The booking.
        url: Where it can be seen.
        now: When this is written.
        cancelled: Whether the appointment is off.
    """
    event = Event()
    event.add("uid", str(stay.booking_id))
    event.add("sequence", stay.changes)
    event.add("dtstamp", now)
    event.add("dtstart", stay.period.starts_at)
    event.add("dtend", stay.period.ends_at)
    event.add("summary", one_line(f"Parking: {stay.space}, bay {stay.bay}"))
    event.add("location", one_line(stay.address))
    event.add("description", one_line(f"Deed no. {stay.reference}. {url}"))
    event.add("url", url)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    calendar = Calendar()
    calendar.add("prodid", "-//Park Place//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical().decode()
