"""Rules of the house that no other tool holds."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ROOT / "parkplace"
DOMAIN = (
    "core", "accounts", "notifications", "spaces", "payments", "bookings", "reports", "people",
    "insights",
)  # fmt: skip
LONGEST_FUNCTION, LONGEST_SERVICE, LONGEST_STATE = 30, 300, 200


def modules(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((PRODUCT / folder).rglob("*.py"))]


def calls(file: Path, name: str) -> list[int]:
    """The lines on which something of this name is called."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == name)
            or (isinstance(node.func, ast.Name) and node.func.id == name)
        )
    ]


def test_only_core_db_commits() -> None:
    committing = [file for file in modules(*DOMAIN, "web", "api", "jobs") if calls(file, "commit")]
    assert committing == [PRODUCT / "core" / "db.py"]


def test_only_doors_ask_what_time_it_is() -> None:
    asking = [file for file in modules(*DOMAIN) if calls(file, "utc_now") or calls(file, "now")]
    # The clock itself; a log file's name is not the domain's business.
    assert [file.name for file in asking] == ["clock.py"]


def test_only_flows_and_senders_open_transactions_below_the_doors() -> None:
    opening = {
        file.relative_to(PRODUCT).as_posix()
        for file in modules(*DOMAIN)
        if calls(file, "transaction") and file != PRODUCT / "core" / "db.py"
    }
    assert opening == {
        "accounts/refusals.py",  # what an attempt did is rolled back, that it was refused is kept
        "bookings/clockwork.py",  # a transaction for each booking that the clock moves
        "bookings/flows/cards.py",
        "bookings/flows/charges.py",
        "bookings/flows/forms.py",
        "bookings/flows/wallet.py",
        "notifications/send.py",
        "people/flows.py",
        "payments/flows/onboarding.py",
        "payments/flows/payouts.py",
    }


def test_one_place_asks_who_is_an_admin() -> None:
    # Elsewhere it would be forgotten that an admin may have to switch on a second factor first.
    asking = {
        file.relative_to(PRODUCT).as_posix()
        for file in modules(*DOMAIN, "web", "api", "jobs")
        if file.parent != PRODUCT / "accounts"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr == "is_admin"
        and ast.unparse(node.value) not in {"body", "self"}  # what somebody sent; nobody's right
    }
    assert not asking


def test_doors_write_no_sql() -> None:
    for file in modules("web", "api", "jobs"):
        written = [name for name in ("select", "update", "insert", "delete", "sql", "exec")
                   if _imports(file, name)]  # fmt: skip
        assert not written, file


def test_alembic_is_no_package() -> None:
    # With an __init__.py the folder would hide the library of the same name.
    assert not list((ROOT / "alembic").rglob("__init__.py"))


def test_every_test_mirrors_the_product() -> None:
    own = {
        "bench",
        "races",
        "crash",
        "journeys",
        "stripe_sandbox",
        "launcher",
        "core",
        "web",
        "api",
        "jobs",
    }
    known = own | {folder.name for folder in PRODUCT.iterdir() if folder.is_dir()}
    for folder in (ROOT / "tests").iterdir():
        if folder.is_dir() and not folder.name.startswith((".", "__")):
            assert folder.name in known, folder


@pytest.mark.parametrize(
    "file",
    modules(*DOMAIN, "front", "web", "api", "jobs"),
    ids=lambda file: file.relative_to(PRODUCT).as_posix(),
)
def test_nothing_outgrows_its_size(file: Path) -> None:
    lines = file.read_text().splitlines()
    limit = LONGEST_STATE if file.name == "state.py" else LONGEST_SERVICE
    if file.name in {"service.py", "state.py"}:
        assert len(lines) <= limit
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert _length(node) <= LONGEST_FUNCTION, f"{node.name} in {file}"


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what a function does; the one expression it returns at its end counts as a line.

    A tree of components or a row of a table reads from top to bottom, however long it is.
    """
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    last = body[-1].lineno if isinstance(body[-1], ast.Return) else body[-1].end_lineno
    return (last or 0) - body[0].lineno + 1


def _imports(file: Path, name: str) -> bool:
    return any(
        alias.name == name
        and (node.module or "").startswith(("sqlmodel", "sqlalchemy", "parkplace.core.db"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )
