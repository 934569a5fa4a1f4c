"""What pages fetch besides themselves: pictures, and the streets on the map."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.responses import Response

from parkplace.api.schemas.common import In
from parkplace.api.schemas.search import box_of
from parkplace.core.db import transaction
from parkplace.core.files import files
from parkplace.spaces import streets

router = APIRouter(include_in_schema=False)

_FOREVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}
_HOUR = {"Cache-Control": "public, max-age=3600"}


class StreetsIn(In):
    """Which part of the map, and how near."""

    bbox: Annotated[str, Query(max_length=100)]
    zoom: Annotated[int, Query(ge=0, le=22)]


@router.get("/photos/{name}")
def photo(name: str) -> Response:
    """Return one of a picture's files; what has this name never changes."""
    content = files().read(name) if name.endswith(".webp") else None
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="image/webp", headers=_FOREVER)


@router.get("/map/streets")
def map_streets(wanted: Annotated[StreetsIn, Query()]) -> Response:
    """Return the streets a map shows, as a GeoJSON feature collection."""
    box = box_of(wanted.bbox)
    with transaction() as session:
        lines = streets.lines_in(session, box=box, zoom=wanted.zoom)
    return Response(lines, media_type="application/geo+json", headers=_HOUR)
