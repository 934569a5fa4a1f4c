"""Talking to an OpenID provider, and checking what it says: the only user of Authlib and joserfc.

Everything here waits for the network, for five seconds an answer at most: call it on a thread, and
outside any transaction. What a provider publishes about itself is kept for an hour.
"""

import logging
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError, model_validator
from requests import RequestException

from parkplace.accounts.openid.problems import (
    NotBelieved,
    OpenIdProblem,
    ProviderSilent,
    ProviderUnknown,
)
from parkplace.core.links import link, openid_path
from parkplace.core.settings import OpenIdProvider, get_settings

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 3, 5
KEPT_FOR = timedelta(hours=1)
CLOCKS_DIFFER_S = 60
# Those that only the provider can make. With the others whoever knows our secret, or nobody, signs.
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
]  # fmt: skip
_SCOPE = "openid email profile"
_TURNS = threading.BoundedSemaphore(8)  # most threads stay with everybody who has no provider


class Metadata(BaseModel):
    """What a provider says about itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]

    @model_validator(mode="after")
    def _as_safe_as_its_issuer(self) -> "Metadata":
        scheme = urlsplit(self.issuer).scheme
        places = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            self.userinfo_endpoint or self.issuer,
        )
        if any(urlsplit(place).scheme not in {scheme, "https"} for place in places):
            raise ValueError("an endpoint is not as safe as its issuer")
        return self


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that the operator configured, under the name it has in our addresses."""

    name: str
    config: OpenIdProvider

    @property
    def issuer(self) -> str:
        """Its own name, the first half of everybody's name there."""
        return self.config.issuer


@dataclass(frozen=True, slots=True)
class Person:
    """Who a provider says somebody is.

    Attributes:
        provider: Our name of the provider.
        issuer, subject: Together they name a person, for ever.
        email: Only what the provider has verified; else empty.
        name: What to call them; may be empty.
    """

    provider: str
    issuer: str
    subject: str
    email: str
    name: str


def providers() -> list[Provider]:
    """Return the providers there are, in the operator's order."""
    return [Provider(name, config) for name, config in get_settings().openid.items()]


def provider(name: str) -> Provider:
    """Return a provider by its name.

    Raises:
        ProviderUnknown: There is none.
    """
    config = get_settings().openid.get(name)
    if config is None:
        raise ProviderUnknown("There is no such way to sign in here. Use the sign-in page.")
    return Provider(name, config)


def label(name: str) -> str:
    """Return what people call a provider, also one that is no longer configured."""
    config = get_settings().openid.get(name)
    return config.label if config is not None else name


def address_of_sign_in(
    of: Provider, *, state: str, nonce: str, verifier: str, now: datetime
) -> str:
    """Return where to send a browser, so that the provider sends it back to our callback.

    Args:
        of: The provider.
        state: Comes back with the browser.
        nonce: Comes back inside the ID token.
        verifier: Proves later that it was we who asked (PKCE, S256).
        now: The current instant.

    Raises:
        ProviderSilent, NotBelieved: It says nothing of use about itself.
    """
    about = _metadata(of, now=now)
    with _session(of, about) as http:
        url, _ = http.create_authorization_url(
            about.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
        )
    return str(url)


def person(of: Provider, *, code: str, nonce: str, verifier: str, now: datetime) -> Person:
    """Exchange the code that a browser brought for who it is.

    Args:
        of: The provider.
        code: Good once.
        nonce: As it was given to `address_of_sign_in`.
        verifier: The same.
        now: The current instant.

    Raises:
        ProviderSilent: No answer came.
        NotBelieved: The provider refuses the code, or its answer is not what it must be.
    """
    about = _metadata(of, now=now)
    with _asking(of), _session(of, about) as http:
        token: Any = http.fetch_token(
            about.token_endpoint, code=code, code_verifier=verifier, allow_redirects=False
        )
    if not isinstance(token.get("id_token"), str):
        raise _not_believed(of, "there is no ID token")
    access_token = token.get("access_token")
    claims = _checked(of, about, token["id_token"], access_token, nonce=nonce, now=now)
    if "email" not in claims and isinstance(access_token, str):
        claims = {**_userinfo(of, about, access_token, str(claims["sub"])), **claims}
    return _person(of, claims)


def forget() -> None:
    """Forget what providers published; the next sign-in asks them."""
    _known_metadata.clear()
    _known_keys.clear()


_known_metadata: dict[str, tuple[datetime, Metadata]] = {}
_known_keys: dict[str, tuple[datetime, KeySet]] = {}


def _metadata(of: Provider, *, now: datetime) -> Metadata:
    since, known = _known_metadata.get(of.issuer, (now, None))
    if known is not None and timedelta(0) <= now - since < KEPT_FOR:
        return known
    found = _get(of, of.issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        about = Metadata.model_validate(found)
    except ValidationError as error:
        raise _not_believed(of, f"its description is wrong: {error}") from None
    if about.issuer != of.issuer:
        raise _not_believed(of, f"it calls itself {about.issuer}, PARKPLACE_OIDC {of.issuer}")
    _known_metadata[of.issuer] = (now, about)
    return about


def _keys(of: Provider, about: Metadata, *, now: datetime, anew: bool) -> KeySet:
    since, known = _known_keys.get(of.issuer, (now, None))
    if known is not None and not anew and timedelta(0) <= now - since < KEPT_FOR:
        return known
    found = _get(of, about.jwks_uri)
    try:
        keys = KeySet.import_key_set(cast("Any", found))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_believed(of, f"its keys cannot be read: {error!r}") from None
    _known_keys[of.issuer] = (now, keys)
    return keys


def _checked(
    of: Provider,
    about: Metadata,
    id_token: str,
    access_token: object,
    *,
    nonce: str,
    now: datetime,
) -> dict[str, Any]:
    """Return what an ID token says, once signature, issuer, audience, time and nonce are right."""
    try:
        token = jwt.decode(id_token, _keys(of, about, now=now, anew=False), ALGORITHMS)
    except (JoseError, ValueError):
        # Providers change their keys; one that we do not know yet is asked for once.
        token = _decoded(of, id_token, _keys(of, about, now=now, anew=True))
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": of.issuer},
            "aud": {"essential": True, "value": of.config.client_id},
        },
        params={
            "nonce": nonce,
            "client_id": of.config.client_id,
            "access_token": access_token if isinstance(access_token, str) else None,
        },
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=CLOCKS_DIFFER_S)
    except (AuthlibBaseError, JoseError, ValueError, TypeError) as error:
        raise _not_believed(of, f"its ID token is wrong: {error!r}") from None
    return dict(claims)


def _decoded(of: Provider, id_token: str, keys: KeySet) -> jwt.Token:
    try:
        return jwt.decode(id_token, keys, ALGORITHMS)
    except (JoseError, ValueError) as error:
        raise _not_believed(of, f"its signature is wrong: {error!r}") from None


def _userinfo(of: Provider, about: Metadata, access_token: str, subject: str) -> dict[str, Any]:
    """Return what a provider says of the person who is signing in, apart from the ID token."""
    if about.userinfo_endpoint is None:
        return {}
    bearer = {"Authorization": f"Bearer {access_token}"}
    found = _get(of, about.userinfo_endpoint, headers=bearer)
    if not isinstance(found, dict) or found.get("sub") != subject:
        raise _not_believed(of, "it speaks of somebody else")
    return cast("dict[str, Any]", found)


def _person(of: Provider, claims: Mapping[str, Any]) -> Person:
    subject, email, name = (claims.get(claim) for claim in ("sub", "email", "name"))
    # Section 2 of the Core specification: 255 ASCII characters at most.
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():  # noqa: PLR2004
        raise _not_believed(of, "it does not say who it is")
    # The specification wants a boolean; some providers write it as text.
    verified = claims.get("email_verified")
    vouched = isinstance(email, str) and (verified is True or verified == "true")
    return Person(
        provider=of.name,
        issuer=of.issuer,
        subject=subject,
        email=str(email) if vouched else "",
        name=name if isinstance(name, str) else "",
    )


def _get(of: Provider, url: str, *, headers: Mapping[str, str] | None = None) -> object:
    with _asking(of), _session(of) as http:
        answer = http.get(url, headers=headers, withhold_token=True, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()


def _session(of: Provider, about: Metadata | None = None) -> Any:  # noqa: ANN401 - Authlib has no types
    methods = about.token_endpoint_auth_methods_supported if about is not None else []
    basic = "client_secret_basic" in methods or "client_secret_post" not in methods
    return OAuth2Session(
        client_id=of.config.client_id,
        client_secret=of.config.client_secret.get_secret_value(),
        token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
        scope=_SCOPE,
        redirect_uri=link(openid_path(of.name, "callback")),
        code_challenge_method="S256",
        default_timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
    )


@contextmanager
def _asking(of: Provider) -> Generator[None, None, None]:
    """Wait for a provider, with few others; what goes wrong becomes one of two problems."""
    if not _TURNS.acquire(blocking=False):
        raise ProviderSilent
    try:
        yield
    except (ValueError, AuthlibBaseError, RecursionError) as error:
        # requests' own JSON error is both of these.
        raise _not_believed(of, f"its answer makes no sense: {error!r}") from None
    except RequestException as error:
        log.warning("OpenID provider %s does not answer: %s", of.name, type(error).__name__)
        raise ProviderSilent from None
    finally:
        _TURNS.release()


def _not_believed(of: Provider, why: str) -> OpenIdProblem:
    log.warning("OpenID provider %s is not believed: %s", of.name, why)
    return NotBelieved()
