"""One booking's whole life, told so that it can be told again from wherever it broke off.

It is run in processes of its own that die at a chosen moment: before or after any commit, before a
call to Stripe leaves or before its answer is read, before a mail leaves or after it was taken.
"""

import os
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import requests
from sqlalchemy import event
from sqlmodel import col, select

from parkplace.bookings import clockwork, holding
from parkplace.bookings.access import NOBODY, Caller
from parkplace.bookings.flows import cards
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.core import db
from parkplace.core.db import transaction
from parkplace.notifications.send import CLAIM, send_due
from parkplace.spaces.models import Space
from tests.factories import NOW, period

DIED = 9
STAY = period(1, 3)
CARD = {"card_number": "4242424242424242", "expiry": "12/34", "cvc": "123"}


@dataclass(frozen=True)
class Life:
    """Whose life it is, in what world, and at which moment it breaks off (0: never)."""

    space: str
    email: str
    environment: dict[str, str]
    dies_at: int = 0
    after: timedelta = timedelta(0)  # how long after the crash it is told again


class Moments:
    """Counts the moments at which a process can die, and dies at the chosen one."""

    def __init__(self, dies_at: int) -> None:
        self._left = dies_at

    def pass_one(self, *_: object) -> None:
        """Live through a moment, or not."""
        self._left -= 1
        if self._left == 0:
            os._exit(DIED)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call with a moment before it and one after."""

        def watched(*given: Any, **named: Any) -> Any:
            self.pass_one()
            answer = call(*given, **named)
            self.pass_one()
            return answer

        return watched


def live(life: Life) -> None:
    """Live it, in this process, to the end or to the moment it dies."""
    os.environ.update(life.environment)
    moments = Moments(life.dies_at)
    event.listen(db.engine(), "commit", moments.pass_one)
    # The libraries' own doors to the network; nothing of ours is touched.
    requests.Session.send = moments.around(requests.Session.send)
    smtplib.SMTP.data = moments.around(smtplib.SMTP.data)
    booked = _booked(life)
    if booked is not None:
        _end(life, booked.ends_at)


def _booked(life: Life) -> Booking | None:
    """Hold, pay, and come back; do again only what was not done."""
    now = NOW + life.after
    booking = _booking(life) or _hold(life, now)
    if booking.status == BookingStatus.HELD:
        caller = Caller(manages=booking.id)
        try:
            page = cards.open_card_page(booking_id=booking.id, caller=caller, now=now)
        except BookingMoved:
            clockwork.expire_holds(now=now)
            return None
        if page.startswith(life.environment["STRIPE_BASE_URL"]):
            httpx.post(page, data=CARD, trust_env=False)
        cards.finish_card_page(booking_id=booking.id, now=now)
    return _booking(life)


def _end(life: Life, over: datetime) -> None:
    """Let time pass: the jobs do the rest, now and once every claim has run out."""
    for later in (timedelta(0), CLAIM, 2 * CLAIM):
        now = over + life.after + later
        clockwork.begin_stays(now=now)
        clockwork.end_stays(now=now)
        clockwork.charge_due(now=now)
        send_due(now=now)


def _booking(life: Life) -> Booking | None:
    with transaction() as session:
        return session.exec(select(Booking).where(col(Booking.email) == life.email)).first()


def _hold(life: Life, now: datetime) -> Booking:
    with transaction() as session:
        space = session.exec(select(Space).where(col(Space.title) == life.space)).one()
        return holding.hold(
            session, caller=NOBODY, space_id=space.id, period=STAY, email=life.email, now=now
        )
