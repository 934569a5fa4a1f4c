"""What people type: cleaned of what no text needs, bounded, and kept as text."""

import re
import unicodedata

from parkplace.core.errors import Invalid

# Control signs, halves of surrogate pairs, and the two signs that end a line without being one.
_UNWANTED = {"Cc", "Cs", "Zl", "Zp"}


class TextNeeded(Invalid):
    """Raised when a text that must be there is not."""

    code = "text_needed"


class TextTooLong(Invalid):
    """Raised when a text is longer than there is room for."""

    code = "text_too_long"


class BadText(Invalid):
    """Raised for control characters, such as NUL, that no keyboard types."""

    code = "bad_text"


def clean_text(typed: str, *, field: str, most: int, least: int = 0, lines: bool = False) -> str:
    """Return a text without outer blanks, in Unicode's composed form (NFC).

    HTML stays as it was typed; whoever shows it, shows it as text.

    Args:
        typed: What came in.
        field: The name of the input, for the error.
        most: The longest it may be, in characters.
        least: The shortest it may be; 0 lets it be empty.
        lines: Whether line breaks and tabs are fine.

    Raises:
        TextNeeded, TextTooLong, BadText: With the sentence for the person.
    """
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n")).strip()
    if has_control_signs(re.sub(r"[\n\t]", "", text) if lines else text):
        raise BadText("There is a character in this text that cannot be stored.", field=field)
    if len(text) < least:
        needed = "Please fill this in." if least == 1 else f"Use at least {least} characters."
        raise TextNeeded(needed, field=field)
    if len(text) > most:
        raise TextTooLong(f"Use at most {most} characters; this has {len(text)}.", field=field)
    return text


def has_control_signs(text: str) -> bool:
    """Whether there is anything in a text that no line of print can hold, such as NUL."""
    return any(unicodedata.category(sign) in _UNWANTED for sign in text)


def one_line(text: str) -> str:
    """Return a text as one line: breaks and runs of blanks become one blank, the rest is dropped.

    What comes out can stand in an e-mail's header or a calendar's field and never start another.
    """
    kept = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in _UNWANTED)
    return " ".join("".join(kept).split())
