from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.core.errors import NotFound
from parkplace.core.geo import Point
from parkplace.core.ids import new_id
from parkplace.reports import service
from parkplace.reports.models import Report, ReportKind, ReportStatus
from parkplace.spaces.models import SpaceStatus
from parkplace.web.pages.reports import reading
from parkplace.web.pages.reports.reading import Before, Seen, before, look
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.visiting import COOKIE, cookie


def token(session: Session, user: User) -> str:
    return cookie(session, user).removeprefix(f"{COOKIE}=")


def file(session: Session, plate: str = "KLM 4821", **given: Any) -> tuple[Report, str]:
    values: dict[str, Any] = {
        "reporter": None,
        "plate": plate,
        "kind": ReportKind.BLOCKING,
        "description": "It stands across two bays.",
        "now": NOW,
    }
    return service.file(session, **(values | given))


def seen(session: Session, user: User, **query: str) -> Seen:
    return look(session, token=token(session, user), query=query, locale="en_US")


def test_a_report_begins_with_the_space_its_address_names(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    known = before(session, token=None, space_id=garage.id)
    assert (known.about, known.space_id, known.email) == ("St Marks Place garage", garage.id, "")
    assert known.center


@pytest.mark.parametrize("status", [SpaceStatus.DRAFT, SpaceStatus.PAUSED])
def test_a_space_that_is_not_listed_is_not_named(session: Session, status: str) -> None:
    hidden = make.space(session, make.owen(session), status=status)
    assert before(session, token=None, space_id=hidden.id) == Before("")
    assert before(session, token=None, space_id=new_id()) == Before("")
    assert before(session, token=None, space_id=None) == Before("")


def test_who_is_signed_in_needs_no_address(session: Session) -> None:
    signed_in = token(session, make.sam(session))
    assert before(session, token=signed_in, space_id=None).email == "sam@example.com"


def test_the_status_link_shows_the_report_and_a_wrong_one_nothing(session: Session) -> None:
    _, link = file(session, place=Point(lat=40.73, lng=-73.99))
    assert "New York time" in reading.status(session, token=link, locale="en_US").filed
    for wrong in (link[:-1], "", "\0", "\ud800"):
        with pytest.raises(NotFound):
            reading.status(session, token=wrong, locale="en_US")


def test_the_list_is_for_admins(session: Session) -> None:
    report, _ = file(session)
    assert look(session, token=None, query={}, locale="en_US") == Seen("stranger")
    assert seen(session, make.dana(session)) == Seen("refused")
    assert seen(session, make.owen(session), report=str(report.id)) == Seen("refused")


def test_admins_see_all_or_those_of_one_status_latest_first(session: Session) -> None:
    ada = make.ada(session)
    first, _ = file(session, "AAA 111")
    file(session, "BBB 222")
    service.answer(
        session, admin=ada, report_id=first.id, status=ReportStatus.RESOLVED, answer="", now=NOW
    )

    assert [row.plate for row in seen(session, ada).rows] == ["BBB222", "AAA111"]
    assert [row.plate for row in seen(session, ada, status="open").rows] == ["BBB222"]
    assert [row.plate for row in seen(session, ada, status="resolved").rows] == ["AAA111"]
    assert seen(session, ada, status="dismissed").rows == []


def test_the_list_has_pages(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    ada = make.ada(session)
    for number in range(3):
        file(session, f"AAA {number}")

    newest = seen(session, ada)
    assert [row.plate for row in newest.rows] == ["AAA2", "AAA1"]
    assert newest.older.startswith("/admin?after=")

    oldest = seen(session, ada, after=newest.older.partition("=")[2])
    assert [row.plate for row in oldest.rows] == ["AAA0"]
    assert oldest.older == ""


def test_an_admin_opens_one_and_finds_back_to_the_list(session: Session) -> None:
    ada = make.ada(session)
    garage = make.space(session, make.owen(session), status=SpaceStatus.PAUSED)
    report, _ = file(session, place=Point(lat=40.73, lng=-73.99), email="sam@example.com")
    report.space_id = garage.id

    opened = seen(session, ada, report=str(report.id), status="open")

    assert opened.stage == "report"
    assert opened.back == "/admin?status=open"
    assert (opened.detail.space, opened.detail.email) == (garage.title, "sam@example.com")
    assert opened.pin


@pytest.mark.parametrize("named", ["nonsense", str(UUID(int=7)), ""])
def test_a_report_that_is_not_there_is_gone(session: Session, named: str) -> None:
    assert seen(session, make.ada(session), report=named).stage == "gone"
