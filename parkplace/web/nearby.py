"""The nearest free spaces, for someone whose space is taken."""

from datetime import datetime
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from parkplace.bookings.search import FoundSpace, near
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.web import routes, stays, ui, words

WITHIN_M = 5000.0
MOST = 3


def nearest(
    session: Session, *, point: Point, period: Period, but: UUID, locale: str, now: datetime
) -> list[ui.Deed]:
    """Return the nearest spaces that are free for all of a period, as deeds; at most three.

    Args:
        session: The open transaction.
        point: Where from.
        period: When.
        but: The space they replace.
        locale: The reader's.
        now: The current instant.
    """
    try:
        found = near(
            session, point=point, radius_m=WITHIN_M, period=period, now=now, limit=MOST + 1
        )
    except Invalid:
        return []  # a time that nobody can book anywhere
    others = [space for space in found.items if space.id != but]
    return [deed(space, period, locale=locale) for space in others[:MOST]]


def deed(space: FoundSpace, period: Period, *, locale: str) -> ui.Deed:
    """Return a space that was found as a deed, with the price of the whole stay."""
    stay = stays.written(period, timezone=space.timezone)
    away = words.distance(space.distance_m, locale=locale)
    return ui.Deed(
        id=str(space.id),
        name=space.title,
        href=routes.with_query(routes.space(space.id), stay.query()),
        band=words.price_band(Money(space.card.hour_minor, space.card.currency)),
        neighbourhood=space.neighbourhood,
        meta=f"{away} · {words.facts(space.kind, space.tags)}",
        price=space.total.text(locale),
        price_note=f"{words.length(period)}, all in",
    )


def found_deeds(found: rx.Var[list[ui.Deed]] | list[ui.Deed]) -> rx.Component:
    """List deeds that a search found."""
    return ui.deeds(rx.foreach(found, lambda card: ui.deed_item(_drawn(card))))


def _drawn(card: ui.Deed) -> rx.Component:
    return ui.deed(
        name=card.name,
        href=card.href,
        band=card.band,
        neighbourhood=card.neighbourhood,
        meta=card.meta,
        price=card.price,
        price_note=card.price_note,
    )
