"""However much there is, a route asks the database as often: no query in a loop, anywhere.

Every route that only reads is asked in the world of `permissions`, by somebody who may, with little
in the database and with much.
"""

from collections.abc import Generator, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlmodel import Session

from parkplace.accounts import tokens, vehicles
from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import UserIdentity
from parkplace.accounts.origin import HERE
from parkplace.bookings.models import BookingEvent
from parkplace.payments import cards, methods
from parkplace.payments.answers import SavedCard
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from parkplace.spaces.models import SpacePhoto
from tests import factories as make
from tests.api.conftest import As, program
from tests.api.permissions import COLUMNS, ROWS, Row
from tests.api.test_permissions import address_of, given
from tests.api.worlds import World, world
from tests.factories import NOW, period
from tests.statements import statements
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox

# What any route may need: who is asking, whether they may, the thing and its parts.
MOST = 10
ONE_FOR_EACH_TABLE = "GET /api/v1/auth/me/export"
MANY = 18


@pytest.fixture(autouse=True)
def _sandbox(stripe_sandbox: RunningSandbox) -> Generator[None]:
    with paid_through(stripe_sandbox):
        yield


def test_much_takes_no_more_statements_than_little(
    session: Session, connection: Connection, as_: As
) -> None:
    assert connection
    made = world(session, as_)
    little = counted(made)
    assert len(little) > 40
    assert {name for name, count in little.items() if count > MOST} == {ONE_FOR_EACH_TABLE}
    fill(session, made)
    much = counted(made)
    assert {name: (little[name], n) for name, n in much.items() if n > little[name]} == {}


def counted(made: World) -> dict[str, int]:
    """How many statements each route takes, by its name."""
    found: dict[str, int] = {}
    callers = made.columns()
    with program() as client:
        for row, column in readable():
            address, headers = address_of(row, made), callers[column]
            query = given(row.query, made) or None
            # What is prepared once is prepared.
            answer = client.get(address, headers=headers, params=query)
            assert answer.is_success, (row.name, answer.text)
            with statements() as said:
                client.get(address, headers=headers, params=query)
            found[" ".join([row.name, *row.means.values()])] = len(said)
    return found


def readable() -> Iterator[tuple[Row, str]]:
    """Every route that only reads, and who may; of several whoever owns most of what is read."""
    for row in ROWS:
        may = [
            column
            for column in ("owner", "host", "admin", "nobody")
            if row.statuses[COLUMNS.index(column)] == "200"
        ]
        if row.method == "GET" and row.path.startswith("/api/v1/") and may:
            yield row, may[0]


def fill(session: Session, made: World) -> None:
    """Put much of everything into the world."""
    lot = make.space(session, made.owen, capacity=90)
    payer = cards.customer_for(session, email=made.dana.email, now=NOW)
    for n in range(MANY):
        make.person(session, f"Person{n}")
        make.space(session, made.owen, tags=["covered", "lit"], title=f"Space {n}")
        make.confirmed(session, lot, made.dana, period(2 + n, 1))
        make.confirmed(session, made.garage, made.dana, period(30 + n, 1))
        vehicles.add(session, user=made.dana, draft=vehicles.Draft(plate=f"AB {n}"), now=NOW)
        tokens.issue(session, user=made.dana, origin=HERE, now=NOW)
        action, dana = Action.SIGNED_IN, made.dana
        note(session, action=action, actor=dana, subject_id=dana.id, origin=HERE, now=NOW)
        reports.file(
            session, reporter=dana, plate=f"KLM {n}", kind=ReportKind.BLOCKING,
            description="It stands across the exit.", now=NOW,
        )  # fmt: skip
        card = SavedCard(f"pm_{n}", "visa", "4242", 12, 2030, f"number {n}", NOW)
        methods.keep(session, user_id=dana.id, customer_id=payer.id, card=card, now=NOW)
        session.add_all(rows(made, n))
    session.commit()


def rows(made: World, n: int) -> list[UserIdentity | SpacePhoto | BookingEvent]:
    """What no service makes so simply."""
    return [
        UserIdentity(
            user_id=made.dana.id, provider="none", issuer="https://none.example",
            subject=f"dana {n}", created_at=NOW, last_used_at=NOW,
        ),
        SpacePhoto(
            space_id=made.garage.id, position=n + 1, file_key=f"none{n}", width=8, height=6,
            created_at=NOW,
        ),
        BookingEvent(
            booking_id=UUID(made.things["booking_id"]), at=NOW, actor="driver",
            actor_id=made.dana.id, from_status="held", to_status="confirmed",
        ),
    ]  # fmt: skip
