"""What goes for every request and every answer, whatever is behind."""

import asyncio
import logging
from collections.abc import Callable, Generator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from parkplace.core import logs
from parkplace.core.settings import get_settings
from parkplace.front.front import Front

OURS = "http://testserver"
EVIL = "https://evil.example"
APP = "https://app.example"
Answer = httpx2.Response
Choose = Callable[..., TestClient]

log = logging.getLogger(__name__)


def page(_: Request) -> Response:
    return HTMLResponse("<h1>Here</h1>")


def seen(request: Request) -> Response:
    log.info("seen")
    assert request.client is not None
    return JSONResponse(
        {"name": logs.current(), "from": request.client.host, "scheme": request.url.scheme}
    )


def framed(_: Request) -> Response:
    return HTMLResponse("", headers={"Content-Security-Policy": "frame-ancestors 'self'"})


def unchanged(_: Request) -> Response:
    return Response(status_code=304)


async def socket(given: WebSocket) -> None:
    await given.accept()
    assert given.client is not None
    await given.send_json({"from": given.client.host, "scheme": given.url.scheme})
    await given.close()


def behind() -> Starlette:
    """An app as Reflex makes it: it adds CORS of its own, with credentials, for our origin."""
    return Starlette(
        routes=[
            Route("/", page),
            Route("/seen", seen),
            Route("/api/v1/seen", seen),
            Route("/map/document", framed),
            Route("/kept", unchanged),
            WebSocketRoute("/_event/", socket),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_credentials=True,
                allow_methods=["*"],
                allow_headers=["*"],
                allow_origins=[OURS],
            )
        ],
    )


def run(app: ASGIApp, scope: Scope, order: list[str]) -> list[str]:
    """Let one connection go through the front; returns what was sent, and when."""

    async def send(message: Message) -> None:
        order.append(message["type"])

    async def receive() -> Message:
        return {"type": "http.request"}

    asked = {"path": "/", "headers": [], "method": "GET", **scope}
    asyncio.run(Front(app)(asked, receive, send))
    return order


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Generator[Choose]:
    """Makes the front with what an operator decides, as an environment."""

    def chosen(client: str = "198.51.100.7", **environment: str) -> TestClient:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        front = Front(behind(), pages=lambda path: f"script-src {path}")
        return TestClient(front, client=(client, 50000))

    yield chosen
    monkeypatch.undo()
    get_settings.cache_clear()


class TestRequestIds:
    def test_each_request_has_one_of_its_own(self, choose: Choose) -> None:
        client = choose()
        first, second = (client.get("/seen") for _ in range(2))
        assert first.headers["x-request-id"] == first.json()["name"]
        assert first.headers["x-request-id"] != second.headers["x-request-id"]
        assert logs.current() == "-"

    @pytest.mark.parametrize("given", ["a", "x" * 64, "7f:1/2=3+4,5;6"])
    def test_the_caller_s_is_kept(self, choose: Choose, given: str) -> None:
        answer = choose().get("/seen", headers={"X-Request-ID": given})
        assert answer.headers["x-request-id"] == answer.json()["name"] == given

    @pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "\x7f", "é", " "])
    def test_one_that_makes_no_good_line_is_replaced(self, choose: Choose, given: str) -> None:
        answer = choose().get("/seen", headers={b"X-Request-ID": given.encode()})
        assert len(answer.headers["x-request-id"]) == 16

    @pytest.mark.parametrize("path", ["/", "/nowhere", "/kept", "/map/document"])
    def test_every_answer_says_it(self, choose: Choose, path: str) -> None:
        assert choose().get(path).headers["x-request-id"]

    def test_so_does_a_websocket(self, choose: Choose) -> None:
        with choose().websocket_connect("/_event/", headers={"X-Request-ID": "tab"}) as opened:
            assert (b"x-request-id", b"tab") in (opened.extra_headers or [])


class TestSecurity:
    @pytest.mark.parametrize(
        "path", ["/", "/seen", "/api/v1/seen", "/nowhere", "/kept", "/map/document"]
    )
    def test_every_answer_is_safe_for_a_browser(self, choose: Choose, path: str) -> None:
        said = choose().get(path).headers
        assert said["x-content-type-options"] == "nosniff"
        assert said["referrer-policy"] == "strict-origin"
        assert said["cross-origin-opener-policy"] == "same-origin"
        assert said["permissions-policy"].startswith("geolocation=(self), camera=()")
        assert len(said.get_list("content-security-policy")) == 1
        assert "strict-transport-security" not in said

    @pytest.mark.parametrize(
        ("path", "policy"),
        [
            ("/", "script-src /"),
            ("/seen", "default-src 'none'; frame-ancestors 'none'"),
            ("/nowhere", "default-src 'none'; frame-ancestors 'none'"),
            ("/kept", "script-src /kept"),
            ("/map/document", "frame-ancestors 'self'"),
        ],
    )
    def test_each_kind_of_answer_has_its_policy(
        self, choose: Choose, path: str, policy: str
    ) -> None:
        assert choose().get(path).headers["content-security-policy"] == policy

    def test_a_refused_preflight_is_no_exception(self, choose: Choose) -> None:
        asked = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
        answer = choose().options("/seen", headers=asked)
        assert answer.status_code == 400
        assert answer.headers["x-content-type-options"] == "nosniff"

    def test_https_is_kept_to_where_there_is_https(self, choose: Choose) -> None:
        said = choose(PARKPLACE_PUBLIC_URL="https://park.example").get("/").headers
        assert said["strict-transport-security"] == "max-age=31536000"

    @pytest.mark.parametrize(("scheme", "sent"), [("https", True), ("http", False)])
    def test_a_trusted_proxy_knows_better(self, choose: Choose, scheme: str, *, sent: bool) -> None:
        client = choose(
            "10.0.0.1",
            PARKPLACE_PUBLIC_URL="https://park.example",
            PARKPLACE_TRUSTED_PROXIES="10.0.0.0/8",
        )
        forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": scheme}
        said = client.get("/", headers=forwarded).headers
        assert ("strict-transport-security" in said) is sent

    def test_streams_pass_piece_by_piece(self) -> None:
        order: list[str] = []

        async def streaming(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for piece in ("one", "two"):
                order.append(f"made {piece}")
                await send(
                    {"type": "http.response.body", "body": piece.encode(), "more_body": True}
                )

        assert run(streaming, {"type": "http"}, order) == [
            "http.response.start",
            "made one",
            "http.response.body",
            "made two",
            "http.response.body",
        ]


class TestProxies:
    @pytest.mark.parametrize(
        ("peer", "trusted", "forwarded", "found"),
        [
            # Nobody is believed unless the operator says so.
            ("198.51.100.7", "", "203.0.113.9", "198.51.100.7"),
            ("198.51.100.7", "10.0.0.0/8", "203.0.113.9", "198.51.100.7"),
            ("10.0.0.1", "10.0.0.0/8", "203.0.113.9", "203.0.113.9"),
            # The nearest one that is no proxy of ours: what stands before it is anybody's claim.
            ("10.0.0.1", "10.0.0.0/8", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.0/8", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.1, 192.0.2.0/24", "203.0.113.9, 192.0.2.4", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.1", "203.0.113.9, 10.0.0.2", "10.0.0.2"),
            ("::1", "::1", "2001:db8::9", "2001:db8::9"),
            ("10.0.0.1", "10.0.0.0/8", "", "10.0.0.1"),
        ],
    )
    def test_the_address_is_that_of_who_asks(
        self, choose: Choose, peer: str, trusted: str, forwarded: str, found: str
    ) -> None:
        client = choose(peer, PARKPLACE_TRUSTED_PROXIES=trusted)
        headers = {"X-Forwarded-For": forwarded}
        assert client.get("/seen", headers=headers).json()["from"] == found
        with client.websocket_connect("/_event/", headers=headers) as opened:
            assert opened.receive_json()["from"] == found

    def test_the_scheme_comes_along(self, choose: Choose) -> None:
        client = choose("10.0.0.1", PARKPLACE_TRUSTED_PROXIES="10.0.0.1")
        headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        assert client.get("/seen", headers=headers).json()["scheme"] == "https"
        with client.websocket_connect("/_event/", headers=headers) as opened:
            assert opened.receive_json()["scheme"] == "wss"

    def test_a_stranger_s_scheme_is_not_believed(self, choose: Choose) -> None:
        headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        assert choose().get("/seen", headers=headers).json()["scheme"] == "http"


class TestWebsockets:
    """They carry our cookie, whatever page opens them."""

    @pytest.mark.parametrize(
        "origin", [EVIL, "null", "http://testserver.evil.example", "http://testserver:81", "x", ""]
    )
    def test_another_site_s_page_opens_none(self, choose: Choose, origin: str) -> None:
        with (
            pytest.raises(WebSocketDisconnect),
            choose().websocket_connect("/_event/", headers={"Origin": origin}),
        ):
            pass

    @pytest.mark.parametrize("headers", [{}, {"Origin": OURS}])
    def test_our_own_pages_and_programs_do(self, choose: Choose, headers: dict[str, str]) -> None:
        with choose().websocket_connect("/_event/", headers=headers) as opened:
            assert opened.receive_json()

    def test_a_proxy_may_have_changed_the_host(self, choose: Choose) -> None:
        client = choose(PARKPLACE_PUBLIC_URL="https://park.example")
        ours = {"Origin": "https://park.example", "Host": "127.0.0.1:8000"}
        with client.websocket_connect("/_event/", headers=ours) as opened:
            assert opened.receive_json()

    def test_over_https_a_page_without_it_is_not_ours(self, choose: Choose) -> None:
        client = choose(PARKPLACE_PUBLIC_URL="https://park.example")
        plain = {"Origin": "http://park.example", "Host": "park.example"}
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/_event/", headers=plain),
        ):
            pass

    def test_what_is_refused_never_reaches_the_app(self) -> None:
        async def reached(*_: object) -> None:
            raise AssertionError

        scope = {"type": "websocket", "headers": [(b"origin", EVIL.encode())]}
        assert run(reached, scope, []) == ["websocket.close"]


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


def cors(answer: Answer) -> dict[str, str]:
    """What an answer says about other sites' pages."""
    return {
        name.lower(): value
        for name, value in answer.headers.items()
        if name.lower().startswith("access-control-")
    }


class TestCors:
    @pytest.mark.parametrize("origin", [EVIL, OURS, "null"])
    @pytest.mark.parametrize("path", ["/", "/api/v1/seen"])
    def test_it_is_closed(self, choose: Choose, origin: str, path: str) -> None:
        client = choose()
        plain = client.get(path, headers={"Origin": origin})
        asked = client.options(path, headers=PREFLIGHT | {"Origin": origin})
        assert plain.status_code == 200
        assert cors(plain) == cors(asked) == {}

    def test_it_opens_the_api_to_named_sites_without_cookies(self, choose: Choose) -> None:
        client = choose(PARKPLACE_CORS_ORIGINS=APP)
        asked = client.options("/api/v1/seen", headers=PREFLIGHT | {"Origin": APP})
        assert asked.status_code == 200
        said = cors(asked)
        assert said["access-control-allow-origin"] == APP
        assert "Authorization" in said["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in said
        plain = client.get("/api/v1/seen", headers={"Origin": APP})
        said = cors(plain)
        assert said["access-control-allow-origin"] == APP
        assert "ETag" in said["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in said
        assert plain.headers["vary"] == "Origin"

    def test_the_pages_stay_closed_to_them(self, choose: Choose) -> None:
        client = choose(PARKPLACE_CORS_ORIGINS=APP)
        assert cors(client.get("/", headers={"Origin": APP})) == {}
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/_event/", headers={"Origin": APP}),
        ):
            pass

    def test_others_stay_out(self, choose: Choose) -> None:
        client = choose(PARKPLACE_CORS_ORIGINS=APP)
        asked = client.options("/api/v1/seen", headers=PREFLIGHT | {"Origin": EVIL})
        assert asked.status_code == 400
        assert "access-control-allow-origin" not in cors(asked)
        plain = client.get("/api/v1/seen", headers={"Origin": EVIL})
        assert "access-control-allow-origin" not in cors(plain)
