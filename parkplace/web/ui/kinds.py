"""The shapes that components take: words and flags that may be known now or only in the browser."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex.event import EventType

Text = str | rx.Var[str]
Flag = bool | rx.Var[bool]
Content = str | rx.Component | rx.Var[Any]
Event = EventType[()]
ValueEvent = EventType[()] | EventType[str]
FlagEvent = EventType[()] | EventType[bool]

Band = Literal["brown", "sky", "pink", "orange", "red", "yellow", "green", "blue"]

# From the cheapest price group to the dearest, as on the board.
BANDS: tuple[Band, ...] = (
    "brown", "sky", "pink", "orange", "red", "yellow", "green", "blue",
)  # fmt: skip

Attributes = dict[str, Any]


def when(flag: Flag, then: str, otherwise: str = "") -> Text:
    """Return `then` if `flag` holds and `otherwise` if not, for class names and attributes."""
    if isinstance(flag, bool):
        return then if flag else otherwise
    return rx.cond(flag, then, otherwise)


def band_class(band: Text) -> Text:
    """Return the class that gives a thing its band's colour; an empty band gives none."""
    if isinstance(band, str):
        return f"band-{band}" if band else ""
    return rx.cond(band, f"band-{band}", "")


def given(text: Text | None) -> bool:
    """Say whether there is, or in the browser may be, something to show."""
    return not (text is None or (isinstance(text, str) and not text))


def shown(text: Text | None, component: rx.Component) -> list[rx.Component]:
    """Return `component` where `text` is not empty, as children to unpack; nothing elsewhere."""
    if not given(text):
        return []
    return [component] if isinstance(text, str) else [rx.cond(text, component, rx.fragment())]


def joined(*names: Text) -> Sequence[Text]:
    """Return class names for a component, without the empty ones."""
    return [name for name in names if not (isinstance(name, str) and not name)]
