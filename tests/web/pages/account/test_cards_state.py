import asyncio

import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.payments import methods
from parkplace.web.pages.account.cards_state import CardsState
from tests import factories as make
from tests.factories import period
from tests.stripe_sandbox.running import RunningSandbox
from tests.web.pages.visiting import all_of, at, cookie

pytestmark = pytest.mark.usefixtures("noon")
VISA, MASTERCARD = "4242424242424242", "5555555555554444"


@pytest.fixture
def dana(session: Session) -> User:
    return make.dana(session)


def tab(session: Session, user: User, address: str = "/account/cards") -> CardsState:
    state = at(CardsState(), address, cookie=cookie(session, user))
    asyncio.run(all_of(state.load()))
    return state


def add(state: CardsState, stripe: RunningSandbox, number: str) -> list[str]:
    """Save a card on Stripe's page and come back; what the page then says."""
    [leaving] = asyncio.run(all_of(state.add()))
    assert leaving.startswith(f"leave {stripe.url}")
    stripe.submit_card(leaving.split()[1], number)
    return asyncio.run(all_of(state.load()))


def test_cards_are_saved_on_stripes_page(
    session: Session, stripe: RunningSandbox, dana: User
) -> None:
    state = tab(session, dana)
    assert state.cards == []

    [said] = add(state, stripe, VISA)
    add(state, stripe, MASTERCARD)

    assert "Your card is saved." in said
    assert [(card.label, card.is_default) for card in state.cards] == [
        ("Visa ···· 4242", True),
        ("Mastercard ···· 4444", False),
    ]
    assert asyncio.run(all_of(state.load())) == []


def test_the_same_page_is_opened_until_it_is_used(
    session: Session, stripe: RunningSandbox, dana: User
) -> None:
    assert stripe.url
    state = tab(session, dana)
    first = asyncio.run(all_of(state.add()))
    asyncio.run(all_of(state.load()))
    assert asyncio.run(all_of(state.add())) == first
    sams = tab(session, make.sam(session))
    assert asyncio.run(all_of(sams.add())) != first


def test_another_is_the_first_choice_and_one_is_removed(
    session: Session, stripe: RunningSandbox, dana: User
) -> None:
    state = tab(session, dana)
    add(state, stripe, VISA)
    add(state, stripe, MASTERCARD)

    asyncio.run(all_of(state.make_default(state.cards[1].id)))
    assert [card.label for card in state.cards] == ["Mastercard ···· 4444", "Visa ···· 4242"]

    state.ask(state.cards[0].id, state.cards[0].label)
    asyncio.run(all_of(state.remove()))
    assert [(card.label, card.is_default) for card in state.cards] == [("Visa ···· 4242", True)]


def test_a_card_that_pays_for_a_booking_stays_and_says_so(
    session: Session, stripe: RunningSandbox, dana: User
) -> None:
    state = tab(session, dana)
    add(state, stripe, VISA)
    make.confirmed(session, make.space(session, make.owen(session)), dana, period(1, 2))
    session.commit()

    state.ask(state.cards[0].id, state.cards[0].label)
    [said] = asyncio.run(all_of(state.remove()))

    assert "pays for a booking that is not over" in said
    assert len(state.cards) == 1


def test_sam_reaches_no_card_of_danas(session: Session, stripe: RunningSandbox, dana: User) -> None:
    state = tab(session, dana)
    add(state, stripe, VISA)
    sams = tab(session, make.sam(session))
    assert sams.cards == []

    for claimed in (state.cards[0].id, "nonsense"):
        sams.ask(claimed, "")
        [removed, _] = asyncio.run(all_of(sams.remove()))
        [preferred] = asyncio.run(all_of(sams.make_default(claimed)))
        assert "You have no such card." in removed
        assert "You have no such card." in preferred
    assert len(methods.of(session, user=dana)) == 1


def test_without_an_answer_of_stripes_the_list_is_shown_all_the_same(
    session: Session, stripe: RunningSandbox, dana: User
) -> None:
    state = tab(session, dana)
    asyncio.run(all_of(state.add()))
    stripe.faults({"kind": "fail", "path": "/v1/checkout", "method": "GET", "times": 9})

    asyncio.run(all_of(state.load()))

    assert state.unsure
    assert state.cards == []
