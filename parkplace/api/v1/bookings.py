"""Bookings: holding, seeing, changing, ending. Guests send their manage token as Bearer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.responses import Response

from parkplace.accounts import vehicles
from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.vehicles import VehicleNotFound
from parkplace.api.deps import AddressDep, CallerDep, KeyDep, NowDep, SomeoneDep, UserDep
from parkplace.api.etags import IfMatchDep, require_match, tag_of
from parkplace.api.problems import problems
from parkplace.api.schemas.bookings import (
    BookingChangeIn,
    BookingIn,
    BookingOut,
    BookingsIn,
    BookingsOut,
    CheckoutOut,
    EventOut,
    EventsOut,
    FreshLinkIn,
    HeldOut,
    HoldOut,
    LinkOut,
    ReceiptOut,
    WhyIn,
)
from parkplace.api.schemas.common import moment, next_cursor, read_cursor
from parkplace.bookings import fresh_links, holding, queries, quoting, service
from parkplace.bookings.access import Caller
from parkplace.bookings.calendar import calendar_file
from parkplace.bookings.flows import cards, charges
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.errors import Invalid, Payment
from parkplace.core.idempotency import once

router = APIRouter(prefix="/bookings", tags=["bookings"])

# Fields that change because time passes, or money follows it, and nobody edited anything.
_BY_THE_CLOCK = {"status", "payment_status", "lines", "total", "due", "paid", "can"}


class VehicleTwice(Invalid):
    """Raised when a vehicle is named, and a plate as well."""

    code = "vehicle_twice"


class NothingToChange(Invalid):
    """Raised when a change names nothing to change."""

    code = "nothing_to_change"


@router.post("", status_code=201, responses=problems(401, 403, 404, 409, 422, 429))
def create(
    body: BookingIn, asking: CallerDep, address: AddressDep, now: NowDep, key: KeyDep = None
) -> HeldOut:
    """Hold a bay for ten minutes and return the page where its driver saves a card.

    With `payment_method_id`, a card of one's own, it is confirmed at once and there is no page.
    Somebody without an account gives `email` and gets a `manage_token`. `409 space_taken` means
    that every bay is taken for some of the period.
    """
    limits.hit(limits.BOOK, limits.network(address))
    # A manage token is the right to one booking and makes nobody somebody for another.
    driver = Caller(user=asking.user)
    who = str(asking.user.id) if asking.user else f"guest {body.email}"
    with transaction() as session:
        held = once(
            session,
            scope=f"POST bookings {who}",
            key=key,
            request=body.model_dump(mode="json"),
            now=now,
            answer=lambda: _hold(session, body, driver, now=now),
        )
    booking_id = UUID(held["id"])
    token = None if asking.user else manage_token(booking_id)
    driver = Caller(user=asking.user, manages=None if asking.user else booking_id)
    return HeldOut(**held, checkout_url=_card_page(booking_id, driver, now=now), manage_token=token)


def _hold(session: Session, body: BookingIn, driver: Caller, *, now: datetime) -> dict[str, Any]:
    space_id, period = body.space_id, None
    if space_id is not None and body.quote_id is None:
        zone_of = space_id
        period = body.period(lambda: quoting.listed_space(session, space_id=zone_of).timezone)
    plate, region = _vehicle(session, body, driver)
    booking = holding.hold(
        session,
        caller=driver,
        space_id=space_id,
        period=period,
        quote_id=body.quote_id,
        email=body.email,
        plate=plate,
        plate_region=region,
        now=now,
    )
    if body.payment_method_id is not None:
        session.flush()
        booking = holding.use_card(
            session,
            booking_id=booking.id,
            caller=driver,
            method_id=body.payment_method_id,
            now=now,
        )
    return HoldOut.model_validate(booking).model_dump(mode="json")


def _vehicle(session: Session, body: BookingIn, driver: Caller) -> tuple[str, str]:
    """Return plate and region of the vehicle that is meant; guests have none on a list."""
    if body.vehicle_id is None:
        return body.plate, body.plate_region
    if body.plate or body.plate_region:
        raise VehicleTwice("Give a vehicle or a plate, not both.", field="vehicle_id")
    if driver.user is None:
        raise VehicleNotFound("Only with an account there are vehicles. Give the plate instead.")
    found = vehicles.own(session, user=driver.user, vehicle_id=body.vehicle_id)
    return found.plate, found.region


def _card_page(booking_id: UUID, driver: Caller, *, now: datetime) -> str | None:
    """Return the card page; the booking stands without it, and `resume-payment` has it later."""
    try:
        return cards.open_card_page(booking_id=booking_id, caller=driver, now=now)
    except (Payment, BookingMoved):
        return None


@router.get("", responses=problems(401, 422))
def mine(wanted: Annotated[BookingsIn, Query()], user: UserDep, now: NowDep) -> BookingsOut:
    """Return one's bookings as driver, or those of one's spaces as host.

    What is coming is listed soonest first, everything else latest first.
    """
    find = queries.hosted if wanted.role == "host" else queries.driven
    with transaction() as session:
        found = find(
            session,
            user=user,
            wanted=wanted.wanted(),
            now=now,
            after=read_cursor(wanted.cursor),
            limit=wanted.limit,
        )
    items = [BookingOut.of(view) for view in found]
    return BookingsOut(
        items=items, next_cursor=next_cursor([view.id for view in found], wanted.limit)
    )


@router.post("/links", status_code=202, responses=problems(422, 429))
def send_link(body: FreshLinkIn, address: AddressDep, now: NowDep) -> LinkOut:
    """Mail a guest a fresh link to their booking, by e-mail address and booking reference.

    The answer is the same whether or not they belong together.
    """
    limits.hit(limits.FRESH_LINK, limits.network(address))
    limits.hit(limits.FRESH_LINK_EMAIL, body.email.strip().lower())
    with transaction() as session:
        fresh_links.send(session, email=body.email, reference=body.reference, now=now)
    return LinkOut()


@router.get("/{booking_id}", responses=problems(401, 403, 404, 422))
def read(booking_id: UUID, asking: SomeoneDep, response: Response, now: NowDep) -> BookingOut:
    """Return a booking, as its driver, its host, an admin, or a guest with the manage token."""
    with transaction() as session:
        shown = _view(session, booking_id, asking, now=now)
    response.headers["ETag"] = _version(shown)
    return shown


@router.patch("/{booking_id}", responses=problems(401, 403, 404, 409, 412, 422))
def change(
    *,
    booking_id: UUID,
    body: BookingChangeIn,
    asking: SomeoneDep,
    response: Response,
    now: NowDep,
    if_match: IfMatchDep,
) -> BookingOut:
    """Extend or shorten a stay, or say which vehicle will stand there."""
    with transaction() as session:
        if not body.model_dump(exclude_none=True):
            raise NothingToChange("Give a new end, or a plate.")
        if if_match is not None:
            service.claim(session, booking_id=booking_id, caller=asking)
            require_match(if_match, _version(_view(session, booking_id, asking, now=now)))
        _change(session, booking_id, body, asking, now=now)
        shown = _view(session, booking_id, asking, now=now)
    response.headers["ETag"] = _version(shown)
    return shown


def _change(
    session: Session, booking_id: UUID, body: BookingChangeIn, asking: Caller, *, now: datetime
) -> None:
    seen = queries.view(session, booking_id=booking_id, caller=asking, now=now)
    if body.ends_at is not None or body.ends_at_local is not None:
        ends_at = moment(
            body.ends_at, body.ends_at_local, name="ends_at", timezone=lambda: seen.timezone
        )
        service.change_end(session, booking_id=booking_id, caller=asking, ends_at=ends_at, now=now)
    if body.plate is not None or body.plate_region is not None:
        service.change_plate(
            session,
            booking_id=booking_id,
            caller=asking,
            plate=seen.plate if body.plate is None else body.plate,
            region=seen.plate_region if body.plate_region is None else body.plate_region,
            now=now,
        )


@router.post("/{booking_id}/cancel", responses=problems(401, 403, 404, 409, 422))
def cancel(
    *,
    booking_id: UUID,
    asking: SomeoneDep,
    now: NowDep,
    body: WhyIn | None = None,
    key: KeyDep = None,
) -> BookingOut:
    """Call a booking off before it starts; nothing is charged."""
    why = body.why if body else ""
    step = _Step("cancel", booking_id, asking, now, key, why)
    return step.once(
        lambda session: service.cancel(
            session, booking_id=booking_id, caller=asking, why=why, now=now
        )
    )


@router.post("/{booking_id}/confirm", responses=problems(401, 403, 404, 409, 422))
def confirm(booking_id: UUID, asking: SomeoneDep, now: NowDep, key: KeyDep = None) -> BookingOut:
    """Say yes to a request, as the host."""
    step = _Step("confirm", booking_id, asking, now, key)
    return step.once(
        lambda session: service.approve(session, booking_id=booking_id, caller=asking, now=now)
    )


@router.post("/{booking_id}/decline", responses=problems(401, 403, 404, 409, 422))
def decline(
    *,
    booking_id: UUID,
    asking: SomeoneDep,
    now: NowDep,
    body: WhyIn | None = None,
    key: KeyDep = None,
) -> BookingOut:
    """Say no to a request, as the host; the driver is told and nothing is charged."""
    why = body.why if body else ""
    step = _Step("decline", booking_id, asking, now, key, why)
    return step.once(
        lambda session: service.decline(
            session, booking_id=booking_id, caller=asking, why=why, now=now
        )
    )


@router.post("/{booking_id}/checkin", responses=problems(401, 404, 409, 422))
def checkin(booking_id: UUID, asking: SomeoneDep, now: NowDep, key: KeyDep = None) -> BookingOut:
    """Note that the driver is there, from 15 minutes before the start; twice is no error."""
    step = _Step("checkin", booking_id, asking, now, key)
    return step.once(
        lambda session: service.check_in(session, booking_id=booking_id, caller=asking, now=now)
    )


@router.post("/{booking_id}/checkout", responses=problems(401, 403, 404, 409, 422))
def checkout(booking_id: UUID, asking: SomeoneDep, now: NowDep, key: KeyDep = None) -> BookingOut:
    """Leave now: the bay is free at once, and what was used is charged."""
    step = _Step("checkout", booking_id, asking, now, key)
    return step.once(
        lambda session: service.leave(session, booking_id=booking_id, caller=asking, now=now)
    )


@router.post("/{booking_id}/resume-payment", responses=problems(401, 402, 403, 404, 409, 422))
def resume_payment(
    booking_id: UUID, asking: SomeoneDep, now: NowDep, key: KeyDep = None
) -> CheckoutOut:
    """Return the page where the driver goes on paying: the card page, or the bank's.

    While that page is open, it is the same one, with or without a key.
    """
    step = _Step("resume-payment", booking_id, asking, now, key)
    with transaction() as session:
        step.note(session)
        seen = queries.view(session, booking_id=booking_id, caller=asking, now=now)
    if "confirm_payment" in seen.can:
        url = charges.open_confirm_page(booking_id=booking_id, caller=asking)
    else:
        url = cards.open_card_page(booking_id=booking_id, caller=asking, now=now)
    return CheckoutOut(checkout_url=url)


@router.get("/{booking_id}/receipt", responses=problems(401, 403, 404, 422))
def receipt(booking_id: UUID, asking: SomeoneDep, now: NowDep) -> ReceiptOut:
    """Return what a stay costs, line by line, and what was paid of it."""
    with transaction() as session:
        return ReceiptOut.of(queries.view(session, booking_id=booking_id, caller=asking, now=now))


@router.get("/{booking_id}/events", responses=problems(401, 403, 404, 422))
def events(booking_id: UUID, asking: SomeoneDep) -> EventsOut:
    """Return what happened to a booking, oldest first."""
    with transaction() as session:
        found = queries.events(session, booking_id=booking_id, caller=asking)
        return EventsOut(items=[EventOut.of(event) for event in found])


@router.get(
    "/{booking_id}/calendar.ics",
    response_class=Response,
    responses=problems(401, 403, 404, 422)
    | {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def calendar(booking_id: UUID, asking: SomeoneDep, now: NowDep) -> Response:
    """Return the stay as an appointment for a calendar."""
    with transaction() as session:
        text = calendar_file(session, booking_id=booking_id, caller=asking, now=now)
    name = {"Content-Disposition": 'attachment; filename="parking.ics"'}
    return Response(text, media_type="text/calendar", headers=name)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that somebody takes with a booking, once for each key."""

    name: str
    booking_id: UUID
    asking: Caller
    now: datetime
    key: str | None
    words: str = ""

    def once(self, take: Callable[[Session], object]) -> BookingOut:
        """Take the step and return the booking after it; a repeat gets the same answer."""

        def taken() -> dict[str, Any]:
            take(session)
            shown = _view(session, self.booking_id, self.asking, now=self.now)
            return shown.model_dump(mode="json")

        with transaction() as session:
            return BookingOut.model_validate(self._once(session, taken))

    def note(self, session: Session) -> None:
        """Refuse a key that came with another booking before."""
        self._once(session, dict)

    def _once(self, session: Session, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        who = self.asking.user.id if self.asking.user else f"guest {self.asking.manages}"
        return once(
            session,
            scope=f"POST bookings {self.name} {who}",
            key=self.key,
            request=[str(self.booking_id), self.words],
            now=self.now,
            answer=answer,
        )


def _version(shown: BookingOut) -> str:
    """Return the tag of a booking; what the clock alone changes is no other version."""
    off = shown.status in {BookingStatus.CANCELLED, BookingStatus.DECLINED}
    said = shown.model_dump_json(exclude=_BY_THE_CLOCK)
    return tag_of(f"{said} {off}".encode())


def _view(session: Session, booking_id: UUID, asking: Caller, *, now: datetime) -> BookingOut:
    session.flush()
    return BookingOut.of(queries.view(session, booking_id=booking_id, caller=asking, now=now))
