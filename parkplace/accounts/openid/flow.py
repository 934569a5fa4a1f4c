"""The way there and back: what a browser takes along to a provider and must bring home again.

It lies in a sealed cookie and nowhere else. So an answer is worth something only to the browser
that asked: a link with somebody else's answer in it signs nobody in.
"""

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from parkplace.accounts.openid import client
from parkplace.accounts.openid.client import Person, Provider
from parkplace.accounts.openid.problems import Cancelled, NotBegunHere, NotBelieved
from parkplace.core.ids import new_token
from parkplace.core.links import local_path
from parkplace.core.sealed import seal, unseal
from parkplace.core.settings import get_settings

LASTS = timedelta(minutes=10)
_THERE, _PROVEN = "openid-flow", "openid-person"


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in that has begun.

    Attributes:
        provider: Through which provider.
        state: What the answer must carry.
        nonce: What the ID token must carry.
        verifier: What the exchange must carry.
        then: The page to go on to, one of ours.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    then: str


def flow_cookie() -> str:
    """Return the name of the cookie that holds a sealed flow."""
    return get_settings().cookie("parkplace-openid")


def person_cookie() -> str:
    """Return the name of the cookie that holds who came back, until their code is asked for."""
    return get_settings().cookie("parkplace-openid-person")


def begin(of: Provider, *, then: str, now: datetime) -> tuple[str, str]:
    """Return where to send the browser, and what it takes along, sealed.

    Args:
        of: The provider.
        then: The page to go on to afterwards; anything but one of ours becomes the map.
        now: The current instant.

    Raises:
        ProviderSilent, NotBelieved: The provider says nothing of use about itself.
    """
    flow = Flow(of.name, new_token(), new_token(), new_token(), local_path(then))
    url = client.address_of_sign_in(
        of, state=flow.state, nonce=flow.nonce, verifier=flow.verifier, now=now
    )
    return url, seal(_THERE, json.dumps(asdict(flow)).encode(), now=now)


def resume(of: Provider, *, sealed: str | None, state: str | None, now: datetime) -> Flow:
    """Return the sign-in that an answer belongs to.

    Args:
        of: The provider whose callback was called.
        sealed: What the browser brought home.
        state: What the answer carries.
        now: The current instant.

    Raises:
        NotBegunHere: This browser began none like it within the last ten minutes.
    """
    try:
        flow = Flow(**json.loads(unseal(_THERE, sealed or "", lasts=LASTS, now=now)))
    except (ValueError, TypeError):
        raise NotBegunHere from None
    same = hmac.compare_digest(flow.state.encode(), (state or "").encode(errors="surrogatepass"))
    if not same or flow.provider != of.name:
        raise NotBegunHere
    return flow


def finish(
    of: Provider,
    *,
    flow: Flow,
    code: str | None,
    error: str | None,
    issuer: str | None,
    now: datetime,
) -> Person:
    """Return who came back.

    Args:
        of: The provider.
        flow: The sign-in that `resume` found.
        code: What the provider gave the browser for us.
        error: Or why it did not.
        issuer: Who the provider says it is, if it does (RFC 9207).
        now: The current instant.

    Raises:
        Cancelled: The person said no.
        ProviderSilent, NotBelieved: As for `client.person`.
    """
    if issuer is not None and issuer != of.issuer:
        raise NotBelieved
    if error == "access_denied":
        raise Cancelled
    if error is not None or not code:
        raise NotBelieved
    return client.person(of, code=code, nonce=flow.nonce, verifier=flow.verifier, now=now)


def keep(person: Person, *, now: datetime) -> str:
    """Return who came back, sealed for the browser, while their second factor is asked for."""
    return seal(_PROVEN, json.dumps(asdict(person)).encode(), now=now)


def kept(sealed: str | None, *, now: datetime) -> Person:
    """Return who was kept, within the last ten minutes.

    Raises:
        NotBegunHere: Nobody was.
    """
    try:
        return Person(**json.loads(unseal(_PROVEN, sealed or "", lasts=LASTS, now=now)))
    except (ValueError, TypeError):
        raise NotBegunHere from None
