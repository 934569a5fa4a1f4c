"""What being somebody costs: signing in, and asking with a token."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import httpx

from bench.load import Measured, get, load, post
from parkplace.accounts import passwords

EMAIL, PASSWORD = "dana@bench.example", "plum harbour trellis nine"


@dataclass(frozen=True, slots=True)
class Costs:
    """Latencies of the same thing, with and without what is being measured.

    Attributes:
        sign_in: Of signing in, one at a time.
        argon2: Of checking one password in this process, the same number of times.
        known: Of reading a space with an access token.
        nobody: Of reading it without.
    """

    sign_in: Measured
    argon2: Measured
    known: Measured
    nobody: Measured


def costs(site: str, *, space: str, seconds: float) -> Costs:
    """Measure what being somebody costs at a running product, with an account made for it.

    Everything is asked one at a time: it is about work, not about waiting for each other.

    Args:
        site: Where it runs.
        space: A listed space's id.
        seconds: How long each measurement takes.
    """
    token = _signed_up(site)
    path = f"/api/v1/spaces/{space}"
    by_token = get(path, authorization=f"Bearer {token}")
    return Costs(
        sign_in=load(site, _sign_ins(), connections=1, seconds=seconds).all_of(200),
        argon2=_argon2(seconds=seconds),
        known=load(site, repeat(by_token), connections=1, seconds=seconds).all_of(200),
        nobody=load(site, repeat(get(path)), connections=1, seconds=seconds).all_of(200),
    )


def _signed_up(site: str) -> str:
    account = {"email": EMAIL, "password": PASSWORD}
    with httpx.Client(base_url=f"{site}/api/v1/auth", trust_env=False, timeout=30) as client:
        client.post("/register", json={**account, "name": "Dana"}).raise_for_status()
        answer = client.post("/login", json=account).raise_for_status()
    return str(answer.json()["access_token"])


def _sign_ins() -> Iterator[bytes]:
    return repeat(post("/api/v1/auth/login", json.dumps({"email": EMAIL, "password": PASSWORD})))


def _argon2(*, seconds: float) -> Measured:
    hashed = passwords.hash_password(PASSWORD)
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        passwords.verify(PASSWORD, hashed)
        latencies.append(1000 * (time.perf_counter() - began))
    return Measured(seconds, sorted(latencies))
