"""What an account may do: the one place that asks whether somebody is an admin.

Where the operator wants it, and always in production, an admin without a second factor signs in
like anybody else and has no admin's power until it is switched on.
"""

from parkplace.accounts.models import User
from parkplace.core.errors import DomainError, Forbidden
from parkplace.core.settings import get_settings


class SecondFactorRequired(Forbidden):
    """Raised when an admin wants to use their power and has not switched on two-factor sign-in."""

    code = "second_factor_required"


def appointed(user: User) -> bool:
    """Whether somebody was made an admin, with or without a second factor."""
    return user.is_admin


def acts_as_admin(user: User) -> bool:
    """Whether somebody has an admin's power now."""
    return user.is_admin and (user.two_factor or not get_settings().admins_need_second_factor)


def require_admin(user: User, *, otherwise: DomainError) -> None:
    """Refuse whoever has no admin's power.

    Args:
        user: Who is asking.
        otherwise: What to raise for everybody who is no admin.

    Raises:
        SecondFactorRequired: They are one, and must switch on two-factor sign-in first.
    """
    if acts_as_admin(user):
        return
    refuse_unproven(user)
    raise otherwise


def refuse_unproven(user: User | None) -> None:
    """Refuse an admin without a second factor; call it where only an admin could go on.

    Raises:
        SecondFactorRequired: They could, once two-factor sign-in is on.
    """
    if user is not None and appointed(user) and not acts_as_admin(user):
        raise SecondFactorRequired(
            "Admins need two-factor sign-in here. Switch it on for your account, then try again."
        )
