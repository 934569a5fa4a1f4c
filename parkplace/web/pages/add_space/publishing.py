"""Writing a new space down, with its photos, once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.core.idempotency import once
from parkplace.spaces import photos, service
from parkplace.spaces.drafts import Draft
from parkplace.spaces.photos import Picture
from parkplace.web.session import require_user


def list_space(
    session: Session,
    *,
    token: str | None,
    draft: Draft,
    pictures: Sequence[Picture],
    listed: bool,
    key: str,
    now: datetime,
) -> UUID:
    """Write a space down and return it; the same key again returns the same space.

    Args:
        session: The open transaction.
        token: The session token of whoever lists it.
        draft: What is said about it.
        pictures: Its photos, stored before; the first one is shown in lists.
        listed: Whether drivers find it at once.
        key: Of this one listing.
        now: The current instant.

    Raises:
        SignedOut: Nobody is signed in.
        As `spaces.service.create` and `spaces.photos.add` do.
    """
    user = require_user(session, token)

    def first_time() -> dict[str, str]:
        space = service.create(session, actor=user, draft=draft, now=now)
        for picture in pictures:
            photos.add(session, actor=user, space_id=space.id, picture=picture, now=now)
        if listed:
            service.publish(session, actor=user, space_id=space.id, now=now)
        return {"id": str(space.id)}

    # Whatever was changed meanwhile, a listing is made once: its space can be edited.
    made = once(session, scope=f"list {user.id}", key=key, request="", now=now, answer=first_time)
    return UUID(made["id"])
