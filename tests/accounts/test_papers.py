import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from parkplace.accounts import papers
from parkplace.accounts.papers import NotAPaper, PaperGone, PapersNeeded, PaperTooBig
from parkplace.core.errors import DomainError
from parkplace.core.files import Folder
from parkplace.core.pictures import PictureTooBig
from parkplace.core.private_files import Sealed

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def store(tmp_path: Path) -> Sealed:
    return Sealed(Folder(tmp_path))


def jpeg(width: int = 60, height: int = 40) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    made = io.BytesIO()
    Image.new("L", (width, height), "white").save(made, "JPEG", exif=exif)
    return made.getvalue()


def stored(store: Sealed) -> list[str]:
    return list(store.names(before=datetime.max.replace(tzinfo=UTC)))


def test_a_picture_is_written_anew_and_a_pdf_stays_as_it_came(store: Sealed) -> None:
    picture, document = papers.keep([jpeg(5000, 100), PDF], store=store)
    assert (picture.content_type, document.content_type) == ("image/webp", "application/pdf")
    shown = papers.read(picture.file_name, store=store)
    assert len(shown) == picture.size
    assert b"at home" not in shown
    with Image.open(io.BytesIO(shown)) as opened:
        assert (opened.format, opened.width) == ("WEBP", papers.WIDTH)
    assert papers.read(document.file_name, store=store) == PDF


@pytest.mark.parametrize(
    ("contents", "error"),
    [
        ([], PapersNeeded),
        ([PDF] * 4, PapersNeeded),
        ([PDF, b"GIF89a"], NotAPaper),
        ([PDF, b""], NotAPaper),
        ([PDF, b"<svg onload='alert(1)'/>"], NotAPaper),
        ([PDF, b"MZ\x90 %PDF-1.7"], NotAPaper),
        ([PDF, PDF + b"\0" * papers.BYTES_MOST], PaperTooBig),
        ([PDF, jpeg(16_500, 10)], PictureTooBig),
    ],
    ids=["none", "four", "gif", "empty", "svg", "program", "bytes", "pixels"],
)
def test_of_what_cannot_be_taken_nothing_is_stored(
    store: Sealed, contents: list[bytes], error: type[DomainError]
) -> None:
    with pytest.raises(error) as raised:
        papers.keep(contents, store=store)
    assert raised.value.field == "documents"
    assert stored(store) == []


def test_what_is_not_there_or_cannot_be_opened_is_gone(store: Sealed, tmp_path: Path) -> None:
    [kept] = papers.keep([PDF], store=store)
    (tmp_path / kept.file_name).write_bytes(PDF)
    for name in (kept.file_name, "0.paper", "../../etc/passwd"):
        with pytest.raises(PaperGone):
            papers.read(name, store=store)


def test_papers_that_no_row_names_go_after_a_day(store: Sealed) -> None:
    used, unused = papers.keep([PDF, PDF], store=store)
    now = datetime.now(UTC)

    def in_use() -> set[str]:
        return {used.file_name}

    assert papers.sweep(used=in_use, now=now, store=store) == 0
    assert papers.sweep(used=in_use, now=now + timedelta(hours=25), store=store) == 1
    assert stored(store) == [used.file_name]
    papers.drop([used.file_name, unused.file_name], store=store)
    assert stored(store) == []
