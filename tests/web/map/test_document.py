import base64
import hashlib
import json
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from parkplace.web import routes
from parkplace.web.map.document import Credit, document, headers, settings_of
from parkplace.web.map.route import MAP_ROUTE

TILES = "https://tiles.example/{z}/{x}/{y}.png"


def test_everything_the_document_loads_is_served_by_us() -> None:
    html = document(tile_url=TILES)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    files = ["/map/board.css", "/map/board.js", "/map/leaflet.css", "/map/leaflet.js"]
    assert sorted(loaded) == files


def test_the_document_is_the_same_every_time() -> None:
    assert document(tile_url=TILES) == document(tile_url=TILES)


def test_the_document_can_be_read_aloud_and_zoomed() -> None:
    html = document()
    assert '<html lang="en">' in html
    assert "<title>Map of spaces</title>" in html
    assert "user-scalable" not in html
    assert "maximum-scale" not in html


def test_tiles_come_from_the_operator_s_server_or_not_at_all() -> None:
    assert settings_of(document(tile_url=TILES))["tiles"] == {"url": TILES, "maxZoom": 19}
    assert settings_of(document())["tiles"] is None
    assert settings_of(document(tile_url="none"))["tiles"] is None


@pytest.mark.parametrize("template", ["https://tiles.example/{z}/{x}.png", "tiles", "{y}{z}"])
def test_a_tile_address_without_its_parts_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="the tile address needs"):
        document(tile_url=template)


def test_openstreetmap_is_credited_by_default() -> None:
    assert settings_of(document())["credit"] == {
        "text": "© OpenStreetMap contributors",
        "href": "https://www.openstreetmap.org/copyright",
    }


def test_text_stays_text() -> None:
    evil = "</script><script>alert(1)</script><b>'\""
    html = document(tile_url=TILES + evil, credit=Credit(evil))
    assert html.count("<script>") == 1
    assert "alert(1)</script>" not in html
    assert settings_of(html)["credit"]["text"] == evil


def test_the_policy_admits_the_document_s_own_script_and_no_other() -> None:
    html = document(tile_url=TILES)
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = headers(html)["Content-Security-Policy"]
    assert f"script-src 'self' 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert "<style" not in html


def test_the_route_serves_it_once_and_then_says_it_is_unchanged() -> None:
    with TestClient(Starlette(routes=[MAP_ROUTE])) as client:
        first = client.get(routes.MAP_DOCUMENT)
        assert first.status_code == 200
        assert first.headers["content-type"] == "text/html; charset=utf-8"
        again = client.get(routes.MAP_DOCUMENT, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_words_of_the_map_are_complete() -> None:
    words = settings_of(document())["words"]
    assert "{count}" in words["cluster"]
    assert all(words.values())
    assert json.dumps(words)
