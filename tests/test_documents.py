"""What the documents name is there: files, commands, settings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parkplace import cli
from parkplace.core.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE_FILE = re.compile(r"`((?:parkplace|tests|docs|bench)/[\w./-]+?/?)`")
COMMAND = re.compile(
    r"python -m parkplace ([a-z][a-z-]*(?: (?:url|upgrade|downgrade|stop|erase))?)"
)


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_link_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        goal = (document.parent / file).resolve() if file else document
        assert goal.exists(), target
        assert not heading or heading in anchors(goal), target


def test_every_file_that_is_named_is_there(document: Path) -> None:
    for name in CODE_FILE.findall(document.read_text()):
        assert (ROOT / name).exists(), name


def test_every_command_that_is_named_is_there(document: Path) -> None:
    for command in COMMAND.findall(document.read_text()):
        shown = CliRunner().invoke(cli.app, [*command.split(), "--help"])
        assert shown.exit_code == 0, command


def test_every_setting_that_is_named_is_there(document: Path) -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    source = "\n".join(sources())
    for name in re.findall(r"\bPARKPLACE_[A-Z_]+\b", document.read_text()):
        assert any(f"'{name}'" in alias for alias in known) or f'"{name}"' in source, name


def sources() -> Iterator[str]:
    for folder in ("parkplace", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            yield file.read_text()


def anchors(document: Path) -> set[str]:
    """What the headings of a document are called in a link, as the forges make it."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", said.lower()).replace(" ", "-") for said in headings}


def test_the_commands_are_looked_for() -> None:
    named = {one for file in DOCUMENTS for one in COMMAND.findall(file.read_text())}
    assert {"serve", "create-admin", "db url", "drop-second-factor"} <= named
