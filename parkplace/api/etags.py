"""Versions of what is shown: nothing is sent twice, and no editor overwrites another's change.

A tag is the hash of what a resource says. A program that read `ETag: "abc"` sends it back: as
`If-None-Match` when it reads again (304 when nothing changed), as `If-Match` when it changes
something (412 when somebody else was faster).
"""

import hashlib
from collections.abc import Collection
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from parkplace.core.errors import Conflict

Shown = TypeVar("Shown", bound=BaseModel)
_SIGNS = 22  # of base 16: 88 bits, more than any two versions share by accident


class ChangedMeanwhile(Conflict):
    """Raised when what is to be changed is no longer what the program has read; status 412."""

    code = "changed_meanwhile"


def tag(shown: BaseModel, *, apart_from: Collection[str] = ()) -> str:
    """Return the tag of a resource, quotes included.

    Args:
        shown: The resource as the asking person sees it.
        apart_from: Fields that change by the clock alone and are nobody's edit.
    """
    return tag_of(shown.model_dump_json(exclude=set(apart_from)).encode())


def tag_of(body: bytes) -> str:
    """Return the tag of a body, quotes included."""
    return f'"{hashlib.sha256(body).hexdigest()[:_SIGNS]}"'


def require_match(wanted: str | None, current: str) -> None:
    """Refuse a change that was made from an older version; without `If-Match` any will do.

    Call it in the transaction of the change, with the resource's row locked.

    Args:
        wanted: What the program sent as `If-Match`; a list of tags, or `*` for whatever there is.
        current: The tag of what is there.

    Raises:
        ChangedMeanwhile: It is another version.
    """
    if wanted is None or wanted.strip() == "*" or current in _tags(wanted):
        return
    raise ChangedMeanwhile("Somebody changed this since you read it. Read it again first.")


def public(request: Request, body: bytes, *, seconds: int) -> Response:
    """Return JSON that anybody may see and keep for some seconds, or 304 when they have it.

    Never for what depends on who is asking.
    """
    headers = {"Cache-Control": f"public, max-age={seconds}", "ETag": tag_of(body)}
    known = request.headers.get("if-none-match")
    if known is not None and headers["ETag"] in _tags(known):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def own(shown: BaseModel, *, apart_from: Collection[str] = ()) -> Response:
    """Return a resource as `tagged` does, ready to be sent: for what is asked most.

    FastAPI would look at each field once more, which takes longer than reading it did.
    """
    answer = Response(shown.model_dump_json().encode(), media_type="application/json")
    tagged(answer, shown, apart_from=apart_from)
    return answer


def tagged(response: Response, shown: Shown, *, apart_from: Collection[str] = ()) -> Shown:
    """Return a resource as one person sees it, with its tag; the edge says that nobody keeps it.

    Args:
        response: The response that goes out with it.
        shown: The resource.
        apart_from: See `tag`.
    """
    response.headers["ETag"] = tag(shown, apart_from=apart_from)
    return shown


def _tags(listed: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in listed.split(",")}


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=1000,
            description="The ETag you read; refused with 412 when somebody changed it since.",
        ),
    ] = None,
) -> str | None:
    return if_match


IfMatchDep = Annotated[str | None, Depends(_if_match)]
