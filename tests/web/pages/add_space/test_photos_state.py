import asyncio
import io
from pathlib import Path

import reflex as rx
from PIL import Image
from sqlmodel import Session

from parkplace.core.files import files
from parkplace.core.pictures import BYTES_MOST, file_name
from parkplace.spaces.photos import PHOTOS_MOST
from parkplace.web.pages.add_space.photos_state import PhotosState
from tests import factories as make
from tests.web.pages.visiting import at, cookie

ADDRESS = "/spaces/add"


def picture(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "JPEG")
    return made.getvalue()


def upload(content: bytes, name: str = "bay.jpg") -> rx.UploadFile:
    return rx.UploadFile(file=io.BytesIO(content), path=Path(name), size=len(content))


def owens_tab(session: Session) -> PhotosState:
    state = at(PhotosState(), ADDRESS, cookie=cookie(session, make.owen(session)))
    asyncio.run(state.load())
    return state


def test_photos_are_stored_and_shown_in_the_order_they_came(session: Session) -> None:
    state = owens_tab(session)

    asyncio.run(state.sent([upload(picture("red")), upload(picture("blue"))]))

    assert not state.error
    assert [shot.name for shot in state.shots] == ["Photo 1", "Photo 2"]
    assert [one.key for one in state.pictures()] == [shot.key for shot in state.shots]
    assert all(files().read(file_name(shot.key, 320)) for shot in state.shots)
    assert state.shots[0].url == f"/photos/{state.shots[0].key}-320.webp"


def test_one_that_is_none_is_named_and_the_others_stay(session: Session) -> None:
    state = owens_tab(session)

    asyncio.run(
        state.sent(
            [upload(picture()), upload(b"<html></html>", "not.jpg"), upload(picture("blue"))]
        )
    )

    assert len(state.shots) == 2
    assert state.error.startswith("not.jpg: This file is not a JPEG")


def test_one_that_is_too_large_is_refused_whatever_its_size_is_said_to_be(
    session: Session,
) -> None:
    state = owens_tab(session)
    large = rx.UploadFile(
        file=io.BytesIO(picture() + b"\0" * BYTES_MOST), path=Path("large.jpg"), size=10
    )

    asyncio.run(state.sent([large]))

    assert state.error.startswith("large.jpg: A picture has at most 10 MB.")
    assert not state.shots


def test_one_that_would_unpack_to_too_much_is_refused(session: Session) -> None:
    made = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(made, "PNG")
    state = owens_tab(session)

    asyncio.run(state.sent([upload(made.getvalue(), "bomb.png")]))

    assert "50 megapixels" in state.error
    assert not state.shots


def test_the_same_picture_twice_is_one(session: Session) -> None:
    state = owens_tab(session)
    asyncio.run(state.sent([upload(picture()), upload(picture())]))
    assert len(state.shots) == 1


def test_there_is_an_end_to_them(session: Session) -> None:
    state = owens_tab(session)
    shades = [upload(picture(f"#{number:02x}0000")) for number in range(0, 250, 20)]
    assert len(shades) == PHOTOS_MOST + 1

    asyncio.run(state.sent(shades))

    assert state.full
    assert len(state.shots) == PHOTOS_MOST
    assert f"at most {PHOTOS_MOST}" in state.error


def test_photos_can_be_taken_away_and_put_first(session: Session) -> None:
    state = owens_tab(session)
    asyncio.run(state.sent([upload(picture(colour)) for colour in ("red", "blue", "green")]))
    red, blue, green = (shot.key for shot in state.shots)

    asyncio.run(state.put_first(green))
    asyncio.run(state.remove(red))
    asyncio.run(state.remove("no such key"))
    asyncio.run(state.put_first("no such key"))

    assert [shot.key for shot in state.shots] == [green, blue]


def test_strangers_store_nothing(session: Session) -> None:
    assert session
    state = at(PhotosState(), ADDRESS)
    asyncio.run(state.sent([upload(picture())]))
    assert "Sign in again" in state.error
    assert not state.shots


def test_photos_outlive_a_reload_but_not_another_person(session: Session) -> None:
    state = owens_tab(session)
    asyncio.run(state.sent([upload(picture())]))

    asyncio.run(state.load())
    assert len(state.shots) == 1

    at(state, ADDRESS, cookie=cookie(session, make.sam(session)))
    asyncio.run(state.load())
    assert not state.shots


def test_when_the_space_is_listed_the_next_one_begins_without_any(session: Session) -> None:
    state = owens_tab(session)
    asyncio.run(state.sent([upload(picture())]))
    asyncio.run(state.clear())
    assert (state.shots, state.pictures(), state.error) == ([], [], "")
