from dataclasses import replace

import pytest

from parkplace.bookings.models import BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.queries import BookingView
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.reports.models import Report, ReportKind, ReportStatus
from parkplace.web.pages.bookings import view
from parkplace.web.ui.countdown import instant
from tests.factories import HOUR, NEW_YORK, NOW
from tests.web.pages.booking.test_view import BOOKING

US = "en_US"


def row(booking: BookingView) -> view.Row:
    return view.row(booking, locale=US, now=NOW)


def test_a_line_says_where_when_and_for_how_much() -> None:
    line = row(BOOKING)
    assert (line.name, line.total, line.lasts) == ("St Marks Place garage", "$12.00", "3 h")
    assert (line.plate, line.href) == ("NY KLM4821", f"/bookings/{BOOKING.id}")
    assert (line.status, line.until) == ("You are parked here", instant(NOW + 3 * HOUR))
    assert (line.next, line.urgent, line.leaves) == ("Open pass", True, True)


@pytest.mark.parametrize(
    ("status", "can", "following", "urgent"),
    [
        ("held", {"pay", "cancel"}, "Save your card", True),
        ("requested", {"cancel"}, "Open booking", False),
        ("confirmed", {"cancel", "change"}, "Open pass", False),
        ("completed", set[str](), "Receipt", False),
        ("completed", {"pay"}, "Pay with another card", True),
        ("completed", {"pay", "confirm_payment"}, "Confirm with your bank", True),
        ("cancelled", set[str](), "Open booking", False),
        ("expired", {"hold_again"}, "Open booking", False),
    ],
)
def test_each_has_one_next_thing_to_do(
    status: str, can: set[str], following: str, *, urgent: bool
) -> None:
    line = row(replace(BOOKING, status=BookingStatus(status), can=frozenset(can)))
    assert (line.next, line.urgent) == (following, urgent)


@pytest.mark.parametrize(
    ("payment", "due", "can", "status"),
    [
        (PaymentStatus.PAID, 1200, set[str](), "Paid"),
        (PaymentStatus.DUE, 1200, set[str](), "Being charged"),
        (PaymentStatus.DUE, 1200, {"pay"}, "Your card was declined"),
        (PaymentStatus.FAILED, 1200, {"pay"}, "Your card could not be charged"),
        (PaymentStatus.NEEDS_ACTION, 1200, {"pay"}, "Your bank wants you to confirm"),
        (PaymentStatus.NOTHING_DUE, 0, set[str](), "Nothing to pay"),
    ],
)
def test_what_is_over_says_how_the_money_stands(
    payment: PaymentStatus, due: int, can: set[str], status: str
) -> None:
    over = replace(
        BOOKING,
        status=BookingStatus.COMPLETED,
        payment_status=payment,
        due=Money(due, "USD"),
        can=frozenset(can),
    )
    assert row(over).status == status
    assert row(replace(over, role=Role.HOST)).status == "Over"


def test_a_host_can_answer_and_a_hold_is_let_go_on_its_page() -> None:
    asked = replace(
        BOOKING,
        role=Role.HOST,
        status=BookingStatus.REQUESTED,
        can=frozenset({"approve", "decline"}),
    )
    line = row(asked)
    assert (line.answers, line.status) == (True, "Needs your answer")
    held = replace(BOOKING, status=BookingStatus.HELD, can=frozenset({"pay", "cancel"}))
    assert not row(held).cancels
    assert row(replace(BOOKING, can=frozenset({"cancel"}), status=BookingStatus.CONFIRMED)).cancels


def test_a_notice_says_what_was_reported_and_never_by_whom() -> None:
    report = Report(
        id=new_id(),
        plate="KLM4821",
        region="NY",
        kind=ReportKind.IN_MY_BAY,
        description="<b>There</b>",
        email="sam@example.com",
        status=ReportStatus.RESOLVED,
        answer="It left.",
        status_hash="x",
        created_at=NOW,
        updated_at=NOW,
    )
    notice = view.notice(report, timezone=NEW_YORK, locale=US)
    assert (notice.title, notice.said) == ("NY KLM4821: in somebody's bay", "<b>There</b>")
    assert (notice.answer, notice.open) == ("Resolved. It left.", False)
    assert notice.when.replace("\u202f", " ").startswith("Sat, Nov 21, 12:00 PM")
    assert "sam" not in repr(notice)
