"""Licence plates as people type them, and as they are compared."""

import re
import unicodedata

from parkplace.core.errors import Invalid

_MOST = 12


class BadPlate(Invalid):
    """Raised for what no licence plate looks like."""

    code = "bad_plate"


def clean_plate(typed: str) -> str:
    """Return a plate as capitals and digits only, so that every spelling of it meets.

    `klm-4821` and `KLM 4821` are one plate; an empty text stays empty.

    Raises:
        BadPlate: There are other signs in it, or too many.
    """
    # Once more after raising: capitals of some letters come apart.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).upper())
    signs = re.sub(r"[\s.·•\u2010-\u2015-]", "", folded)
    if len(signs) > _MOST or not all(sign.isalnum() for sign in signs):
        raise BadPlate(
            "A plate has up to 12 letters and digits. Check what you typed.", field="plate"
        )
    return signs


def clean_region(typed: str) -> str:
    """Return where a plate is from in capitals, such as `NY` or `D`; may be empty.

    Raises:
        BadPlate: It is not one to three letters.
    """
    region = typed.strip().upper()
    if region and not re.fullmatch(r"[A-Z]{1,3}", region):
        raise BadPlate("A region has one to three letters, such as NY.", field="plate_region")
    return region
