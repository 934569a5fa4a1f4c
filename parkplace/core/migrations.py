"""Whether the database has the tables this version of the product expects."""

from functools import lru_cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session

_SCRIPTS = Path(__file__).parents[2] / "alembic"


def is_current(session: Session) -> bool:
    """Whether the last migration there is has been run."""
    context = MigrationContext.configure(session.connection())
    return frozenset(context.get_current_heads()) == _heads()


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(_SCRIPTS)).get_heads())
