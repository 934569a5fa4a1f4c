"""What the account pages say, made from what was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from babel.dates import format_timedelta

from parkplace.accounts.audit import Action
from parkplace.accounts.devices import in_words
from parkplace.accounts.models import (
    AuditEntry,
    SessionKind,
    UserIdentity,
    UserSession,
    Vehicle,
    VehicleKind,
)
from parkplace.accounts.openid.client import label as provider_label
from parkplace.payments.methods import label
from parkplace.payments.models import PaymentMethod

KINDS: dict[VehicleKind, str] = {
    VehicleKind.CAR: "Car",
    VehicleKind.VAN: "Van",
    VehicleKind.MOTORCYCLE: "Motorcycle",
    VehicleKind.TRUCK: "Truck",
    VehicleKind.CAMPER: "Camper",
}

# What the log says to the person it is about.
HAPPENED: dict[str, str] = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGN_IN_REFUSED: "Somebody tried to sign in and was refused",
    Action.TOKEN_STOLEN: "A program's token came back twice, so its session was ended",
    Action.EMAIL_VERIFIED: "The e-mail address was verified",
    Action.EMAIL_CHANGE_ASKED: "A move to another e-mail address was begun",
    Action.EMAIL_CHANGE_STOPPED: "A move to another e-mail address was stopped",
    Action.EMAIL_CHANGED: "The e-mail address was changed",
    Action.PASSWORD_RESET_ASKED: "A link to choose a new password was asked for",
    Action.PASSWORD_CHANGED: "The password was changed",
    Action.SESSION_REVOKED: "A device was signed out",
    Action.TWO_FACTOR_ON: "Two-factor sign-in was switched on",
    Action.TWO_FACTOR_OFF: "Two-factor sign-in was switched off",
    Action.RECOVERY_CODE_USED: "A recovery code was used",
    Action.RECOVERY_CODES_RENEWED: "New recovery codes were made",
    Action.DATA_EXPORTED: "Your data was exported",
    Action.ADMIN_APPOINTED: "Made an admin",
    Action.ROLES_CHANGED: "Roles were changed",
    Action.PROFILE_CHANGED: "An admin changed the profile",
    Action.PERSON_SUSPENDED: "The account was suspended",
    Action.PERSON_REINSTATED: "The account was reinstated",
    Action.PAPERS_SENT: "Papers were sent in",
    Action.IDENTITY_APPROVED: "Papers were accepted",
    Action.IDENTITY_REJECTED: "Papers were not accepted",
    Action.IDENTITY_LINKED: "Another way of signing in was added",
    Action.IDENTITY_UNLINKED: "A way of signing in was removed",
    Action.ACCOUNT_OPENED: "The account was opened through a provider",
    Action.ACCOUNT_DELETED: "An account was deleted",
    Action.PAPER_SEEN: "Papers were looked at",
}


@dataclass(frozen=True, slots=True)
class Device:
    """Somewhere somebody is signed in; `here` is the browser that asks."""

    id: str
    name: str
    facts: str
    here: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """Something the log says; `at` is an RFC 3339 instant, `facts` goes on after it."""

    id: str
    what: str
    at: str
    facts: str


@dataclass(frozen=True, slots=True)
class Car:
    """A vehicle in somebody's list, and what its form begins with."""

    id: str
    name: str
    plate: str
    region: str
    facts: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A card in somebody's list."""

    id: str
    label: str
    expiry: str
    expired: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A provider through which somebody signs in."""

    id: str
    name: str


def device(opened: UserSession, *, current: UUID, now: datetime) -> Device:
    """Return a session as a line of the list."""
    here = opened.id == current
    used = "in use now" if here else f"last used {_ago(opened.last_used_at, now=now)}"
    parts = (_through(opened), opened.network and f"from {opened.network}", used)
    return Device(str(opened.id), in_words(opened.device), _joined(parts), here)


def happened(entry: AuditEntry, *, own: UUID) -> Happened:
    """Return an entry of the log as its person reads it: of others neither who nor where."""
    what = HAPPENED.get(entry.action, entry.action.replace("_", " ").capitalize())
    if entry.actor_id in {own, None}:
        whose = "" if entry.subject_id in {own, None} else "for somebody else"
        where = entry.network and f"from {entry.network}"
        facts = (whose, in_words(entry.device) if entry.device else "", where)
    else:
        facts = ("by an admin",)
    said = "".join(f" · {fact}" for fact in facts if fact)
    return Happened(str(entry.id), what, entry.at.isoformat(), said)


def vehicle(row: Vehicle) -> Car:
    """Return a vehicle as a line of its driver's list."""
    kind = KINDS[VehicleKind(row.kind)]
    sizes = ((row.height_cm, "high"), (row.length_cm, "long"), (row.width_cm, "wide"))
    facts = [f"{size / 100:g} m {way}" for size, way in sizes if size is not None]
    return Car(
        id=str(row.id),
        name=row.nickname or kind,
        plate=row.plate,
        region=row.region,
        facts=_joined((kind if row.nickname else "", *facts)),
        is_default=row.is_default,
    )


def way(known: UserIdentity) -> Way:
    """Return a provider as a line of the list."""
    return Way(str(known.id), provider_label(known.provider))


def card(kept: PaymentMethod, *, now: datetime) -> Card:
    """Return a card as a line of its person's list."""
    expired = (kept.exp_year, kept.exp_month) < (now.year, now.month)
    return Card(
        id=str(kept.id),
        label=label(kept),
        expiry=f"Good until {kept.exp_month:02}/{kept.exp_year % 100:02}",
        expired=expired,
        is_default=kept.is_default,
    )


def _through(opened: UserSession) -> str:
    return "a program" if opened.kind == SessionKind.API else ""


def _ago(at: datetime, *, now: datetime) -> str:
    passed = max(now - at, timedelta())
    if passed < timedelta(minutes=2):
        return "a moment ago"
    return f"{format_timedelta(passed, locale='en_US')} ago"


def _joined(parts: tuple[str, ...]) -> str:
    return " · ".join(part for part in parts if part)
