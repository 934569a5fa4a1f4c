"""Exchanging refresh tokens as doors do it: the victim of a theft is told."""

from datetime import datetime

from sqlmodel import Session

from parkplace.accounts import tokens
from parkplace.accounts.audit import Action
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.tokens import Theft, TokenPair
from parkplace.notifications.safety import tell


def renew(
    session: Session, *, refresh_token: str, origin: Origin, now: datetime
) -> TokenPair | None:
    """Exchange a refresh token for new tokens; None when it is refused, as `tokens.renew` says."""
    renewed = tokens.renew(session, refresh_token=refresh_token, origin=origin, now=now)
    if not isinstance(renewed, Theft):
        return renewed
    victim = session.get_one(User, renewed.user_id)
    tell(session, user=victim, action=Action.TOKEN_STOLEN, origin=origin, now=now)
    return None
