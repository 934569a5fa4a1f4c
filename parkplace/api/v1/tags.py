"""Tags: what spaces are searched by."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from parkplace.api import etags
from parkplace.api.schemas.search import TagOut, TagsOut
from parkplace.core.db import reading
from parkplace.spaces import queries

router = APIRouter(prefix="/tags", tags=["spaces"])
KEPT_S = 300


@router.get("", response_model=TagsOut, responses={304: {"description": "Not modified"}})
def listed(request: Request) -> Response:
    """Return the tags of published spaces, with how many have each; those that most have first."""
    with reading() as session:
        found = queries.tags(session)
    out = TagsOut(items=[TagOut(tag=count.tag, spaces=count.spaces) for count in found])
    return etags.public(request, out.model_dump_json().encode(), seconds=KEPT_S)
