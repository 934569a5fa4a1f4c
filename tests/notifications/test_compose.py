from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.notifications.compose import Letter, compose
from parkplace.notifications.messages import (
    Cancelled,
    Changed,
    Confirmed,
    Declined,
    Ended,
    Message,
    PaymentFailed,
    Requested,
)
from tests.notifications.letters import CARD, COST, EVERY_KIND, FREE, NOW, STAY, URL

NARROW = "\N{NARROW NO-BREAK SPACE}"
KINDS = pytest.mark.parametrize("message", EVERY_KIND, ids=lambda message: message.kind)


class Seen(HTMLParser):
    """What a mail program would show of a page: its words, its links, its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.elements: set[str] = set()
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self._open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def written(message: Message, locale: str = "en_US") -> Letter:
    return compose(message, now=NOW, locale=locale)


@KINDS
def test_every_kind_says_the_same_in_text_and_in_html(message: Message) -> None:
    letter = written(message)
    seen = Seen(letter.html)
    assert letter.subject
    assert URL in letter.text
    assert URL in seen.links
    assert seen.elements <= {
        *("html", "head", "meta", "title", "style", "body"),
        *("div", "h1", "p", "span", "a", "br"),
    }
    for word in ("None", "{{", "}}", "{%", "Undefined", "Money(", "datetime"):
        assert word not in letter.text + seen.text
    assert "\n\n\n" not in letter.text


@KINDS
def test_every_letter_can_be_read_in_the_dark(message: Message) -> None:
    html = written(message).html
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html


def test_only_what_concerns_the_calendar_carries_an_appointment() -> None:
    for message in EVERY_KIND:
        carried = written(message).attachments
        if isinstance(message, Confirmed | Changed | Cancelled):
            (attachment,) = carried
            assert attachment["filename"] == "parking.ics"
            assert attachment["content_type"].startswith("text/calendar; method=")
            assert str(STAY.booking_id) in attachment["text"]
        else:
            assert carried == ()


def test_a_confirmed_driver_learns_all_that_matters() -> None:
    message = Confirmed(stay=STAY, cost=COST, url=URL, card=CARD, instructions="Ring.\n\nBay 2.")
    letter = written(message)
    for text in (letter.text.replace(NARROW, " "), Seen(letter.html).text.replace(NARROW, " ")):
        for fact in (
            "St Marks Place garage, bay 2",
            "12 St Marks Place, New York",
            "Sat, Nov 21, 2026, 6:00 PM",
            "3 h, New York time",
            "NY KLM4821",
            "8Q4-KX2H",
            "Ring.",
            "Bay 2.",
            "3 h at $4.00 an hour",
            "$14.00",
            CARD,
        ):
            assert fact in text
    assert letter.subject.startswith("Confirmed: St Marks Place garage, Sat, Nov 21")


def test_a_receipt_shows_lines_that_add_up() -> None:
    text = written(Ended(stay=STAY, cost=COST, url=URL, card=CARD)).text
    lines = [line.rpartition(": $") for line in text.splitlines() if ": $" in line]
    assert [name for name, _, _ in lines] == ["3 h at $4.00 an hour", "Fee", "Total, paid"]
    *parts, total = [float(amount) for _, _, amount in lines]
    assert sum(parts) == total == 14


@pytest.mark.parametrize("kind", [Confirmed, Changed, Ended])
def test_a_free_stay_speaks_of_no_card_and_no_charge(
    kind: type[Confirmed | Changed | Ended],
) -> None:
    letter = written(kind(stay=STAY, cost=FREE, url=URL))
    for text in (letter.text, Seen(letter.html).text):
        assert "3 h, free" in text
        assert "$0.00" in text
        assert "charged" not in text.lower()
        assert "Card" not in text


def test_a_host_learns_until_when_to_answer() -> None:
    asked = Requested(stay=STAY, cost=COST, url=URL, answer_by=STAY.period.starts_at)
    letter = written(asked)
    assert "Answer by Sat, Nov 21, 2026, 6:00 PM" in letter.text.replace(NARROW, " ")


def test_a_declined_driver_reads_the_reason_if_there_is_one() -> None:
    assert "The host says" not in written(Declined(stay=STAY, url=URL)).text
    assert "The host says: Full." in written(Declined(stay=STAY, url=URL, why="Full.")).text


def test_a_failed_payment_says_whether_we_try_again() -> None:
    last = PaymentFailed(stay=STAY, due=COST.total, url=URL)
    assert "We do not try this card again" in written(last).text
    again = replace(last, next_try=STAY.period.ends_at)
    assert "again on Sat, Nov 21, 2026, 9:00 PM" in written(again).text.replace(NARROW, " ")


def test_money_and_dates_follow_the_reader() -> None:
    text = written(Ended(stay=STAY, cost=COST, url=URL), locale="de_DE").text
    assert "14,00\N{NO-BREAK SPACE}$" in text
    assert "Sa., 21. Nov. 2026, 18:00" in text


@given(st.text(st.characters()))
def test_nothing_typed_starts_another_line_of_the_header(title: str) -> None:
    stay = replace(
        STAY, space=f"Garage {title}\r\nBcc: all@example.com\r\n\r\nBuy this", reference="\n"
    )
    letter = written(Cancelled(stay=stay, by="the host\r\nX: y", url=URL))
    assert len(letter.subject.splitlines()) == 1
    assert "\nBcc:" not in letter.text
    assert "\nBuy this" not in letter.text


@given(st.text(st.characters()))
def test_html_that_was_typed_shows_as_text(typed: str) -> None:
    evil = f'<script>alert("{typed}")</script><img src=x onerror=alert(1)>'
    message = Confirmed(
        stay=replace(STAY, space=evil, address=evil, neighbourhood=evil, plate=evil),
        cost=replace(COST, lines=tuple(replace(line, text=evil) for line in COST.lines)),
        url=URL,
        card=evil,
        instructions=f"{evil}\n{evil}",
    )
    seen = Seen(written(message).html)
    assert not seen.elements & {"script", "img"}
    assert "onerror=alert(1)" in seen.text
