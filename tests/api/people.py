"""Dana as programs know her, and the letters that wait for her."""

import re
from uuid import uuid4

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.notifications.models import Email
from parkplace.notifications.sign_up import sign_up
from tests.factories import NOW

PASSWORD = "plum harbour trellis nine"
NEW_PASSWORD = "cobalt window ladder seven"


def signed_up(session: Session, name: str = "Dana") -> User:
    """Somebody who has just signed up, with an address to which nobody has asked for a letter."""
    email = f"{name.lower()}-{uuid4().hex}@example.com"
    user = sign_up(session, email=email, name=name, password=PASSWORD, now=NOW)
    session.commit()
    return user


def letters(session: Session, to: str) -> list[Email]:
    """What lies in a mailbox, the oldest first."""
    session.expire_all()
    found = select(Email).where(col(Email.to_address) == to).order_by(col(Email.id))
    return list(session.exec(found))


def kinds(session: Session, to: str) -> list[str]:
    return [letter.kind for letter in letters(session, to)]


def token(session: Session, page: str, to: str) -> str:
    """What the newest link to a page carries."""
    texts = "\n".join(letter.text for letter in reversed(letters(session, to)))
    found = re.search(rf"/{page}/([\w-]+)", texts)
    assert found is not None, texts
    return found[1]
