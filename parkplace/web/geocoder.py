"""Asking the operator's geocoder from a page, politely and without holding others up."""

import asyncio

from parkplace.core import limits
from parkplace.core.geo import Point
from parkplace.core.settings import get_settings
from parkplace.spaces import places
from parkplace.spaces.places import GeocoderSilent, Place
from parkplace.web.run import aside

# It may be slow: those who wait for it leave most threads to everybody else.
_turns = asyncio.Semaphore(4)


async def ask(words: str, *, near: Point | None, address: str, quietly: bool = True) -> list[Place]:
    """Return what the geocoder knows under these words; nothing when there is none.

    Args:
        words: What was typed.
        near: Places near this point are preferred.
        address: The network address of the person, for limits.
        quietly: Whether no answer counts as knowing nothing.

    Raises:
        TooMany: This person asked too often.
        GeocoderSilent: It does not answer, if that is not to be passed over `quietly`.
    """
    if not get_settings().geocoder_url:
        return []
    try:
        return await _in_turn(words, near, address)
    except GeocoderSilent:
        if quietly:
            return []
        raise


async def _in_turn(words: str, near: Point | None, address: str) -> list[Place]:
    if _turns.locked():
        raise GeocoderSilent("Many people look up addresses right now. Try again in a minute.")
    async with _turns:
        return await aside(lambda: _asked(words, near, address))


def _asked(words: str, near: Point | None, address: str) -> list[Place]:
    limits.hit(limits.GEOCODE, limits.network(address))
    settings = get_settings()
    agent = f"Park Place ({settings.public_url})"
    return places.look_up(words, url=settings.geocoder_url, user_agent=agent, near=near)
