"""Spaces: finding, listing, changing them."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from sqlmodel import Session
from starlette.responses import Response

from parkplace.accounts.models import User
from parkplace.api.deps import CallerDep, NowDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.query import parameters, query
from parkplace.api.schemas.common import PeriodIn
from parkplace.api.schemas.search import (
    PinsIn,
    PinsOut,
    SearchIn,
    SearchOut,
    found_json,
    pins_json,
)
from parkplace.api.schemas.spaces import PhotoOut, SpaceChangeIn, SpaceIn, SpaceOut
from parkplace.bookings import offers, search
from parkplace.bookings.pins import pins
from parkplace.core.db import reading, transaction
from parkplace.core.errors import Invalid
from parkplace.core.geo import zone_at
from parkplace.spaces import photos, queries, service
from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.queries import Photo

router = APIRouter(prefix="/spaces", tags=["spaces"])

# Where the API has what the service calls by a plain name.
_PATHS = {
    "hour_minor": "rate_card.hour_minor",
    "day_cap_minor": "rate_card.day_cap_minor",
    "currency": "rate_card.currency",
}


@router.get(
    "", response_model=SearchOut, responses=problems(422), openapi_extra=parameters(SearchIn)
)
def near(wanted: Annotated[SearchIn, Depends(query(SearchIn))], now: NowDep) -> Response:
    """Return spaces near a point that are open and free for the whole stay, and what it costs.

    Nearest or cheapest first; `total` is the price of the whole stay.
    """
    point = wanted.point
    period = wanted.period(lambda: zone_at(point))
    with reading() as session:
        found = search.near(
            session,
            point=point,
            radius_m=wanted.radius_m,
            period=period,
            now=now,
            filters=wanted.filters(),
            sort=wanted.sort,
            limit=wanted.limit,
            after=wanted.cursor,
        )
    return Response(found_json(found), media_type="application/json")


@router.get(
    "/pins", response_model=PinsOut, responses=problems(422), openapi_extra=parameters(PinsIn)
)
def on_map(wanted: Annotated[PinsIn, Depends(query(PinsIn))], now: NowDep) -> Response:
    """Return what a map shows of the spaces that are open and free for the whole stay."""
    box = wanted.box
    period = wanted.period(lambda: zone_at(box.centre))
    with reading() as session:
        shown = pins(
            session, box=box, zoom=wanted.zoom, period=period, now=now, filters=wanted.filters()
        )
    return Response(pins_json(shown), media_type="application/json")


@router.post("", status_code=201, responses=problems(401, 403, 422))
def create(body: SpaceIn, user: UserDep, now: NowDep) -> SpaceOut:
    """List a space, published at once unless `draft` is true; whoever does that is a host."""
    with transaction() as session, _fields():
        space = service.create(session, actor=user, draft=body.to_draft(), now=now)
        if not body.draft:
            service.publish(session, actor=user, space_id=space.id, now=now)
        return _view(session, space.id, user)


@router.get("/{space_id}", responses=problems(401, 404, 422))
def read(
    space_id: UUID, wanted: Annotated[PeriodIn, Query()], asking: CallerDep, now: NowDep
) -> SpaceOut:
    """Return a space; with a period, also what that stay costs and whether it can be had."""
    with transaction() as session:
        view = queries.space(session, space_id=space_id, viewer=asking.user)
        stay = None
        if wanted.is_given and view.status == SpaceStatus.PUBLISHED:
            period = wanted.period(lambda: view.timezone)
            stay = offers.offer(session, space_id=space_id, period=period, now=now)
        return SpaceOut.of(view, stay=stay)


@router.patch("/{space_id}", responses=problems(401, 403, 404, 409, 422))
def change(space_id: UUID, body: SpaceChangeIn, user: UserDep, now: NowDep) -> SpaceOut:
    """Change what is said about a space; bookings made before keep their price."""
    with transaction() as session, _fields():
        space = service.own(session, actor=user, space_id=space_id)
        draft = body.changed(service.draft_of(session, space=space))
        service.edit(session, actor=user, space_id=space_id, draft=draft, now=now)
        return _view(session, space_id, user)


@router.post("/{space_id}/publish", responses=problems(401, 403, 404, 409, 422))
def publish(space_id: UUID, user: UserDep, now: NowDep) -> SpaceOut:
    """Offer a space to drivers."""
    with transaction() as session:
        service.publish(session, actor=user, space_id=space_id, now=now)
        return _view(session, space_id, user)


@router.post("/{space_id}/pause", responses=problems(401, 403, 404, 409, 422))
def pause(space_id: UUID, user: UserDep, now: NowDep) -> SpaceOut:
    """Take a space out of the search until it is published again; bookings stand."""
    with transaction() as session:
        service.pause(session, actor=user, space_id=space_id, now=now)
        return _view(session, space_id, user)


@router.post(
    "/{space_id}/photos", status_code=201, responses=problems(401, 403, 404, 409, 413, 422)
)
def add_photo(
    *,
    space_id: UUID,
    user: UserDep,
    now: NowDep,
    photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP, up to 10 MB.")],
    caption: Annotated[str, Form(max_length=1000)] = "",
) -> PhotoOut:
    """Add a picture behind the others; where it was taken is removed from it."""
    with transaction() as session:
        service.own(session, actor=user, space_id=space_id)
    picture = photos.keep(photo.file.read())
    with transaction() as session:
        row = photos.add(
            session, actor=user, space_id=space_id, picture=picture, caption=caption, now=now
        )
        return PhotoOut.of(Photo(row.id, row.file_key, row.width, row.height, row.caption))


def _view(session: Session, space_id: UUID, user: User) -> SpaceOut:
    session.flush()
    return SpaceOut.of(queries.space(session, space_id=space_id, viewer=user))


@contextmanager
def _fields() -> Generator[None, Any, None]:
    """Name the fields at fault as they are called here."""
    try:
        yield
    except Invalid as error:
        error.field = _PATHS.get(error.field or "", error.field)
        raise
