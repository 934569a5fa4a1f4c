"""Addresses that leave the site: in e-mails, and in what Stripe sends people back to."""

from urllib.parse import urlencode
from uuid import UUID

from parkplace.core.settings import get_settings


def link(path: str) -> str:
    """Return the public address of a path of ours."""
    return get_settings().public_url.rstrip("/") + path


def booking_path(booking_id: UUID) -> str:
    """Return the page of a booking, for its signed-in driver or host."""
    return f"/bookings/{booking_id}"


def guest_path(token: str) -> str:
    """Return the page of a guest's booking; the token is their right to it."""
    return f"/g/{token}"


def report_path(token: str) -> str:
    """Return the page that says what became of a report."""
    return f"/report/status/{token}"


def space_path(space_id: UUID) -> str:
    """Return the page of a space."""
    return f"/spaces/{space_id}"


def photo_path(file_name: str) -> str:
    """Return the address of one of a picture's files, such as `<key>-320.webp`."""
    return f"/photos/{file_name}"


def account_path() -> str:
    """Return the page of one's own account."""
    return "/account"


def sign_in_path(*, then: str) -> str:
    """Return the sign-in page, which goes on to a path of ours afterwards."""
    return "/sign-in?" + urlencode({"then": local_path(then)})


def local_path(path: str) -> str:
    """Return `path` when it is a place on this site, and the map when it is anything else.

    A link from outside must not be able to send somebody who just signed in elsewhere: browsers
    read `//host`, and a backslash in a path, as another site.
    """
    ours = path.startswith("/") and not path.startswith("//")
    plain = "\\" not in path and all(" " <= sign != "\x7f" for sign in path)
    return path if ours and plain else "/"
