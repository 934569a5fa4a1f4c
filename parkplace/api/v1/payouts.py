"""What hosts have earned, and how they get it."""

from fastapi import APIRouter, Response

from parkplace.api.deps import KeyDep, NowDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.payments import (
    BalanceOut,
    BalancesOut,
    OnboardingIn,
    OnboardingLinkOut,
    OnboardingOut,
    PayoutIn,
    PayoutOut,
)
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.payments import payouts
from parkplace.payments.flows import onboarding
from parkplace.payments.flows import payouts as payout_flow

router = APIRouter(prefix="/payments", tags=["payments"])


@router.get("/balance", responses=problems(401))
def balance(user: UserDep, now: NowDep) -> BalancesOut:
    """Return what one has as a host, currency by currency: pending, available, paid out."""
    with transaction() as session:
        found = payouts.balances(session, host_id=user.id, now=now)
    return BalancesOut(items=[BalanceOut.of(one) for one in found])


@router.post("/payout", status_code=201, responses=problems(401, 402, 409, 422, 429))
def pay_out(body: PayoutIn, user: UserDep, now: NowDep, key: KeyDep = None) -> PayoutOut:
    """Send what is available in a currency, or some of it, to where the host is paid.

    `409 payouts_not_set_up` means that Stripe wants to know more first: see `payments/onboarding`.
    """
    limits.hit(limits.PAYMENT, str(user.id))
    return PayoutOut.of(
        payout_flow.pay_out(
            host=user, currency=body.currency, amount_minor=body.amount_minor, key=key, now=now
        )
    )


@router.post("/onboarding", status_code=201, responses=problems(401, 402, 422, 429))
def onboard(
    user: UserDep, response: Response, now: NowDep, body: OnboardingIn | None = None
) -> OnboardingLinkOut:
    """Return the page where a host tells Stripe who they are and where their money goes.

    The account behind it is made once, the address anew each time: it works once, for minutes.
    """
    limits.hit(limits.PAYMENT, str(user.id))
    response.headers["Cache-Control"] = "no-store"
    country = body.country if body else None
    return OnboardingLinkOut(url=onboarding.start(user=user, country=country, now=now))


@router.get("/onboarding", responses=problems(401, 402))
def onboarded(user: UserDep, now: NowDep) -> OnboardingOut:
    """Return whether one can be paid as a host, and what Stripe still wants to know."""
    return OnboardingOut.of(onboarding.status(user=user, now=now))
