"""Who leaves is gone from every table, file and page; what accounts must keep stays."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts import second_factor, sessions
from parkplace.accounts.audit import entries
from parkplace.accounts.models import User, UserSession
from parkplace.accounts.one_time_codes import code_at, step_at
from parkplace.accounts.origin import HERE
from parkplace.accounts.second_factor import SecondFactorNeeded, WrongCode
from parkplace.accounts.service import (
    AccountSuspended,
    AccountUnknown,
    WrongCredentials,
    register,
    sign_in,
)
from parkplace.accounts.standing import AdminsOnly, LastAdmin, OwnCase
from parkplace.bookings import queries, service
from parkplace.bookings.access import Caller
from parkplace.bookings.models import Booking, PaymentStatus
from parkplace.bookings.queries import When
from parkplace.core.db import sql, transaction
from parkplace.core.errors import DomainError
from parkplace.core.money import Money
from parkplace.notifications.models import Email, EmailStatus
from parkplace.payments import attempts, ledger
from parkplace.payments.models import AttemptKind
from parkplace.people import leaving
from parkplace.people.leaving import (
    BookingsAhead,
    MoneyOpen,
    PasswordNotSet,
    SpacesInUse,
    WrongPassword,
)
from parkplace.people.models import Departure
from parkplace.reports.models import Report
from tests import factories as make
from tests.factories import NOW, period
from tests.people.lives import EMAIL, MARK, NAME, OVER, PASSWORD, PLATE, lived

LATER = OVER + timedelta(days=1)


def leave(session: Session, user: User, password: str = PASSWORD) -> None:
    leaving.leave(session, user=user, password=password, origin=HERE, now=LATER)


def dump(session: Session) -> dict[str, str]:
    """The whole database as text, by table."""
    session.flush()
    tables = sql(session, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = [str(name) for name in tables.scalars() if name != "spatial_ref_sys"]
    whole = "SELECT string_agg(t::text, chr(10)) FROM {} t"
    return {name: str(sql(session, whole.format(name)).scalar()) for name in names}


def naming(session: Session) -> set[str]:
    return {name for name, text in dump(session).items() if MARK in text.lower()}


def test_after_who_leaves_no_column_of_any_table_names_them(session: Session) -> None:
    life = lived(session)
    assert naming(session) == {
        "users", "vehicles", "bookings", "booking_events", "customers", "emails", "reports",
        "spaces", "space_photos", "idempotency_keys", "account_links",
    }  # fmt: skip
    leave(session, life.user)
    assert naming(session) == set()
    rows = dump(session)
    for gone in (
        "vehicles", "user_sessions", "sign_in_codes", "identity_checks", "identity_documents",
        "idempotency_keys",
    ):  # fmt: skip
        assert rows[gone] == "None", gone


def test_what_accounts_must_keep_stays(session: Session) -> None:
    life = lived(session)
    kept = ("reference", "starts_at", "ends_at", "status", "payment_status", "hour_minor")
    before = {name: getattr(life.booked, name) for name in kept}
    money = dump(session)["ledger_entries"]
    leave(session, life.user)
    for booking in (life.booked, life.as_guest, life.hosted):
        session.refresh(booking)
    assert {name: getattr(life.booked, name) for name in kept} == before
    assert (life.booked.email, life.booked.plate, life.booked.card) == (
        f"deleted-{life.user.id}@invalid", "", "",
    )  # fmt: skip
    assert life.as_guest.email == life.booked.email
    assert dump(session)["ledger_entries"] == money
    # Sam parked in their garage: his receipt says where that was, and his things are his.
    view = queries.view(
        session, booking_id=life.hosted.id, caller=Caller(user=life.guest), now=LATER
    )
    assert (view.address, view.plate, view.email) == (
        "12 St Marks Place, New York", "SAM1", "sam@example.com",
    )  # fmt: skip
    assert view.paid == Money(800, "USD")


def test_the_account_is_an_empty_row_nobody_gets_in_with(session: Session) -> None:
    life = lived(session)
    user, id_, since = life.user, life.user.id, life.user.created_at
    leave(session, user)
    session.refresh(user)
    assert (user.id, user.created_at, user.name) == (id_, since, "Deleted person")
    assert (user.email, user.password_hash) == (f"deleted-{id_}@invalid", "!")
    assert (user.suspended_at, user.deleted_at) == (LATER, LATER)
    assert not any((user.is_host, user.is_admin, user.photo_key, user.about, user.locale))
    assert user.email_verified_at is None
    for email in (EMAIL, user.email):
        with pytest.raises(WrongCredentials):
            sign_in(session, email=email, password=PASSWORD)
    # A sign-in that was under way opens nothing.
    _, token = sessions.open_session(session, user=user, origin=HERE, now=LATER)
    assert sessions.who(session, token=token, now=LATER) is None


def test_the_log_stays_and_says_who_did_it(session: Session) -> None:
    life = lived(session)
    before = dump(session)["audit_entries"]
    leave(session, life.user)
    ada = make.ada(session)
    assert dump(session)["audit_entries"].startswith(before)
    entry = entries(session, reader=ada)[0]
    assert (entry.action, entry.actor_id, entry.subject_id) == (
        "account_deleted", life.user.id, life.user.id,
    )  # fmt: skip


def test_signing_up_again_joins_nothing_of_the_old(session: Session) -> None:
    life = lived(session)
    leave(session, life.user)
    again = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=LATER)
    again.email_verified_at = LATER
    session.flush()
    assert again.id != life.user.id
    for when in When:
        assert queries.of_driver(session, user=again, when=when, now=LATER) == []
        assert queries.of_host(session, user=again, when=when, now=LATER) == []
    assert naming(session) == {"users"}
    lot = make.space(session, make.person(session, "Tess"), title="Elsewhere")
    fresh = make.held(session, lot, again, period(48, 1), now=LATER)
    assert fresh.email == EMAIL


def test_what_a_guest_of_an_unproven_address_did_stays_the_guests(session: Session) -> None:
    life = lived(session, verified=False)
    letters = select(Email.dedupe_key).where(Email.to_address == EMAIL)
    leave(session, life.user)
    session.refresh(life.as_guest)
    session.refresh(life.booked)
    assert (life.as_guest.email, life.as_guest.plate) == (EMAIL, PLATE)
    assert life.booked.email == f"deleted-{life.user.id}@invalid"
    told = {key.split(":")[1] for key in session.exec(letters)}
    filed = session.exec(select(Report).where(col(Report.reporter_id).is_(None))).one()
    assert told == {str(life.as_guest.id), str(filed.id)}
    assert filed.email == EMAIL
    [departure] = session.exec(select(Departure))
    # The guest pays with that address too: only the cards of the account are detached.
    assert departure.customers == []
    assert len(departure.cards) == 2
    assert naming(session) == {"bookings", "customers", "emails", "reports", "idempotency_keys"}


def test_letters_to_others_that_wait_to_leave_are_not_lost(session: Session) -> None:
    life = lived(session)
    cancelled = select(Email).where(col(Email.dedupe_key).like("cancelled-host:%"))
    letter = session.exec(cancelled).one()
    letter.status = EmailStatus.QUEUED
    session.flush()
    leave(session, life.user)
    assert session.exec(cancelled).one().id == letter.id


def ahead(session: Session, user: User) -> None:
    make.confirmed(session, make.space(session, make.owen(session)), user, period(30, 1))


def ahead_as_guest(session: Session, user: User) -> None:
    guests = make.held(session, make.space(session, make.owen(session)), None, period(30, 1))
    guests.email = user.email
    make.saved(session, guests.id)


def held(session: Session, user: User) -> None:
    plot = make.space(session, make.owen(session))
    make.held(session, plot, user, period(30, 1), now=LATER)


def running(session: Session, user: User) -> None:
    garage = make.space(session, make.owen(session), status="published")
    make.confirmed(session, garage, user, period(1, 600))


def booked_by_sam(session: Session, user: User) -> None:
    make.confirmed(session, make.space(session, user), make.sam(session), period(30, 1))


def asked_by_sam(session: Session, user: User) -> None:
    yard = make.space(session, user, instant=False)
    make.confirmed(session, yard, make.sam(session), period(30, 1))


def owing(status: PaymentStatus) -> Callable[[Session, User], None]:
    def owes(session: Session, user: User) -> None:
        over(session, user).payment_status = status
        session.flush()

    return owes


def trying(session: Session, user: User) -> None:
    attempts.begin(
        session, order_id=over(session, user).id, kind=AttemptKind.REFUND,
        amount=Money(800, "USD"), params={}, now=NOW,
    )  # fmt: skip
    session.flush()


def over(session: Session, user: User) -> Booking:
    plot = make.space(session, make.owen(session), hour_minor=0, day_cap_minor=None)
    booking = make.confirmed(session, plot, user, period(1, 1))
    return service.leave(
        session, booking_id=booking.id, caller=Caller(user=user), now=NOW + timedelta(minutes=61)
    )


def earning(session: Session, user: User) -> None:
    booking = over(session, make.sam(session))
    ledger.stay_ended(
        session, order_id=booking.id, host_id=user.id, amount=Money(800, "USD"), now=NOW
    )
    session.flush()


@pytest.mark.parametrize(
    ("arrange", "error"),
    [
        (ahead, BookingsAhead),
        (ahead_as_guest, BookingsAhead),
        (held, BookingsAhead),
        (running, BookingsAhead),
        (booked_by_sam, SpacesInUse),
        (asked_by_sam, SpacesInUse),
        (owing(PaymentStatus.DUE), MoneyOpen),
        (owing(PaymentStatus.NEEDS_ACTION), MoneyOpen),
        (owing(PaymentStatus.FAILED), MoneyOpen),
        (trying, MoneyOpen),
        (earning, MoneyOpen),
    ],
)
def test_while_anything_is_open_nobody_leaves(
    session: Session, arrange: Callable[[Session, User], None], error: type[DomainError]
) -> None:
    user = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
    user.email_verified_at = NOW
    session.flush()
    ada = make.ada(session)
    arrange(session, user)
    found = leaving.obstacle(session, user=user, now=LATER)
    assert isinstance(found, error)
    with pytest.raises(error) as raised:
        leave(session, user)
    assert raised.value.message == found.message
    with pytest.raises(error):
        leaving.remove(session, admin=ada, user_id=user.id, origin=HERE, now=LATER)
    session.refresh(user)
    assert (user.email, user.deleted_at) == (EMAIL, None)


def test_holds_that_ran_out_and_what_was_refused_keep_nobody(session: Session) -> None:
    user = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
    held(session, user)
    assert leaving.obstacle(session, user=user, now=LATER) is not None
    assert leaving.obstacle(session, user=user, now=LATER + timedelta(minutes=10)) is None


def test_it_takes_the_password(session: Session) -> None:
    life = lived(session)
    with pytest.raises(WrongPassword):
        leave(session, life.user, "another password")
    life.user.password_hash = "!"
    session.flush()
    with pytest.raises(PasswordNotSet):
        leave(session, life.user, "!")
    assert MARK in dump(session)["users"].lower()


def test_it_takes_a_code_too_where_signing_in_does(session: Session) -> None:
    user = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
    user.email_verified_at = NOW
    proof: dict[str, Any] = {"password": PASSWORD, "signed_in_at": None, "now": NOW}
    secret = second_factor.set_up(session, user=user, **proof).secret
    first = code_at(secret, step_at(NOW))
    codes = second_factor.switch_on(session, user=user, code=first, origin=HERE, now=NOW)

    def leave_with(code: str | None, password: str = PASSWORD) -> None:
        leaving.leave(session, user=user, password=password, code=code, origin=HERE, now=LATER)

    with pytest.raises(SecondFactorNeeded):
        leave_with(None)
    with pytest.raises(WrongCode):
        leave_with(first)
    with pytest.raises(WrongPassword):
        leave_with(codes[0], "another password")
    assert user.deleted_at is None
    leave_with(codes[0])
    assert user.deleted_at == LATER


def test_an_admin_deletes_others_and_nobody_else_does(session: Session) -> None:
    life = lived(session)
    ada, sam = make.ada(session), life.guest

    def remove(by: User, whom: User) -> None:
        leaving.remove(session, admin=by, user_id=whom.id, origin=HERE, now=LATER)

    with pytest.raises(AdminsOnly):
        remove(sam, life.user)
    with pytest.raises(OwnCase):
        remove(ada, ada)
    remove(ada, life.user)
    assert naming(session) == set()
    with pytest.raises(AccountUnknown):
        remove(ada, life.user)
    entry = entries(session, reader=ada)[0]
    assert (entry.action, entry.actor_id) == ("account_deleted", ada.id)


def test_the_last_admin_stays(session: Session) -> None:
    ada = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
    ada.is_admin = True
    session.flush()
    with pytest.raises(LastAdmin):
        leave(session, ada)
    make.ada(session)
    leave(session, ada)
    assert naming(session) == set()


@pytest.mark.usefixtures("committed_database")
def test_who_books_at_the_same_moment_either_books_or_is_gone() -> None:
    told: list[str] = []
    with transaction() as session:
        user = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
        garage = make.space(session, make.owen(session))

    def book() -> None:
        try:
            with transaction() as session:
                make.held(session, garage, user, period(30, 1), now=LATER)
        except AccountSuspended as error:
            told.append(error.code)

    booking = threading.Thread(target=book)
    with transaction() as session:
        leave(session, user)
        booking.start()
        booking.join(0.3)
        assert booking.is_alive()
    booking.join()
    assert told == ["account_suspended"]
    with transaction() as session:
        assert session.exec(select(Booking)).all() == []
        assert naming(session) == set()


@pytest.mark.usefixtures("committed_database")
def test_who_leaves_while_they_book_is_told_of_the_booking() -> None:
    told: list[str] = []
    with transaction() as session:
        user = register(session, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
        garage = make.space(session, make.owen(session))

    def go() -> None:
        try:
            with transaction() as session:
                leave(session, user)
        except BookingsAhead as error:
            told.append(error.code)

    going = threading.Thread(target=go)
    with transaction() as session:
        make.held(session, garage, user, period(30, 1), now=LATER)
        going.start()
        going.join(0.5)
        assert going.is_alive()
    going.join()
    assert told == ["bookings_ahead"]


def test_every_session_ends(session: Session) -> None:
    life = lived(session)
    leave(session, life.user)
    assert session.exec(select(UserSession)).all() == []
