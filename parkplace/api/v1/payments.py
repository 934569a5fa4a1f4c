"""Payments: cards, forms of Stripe's in other people's pages, and what money moved."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from parkplace.api.deps import KeyDep, NowDep, SomeoneDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.common import next_cursor, read_cursor
from parkplace.api.schemas.payments import (
    ConfirmedOut,
    ConfirmIn,
    FormOut,
    MethodIn,
    MethodOut,
    MethodsOut,
    PaymentIntentIn,
    SetupIntentIn,
    TransactionOut,
    TransactionsIn,
    TransactionsOut,
    charge_word,
    setup_word,
)
from parkplace.bookings import queries, transactions
from parkplace.bookings.access import Caller
from parkplace.bookings.flows import forms, wallet
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.errors import Invalid
from parkplace.payments import methods

router = APIRouter(prefix="/payments", tags=["payments"])


class OneNeeded(Invalid):
    """Raised when it is not one thing that is to be confirmed."""

    code = "one_needed"


@router.post(
    "/setup-intent", status_code=201, responses=problems(401, 402, 403, 404, 409, 422, 429)
)
def save_card(
    *,
    asking: SomeoneDep,
    response: Response,
    now: NowDep,
    body: SetupIntentIn | None = None,
    key: KeyDep = None,
) -> FormOut:
    """Begin to save a card in a form of Stripe's on one's own page.

    With `booking_id` it pays for that booking too, which is confirmed once the card is saved;
    guests must give theirs. Nobody but the caller is told the secret, and it is not kept.
    """
    limits.hit(limits.CARD_SETUP, _who(asking))
    form = forms.save_card(
        caller=asking, booking_id=body.booking_id if body else None, key=key, now=now
    )
    response.headers["Cache-Control"] = "no-store"
    return FormOut.of(form)


@router.post(
    "/payment-intent", status_code=201, responses=problems(401, 402, 403, 404, 409, 422, 429)
)
def pay_due(
    *,
    body: PaymentIntentIn,
    asking: SomeoneDep,
    response: Response,
    now: NowDep,
    key: KeyDep = None,
) -> FormOut:
    """Begin to pay what is due for a booking, in a form of Stripe's on one's own page.

    A charge that waits for its driver is confirmed there; else one is made that takes any card.
    """
    limits.hit(limits.PAYMENT, _who(asking))
    form = forms.pay_due(booking_id=body.booking_id, caller=asking, key=key, now=now)
    response.headers["Cache-Control"] = "no-store"
    return FormOut.of(form)


@router.post("/confirm", responses=problems(401, 402, 404, 409, 422, 429))
def confirm(body: ConfirmIn, asking: SomeoneDep, response: Response, now: NowDep) -> ConfirmedOut:
    """Say that a form of Stripe's is done; Stripe is asked what came of it, and that is done.

    A held booking whose card is saved is confirmed, a charge that went through is noted. Asking
    again does no harm, and not asking neither: Stripe tells us by itself, a little later.
    """
    limits.hit(limits.PAYMENT, _who(asking))
    response.headers["Cache-Control"] = "no-store"
    if (body.setup_intent_id is None) == (body.payment_intent_id is None):
        raise OneNeeded("Give setup_intent_id or payment_intent_id.")
    if body.setup_intent_id is not None:
        setup = forms.confirm_saving(setup_intent_id=body.setup_intent_id, caller=asking, now=now)
        said, booking_id = ConfirmedOut(status=setup_word(setup)), setup.order_id
    else:
        charge = forms.confirm_charge(
            payment_intent_id=body.payment_intent_id or "", caller=asking, now=now
        )
        said, booking_id = ConfirmedOut(status=charge_word(charge)), charge.order_id
    if booking_id is None:
        return said
    with transaction() as session:
        seen = queries.view(session, booking_id=booking_id, caller=asking, now=now)
    return ConfirmedOut(
        status=said.status,
        booking_id=seen.id,
        booking_status=seen.status,
        payment_status=seen.payment_status,
    )


@router.get("/methods", responses=problems(401))
def cards(user: UserDep) -> MethodsOut:
    """Return the cards that one's account keeps."""
    with transaction() as session:
        return MethodsOut(items=[MethodOut.of(one) for one in methods.of(session, user=user)])


@router.post("/methods", status_code=201, responses=problems(401, 402, 404, 409, 422))
def keep_card(body: MethodIn, user: UserDep, now: NowDep, key: KeyDep = None) -> MethodOut:
    """Keep the card that was saved with a setup intent of one's own; twice is no error.

    Stripe is asked whether it was.
    """
    return MethodOut.of(
        forms.keep_card(
            user=user,
            setup_intent_id=body.setup_intent_id,
            as_default=body.is_default,
            key=key,
            now=now,
        )
    )


@router.delete("/methods/{method_id}", status_code=204, responses=problems(401, 404, 409, 422))
def forget_card(method_id: UUID, user: UserDep, now: NowDep) -> None:
    """Forget a card, here and at Stripe; refused while it pays for a booking that is not over."""
    wallet.forget(user=user, method_id=method_id, now=now)


@router.post("/methods/{method_id}/default", responses=problems(401, 404, 422))
def make_default(method_id: UUID, user: UserDep) -> MethodOut:
    """Make a card the one that is offered first."""
    with transaction() as session:
        return MethodOut.of(methods.make_default(session, user=user, method_id=method_id))


@router.get("/transactions", responses=problems(401, 422))
def moved(wanted: Annotated[TransactionsIn, Query()], user: UserDep) -> TransactionsOut:
    """Return what money moved for one: charges and refunds, earnings and payouts, latest first."""
    with transaction() as session:
        found = transactions.of(
            session,
            user=user,
            roles=wanted.roles(),
            after=read_cursor(wanted.cursor),
            limit=wanted.limit,
        )
    items = [TransactionOut.of(one) for one in found]
    return TransactionsOut(
        items=items, next_cursor=next_cursor([one.id for one in found], wanted.limit)
    )


def _who(asking: Caller) -> str:
    return str(asking.user.id) if asking.user else f"guest {asking.manages}"
