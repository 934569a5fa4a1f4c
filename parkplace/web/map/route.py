"""The map document's own route, for whoever puts the app together."""

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parkplace.core.settings import get_settings
from parkplace.web import routes
from parkplace.web.map.document import document, headers


def map_document(request: Request) -> Response:
    """Serve the map's document, or say that the browser still has it."""
    html, fields = _made(get_settings().tile_url)
    if request.headers.get("if-none-match") == fields["ETag"]:
        return Response(status_code=304, headers=fields)
    return Response(html, headers=fields)


@lru_cache(maxsize=4)
def _made(tile_url: str) -> tuple[str, dict[str, str]]:
    html = document(tile_url=tile_url)
    return html, headers(html)


MAP_ROUTE = Route(routes.MAP_DOCUMENT, map_document)
