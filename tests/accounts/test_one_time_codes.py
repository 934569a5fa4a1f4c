from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pyotp
import pytest

from parkplace.accounts.one_time_codes import (
    SECONDS,
    code_at,
    matching_step,
    new_secret,
    qr_svg,
    step_at,
    uri,
)
from tests.accounts.people import NOW

# RFC 6238, appendix B, SHA-1; the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert code_at(RFC_SECRET, step_at(now)) == code
    assert matching_step(RFC_SECRET, code, now=now) == seconds // SECONDS


@pytest.mark.parametrize(("ahead", "accepted"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_a_code_of_the_half_minute_before_or_after_will_do(ahead: int, accepted: int) -> None:
    step = step_at(NOW) + ahead
    found = matching_step(RFC_SECRET, code_at(RFC_SECRET, step), now=NOW)
    assert found == (step if accepted else None)


@pytest.mark.parametrize("typed", ["", "x", "é", "12345", "1234567", "١٢٣٤٥٦", "\ud7ff" * 6])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert matching_step(RFC_SECRET, typed, now=NOW) is None


def test_secrets_are_long_and_new_each_time() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(secret) == 32 for secret in secrets)  # 160 bits, as RFC 4226 recommends


def test_an_app_reads_from_the_address_what_we_mean() -> None:
    secret = new_secret()
    address = uri(secret, email="dana+x@example.com")
    parts = urlsplit(address)
    said = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert (said["secret"], said["issuer"]) == ([secret], ["Park Place"])
    app = pyotp.parse_uri(address)
    assert isinstance(app, pyotp.totp.TOTP)
    assert app.name == "dana+x@example.com"
    at = NOW + timedelta(hours=5)
    assert app.at(at) == code_at(secret, step_at(at))


def test_the_picture_is_one_svg_element_that_can_be_read_in_the_dark() -> None:
    drawn = ET.fromstring(qr_svg(uri(new_secret(), email="dana@example.com")))  # noqa: S314
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "viewBox" in drawn.attrib
    assert {"width", "height"}.isdisjoint(drawn.attrib)
    assert drawn[0].text == "QR code for your authenticator app"
    colours = {
        value for element in drawn.iter() for name, value in element.attrib.items()
        if name in {"fill", "stroke"}
    }  # fmt: skip
    assert colours == {"#fff", "#171717"}
