"""Reports: anyone files them, admins answer them."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from parkplace.accounts.roles import appointed
from parkplace.api.deps import AddressDep, CallerDep, NowDep, UserDep
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
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.links import link, report_path
from parkplace.reports import queries, service
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
            "multipart/form-data": {
                "schema": {
                    "allOf": [{"$ref": "#/components/schemas/ReportIn"}],
                    "properties": {"photo": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.post("", status_code=201, responses=problems(401, 403, 422, 429), openapi_extra=_BODY)
def file(
    filed: Annotated[tuple[ReportIn, bytes | None], Depends(_filed)],
    asking: CallerDep,
    address: AddressDep,
    now: NowDep,
) -> FiledOut:
    """File a report about a vehicle, as JSON, or as a form with a `photo`.

    The answer is the same whether or not the plate is known here.
    """
    limits.hit(limits.REPORT, limits.network(address))
    body, photo = filed
    picture = photos.keep(photo) if photo else None
    with transaction() as session:
        report, token = service.file(
            session,
            reporter=asking.user,
            plate=body.plate,
            region=body.region,
            kind=body.kind,
            description=body.description,
            place=_place(body),
            space_id=body.space_id,
            email=body.email,
            photo_key=picture.key if picture else None,
            now=now,
        )
        return FiledOut(id=report.id, status_url=link(report_path(token)))


@router.get("", responses=problems(401, 422))
def filed(wanted: Annotated[ReportsIn, Query()], user: UserDep) -> ReportsOut:
    """Return the reports one filed; to admins, all there are. The latest first."""
    after = read_cursor(wanted.cursor)
    with transaction() as session:
        found = (
            queries.everything(
                session, admin=user, status=wanted.status, after=after, limit=wanted.limit
            )
            if appointed(user)
            else queries.filed_by(
                session, user=user, status=wanted.status, after=after, limit=wanted.limit
            )
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


@router.patch("/{report_id}", responses=problems(401, 403, 404, 422))
def answer(report_id: UUID, body: AnswerIn, user: UserDep, now: NowDep) -> ReportOut:
    """Resolve or dismiss a report, as an admin."""
    with transaction() as session:
        report = service.answer(
            session,
            admin=user,
            report_id=report_id,
            status=body.status,
            answer=body.answer,
            now=now,
        )
        return ReportOut.of(report)


def _place(body: ReportIn) -> Point | None:
    if body.lat is None and body.lng is None:
        return None
    if body.lat is None or body.lng is None:
        missing = "lat" if body.lat is None else "lng"
        raise PlaceHalfGiven("Give latitude and longitude, or neither.", field=missing)
    return Point(lat=body.lat, lng=body.lng)
