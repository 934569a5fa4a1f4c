import asyncio
import io
import re
from pathlib import Path

import pytest
import reflex as rx
from PIL import Image
from sqlmodel import Session, select

from parkplace.core.limits import REPORT
from parkplace.core.settings import get_settings
from parkplace.notifications.models import Email
from parkplace.reports.models import Report, ReportStatus
from parkplace.web.map.pins import MapPoint
from parkplace.web.pages.reports.admin_state import AdminState
from parkplace.web.pages.reports.state import ReportState
from parkplace.web.pages.reports.status_state import StatusState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie

FORM = {
    "plate": "klm 4821",
    "plate_region": "ny",
    "kind": "in_my_bay",
    "description": "<b>A red van</b> stands in my bay.",
    "email": "",
}


def begun(address: str = "/report", *, cookie: str = "") -> ReportState:
    state = at(ReportState(), address, cookie=cookie)
    asyncio.run(all_of(state.load()))
    return state


def filed(state: ReportState) -> str:
    """File the report; return the token of its link."""
    _, led = asyncio.run(all_of(state.submit(FORM)))
    found = re.search(r"/report/status/([\w-]{43})", led)
    assert found
    return found[1]


def picture() -> rx.UploadFile:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(made, "JPEG")
    return rx.UploadFile(file=io.BytesIO(made.getvalue()), path=Path("van.jpg"))


def test_the_address_fills_in_what_is_known(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    session.commit()

    state = begun(f"/report?space={garage.id}&plate=KLM+4821&region=NY")

    assert (state.stage, state.about) == ("asking", garage.title)
    assert (state.plate, state.region) == ("KLM 4821", "NY")


def test_an_admin_without_a_second_factor_is_sent_to_switch_it_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARKPLACE_ADMIN_SECOND_FACTOR", "required")
    get_settings.cache_clear()
    ada = make.ada(session)
    state = at(AdminState(), "/admin", cookie=cookie(session, ada))
    asyncio.run(state.load())
    assert state.stage == "unproven"
    ada.two_factor_at = make.NOW
    session.add(ada)
    session.commit()
    asyncio.run(state.load())
    assert state.stage == "list"


@pytest.mark.parametrize("space", ["nonsense", "%00", "0192f0c1-0000-7000-8000-000000000000"])
def test_a_space_that_is_none_is_left_out(session: Session, space: str) -> None:
    assert session
    assert begun(f"/report?space={space}").about == ""


def test_a_stranger_files_a_report_and_is_led_to_its_link(session: Session) -> None:
    state = begun()
    asyncio.run(state.placed(40.729, -73.9888))

    forgotten, led = asyncio.run(all_of(state.submit(FORM)))

    report = session.exec(select(Report)).one()
    assert (report.plate, report.region, report.kind) == ("KLM4821", "NY", "in_my_bay")
    assert report.description == FORM["description"]
    assert (report.lat, report.lng) == (40.729, -73.9888)
    assert forgotten.startswith("forget kept ")
    assert "/report/status/" in led
    assert "filed=yes" in led


def test_pressed_twice_it_is_filed_once(session: Session) -> None:
    state = begun()
    first = asyncio.run(all_of(state.submit(FORM)))
    assert asyncio.run(all_of(state.submit(FORM))) == first
    assert len(session.exec(select(Report)).all()) == 1


def test_the_next_report_begins_empty(session: Session) -> None:
    state = begun()
    asyncio.run(state.placed(40.729, -73.9888))
    asyncio.run(all_of(state.submit(FORM)))

    asyncio.run(all_of(state.load()))

    assert state.spot is None
    asyncio.run(all_of(state.submit(FORM)))
    assert len(session.exec(select(Report)).all()) == 2


def test_photo_and_pin_outlive_a_reload_but_not_another_subject(session: Session) -> None:
    assert session
    state = begun()
    asyncio.run(state.send_photo([picture()]))
    asyncio.run(state.placed(40.729, -73.9888))

    asyncio.run(all_of(state.load()))
    assert state.photo
    assert state.spot == state.center == MapPoint(40.729, -73.9888)

    kept = state.kept
    at(state, "/report?plate=OTHER")
    asyncio.run(all_of(state.load()))
    assert (state.photo, state.spot) == ("", None)
    assert state.kept != kept


def test_the_answer_is_the_same_for_a_plate_we_know(session: Session) -> None:
    owen, dana = make.owen(session), make.dana(session)
    stay = make.confirmed(session, make.space(session, owen), dana, make.period(0, 3))
    stay.plate = "KLM4821"
    session.commit()
    before = session.exec(select(Email)).all()

    known = asyncio.run(all_of(begun().submit(FORM)))
    unknown = asyncio.run(all_of(begun().submit(FORM | {"plate": "ZZZ 999"})))

    assert len(known) == len(unknown) == 2
    assert session.exec(select(Email)).all() == before


def test_a_guests_address_gets_the_link(session: Session) -> None:
    asyncio.run(all_of(begun().submit(FORM | {"email": "neighbour@example.com"})))
    assert session.exec(select(Email)).one().to_address == "neighbour@example.com"


def test_who_is_signed_in_files_in_their_own_name(session: Session) -> None:
    sam = make.sam(session)
    state = begun(cookie=cookie(session, sam))

    asyncio.run(all_of(state.submit(FORM | {"email": "someone@else.example"})))

    report = session.exec(select(Report)).one()
    assert (report.reporter_id, report.email) == (sam.id, "sam@example.com")


def test_what_is_wrong_is_said_at_once_and_nothing_is_filed(session: Session) -> None:
    state = begun()

    [focus] = asyncio.run(all_of(state.submit({"plate": "KLM"})))

    assert set(state.errors) == {"kind", "description"}
    assert "field-kind-in_my_bay" in focus
    assert not session.exec(select(Report)).all()

    asyncio.run(state.typed(FORM | {"description": ""}))
    assert set(state.errors) == {"description"}


def test_one_network_files_only_so_many(session: Session) -> None:
    state = begun()
    for _ in range(REPORT.amount + 1):
        asyncio.run(all_of(state.load()))
        asyncio.run(all_of(state.submit(FORM)))

    assert state.errors[""].startswith("Too many attempts.")
    assert len(session.exec(select(Report)).all()) == REPORT.amount


def test_a_photo_goes_with_the_report_and_what_is_none_is_refused(session: Session) -> None:
    state = begun()
    asyncio.run(state.send_photo([picture()]))
    assert state.photo.startswith("/photos/")

    asyncio.run(state.send_photo([rx.UploadFile(file=io.BytesIO(b"<html>"), path=Path("x.jpg"))]))
    assert "not a JPEG" in state.photo_error
    asyncio.run(state.send_photo([]))
    assert "No picture" in state.photo_error

    asyncio.run(all_of(state.submit(FORM)))
    key = session.exec(select(Report)).one().photo_key
    assert key
    assert key in state.photo


def test_photo_and_pin_can_be_taken_away_again(session: Session) -> None:
    state = begun()
    asyncio.run(state.send_photo([picture()]))
    asyncio.run(state.placed(40.729, -73.9888))

    asyncio.run(state.remove_photo())
    asyncio.run(state.unplace())
    asyncio.run(all_of(state.submit(FORM)))

    report = session.exec(select(Report)).one()
    assert (report.photo_key, report.lat) == (None, None)


def test_a_pin_off_the_earth_is_refused(session: Session) -> None:
    assert session
    state = begun()
    asyncio.run(state.placed(91, 0))
    assert state.map_error
    assert state.spot is None
    asyncio.run(state.located({"found": False}))
    assert "does not say where you are" in state.map_error


def test_the_status_page_reads_the_link_from_the_address(session: Session) -> None:
    assert session
    link = filed(begun())

    state = at(StatusState(), f"/report/status/{link}?filed=yes")
    asyncio.run(state.load())
    assert (state.stage, state.filed, state.report.plate) == ("found", True, "KLM4821")
    # The right to see it is in the address alone.
    assert link not in str(state.dict())

    at(state, "/report/status/nonsense")
    asyncio.run(state.load())
    assert (state.stage, state.filed, state.report.plate) == ("gone", False, "")


def test_an_admin_answers_and_the_status_page_shows_it(session: Session) -> None:
    link = filed(begun())
    report = session.exec(select(Report)).one()
    state = at(
        AdminState(), f"/admin?report={report.id}", cookie=cookie(session, make.ada(session))
    )
    asyncio.run(state.load())
    assert state.stage == "report"

    [toast] = asyncio.run(all_of(state.answer({"status": "resolved", "answer": "Towed."})))

    assert "Saved" in toast
    assert (state.detail.status, state.detail.answer) == ("resolved", "Towed.")
    status = at(StatusState(), f"/report/status/{link}")
    asyncio.run(status.load())
    assert (status.report.status, status.report.answer) == ("Resolved", ("Towed.",))


def test_nobody_else_answers(session: Session) -> None:
    asyncio.run(all_of(begun().submit(FORM)))
    report = session.exec(select(Report)).one()
    given = {"status": "dismissed", "answer": "Nothing."}
    for who in ("", cookie(session, make.dana(session))):
        state = at(AdminState(), f"/admin?report={report.id}", cookie=who)
        asyncio.run(all_of(state.answer(given)))
        assert state.errors[""]
        assert state.detail.id == ""
    session.refresh(report)
    assert report.status == ReportStatus.OPEN


def test_an_answer_that_is_too_long_is_told_at_its_field(session: Session) -> None:
    asyncio.run(all_of(begun().submit(FORM)))
    report = session.exec(select(Report)).one()
    state = at(
        AdminState(), f"/admin?report={report.id}", cookie=cookie(session, make.ada(session))
    )
    asyncio.run(all_of(state.answer({"status": "resolved", "answer": "x" * 2001})))
    assert list(state.errors) == ["answer"]
