"""Stripe in our words: the only module of the product that imports `stripe`.

Every call that moves money takes an idempotency key from its caller, who has written it down
before. A decline is an answer, not an exception. What raises `GatewayUnavailable` may have happened
or not: repeat it with the same key within a day, or look for it with a `find_…` method.
"""

import json
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import requests
import stripe
import stripe.checkout
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from parkplace.core.money import Money
from parkplace.core.settings import get_settings
from parkplace.payments.amounts import from_stripe, to_stripe
from parkplace.payments.answers import (
    CANCELLED,
    AccountState,
    Balance,
    CardSetup,
    Charge,
    ChargeState,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    Refund,
    SavedCard,
    SetupIntent,
    SetupState,
    Transfer,
    WebhookSignatureWrong,
)

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 3, 15
RETRIES = 1  # by the library, with the same key; more would keep a person waiting
WEBHOOK_TOLERANCE = timedelta(minutes=5)
STRIPE = "https://api.stripe.com"
_KEY_IN_USE = "idempotency_key_in_use"
THREADS = 40  # that may talk to Stripe at once, each on a connection of its own
# Stripe wants an address with every charge, though nobody is there to be sent back to it. One that
# depended on settings would make a repeat differ from what it repeats.
_NOBODY_RETURNS_HERE = "https://parkplace.invalid/"

stripe.enable_telemetry = False  # what the operator's machine is like is nobody's business
# The library logs whole answers when an operator turns debugging on, and secrets stand in them.
logging.getLogger("stripe").setLevel(logging.WARNING)


def _session(url: str) -> requests.Session:
    """Return a session for all threads that knows the way to one server.

    Whether a proxy leads there is looked up once; by itself `requests` reads the whole environment
    again for every call, a tenth of what a hold costs.
    """
    session = requests.Session()
    session.trust_env = False
    session.proxies.update(get_environ_proxies(url))
    session.mount(url, HTTPAdapter(pool_maxsize=THREADS))
    return session


class Gateway:
    """A connection to Stripe, or to the sandbox at `base_url`.

    Every method raises `GatewayUnavailable` when no answer came and `GatewayRefused` when Stripe
    refuses. It is safe to share between threads.
    """

    def __init__(
        self, *, api_key: str, base_url: str | None = None, webhook_secret: str | None = None
    ) -> None:
        self._http = stripe.RequestsClient(
            timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S), session=_session(base_url or STRIPE)
        )
        self._v1 = stripe.StripeClient(
            api_key,
            base_addresses={} if base_url is None else {"api": base_url},
            http_client=self._http,
            max_network_retries=RETRIES,
        ).v1
        self._base_url = base_url
        self._webhook_secret = webhook_secret

    def __repr__(self) -> str:
        """Name the address only: keys stay out of logs."""
        return f"Gateway(base_url={self._base_url!r})"

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    # -- cards

    def create_customer(self, *, email: str, reference: str, key: str, name: str = "") -> str:
        """Create a payer and return their id; `reference` is our id for them."""
        params: stripe.params.CustomerCreateParams = {
            "email": email,
            "metadata": {"reference": reference},
        }
        if name:
            params["name"] = name
        with _spoken():
            return self._v1.customers.create(params, {"idempotency_key": key}).id

    def start_card_setup(
        self,
        *,
        customer: str,
        currency: str | None = None,
        order_id: str | None = None,
        success_url: str,
        cancel_url: str,
        key: str,
        expires_at: datetime | None = None,
    ) -> CardSetup:
        """Open a card page, for an order or for the cards that an account keeps.

        Args:
            customer: Who will pay.
            currency: What they will be charged in, where that is known.
            order_id: What for, if for one order; it comes back in the answer.
            success_url: Where they return with a saved card; Stripe puts its own id for
                `{CHECKOUT_SESSION_ID}`.
            cancel_url: Where they return without.
            key: The idempotency key.
            expires_at: 30 minutes to 24 hours ahead; None is 24 hours.
        """
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "setup",
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        if currency is not None:
            params["currency"] = currency.lower()
        if order_id is not None:
            params["client_reference_id"] = order_id
            params["metadata"] = {"order_id": order_id}
            params["setup_intent_data"] = {"metadata": {"order_id": order_id}}
        if expires_at is not None:
            params["expires_at"] = int(expires_at.timestamp())
        with _spoken():
            session = self._v1.checkout.sessions.create(params, {"idempotency_key": key})
        return self.card_setup(session.id) if _repeated(session) else _setup(session)

    def card_setup(self, setup_id: str) -> CardSetup:
        """Return a visit to the card page as it stands, with the card once there is one."""
        with _spoken():
            return _setup(
                self._v1.checkout.sessions.retrieve(
                    setup_id, {"expand": ["setup_intent.payment_method"]}
                )
            )

    def expire_card_setup(self, setup_id: str) -> CardSetup:
        """Close a card page; one that is already over stays as it is."""
        try:
            with _spoken():
                return _setup(self._v1.checkout.sessions.expire(setup_id))
        except GatewayRefused:
            setup = self.card_setup(setup_id)
            if setup.status is SetupState.OPEN:
                raise
            return setup

    def start_setup_intent(
        self, *, customer: str, setup_id: str, order_id: str | None, key: str
    ) -> SetupIntent:
        """Begin to save a card in a form of Stripe's outside its own page.

        Args:
            customer: Who will pay.
            setup_id: Our id for it.
            order_id: What for, if for one order.
            key: The idempotency key.
        """
        metadata = {"setup_id": setup_id} | ({} if order_id is None else {"order_id": order_id})
        params: stripe.params.SetupIntentCreateParams = {
            "customer": customer,
            "usage": "off_session",
            "allowed_payment_method_types": ["card"],
            "metadata": metadata,
        }
        with _spoken():
            intent = self._v1.setup_intents.create(params, {"idempotency_key": key})
        return self.setup_intent(intent.id) if _repeated(intent) else _setup_intent(intent)

    def setup_intent(self, setup_id: str) -> SetupIntent:
        """Return a card being saved as that stands, with the card once there is one."""
        with _spoken():
            expand: stripe.params.SetupIntentRetrieveParams = {"expand": ["payment_method"]}
            return _setup_intent(self._v1.setup_intents.retrieve(setup_id, expand))

    def saved_cards(self, customer: str) -> tuple[SavedCard, ...]:
        """Return a payer's cards, newest first."""
        with _spoken():
            found = self._v1.customers.payment_methods.list(
                customer, {"type": "card", "limit": 100}
            )
            return tuple(_card(method) for method in found.auto_paging_iter())

    def forget_card(self, payment_method: str) -> None:
        """Take a card away from its payer; it can never be charged again."""
        with _spoken():
            self._v1.payment_methods.detach(payment_method)

    # -- charges

    def charge(
        self,
        *,
        customer: str,
        payment_method: str,
        amount: Money,
        order_id: str,
        attempt_id: str,
        description: str,
        key: str,
    ) -> Charge:
        """Charge a saved card while its holder is away.

        Args:
            customer: Who pays.
            payment_method: The card's id.
            amount: How much; see `smallest_charge`.
            order_id: What for.
            attempt_id: Which attempt; `find_charge` finds it again.
            description: What the payer reads.
            key: The idempotency key; with it, every other argument must stay the same.

        Raises:
            NotChargeable: The amount has decimals that Stripe cannot move.
        """
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": to_stripe(amount),
            "currency": amount.currency.lower(),
            "customer": customer,
            "payment_method": payment_method,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "off_session": True,
            "return_url": _NOBODY_RETURNS_HERE,
            "description": description,
            "metadata": {"order_id": order_id, "attempt_id": attempt_id},
        }
        with _spoken():
            return _charge(self._intent(params, key))

    def _intent(
        self, params: "stripe.params.PaymentIntentCreateParams", key: str
    ) -> stripe.PaymentIntent:
        try:
            intent = self._v1.payment_intents.create(params, {"idempotency_key": key})
            repeated = _repeated(intent)
        except stripe.CardError as error:
            intent = _declined_intent(error)
            repeated = _replayed(error.headers)
        # A repeat tells how things stood then; the driver may have confirmed since.
        return self._v1.payment_intents.retrieve(intent.id) if repeated else intent

    def prepare_charge(
        self,
        *,
        customer: str,
        amount: Money,
        order_id: str,
        attempt_id: str,
        description: str,
        key: str,
    ) -> Charge:
        """Make a charge that its payer will confirm in a form of Stripe's, with any card.

        Its state is unknown until they have. Arguments as for `charge`.

        Raises:
            NotChargeable: The amount has decimals that Stripe cannot move.
        """
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": to_stripe(amount),
            "currency": amount.currency.lower(),
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "description": description,
            "metadata": {"order_id": order_id, "attempt_id": attempt_id},
        }
        with _spoken():
            return _charge(self._intent(params, key))

    def charge_secret(self, charge_id: str) -> str:
        """Return what a form of Stripe's needs so that the payer confirms a charge there.

        Whoever has it can pay it: it is handed to the asking person and neither kept nor logged.
        """
        with _spoken():
            secret = self._v1.payment_intents.retrieve(charge_id).client_secret
        assert secret is not None, "only publishable keys are not told it"
        return secret

    def charge_state(self, charge_id: str) -> Charge:
        """Return a charge as it stands now."""
        with _spoken():
            return _charge(self._v1.payment_intents.retrieve(charge_id))

    def confirm_url(self, charge_id: str, *, return_url: str) -> str:
        """Return where to send the driver so that their bank confirms the same charge.

        It is `return_url` itself when there is nothing left to confirm: read `charge_state` there.
        It takes no key: a charge cannot succeed twice, however often it is confirmed.
        """
        with _spoken():
            intent = self._v1.payment_intents.retrieve(charge_id)
            if intent.status == "requires_payment_method":
                params: stripe.params.PaymentIntentConfirmParams = {"return_url": return_url}
                card = _id(_given(intent.last_payment_error, "payment_method"))
                if card is not None:
                    params["payment_method"] = card
                try:
                    intent = self._v1.payment_intents.confirm(charge_id, params)
                except stripe.CardError:
                    return return_url
            action = _given(intent.next_action, "redirect_to_url")
            return _given(action, "url") or return_url

    def cancel_charge(self, charge_id: str) -> Charge:
        """Make sure that a charge which has not succeeded never will; return it as it stands."""
        try:
            with _spoken():
                return _charge(self._v1.payment_intents.cancel(charge_id))
        except GatewayRefused:
            charge = self.charge_state(charge_id)
            if charge.state is ChargeState.UNKNOWN:
                raise
            return charge

    def find_charge(self, *, attempt_id: str, customer: str) -> Charge | None:
        """Return the charge that an attempt made, or None if it made none.

        It reads the payer's list, which is up to date at once; Stripe's search is not.
        """
        with _spoken():
            page = self._v1.payment_intents.list({"customer": customer, "limit": 100})
            for intent in page.auto_paging_iter():
                if _told(intent.metadata).get("attempt_id") == attempt_id:
                    return _charge(intent)
        return None

    # -- refunds

    def refund(self, *, charge_id: str, amount: Money, attempt_id: str, key: str) -> Refund:
        """Send part or all of a charge back to the card.

        Raises:
            GatewayRefused: It is more than is left of the charge.
        """
        params: stripe.params.RefundCreateParams = {
            "payment_intent": charge_id,
            "amount": to_stripe(amount),
            "metadata": {"attempt_id": attempt_id},
        }
        with _spoken():
            refund = self._v1.refunds.create(params, {"idempotency_key": key})
            return _refund(self._v1.refunds.retrieve(refund.id) if _repeated(refund) else refund)

    def find_refund(self, *, attempt_id: str, charge_id: str) -> Refund | None:
        """Return the refund that an attempt made, or None if it made none."""
        with _spoken():
            page = self._v1.refunds.list({"payment_intent": charge_id, "limit": 100})
            for refund in page.auto_paging_iter():
                if _told(refund.metadata).get("attempt_id") == attempt_id:
                    return _refund(refund)
        return None

    # -- events

    def read_event(self, *, payload: bytes, signature: str, now: datetime) -> Event:
        """Return what a webhook says, once its signature is known to be Stripe's.

        Raises:
            WebhookSignatureWrong: It is unsigned, signed by somebody else, or signed more than
                five minutes before `now`.
        """
        try:
            stripe.WebhookSignature.verify_header(payload, signature, self._webhook_secret)
            signed_at = next(part[2:] for part in signature.split(",") if part.startswith("t="))
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise WebhookSignatureWrong("This message is not signed by Stripe.") from error
        if _instant(int(signed_at)) < now - WEBHOOK_TOLERANCE:
            raise WebhookSignatureWrong("This message was signed too long ago.")
        return _event(json.loads(payload))

    def missed_events(self, *, since: datetime) -> tuple[Event, ...]:
        """Return events since then whose webhooks were not taken, oldest first."""
        created = {"gte": int(since.timestamp())}
        with _spoken():
            page = self._v1.events.list(
                {"delivery_success": False, "created": {"gte": created["gte"]}, "limit": 100}
            )
            return tuple(_event(event.to_dict()) for event in page.auto_paging_iter())[::-1]

    # -- hosts

    def create_account(self, *, email: str, reference: str, country: str, key: str) -> str:
        """Create an account for a host and return its id; it cannot be paid yet.

        We answer for its losses and pay its fees; Stripe collects what it needs to know and gives
        the host its Express dashboard.
        """
        with _spoken():
            return self._v1.accounts.create(
                {
                    "email": email,
                    "country": country,
                    "controller": {
                        "fees": {"payer": "application"},
                        "losses": {"payments": "application"},
                        "stripe_dashboard": {"type": "express"},
                    },
                    "capabilities": {"transfers": {"requested": True}},
                    "metadata": {"reference": reference},
                },
                {"idempotency_key": key},
            ).id

    def account_link(self, *, account_id: str, refresh_url: str, return_url: str) -> str:
        """Return where a host tells Stripe about themselves; it works once, for a few minutes."""
        with _spoken():
            return self._v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                }
            ).url

    def account_state(self, account_id: str) -> AccountState:
        """Return whether a host's account can be paid."""
        with _spoken():
            account = self._v1.accounts.retrieve(account_id)
        capabilities, requirements = account.capabilities, account.requirements
        return AccountState(
            id=account.id,
            can_be_paid=capabilities is not None
            and capabilities.to_dict().get("transfers") == "active",
            submitted=bool(account.details_submitted),
            wanted=tuple((requirements and requirements.currently_due) or ()),
        )

    def transfer(
        self,
        *,
        account_id: str,
        amount: Money,
        order_id: str,
        attempt_id: str,
        key: str,
        charge_id: str | None = None,
    ) -> Transfer:
        """Send money to a host.

        Args:
            account_id: The host's account.
            amount: How much.
            order_id: What for.
            attempt_id: Which attempt.
            key: The idempotency key.
            charge_id: The charge it comes from. With it, the money follows when that charge's does;
                without, it must already be in our available balance.

        Raises:
            GatewayRefused: `balance_insufficient`, or the account cannot be paid yet
                (`insufficient_capabilities_for_transfer`).
        """
        params: stripe.params.TransferCreateParams = {
            "amount": to_stripe(amount),
            "currency": amount.currency.lower(),
            "destination": account_id,
            "transfer_group": order_id,
            "metadata": {"order_id": order_id, "attempt_id": attempt_id},
        }
        with _spoken():
            if charge_id is not None:
                intent = self._v1.payment_intents.retrieve(charge_id)
                source = _id(intent.latest_charge)
                if source is not None:
                    params["source_transaction"] = source
            return _transfer(self._v1.transfers.create(params, {"idempotency_key": key}))

    def find_transfer(self, *, attempt_id: str, account_id: str) -> Transfer | None:
        """Return the transfer that an attempt made, or None if it made none."""
        with _spoken():
            page = self._v1.transfers.list({"destination": account_id, "limit": 100})
            for transfer in page.auto_paging_iter():
                if _told(transfer.metadata).get("attempt_id") == attempt_id:
                    return _transfer(transfer)
        return None

    def reverse_transfer(self, *, transfer_id: str, amount: Money, key: str) -> Transfer:
        """Take money back from a host; return the transfer as it stands then.

        Raises:
            GatewayRefused: It is more than is left of the transfer.
        """
        with _spoken():
            self._v1.transfers.reversals.create(
                transfer_id, {"amount": to_stripe(amount)}, {"idempotency_key": key}
            )
            return _transfer(self._v1.transfers.retrieve(transfer_id))

    def balance(self, *, account_id: str | None = None) -> Balance:
        """Return what we hold at Stripe, or what a host's account does."""
        with _spoken():
            options: stripe.RequestOptions = (
                {} if account_id is None else {"stripe_account": account_id}
            )
            found = self._v1.balance.retrieve(None, options)
        return Balance(
            available=tuple(from_stripe(part.amount, part.currency) for part in found.available),
            pending=tuple(from_stripe(part.amount, part.currency) for part in found.pending),
        )


@lru_cache(maxsize=1)
def gateway() -> Gateway:
    """Return this process's gateway, as the operator's settings say.

    Raises:
        RuntimeError: No `STRIPE_API_KEY` is set; `make run` sets the sandbox's.
    """
    settings = get_settings()
    if settings.stripe_api_key is None:
        raise RuntimeError("STRIPE_API_KEY is not set: start with `make run`, or set it")
    secret = settings.stripe_webhook_secret
    return Gateway(
        api_key=settings.stripe_api_key.get_secret_value(),
        base_url=settings.stripe_base_url,
        webhook_secret=None if secret is None else secret.get_secret_value(),
    )


# -- from Stripe's words to ours


@contextmanager
def _spoken() -> Generator[None, None, None]:
    """Turn what Stripe's library raises into our two errors."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(replayed=_replayed(error.headers)) from error
    except stripe.IdempotencyError as error:
        if error.code != _KEY_IN_USE:
            raise _refused(error) from error
        # Somebody else is asking the very same at this moment.
        raise GatewayUnavailable from error
    except stripe.StripeError as error:
        raise _refused(error) from error


def _refused(error: stripe.StripeError) -> GatewayRefused:
    details = {"reason": error.code or type(error).__name__}
    if error.request_id is not None:
        details["request_id"] = error.request_id
    return GatewayRefused(
        "The payment service refused this, and no money was moved. Try again, or write to us.",
        details=details,
    )


def _replayed(headers: Mapping[str, str] | None) -> bool:
    return (headers or {}).get("Idempotent-Replayed") == "true"


def _repeated(answer: stripe.StripeObject) -> bool:
    response = answer.last_response
    return response is not None and _replayed(response.headers)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _id(value: Any) -> str | None:  # noqa: ANN401 - Stripe's fields hold an id or the whole object
    return value if value is None or isinstance(value, str) else value.id


def _given(answer: stripe.StripeObject | None, name: str) -> Any:  # noqa: ANN401
    # Stripe leaves out what is empty, and its library raises for what was left out.
    return getattr(answer, name, None)


def _told(metadata: stripe.StripeObject | None) -> dict[str, str]:
    return {} if metadata is None else metadata.to_dict()


def _card(method: stripe.PaymentMethod) -> SavedCard:
    card = method.card
    assert card is not None, "only cards are saved"
    return SavedCard(
        id=method.id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        fingerprint=card.fingerprint or method.id,
        created_at=_instant(method.created),
    )


def _setup_intent(intent: stripe.SetupIntent) -> SetupIntent:
    method = intent.payment_method
    status = _SETUP_STATES.get(intent.status, SetupState.OPEN)
    card = _card(method) if isinstance(method, stripe.PaymentMethod) else None
    return SetupIntent(
        id=intent.id,
        status=status,
        client_secret=intent.client_secret or "",
        payment_method=card if status is SetupState.COMPLETE else None,
    )


_SETUP_STATES = {"succeeded": SetupState.COMPLETE, "canceled": SetupState.EXPIRED}


def _setup(session: stripe.checkout.Session) -> CardSetup:
    intent = session.setup_intent
    method = intent.payment_method if isinstance(intent, stripe.SetupIntent) else None
    status = SetupState(session.status or "open")
    card = _card(method) if isinstance(method, stripe.PaymentMethod) else None
    return CardSetup(
        id=session.id,
        url=session.url or "",
        status=status,
        expires_at=_instant(session.expires_at),
        order_id=session.client_reference_id,
        payment_method=card if status is SetupState.COMPLETE else None,
    )


def _declined_intent(error: stripe.CardError) -> stripe.PaymentIntent:
    intent = error.error and error.error.payment_intent
    if intent is None:
        raise error
    return intent


_ASKS_FOR_THE_DRIVER = {"authentication_required", "payment_intent_authentication_failure"}


def _charge(intent: stripe.PaymentIntent) -> Charge:
    error = intent.last_payment_error
    decline = _given(error, "decline_code") or _given(error, "code")
    match intent.status:
        case "succeeded":
            state = ChargeState.SUCCEEDED
        case "requires_action":
            state = ChargeState.NEEDS_ACTION
        case "requires_payment_method" if decline in _ASKS_FOR_THE_DRIVER:
            state = ChargeState.NEEDS_ACTION
        case "requires_payment_method" if decline is not None:
            state = ChargeState.DECLINED
        case "canceled":
            state, decline = ChargeState.DECLINED, CANCELLED
        case _:
            state = ChargeState.UNKNOWN
    told = _told(intent.metadata)
    return Charge(
        id=intent.id,
        state=state,
        amount=from_stripe(intent.amount, intent.currency),
        decline_code=decline,
        attempt_id=told.get("attempt_id"),
        created_at=_instant(intent.created),
        order_id=told.get("order_id"),
    )


# Stripe's further words are `requires_action` (never for cards), `failed` and `canceled`.
_REFUND_STATES = {"succeeded": ChargeState.SUCCEEDED, "pending": ChargeState.UNKNOWN}


def _refund(refund: stripe.Refund) -> Refund:
    state = _REFUND_STATES.get(refund.status or "", ChargeState.DECLINED)
    failed = state is ChargeState.DECLINED
    return Refund(
        id=refund.id,
        state=state,
        amount=from_stripe(refund.amount, refund.currency),
        decline_code=(_given(refund, "failure_reason") or refund.status) if failed else None,
        attempt_id=_told(refund.metadata).get("attempt_id"),
        created_at=_instant(refund.created),
        charge_id=_id(refund.payment_intent),
    )


def _event(event: dict[str, Any]) -> Event:
    return Event(
        id=event["id"],
        type=event["type"],
        object_id=event["data"]["object"].get("id", ""),
        created_at=_instant(event["created"]),
    )


def _transfer(transfer: stripe.Transfer) -> Transfer:
    return Transfer(
        id=transfer.id,
        account_id=_id(transfer.destination),
        amount=from_stripe(transfer.amount, transfer.currency),
        reversed=from_stripe(transfer.amount_reversed, transfer.currency),
        attempt_id=_told(transfer.metadata).get("attempt_id"),
    )
