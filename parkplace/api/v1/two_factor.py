"""Two-factor sign-in: setting up an app, switching it on and off, recovery codes.

No `Idempotency-Key` here: the answers are secrets, which are shown once and never kept.
"""

from fastapi import APIRouter, Response

from parkplace.accounts import guard, second_factor
from parkplace.api.deps import NowDep, OriginDep, SessionDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.accounts import (
    CodeIn,
    RecoveryCodesOut,
    TwoFactorOffIn,
    TwoFactorSetupIn,
    TwoFactorSetupOut,
)
from parkplace.core.db import transaction
from parkplace.notifications import two_factor

router = APIRouter(prefix="/auth/2fa", tags=["auth"])

_ERRORS = problems(401, 403, 409, 422, 429)


@router.post("/setup", responses=_ERRORS)
def set_up(
    *,
    body: TwoFactorSetupIn,
    response: Response,
    own: SessionDep,
    origin: OriginDep,
    now: NowDep,
) -> TwoFactorSetupOut:
    """Make a secret for an authenticator app; `enable` with a code of it puts it in force."""
    with guard.sign_in(email=own.user.email, address=origin.address), transaction() as session:
        setup = second_factor.set_up(
            session, user=own.user, password=body.password, signed_in_at=own.signed_in_at, now=now
        )
    _show_once(response)
    return TwoFactorSetupOut.model_validate(setup)


@router.post("/enable", responses=_ERRORS)
def enable(
    body: CodeIn, response: Response, user: UserDep, origin: OriginDep, now: NowDep
) -> RecoveryCodesOut:
    """Switch two-factor sign-in on with a code of the app, and return ten recovery codes."""
    with transaction() as session:
        codes = two_factor.switch_on(session, user=user, code=body.code, origin=origin, now=now)
    _show_once(response)
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/disable", status_code=204, responses=_ERRORS)
def disable(
    *,
    body: TwoFactorOffIn,
    own: SessionDep,
    origin: OriginDep,
    now: NowDep,
) -> None:
    """Switch two-factor sign-in off, with the password and a code of the app or a recovery code."""
    with guard.sign_in(email=own.user.email, address=origin.address), transaction() as session:
        two_factor.switch_off(
            session,
            user=own.user,
            password=body.password,
            signed_in_at=own.signed_in_at,
            code=body.code,
            origin=origin,
            now=now,
        )


@router.post("/recovery-codes", responses=_ERRORS)
def renew_recovery_codes(
    body: CodeIn, response: Response, user: UserDep, origin: OriginDep, now: NowDep
) -> RecoveryCodesOut:
    """Return ten new recovery codes for a code of the app; the old ones are void."""
    with transaction() as session:
        codes = two_factor.renew_recovery_codes(
            session, user=user, code=body.code, origin=origin, now=now
        )
    _show_once(response)
    return RecoveryCodesOut(recovery_codes=codes)


def _show_once(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
