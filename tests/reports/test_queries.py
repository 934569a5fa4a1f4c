import pytest
from sqlmodel import Session

from parkplace.core.geo import Point
from parkplace.core.ids import new_id
from parkplace.reports import queries, service
from parkplace.reports.models import ReportKind
from parkplace.reports.service import AdminsOnly, ReportNotFound
from tests import factories as make
from tests.factories import NOW


def test_an_admin_reads_any_report_and_others_none(session: Session) -> None:
    report, _ = service.file(
        session,
        reporter=make.sam(session),
        plate="KLM 4821",
        kind=ReportKind.OTHER,
        description="It hums.",
        now=NOW,
    )
    ada = make.ada(session)

    assert queries.one(session, admin=ada, report_id=report.id) == report
    with pytest.raises(ReportNotFound):
        queries.one(session, admin=ada, report_id=new_id())
    for other in (make.dana(session), make.owen(session)):
        with pytest.raises(AdminsOnly):
            queries.one(session, admin=other, report_id=report.id)


def test_a_report_is_told_of_in_the_time_of_its_place_or_its_space(session: Session) -> None:
    garage = make.space(session, make.owen(session))

    def file(place: Point | None, *, about: bool) -> str:
        report, _ = service.file(
            session,
            reporter=None,
            plate="KLM 4821",
            kind=ReportKind.OTHER,
            description="It hums.",
            place=place,
            space_id=garage.id if about else None,
            now=NOW,
        )
        return queries.zones(session, reports=[report])[report.id]

    assert file(Point(lat=52.52, lng=13.405), about=True) == "Europe/Berlin"
    assert file(None, about=True) == "America/New_York"
    assert file(None, about=False) == "UTC"
    assert queries.zones(session, reports=[]) == {}


def test_pictures_of_reports_are_in_use(session: Session) -> None:
    for key in (None, "a" * 64, "a" * 64, "b" * 64):
        service.file(
            session,
            reporter=None,
            plate="KLM 4821",
            kind=ReportKind.OTHER,
            description="It hums.",
            photo_key=key,
            now=NOW,
        )
    assert queries.photo_keys(session) == {"a" * 64, "b" * 64}
