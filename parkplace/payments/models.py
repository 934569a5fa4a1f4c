"""Tables of money: who pays, with what, what was tried, who is paid, and the ledger.

Rows name the thing that money is for by `order_id`, the booking's id, without a foreign key:
payments lie below bookings and do not know them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    SmallInteger,
    String,
    text,
)
from sqlmodel import Column, Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp


class SetupStatus(StrEnum):
    """How far the saving of a card has come."""

    NEW = "new"  # written, not yet known to Stripe
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class SetupKind(StrEnum):
    """Where a card is typed."""

    PAGE = "page"  # Stripe's own page
    INTENT = "intent"  # a form of Stripe's in somebody else's page: a SetupIntent


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


class PartStatus(StrEnum):
    """What became of a part of a payout."""

    NEW = "new"  # written; Stripe may or may not have heard of it
    SENT = "sent"
    REFUSED = "refused"


class PayoutStatus(StrEnum):
    """What became of a payout."""

    UNDER_WAY = "under_way"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    FAILED = "failed"


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
    """One saving of a card, for an order, for the cards that an account keeps, or for both.

    Attributes:
        kind: Whether the card is typed on Stripe's page, which has a `url`, or elsewhere.
        order_id: What the card is to pay; NULL when it is only kept.
        user_id: Whose card it will be; NULL for a guest's.
    """

    __tablename__ = "card_setups"
    __table_args__ = (
        one_of("status", SetupStatus),
        one_of("kind", SetupKind),
        CheckConstraint("order_id IS NOT NULL OR user_id IS NOT NULL", name="purpose"),
        Index(
            "ix_card_setups_payment_method",
            "payment_method",
            postgresql_where=text("payment_method IS NOT NULL"),
        ),
    )

    id: UUID = key()
    kind: str = SetupKind.PAGE
    order_id: UUID | None = Field(default=None, index=True)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", index=True)
    customer_id: UUID = Field(foreign_key="customers.id")
    status: str = SetupStatus.NEW
    stripe_id: str | None = Field(default=None, unique=True)
    url: str | None = None
    payment_method: str | None = None
    card: str = ""  # what the person recognises: `Visa ···· 4242`
    created_at: datetime = timestamp()
    expires_at: datetime | None = timestamp(optional=True)


class PaymentMethod(Row, table=True):
    """A card that an account keeps, as the person recognises it.

    One row for each card, however often it was saved: `fingerprint` is Stripe's name of its number,
    `stripe_id` that of its latest saving. From `forgotten_at` on it is shown and used no more, and
    Stripe is still to be told.
    """

    __tablename__ = "payment_methods"
    __table_args__ = (
        Index(
            "uq_payment_methods_card",
            "user_id",
            "fingerprint",
            unique=True,
            postgresql_where=text("forgotten_at IS NULL"),
        ),
        Index(
            "uq_payment_methods_default",
            "user_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
        Index(
            "ix_payment_methods_forgotten",
            "forgotten_at",
            postgresql_where=text("forgotten_at IS NOT NULL"),
        ),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id")
    customer_id: UUID = Field(foreign_key="customers.id")
    stripe_id: str = Field(unique=True)
    fingerprint: str
    brand: str
    last4: str
    exp_month: int = Field(sa_type=SmallInteger)
    exp_year: int = Field(sa_type=SmallInteger)
    is_default: bool = False
    created_at: datetime = timestamp()
    forgotten_at: datetime | None = timestamp(optional=True)


class Attempt(Row, table=True):
    """One deliberate attempt to charge or refund; its id is the idempotency key at Stripe.

    `params` is frozen before the call, so that a repeat after a crash says exactly the same.
    `payer_id` is the driver's account, NULL for a guest's.
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
        Index("ix_payment_attempts_payer", "payer_id", "id"),
    )

    id: UUID = key()
    order_id: UUID = Field(index=True)
    payer_id: UUID | None = Field(default=None, foreign_key="users.id")
    kind: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    params: dict[str, Any] = json_column()
    status: str = AttemptStatus.NEW
    stripe_id: str | None = Field(default=None, index=True)
    decline_code: str | None = None
    created_at: datetime = timestamp()
    answered_at: datetime | None = timestamp(optional=True)


class Payee(Row, table=True):
    """A host as Stripe pays them: their connected account, and what it said when last asked.

    `email` and `country` are what the account is made with, frozen before Stripe is asked.
    """

    __tablename__ = "payees"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id")
    email: str
    country: str = Field(sa_type=String(2))  # pyright: ignore[reportArgumentType]
    stripe_id: str | None = Field(default=None, unique=True)
    can_be_paid: bool = False
    submitted: bool = False
    wanted: list[str] = json_column()
    created_at: datetime = timestamp()
    checked_at: datetime | None = timestamp(optional=True)


class Payout(Row, table=True):
    """Money that a host asked for; `amount_minor` is what was meant to be sent."""

    __tablename__ = "payouts"
    __table_args__ = (
        one_of("status", PayoutStatus),
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        Index("ix_payouts_host", "host_id", "id"),
    )

    id: UUID = key()
    host_id: UUID = Field(foreign_key="users.id")
    account: str  # the host's account at Stripe, as it was then
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    status: str = PayoutStatus.UNDER_WAY
    created_at: datetime = timestamp()
    ended_at: datetime | None = timestamp(optional=True)


class PayoutPart(Row, table=True):
    """The part of a payout that one order's charge pays: one transfer, whose key is this id.

    Stripe lets a transfer follow the charge it comes from, so that it needs no balance of ours and
    is not held up by another one.

    Attributes:
        order_id, charge: Which order, and Stripe's id of its charge.
        transfer: Stripe's id of what was sent.
        try_at: When it may be sent by whoever comes; until then somebody is at it.
    """

    __tablename__ = "payout_parts"
    __table_args__ = (
        one_of("status", PartStatus),
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        Index("ix_payout_parts_open", "try_at", postgresql_where=text("status = 'new'")),
    )

    id: UUID = key()
    payout_id: UUID = Field(foreign_key="payouts.id", index=True)
    order_id: UUID = Field(index=True)
    charge: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    status: str = PartStatus.NEW
    transfer: str | None = None
    reason: str | None = None
    created_at: datetime = timestamp()
    try_at: datetime = timestamp()
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
        Index(
            "ix_ledger_entries_owner",
            "owner_id",
            "movement_id",
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
        Index(
            "ix_ledger_entries_earned",
            "owner_id",
            "at",
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
        Index("ix_ledger_entries_at", "at", postgresql_using="brin"),
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
