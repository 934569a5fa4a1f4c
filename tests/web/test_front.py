"""The whole product as it is served: every door behind the one front."""

import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage

from parkplace.web import routes

pytestmark = pytest.mark.timeout(300)  # the first test may have to wait for the build

EVIL = "https://evil.example"


def get(pages: str, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{pages}{path}", headers=headers, trust_env=False)


def asset(pages: str) -> str:
    """The address of a script that a page loads."""
    found = re.search(r'href="(/assets/[^"]+\.js)"', get(pages, "/").text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/sign-in", 307),
        ("/sign-in/", 200),
        ("/spaces/0192", 200),  # an id in the address: the fallback document
        ("/no/such/page", 404),
        ("asset", 200),
        ("/assets/none.js", 404),
        ("/map/leaflet.js", 200),
        ("/manifest.webmanifest", 200),
        (routes.MAP_DOCUMENT, 200),
        ("/ping", 200),
        ("/healthz", 200),
        ("/api/docs", 200),
        ("/api/v1/nothing", 404),
        ("/photos/none.webp", 404),
        ("/dev/clock", 404),
        ("/_event/", 400),  # a websocket's address, asked for without one
        ("/_upload", 404),
    ],
)
def test_every_answer_of_every_door_is_safe(pages: str, path: str, status: int) -> None:
    answer = get(pages, asset(pages) if path == "asset" else path)
    assert answer.status_code == status
    said = answer.headers
    assert re.fullmatch(r"[0-9a-f]{16}", said["x-request-id"])
    assert said["x-content-type-options"] == "nosniff"
    assert said["cross-origin-opener-policy"] == "same-origin"
    assert said["referrer-policy"] in {"strict-origin", "no-referrer"}
    policy = said["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert not re.search(r"script-src[^;]*unsafe", policy)
    framed = "'self'" if path == routes.MAP_DOCUMENT else "'none'"
    assert f"frame-ancestors {framed}" in policy


def test_a_page_that_the_browser_has_keeps_its_policy(pages: str) -> None:
    first = get(pages, "/")
    again = get(pages, "/", **{"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/ping", "/_upload", "/api/v1/places", "/_event/"])
@pytest.mark.parametrize("origin", [EVIL, "null", "ours"])
def test_no_site_is_let_in_to_read(pages: str, path: str, origin: str) -> None:
    asking = {"Origin": pages if origin == "ours" else origin}
    preflight = {"Access-Control-Request-Method": "POST"}
    for answer in (
        get(pages, path, **asking),
        httpx.options(f"{pages}{path}", headers=asking | preflight, trust_env=False),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def handshake(pages: str, *headers: str) -> str:
    """Ask for Reflex's websocket as a browser does; returns the first line of the answer."""
    parts = urlsplit(pages)
    asked = (
        "GET /_event/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {parts.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Cookie: parkplace=somebody",
        *headers,
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as opened:
        opened.sendall("\r\n".join((*asked, "", "")).encode())
        return opened.makefile("rb").readline().decode()


def test_another_site_s_page_cannot_use_our_websocket(pages: str) -> None:
    assert " 101 " in handshake(pages, f"Origin: {pages}")
    assert " 101 " in handshake(pages)  # a program, which sends no cookie it does not have
    for origin in (EVIL, "null", f"{pages}.evil.example", pages.replace("http", "https") + "1"):
        assert " 403 " in handshake(pages, f"Origin: {origin}")


def test_pages_do_nothing_that_their_policy_forbids(browser: Browser, pages: str) -> None:
    context = browser.new_context(base_url=pages)
    page = context.new_page()
    noise: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            noise.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    for path in ("/", "/sign-in", "/sign-up", routes.GALLERY_MAP, "/api/docs", "/api/redoc"):
        page.goto(path, wait_until="networkidle" if path.startswith("/api") else "load")
        page.wait_for_selector("h1, h2", state="attached")
    assert noise == []
    # What somebody might get into a page does not run, whichever way it comes.
    page.goto("/sign-in")
    page.wait_for_selector("h1", state="attached")
    noise.clear()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.stolen = true";
            document.body.append(script);
            const picture = document.createElement("div");
            picture.innerHTML = "<img src=x onerror='window.stolen = true'>";
            document.body.append(picture);
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.stolen") is None
    assert any("script-src" in line for line in noise)
    context.close()
