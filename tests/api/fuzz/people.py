"""What people of the fuzzed world send; light, because schemathesis loads it in its own process."""

from datetime import UTC, datetime, timedelta

from parkplace.accounts import tokens
from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE
from parkplace.core.db import transaction

# How schemathesis' process hears whose requests it signs: an account's id, or a guest's token.
AS, TOKEN = "FUZZ_AS", "FUZZ_TOKEN"
# In the fuzzed world it is noon in New York, as in all others; nobody fuzzes for a day.
NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
LASTS = timedelta(days=1)


def token_of(user: User) -> dict[str, str]:
    """Return what somebody sends, with a session of its own that outlasts the run."""
    with transaction() as session:
        pair = tokens.issue(session, user=user, origin=HERE, now=NOW + LASTS)
    return {"Authorization": f"Bearer {pair.access_token}"}
