from uuid import uuid4

import pytest

from parkplace.core import links
from parkplace.web import routes


def test_addresses_in_mails_lead_to_the_pages() -> None:
    number = uuid4()
    assert links.space_path(number) == routes.space(number)
    assert links.booking_path(number) == routes.booking(number)
    assert links.guest_path("a-token") == routes.guest_booking("a-token")
    assert links.report_path("a-token") == routes.report_status("a-token")
    assert links.verify_email_path("a-token") == routes.verify_email("a-token")
    assert links.confirm_email_path("a-token") == routes.confirm_email("a-token")
    assert links.reset_password_path("a-token") == routes.reset_password("a-token")
    assert links.forgot_password_path() == routes.FORGOT_PASSWORD


def test_a_stay_travels_in_the_address_of_a_space() -> None:
    address = routes.space("abc", starts="2026-11-21T18:00", ends="2026-11-21T21:00")
    assert address == "/spaces/abc?from=2026-11-21T18%3A00&until=2026-11-21T21%3A00"


def test_empty_parameters_are_left_out() -> None:
    assert routes.with_query("/", {"q": "", "lat": ""}) == "/"
    assert routes.with_query("/", {"q": "a b&c", "lat": ""}) == "/?q=a+b%26c"


def test_an_id_cannot_break_out_of_its_place() -> None:
    assert routes.booking("../admin?x=1") == "/bookings/..%2Fadmin%3Fx%3D1"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(elsewhere: str) -> None:
    assert routes.session("code", then=elsewhere) == "/auth/session?code=code&then=%2F"
    assert routes.sign_in(then=elsewhere) == "/sign-in?then=%2F"


def test_every_address_is_spelled_once() -> None:
    spelled = [value for name, value in vars(routes).items() if name.isupper()]
    assert len(spelled) == len(set(spelled))
