"""Reports: anyone files them, admins answer them."""

import json
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlmodel import Session
from starlette.datastructures import UploadFile

from parkplace.accounts.roles import appointed
from parkplace.api.deps import AddressDep, CallerDep, KeyDep, NowDep, UserDep
from parkplace.api.etags import IfMatchDep, require_match, tag, tagged
from parkplace.api.problems import problems
from parkplace.api.schemas.common import next_cursor, read_cursor
from parkplace.api.schemas.reports import (
    AnswerIn,
    FiledOut,
    ReportIn,
    ReportOut,
    ReportsIn,
    ReportsOut,
    ReportStatusOut,
)
from parkplace.bookings.access import Caller
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.idempotency import once
from parkplace.core.links import link, report_path
from parkplace.reports import queries, service
from parkplace.reports.status_links import status_token
from parkplace.spaces import photos

router = APIRouter(prefix="/reports", tags=["reports"])


class PlaceHalfGiven(Invalid):
    """Raised for a latitude without a longitude, or the other way round."""

    code = "place_half_given"


async def _filed(request: Request) -> tuple[ReportIn, bytes | None]:
    """Read a report from JSON, or from a form with a picture."""
    photo = None
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=20) as form:
            given: dict[str, Any] = dict(form.items())
            sent = given.get("photo")
            if isinstance(sent, UploadFile):
                photo = await sent.read()
                del given["photo"]
    else:
        given = await _json(request)
    try:
        return ReportIn.model_validate(given), photo
    except ValidationError as error:
        found = [
            {**item, "loc": ("body", *item["loc"])} for item in error.errors(include_url=False)
        ]
        raise RequestValidationError(found) from error


async def _json(request: Request) -> Any:  # noqa: ANN401 - the shape is checked next
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        item = {"type": "json_invalid", "loc": ("body", 0), "msg": "", "input": None}
        raise RequestValidationError([item]) from error


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ReportIn"}},
            "multipart/form-data": {"schema": {"$ref": "#/components/schemas/ReportFormIn"}},
        },
    }
}


@router.post("", status_code=201, responses=problems(401, 403, 422, 429), openapi_extra=_BODY)
def file(
    filed: Annotated[tuple[ReportIn, bytes | None], Depends(_filed)],
    asking: CallerDep,
    address: AddressDep,
    now: NowDep,
    key: KeyDep = None,
) -> FiledOut:
    """File a report about a vehicle, as JSON, or as a form with a `photo`.

    The answer is the same whether or not the plate is known here.
    """
    limits.hit(limits.REPORT, limits.network(address))
    body, photo = filed
    picture = photos.keep(photo) if photo else None
    photo_key = picture.key if picture else None
    shown = None if photo is None else sha256(photo).hexdigest()
    with transaction() as session:
        told = once(
            session,
            scope=f"POST reports {asking.user.id if asking.user else 'nobody'}",
            key=key,
            request=[body.model_dump(mode="json"), shown],
            now=now,
            answer=lambda: _write(session, body, asking, photo_key, now=now),
        )
    report_id = UUID(told["id"])
    return FiledOut(id=report_id, status_url=link(report_path(status_token(report_id))))


def _write(
    session: Session, body: ReportIn, asking: Caller, photo_key: str | None, *, now: datetime
) -> dict[str, str]:
    report, _ = service.file(
        session,
        reporter=asking.user,
        plate=body.plate,
        region=body.region,
        kind=body.kind,
        description=body.description,
        place=_place(body),
        space_id=body.space_id,
        email=body.email,
        photo_key=photo_key,
        now=now,
    )
    return {"id": str(report.id)}


@router.get("", responses=problems(401, 403, 422))
def filed(wanted: Annotated[ReportsIn, Query()], user: UserDep) -> ReportsOut:
    """Return the reports one filed; to admins, all there are. The latest first."""
    everything, own = partial(queries.everything, admin=user), partial(queries.filed_by, user=user)
    find = everything if appointed(user) else own
    with transaction() as session:
        found = find(
            session,
            status=wanted.status,
            plate=wanted.plate,
            after=read_cursor(wanted.cursor),
            limit=wanted.limit,
        )
        items = [ReportOut.of(report) for report in found]
    return ReportsOut(
        items=items, next_cursor=next_cursor([item.id for item in items], wanted.limit)
    )


@router.get("/status/{token}", responses=problems(404))
def status(token: str) -> ReportStatusOut:
    """Return what became of a report, for whoever has its link."""
    with transaction() as session:
        return ReportStatusOut.of(queries.by_status_token(session, token=token))


@router.get("/{report_id}", responses=problems(401, 404, 422))
def read(report_id: UUID, user: UserDep, response: Response) -> ReportOut:
    """Return a report, to whoever filed it and to admins."""
    with transaction() as session:
        shown = ReportOut.of(queries.seen_by(session, user=user, report_id=report_id))
    return tagged(response, shown)


@router.patch("/{report_id}", responses=problems(401, 403, 404, 412, 422))
def answer(
    *,
    report_id: UUID,
    body: AnswerIn,
    user: UserDep,
    response: Response,
    now: NowDep,
    if_match: IfMatchDep,
) -> ReportOut:
    """Resolve or dismiss a report, as an admin."""
    with transaction() as session:
        there = queries.one(session, admin=user, report_id=report_id, lock=True)
        require_match(if_match, tag(ReportOut.of(there)))
        report = service.answer(
            session,
            admin=user,
            report_id=report_id,
            status=body.status,
            answer=body.answer,
            now=now,
        )
        shown = ReportOut.of(report)
    return tagged(response, shown)


def _place(body: ReportIn) -> Point | None:
    if body.lat is None and body.lng is None:
        return None
    if body.lat is None or body.lng is None:
        missing = "lat" if body.lat is None else "lng"
        raise PlaceHalfGiven("Give latitude and longitude, or neither.", field=missing)
    return Point(lat=body.lat, lng=body.lng)
