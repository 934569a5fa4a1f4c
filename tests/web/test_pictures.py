import asyncio
import io
from pathlib import Path

import pytest
import reflex as rx
from PIL import Image

from parkplace.core.files import files
from parkplace.core.limits import UPLOAD, TooMany
from parkplace.core.pictures import BYTES_MOST, NotAPicture, PictureTooBig
from parkplace.web import pictures


def upload(content: bytes, *, size: int | None = None) -> rx.UploadFile:
    return rx.UploadFile(file=io.BytesIO(content), path=Path("a.jpg"), size=size)


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1000, 500), "red").save(made, "JPEG")
    return made.getvalue()


def test_a_picture_is_stored_in_every_width_and_served_from_its_address() -> None:
    kept = asyncio.run(pictures.keep(upload(jpeg()), network="good"))

    assert (kept.width, kept.height) == (1000, 500)
    for width in (pictures.SMALL, pictures.MIDDLE, pictures.LARGE):
        folder, _, name = pictures.address(kept.key, width=width).rpartition("/")
        assert folder == "/photos"
        assert files().read(name)


def test_what_a_browser_says_of_the_size_is_not_believed() -> None:
    with pytest.raises(PictureTooBig):
        asyncio.run(pictures.keep(upload(jpeg() + b"\0" * BYTES_MOST, size=3), network="liar"))


def test_what_is_no_picture_is_refused() -> None:
    for content in (b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff"):
        with pytest.raises(NotAPicture):
            asyncio.run(pictures.keep(upload(content), network="odd"))


def test_an_upload_without_a_file_is_refused() -> None:
    with pytest.raises(pictures.NoPicture):
        asyncio.run(pictures.keep_one([], network="empty"))


def test_one_network_sends_only_so_many() -> None:
    for _ in range(UPLOAD.amount):
        with pytest.raises(NotAPicture):
            asyncio.run(pictures.keep(upload(b""), network="flood"))
    with pytest.raises(TooMany):
        asyncio.run(pictures.keep(upload(jpeg()), network="flood"))
