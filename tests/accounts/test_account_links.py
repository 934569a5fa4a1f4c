from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from parkplace.accounts.account_links import LASTS, LinkSpent, draw, peek, spend, tidy, withdraw
from parkplace.accounts.models import AccountLink, LinkPurpose, User
from parkplace.core.db import transaction
from parkplace.core.ids import new_id, token_hash
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person

EVERY = pytest.mark.parametrize("purpose", LinkPurpose)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
VERIFY, RESET = LinkPurpose.VERIFY, LinkPurpose.RESET


def drawn(session: Session, user: User, purpose: LinkPurpose, now: datetime = NOW) -> str:
    return draw(session, user_id=user.id, purpose=purpose, email=user.email, now=now)


def works(
    session: Session, token: str, purpose: LinkPurpose = VERIFY, now: datetime = NOW
) -> User | None:
    """Whose link it was, if it was one; trying in vain leaves no trace."""
    try:
        with session.begin_nested():
            return spend(session, token=token, purposes={purpose}, now=now)[1]
    except LinkSpent:
        return None


@EVERY
def test_a_link_works_once(session: Session, purpose: LinkPurpose) -> None:
    dana = person(session, "Dana")
    token = drawn(session, dana, purpose)
    assert works(session, token, purpose) == dana
    assert works(session, token, purpose) is None


def test_looking_at_a_link_leaves_it_as_it_is(session: Session) -> None:
    dana = person(session, "Dana")
    token = drawn(session, dana, RESET)
    for _ in range(3):
        link = peek(session, token=token, purposes={RESET}, now=NOW)
        assert link is not None
        assert link.email == dana.email
    assert peek(session, token=token, purposes={VERIFY}, now=NOW) is None
    assert works(session, token, RESET) == dana
    assert peek(session, token=token, purposes={RESET}, now=NOW) is None


def test_the_database_does_not_hold_the_token(session: Session) -> None:
    token = drawn(session, person(session, "Dana"), RESET)
    stored = session.exec(select(AccountLink)).one()
    assert stored.token_hash == token_hash(token)
    assert token not in str(stored.model_dump())
    assert works(session, stored.token_hash, RESET) is None


@EVERY
def test_a_link_lasts_hours_at_most(session: Session, purpose: LinkPurpose) -> None:
    dana, lasts = person(session, "Dana"), LASTS[purpose]
    assert lasts <= (HOUR if purpose == RESET else 24 * HOUR)
    assert works(session, drawn(session, dana, purpose), purpose, NOW + lasts) is None
    assert works(session, drawn(session, dana, purpose), purpose, NOW + lasts - SECOND) == dana


@pytest.mark.parametrize(
    "guess", ["", "guess", "lhUz7q81OpWgW-plv3Bi1m-iJK2OGpDPva_pQHO0ZJ8", "\ud800", "\0", "é" * 500]
)
def test_a_guess_is_told_what_a_spent_link_is_told(session: Session, guess: str) -> None:
    drawn(session, person(session, "Dana"), RESET)
    with pytest.raises(LinkSpent, match="used before, or is too old") as refused:
        spend(session, token=guess, purposes={RESET}, now=NOW)
    assert refused.value.code == "link_spent"


def test_a_newer_link_ends_older_ones_of_its_purpose_and_account(session: Session) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    old, other, sams = (
        drawn(session, dana, RESET),
        drawn(session, dana, VERIFY),
        drawn(session, sam, RESET),
    )
    new = drawn(session, dana, RESET)
    assert works(session, old, RESET) is None
    assert works(session, new, RESET) == dana
    assert works(session, other, VERIFY) == dana
    assert works(session, sams, RESET) == sam


def test_a_link_to_another_address_than_the_account_has_opens_nothing(session: Session) -> None:
    dana = person(session, "Dana")
    verify, reset = drawn(session, dana, VERIFY), drawn(session, dana, RESET)
    dana.email = "dana@new.example"
    session.flush()
    assert works(session, verify, VERIFY) is None
    assert works(session, reset, RESET) is None


def test_tidying_forgets_what_has_run_out(session: Session) -> None:
    dana = person(session, "Dana")
    drawn(session, dana, RESET)
    kept = drawn(session, dana, VERIFY)
    tidy(session, now=NOW + HOUR)
    assert session.exec(select(AccountLink.token_hash)).all() == [token_hash(kept)]


def test_who_leaves_takes_their_links_along(session: Session) -> None:
    dana = person(session, "Dana")
    token = drawn(session, dana, RESET)
    session.delete(dana)
    session.flush()
    assert works(session, token, RESET) is None
    assert session.exec(select(AccountLink)).all() == []


def test_a_link_of_nobody_can_be_written_and_taken_back(session: Session) -> None:
    with session.begin_nested() as attempt:
        token = draw(session, user_id=new_id(), purpose=RESET, email="x@example.com", now=NOW)
        attempt.rollback()
    session.commit()
    assert works(session, token, RESET) is None


@pytest.mark.usefixtures("committed_database")
@EVERY
def test_of_eight_who_bring_one_link_at_once_one_gets_through(purpose: LinkPurpose) -> None:
    with transaction() as session:
        token = drawn(session, person(session, "Dana"), purpose)

    def bring(_browser: int) -> str:
        try:
            with transaction() as session:
                return spend(session, token=token, purposes={purpose}, now=NOW)[1].name
        except LinkSpent as spent:
            return spent.code

    assert sorted(at_once(bring, range(8))) == ["Dana"] + ["link_spent"] * 7


@pytest.mark.usefixtures("committed_database")
def test_of_links_drawn_at_once_the_last_one_alone_works() -> None:
    with transaction() as session:
        dana = person(session, "Dana")

    def ask(_time: int) -> str:
        with transaction() as session:
            return drawn(session, dana, RESET)

    tokens = at_once(ask, range(6))
    with transaction() as session:
        left = session.exec(select(AccountLink)).all()
    assert len(left) == 1
    assert left[0].token_hash in {token_hash(token) for token in tokens}


@dataclass
class Drawn:
    """What a link should do, as a person would say it."""

    token: str
    owner: int
    purpose: LinkPurpose
    until: datetime
    alive: bool = True


moves = st.one_of(
    st.tuples(st.just("draw"), st.integers(0, 2), st.sampled_from(LinkPurpose)),
    st.tuples(st.just("bring"), st.integers(0, 9), st.sampled_from(LinkPurpose)),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 60, 24 * 60]), st.none()),
    st.tuples(st.just("suspend"), st.integers(0, 2), st.none()),
    st.tuples(st.just("reinstate"), st.integers(0, 2), st.none()),
    st.tuples(st.just("withdraw"), st.integers(0, 2), st.sampled_from(LinkPurpose)),
)
numbers = count()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(moves, max_size=25))
def test_whatever_happens_only_the_right_link_works_for_the_right_thing_once(
    session: Session, story: list[tuple[str, int, LinkPurpose | None]]
) -> None:
    world = World(session)
    for what, which, purpose in story:
        if purpose is None:
            world.plain[what](which)
        else:
            world.about[what](which, purpose)


class World:
    """Three people, their links, and what each of these should do."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, NOW
        self.people = [person(session, f"p{next(numbers)}") for _ in range(3)]
        self.links: list[Drawn] = []
        self.plain: dict[str, Callable[[int], None]] = {
            "wait": self.wait,
            "suspend": self.suspend,
            "reinstate": self.reinstate,
        }
        self.about: dict[str, Callable[[int, LinkPurpose], None]] = {
            "draw": self.draw,
            "bring": self.bring,
            "withdraw": self.withdraw,
        }

    def draw(self, owner: int, purpose: LinkPurpose) -> None:
        self._end(owner, purpose)
        token = drawn(self.session, self.people[owner], purpose, self.now)
        self.links.append(Drawn(token, owner, purpose, self.now + LASTS[purpose]))

    def bring(self, number: int, purpose: LinkPurpose) -> None:
        if number >= len(self.links):
            return
        link = self.links[number]
        owner = self.people[link.owner]
        right = (
            link.alive
            and link.purpose == purpose
            and self.now < link.until
            and owner.suspended_at is None
        )
        seen = peek(self.session, token=link.token, purposes={purpose}, now=self.now)
        assert (seen is not None) is right
        assert works(self.session, link.token, purpose, self.now) == (owner if right else None)
        link.alive = link.alive and not right

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def suspend(self, which: int) -> None:
        self.people[which].suspended_at = self.now
        self.session.flush()

    def reinstate(self, which: int) -> None:
        self.people[which].suspended_at = None
        self.session.flush()

    def withdraw(self, owner: int, purpose: LinkPurpose) -> None:
        self._end(owner, purpose)
        withdraw(self.session, user_id=self.people[owner].id, purposes={purpose})
        left = select(AccountLink).where(
            col(AccountLink.user_id) == self.people[owner].id, col(AccountLink.purpose) == purpose
        )
        assert self.session.exec(left).first() is None

    def _end(self, owner: int, purpose: LinkPurpose) -> None:
        for link in self.links:
            if (link.owner, link.purpose) == (owner, purpose):
                link.alive = False
