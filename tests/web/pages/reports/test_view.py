from datetime import timedelta
from typing import Any

import pytest

from parkplace.core.ids import new_id
from parkplace.reports.models import Report, ReportKind, ReportStatus
from parkplace.web.pages.reports import view
from parkplace.web.pages.reports.view import Typed, problems
from tests.factories import NEW_YORK, NOW

HTML = "<script>alert(1)</script>"
GOOD = Typed("KLM 4821", "NY", "blocking", "It stands across two bays.", "")


def report(**given: Any) -> Report:
    values: dict[str, Any] = {
        "id": new_id(),
        "plate": "KLM4821",
        "region": "NY",
        "kind": ReportKind.BLOCKING,
        "description": "It stands across two bays.",
        "status": ReportStatus.OPEN,
        "answer": "",
        "status_hash": "x",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Report(**(values | given))


def test_a_form_may_carry_anything() -> None:
    assert view.typed({}) == Typed("", "", "", "", "")
    assert view.typed({"plate": 7, "email": " sam@example.com "}).email == "sam@example.com"


def test_a_good_report_has_no_problems() -> None:
    assert problems(GOOD, signed_in=False) == {}
    assert GOOD.problem == ReportKind.BLOCKING


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = problems(Typed("", "12", "bad", "x", "nobody"), signed_in=False)
    assert set(wrong) == {"plate", "plate_region", "kind", "description", "email"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed("<b>", "", "other", "What I saw", ""), "plate"),
        (Typed("A" * 13, "", "other", "What I saw", ""), "plate"),
        (Typed("KLM", "", "", "What I saw", ""), "kind"),
        (Typed("KLM", "", "other", "a\0b", ""), "description"),
        (Typed("KLM", "", "other", "x" * 2001, ""), "description"),
        (Typed("KLM", "", "other", "What I saw", "sam@"), "email"),
    ],
)
def test_each_problem_stands_at_its_field(typed: Typed, field: str) -> None:
    assert list(problems(typed, signed_in=False)) == [field]


def test_the_address_of_somebody_signed_in_is_known_already() -> None:
    typed = Typed("KLM", "", "other", "What I saw", "sam@")
    assert problems(typed, signed_in=True) == {}


def test_the_status_says_what_became_of_it() -> None:
    waiting = view.status(report(), timezone=NEW_YORK, locale="en_US")
    assert waiting.filed == "Sat, Nov 21, 12:00\u202fPM, New York time"
    assert (waiting.status, waiting.answer, waiting.answered) == ("Open", (), "")

    answered = report(
        status=ReportStatus.RESOLVED,
        answer=f"Towed.\n\n{HTML}",
        updated_at=NOW + timedelta(hours=1),
    )
    done = view.status(answered, timezone=NEW_YORK, locale="en_US")
    assert (done.status, done.answer) == ("Resolved", ("Towed.", HTML))
    assert done.answered.startswith("Sat, Nov 21, 1:00")


def test_a_line_of_the_list_is_short_and_leads_to_the_report() -> None:
    long = report(description="word " * 100 + "\n" + HTML)
    row = view.row(long, timezone=NEW_YORK, locale="en_US", listed={"status": "open", "after": ""})

    assert row.href == f"/admin?status=open&report={long.id}"
    assert len(row.excerpt) <= view.EXCERPT + 1
    assert row.excerpt.endswith("…")
    assert row.open


def test_html_stays_text_for_admins() -> None:
    shown = view.detail(report(description=HTML), timezone="UTC", locale="en_US", space="")
    assert shown.description == (HTML,)


def test_a_report_without_a_space_or_an_answer_says_neither() -> None:
    shown = view.detail(report(), timezone="UTC", locale="en_US", space="")
    assert (shown.space_href, shown.answered, shown.photo_key, shown.email) == ("", "", "", "")


def test_only_a_report_with_a_place_has_a_pin() -> None:
    assert view.pin(report()) is None
    pin = view.pin(report(lat=40.7, lng=-74.0))
    assert pin
    assert (pin.lat, pin.lng) == (40.7, -74.0)


@pytest.mark.parametrize(
    ("given", "status"),
    [("open", ReportStatus.OPEN), ("", None), ("all", None), ("OPEN'--", None)],
)
def test_an_address_asks_for_known_reports_or_all(given: str, status: ReportStatus | None) -> None:
    assert view.chosen_status(given) == status


def test_reports_on_other_subjects_are_other_drafts() -> None:
    assert view.subject({"plate": "A"}) != view.subject({"plate": "B"})
    assert view.subject({}) == view.subject({"filed": "yes"})
