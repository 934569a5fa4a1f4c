"""What somebody says about themself, and how they want things shown."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import DistanceUnit, HourCycle, OptionalLetter, User
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.service import require_name
from parkplace.accounts.standing import person, require_admin
from parkplace.core.errors import Invalid
from parkplace.core.files import END_OF_TIME, Files, files
from parkplace.core.pictures import decoded, file_name, square, webp
from parkplace.core.texts import clean_text

WIDTHS = (128, 320)
ABOUT_MOST = 1000
PUBLIC_NAME_MOST = 40


class UnknownLocale(Invalid):
    """Raised for a language and country that nothing is known of."""

    code = "unknown_locale"


class UnknownLetter(Invalid):
    """Raised for a letter that there is not, or that cannot be switched off."""

    code = "unknown_letter"


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """What to change; None leaves a thing as it is.

    Attributes:
        name: What we call the person, 1 to 80 characters.
        public_name: What others see; empty is the first word of `name`.
        about: Some words for others, up to 1,000 characters on several lines.
        locale: Such as `en_US` or `de-DE`; empty is whatever the browser says.
        hour_cycle, distance_unit: How clocks and ways are shown.
        muted_letters: Words of `OptionalLetter`: what they do without.
    """

    name: str | None = None
    public_name: str | None = None
    about: str | None = None
    locale: str | None = None
    hour_cycle: HourCycle | None = None
    distance_unit: DistanceUnit | None = None
    muted_letters: frozenset[str] | None = None


def change(
    session: Session,
    *,
    user: User,
    changes: ProfileChanges,
    now: datetime,
    by: User | None = None,
    origin: Origin = HERE,
) -> User:
    """Change what somebody says about themself; return their row.

    Args:
        session: The open transaction.
        user: Whose profile.
        changes: What is to be otherwise.
        now: The current instant.
        by: Who changes it, if that is not they themself; the log then says which fields.
        origin: From where.

    Raises:
        AdminsOnly: `by` is somebody else and no admin.
        AccountUnknown: The person was deleted meanwhile.
        BadName, TextTooLong, BadText, UnknownLocale, UnknownLetter: The error names the field.
    """
    admin = None if by is None or by.id == user.id else require_admin(session, actor=by)
    row = person(session, user_id=user.id)
    wanted = {name: value for name, value in asdict(changes).items() if value is not None}
    values = {name: _CHECKS[name](value) for name, value in wanted.items()}
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    session.flush()
    if admin is not None and changed:
        _note(session, admin, row, changed, origin=origin, now=now)
    return row


def public_name(user: User) -> str:
    """Return what others call somebody: the name they chose for that, or their first one."""
    return user.public_name or user.name.split()[0]


def public_name_column() -> ColumnElement[str]:
    """Return `public_name` for queries."""
    chosen = func.nullif(col(User.public_name), "")
    return func.coalesce(chosen, func.split_part(col(User.name), " ", 1))


def keep_photo(content: bytes, *, store: Files | None = None) -> str:
    """Store a picture of a person as squares of two sizes, and return their key.

    Never in a transaction. The picture loses its EXIF, GPS included, as those of spaces do. No two
    uploads share files, so that a person's can be removed at once.

    Args:
        content: What was uploaded: JPEG, PNG or WebP, up to 10 MB and 50 megapixels.
        store: Where to; this installation's files if None.

    Raises:
        NotAPicture, PictureTooBig: It cannot be taken.
    """
    image = decoded(content, side=WIDTHS[-1])
    key, into = secrets.token_hex(32), store or files()
    for width in WIDTHS:
        into.put(file_name(key, width), webp(square(image, width)))
    return key


def set_photo(session: Session, *, user: User, key: str) -> tuple[User, str | None]:
    """Give oneself another picture; return one's row, and the key that is unused now.

    Raises:
        AccountUnknown: They were deleted meanwhile.
    """
    row = person(session, user_id=user.id)
    before, row.photo_key = row.photo_key, key
    session.flush()
    return row, before


def remove_photo(
    session: Session, *, user: User, now: datetime, by: User | None = None, origin: Origin = HERE
) -> str | None:
    """Take somebody's picture away, as they themself or an admin; return the key unused now.

    Raises:
        AdminsOnly, AccountUnknown: As for `change`.
    """
    admin = None if by is None or by.id == user.id else require_admin(session, actor=by)
    row = person(session, user_id=user.id)
    before, row.photo_key = row.photo_key, None
    session.flush()
    if admin is not None and before is not None:
        _note(session, admin, row, ["photo"], origin=origin, now=now)
    return before


def drop_photo(key: str | None, *, store: Files | None = None) -> None:
    """Remove the files of a picture that no row names any more; never in a transaction."""
    for width in WIDTHS if key else ():
        (store or files()).remove(file_name(key or "", width), before=END_OF_TIME)


def photo_keys(session: Session) -> set[str]:
    """Return the keys of all pictures of people."""
    query = select(User.photo_key).where(col(User.photo_key).is_not(None))
    return {key for key in session.exec(query) if key is not None}


def _note(
    session: Session, admin: User, row: User, changed: list[str], *, origin: Origin, now: datetime
) -> None:
    note(
        session,
        action=Action.PROFILE_CHANGED,
        actor=admin,
        subject_id=row.id,
        origin=origin,
        after={"fields": changed},
        now=now,
    )


def _about(typed: str) -> str:
    return clean_text(typed, field="about", most=ABOUT_MOST, lines=True)


def _public_name(typed: str) -> str:
    return clean_text(typed, field="public_name", most=PUBLIC_NAME_MOST)


def _locale(typed: str) -> str:
    if not typed:
        return ""
    try:
        return str(Locale.parse(typed.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise UnknownLocale(
            "Give a language and a country, such as en_US, or nothing.", field="locale"
        ) from None


def _letters(words: frozenset[str]) -> list[str]:
    if unknown := sorted(words.difference(OptionalLetter)):
        raise UnknownLetter(
            f"There is no letter {unknown[0]!r} that you could do without. There are: "
            f"{', '.join(OptionalLetter)}.",
            field="muted_letters",
        )
    return [word for word in OptionalLetter if word in words]


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": require_name,
    "public_name": _public_name,
    "about": _about,
    "locale": _locale,
    "hour_cycle": HourCycle,
    "distance_unit": DistanceUnit,
    "muted_letters": _letters,
}
