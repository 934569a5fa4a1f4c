from typing import Any

import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.ids import new_id
from parkplace.core.plates import BadPlate
from parkplace.core.texts import BadText, TextNeeded, TextTooLong
from parkplace.notifications.models import Email
from parkplace.reports import queries, service
from parkplace.reports.models import Report, ReportKind, ReportStatus
from tests import factories as make
from tests.factories import HOUR, NOW, period


def file(session: Session, reporter: User | None = None, **given: Any) -> tuple[Report, str]:
    values: dict[str, Any] = {
        "plate": "KLM 4821",
        "kind": ReportKind.IN_MY_BAY,
        "description": "A red van stands in my bay.",
        "now": NOW,
    }
    return service.file(session, **({"reporter": reporter} | values | given))  # pyright: ignore[reportArgumentType]


def test_anyone_may_report_and_gets_a_status_link(session: Session) -> None:
    report, token = file(session, plate="klm-4821", region="ny", place=Point(40.7, -74))
    assert (report.plate, report.region, report.status) == ("KLM4821", "NY", "open")
    assert queries.by_status_token(session, token=token).id == report.id
    with pytest.raises(service.ReportNotFound):
        queries.by_status_token(session, token=token[:-1])


def test_a_reporter_with_an_address_is_written_to(session: Session) -> None:
    _, token = file(session, email="Neighbour@Example.com")
    [mail] = session.exec(select(Email))
    assert mail.to_address == "neighbour@example.com"
    assert token in mail.text


def test_a_reporter_without_one_is_not(session: Session) -> None:
    file(session)
    assert not session.exec(select(Email)).all()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"plate": " - "}, service.PlateNeeded),
        ({"plate": "<script>"}, BadPlate),
        ({"plate": "A" * 13}, BadPlate),
        ({"region": "12"}, BadPlate),
        ({"description": "x"}, TextNeeded),
        ({"description": "x" * 2001}, TextTooLong),
        ({"description": "a\x00b and more"}, BadText),
        ({"space_id": new_id()}, service.UnknownSpace),
        ({"email": "nobody"}, Invalid),
    ],
)
def test_what_cannot_be_filed(
    session: Session, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        file(session, **given)
    assert not session.exec(select(Report)).all()


def test_html_stays_text(session: Session) -> None:
    report, _ = file(session, description="<img src=x onerror=alert(1)>")
    assert report.description == "<img src=x onerror=alert(1)>"


def test_a_report_reaches_the_driver_and_the_host_it_concerns(session: Session) -> None:
    owen, dana, sam = make.owen(session), make.dana(session), make.sam(session)
    garage = make.space(session, owen)
    booking = make.confirmed(session, garage, dana, period(0, 3))
    booking.plate = "KLM4821"
    report, _ = file(session, plate="KLM 4821", now=NOW + HOUR)
    for person, expected in ((dana, [report.id]), (owen, [report.id]), (sam, [])):
        found = queries.concerning(session, user=person, now=NOW + 2 * HOUR)
        assert [row.id for row in found] == expected


def test_a_report_long_after_the_stay_concerns_nobody(session: Session) -> None:
    owen, dana = make.owen(session), make.dana(session)
    booking = make.confirmed(session, make.space(session, owen), dana, period(0, 3))
    booking.plate = "KLM4821"
    file(session, now=NOW + 24 * HOUR)
    assert not queries.concerning(session, user=dana, now=NOW + 25 * HOUR)
    assert not queries.concerning(session, user=owen, now=NOW + 25 * HOUR)


def test_a_report_about_a_space_reaches_its_host(session: Session) -> None:
    owen = make.owen(session)
    report, _ = file(session, space_id=make.space(session, owen).id)
    assert [row.id for row in queries.concerning(session, user=owen, now=NOW)] == [report.id]


def test_only_ada_sees_and_answers_every_report(session: Session) -> None:
    ada, sam = make.ada(session), make.sam(session)
    report, token = file(session, reporter=sam)
    assert [row.id for row in queries.everything(session, admin=ada)] == [report.id]
    assert [row.id for row in queries.filed_by(session, user=sam)] == [report.id]
    done = {"report_id": report.id, "status": ReportStatus.RESOLVED, "answer": "Towed."}
    for stranger in (sam, make.dana(session)):
        with pytest.raises(service.AdminsOnly):
            queries.everything(session, admin=stranger)
        with pytest.raises(service.AdminsOnly):
            service.answer(session, admin=stranger, now=NOW, **done)  # pyright: ignore[reportArgumentType]
    service.answer(session, admin=ada, now=NOW + HOUR, **done)  # pyright: ignore[reportArgumentType]
    seen = queries.by_status_token(session, token=token)
    assert (seen.status, seen.answer) == ("resolved", "Towed.")
