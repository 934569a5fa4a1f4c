"""The API in front of the pages: each has its own addresses."""

from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from parkplace.api.app import make_api
from parkplace.api.edge import JSON_MOST


async def page(request: Request) -> Response:
    """What lies behind: it says how much it was sent."""
    if request.url.path == "/broken":
        raise RuntimeError("a page's own failure")
    return PlainTextResponse(f"page {len(await request.body())}")


def behind() -> TestClient:
    api = make_api()
    pages = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])
    api.mount("", pages)  # as Reflex does it
    return TestClient(api, raise_server_exceptions=False)


def test_pages_get_what_is_not_the_apis() -> None:
    client = behind()
    for path in ("/", "/spaces/abc", "/bookings", "/apiary", "/_event"):
        assert client.get(path).text == "page 0"
    assert client.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"
    assert client.get("/healthz").json() == {"status": "ok"}


def test_pages_may_be_sent_what_they_like() -> None:
    body = b"x" * 2 * JSON_MOST
    assert behind().post("/_upload", content=body).text == f"page {len(body)}"


def test_pages_fail_in_their_own_way() -> None:
    answer = behind().get("/broken")
    assert answer.status_code == 500
    assert "problem" not in answer.headers["content-type"]


def test_a_method_that_is_not_there_is_not_a_page_either() -> None:
    answer = behind().delete("/api/v1/quotes")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
