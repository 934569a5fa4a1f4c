"""`/api/docs` and `/api/redoc`: the description of the API for people, served by us alone."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

router = APIRouter(prefix="/api", include_in_schema=False)

OPENAPI = "/api/openapi.json"
TITLE = "Park Place API"
_FAVICON = "/favicon.svg"
# The package brings the files of both; nothing else of it is used.
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
}
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Redoc would fetch its maker's emblem from there.
_ELSEWHERE = b"https://cdn.redoc.ly/redoc/logo-mini.svg"


@router.get("/docs")
def docs() -> Response:
    """Show what programs can ask for, and let people try it."""
    page = get_swagger_ui_html(
        openapi_url=OPENAPI,
        title=TITLE,
        swagger_js_url="/api/docs/swagger-ui-bundle.js",
        swagger_css_url="/api/docs/swagger-ui.css",
        swagger_favicon_url=_FAVICON,
        # Nothing is sent to a validator elsewhere.
        swagger_ui_parameters={"validatorUrl": None, "displayRequestDuration": True},
    )
    return _guarded(page)


@router.get("/redoc")
def redoc() -> Response:
    """Show what programs can ask for, to be read."""
    page = get_redoc_html(
        openapi_url=OPENAPI,
        title=TITLE,
        redoc_js_url="/api/docs/redoc.standalone.js",
        redoc_favicon_url=_FAVICON,
        with_google_fonts=False,
    )
    # It writes its styles into the page, and searches in a thread of its own.
    return _guarded(page, styles="'self' 'unsafe-inline'", workers="blob:")


@router.get("/docs/{name}")
def file(name: str) -> Response:
    """Serve one of the files that draw these pages."""
    if name not in _FILES:
        raise HTTPException(404)
    day = {"Cache-Control": "public, max-age=86400"}
    return Response(_content(name), media_type=_FILES[name], headers=day)


@cache
def _content(name: str) -> bytes:
    content = (files("fastapi_offline") / "static" / name).read_bytes()
    return content.replace(_ELSEWHERE, _FAVICON.encode())


def _guarded(page: HTMLResponse, *, styles: str = "'self'", workers: str = "'none'") -> Response:
    """Let exactly the scripts run that stand in a page, and nothing be fetched from elsewhere."""
    scripts = _SCRIPT.findall(bytes(page.body).decode())
    page.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *(f"'sha256-{_digest(text)}'" for text in scripts))),
            f"style-src {styles}",
            "img-src 'self' data:",
            "connect-src 'self'",
            f"worker-src {workers}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    return page


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
