import asyncio

from sqlmodel import Session

from parkplace.web.pages.account.mail_state import MailState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie


def test_letters_that_are_not_ticked_leave_no_more(session: Session) -> None:
    dana = make.dana(session)
    state = at(MailState(), "/account/mail", cookie=cookie(session, dana))
    asyncio.run(state.load())
    assert all(state.wanted.values())
    form = {"letter_confirmed": "true", "letter_changed": "true", "hours": "24", "locale": "en_GB"}

    [said] = asyncio.run(all_of(state.save(form)))

    assert "Saved." in said
    session.refresh(dana)
    assert dana.muted_letters == ["requested", "report_received"]
    assert (dana.hour_cycle, dana.locale) == ("24", "en_GB")
    asyncio.run(state.load())
    assert (state.wanted["changed"], state.wanted["requested"]) == (True, False)
    assert (state.hours, state.locale) == ("24", "en_GB")


def test_what_nobody_offers_is_refused_and_a_stranger_too(session: Session) -> None:
    dana = make.dana(session)
    state = at(MailState(), "/account/mail", cookie=cookie(session, dana))
    asyncio.run(all_of(state.save({"hours": "25", "locale": "klingon"})))
    assert list(state.wrong) == ["locale"]

    stranger = at(MailState(), "/account/mail")
    asyncio.run(all_of(stranger.save({"locale": "en_GB"})))
    assert stranger.wrong == {"": "You are signed out. Sign in again."}
    session.refresh(dana)
    assert (dana.locale, dana.muted_letters) == ("", [])
