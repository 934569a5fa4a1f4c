"""What the list of a host's spaces says, made from what was read."""

from dataclasses import dataclass

from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.queries import SpaceView
from parkplace.web import routes, words

_STATUSES = {
    SpaceStatus.PUBLISHED: "Published",
    SpaceStatus.DRAFT: "Draft, only you see it",
    SpaceStatus.PAUSED: "Paused, only you see it",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A space in its host's list."""

    id: str
    href: str
    name: str
    band: str
    neighbourhood: str
    facts: str
    rate: str
    status: str
    published: bool


def row(space: SpaceView, *, locale: str) -> Row:
    """Return a space as a line of its host's list."""
    bays = "1 bay" if space.capacity == 1 else f"{space.capacity:,} bays"
    return Row(
        id=str(space.id),
        href=routes.space(space.id),
        name=space.title,
        band=words.price_band(space.hour),
        neighbourhood=space.neighbourhood,
        facts=f"{words.facts(space.kind, space.tags)} · {bays}",
        rate=space.hour.text(locale) if space.hour else "Free",
        status=_STATUSES.get(space.status, ""),
        published=space.status == SpaceStatus.PUBLISHED,
    )
