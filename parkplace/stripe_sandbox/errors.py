"""What the API answers when it refuses, in Stripe's shape."""

from typing import Any

Json = dict[str, Any]

BAD_REQUEST = 400
UNAUTHORISED = 401
PAYMENT_REQUIRED = 402
NOT_FOUND = 404
CONFLICT = 409
SERVER_ERROR = 500


class ApiError(Exception):
    """A refusal that ends a request.

    Attributes:
        status: The HTTP status.
        keeps: Whether what was written before the refusal stays; true for declines, which leave a
            failed charge behind, false for everything else.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = BAD_REQUEST,
        kind: str = "invalid_request_error",
        keeps: bool = False,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = keeps
        self._error = {"type": kind, "message": message, **more}

    def body(self) -> Json:
        """Return the answer's JSON; what is empty is left out, as Stripe does."""
        return {"error": {name: value for name, value in self._error.items() if value is not None}}


def no_such(kind: str, name: str, *, param: str) -> ApiError:
    """Return the refusal of an id that names nothing: 404 in the path, 400 in a parameter."""
    return ApiError(
        f"No such {kind}: '{name}'",
        status=NOT_FOUND if param == "id" else BAD_REQUEST,
        code="resource_missing",
        param=param,
    )


def unexpected_state(message: str, *, payment_intent: Json) -> ApiError:
    """Return the refusal of a step that the PaymentIntent's status does not allow."""
    return ApiError(message, code="payment_intent_unexpected_state", payment_intent=payment_intent)
