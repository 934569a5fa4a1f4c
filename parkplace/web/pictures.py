"""Pictures people send to a page."""

import reflex as rx

from parkplace.core import limits
from parkplace.core.errors import Invalid
from parkplace.core.pictures import BYTES_MOST, PictureTooBig, file_name
from parkplace.spaces import photos
from parkplace.spaces.photos import Picture
from parkplace.web.run import aside

SMALL, MIDDLE, LARGE = photos.WIDTHS


class NoPicture(Invalid):
    """Raised when an upload carries no file."""

    code = "no_picture"


def address(key: str, *, width: int = SMALL) -> str:
    """Return where a stored picture is served from."""
    return f"/photos/{file_name(key, width)}"


async def keep(file: rx.UploadFile, *, network: str) -> Picture:
    """Check a picture that was sent, make it small, and store it.

    What a browser says about a file is a claim: never more is read than a picture may have.

    Args:
        file: What was sent.
        network: Whose uploads are counted together, from `limits.network`.

    Raises:
        TooMany: Too many came from this network.
        NotAPicture, PictureTooBig: It cannot be taken.
    """
    await aside(lambda: limits.hit(limits.UPLOAD, network))
    content = await file.read(BYTES_MOST + 1)
    if len(content) > BYTES_MOST:
        raise PictureTooBig("A picture has at most 10 MB. Choose a smaller one.", field="photo")
    return await aside(lambda: photos.keep(content))


async def keep_one(files: list[rx.UploadFile], *, network: str) -> Picture:
    """Do the same for a field that takes one file.

    Raises:
        NoPicture: None was sent.
        As `keep` does.
    """
    if not files:
        raise NoPicture("No picture arrived. Choose it again.", field="photo")
    return await keep(files[0], network=network)
