"""Pictures people send: checked, decoded, stripped of what they tell, and made small."""

import io

from PIL import Image, ImageCms, ImageOps

from parkplace.core.errors import Invalid

BYTES_MOST = 10_000_000
PIXELS_MOST = 50_000_000
SIDE_MOST = 16_383  # the longest side that WebP knows
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")


class NotAPicture(Invalid):
    """Raised for a file that is not a JPEG, PNG or WebP picture, whatever it is called."""

    code = "not_a_picture"


class PictureTooBig(Invalid):
    """Raised for a picture of too many bytes or pixels."""

    code = "picture_too_big"


def file_name(key: str, width: int) -> str:
    """Return the name of one of a picture's files."""
    return f"{key}-{width}.webp"


def decoded(content: bytes, *, side: int) -> Image.Image:
    """Return a picture turned the way it was held, in the colours screens show, without its EXIF.

    Args:
        content: What was uploaded: JPEG, PNG or WebP, up to 10 MB and 50 megapixels.
        side: The longest side that is wanted of it, in pixels; it may come out larger.

    Raises:
        NotAPicture, PictureTooBig: It cannot be taken.
    """
    if len(content) > BYTES_MOST:
        raise PictureTooBig("A picture has at most 10 MB. Choose a smaller one.", field="photo")
    try:
        # Reads the head only; what the picture would unpack to is known before anything is.
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            _refuse_too_large(opened.width, opened.height)
            # Lets JPEG decode at a half or a quarter when that is still more than enough.
            opened.draft("RGB", (2 * side, 2 * side))
            opened.load()
            return _upright_rgb(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Invalid:
        raise
    except Exception as error:  # decoders fail in as many ways as files are broken
        raise NotAPicture(
            "This file is not a JPEG, PNG or WebP picture, or it is damaged. Choose another one.",
            field="photo",
        ) from error


def at_most(image: Image.Image, width: int) -> Image.Image:
    """Return a picture no wider than `width`; a smaller one stays as it is."""
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def square(image: Image.Image, side: int) -> Image.Image:
    """Return the middle of a picture as a square of `side` pixels, or fewer when it has fewer."""
    least = min(image.width, image.height)
    left, top = (image.width - least) // 2, (image.height - least) // 2
    return at_most(image.crop((left, top, left + least, top + least)), side)


def webp(image: Image.Image, *, quality: int = QUALITY) -> bytes:
    """Return a picture as a WebP file that says nothing but what is seen."""
    made = io.BytesIO()
    image.save(made, "WEBP", quality=quality, method=4)
    return made.getvalue()


def _refuse_too_large(width: int, height: int) -> None:
    if width * height > PIXELS_MOST or max(width, height) > SIDE_MOST:
        raise _too_large()


def _too_large() -> PictureTooBig:
    return PictureTooBig(
        "A picture has at most 50 megapixels. Choose a smaller one.", field="photo"
    )


def _upright_rgb(opened: Image.Image) -> Image.Image:
    profile = opened.info.get("icc_profile")
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in {"RGBA", "LA", "PA", "P"}:
        # What is transparent becomes the white of paper.
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear.getchannel("A"))
    elif profile and upright.mode in {"RGB", "CMYK"}:
        upright = _as_srgb(upright, profile)
    rgb = upright.convert("RGB")
    rgb.info.clear()
    return rgb


def _as_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in the colours every screen shows; telephones often use wider ones."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, given, srgb, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        return image
