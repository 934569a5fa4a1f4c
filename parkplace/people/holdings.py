"""Every table that says something about a person: what they are shown, and what becomes of it.

A test walks through all tables and wants each that names a person to stand here, so that a new one
cannot be forgotten, neither when somebody asks what is kept of them nor when they leave.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select
from sqlmodel import col

from parkplace.bookings.models import Booking
from parkplace.core.columns import metadata
from parkplace.payments.models import Customer
from parkplace.people.belongings import Person

Whose = Callable[[Table, Person], ColumnElement[bool]]
Shown = Callable[[dict[str, Any], Person], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a table holds of a person.

    Attributes:
        section: What it is called in the export.
        table: Its name.
        whose: Which of its rows.
        without: Columns that are left out: secrets, names that mean something to us alone, and
            what is somebody else's.
        shown: Takes out of a row what only some rows must not show.
    """

    section: str
    table: str
    whose: Whose
    without: Collection[str] = ()
    shown: Shown = lambda row, _: row

    def rows_of(self) -> Table:
        """Return the table itself."""
        return metadata().tables[self.table]


def _by(column: str) -> Whose:
    return lambda table, person: table.c[column] == person.id


def _orders(person: Person) -> Select[UUID]:
    return select(col(Booking.id)).where(person.bookings())


def _of_own_bookings(column: str) -> Whose:
    return lambda table, person: table.c[column].in_(_orders(person))


def _of_own_spaces(column: str, of_space: str = "id") -> Whose:
    def whose(table: Table, person: Person) -> ColumnElement[bool]:
        spaces = metadata().tables["spaces"]
        return table.c[column].in_(select(spaces.c[of_space]).where(spaces.c.host_id == person.id))

    return whose


def _log(table: Table, person: Person) -> ColumnElement[bool]:
    return or_(table.c.subject_id == person.id, table.c.actor_id == person.id)


def _papers(table: Table, person: Person) -> ColumnElement[bool]:
    checks = metadata().tables["identity_checks"]
    return table.c.check_id.in_(select(checks.c.id).where(checks.c.user_id == person.id))


def _cards(table: Table, person: Person) -> ColumnElement[bool]:
    payers = select(col(Customer.id)).where(person.customers())
    return or_(table.c.order_id.in_(_orders(person)), table.c.customer_id.in_(payers))


def _payout_parts(table: Table, person: Person) -> ColumnElement[bool]:
    payouts = metadata().tables["payouts"]
    return table.c.payout_id.in_(select(payouts.c.id).where(payouts.c.host_id == person.id))


def _money(table: Table, person: Person) -> ColumnElement[bool]:
    own = and_(table.c.account != "host", table.c.order_id.in_(_orders(person)))
    return or_(table.c.owner_id == person.id, own)


def _unlinked(row: dict[str, Any], _: Person) -> dict[str, Any]:
    """Take the links out of a letter: some of them open doors."""
    return row | {"text": re.sub(r"https?://\S+", "(link)", row["text"])}


def _from_where_one_was(row: dict[str, Any], person: Person) -> dict[str, Any]:
    """Say from where something was done only when the person did it, or nobody who is known."""
    mine = row["actor_id"] in {person.id, None}
    return row if mine else row | {"actor_id": None, "network": "", "device": ""}


EXPORTED: tuple[Holding, ...] = (
    Holding("account", "users", _by("id"), without={"password_hash"}),
    Holding("sessions", "user_sessions", _by("user_id"), without={"token_hash", "family_hash"}),
    Holding("log", "audit_entries", _log, shown=_from_where_one_was),
    Holding("ways_in", "identities", _by("user_id")),
    Holding("vehicles", "vehicles", _by("user_id")),
    Holding("identity_checks", "identity_checks", _by("user_id"), without={"decided_by"}),
    Holding("identity_documents", "identity_documents", _papers, without={"file_name"}),
    Holding(
        "bookings", "bookings", lambda _, person: person.bookings(), without={"payment_method"}
    ),
    Holding(
        "booking_events", "booking_events", _of_own_bookings("booking_id"), without={"actor_id"}
    ),
    Holding("cards", "card_setups", _cards, without={"stripe_id", "url", "payment_method"}),
    Holding(
        "payments",
        "payment_attempts",
        _of_own_bookings("order_id"),
        without={"params", "stripe_id"},
    ),
    Holding("ledger", "ledger_entries", _money, without={"owner_id"}),
    Holding("payers", "customers", lambda _, person: person.customers(), without={"stripe_id"}),
    Holding(
        "kept_cards",
        "payment_methods",
        _by("user_id"),
        without={"stripe_id", "fingerprint"},
    ),
    Holding("payee", "payees", _by("user_id"), without={"stripe_id"}),
    Holding("payouts", "payouts", _by("host_id"), without={"account"}),
    Holding("payout_parts", "payout_parts", _payout_parts, without={"charge", "transfer"}),
    Holding("spaces", "spaces", _by("host_id"), without={"location", "words", "tile_x", "tile_y"}),
    Holding("space_photos", "space_photos", _of_own_spaces("space_id")),
    Holding(
        "opening_hours",
        "schedules",
        _of_own_spaces("id", "schedule_id"),
        without={"open_during", "digest"},
    ),
    Holding("reports", "reports", lambda _, person: person.reports(), without={"status_hash"}),
    Holding(
        "letters",
        "emails",
        lambda _, person: person.letters(),
        without={"html", "attachments", "dedupe_key", "attempts", "due_at", "last_error"},
        shown=_unlinked,
    ),
)

# Tables that name a person and are not shown to them, and why.
NOT_EXPORTED: Mapping[str, str] = {
    "sign_in_codes": "lives for a minute and is a hash",
    "account_links": "lives for a day and is a hash",
    "seen_devices": "is a hash",
    "second_factors": "is a secret, shown once",
    "recovery_codes": "is a hash",
    "idempotency_keys": "repeats what stands in the things themselves, for two days",
    "departures": "there is none for anybody who could ask",
}

# What becomes of what names a person when they leave. Tables whose rows go with their person say so
# themselves (`ondelete="CASCADE"` to `users`) and need not stand here.
ON_LEAVING: Mapping[str, str] = {
    "users": "every column has its first value again; the id stays, for what refers to it",
    "audit_entries": "stays: it holds ids and ranges of addresses, no names",
    "identity_documents": "goes with its check; the files go after the commit",
    "bookings": "keeps amounts, times and reference; address, plate and card go",
    "booking_events": "keeps what happened; the person's own words go",
    "card_setups": "keeps that there was a visit; card and address of the page go",
    "customers": "loses its address; its cards are detached at Stripe",
    "payment_methods": "keeps that there was a card; what it was goes, and Stripe detaches it",
    "payees": "loses its address; Stripe's name for the account stays with the payouts",
    "payouts": "stays: amounts and Stripe's names for things",
    "payout_parts": "stays: amounts and Stripe's names for things",
    "payment_attempts": "stays: amounts and Stripe's names for things",
    "ledger_entries": "stays: amounts and ids",
    "spaces": "retired without words; where it was stays for those that were booked",
    "space_photos": "goes, and its files",
    "reports": "loses the address; plates in it are other people's statements and stay",
    "emails": "letters to them and letters that name their things go",
    "idempotency_keys": "go",
    "departures": "is what is left to do, and goes when it is done",
}
