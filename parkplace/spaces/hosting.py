"""Being a host: a choice of the person, as long as no space of theirs is listed."""

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.accounts.verification import require_verified
from parkplace.core.errors import Conflict
from parkplace.spaces.models import Space, SpaceStatus


class SpacesListed(Conflict):
    """Raised when somebody with listed spaces would be no host any more."""

    code = "spaces_listed"


def become_host(session: Session, *, user: User) -> None:
    """Make somebody a host; a host stays one.

    Raises:
        EmailUnverified: Hosts have shown that their address is theirs.
    """
    require_verified(user)
    user.is_host = True
    session.add(user)
    session.flush()


def stop_hosting(session: Session, *, user: User) -> None:
    """Make somebody no host; their drafts stay, for when they come back.

    Raises:
        SpacesListed: See `require_none_listed`.
    """
    require_none_listed(session, user=user)
    user.is_host = False
    session.add(user)
    session.flush()


def require_none_listed(session: Session, *, user: User) -> None:
    """Refuse somebody who has spaces listed.

    Raises:
        SpacesListed: Drivers find a space of theirs, or will again after a pause.
    """
    listed = select(col(Space.id)).where(
        col(Space.host_id) == user.id,
        col(Space.status).in_((SpaceStatus.PUBLISHED, SpaceStatus.PAUSED)),
    )
    if session.exec(listed.limit(1)).first() is not None:
        raise SpacesListed("You have spaces listed. Delete them first, then stop hosting.")
