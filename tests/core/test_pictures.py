import io

import pytest
from PIL import Image

from parkplace.core.pictures import NotAPicture, decoded, square, webp


def drawn(size: tuple[int, int], kind: str = "PNG", **saved: object) -> bytes:
    """A picture that is red in its middle third and blue beside it."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (size[0] // 3, 0, 2 * size[0] // 3, size[1]))
    made = io.BytesIO()
    image.save(made, kind, **saved)
    return made.getvalue()


@pytest.mark.parametrize(
    ("size", "side"), [((900, 300), 128), ((300, 900), 128), ((90, 60), 60), ((1, 500), 1)]
)
def test_a_square_is_the_middle_and_never_larger_than_there_is(
    size: tuple[int, int], side: int
) -> None:
    made = square(decoded(drawn(size), side=128), 128)
    assert made.size == (side, side)
    if size == (900, 300):
        assert made.getpixel((2, 64)) == (255, 0, 0)


def test_what_is_written_says_nothing_but_what_is_seen() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Dana at home"
    exif.get_ifd(0x8825)[1] = "N"
    kept = webp(decoded(drawn((200, 100), "JPEG", exif=exif), side=100))
    assert b"Dana" not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert dict(opened.getexif()) == {}


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(NotAPicture):
        decoded(b"%PDF-1.7 no picture", side=100)
