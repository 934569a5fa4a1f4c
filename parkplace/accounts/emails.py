"""E-mail addresses: one spelling for each."""

from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from parkplace.core.errors import Invalid

_NOWHERE = "@invalid"  # RFC 2606: never anybody's domain
_MOST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


class BadEmail(Invalid):
    """Raised for what is no e-mail address."""

    code = "bad_email"


def normalised(typed: str) -> str:
    """Return an address in the one spelling it is stored in: lower case, domain in ASCII.

    Lower case throughout: no provider still tells `Dana@` from `dana@`, and people type both. No
    network is asked whether the domain takes mail. Addresses that only servers with SMTPUTF8
    accept are refused, because a letter to them may never arrive.

    Raises:
        BadEmail: It is no address that a letter can be sent to.
    """
    problem = BadEmail(
        "This is not an e-mail address. Check it: it looks like dana@example.com.", field="email"
    )
    text = typed.strip()
    if len(text) > _MOST:
        raise problem
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise problem from error
    return (found.ascii_email or found.normalized).lower()


def no_address(thing_id: UUID) -> str:
    """Return what stands in the place of an address that was forgotten; no letter can reach it."""
    return f"deleted-{thing_id}{_NOWHERE}"


def is_no_address(address: str) -> bool:
    """Whether an address was forgotten."""
    return address.endswith(_NOWHERE)
