"""What the account pages do with the row of whoever is signed in, and with their picture."""

import reflex as rx
from sqlmodel import Session

from parkplace.accounts import profiles
from parkplace.accounts.models import User
from parkplace.accounts.queries import locked_user
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.links import photo_path
from parkplace.core.pictures import BYTES_MOST, PictureTooBig, file_name
from parkplace.web.run import aside
from parkplace.web.session import SignedOut, require_user


def portrait(user: User) -> str:
    """Return where somebody's picture is served from; empty when there is none."""
    if user.photo_key is None:
        return ""
    return photo_path(file_name(user.photo_key, profiles.WIDTHS[-1]))


def locked(session: Session, token: str | None) -> User:
    """Return the row of whoever is signed in, locked until the transaction ends.

    Raises:
        SignedOut: Nobody is signed in, or their account was deleted a moment ago.
    """
    user = locked_user(session, user_id=require_user(session, token).id)
    if user is None:
        raise SignedOut("This account is gone.")
    return user


async def taken(file: rx.UploadFile, *, token: str | None, address: str) -> User:
    """Make a picture that was sent the person's own; return their row.

    Raises:
        SignedOut: Nobody is signed in.
        TooMany: Too many came from this network.
        NotAPicture, PictureTooBig: It cannot be taken.
    """
    content = await file.read(BYTES_MOST + 1)
    if len(content) > BYTES_MOST:
        raise PictureTooBig("A picture has at most 10 MB. Choose a smaller one.", field="photo")
    return await aside(lambda: _taken(content, token=token, address=address))


def _taken(content: bytes, *, token: str | None, address: str) -> User:
    limits.hit(limits.UPLOAD, limits.network(address))
    with transaction() as session:
        require_user(session, token)
    key = profiles.keep_photo(content)
    with transaction() as session:
        user, unused = profiles.set_photo(session, user=require_user(session, token), key=key)
    profiles.drop_photo(unused)
    return user
