"""Tables of money: who pays, with what, what was tried, and the ledger.

Rows name the thing that money is for by `order_id`, the booking's id, without a foreign key:
payments lie below bookings and do not know them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, String, text
from sqlmodel import Column, Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp


class SetupStatus(StrEnum):
    """How far the saving of a card has come."""

    NEW = "new"  # written, not yet known to Stripe
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class AttemptKind(StrEnum):
    """Which way money was to go."""

    CHARGE = "charge"
    REFUND = "refund"


class AttemptStatus(StrEnum):
    """What became of an attempt to move money."""

    NEW = "new"  # written; Stripe may or may not have heard of it
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    NEEDS_ACTION = "needs_action"  # the bank asks the driver to confirm (3-D Secure)


class Account(StrEnum):
    """Where the ledger keeps money."""

    DRIVER = "driver"  # what drivers owe: positive until they pay
    STRIPE = "stripe"  # what Stripe holds for us
    HOST = "host"  # what is owed to hosts: negative until paid out


class Customer(Row, table=True):
    """A payer as Stripe knows them; one row for each e-mail address."""

    __tablename__ = "customers"

    id: UUID = key()
    email: str = Field(unique=True)
    stripe_id: str | None = Field(default=None, unique=True)
    created_at: datetime = timestamp()


class CardSetup(Row, table=True):
    """One visit to Stripe's card page for one order."""

    __tablename__ = "card_setups"
    __table_args__ = (one_of("status", SetupStatus),)

    id: UUID = key()
    order_id: UUID = Field(index=True)
    customer_id: UUID = Field(foreign_key="customers.id")
    status: str = SetupStatus.NEW
    stripe_id: str | None = Field(default=None, unique=True)
    url: str | None = None
    payment_method: str | None = None
    card: str = ""  # what the person recognises: `Visa ···· 4242`
    created_at: datetime = timestamp()
    expires_at: datetime | None = timestamp(optional=True)


class Attempt(Row, table=True):
    """One deliberate attempt to charge or refund; its id is the idempotency key at Stripe.

    `params` is frozen before the call, so that a repeat after a crash says exactly the same.
    """

    __tablename__ = "payment_attempts"
    __table_args__ = (
        one_of("kind", AttemptKind),
        one_of("status", AttemptStatus),
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        # Two open attempts for one order would be two charges.
        Index(
            "uq_payment_attempts_open",
            "order_id",
            unique=True,
            postgresql_where=text("status IN ('new', 'needs_action')"),
        ),
    )

    id: UUID = key()
    order_id: UUID = Field(index=True)
    kind: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    params: dict[str, Any] = json_column()
    status: str = AttemptStatus.NEW
    stripe_id: str | None = Field(default=None, index=True)
    decline_code: str | None = None
    created_at: datetime = timestamp()
    answered_at: datetime | None = timestamp(optional=True)


class StripeEvent(Row, table=True):
    """A webhook already acted on; inserted in the transaction that acts."""

    __tablename__ = "stripe_events"

    id: str = Field(primary_key=True)
    type: str
    object_id: str
    created_at: datetime = timestamp()
    received_at: datetime = timestamp(index=True)


class LedgerEntry(Row, table=True):
    """One side of a movement; the sides of a movement sum to zero, which the database checks."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        one_of("account", Account),
        CheckConstraint("amount_minor <> 0", name="amount_minor"),
        Index("ix_ledger_entries_order", "order_id", "account"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    movement_id: UUID = Field(index=True)
    order_id: UUID
    account: str
    owner_id: UUID | None = None  # the host, for their account
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    memo: str
    at: datetime = timestamp()
