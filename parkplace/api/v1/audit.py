"""The audit log, for admins: what was done about safety, or by one of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from parkplace.accounts.audit import entries
from parkplace.api.deps import UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.audit import AuditIn, EntriesOut, EntryOut, next_entry, read_entry
from parkplace.core.db import transaction

router = APIRouter(prefix="/audit", tags=["operations"])


@router.get("", responses=problems(401, 403, 422))
def log(wanted: Annotated[AuditIn, Query()], user: UserDep) -> EntriesOut:
    """Return what was done, by whom, to whom and from where, to an admin; the newest first."""
    after = read_entry(wanted.cursor)
    with transaction() as session:
        found = entries(
            session,
            reader=user,
            subject_id=wanted.subject_id,
            action=wanted.action,
            after=after,
            limit=wanted.limit,
        )
        items = [EntryOut.of(entry) for entry in found]
    return EntriesOut(items=items, next_cursor=next_entry(items, wanted.limit))
