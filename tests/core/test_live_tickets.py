from datetime import UTC, datetime, timedelta

import pytest

from parkplace.core.live_tickets import LASTS, STEP, TicketOver, read_ticket, with_ticket

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


def test_a_ticket_is_good_for_a_day_and_for_nothing_else() -> None:
    ticket = with_ticket("booking:1", now=NOW)
    assert read_ticket(ticket, now=NOW) == "booking:1"
    assert read_ticket(ticket, now=NOW + LASTS) == "booking:1"
    with pytest.raises(TicketOver):
        read_ticket(ticket, now=NOW + LASTS + STEP)
    for forged in ("booking:1", ticket[:-1], ticket.replace("booking", "user"), "~", "a~1.b", ""):
        assert read_ticket(forged, now=NOW - timedelta(days=400)) is None


def test_a_page_that_reads_again_has_the_same_ticket() -> None:
    first = with_ticket("booking:1", now=NOW)
    assert with_ticket("booking:1", now=NOW + timedelta(hours=3)) == first
    assert with_ticket("booking:1", now=NOW + STEP) != first
