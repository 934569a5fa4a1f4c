"""How the page does things: one call to a service or a flow, then the booking is read again."""

from collections.abc import Callable
from uuid import UUID

import reflex as rx
from reflex.event import EventType
from sqlmodel import Session

from parkplace.bookings.access import Caller
from parkplace.core.errors import DomainError
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.pages.booking.reading import asking, named
from parkplace.web.pages.booking.state import BookingState
from parkplace.web.run import aside, run

Answer = list[EventType[()]]


async def act(state: rx.State, call: Callable[[Session, UUID, Caller], object]) -> Answer:
    """Do one thing to the booking of the address; return what shows what came of it.

    Args:
        state: Whose handler it is.
        call: The service's call; it takes the session, the booking and who asks.
    """
    try:
        await tried(state, call)
    except DomainError as error:
        return refused(error)
    return [BookingState.refresh()]


async def tried(state: rx.State, call: Callable[[Session, UUID, Caller], object]) -> None:
    """Do one thing to the booking of the address.

    Raises:
        DomainError: What the service refused.
    """
    who = asking(state)
    await run(lambda session: call(session, named(who), who.caller(session)))


async def address_of(state: rx.State, flow: Callable[[UUID, Caller], str]) -> Answer:
    """Go to the address that a flow returns, a page of Stripe's; or say why not.

    Args:
        state: Whose handler it is.
        flow: Takes the booking and who asks; opens its own transactions.
    """
    who = asking(state)
    try:
        caller = await run(who.caller)
        address = await aside(lambda: flow(named(who), caller))
    except DomainError as error:
        return refused(error)
    return [ui.leave_for(address)]


def refused(error: DomainError) -> Answer:
    """Say what was refused, and show how the booking stands instead."""
    return [ui.toast(words(error), kind="wrong"), BookingState.refresh()]
