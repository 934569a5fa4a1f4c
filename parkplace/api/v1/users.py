"""People: the list that admins see, one person, their public part, and what admins decide."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, Response, UploadFile

from parkplace.accounts import directory, profiles, standing
from parkplace.accounts.verification import require_verified
from parkplace.api import etags
from parkplace.api.deps import NowDep, OriginDep, UserDep
from parkplace.api.etags import IfMatchDep, require_match, tag, tagged
from parkplace.api.problems import problems
from parkplace.api.schemas.common import next_cursor, read_cursor
from parkplace.api.schemas.users import (
    AccountChangeIn,
    AccountOut,
    ListedUserOut,
    ProfileOut,
    SuspendIn,
    UsersIn,
    UsersOut,
)
from parkplace.core import limits
from parkplace.core.db import reading, transaction
from parkplace.core.pictures import BYTES_MOST
from parkplace.people import flows, leaving
from parkplace.people import standing as people
from parkplace.people.profile import public
from parkplace.spaces.hosting import require_none_listed

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", responses=problems(401, 403, 422))
def listed(wanted: Annotated[UsersIn, Query()], user: UserDep) -> UsersOut:
    """Return the accounts there are, to an admin: by text, role and status, in three orders."""
    after = read_cursor(wanted.cursor)
    with transaction() as session:
        found = directory.people(
            session,
            admin=user,
            text=wanted.text,
            role=wanted.role,
            status=wanted.status,
            sort=wanted.sort,
            after=after,
            limit=wanted.limit,
        )
        items = [ListedUserOut.of(person) for person in found]
    return UsersOut(items=items, next_cursor=next_cursor([item.id for item in items], wanted.limit))


@router.get("/{user_id}", responses=problems(401, 403, 404, 422))
def read(user_id: UUID, user: UserDep, response: Response) -> AccountOut:
    """Return an account to its owner, or to an admin."""
    with transaction() as session:
        out = AccountOut.of(directory.account(session, viewer=user, user_id=user_id))
    return tagged(response, out)


@router.patch("/{user_id}", responses=problems(401, 403, 404, 409, 412, 422))
def change(
    *,
    user_id: UUID,
    body: AccountChangeIn,
    user: UserDep,
    response: Response,
    origin: OriginDep,
    now: NowDep,
    if_match: IfMatchDep,
) -> AccountOut:
    """Change a profile as its owner or an admin; give and take roles as an admin.

    The last admin stays one.
    """
    with transaction() as session:
        row = directory.editable(session, actor=user, user_id=user_id, roles=body.changes_roles)
        require_match(if_match, tag(AccountOut.of(row)))
        changes = body.changes()
        profiles.change(session, user=row, changes=changes, now=now, by=user, origin=origin)
        if body.is_host:
            require_verified(row)
        elif body.is_host is False:
            require_none_listed(session, user=row)
        if body.changes_roles:
            standing.set_roles(
                session,
                actor=user,
                user_id=user_id,
                is_host=body.is_host,
                is_admin=body.is_admin,
                origin=origin,
                now=now,
            )
        out = AccountOut.of(row)
    return tagged(response, out)


@router.delete("/{user_id}", status_code=204, responses=problems(401, 403, 404, 409, 422))
def remove(user_id: UUID, user: UserDep, origin: OriginDep, now: NowDep) -> None:
    """Delete somebody's account, as an admin; refused while bookings or money are open.

    What accounts must keep stays, without saying who it was.
    """
    with transaction() as session:
        leaving.remove(session, admin=user, user_id=user_id, origin=origin, now=now)
    flows.finish(user_id=user_id, now=now)


@router.put("/me/photo", responses=problems(401, 404, 412, 413, 422, 429))
def set_photo(
    user: UserDep,
    photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP, up to 10 MB.")],
    response: Response,
    if_match: IfMatchDep,
) -> AccountOut:
    """Show another picture of oneself, cut to a square; where it was taken is removed from it."""
    limits.hit(limits.UPLOAD, str(user.id))
    key = profiles.keep_photo(photo.file.read(BYTES_MOST + 1))
    try:
        with transaction() as session:
            row = directory.editable(session, actor=user, user_id=user.id)
            require_match(if_match, tag(AccountOut.of(row)))
            row, before = profiles.set_photo(session, user=row, key=key)
            out = AccountOut.of(row)
    except BaseException:
        profiles.drop_photo(key)
        raise
    profiles.drop_photo(before)
    return tagged(response, out)


@router.delete("/{user_id}/photo", status_code=204, responses=problems(401, 403, 404, 422))
def remove_photo(user_id: UUID, user: UserDep, origin: OriginDep, now: NowDep) -> None:
    """Show no picture of a person any more, as that person or as an admin."""
    with transaction() as session:
        whom = directory.editable(session, actor=user, user_id=user_id)
        before = profiles.remove_photo(session, user=whom, now=now, by=user, origin=origin)
    profiles.drop_photo(before)


@router.get("/{user_id}/profile", response_model=ProfileOut, responses=problems(404, 422))
def profile(user_id: UUID, request: Request) -> Response:
    """Return what everybody may know of a person; nothing of those who are gone or kept out."""
    with reading() as session:
        out = ProfileOut.of(public(session, user_id=user_id))
    return etags.public(request, out.model_dump_json().encode(), seconds=60)


@router.post("/{user_id}/suspend", responses=problems(401, 403, 404, 409, 422))
def suspend(
    user_id: UUID, body: SuspendIn, user: UserDep, origin: OriginDep, now: NowDep
) -> AccountOut:
    """Keep somebody out, as an admin: their sessions end and their spaces leave the search.

    Bookings that were made stand. They are told why by a letter.
    """
    with transaction() as session:
        whom = people.suspend(
            session, admin=user, user_id=user_id, why=body.why, origin=origin, now=now
        )
        return AccountOut.of(whom)


@router.post("/{user_id}/reinstate", responses=problems(401, 403, 404, 422))
def reinstate(user_id: UUID, user: UserDep, origin: OriginDep, now: NowDep) -> AccountOut:
    """Let somebody in again, as an admin; their spaces that were listed are listed."""
    with transaction() as session:
        whom = people.reinstate(session, admin=user, user_id=user_id, origin=origin, now=now)
        return AccountOut.of(whom)
