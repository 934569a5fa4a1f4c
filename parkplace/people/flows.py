"""What follows a deletion outside the database: cards at Stripe, files, and a second look.

Everything to do stands in a row that was committed with the deletion, so that whatever stops this
half way is made up for by the job. Each step may be done twice.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from parkplace.accounts import papers, profiles
from parkplace.core.db import transaction
from parkplace.core.files import files
from parkplace.core.logs import incident
from parkplace.core.pictures import file_name
from parkplace.payments.answers import GatewayRefused, GatewayUnavailable
from parkplace.payments.gateway import gateway
from parkplace.people.belongings import Person
from parkplace.people.forgetting import forget
from parkplace.people.models import Departure
from parkplace.reports.models import Report
from parkplace.spaces.models import SpacePhoto
from parkplace.spaces.photos import WIDTHS

log = logging.getLogger(__name__)

# Longer than any request lasts: what was under way during the deletion has ended by then.
SECOND_LOOK = timedelta(minutes=5)
# Pictures are shared by whoever sent the same one; a file this young may be about to get its row.
UPLOAD_TAKES = timedelta(minutes=10)
_LISTS = ("customers", "cards", "pictures", "papers")
# What Stripe says of a card that is detached already, and of what it does not know.
_NOTHING_THERE = {"resource_missing", "InvalidRequestError"}


def finish(*, user_id: UUID, now: datetime) -> None:
    """Do what can be done now about an account that was deleted; the job does the rest.

    Nobody waits for this to succeed: when Stripe does not answer, the next run asks again.
    """
    try:
        _finish(user_id, now=now)
    except GatewayUnavailable:
        log.warning("Stripe does not answer: cards of %s are detached later", user_id)
    except Exception as error:  # noqa: BLE001 - the account is deleted all the same
        incident(log, error)


def finish_all(*, now: datetime, limit: int = 50) -> int:
    """Do what is left to do about accounts that were deleted; return how many there were.

    Of more than `limit` they are any: asked again, others come, and none waits behind the rest.
    """
    with transaction() as session:
        query = select(Departure.user_id).order_by(func.random()).limit(limit)
        gone = list(session.exec(query))
    for user_id in gone:
        finish(user_id=user_id, now=now)
    return len(gone)


def _finish(user_id: UUID, *, now: datetime) -> None:
    with transaction() as session:
        departure = _locked(session, user_id)
        if departure is None:
            return
        if departure.at <= now - SECOND_LOOK:
            _look_again(session, departure, now=now)
        unshown = _unshown(session, departure.pictures)
    profiles.drop_photo(departure.portrait)
    papers.drop(departure.papers)
    for key in unshown:
        for width in WIDTHS:
            files().remove(file_name(key, width), before=now - UPLOAD_TAKES)
    _detach(departure)
    with transaction() as session:
        _done(session, departure, now=now)


def _locked(session: Session, user_id: UUID) -> Departure | None:
    query = select(Departure).where(col(Departure.user_id) == user_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def _look_again(session: Session, departure: Departure, *, now: datetime) -> None:
    """Forget what came through while the person left, and note what that leaves to do."""
    remains = forget(session, person=Person(departure.user_id), now=now)
    for name in _LISTS:
        setattr(departure, name, sorted({*getattr(departure, name), *getattr(remains, name)}))


def _unshown(session: Session, keys: list[str]) -> set[str]:
    """Return those pictures that nobody else shows."""
    shown = set(session.exec(select(SpacePhoto.file_key).where(col(SpacePhoto.file_key).in_(keys))))
    shown.update(
        key
        for key in session.exec(select(Report.photo_key).where(col(Report.photo_key).in_(keys)))
        if key is not None
    )
    return set(keys) - shown


def _detach(departure: Departure) -> None:
    cards = set(departure.cards)
    for customer in departure.customers:
        with _nothing_there():
            cards.update(card.id for card in gateway().saved_cards(customer))
    for card in sorted(cards):
        with _nothing_there():
            gateway().forget_card(card)


@contextmanager
def _nothing_there() -> Generator[None]:
    try:
        yield
    except GatewayRefused as error:
        if error.details.get("reason") not in _NOTHING_THERE:
            raise


def _done(session: Session, done: Departure, *, now: datetime) -> None:
    """Note what was done; what another run has found meanwhile is left for the next."""
    departure = _locked(session, done.user_id)
    if departure is None:
        return
    left = False
    for name in _LISTS:
        rest = [one for one in getattr(departure, name) if one not in getattr(done, name)]
        setattr(departure, name, rest)
        left |= bool(rest)
    departure.portrait = None
    if departure.at <= now - SECOND_LOOK and not left:
        session.delete(departure)
