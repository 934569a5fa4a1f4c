"""A small world in which every kind of person meets every kind of thing, for `permissions`.

Dana drives and has bookings at Owen's garage; a guest has one there too. Sam is a stranger to all
of it, Ada an admin.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session, select

from parkplace.accounts import identity, papers, tokens, vehicles
from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import PaperKind, User, UserIdentity, UserSession
from parkplace.accounts.origin import Origin
from parkplace.bookings import quoting
from parkplace.payments import cards, methods
from parkplace.payments.answers import SavedCard
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from parkplace.spaces.models import Space, SpacePhoto, SpaceStatus
from tests import factories as make
from tests.factories import NOW, period

Headers = dict[str, str]
MASTERCARD = SavedCard("pm_none", "mastercard", "4444", 12, 2030, "none", NOW)
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

    def columns(self) -> dict[str, Headers]:
        """Return what each kind of caller sends."""
        return {
            "nobody": {},
            "guest": {"Authorization": f"Bearer {self.things['other_token']}"},
            "stranger": self.as_(self.sam),
            "owner": self.as_(self.dana),
            "host": self.as_(self.owen),
            "admin": self.as_(self.ada),
            "suspended": self.as_(self.dana),
        }

    def suspend(self, connection: Connection) -> None:
        """Suspend Dana's account, as an admin would; what she sends stays what it was."""
        told = {"now": NOW, "dana": self.dana.id}
        connection.execute(text("UPDATE users SET suspended_at = :now WHERE id = :dana"), told)


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
    things |= {
        "user_id": dana.id,
        **_of_her_account(session, dana),
        "photo_id": _photo(session, garage),
    }
    session.flush()
    made.things = {name: str(one) for name, one in things.items()} | {
        "report_id": str(report.id),
        "token": token,
        "other_token": manage_token(things["other"]),
        "name": "none.webp",
        "zero": "0",
        "number": "1",
        "provider": "none",
    }
    session.commit()
    return made


def _of_her_account(session: Session, dana: User) -> dict[str, UUID]:
    origin = Origin(device="her phone")
    tokens.issue(session, user=dana, origin=origin, now=NOW)
    session_id = session.exec(select(UserSession.id).where(UserSession.user_id == dana.id)).one()
    vehicle = vehicles.add(session, user=dana, draft=vehicles.Draft(plate="KLM 4821"), now=NOW)
    openid = UserIdentity(
        user_id=dana.id, provider="none", issuer="https://none.example", subject="dana",
        created_at=NOW, last_used_at=NOW,
    )  # fmt: skip
    session.add(openid)
    sent = papers.keep([b"%PDF-1.7 passport"])
    identity.submit(
        session, user=dana, kind=PaperKind.PASSPORT, documents=sent, origin=origin, now=NOW
    )
    payer = cards.customer_for(session, email=dana.email, now=NOW)
    method = methods.keep(session, user_id=dana.id, customer_id=payer.id, card=MASTERCARD, now=NOW)
    return {
        "session_id": session_id,
        "vehicle_id": vehicle.id,
        "identity_id": openid.id,
        "method_id": method.id,
    }


def _photo(session: Session, garage: Space) -> UUID:
    photo = SpacePhoto(
        space_id=garage.id, position=0, file_key="none", width=800, height=600, created_at=NOW
    )
    session.add(photo)
    session.flush()
    return photo.id
