"""What people sign in with, in words, and whether it was seen before.

Words come from a few lines of our own. The libraries that read `User-Agent` carry up to 2 MB of
expressions to tell apart thousands of telephones and robots, want to be updated for it, and their
answers change with each version. A person needs to recognise their own device: browser and system
are enough for that, and what is not known is named as it names itself.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, delete, select

from parkplace.accounts.models import SeenDevice, User
from parkplace.accounts.origin import Origin
from parkplace.core.ids import token_hash

REMEMBERED = timedelta(days=90)
NOTED_EVERY = timedelta(days=1)
JUST_SIGNED_UP = timedelta(days=1)

# Browsers call themselves by the names of all those before them: the first that fits is the one.
_BROWSERS = (
    (re.compile(r"Edg(e|A|iOS)?/"), "Edge"),
    (re.compile(r"(OPR|OPT|OPiOS|Opera)[/ ]"), "Opera"),
    (re.compile(r"SamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"Vivaldi/"), "Vivaldi"),
    (re.compile(r"(DuckDuckGo|Ddg)/"), "DuckDuckGo"),
    (re.compile(r"(Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"(Chrome|Chromium|CriOS|HeadlessChrome)/"), "Chrome"),
    (re.compile(r"Version/[\d.]+ .*Safari/"), "Safari"),
)
_SYSTEMS = (
    (re.compile(r"iPhone|iPod"), "an iPhone"),
    (re.compile(r"iPad"), "an iPad"),
    (re.compile(r"Android"), "Android"),
    (re.compile(r"CrOS"), "ChromeOS"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"Macintosh|Mac OS X"), "a Mac"),
    (re.compile(r"Linux|X11"), "Linux"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,29}(?=[/ ]|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """A device in words and a range of network addresses."""

    device: str
    network: str

    @property
    def digest(self) -> str:
        """What is kept of it: enough to know it again, and nothing to read."""
        return token_hash(f"{self.device}\n{self.network}")


def in_words(device: str) -> str:
    """Return what a `User-Agent` means: `Firefox on Linux`, `curl`, or `An unknown device`.

    Whoever signs in may send any text, and a letter repeats this: only words of ours and short
    names of programs come out.
    """
    if device.startswith("Mozilla/"):
        browser = next((name for sign, name in _BROWSERS if sign.search(device)), "A browser")
        system = next((name for sign, name in _SYSTEMS if sign.search(device)), "")
        return f"{browser} on {system}" if system else browser
    program = _PROGRAM.match(device)
    return program[0] if program else "An unknown device"


def see(session: Session, *, user: User, origin: Origin, now: datetime) -> Place | None:
    """Remember from where somebody signs in; return it when its owner should hear of it.

    That is a place that was not seen for 90 days. The first one of somebody who has just signed up
    is their own.
    """
    place = Place(in_words(origin.device), origin.network)
    found = session.exec(
        select(SeenDevice.digest, SeenDevice.seen_at).where(
            col(SeenDevice.user_id) == user.id, col(SeenDevice.seen_at) > now - REMEMBERED
        )
    ).all()
    known = dict(found)
    if place.digest not in known or known[place.digest] <= now - NOTED_EVERY:
        row = {"user_id": user.id, "digest": place.digest, "seen_at": now}
        session.exec(
            insert(SeenDevice)
            .values(**row)
            .on_conflict_do_update(index_elements=["user_id", "digest"], set_={"seen_at": now})
        )
    first = not known and user.created_at > now - JUST_SIGNED_UP
    return None if first or place.digest in known else place


def tidy(session: Session, *, now: datetime) -> None:
    """Forget what was not seen for 90 days."""
    session.exec(delete(SeenDevice).where(col(SeenDevice.seen_at) <= now - REMEMBERED))
