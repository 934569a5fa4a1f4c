import smtplib
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from parkplace.notifications.smtp import (
    Deferred,
    Mailer,
    Refused,
    Security,
    Server,
    Unreachable,
    server,
)
from tests.notifications.post_office import CERTIFICATE, post_office


def a_letter(to: str = "dana@example.com") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "noreply@example.com", to, "Hello"
    letter.set_content("Hello")
    return letter


@pytest.fixture
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", Server("mail.example.com", 25)),
        ("smtp://localhost:2525", Server("localhost", 2525)),
        (
            "smtp://park:p%40ss%2F@mail.example.com?starttls=true",
            Server("mail.example.com", 587, Security.STARTTLS, "park", "p@ss/"),
        ),
        ("smtps://mail.example.com", Server("mail.example.com", 465, Security.TLS)),
        (
            "smtps://u:p@mail.example.com:99?from=Parking%20<park@example.com>",
            Server(
                *("mail.example.com", 99, Security.TLS, "u", "p"),
                Address("Parking", "park", "example.com"),
            ),
        ),
        ("smtp://u:p@127.0.0.1", Server("127.0.0.1", 25, Security.NONE, "u", "p")),
    ],
)
def test_a_url_says_how_to_reach_the_server(url: str, expected: Server) -> None:
    assert server(url) == expected


@pytest.mark.parametrize("url", ["", "mail.example.com", "http://mail.example.com", "smtp://"])
def test_what_is_no_url_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL looks like"):
        server(url)


def test_a_password_never_travels_in_the_clear() -> None:
    with pytest.raises(ValueError, match="in the clear"):
        server("smtp://park:secret@mail.example.com")


def test_one_conversation_carries_many_letters() -> None:
    with post_office() as office, Mailer(server(office.url)) as mailer:
        for number in range(3):
            mailer.send(a_letter(f"dana{number}@example.com"))
        assert [letter["To"] for letter in office.letters] == [
            f"dana{number}@example.com" for number in range(3)
        ]


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(("tls", "user"), [("starttls", "park"), ("starttls", ""), ("tls", "")])
def test_letters_travel_encrypted(tls: str, user: str) -> None:
    with post_office(tls=tls, user=user, password="secret") as office:
        with Mailer(server(office.url)) as mailer:
            mailer.send(a_letter())
        assert len(office.letters) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_that_cannot_show_who_it_is_gets_nothing(tls: str) -> None:
    with post_office(tls=tls) as office, Mailer(server(office.url)) as mailer:
        with pytest.raises(Unreachable, match="certificate"):
            mailer.send(a_letter())
        assert office.asked == []


def test_a_server_without_encryption_gets_nothing_when_it_is_asked_for() -> None:
    with post_office() as office:
        with Mailer(server(f"{office.url}?starttls=true")) as mailer, pytest.raises(Unreachable):
            mailer.send(a_letter())
        assert office.asked == []


@pytest.mark.usefixtures("_trusted")
def test_a_wrong_password_is_our_trouble_and_not_the_letters() -> None:
    with post_office(tls="starttls", user="park", password="secret") as office:
        wrong = office.url.replace("secret", "guess")
        with Mailer(server(wrong)) as mailer, pytest.raises(Unreachable, match="535"):
            mailer.send(a_letter())
        with Mailer(server(office.url)) as mailer:
            mailer.send(a_letter())
        assert len(office.letters) == 1


def test_nobody_there_means_not_now() -> None:
    with post_office() as office:
        gone = server(office.url)
    with Mailer(gone) as mailer, pytest.raises(Unreachable):
        mailer.send(a_letter())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 No such mailbox", Refused),
        ("552 Full for good", Refused),
        ("450 Busy", Deferred),
        ("452 Full for now", Deferred),
    ],
)
def test_a_recipient_is_refused_for_now_or_for_good(
    answer: str, kind: type[Refused | Deferred]
) -> None:
    with post_office() as office, Mailer(server(office.url)) as mailer:
        office.at_recipient = lambda _: answer
        with pytest.raises(kind, match=answer) as refused:
            mailer.send(a_letter())
        assert not isinstance(refused.value, Unreachable)
        office.at_recipient = lambda _: "250 OK"
        mailer.send(a_letter())
        assert len(office.letters) == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [("554 Looks like spam", Refused), ("451 Try later", Deferred)]
)
def test_a_letter_is_refused_for_now_or_for_good(
    answer: str, kind: type[Refused | Deferred]
) -> None:
    with post_office() as office, Mailer(server(office.url)) as mailer:
        office.at_letter = lambda _: answer
        with pytest.raises(kind, match=answer):
            mailer.send(a_letter())
        assert office.letters == []


def test_a_server_that_falls_silent_midway_is_tried_again_later() -> None:
    with post_office() as office, Mailer(server(office.url)) as mailer:
        mailer.send(a_letter())
        office.at_letter = lambda _: "421 Closing"
        with pytest.raises(Deferred):
            mailer.send(a_letter())
        office.at_letter = lambda _: "250 OK"
        mailer.send(a_letter())
        assert len(office.letters) == 2


def test_the_library_speaks_of_refusals_as_we_understand_them() -> None:
    # All of these are `SMTPResponseException`s; only a letter's own refusal may be final.
    assert issubclass(smtplib.SMTPAuthenticationError, smtplib.SMTPResponseException)
    assert issubclass(smtplib.SMTPSenderRefused, smtplib.SMTPResponseException)
    assert not issubclass(smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
