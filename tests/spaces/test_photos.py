import io
import os
import random
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageCms
from sqlmodel import Session

from parkplace.core.files import Folder
from parkplace.core.ids import new_id
from parkplace.core.pictures import NotAPicture, PictureTooBig
from parkplace.core.texts import BadText, TextTooLong
from parkplace.spaces import photos, queries
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.photos import PhotoNotFound, Picture, TooManyPhotos
from parkplace.spaces.queries import SpaceNotFound
from parkplace.spaces.service import NotTheHost
from tests.factories import NOW, owen, sam, space

STORED = Picture("ab" * 32, 1600, 900)


@pytest.fixture
def store(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def picture(kind: str = "JPEG", size: tuple[int, int] = (2000, 1000), **saved: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return encoded(image, kind, **saved)


def encoded(image: Image.Image, kind: str, **saved: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **saved)
    return made.getvalue()


def opened(store: Folder, kept: Picture, width: int) -> Image.Image:
    content = store.read(photos.file_name(kept.key, width))
    assert content is not None
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def colour(image: Image.Image, x: float, y: float) -> str:
    at = (int(x * (image.width - 1)), int(y * (image.height - 1)))
    red, _, blue = image.convert("RGB").getpixel(at)  # pyright: ignore[reportGeneralTypeIssues]
    return "red" if red > blue else "blue"


# --- keeping


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_in_three_widths(store: Folder, kind: str) -> None:
    kept = photos.keep(picture(kind), store=store)

    assert (kept.width, kept.height) == (1600, 800)
    for width, height in ((320, 160), (800, 400), (1600, 800)):
        image = opened(store, kept, width)
        assert (image.format, image.size) == ("WEBP", (width, height))
        assert colour(image, 0.1, 0.5) == "red"
        assert colour(image, 0.9, 0.5) == "blue"
    assert len(list(store.names(before=datetime.now(UTC) + timedelta(hours=1)))) == 3


def test_a_small_picture_is_never_enlarged(store: Folder) -> None:
    kept = photos.keep(picture(size=(500, 700)), store=store)

    assert (kept.width, kept.height) == (500, 700)
    sizes = [opened(store, kept, width).size for width in photos.WIDTHS]
    assert sizes == [(320, 448), (500, 700), (500, 700)]


def test_a_picture_loses_everything_it_tells_about_the_person(store: Folder) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Owen's telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 43.0, 44.0), 3: "W", 4: (73.0, 59.0, 19.0)})
    content = picture(exif=exif, comment=b"my home")
    assert b"Owen's telephone" in content
    assert b"my home" in content

    kept = photos.keep(content, store=store)

    for width in photos.WIDTHS:
        image = opened(store, kept, width)
        assert len(image.getexif()) == 0
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        stored = store.read(photos.file_name(kept.key, width)) or b""
        assert b"Owen" not in stored
        assert b"home" not in stored


def test_a_picture_is_turned_the_way_it_was_held(store: Folder) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held so that what was stored as left is up

    kept = photos.keep(picture(exif=exif), store=store)

    image = opened(store, kept, 800)
    assert image.size == (800, 1600)
    assert colour(image, 0.5, 0.1) == "red"
    assert colour(image, 0.5, 0.9) == "blue"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_pictures_of_every_sort_of_colour_are_taken(store: Folder, mode: str) -> None:
    image = Image.new("L", (400, 300), 200).convert(mode if mode != "I;16" else "I")
    kind = "JPEG" if mode == "CMYK" else "PNG"
    content = encoded(image.convert("I;16") if mode == "I;16" else image, kind)

    kept = photos.keep(content, store=store)

    assert opened(store, kept, 320).mode == "RGB"


def test_what_is_transparent_becomes_white(store: Folder) -> None:
    clear = Image.new("RGBA", (400, 300), (255, 0, 0, 0))

    kept = photos.keep(encoded(clear, "PNG"), store=store)

    assert opened(store, kept, 320).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_colours_of_another_profile_become_those_of_a_screen(store: Folder) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for given in (profile, b"not a profile"):
        kept = photos.keep(picture(icc_profile=given), store=store)
        assert colour(opened(store, kept, 800), 0.1, 0.5) == "red"


def test_the_same_picture_again_is_the_same_file(store: Folder) -> None:
    first, second = photos.keep(picture(), store=store), photos.keep(picture(), store=store)

    assert first == second
    assert photos.keep(picture("PNG"), store=store).key != first.key


# --- refusing


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff\xe0 not really",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"MZ" + bytes(range(256)) * 40,
        picture()[:5000],
        picture("PNG")[:-600],
        encoded(Image.new("RGB", (50, 50)), "GIF"),
        encoded(Image.new("RGB", (50, 50)), "TIFF"),
        encoded(Image.new("RGB", (50, 50)), "BMP"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_stored(store: Folder, content: bytes) -> None:
    with pytest.raises(NotAPicture) as refused:
        photos.keep(content, store=store)

    assert refused.value.field == "photo"
    assert os.listdir(store.path) == []  # noqa: PTH208 - hidden ones too


def test_pictures_damaged_at_random_are_taken_or_refused_and_never_more(store: Folder) -> None:
    chance = random.Random(7)  # noqa: S311 - the same every time
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = bytearray(picture(kind, size=(90, 60)))
        for _ in range(60):
            damaged = bytearray(whole)
            for _ in range(chance.randrange(1, 9)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            try:
                photos.keep(bytes(damaged), store=store)
            except (NotAPicture, PictureTooBig):
                continue


def test_fifty_megabytes_are_refused_before_anybody_looks_at_them(store: Folder) -> None:
    with pytest.raises(PictureTooBig):
        photos.keep(picture() + b"\0" * 50_000_000, store=store)


@pytest.mark.parametrize(("width", "height"), [(8000, 7000), (20_000, 10), (40_000, 40_000)])
def test_a_picture_that_would_unpack_to_too_much_is_refused_unopened(
    store: Folder, width: int, height: int
) -> None:
    with pytest.raises(PictureTooBig):
        photos.keep(bomb(width, height), store=store)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


# --- the photos of a space


def added(session: Session, where: Space, host: Any, key: str = STORED.key) -> UUID:
    kept = Picture(key, 1600, 900)
    made = photos.add(session, actor=host, space_id=where.id, picture=kept, now=NOW)
    return made.id


def shown(session: Session, where: Space) -> list[UUID]:
    return [photo.id for photo in queries.space(session, space_id=where.id).photos]


def test_photos_are_added_behind_arranged_and_removed(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    first, second, third = (added(session, garage, host) for _ in range(3))
    assert shown(session, garage) == [first, second, third]

    order = [third, first, second]
    photos.arrange(session, actor=host, space_id=garage.id, photo_ids=order)
    assert shown(session, garage) == order

    photos.remove(session, actor=host, space_id=garage.id, photo_id=first)
    assert shown(session, garage) == [third, second]
    fourth = added(session, garage, host)
    assert shown(session, garage) == [third, second, fourth]


def test_captions_are_changed_while_photos_are_arranged(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    first, second = (added(session, garage, host) for _ in range(2))
    asked: dict[str, Any] = {"actor": host, "space_id": garage.id}

    photos.arrange(session, photo_ids=[second, first], captions={first: " The ramp "}, **asked)
    photos.arrange(session, photo_ids=[first, second], captions={second: "The door"}, **asked)
    seen = queries.space(session, space_id=garage.id).photos
    assert [(photo.id, photo.caption) for photo in seen] == [
        (first, "The ramp"),
        (second, "The door"),
    ]
    with pytest.raises(TextTooLong):
        photos.arrange(session, photo_ids=[first, second], captions={first: "x" * 201}, **asked)


def test_a_space_has_at_most_twelve_photos(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    for _ in range(12):
        added(session, garage, host)

    with pytest.raises(TooManyPhotos):
        added(session, garage, host)


def test_a_stranger_changes_no_photos(session: Session) -> None:
    host, stranger = owen(session), sam(session)
    garage = space(session, host)
    draft = space(session, host, status=SpaceStatus.DRAFT)
    photo = added(session, garage, host)

    with pytest.raises(NotTheHost):
        added(session, garage, stranger)
    with pytest.raises(NotTheHost):
        photos.remove(session, actor=stranger, space_id=garage.id, photo_id=photo)
    with pytest.raises(NotTheHost):
        photos.arrange(session, actor=stranger, space_id=garage.id, photo_ids=[photo])
    with pytest.raises(SpaceNotFound):
        added(session, draft, stranger)
    assert shown(session, garage) == [photo]


def test_photos_of_another_space_cannot_be_reached_through_ones_own(session: Session) -> None:
    host = owen(session)
    mine, other = space(session, host), space(session, host)
    photo = added(session, other, host)

    with pytest.raises(PhotoNotFound):
        photos.remove(session, actor=host, space_id=mine.id, photo_id=photo)
    with pytest.raises(PhotoNotFound):
        photos.arrange(session, actor=host, space_id=mine.id, photo_ids=[photo])
    with pytest.raises(PhotoNotFound):
        photos.arrange(session, actor=host, space_id=other.id, photo_ids=[photo, photo])
    with pytest.raises(PhotoNotFound):
        photos.remove(session, actor=host, space_id=other.id, photo_id=new_id())
    assert shown(session, other) == [photo]


@pytest.mark.parametrize(("caption", "error"), [("x" * 201, TextTooLong), ("a\0b", BadText)])
def test_a_caption_is_a_short_line(session: Session, caption: str, error: type[Exception]) -> None:
    host = owen(session)
    garage = space(session, host)

    with pytest.raises(error):
        photos.add(
            session, actor=host, space_id=garage.id, picture=STORED, caption=caption, now=NOW
        )


# --- tidying up


def test_pictures_that_no_row_names_go_after_a_day(session: Session, store: Folder) -> None:
    host = owen(session)
    garage = space(session, host)
    used = photos.keep(picture(), store=store)
    unused = photos.keep(picture("PNG"), store=store)
    added(session, garage, host, key=used.key)
    now = datetime.now(UTC)

    def in_use() -> set[str]:
        return photos.keys(session)

    assert photos.tidy(used=in_use, now=now, store=store) == 0
    assert photos.tidy(used=in_use, now=now + timedelta(hours=25), store=store) == 3
    assert store.read(photos.file_name(unused.key, 320)) is None
    assert store.read(photos.file_name(used.key, 320)) is not None
