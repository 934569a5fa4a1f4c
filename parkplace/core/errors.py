"""The five kinds of thing that can go wrong in the domain.

Services declare their own errors above the code that raises them, as subclasses of one of these
kinds, each with a stable `code` and a sentence for the person: what happened, then what to do.
Doors translate kinds, never single errors.
"""

from typing import ClassVar


class DomainError(Exception):
    """Something a person asked for cannot be done; the message is meant for them.

    Attributes:
        code: A stable snake_case name that programs may rely on.
        field: The name of the input at fault, when there is exactly one.
        details: Facts that help the caller go on, such as the nearest free space.
    """

    code: ClassVar[str] = "error"

    def __init__(
        self, message: str, *, field: str | None = None, details: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details or {}


class NotFound(DomainError):  # noqa: N818 - the kind is the name
    """The thing does not exist, or the person may not know that it does."""

    code = "not_found"


class Forbidden(DomainError):  # noqa: N818
    """The thing exists, but this person may not do this to it."""

    code = "forbidden"


class Conflict(DomainError):  # noqa: N818
    """The request was right in itself but meets a state that does not allow it."""

    code = "conflict"


class Invalid(DomainError):  # noqa: N818
    """The input is wrong; nothing was changed."""

    code = "invalid"


class Payment(DomainError):  # noqa: N818
    """Money could not be moved."""

    code = "payment_failed"
