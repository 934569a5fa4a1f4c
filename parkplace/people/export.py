"""All that is kept about a person, as one JSON document."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.service import require_standing
from parkplace.people.belongings import Person
from parkplace.people.holdings import EXPORTED, Holding

_AT_ONCE = 500  # rows that are in memory


def write(session: Session, *, user: User, to: IO[bytes], origin: Origin, now: datetime) -> None:
    """Write everything that is kept about somebody; the log says that they had it.

    The document is an object: `made_at`, then one list for each section of `holdings.EXPORTED`, its
    rows as they are stored but for secrets. Rows are read a few at a time, however many there are.

    Args:
        session: The open transaction.
        user: Who asks for what is kept about themself.
        to: Where it is written.
        origin: From where.
        now: The current instant.

    Raises:
        AccountSuspended: They were kept out, or deleted, a moment ago.
    """
    row = session.get_one(User, user.id)
    require_standing(row)
    person = Person.of(row)
    to.write(b'{"made_at": ' + orjson.dumps(now))
    for holding in EXPORTED:
        to.write(b',\n"%s": [' % holding.section.encode())
        for number, row in enumerate(_rows(session, holding, person)):
            to.write((b",\n  " if number else b"\n  ") + orjson.dumps(row, default=str))
        to.write(b"]")
    to.write(b"}\n")
    action = Action.DATA_EXPORTED
    note(session, action=action, actor=user, subject_id=user.id, origin=origin, now=now)


def _rows(session: Session, holding: Holding, person: Person) -> Iterator[dict[str, Any]]:
    table = holding.rows_of()
    columns = [column for column in table.columns if column.name not in holding.without]
    query = select(*columns).where(holding.whose(table, person))
    found = session.connection().execute(
        query.order_by(*table.primary_key.columns), execution_options={"yield_per": _AT_ONCE}
    )
    for row in found.mappings():
        yield holding.shown(dict(row), person)
