"""What the first look is at."""

from collections.abc import Generator

import pytest
from sqlmodel import Session

from parkplace import demo
from parkplace.accounts.queries import user_by_email
from parkplace.payments import payees
from parkplace.payments.answers import GatewayUnavailable
from tests.factories import NOW
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def stripe(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    with paid_through(stripe_sandbox) as sandbox:
        yield sandbox


def test_the_host_can_be_paid_in_the_sandbox_however_often_it_starts(
    session: Session, stripe: RunningSandbox
) -> None:
    assert demo.fill(session, now=NOW)
    session.commit()
    demo.bring_host_to_stripe(now=NOW)
    host = user_by_email(session, email=f"host@{demo.DOMAIN}")
    assert host is not None
    payee = payees.of(session, user_id=host.id)
    assert payee is not None
    assert payee.can_be_paid
    stripe.faults({"kind": "fail", "path": "/v1/", "times": 9})
    demo.bring_host_to_stripe(now=NOW)  # nothing is asked any more


def test_without_a_demo_nobody_is_brought_anywhere(
    session: Session, stripe: RunningSandbox
) -> None:
    assert session
    stripe.faults({"kind": "fail", "path": "/v1/", "times": 9})
    demo.bring_host_to_stripe(now=NOW)


def test_a_sandbox_that_does_not_play_along_is_no_secret(
    session: Session, stripe: RunningSandbox
) -> None:
    demo.fill(session, now=NOW)
    session.commit()
    stripe.faults({"kind": "fail", "path": "/v1/", "times": 9})
    with pytest.raises(GatewayUnavailable):
        demo.bring_host_to_stripe(now=NOW)
