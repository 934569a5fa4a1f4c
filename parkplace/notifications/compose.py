"""Messages made into letters: a subject, a text, the same in HTML, and what is attached."""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from parkplace.accounts.models import HourCycle
from parkplace.core.links import link
from parkplace.core.money import Money
from parkplace.core.texts import one_line
from parkplace.notifications import words
from parkplace.notifications.appointment import appointment
from parkplace.notifications.messages import Cancelled, Changed, Confirmed, Message, Stay

_TEMPLATES = Path(__file__).parent / "templates"
_SEVERAL_LINES = {"instructions", "why"}
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail as it will be stored; attachments are `{"filename", "content_type", "text"}`."""

    subject: str
    text: str
    html: str
    attachments: tuple[dict[str, str], ...] = ()


def compose(
    message: Message, *, now: datetime, locale: str = "en_US", hours: HourCycle = HourCycle.AUTO
) -> Letter:
    """Return the letter that says a message.

    Everything a person typed is put on one line first, so a title cannot start a header, a second
    paragraph or a calendar field; HTML is escaped by the template.

    Args:
        message: What to say.
        now: The current instant, which calendars want to know.
        locale: How the reader writes dates and money.
        hours: How the reader reads a clock.
    """
    said = _tidied(message)
    values = {field.name: getattr(said, field.name) for field in fields(said)}
    in_words = _in_words(locale, hours)
    text = _environment().get_template(f"{said.kind}.txt").render(**values, **in_words)
    html = _environment().get_template(f"{said.kind}.html").render(**values, **in_words)
    # The first line of the text template is the subject.
    subject, _, body = text.partition("\n")
    body = re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"
    return Letter(one_line(subject), body, html, _attachments(said, now=now))


def _attachments(message: Message, *, now: datetime) -> tuple[dict[str, str], ...]:
    if not isinstance(message, Confirmed | Changed | Cancelled):
        return ()
    off = isinstance(message, Cancelled)
    method = "CANCEL" if off else "PUBLISH"
    ics = appointment(message.stay, url=message.url, now=now, cancelled=off)
    content_type = f"text/calendar; method={method}; charset=utf-8"
    return ({"filename": "parking.ics", "content_type": content_type, "text": ics},)


def _tidied(value: _Value) -> _Value:
    """Return a message with every text in it on one line, but those that may have several."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    tidy: dict[str, Any] = {}
    for field in fields(value):
        given = getattr(value, field.name)
        if isinstance(given, str):
            lines = given.splitlines() if field.name in _SEVERAL_LINES else [given]
            tidy[field.name] = "\n".join(line for line in map(one_line, lines) if line)
        elif isinstance(given, tuple):
            tidy[field.name] = tuple(_tidied(item) for item in given)
        elif not isinstance(given, Money):
            tidy[field.name] = _tidied(given)
    return replace(value, **tidy)


def _in_words(locale: str, hours: HourCycle) -> dict[str, Any]:
    def span(stay: Stay) -> str:
        return words.span(stay.period, timezone=stay.timezone, locale=locale, hours=hours)

    def moment(at: datetime, stay: Stay) -> str:
        return words.moment(at, timezone=stay.timezone, locale=locale, hours=hours)

    def utc(at: datetime) -> str:
        return words.moment(at, timezone="UTC", locale=locale)

    return {
        "home": link("/"),
        "span": span,
        "moment": moment,
        "utc": utc,
        "length": lambda stay: words.length(stay.period),
        "money": partial(Money.text, locale=locale),
        "whose_clock": lambda stay: words.whose_clock(stay.timezone, locale=locale),
    }


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
