"""A small world in which every kind of person meets every kind of thing, for `permissions`.

Dana drives and has bookings at Owen's garage; a guest has one there too. Sam is a stranger to all
of it, Ada an admin.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.bookings import quoting
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from parkplace.spaces.models import Space, SpaceStatus
from tests import factories as make
from tests.factories import NOW, period

Headers = dict[str, str]
# What else a part of an address may stand for, besides the thing of its own name.
ALSO = {
    "booking_id": ("held", "active", "requested", "other"),
    "space_id": ("draft",),
}


@dataclass
class World:
    """Who there is, how each proves it, and what the parts of addresses stand for.

    `things` holds ids by name. A part of an address, `{booking_id}`, is looked up under its own
    name; a row may say that it means another thing, `booking_id="requested"`.
    """

    dana: User
    owen: User
    sam: User
    ada: User
    garage: Space
    as_: Callable[[User], Headers]
    things: dict[str, str] = field(default_factory=dict[str, str])

    def pools(self) -> dict[str, list[str]]:
        """Return all that each part of an address may stand for."""
        return {
            name: [one, *(self.things[other] for other in ALSO.get(name, ()))]
            for name, one in self.things.items()
        }

    def columns(self) -> dict[str, Headers | None]:
        """Return what each kind of caller sends; None for one that there is not yet."""
        return {
            "nobody": {},
            "guest": {"Authorization": f"Bearer {self.things['other_token']}"},
            "stranger": self.as_(self.sam),
            "owner": self.as_(self.dana),
            "host": self.as_(self.owen),
            "admin": self.as_(self.ada),
            "suspended": suspended(self),
        }


def suspended(_: World) -> Headers | None:
    """Return what Dana sends after her account was suspended; None while no account can be."""
    return None


def world(session: Session, as_: Callable[[User], Headers]) -> World:
    """Make it."""
    dana, owen = make.dana(session), make.owen(session)
    sam, ada = make.sam(session), make.ada(session)
    garage = make.space(session, owen, capacity=9)
    asking = make.space(session, owen, instant=False)
    made = World(dana, owen, sam, ada, garage, as_)
    things: dict[str, UUID] = {
        "space_id": garage.id,
        "draft": make.space(session, owen, status=SpaceStatus.DRAFT).id,
        "held": make.held(session, garage, dana, period(2, 1)).id,
        "booking_id": make.confirmed(session, garage, dana, period(2, 1)).id,
        "active": make.confirmed(session, garage, dana, period(0, 3)).id,
        "requested": make.confirmed(session, asking, dana, period(2, 1)).id,
        "other": make.confirmed(session, garage, None, period(2, 1)).id,
        "quote_id": quoting.quote(session, space_id=garage.id, period=period(5, 1), now=NOW).id,
    }
    report, token = reports.file(
        session,
        reporter=dana,
        plate="KLM 4821",
        kind=ReportKind.BLOCKING,
        description="It stands across the exit.",
        now=NOW,
    )
    session.flush()
    made.things = {name: str(one) for name, one in things.items()} | {
        "report_id": str(report.id),
        "token": token,
        "other_token": manage_token(things["other"]),
        "name": "none.webp",
        "zero": "0",
    }
    session.commit()
    return made
