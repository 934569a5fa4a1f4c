import io
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from select import select as wait_for
from threading import Barrier
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.core.db import notify, transaction
from parkplace.core.geo import Point, area_topic
from parkplace.core.money import UnknownCurrency
from parkplace.spaces import drafts, hosts, service
from parkplace.spaces.exceptions import DatedHours
from parkplace.spaces.hosts import HostSuspended
from parkplace.spaces.importers.report import ImportReport
from parkplace.spaces.importers.rows import BadRow, Defaults, Rate, UnreadableFile
from parkplace.spaces.importers.service import (
    CHUNK,
    BadDefaults,
    HostUnknown,
    PriceNeeded,
    import_spaces,
)
from parkplace.spaces.models import Schedule, Space, SpaceStatus
from tests.factories import NOW, dana, owen, space
from tests.spaces.importers.real import real
from tests.spaces.importers.test_nyc_meters import HEADER, VANDERBILT

PRICE = Rate(450, None, "USD")
COLUMNS = "external_id,title,lat,lng,kind,hour_price,currency,opening_hours,description"
GARAGE = 'G1,"Garage, St Marks",40.7290,-73.9888,garage,4.00,USD,24/7,'
LOT = "L2,Lot,51.5074,-0.1278,lot,3.00,GBP,Mo-Sa 09:00-19:00,By the river"


def load(
    session: Session,
    host: User,
    lines: Iterable[str] | str | bytes,
    *,
    rate: Rate | None = None,
    capacity: int = 1,
    **options: Any,
) -> ImportReport:
    text = lines if isinstance(lines, str | bytes) else "\n".join((COLUMNS, *lines, ""))
    content = text if isinstance(text, bytes) else text.encode()
    options.setdefault("now", NOW)
    return import_spaces(
        session,
        file=io.BytesIO(content),
        host_id=host.id,
        defaults=Defaults(rate=rate, capacity=capacity),
        **options,
    )


def meters(*lines: str) -> str:
    return HEADER + "".join(lines)


def stored(session: Session) -> dict[str | None, Space]:
    session.expire_all()
    return {each.external_id: each for each in session.exec(select(Space))}


def did(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.retired


class TestFirstTime:
    def test_rows_become_published_spaces(self, session: Session) -> None:
        host = owen(session)
        report = load(session, host, [GARAGE, LOT])
        assert did(report) == (2, 0, 0, 0)
        assert (report.source, report.label) == ("csv", "Park Place CSV")
        garage, lot = stored(session)["G1"], stored(session)["L2"]
        assert garage.host_id == host.id
        assert garage.status == lot.status == SpaceStatus.PUBLISHED
        assert garage.title == "Garage, St Marks"
        assert (garage.lat, garage.lng, garage.capacity) == (40.7290, -73.9888, 1)
        assert (garage.hour_minor, garage.day_cap_minor, garage.currency) == (400, None, "USD")
        assert garage.instant
        assert garage.created_at == garage.updated_at == NOW

    def test_the_point_tells_zone_and_neighbourhood(self, session: Session) -> None:
        load(session, owen(session), [GARAGE, LOT])
        garage, lot = stored(session)["G1"], stored(session)["L2"]
        assert (garage.timezone, lot.timezone) == ("America/New_York", "Europe/London")
        assert garage.neighbourhood == "East Village"
        assert lot.neighbourhood

    def test_hours_become_one_schedule_for_all_who_share_them(self, session: Session) -> None:
        load(session, owen(session), [GARAGE, LOT, LOT.replace("L2", "L3")])
        spaces = stored(session)
        (schedule,) = session.exec(select(Schedule)).all()
        assert spaces["G1"].schedule_id is None
        assert spaces["L2"].schedule_id == spaces["L3"].schedule_id == schedule.id
        assert schedule.timezone == "Europe/London"

    def test_whoever_imports_is_a_host(self, session: Session) -> None:
        driver = dana(session)
        driver.email_verified_at = None
        load(session, driver, [GARAGE])
        session.refresh(driver)
        assert driver.is_host
        # The operator gives their word for the address.
        assert driver.email_verified_at == NOW

    def test_what_the_file_does_not_say_the_operator_does(self, session: Session) -> None:
        report = load(session, owen(session), meters(VANDERBILT), rate=PRICE, capacity=4)
        (meter,) = stored(session).values()
        assert did(report) == (1, 0, 0, 0)
        assert (meter.hour_minor, meter.currency, meter.capacity) == (450, "USD", 4)
        assert meter.source == "nyc_meters"

    def test_a_byte_order_mark_is_no_letter(self, session: Session) -> None:
        text = f"\ufeff{COLUMNS}\n{GARAGE}\n"
        assert did(load(session, owen(session), text)) == (1, 0, 0, 0)

    def test_html_is_stored_as_the_text_it_is(self, session: Session) -> None:
        load(session, owen(session), [LOT.replace("By the river", "<img src=x onerror=alert(1)>")])
        assert stored(session)["L2"].description == "<img src=x onerror=alert(1)>"

    def test_more_rows_than_a_chunk(self, session: Session) -> None:
        seen: list[tuple[int, int]] = []
        lines = [GARAGE.replace("G1", f"G{number}") for number in range(CHUNK + 5)]
        report = load(
            session, owen(session), lines, on_progress=lambda done, of: seen.append((done, of))
        )
        assert report.created == CHUNK + 5
        assert [done for done, _ in seen] == [CHUNK, CHUNK + 5]
        assert all(done <= of for done, of in seen)


class TestAgain:
    def test_the_same_file_changes_nothing(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        before = {key: each.model_dump() for key, each in stored(session).items()}
        report = load(session, host, [GARAGE, LOT], now=NOW + timedelta(days=1))
        assert did(report) == (0, 0, 2, 0)
        assert {key: each.model_dump() for key, each in stored(session).items()} == before

    def test_what_the_file_says_anew_is_followed(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        later = NOW + timedelta(days=1)
        moved = LOT.replace("51.5074", "51.6").replace("Mo-Sa", "Mo-Fr").replace("3.00", "3.50")
        report = load(session, host, [GARAGE, moved], now=later)
        assert did(report) == (0, 1, 1, 0)
        lot = stored(session)["L2"]
        assert (lot.lat, lot.hour_minor, lot.updated_at, lot.created_at) == (51.6, 350, later, NOW)
        schedule = session.get_one(Schedule, lot.schedule_id)
        assert len(schedule.weekly) == 5

    def test_hours_may_become_always(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [LOT])
        load(session, host, [LOT.replace("Mo-Sa 09:00-19:00", "24/7")])
        assert stored(session)["L2"].schedule_id is None

    def test_what_only_a_host_decides_is_left_alone(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE])
        garage = stored(session)["G1"]
        garage.instructions, garage.instant, garage.status = "Ring twice", False, SpaceStatus.PAUSED
        session.flush()
        report = load(session, host, [GARAGE.replace("4.00", "5.00")])
        assert did(report) == (0, 1, 0, 0)
        after = stored(session)["G1"]
        assert (after.instructions, after.instant) == ("Ring twice", False)
        assert (after.status, after.hour_minor) == (SpaceStatus.PAUSED, 500)

    def test_dates_that_the_host_closed_stay_closed(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        closed = (DatedHours(date(2026, 12, 25), date(2026, 12, 26), ()),)
        for key in ("G1", "L2"):
            there = stored(session)[key]
            hours = drafts.draft_of(session, space=there).hours
            given: dict[str, Any] = {"actor": host, "space_id": there.id, "now": NOW}
            service.set_hours(session, hours=hours, exceptions=closed, **given)
        assert did(load(session, host, [GARAGE, LOT])) == (0, 0, 2, 0)

        load(session, host, [GARAGE, LOT.replace("Mo-Sa", "Mo-Fr")])
        lot = drafts.draft_of(session, space=stored(session)["L2"])
        assert lot.hours is not None
        assert len(lot.hours.intervals) == 5
        garage = drafts.draft_of(session, space=stored(session)["G1"])
        assert (garage.hours, garage.exceptions, lot.exceptions) == (None, closed, closed)

    def test_how_high_a_vehicle_may_be_is_the_host_s_until_the_file_says_it(
        self, session: Session
    ) -> None:
        host = owen(session)
        load(session, host, [LOT])
        stored(session)["L2"].max_height_cm = 190
        session.flush()
        assert did(load(session, host, [LOT])) == (0, 0, 1, 0)
        assert stored(session)["L2"].max_height_cm == 190

        def parking(**tags: str) -> int | None:
            place = {"type": "Point", "coordinates": [-81.69, 41.5]}
            said = {"@id": "way/1", "amenity": "parking", **tags}
            feature = {"type": "Feature", "properties": said, "geometry": place}
            text = json.dumps({"type": "FeatureCollection", "features": [feature]})
            load(session, host, text, rate=PRICE)
            return stored(session)["way/1"].max_height_cm

        assert parking(maxheight="2.1") == 210
        assert parking(maxheight="6'8\"") == 203
        assert parking(maxheight="low") == parking() == 203

    def test_two_hosts_may_import_one_file(self, session: Session) -> None:
        first, second = owen(session), dana(session)
        load(session, first, [GARAGE])
        report = load(session, second, [GARAGE], retire_missing=True)
        assert did(report) == (1, 0, 0, 0)
        assert len(session.exec(select(Space)).all()) == 2


class TestHeldBack:
    ODD = VANDERBILT.replace("2HR Pas", "Summer: 2HR Pas")

    def test_hours_that_are_not_understood_make_a_draft(self, session: Session) -> None:
        report = load(session, owen(session), meters(self.ODD), rate=PRICE)
        (meter,) = stored(session).values()
        assert meter.status == SpaceStatus.DRAFT
        assert "Summer" in meter.description
        assert report.drafts == 1
        assert report.notes == {"The hours text is not understood": [2]}

    def test_once_understood_it_is_published(self, session: Session) -> None:
        host = owen(session)
        load(session, host, meters(self.ODD), rate=PRICE)
        report = load(session, host, meters(VANDERBILT), rate=PRICE)
        (meter,) = stored(session).values()
        assert meter.status == SpaceStatus.PUBLISHED
        assert meter.schedule_id is not None
        assert did(report) == (0, 1, 0, 0)

    def test_the_host_s_own_look_at_it_is_respected(self, session: Session) -> None:
        host = owen(session)
        load(session, host, meters(VANDERBILT), rate=PRICE)
        (meter,) = stored(session).values()
        mine = meter.schedule_id
        load(session, host, meters(self.ODD), rate=PRICE)
        (meter,) = stored(session).values()
        assert meter.status == SpaceStatus.DRAFT, "new hours that nobody understood yet"
        meter.status = SpaceStatus.PUBLISHED
        session.flush()
        report = load(session, host, meters(self.ODD), rate=PRICE)
        (meter,) = stored(session).values()
        assert (meter.status, meter.schedule_id) == (SpaceStatus.PUBLISHED, mine)
        assert did(report) == (0, 0, 1, 0)

    def test_another_text_holds_it_back_again(self, session: Session) -> None:
        host = owen(session)
        load(session, host, meters(self.ODD), rate=PRICE)
        (meter,) = stored(session).values()
        meter.status = SpaceStatus.PUBLISHED
        session.flush()
        load(session, host, meters(self.ODD.replace("Summer", "Winter")), rate=PRICE)
        assert [each.status for each in stored(session).values()] == [SpaceStatus.DRAFT]


class TestRetiring:
    def test_a_space_that_is_gone_from_the_file_stays_unless_asked(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        assert did(load(session, host, [GARAGE])) == (0, 0, 1, 0)
        assert stored(session)["L2"].status == SpaceStatus.PUBLISHED

    def test_missing_spaces_are_retired_when_asked(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        assert did(load(session, host, [GARAGE], retire_missing=True)) == (0, 0, 1, 1)
        assert stored(session)["L2"].status == SpaceStatus.RETIRED
        assert did(load(session, host, [GARAGE], retire_missing=True)) == (0, 0, 1, 0)

    def test_what_the_file_calls_withdrawn_is_retired_unasked(self, session: Session) -> None:
        host = owen(session)
        load(session, host, meters(VANDERBILT), rate=PRICE)
        gone = VANDERBILT.replace("Active", "Inactive")
        report = load(session, host, meters(gone), rate=PRICE)
        assert did(report) == (0, 0, 0, 1)
        assert report.skipped == {"The meter is inactive": [2]}
        assert [each.status for each in stored(session).values()] == [SpaceStatus.RETIRED]

    def test_spaces_the_host_made_by_hand_or_from_elsewhere_stay(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE])
        load(session, host, [LOT], source="riverside")
        space(session, host)
        report = load(session, host, [GARAGE], retire_missing=True)
        assert report.retired == 0
        alive = select(Space).where(col(Space.status) == SpaceStatus.PUBLISHED)
        assert len(session.exec(alive).all()) == 3

    def test_a_bad_row_is_not_a_missing_one(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        report = load(session, host, [GARAGE, LOT.replace("51.5074", "951")], retire_missing=True)
        assert did(report) == (0, 0, 1, 0)
        assert stored(session)["L2"].status == SpaceStatus.PUBLISHED

    def test_with_nameless_rows_nobody_knows_what_is_missing(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        report = load(session, host, [GARAGE, LOT.replace("L2", "")], retire_missing=True)
        assert report.retired == 0
        assert "1 row has no id" in report.not_retired

    def test_a_retired_space_stays_so_until_it_is_to_be_restored(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE, LOT])
        load(session, host, [GARAGE], retire_missing=True)
        report = load(session, host, [GARAGE, LOT.replace("3.00", "9.00")])
        assert did(report) == (0, 0, 1, 0)
        assert report.still_retired == 1
        assert stored(session)["L2"].hour_minor == 300
        report = load(session, host, [GARAGE, LOT], restore=True)
        assert did(report) == (0, 1, 1, 0)
        assert stored(session)["L2"].status == SpaceStatus.PUBLISHED


class TestBadRows:
    def test_they_are_listed_and_the_rest_is_stored(self, session: Session) -> None:
        report = load(
            session,
            owen(session),
            [GARAGE.replace("40.7290", "91"), LOT, "short", LOT.replace("L2", "L\x003")],
        )
        assert report.created == 1
        assert [(bad.line, bad.external_id) for bad in report.bad] == [
            (2, "G1"),
            (4, None),
            (5, None),
        ]

    def test_a_bad_row_does_not_stand_in_the_way_of_its_correction(self, session: Session) -> None:
        report = load(session, owen(session), [GARAGE.replace("40.7290", "91"), GARAGE])
        assert [bad.line for bad in report.bad] == [2]
        assert report.created == 1

    def test_an_id_counts_once(self, session: Session) -> None:
        report = load(session, owen(session), [GARAGE, GARAGE.replace("4.00", "5.00")])
        assert report.bad == [BadRow(3, "G1", "Line 2 has the same id already.")]
        assert stored(session)["G1"].hour_minor == 400

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (GARAGE.replace("4.00,USD", ","), "no price"),
            (GARAGE.replace("4.00", "10000001.00"), "larger"),
        ],
    )
    def test_what_no_space_can_have(self, session: Session, line: str, reason: str) -> None:
        report = load(session, owen(session), [line])
        (bad,) = report.bad
        assert reason in bad.reason or "not an amount" in bad.reason

    @pytest.mark.parametrize("bays", ["0", "-1", "10001"])
    def test_a_capacity_that_no_space_has(self, session: Session, bays: str) -> None:
        text = f"{COLUMNS},capacity\n{GARAGE},{bays}\n"
        (bad,) = load(session, owen(session), text).bad
        assert bad.reason == f"The capacity is {bays}; a space has 1 to 10,000 bays."

    def test_a_day_cap_below_the_hour(self, session: Session) -> None:
        text = f"{COLUMNS},day_cap\n{GARAGE},3.99\n"
        (bad,) = load(session, owen(session), text).bad
        assert "day cap is below" in bad.reason


class TestRefused:
    def test_a_file_without_prices_needs_one(self, session: Session) -> None:
        with pytest.raises(PriceNeeded, match="--hour-price"):
            load(session, owen(session), meters(VANDERBILT))

    @pytest.mark.parametrize("rate", [Rate(-1, None, "USD"), Rate(450, 400, "USD")])
    def test_impossible_prices(self, session: Session, rate: Rate) -> None:
        with pytest.raises(BadDefaults):
            load(session, owen(session), meters(VANDERBILT), rate=rate)

    def test_an_unknown_currency(self, session: Session) -> None:
        with pytest.raises(UnknownCurrency):
            load(session, owen(session), meters(VANDERBILT), rate=Rate(1, None, "XXX"))

    def test_no_bays(self, session: Session) -> None:
        with pytest.raises(BadDefaults, match="1 to 10,000 bays"):
            load(session, owen(session), [GARAGE], capacity=0)

    def test_a_source_without_a_name(self, session: Session) -> None:
        with pytest.raises(BadDefaults, match="source"):
            load(session, owen(session), [GARAGE], source=" ")

    def test_a_host_without_an_account(self, session: Session) -> None:
        nobody = User(email="x", name="x", password_hash="!", created_at=NOW)
        with pytest.raises(HostUnknown):
            load(session, nobody, [GARAGE])

    def test_a_host_who_is_suspended(self, session: Session) -> None:
        host = owen(session)
        load(session, host, [GARAGE])
        host.suspended_at = NOW
        hosts.withhold(session, host_id=host.id, now=NOW)
        with pytest.raises(HostSuspended):
            load(session, host, [GARAGE, LOT])
        assert {one.status for one in stored(session).values()} == {SpaceStatus.WITHHELD}

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"hello", b"\x00" * 100])
    def test_what_is_no_file_of_ours(self, session: Session, content: bytes) -> None:
        with pytest.raises(UnreadableFile):
            load(session, owen(session), content)

    def test_of_a_file_that_breaks_off_nothing_is_stored(self, session: Session) -> None:
        host = owen(session)
        session.commit()
        lines = [GARAGE.replace("G1", f"G{number}") for number in range(CHUNK + 5)]
        with pytest.raises(UnreadableFile, match="never ends"), transaction() as other:
            load(other, host, [*lines, '"open'])
        assert stored(session) == {}


class TestTogether:
    def test_two_imports_of_one_file_at_once_store_it_once(self, committed_database: str) -> None:
        assert committed_database
        with transaction() as session:
            host = owen(session)
        together = Barrier(4)

        def once(_: int) -> tuple[int, int, int, int]:
            with transaction() as session:
                together.wait()
                return did(load(session, host, [GARAGE, LOT], retire_missing=True))

        with ThreadPoolExecutor(4) as pool:
            reports = sorted(pool.map(once, range(4)))
        assert reports == [(0, 0, 2, 0)] * 3 + [(2, 0, 0, 0)]

    def test_open_maps_hear_of_it_once_for_each_area(self, committed_database: str) -> None:
        with transaction() as session:
            host = owen(session)
        with closing(psycopg2.connect(committed_database)) as listener:
            listener.autocommit = True
            with listener.cursor() as cursor:
                cursor.execute("LISTEN live")
            with transaction() as session:
                load(session, host, [GARAGE, GARAGE.replace("G1", "G2"), LOT])
            first = heard_until_now(listener)
            with transaction() as session:
                load(session, host, [GARAGE, GARAGE.replace("G1", "G2"), LOT])
            again = heard_until_now(listener)
        new_york, london = Point(lat=40.7290, lng=-73.9888), Point(lat=51.5074, lng=-0.1278)
        assert first == {area_topic(new_york), area_topic(london)}
        assert again == set()


def heard_until_now(listener: Connection) -> set[str]:
    """What was signalled so far: signals keep their order, so a last one ends the list."""
    with transaction() as session:
        notify(session, topic="the end")
    heard: list[str] = []
    while "the end" not in heard:
        ready, _, _ = wait_for([listener], [], [], 10)
        assert ready, "no signal for 10 seconds"
        listener.poll()
        heard += [notice.payload for notice in listener.notifies]
        listener.notifies.clear()
    assert len(heard) == len(set(heard)), "each area once"
    return set(heard) - {"the end"}


class TestRealFiles:
    def test_cleveland_s_car_parks(self, session: Session) -> None:
        host = owen(session)
        content = real("cleveland_downtown_osm_parking.geojson").read_bytes()
        report = load(session, host, content, rate=Rate(300, 2000, "USD"), retire_missing=True)
        assert did(report) == (210, 0, 0, 0)
        assert report.bad == []
        spaces = stored(session).values()
        assert {each.timezone for each in spaces} == {"America/New_York"}
        assert sum(each.hour_minor == 0 for each in spaces) == 5
        assert max(each.capacity for each in spaces) == 1000
        again = load(session, host, content, rate=Rate(300, 2000, "USD"), retire_missing=True)
        assert did(again) == (0, 0, 210, 0)

    def test_swiss_station_car_parks(self, session: Session) -> None:
        host = owen(session)
        content = real("parkapi_opendata_swiss.json").read_bytes()
        report = load(session, host, content, retire_missing=True)
        assert did(report) == (607, 0, 0, 0)
        assert len(report.bad) == 42
        assert report.notes == {
            "Sold for no less than 4 h": report.notes["Sold for no less than 4 h"]
        }
        assert report.drafts == 31
        spaces = stored(session).values()
        assert {each.currency for each in spaces} == {"CHF"}
        assert {each.timezone for each in spaces} == {"Europe/Zurich"}
        assert did(load(session, host, content, retire_missing=True)) == (0, 0, 607, 0)
