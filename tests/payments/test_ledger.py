import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from parkplace.core import db
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.payments import ledger
from parkplace.payments.models import LedgerEntry
from tests.factories import NOW

ORDER, HOST = new_id(), new_id()


def check_now(session: Session) -> None:
    """Run the check that otherwise waits for the commit."""
    db.sql(session, "SET CONSTRAINTS ALL IMMEDIATE")


def test_a_stay_its_charge_and_a_refund_balance(session: Session) -> None:
    ledger.stay_ended(session, order_id=ORDER, host_id=HOST, amount=Money(1400, "USD"), now=NOW)
    ledger.charged(session, order_id=ORDER, amount=Money(1400, "USD"), now=NOW)
    ledger.refunded(session, order_id=ORDER, amount=Money(400, "USD"), now=NOW)
    check_now(session)
    assert ledger.paid(session, order_id=ORDER, currency="USD") == Money(1000, "USD")
    sums: dict[str, int] = {}
    for entry in session.exec(select(LedgerEntry)):
        sums[entry.account] = sums.get(entry.account, 0) + entry.amount_minor
    assert sums == {"driver": 400, "stripe": 1000, "host": -1400}


def test_nothing_was_paid_for_an_unknown_order(session: Session) -> None:
    assert ledger.paid(session, order_id=new_id(), currency="JPY") == Money(0, "JPY")


def test_the_database_refuses_a_movement_with_one_side(session: Session) -> None:
    session.add(
        LedgerEntry(
            movement_id=new_id(),
            order_id=ORDER,
            account="stripe",
            amount_minor=5,
            currency="USD",
            memo="half",
            at=NOW,
        )
    )
    with pytest.raises(IntegrityError, match="does not balance"):
        check_now(session)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entries SET amount_minor = 1", "DELETE FROM ledger_entries"],
)
def test_what_was_written_stays_written(session: Session, statement: str) -> None:
    ledger.charged(session, order_id=ORDER, amount=Money(1400, "USD"), now=NOW)
    with pytest.raises(DBAPIError, match="append-only"):
        db.sql(session, statement)
