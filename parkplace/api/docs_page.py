"""`/api/docs`: Swagger UI, served by us alone."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

router = APIRouter(prefix="/api/docs", include_in_schema=False)

# The package brings Swagger UI's own files; nothing else of it is used.
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}


@router.get("")
def docs() -> HTMLResponse:
    """Show what programs can ask for."""
    return get_swagger_ui_html(
        openapi_url="/api/openapi.json",
        title="Park Place API",
        swagger_js_url="/api/docs/swagger-ui-bundle.js",
        swagger_css_url="/api/docs/swagger-ui.css",
        swagger_favicon_url="/api/docs/favicon-32x32.png",
        # Nothing is sent to a validator elsewhere.
        swagger_ui_parameters={"validatorUrl": None, "displayRequestDuration": True},
    )


@router.get("/{name}")
def file(name: str) -> Response:
    """Serve one of Swagger UI's files."""
    if name not in _FILES:
        raise HTTPException(404)
    content = (files("fastapi_swagger") / "resources" / name).read_bytes()
    day = {"Cache-Control": "public, max-age=86400"}
    return Response(content, media_type=_FILES[name], headers=day)
