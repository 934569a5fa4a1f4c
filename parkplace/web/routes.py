"""Every URL of the pages, spelled once, and the functions that fill them in."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode
from uuid import UUID

from parkplace.core.links import local_path, openid_path

# Pages. `[name]` is a part that the URL fills in.
MAP = "/"
SPACE = "/spaces/[space_id]"
ADD_SPACE = "/spaces/add"
BOOKINGS = "/bookings"
BOOKING = "/bookings/[booking_id]"
GUEST_BOOKING = "/g/[token]"
HOST = "/host"
MESSAGES = "/messages"
REPORT = "/report"
REPORT_STATUS = "/report/status/[token]"
ACCOUNT = "/account"
ACCOUNT_SAFETY = "/account/safety"
ACCOUNT_VEHICLES = "/account/vehicles"
ACCOUNT_CARDS = "/account/cards"
ACCOUNT_MAIL = "/account/mail"
ACCOUNT_DATA = "/account/data"
SIGN_IN = "/sign-in"
SIGN_UP = "/sign-up"
FORGOT_PASSWORD = "/forgot-password"  # noqa: S105 - an address
RESET_PASSWORD = "/reset-password/[token]"  # noqa: S105
VERIFY_EMAIL = "/verify-email/[token]"
CONFIRM_EMAIL = "/confirm-email/[token]"
ADMIN = "/admin"
GALLERY = "/dev/gallery"
GALLERY_MAP = "/dev/gallery/map"
MAILBOX = "/dev/mailbox"

# What the pages fetch besides themselves.
MAP_DOCUMENT = "/map/document"
MAP_STREETS = "/map/streets"
MAP_FILES = "/map"
LIVE = "/live"
SESSION = "/auth/session"
SIGN_OUT = "/auth/sign-out"
API_DOCS = "/api/docs"
EXPORT = "/api/v1/auth/me/export"


def with_query(path: str, query: Mapping[str, str]) -> str:
    """Return a path with a query string, without the parameters that are empty."""
    filled = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(filled)}" if filled else path


def space(space_id: UUID | str, *, starts: str = "", ends: str = "") -> str:
    """Return the page of a space, with the wall time of a stay (`YYYY-MM-DDTHH:MM`) if given."""
    path = SPACE.replace("[space_id]", quote(str(space_id), safe=""))
    return with_query(path, {"from": starts, "until": ends})


def booking(booking_id: UUID | str) -> str:
    """Return the page of a signed-in person's booking."""
    return BOOKING.replace("[booking_id]", quote(str(booking_id), safe=""))


def guest_booking(token: str) -> str:
    """Return the page of a guest's booking, opened by its unguessable token."""
    return GUEST_BOOKING.replace("[token]", quote(token, safe=""))


def report_status(token: str) -> str:
    """Return the page that says what became of a report."""
    return REPORT_STATUS.replace("[token]", quote(token, safe=""))


def verify_email(token: str) -> str:
    """Return the page behind a letter's link on which somebody verifies their address."""
    return VERIFY_EMAIL.replace("[token]", quote(token, safe=""))


def confirm_email(token: str) -> str:
    """Return the page behind a letter's link on which an address agrees to an account's move."""
    return CONFIRM_EMAIL.replace("[token]", quote(token, safe=""))


def reset_password(token: str) -> str:
    """Return the page behind a letter's link on which somebody chooses a new password."""
    return RESET_PASSWORD.replace("[token]", quote(token, safe=""))


def log_before(entry: str) -> str:
    """Return one's data page with the log's entries that are older than `entry`."""
    return with_query(ACCOUNT_DATA, {"before": entry})


def sign_in(*, then: str = "") -> str:
    """Return the sign-in page, which goes on to the path `then` afterwards."""
    return with_query(SIGN_IN, {"then": local_path(then) if then else ""})


def sign_up(*, then: str = "") -> str:
    """Return the sign-up page, which goes on to the path `then` afterwards."""
    return with_query(SIGN_UP, {"then": local_path(then) if then else ""})


def openid(provider: str, *, then: str) -> str:
    """Return the address that leads to signing in through a provider, and on to `then`."""
    return with_query(openid_path(provider, "login"), {"then": local_path(then)})


def session(code: str, *, then: str = MAP) -> str:
    """Return the address that exchanges a one-time code for the session cookie."""
    return with_query(SESSION, {"code": code, "then": local_path(then)})
