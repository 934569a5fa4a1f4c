import asyncio
import io
from pathlib import Path

import pytest
import reflex as rx
from PIL import Image
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.core.files import files
from parkplace.core.pictures import file_name
from parkplace.notifications.models import Email
from parkplace.web.pages.account.profile_state import ProfileState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie


def tab(session: Session, user: User) -> ProfileState:
    state = at(ProfileState(), "/account", cookie=cookie(session, user))
    asyncio.run(state.load())
    return state


def upload(content: bytes) -> rx.UploadFile:
    return rx.UploadFile(file=io.BytesIO(content), path=Path("me.jpg"), size=len(content))


def photo() -> bytes:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 42.0, 48.0)})
    made = io.BytesIO()
    Image.new("RGB", (400, 330), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_a_name_is_kept_and_a_bad_one_is_said_at_its_field(session: Session) -> None:
    dana = make.dana(session)
    state = tab(session, dana)
    form = {"name": "Dana Moss", "public_name": "Dee", "about": "I drive\na van."}

    saved, frame = asyncio.run(all_of(state.save(form)))

    assert "Saved." in saved
    assert "FrameState.load" in frame
    session.refresh(dana)
    assert (dana.name, dana.public_name, dana.about) == ("Dana Moss", "Dee", "I drive\na van.")
    assert (state.name, state.wrong, state.busy) == ("Dana Moss", {}, "")

    [focus] = asyncio.run(all_of(state.save(form | {"name": " "})))
    assert "field-name" in focus
    assert list(state.wrong) == ["name"]
    session.refresh(dana)
    assert dana.name == "Dana Moss"


def test_a_stranger_changes_nothing(session: Session) -> None:
    assert session
    state = at(ProfileState(), "/account")

    asyncio.run(state.load())
    asyncio.run(all_of(state.save({"name": "Sam"})))

    assert state.wrong == {"": "You are signed out. Sign in again."}
    assert state.email == ""


def test_a_photo_is_drawn_anew_without_its_place_and_leaves_at_once(session: Session) -> None:
    dana = make.dana(session)
    state = tab(session, dana)

    asyncio.run(all_of(state.send_photo([upload(photo())])))

    session.refresh(dana)
    assert dana.photo_key is not None
    name = file_name(dana.photo_key, 320)
    assert state.photo == f"/photos/{name}"
    stored = Image.open(io.BytesIO(files().read(name) or b""))
    assert (stored.format, stored.size, len(stored.getexif())) == ("WEBP", (320, 320), 0)

    asyncio.run(all_of(state.remove_photo()))
    session.refresh(dana)
    assert (dana.photo_key, state.photo, files().read(name)) == (None, "", None)


def test_what_is_no_picture_is_refused_in_words(session: Session) -> None:
    state = tab(session, make.dana(session))

    asyncio.run(all_of(state.send_photo([upload(b"<svg/>")])))

    assert state.photo_error.startswith("This file is not a JPEG")
    assert state.photo == ""


def test_hosting_is_a_choice_of_who_has_a_verified_address(session: Session) -> None:
    dana = make.dana(session)
    state = tab(session, dana)
    for hosts in (True, False):
        asyncio.run(all_of(state.host(hosts)))
        session.refresh(dana)
        assert (dana.is_host, state.hosts, state.busy) == (hosts, hosts, "")

    sam = make.person(session, "Sam", email_verified_at=None)
    state = tab(session, sam)
    [said] = asyncio.run(all_of(state.host(True)))
    assert "erify" in said
    assert said.endswith("wrong")
    session.refresh(sam)
    assert not sam.is_host


def test_who_has_spaces_listed_stays_a_host(session: Session) -> None:
    owen = make.owen(session)
    make.space(session, owen)
    state = tab(session, owen)

    [said] = asyncio.run(all_of(state.host(False)))

    assert "You have spaces listed." in said
    assert state.hosts


@pytest.mark.parametrize("taken", [False, True])
def test_a_move_writes_to_both_addresses_and_tells_nothing_about_others(
    session: Session, *, taken: bool
) -> None:
    dana = make.dana(session)
    if taken:
        make.person(session, "Else")
    state = tab(session, dana)

    emptied, said = asyncio.run(all_of(state.move({"new_email": "Else@Example.com"})))

    assert emptied == "fill field-new_email "
    assert "both addresses" in said
    written = {email.to_address for email in session.exec(select(Email))}
    assert written == {"dana@example.com", "else@example.com"}
    session.refresh(dana)
    assert dana.email == state.email == "dana@example.com"


def test_no_address_is_said_at_its_field(session: Session) -> None:
    state = tab(session, make.dana(session))

    [focus] = asyncio.run(all_of(state.move({"new_email": "nowhere"})))

    assert "field-new_email" in focus
    assert state.email_error
