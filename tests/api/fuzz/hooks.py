"""What schemathesis is told about us, in its own process: who is asking, and what it should know.

Signing out, or ending all sessions, is tried like anything else: at the first 401 afterwards a new
session is opened, and the request is made again.
"""

import os
from datetime import datetime
from typing import Any
from uuid import UUID

import schemathesis
from hypothesis import strategies as st
from schemathesis import AuthContext, Case, CheckContext, HookContext, Response

from parkplace.accounts.models import User
from parkplace.core.db import transaction
from tests.api.fuzz.people import AS, TOKEN, token_of

# Wall times have no name in JSON Schema.
schemathesis.openapi.format(
    "local-date-time",
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
        lambda moment: f"{moment:%Y-%m-%dT%H:%M}"
    ),
)


@schemathesis.hook
def map_body(_: HookContext, body: Any) -> Any:
    """Spell whole numbers as such: to JSON Schema 1.0 is one, to us and most programs it is not."""
    return _whole(body)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.auth(refresh_interval=3600)
class Somebody:
    """Signs a request as the one this run is about."""

    def get(self, _: Case[Any], __: AuthContext) -> dict[str, str]:
        """Return what they send."""
        if TOKEN in os.environ:
            return {"Authorization": f"Bearer {os.environ[TOKEN]}"}
        with transaction() as session:
            user = session.get_one(User, UUID(os.environ[AS]))
        return token_of(user)

    def set(self, case: Case[Any], data: dict[str, str], _: AuthContext) -> None:
        """Put it on a request."""
        case.headers.update(data)


@schemathesis.check
def well_formed_data_is_not_misshapen(_: CheckContext, response: Response, case: Case[Any]) -> None:
    """What the description allows may be refused for what it says, never for its shape."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code == 422 and not (case.media_type or "").startswith("multipart/"):
        refused = response.json()
        misshapen = [
            one
            for one in refused["errors"]
            # Ids that came with an earlier answer may be none at all.
            if one["path"] not in case.path_parameters
            # NUL, which JSON can spell and JSON Schema cannot leave out.
            and "cannot be stored" not in one["message"]
        ]
        assert refused["code"] != "invalid" or not misshapen, refused["detail"]
