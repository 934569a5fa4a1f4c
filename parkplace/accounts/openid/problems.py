"""Why a sign-in through a provider came to nothing.

The browser is sent back to the sign-in page with the code alone, so that no address can make that
page say something; the sentence is looked up here.
"""

from typing import ClassVar

from parkplace.core.errors import Forbidden, NotFound


class ProviderUnknown(NotFound):
    """Raised for a provider that the operator has not configured."""

    code = "provider_unknown"


class OpenIdProblem(Forbidden):
    """What the other kinds here are made from; each has one sentence."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class Cancelled(OpenIdProblem):
    """Raised when the person said no at the provider."""

    code = "openid_cancelled"
    sentence = "You did not finish signing in there. Try again, or use your password."


class NotBegunHere(OpenIdProblem):
    """Raised for an answer that belongs to no sign-in of this browser, or to one long ago."""

    code = "openid_not_begun_here"
    sentence = "This sign-in took too long, or began in another window. Try again."


class ProviderSilent(OpenIdProblem):
    """Raised when the provider does not answer, or not in time."""

    code = "openid_silent"
    sentence = "That site does not answer right now. Try again in a minute, or use your password."


class NotBelieved(OpenIdProblem):
    """Raised when the provider's answer makes no sense, or its signature or claims are wrong."""

    code = "openid_not_believed"
    sentence = "That site gave an answer we could not check. Try again, or use your password."


class EmailUnconfirmed(OpenIdProblem):
    """Raised when the provider does not vouch for an e-mail address, and nobody is known yet."""

    code = "openid_email_unconfirmed"
    sentence = "That site has not confirmed your e-mail address. Confirm it there, or sign up here."


class AccountUnconfirmed(OpenIdProblem):
    """Raised when the address has an account here that anybody may have made."""

    code = "openid_account_unconfirmed"
    sentence = (
        "There is an account with your e-mail address, but we do not know yet that it is yours. "
        "Choose a new password for it by e-mail; then you can continue here with that site."
    )


class TwoAtOnce(OpenIdProblem):
    """Raised when the address got an account in this very moment."""

    code = "openid_two_at_once"
    sentence = "You are signing up in another window too. Try again."


KINDS: tuple[type[OpenIdProblem], ...] = (
    Cancelled,
    NotBegunHere,
    ProviderSilent,
    NotBelieved,
    EmailUnconfirmed,
    AccountUnconfirmed,
    TwoAtOnce,
)
_SENTENCES = {kind.code: kind.sentence for kind in KINDS} | {
    "too_many_attempts": "Too many attempts. Wait a few minutes and try again.",
    "account_suspended": "This account is suspended. Write to us if you think it is a mistake.",
}


def sentence(code: str) -> str:
    """Return what to tell a person who comes back with this code; empty when there is none."""
    return _SENTENCES.get(code, "")
