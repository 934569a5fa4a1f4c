"""What the gateway answers, in our words: values, and the few errors there are."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from parkplace.core.errors import Invalid, Payment
from parkplace.core.money import Money


class GatewayUnavailable(Payment):
    """Raised when no answer came: the thing asked for may have happened or not.

    Attributes:
        replayed: Whether Stripe remembered the same failure for this key. Asking again with it is
            useless then: look for the object, and use a new key if there is none.
    """

    code = "payment_unknown"

    def __init__(self, *, replayed: bool = False) -> None:
        super().__init__(
            "The payment service did not answer, so we do not know yet whether this went through. "
            "We are checking; please do not pay again."
        )
        self.replayed = replayed


class GatewayRefused(Payment):
    """Raised when Stripe refuses what was asked, and nothing happened.

    `details` holds Stripe's own code as `reason`, and the id of its log entry as `request_id`.
    """

    code = "payment_refused"


class WebhookSignatureWrong(Invalid):
    """Raised for a webhook that Stripe did not sign, or not recently."""

    code = "webhook_signature"


class SetupState(StrEnum):
    """How far a visit to the card page has come."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class ChargeState(StrEnum):
    """What became of money that was to move."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    NEEDS_ACTION = "needs_action"  # the bank wants to see the driver: send them to `confirm_url`
    UNKNOWN = "unknown"  # Stripe itself does not know yet


# The `decline_code` of a charge that we ended ourselves.
CANCELLED = "canceled"


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card that can be charged; `id` is what `charge` takes."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str  # the same for the same number, however often it is saved
    created_at: datetime

    @property
    def label(self) -> str:
        """What the person recognises: `Visa ···· 4242`."""
        return card_label(self.brand, self.last4)


def card_label(brand: str, last4: str) -> str:
    """Return what a person recognises a card by: `Visa ···· 4242`."""
    return f"{brand.replace('_', ' ').title()} ···· {last4}"


@dataclass(frozen=True, slots=True)
class CardSetup:
    """One visit to the card page; `url` is empty once it is over."""

    id: str
    url: str
    status: SetupState
    expires_at: datetime
    order_id: str | None
    payment_method: SavedCard | None


@dataclass(frozen=True, slots=True)
class SetupIntent:
    """A card being saved in a form of Stripe's, wherever that stands.

    Attributes:
        client_secret: What the form needs; whoever has it can save a card here, so it is handed to
            the asking person and neither kept nor logged.
    """

    id: str
    status: SetupState
    client_secret: str = field(repr=False)
    payment_method: SavedCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Money that was to move, one way or the other.

    Attributes:
        decline_code: The bank's reason, or Stripe's where the bank gives none.
        attempt_id: Which of our attempts it belongs to.
    """

    id: str
    state: ChargeState
    amount: Money
    decline_code: str | None
    attempt_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Movement):
    """A charge, by the id it keeps through declines and confirmations."""

    order_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Movement):
    """A refund; it never needs the driver."""

    charge_id: str | None


# What a webhook endpoint is to be told of; `bookings.flows.webhooks` acts on these.
WEBHOOK_EVENTS = (
    "account.updated",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "setup_intent.succeeded",
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at Stripe; it says what to read again, not what is true."""

    id: str
    type: str
    object_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AccountState:
    """Whether a host's account can be paid, and what Stripe still wants from them."""

    id: str
    can_be_paid: bool
    submitted: bool
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money sent to a host's account, less what was taken back."""

    id: str
    account_id: str | None
    amount: Money
    reversed: Money
    attempt_id: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds, by currency: usable now, and on its way."""

    available: tuple[Money, ...]
    pending: tuple[Money, ...]
