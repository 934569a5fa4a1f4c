"""Which space and which stay the address names."""

from uuid import UUID

import reflex as rx

from parkplace.core.ids import read_id

PARAMETERS = ("from", "until", "from_pass", "until_pass")


def space_id_of(state: rx.State) -> UUID | None:
    """Return the space whose page is open; None when the address names none."""
    return read_id(state.router.url.path.rstrip("/").rsplit("/", 1)[-1])


def stay_query(state: rx.State) -> dict[str, str]:
    """Return the parameters of the address that name the stay."""
    given = state.router.url.query_parameters
    return {name: given.get(name, "") for name in PARAMETERS}
