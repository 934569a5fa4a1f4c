from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.bookings.search import Sort
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.spaces.models import SpaceKind
from parkplace.web import words
from parkplace.web.pages.map.address import Search, read, url, widened
from parkplace.web.pages.map.geometry import View
from parkplace.web.stays import Stay

degrees = st.integers(-8_000_000, 8_000_000).map(lambda number: number / 100_000)
points = st.builds(lambda lat, lng: Point(lat=lat, lng=lng), degrees, degrees)
times = st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M}")
passes = st.sampled_from(["", "first", "second"])
searches = st.builds(
    Search,
    where=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=30),
    at=st.none() | points,
    view=st.none() | st.builds(View, points, st.integers(2, 20)),
    stay=st.builds(Stay, times, times, passes, passes),
    kinds=st.frozensets(st.sampled_from(SpaceKind)),
    tags=st.frozensets(st.sampled_from(sorted(words.TAGS))),
    most=st.none() | st.builds(Money, st.integers(0, 10**9), st.sampled_from(["USD", "JPY"])),
    within=st.none() | st.integers(1, 100_000),
    sort=st.sampled_from(Sort),
)


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


@given(search=searches)
def test_the_address_holds_the_whole_search(search: Search) -> None:
    assert read(query(url(search))) == search


def test_an_address_can_be_read_by_people() -> None:
    search = Search(
        where="Astor Place",
        at=Point(lat=40.72997, lng=-73.99093),
        view=View(Point(lat=40.73, lng=-73.99), 15),
        stay=Stay("2026-11-21T18:00", "2026-11-21T21:00"),
        kinds=frozenset({SpaceKind.LOT, SpaceKind.GARAGE}),
        tags=frozenset({"ev"}),
        most=Money(1500, "USD"),
        within=800,
        sort=Sort.PRICE,
    )
    assert url(search) == (
        "/?where=Astor+Place&at=40.72997~-73.99093&lat=40.73000&lng=-73.99000&zoom=15"
        "&from=2026-11-21T18%3A00&until=2026-11-21T21%3A00&kind=garage~lot&tags=ev"
        "&most=1500~USD&within=800&sort=price"
    )


def test_no_search_is_the_map_itself() -> None:
    assert url(Search()) == "/"
    assert not Search().somewhere


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "40.7"),
        ("at", "91~0"),
        ("at", "0~181"),
        ("at", "nan~nan"),
        ("at", "1e5~0"),
        ("lat", "40.7"),
        ("zoom", "15"),
        ("kind", "palace"),
        ("tags", "covered,ev"),
        ("most", "1500"),
        ("most", "-5~USD"),
        ("most", "15.5~USD"),
        ("most", "1500~XXX"),
        ("most", f"{'9' * 13}~USD"),
        ("most", f"{'9' * 5000}~USD"),
        ("within", "0"),
        ("within", "-1"),
        ("within", "100001"),
        ("within", "²"),
        ("within", "٣"),
        ("sort", "rating"),
        ("from_pass", "third"),
        ("where", "\0\n"),
        ("unknown", "parameter"),
    ],
)
def test_what_makes_no_sense_is_left_out(name: str, value: str) -> None:
    assert read({name: value}) == Search()


@given(
    values=st.dictionaries(
        st.sampled_from(["where", "at", "lat", "lng", "zoom", "kind", "tags", "most", "within"]),
        st.text(max_size=40),
    )
)
def test_any_address_can_be_read(values: dict[str, str]) -> None:
    assert read(query(url(read(values)))) == read(values)


@pytest.mark.parametrize("zoom", ["1", "21", "99", "-3", "1.5"])
def test_a_view_that_no_map_has_is_no_view(zoom: str) -> None:
    assert read({"lat": "40.7", "lng": "-73.9", "zoom": zoom}).view is None


def test_long_texts_are_cut() -> None:
    search = read({"where": "x" * 5000, "from": "2026-11-21T18:00:00.000Z"})
    assert (len(search.where), search.stay.starts) == (100, "2026-11-21T18:00")


def test_without_filters_the_rest_stays() -> None:
    search = Search(where="Bond Street", within=400, tags=frozenset({"ev"}), sort=Sort.PRICE)
    assert search.narrowed == 2
    assert widened(search) == Search(where="Bond Street", sort=Sort.PRICE)
