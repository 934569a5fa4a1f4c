"""Signing in through OpenID providers: for browsers, which come here by a link and are sent on."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from parkplace.accounts import sessions
from parkplace.accounts.openid import client, flow, identities
from parkplace.accounts.openid.client import Person
from parkplace.accounts.openid.flow import Flow
from parkplace.accounts.openid.problems import OpenIdProblem
from parkplace.accounts.origin import Origin
from parkplace.accounts.second_factor import SecondFactorNeeded
from parkplace.accounts.service import AccountSuspended
from parkplace.api.browser import forget, go, remember, set_cookie
from parkplace.api.deps import AddressDep, NowDep, OriginDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.accounts import IdentitiesOut, IdentityOut
from parkplace.api.strict import takes_whatever
from parkplace.bookings.joining import join_guest_bookings
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.limits import TooMany
from parkplace.core.links import sign_in_path
from parkplace.notifications import openid
from parkplace.notifications.account_letters import signed_in

router = APIRouter(prefix="/auth", tags=["auth"])

_LASTS = int(flow.LASTS.total_seconds())
_MOST = 10_000  # characters: some providers' codes are long
_SENT_ON: dict[int | str, dict[str, Any]] = {
    303: {"description": "To the provider, to the page that was asked for, or to the sign-in page."}
}
TextQuery = Annotated[str | None, Query(max_length=_MOST)]


@router.get(
    "/oidc/{provider}/login",
    status_code=303,
    response_class=RedirectResponse,
    responses=_SENT_ON | problems(404, 422),
)
def login(
    provider: str,
    address: AddressDep,
    now: NowDep,
    then: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """Send a browser to a provider, and afterwards to a page of ours.

    When that cannot be, it goes to the sign-in page, whose `problem` says why.
    """
    way = client.provider(provider)
    try:
        limits.hit(limits.OPENID, limits.network(address))
        url, sealed = flow.begin(way, then=then, now=now)
    except (OpenIdProblem, TooMany) as problem:
        return go(sign_in_path(then=then, problem=problem.code))
    answer = go(url)
    remember(answer, flow.flow_cookie(), sealed, seconds=_LASTS)
    return answer


@router.get(
    "/oidc/{provider}/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses=_SENT_ON | problems(404, 422),
)
@takes_whatever
def callback(
    *,
    provider: str,
    request: Request,
    origin: OriginDep,
    now: NowDep,
    state: TextQuery = None,
    code: TextQuery = None,
    error: TextQuery = None,
    iss: TextQuery = None,
) -> Response:
    """Take a browser back from a provider: signed in, or to the sign-in page with the reason.

    An account with two-factor sign-in is asked for a code there first.
    """
    way = client.provider(provider)
    goal = "/"
    try:
        limits.hit(limits.OPENID, limits.network(origin.address))
        sealed = request.cookies.get(flow.flow_cookie())
        begun = flow.resume(way, sealed=sealed, state=state, now=now)
        goal = begun.then
        person = flow.finish(way, flow=begun, code=code, error=error, issuer=iss, now=now)
        answer = _entered(person, begun, origin=origin, now=now)
    except (OpenIdProblem, TooMany, AccountSuspended) as problem:
        answer = go(sign_in_path(then=goal, problem=problem.code))
    forget(answer, flow.flow_cookie())
    return answer


def _entered(person: Person, begun: Flow, *, origin: Origin, now: datetime) -> Response:
    """Open the browser's session, or keep who it is until the sign-in page has their code."""
    try:
        with transaction() as session:
            user = openid.sign_in(session, person=person, code=None, origin=origin, now=now)
            _, token = sessions.open_session(session, user=user, origin=origin, now=now)
            signed_in(session, user=user, origin=origin, now=now)
            join_guest_bookings(session, user=user, now=now)
    except SecondFactorNeeded:
        answer = go(sign_in_path(then=begun.then, step="code"))
        remember(answer, flow.person_cookie(), flow.keep(person, now=now), seconds=_LASTS)
        return answer
    answer = go(begun.then)
    set_cookie(answer, token)
    return answer


@router.get("/identities", responses=problems(401))
def mine(user: UserDep) -> IdentitiesOut:
    """Return the providers through which one signs in."""
    with transaction() as session:
        found = identities.of_user(session, user=user)
        return IdentitiesOut(items=[IdentityOut.of(identity) for identity in found])


@router.delete(
    "/identities/{identity_id}", status_code=204, responses=problems(401, 403, 404, 409, 422)
)
def unlink(identity_id: UUID, user: UserDep, origin: OriginDep, now: NowDep) -> None:
    """Let a provider no longer open one's account; refused when it is the only way in."""
    with transaction() as session:
        openid.unlink(session, user=user, identity_id=identity_id, origin=origin, now=now)
