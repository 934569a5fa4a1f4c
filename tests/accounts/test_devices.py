from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from parkplace.accounts.devices import JUST_SIGNED_UP, REMEMBERED, in_words, see, tidy
from parkplace.accounts.models import SeenDevice, User
from parkplace.accounts.origin import Origin
from tests.accounts.people import NOW, person

DAY = timedelta(days=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
)
MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.1 Safari/605.1.15"
)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (FIREFOX.replace("145", "146"), "Firefox on Linux"),
        (SAFARI, "Safari on an iPhone"),
        (SAFARI.replace("iPhone;", "iPad;"), "Safari on an iPhone"),
        (SAFARI.replace("iPhone", "iPad"), "Safari on an iPad"),
        (SAFARI.replace("Version/19.1", "CriOS/142.0"), "Chrome on an iPhone"),
        (SAFARI.replace("Version/19.1", "FxiOS/145.0"), "Firefox on an iPhone"),
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/142.0.0.0", "Edge on Windows"),
        (f"{CHROME} OPR/124.0.0.0", "Opera on Windows"),
        (CHROME.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64"), "Chrome on ChromeOS"),
        (CHROME.replace("Windows NT 10.0; Win64; x64", "Linux; Android 15"), "Chrome on Android"),
        (SAMSUNG, "Samsung Internet on Android"),
        (MAC, "Safari on a Mac"),
        ("Mozilla/5.0 (Nintendo Switch) Something/1", "A browser"),
        ("curl/8.16.0", "curl"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("okhttp/5.1 (x)", "okhttp"),
        ("PostmanRuntime/7.49", "PostmanRuntime"),
        ("", "An unknown device"),
        ("<b>Call 555-0100</b>", "An unknown device"),
        ("a" * 200, "An unknown device"),
    ],
)
def test_a_device_in_words(device: str, words: str) -> None:
    assert in_words(device) == words


@given(st.text())
def test_whatever_a_program_calls_itself_the_words_are_short_and_plain(device: str) -> None:
    for said in (in_words(device), in_words(f"Mozilla/5.0 ({device}) Chrome/1")):
        assert 1 <= len(said) <= 40
        assert said.isascii()
        assert said.isprintable()
        assert not set(said) & set("<>&/:\"'@")


def origin(address: str = "203.0.113.7", device: str = FIREFOX) -> Origin:
    return Origin.of(address=address, device=device)


def settled(session: Session) -> User:
    """Dana, who has been here for a while and signs in from home."""
    dana = person(session, "Dana")
    dana.created_at = NOW - 400 * DAY
    see(session, user=dana, origin=origin(), now=NOW - DAY)
    return dana


def test_the_place_where_somebody_signed_up_is_no_news(session: Session) -> None:
    dana = person(session, "Dana")
    assert see(session, user=dana, origin=origin(), now=NOW + JUST_SIGNED_UP / 2) is None
    assert see(session, user=dana, origin=origin(), now=NOW + 2 * DAY) is None


def test_the_first_sign_in_long_after_signing_up_is_news(session: Session) -> None:
    dana = person(session, "Dana")
    assert see(session, user=dana, origin=origin(), now=NOW + JUST_SIGNED_UP) is not None


@pytest.mark.parametrize(
    "elsewhere",
    [
        origin(address="198.51.100.7"),
        origin(device=SAFARI),
        origin(address="2001:db8::1", device="curl/8"),
    ],
)
def test_another_device_or_another_network_is_news_once(
    session: Session, elsewhere: Origin
) -> None:
    dana = settled(session)
    place = see(session, user=dana, origin=elsewhere, now=NOW)
    assert place is not None
    assert (place.device, place.network) == (in_words(elsewhere.device), elsewhere.network)
    assert see(session, user=dana, origin=elsewhere, now=NOW) is None


def test_a_newer_browser_or_a_neighbouring_address_is_no_news(session: Session) -> None:
    dana = settled(session)
    newer = FIREFOX.replace("145", "146")
    assert see(session, user=dana, origin=origin("203.0.113.250", newer), now=NOW) is None


def test_what_was_not_seen_for_ninety_days_is_news_again(session: Session) -> None:
    dana = settled(session)
    see(session, user=dana, origin=origin(device=SAFARI), now=NOW)
    almost = NOW + REMEMBERED - DAY
    assert see(session, user=dana, origin=origin(), now=almost - DAY) is None
    assert see(session, user=dana, origin=origin(), now=almost) is None
    tidy(session, now=almost)
    assert len(session.exec(select(SeenDevice)).all()) == 2
    tidy(session, now=NOW + REMEMBERED)
    assert len(session.exec(select(SeenDevice)).all()) == 1
    late = NOW + REMEMBERED + DAY
    assert see(session, user=dana, origin=origin(device=SAFARI), now=late) is not None


def test_what_one_person_uses_is_news_to_another(session: Session) -> None:
    settled(session)
    sam = person(session, "Sam")
    sam.created_at = NOW - 400 * DAY
    assert see(session, user=sam, origin=origin(), now=NOW) is not None


def test_nothing_readable_is_kept(session: Session) -> None:
    settled(session)
    kept = str(session.exec(select(SeenDevice)).one().model_dump())
    assert "Firefox" not in kept
    assert "203.0.113" not in kept


def test_a_place_used_every_day_is_written_down_once_a_day_and_stays_known(
    session: Session,
) -> None:
    dana = person(session, "Dana")
    phone = Origin(device=SAFARI, network="192.0.2.0/24")
    see(session, user=dana, origin=phone, now=NOW)

    def seen_at() -> datetime:
        session.expire_all()
        return session.exec(select(SeenDevice.seen_at)).one()

    for hours, noted in ((23, 0), (24, 24), (47, 24)):
        moment = NOW + timedelta(hours=hours)
        assert see(session, user=dana, origin=phone, now=moment) is None
        assert seen_at() == NOW + timedelta(hours=noted)
