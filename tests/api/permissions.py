"""Who may do what: for each route, the status that each kind of caller gets.

The columns:

* nobody: sends neither a token nor a cookie
* guest: a guest with the manage token of *another* booking at the same garage
* stranger: Sam, who has an account and nothing to do with any of it
* owner: Dana, whose booking, report, session … it is; at a space she is a driver like any other
* host: Owen, whose garage it is
* admin: Ada
* suspended: Dana, when her account was suspended after she signed in

A new route needs a row. It is one line: what the parts of its address mean is found in `worlds`
under their own names, or under the name the row gives (`booking_id="requested"`); a body and a
query are small functions of the world. `public=True` says that a stranger may do it on purpose;
without it no stranger and nobody else without rights may get through, whatever the row says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.worlds import World

COLUMNS = ("nobody", "guest", "stranger", "owner", "host", "admin", "suspended")

Given = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One route, and what each column gets from it."""

    method: str
    path: str
    statuses: tuple[str, ...]
    public: bool = False
    body: Given | None = None
    query: Given | None = None
    files: Given | None = None
    means: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """What the row is called where it fails."""
        return f"{self.method} {self.path}"


def row(
    method: str,
    path: str,
    statuses: str,
    *,
    public: bool = False,
    body: Given | None = None,
    query: Given | None = None,
    files: Given | None = None,
    **means: str,
) -> Row:
    """Return a row; `statuses` are seven, in the order of the columns."""
    return Row(method, path, tuple(statuses.split()), public, body, query, files, means)


def _stay(world: World) -> dict[str, Any]:
    return {
        "space_id": world.things["space_id"],
        "starts_at": "2026-11-21T15:00:00-05:00",
        "ends_at": "2026-11-21T16:00:00-05:00",
    }


def _account(_: World) -> dict[str, Any]:
    return {"email": "new@example.com", "password": "plum harbour trellis nine", "name": "New"}


def _login(_: World) -> dict[str, Any]:
    return {"email": "dana@example.com", "password": "not her password"}


def _listing(_: World) -> dict[str, Any]:
    return {
        "title": "Behind the bakery",
        "lat": 40.7290,
        "lng": -73.9888,
        "kind": "garage",
        "rate_card": {"hour_minor": 400, "currency": "USD"},
    }


def _report(_: World) -> dict[str, Any]:
    return {"plate": "XYZ 999", "kind": "blocking", "description": "It stands across the exit."}


def _near(_: World) -> dict[str, Any]:
    return {"lat": 40.729, "lng": -73.9888} | _when()


def _pins(_: World) -> dict[str, Any]:
    return {"bbox": "-74.1,40.6,-73.9,40.8", "zoom": 12} | _when()


def _when() -> dict[str, Any]:
    return {"starts_at": "2026-11-21T20:00:00Z", "ends_at": "2026-11-21T21:00:00Z"}


# fmt: off
V1 = "/api/v1"
BOOKING = f"{V1}/bookings/{{booking_id}}"
SPACE = f"{V1}/spaces/{{space_id}}"
USER = f"{V1}/users/{{user_id}}"
VEHICLE = f"{V1}/vehicles/{{vehicle_id}}"
METHOD = f"{V1}/payments/methods/{{method_id}}"
#                                                      nobody  stranger  host    suspended
#                                                          guest    owner    admin
ROWS = (
    row("POST",  f"{V1}/auth/register",                    "201 201 201 201 201 201 201", public=True, body=_account),
    row("POST",  f"{V1}/auth/login",                       "403 403 403 403 403 403 403", public=True, body=_login),
    row("POST",  f"{V1}/auth/token/refresh",               "401 401 401 401 401 401 401", public=True, body=lambda _: {"refresh_token": "x.y"}),
    row("POST",  f"{V1}/auth/logout",                      "204 204 204 204 204 204 204", public=True),
    row("GET",   f"{V1}/auth/me",                          "401 401 200 200 200 200 401", public=True),
    row("PATCH", f"{V1}/auth/me",                          "401 401 200 200 200 200 401", public=True, body=lambda _: {"name": "New"}),
    row("DELETE", f"{V1}/auth/me",                         "401 401 409 409 409 409 401", public=True, body=lambda _: {"password": "not her password"}),
    row("GET",   f"{V1}/auth/me/export",                   "401 401 200 200 200 200 401", public=True),
    row("GET",   f"{V1}/auth/me/audit",                    "401 401 200 200 200 200 401", public=True),
    row("GET",   f"{V1}/auth/sessions",                    "401 401 200 200 200 200 401", public=True),
    row("DELETE", f"{V1}/auth/sessions",                   "401 401 204 204 204 204 401", public=True),
    row("DELETE", f"{V1}/auth/sessions/{{session_id}}",    "401 401 404 204 404 404 401"),
    row("POST",  f"{V1}/auth/email/verify",                "404 404 404 404 404 404 404", public=True, body=lambda _: {"token": "none"}),
    row("POST",  f"{V1}/auth/email/verify/resend",         "401 401 409 409 409 409 401", public=True),
    row("POST",  f"{V1}/auth/email/change/confirm",        "404 404 404 404 404 404 404", public=True, body=lambda _: {"token": "none"}),
    row("POST",  f"{V1}/auth/email/change/stop",           "404 404 404 404 404 404 404", public=True, body=lambda _: {"token": "none"}),
    row("POST",  f"{V1}/auth/password/reset",              "202 202 202 202 202 202 202", public=True, body=lambda _: {"email": "dana@example.com"}),
    row("POST",  f"{V1}/auth/password/reset/confirm",      "404 404 404 404 404 404 404", public=True, body=lambda _: {"token": "none", "password": "plum harbour trellis nine"}),
    row("POST",  f"{V1}/auth/password/change",             "401 401 403 403 403 403 401", public=True, body=lambda _: {"current": "not hers", "new": "plum harbour trellis nine"}),
    row("POST",  f"{V1}/auth/2fa/setup",                   "401 401 200 200 200 200 401", public=True, body=lambda _: {"password": "not hers"}),
    row("POST",  f"{V1}/auth/2fa/enable",                  "401 401 409 409 409 409 401", public=True, body=lambda _: {"code": "123456"}),
    row("POST",  f"{V1}/auth/2fa/disable",                 "401 401 409 409 409 409 401", public=True, body=lambda _: {"password": "not hers", "code": "123456"}),
    row("POST",  f"{V1}/auth/2fa/recovery-codes",          "401 401 409 409 409 409 401", public=True, body=lambda _: {"code": "123456"}),
    row("GET",   f"{V1}/auth/oidc/{{provider}}/login",     "404 404 404 404 404 404 404", public=True),
    row("GET",   f"{V1}/auth/oidc/{{provider}}/callback",  "404 404 404 404 404 404 404", public=True),
    row("GET",   f"{V1}/auth/identities",                  "401 401 200 200 200 200 401", public=True),
    row("DELETE", f"{V1}/auth/identities/{{identity_id}}", "401 401 404 409 404 404 401"),

    row("GET",   f"{V1}/users",                            "401 401 403 403 403 200 401"),
    row("GET",   USER,                                     "401 401 404 200 404 200 401"),
    row("PATCH", USER,                                     "401 401 404 200 404 200 401", body=lambda _: {"name": "New"}),
    row("PATCH", USER,                                     "401 401 404 403 404 200 401", body=lambda _: {"is_admin": True}),
    row("DELETE", USER,                                    "401 401 403 403 403 409 401"),
    row("GET",   f"{USER}/profile",                        "200 200 200 200 200 200 404", public=True),
    row("PUT",   f"{V1}/users/me/photo",                   "401 401 422 422 422 422 401", public=True, files=lambda _: {"photo": b"no picture"}),
    row("DELETE", f"{USER}/photo",                         "401 401 404 204 404 204 401"),
    row("POST",  f"{USER}/suspend",                        "401 401 403 403 403 200 401", body=lambda _: {"why": "Her garage is nowhere."}),
    row("POST",  f"{USER}/reinstate",                      "401 401 403 403 403 200 401"),
    row("GET",   f"{V1}/users/me/stats",                   "401 401 200 200 200 200 401", public=True),
    row("POST",  f"{V1}/users/me/verification",            "401 401 422 422 422 422 401", public=True, files=lambda _: {"documents": b"no picture"}),
    row("GET",   f"{V1}/users/me/verification",            "401 401 404 200 404 404 401", public=True),
    row("GET",   f"{USER}/verification",                   "401 401 403 403 403 200 401"),
    row("GET",   f"{USER}/verification/documents/{{number}}", "401 401 403 403 403 200 401"),
    row("POST",  f"{USER}/verify",                         "401 401 403 403 403 200 401", body=lambda _: {"decision": "approve"}),
    row("GET",   f"{V1}/audit",                            "401 401 403 403 403 200 401"),

    row("GET",   f"{V1}/vehicles",                         "401 401 200 200 200 200 401", public=True),
    row("POST",  f"{V1}/vehicles",                         "401 401 201 201 201 201 401", public=True, body=lambda _: {"plate": "XYZ 999"}),
    row("GET",   VEHICLE,                                  "401 401 404 200 404 404 401"),
    row("PATCH", VEHICLE,                                  "401 401 404 200 404 404 401", body=lambda _: {"nickname": "Red"}),
    row("DELETE", VEHICLE,                                 "401 401 404 204 404 404 401"),

    row("GET",   f"{V1}/spaces",                           "200 200 200 200 200 200 200", public=True, query=_near),
    row("GET",   f"{V1}/spaces/pins",                      "200 200 200 200 200 200 200", public=True, query=_pins),
    row("GET",   f"{V1}/places",                           "200 200 200 200 200 200 200", public=True, query=lambda _: {"q": "40.7, -74"}),
    row("POST",  f"{V1}/spaces",                           "401 401 201 201 201 201 401", public=True, body=_listing),
    row("GET",   SPACE,                                    "200 200 200 200 200 200 401", public=True),
    row("GET",   SPACE,                                    "404 404 404 404 200 200 401", space_id="draft"),
    row("PATCH", SPACE,                                    "401 401 403 403 200 200 401", body=lambda _: {"title": "The garage"}),
    row("POST",  f"{SPACE}/publish",                       "401 401 404 404 200 200 401", space_id="draft"),
    row("POST",  f"{SPACE}/pause",                         "401 401 403 403 200 200 401"),
    row("POST",  f"{SPACE}/photos",                        "401 401 403 403 422 422 401", files=lambda _: {"photo": b"no picture"}),
    row("PATCH", f"{SPACE}/photos",                        "401 401 403 403 200 200 401", body=lambda world: {"items": [{"id": world.things["photo_id"], "caption": "In front"}]}),
    row("DELETE", f"{SPACE}/photos/{{photo_id}}",          "401 401 403 403 204 204 401"),
    row("DELETE", SPACE,                                   "401 401 403 403 409 409 401"),
    row("DELETE", SPACE,                                   "401 401 404 404 204 204 401", space_id="draft"),
    row("GET",   f"{SPACE}/availability",                  "200 200 200 200 200 200 401", public=True),
    row("GET",   f"{SPACE}/availability",                  "404 404 404 404 200 200 401", space_id="draft"),
    row("PUT",   f"{SPACE}/availability",                  "401 401 403 403 200 200 401", body=lambda _: {"weekly": None, "exceptions": [], "blocks": []}),
    row("GET",   f"{SPACE}/calendar",                      "200 200 200 200 200 200 401", public=True, query=lambda _: {"from": "2026-11-21", "to": "2026-11-28"}),
    row("GET",   f"{SPACE}/calendar",                      "404 404 404 404 200 200 401", query=lambda _: {"from": "2026-11-21", "to": "2026-11-28"}, space_id="draft"),
    row("GET",   f"{SPACE}/bookings",                      "401 401 403 403 200 200 401"),
    row("GET",   f"{V1}/spaces/nearby",                    "200 200 200 200 200 200 200", public=True, query=_near),
    row("GET",   f"{V1}/tags",                             "200 200 200 200 200 200 200", public=True),

    row("POST",  f"{V1}/quotes",                           "201 201 201 201 201 201 201", public=True, body=_stay),
    row("GET",   f"{V1}/quotes/{{quote_id}}",              "200 200 200 200 200 200 200", public=True),
    row("GET",   f"{V1}/bookings",                         "401 401 200 200 200 200 401", public=True),
    row("POST",  f"{V1}/bookings",                         "422 422 201 201 201 201 401", public=True, body=_stay),
    row("POST",  f"{V1}/bookings/links",                   "202 202 202 202 202 202 202", public=True, body=lambda _: {"email": "dana@example.com", "reference": "8Q4-KX2H"}),
    row("GET",   BOOKING,                                  "401 404 404 200 200 200 401"),
    row("PATCH", BOOKING,                                  "401 404 404 200 403 200 401", body=lambda _: {"plate": "KLM 4821"}),
    row("POST",  f"{BOOKING}/cancel",                      "401 404 404 200 200 200 401"),
    row("POST",  f"{BOOKING}/confirm",                     "401 404 404 403 200 200 401", booking_id="requested"),
    row("POST",  f"{BOOKING}/decline",                     "401 404 404 403 200 200 401", booking_id="requested"),
    row("POST",  f"{BOOKING}/checkin",                     "401 404 404 200 200 200 401", booking_id="active"),
    row("POST",  f"{BOOKING}/checkout",                    "401 404 404 200 403 200 401", booking_id="active"),
    row("POST",  f"{BOOKING}/resume-payment",              "401 404 404 200 403 200 401", booking_id="held"),
    row("GET",   f"{BOOKING}/receipt",                     "401 404 404 200 200 200 401"),
    row("GET",   f"{BOOKING}/events",                      "401 404 404 200 200 200 401"),
    row("GET",   f"{BOOKING}/calendar.ics",                "401 404 404 200 200 200 401"),

    row("POST",  f"{V1}/payments/setup-intent",            "401 422 201 201 201 201 401", public=True),
    row("POST",  f"{V1}/payments/payment-intent",          "401 404 404 409 403 409 401", body=lambda world: {"booking_id": world.things["booking_id"]}),
    row("POST",  f"{V1}/payments/confirm",                 "401 404 404 404 404 404 401", body=lambda _: {"setup_intent_id": "seti_none"}),
    row("GET",   f"{V1}/payments/methods",                 "401 401 200 200 200 200 401", public=True),
    row("POST",  f"{V1}/payments/methods",                 "401 401 404 404 404 404 401", body=lambda _: {"setup_intent_id": "seti_none"}),
    row("POST",  f"{METHOD}/default",                      "401 401 404 200 404 404 401"),
    row("DELETE", METHOD,                                  "401 401 404 204 404 404 401"),
    row("GET",   f"{V1}/payments/transactions",            "401 401 200 200 200 200 401", public=True),
    row("GET",   f"{V1}/payments/balance",                 "401 401 200 200 200 200 401", public=True),
    row("POST",  f"{V1}/payments/payout",                  "401 401 409 409 409 409 401", public=True, body=lambda _: {"currency": "USD"}),
    row("GET",   f"{V1}/payments/onboarding",              "401 401 200 200 200 200 401", public=True),
    row("POST",  f"{V1}/payments/onboarding",              "401 401 422 422 422 422 401", public=True),
    row("GET",   f"{V1}/dashboard/stats",                  "401 401 200 200 200 200 401", public=True),
    row("GET",   f"{V1}/dashboard/stats",                  "401 401 403 403 403 200 401", query=lambda _: {"role": "admin"}),

    row("POST",  f"{V1}/reports",                          "201 201 201 201 201 201 401", public=True, body=_report),
    row("GET",   f"{V1}/reports",                          "401 401 200 200 200 200 401", public=True),
    row("GET",   f"{V1}/reports/{{report_id}}",            "401 401 404 200 404 200 401"),
    row("GET",   f"{V1}/reports/status/{{token}}",         "200 200 200 200 200 200 200", public=True),
    row("PATCH", f"{V1}/reports/{{report_id}}",            "401 401 403 403 403 200 401", body=lambda _: {"status": "resolved"}),

    row("GET",   "/live",                                  "404 404 404 200 200 200 401", query=lambda world: {"topic": f"booking:{world.things['booking_id']}"}),
    row("GET",   "/live",                                  "403 403 403 200 403 403 401", query=lambda world: {"topic": f"user:{world.dana.id}"}),
    row("POST",  f"{V1}/webhooks/stripe",                  "400 400 400 400 400 400 400", public=True),

    # What is no resource: for everybody, or for who holds what it takes.
    row("GET",   "/healthz",                               "200 200 200 200 200 200 200", public=True),
    row("GET",   "/readyz",                                "503 503 503 503 503 503 503", public=True),
    row("GET",   "/metrics",                               "403 403 403 403 403 403 403"),
    row("GET",   "/auth/session",                          "303 303 303 303 303 303 303", public=True, query=lambda _: {"code": "none"}),
    row("POST",  "/auth/sign-out",                         "303 303 303 303 303 303 303", public=True),
    row("GET",   "/photos/{name}",                         "404 404 404 404 404 404 404", public=True),
    row("GET",   "/map/streets",                           "200 200 200 200 200 200 200", public=True, query=lambda _: {"bbox": "-74,40,-73,41", "zoom": 14}),
    row("GET",   "/api/openapi.json",                      "200 200 200 200 200 200 200", public=True),
    row("GET",   "/api/docs",                              "200 200 200 200 200 200 200", public=True),
    row("GET",   "/api/redoc",                             "200 200 200 200 200 200 200", public=True),
    row("GET",   "/api/docs/{name}",                       "404 404 404 404 404 404 404", public=True),
    # These exist on developers' machines and in tests only.
    row("GET",   "/dev/mailbox",                           "200 200 200 200 200 200 200", public=True),
    row("GET",   "/dev/mailbox/{letter_id}",               "404 404 404 404 404 404 404", public=True, letter_id="space_id"),
    row("GET",   "/dev/mailbox/{letter_id}/attachments/{number}", "404 404 404 404 404 404 404", public=True, letter_id="space_id", number="zero"),
    row("POST",  "/dev/clock",                             "200 200 200 200 200 200 200", public=True, body=lambda _: {"offset_seconds": 0}),
)
# fmt: on
