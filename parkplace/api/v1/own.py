"""One's own account as a whole: all that is kept about it, its log, and its end."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import StreamingResponse

from parkplace.accounts.audit import entries
from parkplace.api.browser import clear_cookie
from parkplace.api.deps import NowDep, OriginDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.audit import EntriesOut, EntryOut, OwnAuditIn, next_entry, read_entry
from parkplace.api.schemas.users import DeleteMeIn
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.people import export, flows, leaving

router = APIRouter(prefix="/auth/me", tags=["auth"])

_IN_MEMORY = 1_000_000  # bytes; more of an export waits in a file of this process alone
_CHUNK = 64 * 1024


@router.delete("", status_code=204, responses=problems(401, 403, 404, 409, 422, 429))
def leave(
    body: DeleteMeIn, user: UserDep, response: Response, origin: OriginDep, now: NowDep
) -> None:
    """Delete one's account for good; refused while bookings ahead or money are open.

    What accounts must keep stays, without saying who it was; all else is removed.
    """
    limits.hit(limits.ERASE, str(user.id))
    with transaction() as session:
        leaving.leave(
            session,
            user=user,
            password=body.password,
            code=body.code,
            origin=origin,
            now=now,
        )
    flows.finish(user_id=user.id, now=now)
    clear_cookie(response)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=problems(401, 403, 429)
    | {200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
def everything(user: UserDep, origin: OriginDep, now: NowDep) -> StreamingResponse:
    """Return all that is kept about one as a JSON document: a list for each kind of thing."""
    limits.hit(limits.EXPORT, str(user.id))
    document = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - sent later
    try:
        with transaction() as session:
            export.write(session, user=user, to=document, origin=origin, now=now)
    except BaseException:
        document.close()
        raise
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="park-place-export.json"',
    }
    return StreamingResponse(_sent(document), media_type="application/json", headers=headers)


@router.get("/audit", responses=problems(401, 422))
def audit(wanted: Annotated[OwnAuditIn, Query()], user: UserDep) -> EntriesOut:
    """Return what was done about the safety of one's account, the newest first."""
    after = read_entry(wanted.cursor)
    with transaction() as session:
        found = entries(session, reader=user, subject_id=user.id, after=after, limit=wanted.limit)
        items = [EntryOut.own(entry, reader=user) for entry in found]
    return EntriesOut(items=items, next_cursor=next_entry(items, wanted.limit))


def _sent(document: IO[bytes]) -> Iterator[bytes]:
    with document:
        document.seek(0)
        while chunk := document.read(_CHUNK):
            yield chunk
