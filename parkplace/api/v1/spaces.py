"""Spaces: finding, listing, changing them."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from sqlmodel import Session
from starlette.responses import Response

from parkplace.accounts.models import User
from parkplace.api import etags
from parkplace.api.deps import CallerDep, KeyDep, NowDep, UserDep, asked_by
from parkplace.api.errors import SignInNeeded
from parkplace.api.problems import problems
from parkplace.api.query import parameters, query
from parkplace.api.schemas.common import PeriodIn, PeriodNeeded, read_cursor
from parkplace.api.schemas.search import (
    AroundIn,
    NearbyIn,
    PinsIn,
    PinsOut,
    SearchIn,
    SearchOut,
    found_json,
    listed_json,
    pins_json,
)
from parkplace.api.schemas.spaces import (
    PhotoOut,
    PhotosChangeIn,
    PhotosOut,
    SpaceChangeIn,
    SpaceIn,
    SpaceOut,
)
from parkplace.bookings import closing, listing, offers, search
from parkplace.bookings.access import NOBODY, Caller
from parkplace.bookings.pins import pins
from parkplace.bookings.search import Sort
from parkplace.core.db import reading, transaction
from parkplace.core.errors import Invalid
from parkplace.core.geo import Box, Point, zone_at
from parkplace.core.idempotency import once
from parkplace.spaces import photos, queries, service
from parkplace.spaces.drafts import draft_of
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.queries import Filters, Photo

router = APIRouter(prefix="/spaces", tags=["spaces"])
NEARBY_LASTS = timedelta(hours=1)

# Where the API has what the service calls by a plain name.
_PATHS = {
    "hour_minor": "rate_card.hour_minor",
    "day_cap_minor": "rate_card.day_cap_minor",
    "currency": "rate_card.currency",
}


_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified"}}
# What a stay costs, and how many bays are free then, is no edit of the space.
_BY_THE_CLOCK = {"stay"}
KEPT_S = 30


_read_search = query(SearchIn)


async def _asked(request: Request) -> tuple[SearchIn, Caller]:
    """Find out who is asking only where it matters, which is not when drivers search."""
    wanted = await _read_search(request)
    return wanted, NOBODY if wanted.host is None else await asked_by(request)


@router.get(
    "",
    response_model=SearchOut,
    responses=problems(401, 422),
    openapi_extra=parameters(SearchIn) | {"security": [{"bearer": []}]},
)
def find(asked: Annotated[tuple[SearchIn, Caller], Depends(_asked)], now: NowDep) -> Response:
    """Return spaces; with a stay those that are open and free for all of it, and what it costs.

    Around a point the nearest or the cheapest come first, else the newest. `host=me` lists one's
    own, drafts and paused ones too.
    """
    wanted, asking = asked
    point = wanted.point
    order = wanted.order(point)
    filters = wanted.filters(box=wanted.box, host_id=_host_id(wanted, asking))
    if point is None or order is None:
        body = _newest(wanted, filters, asking, now=now)
    elif wanted.is_given or order == Sort.PRICE:
        body = _free(wanted, point, order, filters, now=now)
    else:
        body = _around(wanted, point, filters)
    return Response(body, media_type="application/json")


def _host_id(wanted: SearchIn, asking: Caller) -> UUID | None:
    if wanted.host != "me":
        return wanted.host
    if asking.user is None:
        raise SignInNeeded("Sign in first: send Authorization: Bearer with your access token.")
    return asking.user.id


def _free(wanted: AroundIn, point: Point, order: Sort, filters: Filters, *, now: datetime) -> bytes:
    period = wanted.period(lambda: zone_at(point))
    with reading() as session:
        found = search.near(
            session,
            point=point,
            radius_m=wanted.radius_m,
            period=period,
            now=now,
            filters=filters,
            sort=order,
            limit=wanted.limit,
            after=wanted.cursor,
        )
    return found_json(found)


def _around(wanted: SearchIn, point: Point, filters: Filters) -> bytes:
    with reading() as session:
        found = listing.nearest(
            session,
            point=point,
            radius_m=wanted.radius_m,
            filters=filters,
            limit=wanted.limit,
            after=wanted.cursor,
        )
    return listed_json(found, radius_m=wanted.radius_m)


def _newest(wanted: SearchIn, filters: Filters, asking: Caller, *, now: datetime) -> bytes:
    period = None
    if wanted.is_given:
        period = wanted.period(lambda: _zone_in(filters.box))
    with reading() as session:
        found = listing.newest(
            session,
            viewer=asking.user,
            filters=filters,
            period=period,
            now=now,
            limit=wanted.limit,
            after=read_cursor(wanted.cursor),
        )
    return listed_json(found, radius_m=None)


def _zone_in(box: Box | None) -> str:
    if box is None:
        raise PeriodNeeded(
            "Give instants with an offset: where nothing is said about the place, there is no "
            "clock on the wall."
        )
    return zone_at(box.centre)


@router.get(
    "/pins",
    response_model=PinsOut,
    responses=problems(422) | _UNCHANGED,
    openapi_extra=parameters(PinsIn),
)
def on_map(
    request: Request, wanted: Annotated[PinsIn, Depends(query(PinsIn))], now: NowDep
) -> Response:
    """Return what a map shows of the spaces that are open and free for the whole stay."""
    box = wanted.box
    period = wanted.period(lambda: zone_at(box.centre))
    with reading() as session:
        shown = pins(
            session, box=box, zoom=wanted.zoom, period=period, now=now, filters=wanted.filters()
        )
    # What is free changes by the second, and who hears of it reads again: nothing is kept unasked.
    return etags.public(request, pins_json(shown), seconds=0)


@router.get(
    "/nearby", response_model=SearchOut, responses=problems(422), openapi_extra=parameters(NearbyIn)
)
def nearby(wanted: Annotated[NearbyIn, Depends(query(NearbyIn))], now: NowDep) -> Response:
    """Return spaces around a point that are free now for an hour, or for the stay that is given."""
    if not wanted.is_given:
        wanted = wanted.model_copy(update={"starts_at": now, "ends_at": now + NEARBY_LASTS})
    body = _free(wanted, wanted.point, Sort.DISTANCE, wanted.filters(), now=now)
    return Response(body, media_type="application/json")


@router.post("", status_code=201, responses=problems(400, 401, 403, 409, 413, 422))
def create(
    body: SpaceIn, response: Response, user: UserDep, now: NowDep, key: KeyDep = None
) -> SpaceOut:
    """List a space, published at once unless `draft` is true; whoever does that is a host."""

    def listed() -> dict[str, str]:
        space = service.create(session, actor=user, draft=body.to_draft(), now=now)
        if not body.draft:
            service.publish(session, actor=user, space_id=space.id, now=now)
        return {"id": str(space.id)}

    with transaction() as session, _fields():
        made = once(
            session,
            scope=f"POST spaces {user.id}",
            key=key,
            request=body.model_dump(mode="json"),
            now=now,
            answer=listed,
        )
        return _tagged(response, _view(session, UUID(made["id"]), user))


@router.get(
    "/{space_id:uuid}",
    response_model=SpaceOut,
    responses=problems(401, 403, 404, 422) | _UNCHANGED,
)
def read(
    *,
    request: Request,
    space_id: UUID,
    wanted: Annotated[PeriodIn, Query()],
    asking: CallerDep,
    now: NowDep,
) -> Response:
    """Return a space; with a period, also what that stay costs and whether it can be had."""
    with transaction() as session:
        view = queries.space(session, space_id=space_id, viewer=asking.user, with_retired=False)
        stay = None
        if wanted.is_given and view.status == SpaceStatus.PUBLISHED:
            period = wanted.period(lambda: view.timezone)
            stay = offers.offer(session, space_id=space_id, period=period, now=now)
    out = SpaceOut.of(view, stay=stay)
    if asking != NOBODY:
        return etags.own(out, apart_from=_BY_THE_CLOCK)
    said = etags.public(
        request, out.model_dump_json().encode(), seconds=0 if wanted.is_given else KEPT_S
    )
    said.headers["Vary"] = "Authorization, Cookie"
    return said


@router.patch("/{space_id:uuid}", responses=problems(400, 401, 403, 404, 412, 413, 422))
def change(
    *,
    space_id: UUID,
    body: SpaceChangeIn,
    response: Response,
    user: UserDep,
    now: NowDep,
    if_match: etags.IfMatchDep,
) -> SpaceOut:
    """Change what is said about a space; bookings made before keep their price."""
    with transaction() as session, _fields():
        space = _unchanged(session, space_id, user, if_match)
        draft = body.changed(draft_of(session, space=space))
        service.edit(session, actor=user, space_id=space_id, draft=draft, now=now)
        return _tagged(response, _view(session, space_id, user))


@router.delete("/{space_id:uuid}", status_code=204, responses=problems(401, 403, 404, 409, 422))
def close(
    *,
    space_id: UUID,
    user: UserDep,
    now: NowDep,
    cancel_bookings: Annotated[
        bool, Query(description="Call off what is booked ahead; the drivers are told.")
    ] = False,
) -> None:
    """Take a space down for good; refused with `bookings_ahead` while stays are booked there."""
    with transaction() as session:
        closing.close(
            session, actor=user, space_id=space_id, cancel_bookings=cancel_bookings, now=now
        )


@router.post("/{space_id:uuid}/publish", responses=problems(401, 403, 404, 409, 422))
def publish(space_id: UUID, response: Response, user: UserDep, now: NowDep) -> SpaceOut:
    """Offer a space to drivers."""
    with transaction() as session:
        service.publish(session, actor=user, space_id=space_id, now=now)
        return _tagged(response, _view(session, space_id, user))


@router.post("/{space_id:uuid}/pause", responses=problems(401, 403, 404, 409, 422))
def pause(space_id: UUID, response: Response, user: UserDep, now: NowDep) -> SpaceOut:
    """Take a space out of the search until it is published again; bookings stand."""
    with transaction() as session:
        service.pause(session, actor=user, space_id=space_id, now=now)
        return _tagged(response, _view(session, space_id, user))


@router.post(
    "/{space_id:uuid}/photos",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def add_photo(
    *,
    space_id: UUID,
    user: UserDep,
    now: NowDep,
    photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP, up to 10 MB.")],
    caption: Annotated[str, Form(max_length=1000)] = "",
    key: KeyDep = None,
) -> PhotoOut:
    """Add a picture behind the others; where it was taken is removed from it."""
    with transaction() as session:
        service.own(session, actor=user, space_id=space_id)
    picture = photos.keep(photo.file.read())

    def added() -> dict[str, Any]:
        row = photos.add(
            session, actor=user, space_id=space_id, picture=picture, caption=caption, now=now
        )
        seen = Photo(row.id, row.file_key, row.width, row.height, row.caption)
        return PhotoOut.of(seen).model_dump(mode="json")

    with transaction() as session:
        made = once(
            session,
            scope=f"POST photos {user.id}",
            key=key,
            request=[str(space_id), picture.key, caption],
            now=now,
            answer=added,
        )
    return PhotoOut.model_validate(made)


@router.patch("/{space_id:uuid}/photos", responses=problems(400, 401, 403, 404, 412, 413, 422))
def arrange_photos(
    *,
    space_id: UUID,
    body: PhotosChangeIn,
    response: Response,
    user: UserDep,
    if_match: etags.IfMatchDep,
) -> PhotosOut:
    """Put the photos of a space in order, with captions; all of them must be named.

    `If-Match` takes the ETag of the space.
    """
    captions = {item.id: item.caption for item in body.items if item.caption is not None}
    with transaction() as session:
        _unchanged(session, space_id, user, if_match)
        photos.arrange(
            session,
            actor=user,
            space_id=space_id,
            photo_ids=[item.id for item in body.items],
            captions=captions,
        )
        return PhotosOut(items=_tagged(response, _view(session, space_id, user)).photos)


@router.delete(
    "/{space_id:uuid}/photos/{photo_id}", status_code=204, responses=problems(401, 403, 404, 422)
)
def remove_photo(space_id: UUID, photo_id: UUID, user: UserDep) -> None:
    """Take a photo from a space."""
    with transaction() as session:
        photos.remove(session, actor=user, space_id=space_id, photo_id=photo_id)


def _view(session: Session, space_id: UUID, user: User) -> SpaceOut:
    session.flush()
    return SpaceOut.of(queries.space(session, space_id=space_id, viewer=user))


def _unchanged(session: Session, space_id: UUID, user: User, if_match: str | None) -> Space:
    """Return a space, locked, if it is still what the program has read.

    Raises:
        ChangedMeanwhile: It is not.
    """
    space = service.own(session, actor=user, space_id=space_id)
    if if_match is not None:
        shown = _view(session, space_id, user)
        etags.require_match(if_match, etags.tag(shown, apart_from=_BY_THE_CLOCK))
    return space


def _tagged(response: Response, out: SpaceOut) -> SpaceOut:
    return etags.tagged(response, out, apart_from=_BY_THE_CLOCK)


@contextmanager
def _fields() -> Generator[None, Any, None]:
    """Name the fields at fault as they are called here."""
    try:
        yield
    except Invalid as error:
        error.field = _PATHS.get(error.field or "", error.field)
        raise
