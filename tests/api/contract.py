"""A program that checks every answer it gets against the description of the API.

Whatever a test is about: an error that its route does not announce fails it.
"""

import re
from functools import cache
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from parkplace.api.problems import CODES

# What the edge may say anywhere: the method is not taken, something broke, it is not there now.
_ANYWHERE = {405, 500, 503}


class Program(TestClient):
    """A client whose answers are checked."""

    described: FastAPI | None = None

    def request(self, *args: Any, **given: Any) -> httpx2.Response:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Send a request, as its parent does."""
        answer = super().request(*args, **given)
        if self.described is not None:
            check(self.described, answer)
        return answer


def check(api: FastAPI, answer: httpx2.Response) -> None:
    """Hold an error against what its route announces."""
    status = answer.status_code
    if status < 400 or status in _ANYWHERE:
        return
    said = answer.headers.get("content-type", "")
    method, path = answer.request.method, answer.request.url.path
    operation = _operation(api, method.lower(), path)
    if operation is None:
        return
    assert said == "application/problem+json", f"{method} {path} answered {status} as {said}"
    code = answer.json()["code"]
    announced = operation["responses"].get(str(status))
    assert announced is not None, f"{method} {path} answered {status} {code}: add it to problems()"
    codes = announced.get(CODES, [code])
    assert code in codes, (
        f"{method} {path} answered {status} {code}, which nobody announced: make openapi; if it is "
        f"not found there, name its error in problems()"
    )


def _operation(api: FastAPI, method: str, path: str) -> dict[str, Any] | None:
    for template, operations in _paths(api):
        if method in operations and template.fullmatch(path):
            return operations[method]
    return None


@cache
def _paths(api: FastAPI) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Return the paths of the API, those without parameters first."""
    paths = sorted(api.openapi()["paths"].items(), key=lambda pair: pair[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), found) for path, found in paths]
