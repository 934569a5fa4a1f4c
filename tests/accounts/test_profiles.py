import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import Session, select

from parkplace.accounts import profiles
from parkplace.accounts.audit import entries
from parkplace.accounts.models import DistanceUnit, HourCycle, User
from parkplace.accounts.profiles import ProfileChanges, UnknownLetter, UnknownLocale, public_name
from parkplace.accounts.service import AccountUnknown, BadName
from parkplace.accounts.standing import AdminsOnly
from parkplace.core.errors import DomainError
from parkplace.core.files import Folder
from parkplace.core.pictures import NotAPicture, file_name
from parkplace.core.texts import BadText, TextTooLong
from tests.accounts.people import NOW, person

ALL = ProfileChanges(
    name=" Dana  Kim ",
    public_name="Dee",
    about="I drive.\nAt night.",
    locale="de-AT",
    hour_cycle=HourCycle.H24,
    distance_unit=DistanceUnit.KM,
    muted_letters=frozenset({"requested", "confirmed"}),
)


@pytest.fixture
def dana(session: Session) -> User:
    return person(session, "Dana")


def change(session: Session, user: User, changes: ProfileChanges) -> User:
    return profiles.change(session, user=user, changes=changes, now=NOW)


def test_what_is_given_is_changed_and_the_rest_is_not(session: Session, dana: User) -> None:
    row = change(session, dana, ALL)
    assert (row.name, row.public_name, row.about) == ("Dana Kim", "Dee", "I drive.\nAt night.")
    assert (row.locale, row.hour_cycle, row.distance_unit) == ("de_AT", "24", "km")
    assert row.muted_letters == ["confirmed", "requested"]
    before = row.model_dump()
    assert change(session, dana, ProfileChanges()).model_dump() == before
    row = change(session, dana, ProfileChanges(about="", locale="", muted_letters=frozenset()))
    assert row.model_dump() == before | {"about": "", "locale": "", "muted_letters": []}


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        (ProfileChanges(name=" "), BadName, "name"),
        (ProfileChanges(public_name="n" * 41), TextTooLong, "public_name"),
        (ProfileChanges(about="a\x07"), BadText, "about"),
        (ProfileChanges(about="a" * 1001), TextTooLong, "about"),
        (ProfileChanges(locale="xx_XX"), UnknownLocale, "locale"),
        (ProfileChanges(locale="../../etc"), UnknownLocale, "locale"),
        (ProfileChanges(muted_letters=frozenset({"ended"})), UnknownLetter, "muted_letters"),
        (ProfileChanges(muted_letters=frozenset({"suspended"})), UnknownLetter, "muted_letters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    session: Session, dana: User, changes: ProfileChanges, error: type[DomainError], field: str
) -> None:
    before = dana.model_dump()
    also = changes if changes.public_name else replace(changes, public_name="Dee")
    with pytest.raises(error) as raised:
        change(session, dana, also)
    assert raised.value.field == field
    session.refresh(dana)
    assert dana.model_dump() == before


def test_others_see_the_first_name_unless_another_is_chosen(session: Session, dana: User) -> None:
    dana.name = "Dana Kim"
    assert public_name(dana) == "Dana"
    change(session, dana, ProfileChanges(public_name="DK"))
    assert public_name(dana) == "DK"


def test_an_admin_changes_it_for_somebody_and_the_log_says_which_fields(
    session: Session, dana: User
) -> None:
    ada, sam = person(session, "Ada"), person(session, "Sam")
    ada.is_admin = True
    changes = ProfileChanges(name="Dana", about="Rude words are gone.")
    profiles.change(session, user=dana, changes=changes, by=ada, now=NOW)
    profiles.change(session, user=dana, changes=changes, by=ada, now=NOW)
    profiles.change(session, user=dana, changes=ALL, by=dana, now=NOW)
    [entry] = entries(session, reader=ada)
    assert (entry.action, entry.actor_id, entry.subject_id) == ("profile_changed", ada.id, dana.id)
    assert (entry.before, entry.after) == (None, {"fields": ["about"]})
    with pytest.raises(AdminsOnly):
        profiles.change(session, user=dana, changes=changes, by=sam, now=NOW)


def test_who_is_gone_changes_nothing(session: Session, dana: User) -> None:
    dana.suspended_at = dana.deleted_at = NOW
    session.flush()
    with pytest.raises(AccountUnknown):
        change(session, dana, ALL)


def jpeg(colour: str = "red", size: tuple[int, int] = (800, 400)) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_a_photo_is_kept_as_squares_that_tell_nothing(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    key = profiles.keep_photo(jpeg(), store=store)
    for width in profiles.WIDTHS:
        content = store.read(file_name(key, width)) or b""
        assert b"at home" not in content
        with Image.open(io.BytesIO(content)) as opened:
            assert opened.size == (width, width)
    with pytest.raises(NotAPicture):
        profiles.keep_photo(b"no picture", store=store)


def test_no_two_people_share_files_so_that_one_can_lose_theirs(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    one, other = (profiles.keep_photo(jpeg(), store=store) for _ in range(2))
    profiles.drop_photo(one, store=store)
    profiles.drop_photo(None, store=store)
    assert store.read(file_name(one, 128)) is None
    assert store.read(file_name(other, 128)) is not None


def test_another_photo_gives_back_the_one_before(session: Session, dana: User) -> None:
    assert profiles.set_photo(session, user=dana, key="a" * 64) == (dana, None)
    assert profiles.set_photo(session, user=dana, key="b" * 64) == (dana, "a" * 64)
    assert profiles.photo_keys(session) == {"b" * 64}
    assert profiles.remove_photo(session, user=dana, now=NOW) == "b" * 64
    assert profiles.remove_photo(session, user=dana, now=NOW) is None
    assert profiles.photo_keys(session) == set()


def test_an_admin_takes_a_photo_away_and_a_stranger_does_not(session: Session, dana: User) -> None:
    ada, sam = person(session, "Ada"), person(session, "Sam")
    ada.is_admin = True
    profiles.set_photo(session, user=dana, key="a" * 64)
    with pytest.raises(AdminsOnly):
        profiles.remove_photo(session, user=dana, by=sam, now=NOW)
    assert profiles.remove_photo(session, user=dana, by=ada, now=NOW) == "a" * 64
    [entry] = entries(session, reader=ada)
    assert (entry.action, entry.after) == ("profile_changed", {"fields": ["photo"]})


@pytest.mark.parametrize(
    ("chosen", "name"), [("", "Dana"), ("", "Dana van Dyke"), ("Park & Go", "Dana van Dyke")]
)
def test_queries_call_people_what_everybody_calls_them(
    session: Session, chosen: str, name: str
) -> None:
    dana = person(session, name)
    dana.public_name = chosen
    session.flush()
    found = session.exec(select(profiles.public_name_column()).where(User.id == dana.id)).one()
    assert found == profiles.public_name(dana)
