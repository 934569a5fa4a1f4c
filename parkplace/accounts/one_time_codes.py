"""Codes of an authenticator app (TOTP, RFC 6238): six digits, new every half minute; all pure."""

import hmac
from datetime import datetime
from io import BytesIO

import segno
from pyotp import random_base32
from pyotp.totp import TOTP

SECONDS, DIGITS = 30, 6
_SLACK = 1  # steps before and after: the clock of a phone, and the time it takes to type
_ISSUER = "Park Place"


def new_secret() -> str:
    """Return 160 random bits in base 32, as apps take them."""
    return random_base32()


def uri(secret: str, *, email: str) -> str:
    """Return what the QR code says: the secret, and what the app calls it."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG element, dark on light in any theme, as large as its box."""
    drawn = BytesIO()
    segno.make(text, error="m").save(
        drawn,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        dark="#171717",
        light="#ffffff",
        title="QR code for your authenticator app",
    )
    return drawn.getvalue().decode().strip()


def step_at(now: datetime) -> int:
    """Return the half minute of an instant, counted from 1970."""
    return int(now.timestamp()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the code of one half minute."""
    return TOTP(secret).generate_otp(step)


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the half minute whose code this is: this one, or the one before or after; else None.

    The latest of several, so that taking it spends the code for all of them. How long it takes
    does not depend on the code.
    """
    current, found, typed = step_at(now), None, code.encode(errors="surrogatepass")
    for step in range(current - _SLACK, current + _SLACK + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed):
            found = step
    return found
