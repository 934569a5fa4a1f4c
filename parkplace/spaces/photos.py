"""Pictures: checked, decoded, stripped of what they tell about the person, and made small.

`keep` stores a picture and must run outside a transaction; `add` then writes its row. What nobody
wrote a row for is removed by `tidy` a day later.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from parkplace.accounts.models import User
from parkplace.core.db import notify
from parkplace.core.errors import Conflict, NotFound
from parkplace.core.files import Files, files
from parkplace.core.pictures import at_most, decoded, file_name, webp
from parkplace.core.texts import clean_text
from parkplace.spaces.models import SpacePhoto
from parkplace.spaces.service import own

WIDTHS = (320, 800, 1600)
PHOTOS_MOST = 12
CAPTION_MOST = 200
KEPT_UNUSED = timedelta(days=1)


class TooManyPhotos(Conflict):
    """Raised when a space has as many photos as anybody looks at."""

    code = "too_many_photos"


class PhotoNotFound(NotFound):
    """Raised for a photo that a space does not have."""

    code = "photo_not_found"


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: files `<key>-<width>.webp`, one for each of `WIDTHS`.

    Attributes:
        key: 64 hex digits, the SHA-256 of what was uploaded.
        width, height: Of the largest file, in pixels.
    """

    key: str
    width: int
    height: int


def keep(content: bytes, *, store: Files | None = None) -> Picture:
    """Check a picture, make it small in three widths, and store those; never in a transaction.

    Pictures are turned the way they were held, never enlarged, and lose their EXIF, GPS included.

    Args:
        content: What was uploaded: JPEG, PNG or WebP, up to 10 MB and 50 megapixels.
        store: Where to; this installation's files if None.

    Raises:
        NotAPicture, PictureTooBig: It cannot be taken.
    """
    image = decoded(content, side=WIDTHS[-1])
    key = hashlib.sha256(content).hexdigest()
    into = store or files()
    for width in WIDTHS:
        into.put(file_name(key, width), webp(at_most(image, width)))
    largest = at_most(image, WIDTHS[-1])
    return Picture(key, largest.width, largest.height)


def add(
    session: Session,
    *,
    actor: User,
    space_id: UUID,
    picture: Picture,
    caption: str = "",
    now: datetime,
) -> SpacePhoto:
    """Put a stored picture behind the photos of a space.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: It is not the actor's to change.
        TooManyPhotos: It has twelve.
        TextTooLong, BadText: The caption cannot be used.
    """
    space = own(session, actor=actor, space_id=space_id)
    theirs = col(SpacePhoto.space_id) == space.id
    last = func.coalesce(func.max(SpacePhoto.position), -1)
    count, position = session.exec(select(func.count(), last).where(theirs)).one()
    if count >= PHOTOS_MOST:
        raise TooManyPhotos(f"A space has at most {PHOTOS_MOST} photos. Remove one first.")
    photo = SpacePhoto(
        space_id=space.id,
        position=position + 1,
        file_key=picture.key,
        width=picture.width,
        height=picture.height,
        caption=clean_text(caption, field="caption", most=CAPTION_MOST),
        created_at=now,
    )
    session.add(photo)
    session.flush()
    notify(session, topic=f"space:{space.id}")
    return photo


def remove(session: Session, *, actor: User, space_id: UUID, photo_id: UUID) -> None:
    """Take a photo from a space; its files go with the next `tidy`.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: It is not the actor's to change.
        PhotoNotFound: The space has no such photo.
    """
    space = own(session, actor=actor, space_id=space_id)
    gone = session.exec(
        delete(SpacePhoto).where(
            col(SpacePhoto.space_id) == space.id, col(SpacePhoto.id) == photo_id
        )
    )
    if gone.rowcount == 0:
        raise PhotoNotFound("This space has no such photo. Look at the list again.")
    notify(session, topic=f"space:{space.id}")


def arrange(
    session: Session,
    *,
    actor: User,
    space_id: UUID,
    photo_ids: list[UUID],
    captions: Mapping[UUID, str] | None = None,
) -> None:
    """Put the photos of a space in an order; the first is the one that lists show.

    Args:
        session: The open transaction.
        actor: Its host, or an admin.
        space_id: Which space.
        photo_ids: All of its photos.
        captions: What some of them are to say from now on.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: It is not the actor's to change.
        PhotoNotFound: The ids are not those of the space's photos, each once.
        TextTooLong, BadText: A caption cannot be used.
    """
    space = own(session, actor=actor, space_id=space_id)
    photos = session.exec(select(SpacePhoto).where(col(SpacePhoto.space_id) == space.id)).all()
    if sorted(photo.id for photo in photos) != sorted(photo_ids):
        raise PhotoNotFound("The photos have changed meanwhile. Look at the list again.")
    said = captions or {}
    for photo in photos:
        photo.position = photo_ids.index(photo.id)
        caption = said.get(photo.id, photo.caption)
        photo.caption = clean_text(caption, field="caption", most=CAPTION_MOST)
    session.flush()
    notify(session, topic=f"space:{space.id}")


def keys(session: Session) -> set[str]:
    """Return the keys of all pictures that spaces show."""
    return set(session.exec(select(SpacePhoto.file_key).distinct()))


def tidy(*, used: Callable[[], Iterable[str]], now: datetime, store: Files | None = None) -> int:
    """Remove pictures that no row names since a day; return how many files that were.

    Args:
        used: Returns every key in use, of spaces and of whatever else shows pictures; called after
            the files are listed, so that a picture whose row came meanwhile is kept.
        now: The current instant.
        store: Where from; this installation's files if None.
    """
    place = store or files()
    before = now - KEPT_UNUSED
    old = list(place.names(before=before))
    in_use = set(used())
    unused = [name for name in old if name.partition("-")[0] not in in_use]
    for name in unused:
        place.remove(name, before=before)
    return len(unused)
