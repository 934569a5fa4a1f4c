"""A booking's life cut short at every moment, and taken up again by another process.

Whatever the moment: one booking in a right state, one charge at Stripe, a ledger that agrees, and
each mail once, except where the mail server took it and the note of that was lost; then a second
copy bears the same Message-ID.
"""

import multiprocessing
from collections import Counter
from collections.abc import Generator
from datetime import timedelta
from itertools import count

import pytest
from sqlmodel import col, select

from parkplace.bookings.models import Booking
from parkplace.core.db import transaction
from parkplace.core.money import Money
from parkplace.notifications.models import Email
from parkplace.payments import ledger
from tests import factories as make
from tests.crash.life import DIED, Life, live
from tests.notifications.post_office import PostOffice, post_office
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox

FEWEST_MOMENTS = 20


class World:
    """A database, a sandbox and a post office in which lives are lived."""

    def __init__(self, environment: dict[str, str], office: PostOffice) -> None:
        self._environment = environment
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["tests.crash.life"])
        self.office = office
        with transaction() as session:
            self._host = make.owen(session)

    def new_life(self, name: str) -> Life:
        with transaction() as session:
            make.space(session, self._host, title=name)
        return Life(name, f"{name}@example.com", self._environment)

    def run(self, life: Life, *, dies_at: int = 0, after: timedelta = timedelta(0)) -> int | None:
        told = Life(life.space, life.email, life.environment, dies_at, after)
        process = self._processes.Process(target=live, args=(told,))
        process.start()
        process.join(60)
        return process.exitcode

    def booking(self, life: Life) -> Booking:
        with transaction() as session:
            return session.exec(select(Booking).where(col(Booking.email) == life.email)).one()

    def letters(self, life: Life) -> Counter[str]:
        """How often the mail server took each letter to this person, by Message-ID."""
        return Counter(
            letter["Message-ID"] for letter in self.office.letters if letter["To"] == life.email
        )


@pytest.fixture
def world(committed_database: str, stripe_sandbox: RunningSandbox) -> Generator[World]:
    with paid_through(stripe_sandbox) as sandbox, post_office() as office:
        yield World(
            {
                "PARKPLACE_ENV": "test",
                "DATABASE_URL": committed_database,
                "STRIPE_API_KEY": sandbox.api_key,
                "STRIPE_BASE_URL": sandbox.url,
                "SMTP_URL": office.url,
            },
            office,
        )


@pytest.mark.timeout(300)
def test_a_life_cut_short_at_any_moment_ends_well(
    world: World, stripe_sandbox: RunningSandbox
) -> None:
    moment = 0
    for moment in count(1):
        life = world.new_life(f"life-{moment}")
        died = world.run(life, dies_at=moment) == DIED
        # The same process, restarted a minute later.
        assert world.run(life, after=timedelta(minutes=1)) == 0
        check(world, life, stripe_sandbox, moment=moment)
        if not died:
            break
    assert moment > FEWEST_MOMENTS


def check(world: World, life: Life, stripe: RunningSandbox, *, moment: int) -> None:
    booking = world.booking(life)
    assert (booking.status, booking.payment_status) == ("completed", "paid"), moment
    assert charged(stripe, booking) == [1200], moment
    with transaction() as session:
        paid = ledger.paid(session, order_id=booking.id, currency="USD")
        written = select(Email).where(col(Email.to_address) == life.email)
        emails = session.exec(written.order_by(col(Email.id))).all()
    assert paid == Money(1200, "USD"), moment
    assert [(email.kind, email.status) for email in emails] == [
        ("confirmed", "sent"),
        ("ended", "sent"),
    ], moment
    taken = world.letters(life)
    assert len(taken) == len(emails), moment
    for email in emails:
        [copies] = [times for name, times in taken.items() if str(email.id) in name]
        # Sent again only if the first sender died holding it.
        assert copies == 1 or (copies == 2 and email.attempts == 2), moment


def charged(stripe: RunningSandbox, booking: Booking) -> list[int]:
    """What Stripe itself says was charged for a booking."""
    with stripe.client() as client:
        listed = client.get("/v1/payment_intents", params={"limit": 100}).json()["data"]
    return [
        intent["amount"]
        for intent in listed
        if intent["metadata"].get("order_id") == str(booking.id) and intent["status"] == "succeeded"
    ]
