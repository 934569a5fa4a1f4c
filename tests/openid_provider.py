"""An OpenID provider on this machine: oidc-provider-mock, with faults that a test switches on."""

import json
import logging
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import flask
import httpx
import oidc_provider_mock
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

Claims = dict[str, Any]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass
class RunningProvider:
    """A provider that answers at `issuer`.

    Attributes:
        alter: Changes what its ID tokens say, before they are signed again.
        sign: Makes the ID token out of its claims, in place of the provider's own key.
        answers: What it answers at a path, whatever is asked: a status and a body.
        asked: What it was asked: method and path.
        exchanges: What was posted to exchange a code.
    """

    issuer: str
    app: flask.Flask
    alter: Callable[[Claims], Claims] | None = None
    sign: Callable[[Claims], str] | None = None
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    exchanges: list[dict[str, str]] = field(default_factory=list)

    def reset(self) -> None:
        """Behave well again, and remember nothing that was asked."""
        self.alter = self.sign = None
        for kept in (self.answers, self.asked, self.exchanges):
            kept.clear()

    def knows(self, subject: str, **claims: object) -> None:
        """Let somebody have an account here."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def agree(self, url: str, subject: str) -> str:
        """Sign in at the address a browser was sent to; return where it is sent back to."""
        return self._answer(url, {"sub": subject})

    def deny(self, url: str) -> str:
        """Say no at the address a browser was sent to; return where it is sent back to."""
        # It forgets the state, which has to come back with an error too (RFC 6749, 4.1.2.1).
        return changed(self._answer(url, {"action": "deny"}), state=query(url)["state"])

    def rotate(self) -> RSAKey:
        """Sign with a new key from now on, and publish it alone; return the old one."""
        with self._inside() as storage:
            old = RSAKey.import_key(storage.jwk.as_dict(is_private=True))
            storage.jwk = type(storage.jwk).generate_key(is_private=True)
            return old

    def key(self) -> RSAKey:
        """The key it signs with."""
        with self._inside() as storage:
            return RSAKey.import_key(storage.jwk.as_dict(is_private=True))

    def _answer(self, url: str, form: dict[str, str]) -> str:
        answer = httpx.post(url, data=form)
        assert answer.is_redirect, answer.text
        return answer.headers["location"]

    @contextmanager
    def _inside(self) -> Generator[Any]:
        with self.app.test_request_context():
            self.app.preprocess_request()
            yield flask.g.oidc_provider_mock_storage

    def serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a request, faults included; a WSGI application."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append((method, path))
        if path in self.answers:
            status, said = self.answers[path]
            start(status, [("Content-Type", "application/json")])
            return [said.encode()]
        inner = cast("Wsgi", self.app.wsgi_app)
        if path != "/oauth2/token":
            return inner(environ, start)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.exchanges.append(dict(parse_qsl(body.decode())))
        return [self._exchanged(inner, environ | {"wsgi.input": BytesIO(body)}, start)]

    def _exchanged(self, inner: Wsgi, environ: dict[str, Any], start: Any) -> bytes:
        noted: list[Any] = []
        body = b"".join(inner(environ, lambda *said: noted.append(said)))
        token = json.loads(body)
        if "id_token" in token and (self.alter or self.sign):
            token["id_token"] = self._signed(token["id_token"])
            body = json.dumps(token).encode()
        start(noted[0][0], [("Content-Type", "application/json")])
        return body

    def _signed(self, id_token: str) -> str:
        key = self.key()
        claims = jwt.decode(id_token, key).claims
        claims = self.alter(claims) if self.alter else claims
        if self.sign:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": key.thumbprint()}, claims, key)


@contextmanager
def running_provider() -> Generator[RunningProvider]:
    """Run a provider on a port of its own."""
    provider = RunningProvider("", oidc_provider_mock.app())
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("localhost", 0, provider.serve, threaded=True)
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def changed(url: str, **parameters: str) -> str:
    """Return an address with other query parameters."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | parameters
    return urlunsplit(parts._replace(query=urlencode(query)))


def query(url: str) -> dict[str, str]:
    """Return the query parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
