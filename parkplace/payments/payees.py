"""Hosts as Stripe pays them: rows around their connected accounts."""

from datetime import datetime
from uuid import UUID

from babel.core import Locale
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select, update

from parkplace.accounts.models import User
from parkplace.core.errors import Invalid
from parkplace.payments.answers import AccountState
from parkplace.payments.models import Payee


class CountryNeeded(Invalid):
    """Raised when a host does not say where they live, or names no country."""

    code = "country_needed"


def of(session: Session, *, user_id: UUID) -> Payee | None:
    """Return a host as Stripe pays them; None for somebody who never asked to be paid."""
    return session.get(Payee, user_id, populate_existing=True)


def begin(session: Session, *, user: User, country: str | None, now: datetime) -> Payee:
    """Return a host as Stripe pays them, written down on first sight.

    Args:
        session: The open transaction.
        user: The host.
        country: Where they live, ISO 3166; once Stripe knows them it is not looked at any more.
        now: The current instant.

    Raises:
        CountryNeeded: It is the first time, and the country is missing or none.
    """
    known = of(session, user_id=user.id)
    if known is not None:
        if country is not None and known.stripe_id is None:
            known.country = _country(country)
        return known
    fresh = insert(Payee).values(
        user_id=user.id,
        email=user.email,
        country=_country(country),
        can_be_paid=False,
        submitted=False,
        wanted=[],
        created_at=now,
    )
    session.exec(fresh.on_conflict_do_nothing())
    return session.get_one(Payee, user.id)


def known_to_stripe(session: Session, *, user_id: UUID, stripe_id: str) -> None:
    """Keep Stripe's name of a host's account; the first one kept stays."""
    session.exec(
        update(Payee)
        .where(col(Payee.user_id) == user_id, col(Payee.stripe_id).is_(None))
        .values(stripe_id=stripe_id)
    )


def by_stripe_id(session: Session, *, stripe_id: str) -> Payee | None:
    """Return the host whose account Stripe calls by this name."""
    return session.exec(select(Payee).where(col(Payee.stripe_id) == stripe_id)).first()


def seen(session: Session, *, user_id: UUID, state: AccountState, now: datetime) -> None:
    """Keep what Stripe says of a host's account."""
    session.exec(
        update(Payee)
        .where(col(Payee.user_id) == user_id)
        .values(
            can_be_paid=state.can_be_paid,
            submitted=state.submitted,
            wanted=list(state.wanted),
            checked_at=now,
        )
    )


def _country(given: str | None) -> str:
    code = (given or "").strip().upper()
    if len(code) != 2 or code not in Locale("en").territories:  # noqa: PLR2004 - ISO 3166 alpha-2
        raise CountryNeeded(
            "Say in which country you are to be paid, by its two letters, such as US.",
            field="country",
        )
    return code
