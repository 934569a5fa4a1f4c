"""What the list of a host's spaces reads, in one transaction."""

from dataclasses import dataclass, field

from sqlmodel import Session

from parkplace.core.ids import read_id
from parkplace.spaces import queries
from parkplace.web import routes
from parkplace.web.pages.host import view
from parkplace.web.session import signed_in

PAGE = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """A page of somebody's spaces; `older` is the address of the next one, empty on the last."""

    known: bool
    rows: list[view.Row] = field(default_factory=list[view.Row])
    older: str = ""


def look(session: Session, *, token: str | None, after: str, locale: str) -> Seen:
    """Return the spaces of whoever a session token belongs to, the newest first."""
    user = signed_in(session, token)
    if user is None:
        return Seen(known=False)
    found = queries.by_host(session, host=user, after=read_id(after), limit=PAGE + 1)
    shown = found[:PAGE]
    more = len(found) > PAGE
    return Seen(
        known=True,
        rows=[view.row(space, locale=locale) for space in shown],
        older=routes.with_query(routes.HOST, {"after": str(shown[-1].id)}) if more else "",
    )
