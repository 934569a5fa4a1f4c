from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from parkplace.payments import cards, methods
from parkplace.payments.answers import SavedCard
from parkplace.payments.methods import CardExpired, MethodNotFound
from parkplace.payments.models import PaymentMethod
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.factories import NOW


def card(number: int, *, saving: int = 1, month: int = 12, year: int = 2030) -> SavedCard:
    """A card with that number, saved for the `saving`th time."""
    return SavedCard(
        id=f"pm_{number}_{saving}",
        brand="visa",
        last4=f"{number:04}",
        exp_month=month,
        exp_year=year,
        fingerprint=f"number-{number}",
        created_at=NOW,
    )


def keep(session: Session, user: User, saved: SavedCard) -> PaymentMethod:
    customer = cards.customer_for(session, email=user.email, now=NOW)
    return methods.keep(session, user_id=user.id, customer_id=customer.id, card=saved, now=NOW)


def faces(session: Session, user: User) -> list[tuple[str, bool]]:
    return [(one.last4, one.is_default) for one in methods.of(session, user=user)]


def test_the_first_card_is_the_default_and_stays_it(session: Session) -> None:
    dana = make.dana(session)
    for number in (1, 2, 3):
        keep(session, dana, card(number))
    assert faces(session, dana) == [("0001", True), ("0003", False), ("0002", False)]


def test_a_card_saved_again_is_the_same_card(session: Session) -> None:
    dana = make.dana(session)
    first = keep(session, dana, card(1))
    again = keep(session, dana, card(1, saving=2, year=2034))
    assert again.id == first.id
    assert (again.stripe_id, again.exp_year, again.is_default) == ("pm_1_2", 2034, True)
    assert len(methods.of(session, user=dana)) == 1


def test_another_card_is_made_the_default(session: Session) -> None:
    dana = make.dana(session)
    keep(session, dana, card(1))
    second = keep(session, dana, card(2))
    for _ in range(2):
        methods.make_default(session, user=dana, method_id=second.id)
        assert faces(session, dana) == [("0002", True), ("0001", False)]


def test_when_the_default_is_forgotten_the_latest_takes_its_place(session: Session) -> None:
    dana = make.dana(session)
    first = keep(session, dana, card(1))
    for number in (2, 3):
        keep(session, dana, card(number))
    methods.mark_forgotten(session, method=first, now=NOW)
    assert faces(session, dana) == [("0003", True), ("0002", False)]
    assert methods.forgotten(session, limit=9) == [first]
    methods.erase(session, method_id=first.id)
    assert not methods.forgotten(session, limit=9)


def test_a_forgotten_card_can_be_saved_anew(session: Session) -> None:
    dana = make.dana(session)
    old = keep(session, dana, card(1))
    methods.mark_forgotten(session, method=old, now=NOW)
    new = keep(session, dana, card(1, saving=2))
    assert new.id != old.id
    assert faces(session, dana) == [("0001", True)]


def test_another_accounts_cards_are_not_there(session: Session) -> None:
    dana, sam = make.dana(session), make.sam(session)
    hers = keep(session, dana, card(1))
    assert not methods.of(session, user=sam)
    for wrong in (hers.id, new_id()):
        with pytest.raises(MethodNotFound):
            methods.one(session, user=sam, method_id=wrong)
        with pytest.raises(MethodNotFound):
            methods.make_default(session, user=sam, method_id=wrong)
        with pytest.raises(MethodNotFound):
            methods.usable(session, user=sam, method_id=wrong, now=NOW)
        with pytest.raises(MethodNotFound):
            methods.lock(session, user=sam, method_id=wrong)
    with pytest.raises(MethodNotFound):
        methods.saved_as(session, user=sam, stripe_id=hers.stripe_id)
    # The same card in two accounts is two cards.
    keep(session, sam, card(1, saving=2))
    assert faces(session, dana) == faces(session, sam) == [("0001", True)]


@pytest.mark.parametrize(("month", "year", "good"), [(11, 2026, True), (10, 2026, False)])
def test_a_card_is_good_to_the_end_of_its_month(
    session: Session, month: int, year: int, *, good: bool
) -> None:
    dana = make.dana(session)
    hers = keep(session, dana, card(1, month=month, year=year))
    if good:
        assert methods.usable(session, user=dana, method_id=hers.id, now=NOW) == hers
        return
    with pytest.raises(CardExpired):
        methods.usable(session, user=dana, method_id=hers.id, now=NOW)


def test_the_database_allows_one_default(session: Session) -> None:
    dana = make.dana(session)
    keep(session, dana, card(1))
    second = keep(session, dana, card(2))
    second.is_default = True
    with pytest.raises(IntegrityError):
        session.flush()


def test_however_many_are_saved_and_preferred_at_once_one_is_the_default(
    committed_database: str,
) -> None:
    assert committed_database
    with transaction() as session:
        dana = make.dana(session)
        payer = cards.customer_for(session, email=dana.email, now=NOW)

    def save(number: int) -> None:
        saved = card(number % 4, saving=number)
        with transaction() as session:
            kept = methods.keep(session, user_id=dana.id, customer_id=payer.id, card=saved, now=NOW)
        with transaction() as session:
            methods.make_default(session, user=dana, method_id=kept.id)

    at_once(save, range(8))

    with transaction() as session:
        kept = session.exec(select(PaymentMethod)).all()
    assert len(kept) == 4
    assert sum(one.is_default for one in kept) == 1


def test_a_card_about_to_be_used_is_not_forgotten_meanwhile(committed_database: str) -> None:
    """The one who books holds the card until they have; who forgets it comes after, or before."""
    assert committed_database
    with transaction() as session:
        dana = make.dana(session)
        hers = keep(session, dana, card(1))

    def act(what: str) -> bool:
        with transaction() as session:
            try:
                if what == "forget":
                    locked = methods.lock(session, user=dana, method_id=hers.id)
                    methods.mark_forgotten(session, method=locked, now=NOW + timedelta(1))
                else:
                    methods.usable(session, user=dana, method_id=hers.id, now=NOW)
                    # While this transaction is open, the card is there.
                    assert methods.one(session, user=dana, method_id=hers.id)
            except MethodNotFound:
                return False
            return True

    outcomes = at_once(act, ["use", "use", "forget", "forget", "use"])
    assert [outcomes[2], outcomes[3]].count(True) == 1
