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


def verify_email_path(token: str) -> str:
    """Return the page on which somebody says that an address is theirs."""
    return f"/verify-email/{token}"


def confirm_email_path(token: str) -> str:
    """Return the page on which an address agrees to an account's move, or stops it."""
    return f"/confirm-email/{token}"


def reset_password_path(token: str) -> str:
    """Return the page on which somebody chooses a new password."""
    return f"/reset-password/{token}"


def forgot_password_path() -> str:
    """Return the page that sends a link to the one before."""
    return "/forgot-password"


def account_path() -> str:
    """Return the page of one's own account."""
    return "/account"


def safety_path() -> str:
    """Return the page of how one signs in to one's account, and where."""
    return "/account/safety"


def cards_path() -> str:
    """Return the page of the cards that one's account keeps."""
    return "/account/cards"


def sign_in_path(*, then: str, **more: str) -> str:
    """Return the sign-in page, which goes on to a path of ours afterwards.

    Args:
        then: That path.
        more: What else the page is told, such as `problem`: the code of what went wrong.
    """
    return "/sign-in?" + urlencode({"then": local_path(then)} | more)


def openid_path(provider: str, step: str) -> str:
    """Return an address of signing in through a provider: its `login`, or its `callback`."""
    return f"/api/v1/auth/oidc/{provider}/{step}"


def local_path(path: str) -> str:
    """Return `path` when it is a place on this site, and the map when it is anything else.

    A link from outside must not be able to send somebody who just signed in elsewhere: browsers
    read `//host`, and a backslash in a path, as another site.
    """
    ours = path.startswith("/") and not path.startswith("//")
    plain = "\\" not in path and all(" " <= sign != "\x7f" for sign in path)
    return path if ours and plain else "/"
