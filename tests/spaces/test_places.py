import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session

from parkplace.core.db import sql
from parkplace.core.geo import Point, distance_m
from parkplace.core.ids import new_id
from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.places import (
    GeocoderSilent,
    Place,
    PlaceKind,
    geocode,
    look_up,
    suggest,
)
from tests.factories import owen, space

VILLAGE = Point(lat=40.7290, lng=-73.9888)


def named(places: list[Place]) -> list[tuple[str, PlaceKind]]:
    return [(place.name, place.kind) for place in places]


def street(session: Session, name: str, *, lat: float = 40.73, lng: float = -73.99) -> None:
    sql(
        session,
        """
        INSERT INTO streets (id, digest, name, rank, near, line) VALUES (CAST(:id AS uuid), :id,
            :name, 6, 'East Village', ST_SetSRID(ST_MakeLine(
                ST_MakePoint(:lng, :lat), ST_MakePoint(:lng + 0.001, :lat + 0.001)), 4326))
        """,
        id=str(new_id()),
        name=name,
        lat=lat,
        lng=lng,
    )


# --- offline


@pytest.mark.parametrize(
    ("typed", "lat", "lng"),
    [
        ("40.729, -73.9888", 40.729, -73.9888),
        ("40.729,-73.9888", 40.729, -73.9888),
        ("  40.729   -73.9888 ", 40.729, -73.9888),
        ("-33; +151.2", -33.0, 151.2),
    ],
)
def test_coordinates_are_a_place(session: Session, typed: str, lat: float, lng: float) -> None:
    (place,) = suggest(session, words=typed)

    assert place.kind == PlaceKind.COORDINATES
    assert place.point == Point(lat=lat, lng=lng)
    assert place.detail


@pytest.mark.parametrize("typed", ["91, 0", "0, 181", "40.7", "1, 2, 3", "40°, -73°"])
def test_what_only_looks_like_coordinates_is_none(session: Session, typed: str) -> None:
    assert suggest(session, words=typed) == []


@pytest.mark.parametrize("typed", ["10003", "New York, NY 10003", "10003-1234"])
def test_a_zip_code_is_a_place(session: Session, typed: str) -> None:
    (place,) = suggest(session, words=typed)

    assert (place.name, place.detail, place.kind) == ("10003", "New York, NY 10003", PlaceKind.ZIP)
    assert distance_m(place.point, VILLAGE) < 2000


def test_a_zip_code_that_nobody_has_is_none(session: Session) -> None:
    assert suggest(session, words="00000") == []


def test_streets_and_spaces_are_found_though_misspelled(session: Session) -> None:
    street(session, "St Marks Place")
    street(session, "Bond Street")
    host = owen(session)
    space(session, host, title="Owen's covered bay", address="12 St. Marks Place")
    space(session, host, title="Bond lot", address="1 Bond Street")

    assert named(suggest(session, words="st marks plaec"))[0] == (
        "St Marks Place",
        PlaceKind.STREET,
    )
    assert named(suggest(session, words="marks place")) == [
        ("St Marks Place", PlaceKind.STREET),
        ("Owen's covered bay", PlaceKind.SPACE),
    ]
    assert named(suggest(session, words="coverd bay")) == [("Owen's covered bay", PlaceKind.SPACE)]


def test_of_equals_the_nearer_comes_first(session: Session) -> None:
    host = owen(session)
    sydney = Point(lat=-33.87, lng=151.21)
    for point, where in ((sydney, "Sydney"), (VILLAGE, "New York")):
        space(session, host, title="Main lot", address=where, lat=point.lat, lng=point.lng)

    def details(near: Point) -> list[str]:
        return [place.detail for place in suggest(session, words="main lot", near=near)]

    assert details(VILLAGE) == ["New York", "Sydney"]
    assert details(sydney) == ["Sydney", "New York"]


def test_only_listed_spaces_are_suggested(session: Session) -> None:
    space(session, owen(session), title="Secret garage", status=SpaceStatus.DRAFT)

    assert suggest(session, words="secret garage") == []


def test_no_more_than_asked_for(session: Session) -> None:
    host = owen(session)
    for number in range(30):
        street(session, f"Main Street {number}")
        space(session, host, title=f"Main Street lot {number}")

    assert len(suggest(session, words="main street", most=3)) == 3
    assert len(suggest(session, words="main street")) == 8
    assert len(suggest(session, words="main street", most=500)) == 20


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\0",
        "\0main\0",
        "'; DROP TABLE spaces; --",
        "%",
        "<b>main</b>",
        "x" * 5000,
        "\ud800",
    ],
)
def test_whatever_is_typed_is_only_ever_words(session: Session, typed: str) -> None:
    space(session, owen(session), title="Garage")

    assert suggest(session, words=typed) == []


# --- the geocoder


@dataclass
class Server:
    """A geocoder that answers what it is told to, and remembers what it was asked."""

    url: str
    answer: Any = field(default_factory=list[Any])
    status: int = 200
    waits: float = 0.0
    asked: list[dict[str, list[str]]] = field(default_factory=list[dict[str, list[str]]])
    agents: list[str] = field(default_factory=list[str])
    times: list[float] = field(default_factory=list[float])


@contextmanager
def running() -> Generator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.times.append(time.monotonic())
            known.agents.append(self.headers["User-Agent"])
            parts = urlsplit(self.path)
            known.asked.append({"path": [parts.path], **parse_qs(parts.query)})
            released.wait(known.waits)
            raw = known.answer if isinstance(known.answer, bytes) else json.dumps(known.answer)
            content = raw if isinstance(raw, bytes) else raw.encode()
            self.send_response(known.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
            pass

    released = threading.Event()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    known = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield known
    finally:
        released.set()
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture
def server() -> Generator[Server]:
    with running() as known:
        yield known


ASTOR = {
    "lat": "40.7299",
    "lon": "-73.9911",
    "display_name": "Astor Place, Manhattan, New York, 10003, United States",
}


def ask(server: Server, words: str = "Astor Place", **asked: Any) -> list[Place]:
    return geocode(words, url=server.url, user_agent="parkplace-test (owen@example.com)", **asked)


def test_a_geocoder_finds_addresses(server: Server) -> None:
    server.answer = [ASTOR]

    (place,) = ask(server, near=VILLAGE)

    assert place == Place(
        "Astor Place",
        "Manhattan, New York, 10003, United States",
        Point(lat=40.7299, lng=-73.9911),
        PlaceKind.ADDRESS,
    )
    (asked,) = server.asked
    assert asked["path"] == ["/search"]
    assert asked["q"] == ["Astor Place"]
    assert asked["limit"] == ["5"]
    west, south, east, north = (float(edge) for edge in asked["viewbox"][0].split(","))
    assert west < VILLAGE.lng < east
    assert min(south, north) < VILLAGE.lat < max(south, north)
    assert server.agents == ["parkplace-test (owen@example.com)"]


def test_a_geocoder_may_live_under_a_path(server: Server) -> None:
    server.url += "/nominatim/"
    ask(server)

    assert server.asked[0]["path"] == ["/nominatim/search"]


def test_the_same_question_is_asked_once(server: Server) -> None:
    server.answer = [ASTOR]

    first, second = ask(server), ask(server, words="  ASTOR   place ")

    assert first == second
    assert len(server.asked) == 1
    first.clear()
    assert ask(server) == second


def test_nothing_found_is_remembered_too(server: Server) -> None:
    assert ask(server) == ask(server) == []
    assert len(server.asked) == 1


def test_a_server_is_asked_once_a_second_at_most(server: Server) -> None:
    started = time.monotonic()
    threads = [
        threading.Thread(target=ask, args=(server,), kwargs={"words": f"place {number}"})
        for number in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(server.times) == 3
    assert time.monotonic() - started >= 2.0
    gaps = [later - sooner for sooner, later in zip(server.times, server.times[1:], strict=False)]
    assert min(gaps) >= 0.95


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, []),
        (403, {"error": "no"}),
        (429, []),
        (200, b"<html>not JSON"),
        (200, b"\xff\xfe"),
        (200, {"error": "no"}),
        (200, [{"lat": "x", "lon": "y", "display_name": "z"}]),
        (200, [{"lat": "95", "lon": "0", "display_name": "z"}]),
        (200, [{"lat": "5"}]),
        (200, ["text"]),
    ],
)
@pytest.mark.filterwarnings("ignore:Latitude normalization:UserWarning")
def test_an_answer_that_is_none_is_no_place(server: Server, status: int, answer: Any) -> None:
    server.status, server.answer = status, answer

    assert ask(server) == []


def test_a_server_that_failed_is_asked_again(server: Server) -> None:
    server.status = 500
    assert ask(server) == []

    server.status, server.answer = 200, [ASTOR]
    assert len(ask(server)) == 1


def test_a_server_that_is_too_slow_is_not_waited_for(server: Server) -> None:
    server.waits, server.answer = 30.0, [ASTOR]
    started = time.monotonic()

    assert ask(server, timeout=0.3) == []
    assert time.monotonic() - started < 3


def test_whoever_would_wait_too_long_for_their_turn_gives_up(server: Server) -> None:
    server.waits = 2.0
    first = threading.Thread(target=ask, args=(server,), kwargs={"words": "first"})
    first.start()
    while not server.asked:
        time.sleep(0.01)

    assert ask(server, words="second", timeout=0.1) == []
    assert len(server.asked) == 1
    first.join()


def test_without_a_server_there_is_simply_nothing() -> None:
    with running() as known:
        gone = known.url

    assert geocode("Astor Place", url=gone, user_agent="x") == []
    assert geocode("Astor Place", url="", user_agent="x") == []
    assert geocode("Astor Place", url="not a url", user_agent="x") == []
    assert geocode("  ", url=gone, user_agent="x") == []


def test_html_from_a_geocoder_stays_text(server: Server) -> None:
    server.answer = [{"lat": 1, "lon": 2, "display_name": "<b>Here</b>\n, <i>there</i>"}]

    (place,) = ask(server)

    assert (place.name, place.detail) == ("<b>Here</b>", "<i>there</i>")


def test_silence_and_knowing_nothing_are_told_apart_by_those_who_ask(server: Server) -> None:
    assert look_up("Astor Place", url=server.url, user_agent="x") == []

    server.status = 500
    with pytest.raises(GeocoderSilent, match="cannot be looked up right now"):
        look_up("Bond Street", url=server.url, user_agent="x")
