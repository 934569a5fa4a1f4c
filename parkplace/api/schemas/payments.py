"""The shapes of money: cards, payments, what a host has earned."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from parkplace.api.schemas.common import (
    MOST_MINOR,
    In,
    InstantOut,
    MoneyOut,
    Out,
    PageIn,
    Yes,
)
from parkplace.bookings.flows.forms import Form
from parkplace.bookings.models import BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.transactions import Transaction, TransactionKind, TransactionStatus
from parkplace.core.settings import get_settings
from parkplace.payments.answers import SetupState
from parkplace.payments.ledger import Balance
from parkplace.payments.methods import label
from parkplace.payments.models import (
    Attempt,
    AttemptStatus,
    CardSetup,
    Payee,
    PaymentMethod,
    PayoutStatus,
    SetupStatus,
)
from parkplace.payments.payouts import PayoutView

_MOST = 255


class SetupIntentIn(In):
    """What a card is to be saved for: the account, and, if given, a booking that waits for it."""

    booking_id: UUID | None = None


class PaymentIntentIn(In):
    """Whose due money is to be paid."""

    booking_id: UUID


class FormOut(Out):
    """What a form of Stripe's (Elements) needs; the secret is good for this alone.

    Give `id` back to `payments/confirm` when the form is done. `amount` is what is paid there, null
    when a card is only saved. `publishable_key` is null when this installation has none.
    """

    id: str = Field(examples=["seti_1PZ…"])
    client_secret: str
    publishable_key: str | None
    amount: MoneyOut | None

    @classmethod
    def of(cls, form: Form) -> Self:
        """Return what a form needs in its shape."""
        return cls(
            id=form.id,
            client_secret=form.client_secret,
            publishable_key=get_settings().stripe_publishable_key,
            amount=None if form.amount is None else MoneyOut.of(form.amount),
        )


class ConfirmIn(In):
    """What a form of Stripe's has done; one of the two."""

    setup_intent_id: str | None = Field(None, max_length=_MOST)
    payment_intent_id: str | None = Field(None, max_length=_MOST)


class ConfirmedOut(Out):
    """What Stripe says of it, and how the booking stands now.

    `open` means that the form is not done, `failed` that it came to nothing.
    """

    status: Literal["open", "complete", "failed"]
    booking_id: UUID | None = None
    booking_status: BookingStatus | None = None
    payment_status: PaymentStatus | None = None


def setup_word(setup: CardSetup) -> Literal["open", "complete", "failed"]:
    """Return how the saving of a card stands, in one word."""
    if setup.status == SetupStatus.COMPLETE:
        return "complete"
    return "failed" if setup.status == SetupState.EXPIRED else "open"


def charge_word(attempt: Attempt) -> Literal["open", "complete", "failed"]:
    """Return how a charge stands, in one word."""
    if attempt.status == AttemptStatus.SUCCEEDED:
        return "complete"
    return "failed" if attempt.status == AttemptStatus.DECLINED else "open"


class MethodIn(In):
    """A card that was saved with a setup intent."""

    setup_intent_id: str = Field(max_length=_MOST)
    is_default: Yes = False


class MethodOut(Out):
    """A card that the account keeps."""

    id: UUID
    label: str = Field(examples=["Visa ···· 4242"])
    brand: str = Field(examples=["visa"])
    last4: str = Field(examples=["4242"])
    exp_month: int
    exp_year: int
    is_default: bool
    created_at: InstantOut

    @classmethod
    def of(cls, method: PaymentMethod) -> Self:
        """Return a card in its shape."""
        plain = {name: getattr(method, name) for name in cls.model_fields if name != "label"}
        return cls(**plain, label=label(method))


class MethodsOut(Out):
    """The cards that the account keeps: the default first, then the latest."""

    items: list[MethodOut]
    next_cursor: None = None


class TransactionsIn(PageIn):
    """Which movements of money: as a driver, as a host, or both."""

    role: Literal["driver", "host"] | None = None

    def roles(self) -> frozenset[Role]:
        """Return as what."""
        return frozenset({Role.DRIVER, Role.HOST} if self.role is None else {Role(self.role)})


class TransactionOut(Out):
    """One movement of money; `kind` says which way, the amount is never negative."""

    id: UUID
    at: InstantOut
    kind: TransactionKind
    role: Role
    status: TransactionStatus
    amount: MoneyOut
    booking_id: UUID | None
    reference: str | None
    space_title: str | None

    @classmethod
    def of(cls, transaction: Transaction) -> Self:
        """Return a movement in its shape."""
        plain = {name: getattr(transaction, name) for name in cls.model_fields if name != "amount"}
        return cls(**plain, amount=MoneyOut.of(transaction.amount))


class TransactionsOut(Out):
    """A page of movements of money, latest first."""

    items: list[TransactionOut]
    next_cursor: str | None


class BalanceOut(Out):
    """What a host has in one currency.

    `pending` was earned less than two days ago, or its driver has not paid yet; `available` can be
    paid out; `paid_out` was.
    """

    currency: str = Field(examples=["USD"])
    pending: MoneyOut
    available: MoneyOut
    paid_out: MoneyOut

    @classmethod
    def of(cls, balance: Balance) -> Self:
        """Return a balance in its shape."""
        return cls(
            currency=balance.available.currency,
            pending=MoneyOut.of(balance.pending),
            available=MoneyOut.of(balance.available),
            paid_out=MoneyOut.of(balance.paid_out),
        )


class BalancesOut(Out):
    """What a host has, currency by currency; they are never added up."""

    items: list[BalanceOut]
    next_cursor: None = None


class PayoutIn(In):
    """What to send; without an amount, all that is available."""

    currency: str = Field(max_length=10, examples=["USD"])
    amount_minor: Annotated[int, Field(strict=True, gt=0, le=MOST_MINOR)] | None = None


class PayoutOut(Out):
    """A payout; `sent` is what of it has gone, and grows while it is `under_way`."""

    id: UUID
    amount: MoneyOut
    sent: MoneyOut
    status: PayoutStatus
    created_at: InstantOut
    ended_at: InstantOut | None

    @classmethod
    def of(cls, payout: PayoutView) -> Self:
        """Return a payout in its shape."""
        return cls(
            id=payout.id,
            amount=MoneyOut.of(payout.amount),
            sent=MoneyOut.of(payout.sent),
            status=payout.status,
            created_at=payout.created_at,
            ended_at=payout.ended_at,
        )


class OnboardingIn(In):
    """Where a host is to be paid; needed the first time."""

    country: str | None = Field(None, max_length=10, examples=["US"], description="ISO 3166.")


class OnboardingLinkOut(Out):
    """Where the host tells Stripe about themselves; it works once, for a few minutes."""

    url: str


class OnboardingOut(Out):
    """Whether a host can be paid, and what Stripe still wants to know, in its own words."""

    status: Literal["not_started", "started", "ready"]
    can_be_paid: bool
    wanted: list[str]

    @classmethod
    def of(cls, payee: Payee | None) -> Self:
        """Return how far a host has come in its shape."""
        if payee is None:
            return cls(status="not_started", can_be_paid=False, wanted=[])
        ready = payee.can_be_paid
        return cls(status="ready" if ready else "started", can_be_paid=ready, wanted=payee.wanted)
