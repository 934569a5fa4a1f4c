"""Papers as files: checked, made small, sealed, and forgotten in time.

`keep` stores them and must run outside a transaction; `identity.submit` then writes their rows.
What nobody wrote a row for is removed by `sweep` a day later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parkplace.core.errors import Invalid, NotFound
from parkplace.core.files import END_OF_TIME, Files
from parkplace.core.ids import new_id
from parkplace.core.pictures import NotAPicture, PictureTooBig, at_most, decoded, webp
from parkplace.core.private_files import Unreadable, private_files

BYTES_MOST = 10_000_000
LEAST, MOST = 1, 3
WIDTH = 2400  # pixels: fine print on a page held to a camera can be read
QUALITY = 85
KEPT_UNUSED = timedelta(days=1)
PDF, WEBP = "application/pdf", "image/webp"
_PDF_BEGINS = b"%PDF-"


class NotAPaper(Invalid):
    """Raised for a file that is neither a picture nor a PDF, whatever it is called."""

    code = "not_a_paper"


class PaperTooBig(Invalid):
    """Raised for a file of too many bytes."""

    code = "paper_too_big"


class PapersNeeded(Invalid):
    """Raised for no files at all, or for more than anybody looks at."""

    code = "papers_needed"


class PaperGone(NotFound):
    """Raised for a paper that is not there any more, or never was."""

    code = "paper_not_found"


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper that is stored: by which name, as what, and how large it is."""

    file_name: str
    content_type: str
    size: int


def keep(contents: Sequence[bytes], *, store: Files | None = None) -> list[Kept]:
    """Check papers and store them sealed; never in a transaction.

    Pictures are decoded and written anew, so that nothing but what is seen is left of them; a PDF
    is stored as it came.

    Args:
        contents: What was uploaded: one to three JPEG, PNG, WebP or PDF files of up to 10 MB each.
        store: Where to; this installation's private files if None.

    Raises:
        PapersNeeded, PaperTooBig, NotAPaper: They cannot be taken; none is stored.
        PictureTooBig: It has too many pixels.
    """
    if not LEAST <= len(contents) <= MOST:
        raise PapersNeeded(f"Send {LEAST} to {MOST} pictures or PDFs.", field="documents")
    papers = [_checked(content) for content in contents]
    into = store or private_files()
    kept: list[Kept] = []
    for content_type, content in papers:
        name = f"{new_id().hex}.paper"
        into.put(name, content)
        kept.append(Kept(name, content_type, len(content)))
    return kept


def read(file_name: str, *, store: Files | None = None) -> bytes:
    """Return what a paper says.

    Raises:
        PaperGone: It is not there, or cannot be opened any more.
    """
    try:
        content = (store or private_files()).read(file_name)
    except Unreadable as error:
        raise PaperGone("This paper cannot be opened any more. Ask for it again.") from error
    if content is None:
        raise PaperGone("This paper is not here any more. Ask for it again.")
    return content


def drop(names: Iterable[str], *, store: Files | None = None) -> None:
    """Remove papers that no row names any more; never in a transaction."""
    for name in names:
        (store or private_files()).remove(name, before=END_OF_TIME)


def sweep(*, used: Callable[[], Iterable[str]], now: datetime, store: Files | None = None) -> int:
    """Remove papers that no row names since a day; return how many that were.

    Args:
        used: Returns every name in use; called after the files are listed.
        now: The current instant.
        store: Where from; this installation's private files if None.
    """
    place = store or private_files()
    before = now - KEPT_UNUSED
    old = list(place.names(before=before))
    in_use = set(used())
    unused = [name for name in old if name not in in_use]
    for name in unused:
        place.remove(name, before=before)
    return len(unused)


def _checked(content: bytes) -> tuple[str, bytes]:
    if len(content) > BYTES_MOST:
        raise PaperTooBig("A paper has at most 10 MB. Choose a smaller one.", field="documents")
    if content.startswith(_PDF_BEGINS):
        return PDF, content
    try:
        image = decoded(content, side=WIDTH)
    except NotAPicture as error:
        raise NotAPaper(
            "This file is not a JPEG, PNG or WebP picture or a PDF, or it is damaged. Choose "
            "another one.",
            field="documents",
        ) from error
    except PictureTooBig as error:
        error.field = "documents"
        raise
    return WEBP, webp(at_most(image, WIDTH), quality=QUALITY)
