"""Standing in front of a page: what its state knows of the browser that shows it."""

import json
import secrets
from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import reflex as rx
from reflex.event import EventSpec
from reflex.istate.data import RouterData
from sqlmodel import Session

from parkplace.accounts import sessions
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.core import clock

State = TypeVar("State", bound=rx.State)
COOKIE = "parkplace"


def cookie(session: Session, user: User) -> str:
    """What the browser of somebody who is signed in sends."""
    _, token = sessions.open_session(
        session, user=user, origin=Origin(device="test"), now=clock.utc_now()
    )
    session.commit()
    return f"{COOKIE}={token}"


def at(
    state: State, address: str, *, cookie: str = "", language: str = "en-US", device: str = ""
) -> State:
    """Let a state belong to a tab that shows an address, on a network of its own."""
    state.router = RouterData.from_router_data(
        {
            "asPath": address,
            "pathname": address.partition("?")[0],
            "ip": f"tab-{secrets.token_hex(8)}",
            "headers": {
                "cookie": cookie,
                "origin": "http://localhost:8000",
                "accept-language": language,
                "user-agent": device,
            },
        }
    )
    return state


def hidden(state: rx.State, name: str) -> Any:
    """What a state keeps from the browser."""
    return getattr(state, name)


async def all_of(events: AsyncGenerator[Any, None]) -> list[str]:
    """What a handler sent to the browser, as far as it can be read."""
    return [readable(event) async for event in events if event is not None]


def readable(sent: Any) -> str:
    """What was sent to the browser; an act as its name and what it takes, such as `leave /`."""
    if isinstance(sent, list):
        return "\n".join(readable(event) for event in sent)
    if not isinstance(sent, EventSpec):
        return str(sent)
    for name, value in sent.args:
        if str(name) == "function" and isinstance(value, rx.vars.LiteralVar):
            return " ".join(json.loads(json.loads(str(value))))
    return str(sent.args) if sent.args else str(sent)
