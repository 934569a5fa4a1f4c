"""Which errors each route may raise, read out of the code: `make openapi` writes it down.

From a route's function and its dependencies it follows every name that means a function or a method
of ours, and collects the domain's errors that are made on the way; those that are caught there do
not come out. It reads types where they are written down, and sees too much rather than too little:
where a value of the core is made, its own errors count only if a door makes it from what was sent.
"""

import ast
import functools
import inspect
import json
import sys
import textwrap
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from parkplace.api.app import make_api
from parkplace.api.errors import CODES, CrossSite, status_of
from parkplace.api.problems import CODES as NAMED
from parkplace.core.errors import DomainError

FILE = Path(__file__).parents[2] / "parkplace" / "api" / "codes.json"
Errors = frozenset[type[DomainError]]
Function = types.FunctionType
NONE: Errors = frozenset()
_CACHED = type(functools.cache(lambda: None))
_MADE = ("__init__", "__post_init__", "__enter__")
# What the edge says by itself, in words for the table.
_EDGE = {
    400: "The request cannot be read.",
    404: "There is nothing at this address, or nothing you may know of.",
    405: "This address does not take this method.",
    413: "More was sent than is taken.",
    503: "Not available just now.",
}
_MORE = {
    "invalid": (
        422,
        "A field or parameter is missing, unknown or of the wrong shape; see `errors`.",
    ),
    "unexpected": (500, "Our fault; `details.incident` is the number to quote."),
}


@dataclass(frozen=True)
class Of:
    """Some value of a class."""

    kind: type


class Reader:
    """Follows functions until nothing new is found."""

    def __init__(self) -> None:
        self._found: dict[Function, Errors] = {}
        self._grew = False

    def follow(self, functions: Iterable[Function]) -> None:
        """Find out what may come out of these functions, and of all they lead to."""
        for function in functions:
            self.reached(function)
        self._grew = True
        while self._grew:
            self._grew = False
            for function, before in list(self._found.items()):
                found = _Body(function, self).errors()
                if found != before:
                    self._found[function] = found
                    self._grew = True

    def reached(self, function: Function) -> Errors:
        """Return what is known so far of a function that is mentioned somewhere."""
        if function not in self._found:
            self._found[function] = NONE
            self._grew = True
        return self._found[function]


class _Body:
    """One function's body, with the meaning of its names."""

    def __init__(self, function: Function, reader: Reader) -> None:
        self._function = function
        self._reader = reader
        self._types = _types_of(function)
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        self._closure = {name: _content(cell) for name, cell in cells}
        self._tree = _tree(function)
        if self._tree is not None:
            self._note_assigned(self._tree)

    def errors(self) -> Errors:
        return NONE if self._tree is None else self._all(self._tree.body)

    def _note_assigned(self, tree: ast.AST) -> None:
        """Note what local names are, where what is assigned says it: `a = f()`, `a, b = pair`."""
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign):
                continue
            hint = self._hint(node.value)
            for target in node.targets:
                named = target.elts if isinstance(target, ast.Tuple) else [target]
                hints = typing.get_args(hint) if isinstance(target, ast.Tuple) else [hint]
                for one, kind in zip(named, hints, strict=False):
                    if isinstance(one, ast.Name) and isinstance(kind, type):
                        self._types.setdefault(one.id, Of(kind))

    def _hint(self, node: ast.expr) -> Any:
        """Return what is written down of a value's type; None when nothing is."""
        if isinstance(node, ast.Name):
            return _hints(self._function).get(node.id)
        if not isinstance(node, ast.Call):
            return None
        called = self._meaning(node.func)
        function = _plain(called)
        return _hints(function).get("return") if function is not None else called

    def _all(self, nodes: typing.Sequence[ast.AST]) -> Errors:
        return NONE.union(*(self._in(node) for node in nodes))

    def _in(self, node: ast.AST) -> Errors:
        if isinstance(node, ast.Try):
            return self._tried(node)
        here = self._mentioned(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return here | self._all(node.body)
        return here | self._all(list(ast.iter_child_nodes(node)))

    def _tried(self, node: ast.Try) -> Errors:
        coming = self._all(node.body)
        for handler in node.handlers:
            caught = self._kinds(handler.type)
            if caught and not _raises_again(handler):
                coming = frozenset(one for one in coming if not issubclass(one, caught))
        handled = [inner for handler in node.handlers for inner in handler.body]
        return coming | self._all([*handled, *node.orelse, *node.finalbody])

    def _kinds(self, node: ast.expr | None) -> tuple[type, ...]:
        named = node.elts if isinstance(node, ast.Tuple) else [node] if node else []
        return tuple(kind for one in named if isinstance(kind := self._meaning(one), type))

    def _mentioned(self, node: ast.AST) -> Errors:
        if isinstance(node, ast.Name | ast.Attribute):
            meaning = self._meaning(node)
            # A table of functions: any of them may be called.
            listed = list(meaning.values()) if isinstance(meaning, dict) else [meaning]
            meant = [plain for one in listed if (plain := _plain(one)) is not None]
            return NONE.union(*map(self._reader.reached, meant))
        if isinstance(node, ast.Call) and isinstance(made := self._meaning(node.func), type):
            return self._made(made)
        return NONE

    def _made(self, kind: type) -> Errors:
        if issubclass(kind, DomainError):
            return frozenset({kind})
        if not _is_ours(kind) or not (_at_the_door(self._function) or not _in_core(kind)):
            return NONE
        inside = [_plain(kind.__dict__.get(name)) for name in _MADE]
        return NONE.union(*(self._reader.reached(one) for one in inside if one is not None))

    def _meaning(self, node: ast.expr) -> Any:
        """Return what an expression means, as far as that is written down; None when it is not."""
        match node:
            case ast.Name():
                known = self._types.get(node.id) or self._closure.get(node.id)
                return known or self._function.__globals__.get(node.id)
            case ast.Attribute():
                return self._attribute(self._meaning(node.value), node.attr)
            case ast.Call():
                return self._returned(self._meaning(node.func))
            case _:
                return None

    def _attribute(self, base: Any, name: str) -> Any:
        kind = base.kind if isinstance(base, Of) else base
        if isinstance(kind, type):
            return inspect.getattr_static(kind, name, None)
        return getattr(kind, name, None) if isinstance(kind, types.ModuleType) else None

    def _returned(self, called: Any) -> Of | None:
        if isinstance(called, type):
            return Of(called)
        function = _plain(called)
        kind = None if function is None else _hints(function).get("return")
        return Of(kind) if isinstance(kind, type) else None


def routes(api: FastAPI) -> Iterator[tuple[RouteContext, list[Function]]]:
    """Give each route, and the functions that answer it."""
    for route in iter_route_contexts(api.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            yield (
                route,
                [
                    plain
                    for call in _calls(route.dependant)
                    if (plain := _plain(call) or _plain(vars(type(call)).get("__call__")))
                ],
            )


def read() -> dict[str, Any]:
    """Return each code with its status and meaning, and the codes of each operation."""
    answering = list(routes(make_api()))
    reader = Reader()
    reader.follow(function for _, functions in answering for function in functions)
    operations = dict[str, list[str]]()
    codes = {code: (status, _EDGE[status]) for status, code in CODES.items()} | _MORE
    for route, functions in answering:
        errors = NONE.union(*(reader.reached(function) for function in functions))
        if route.methods == {"GET"}:
            errors -= {CrossSite}
        operations[route.unique_id] = sorted({error.code for error in errors})
        for error in sorted(errors, key=_place):
            codes.setdefault(error.code, (status_of(error), _meaning_of(error)))
        for code, status in _named(route):
            codes.setdefault(code, (status, _meaning_of(_by_code()[code])))
    return {
        "codes": {
            code: {"status": status, "meaning": meaning}
            for code, (status, meaning) in sorted(codes.items())
        },
        "operations": dict(sorted(operations.items())),
    }


def write() -> None:
    """Write it down where the API finds it."""
    FILE.write_text(spelled())


def spelled() -> str:
    """Return what stands in the file when it is right."""
    return json.dumps(read(), indent=1, ensure_ascii=False) + "\n"


def _meaning_of(error: type[DomainError]) -> str:
    """Return the first sentence of an error's docstring, without how it comes about."""
    said = " ".join((inspect.getdoc(error) or "").split()).partition(". ")[0].rstrip(".")
    for opening in ("Raised when ", "Raised for ", "Raised out of ", "What doors raise when "):
        if said.startswith(opening):
            said = said.removeprefix(opening)
            return f"{said[:1].upper()}{said[1:]}."
    return f"{said}."


def _named(route: RouteContext) -> Iterator[tuple[str, int]]:
    """Give the codes that a route names itself, each with its status."""
    for status, answer in (route.responses or {}).items():
        for code in answer.get(NAMED, ()):
            yield code, int(status)


def _by_code() -> dict[str, type[DomainError]]:
    kinds = [DomainError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.code: kind for kind in sorted(kinds, key=_place)}


def _place(error: type[DomainError]) -> tuple[str, str]:
    return error.__module__, error.__name__


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for part in dependant.dependencies:
        yield from _calls(part)


def _is_ours(thing: object) -> bool:
    return getattr(thing, "__module__", "").startswith("parkplace.")


def _in_core(thing: object) -> bool:
    return getattr(thing, "__module__", "").startswith("parkplace.core.")


def _at_the_door(function: Function) -> bool:
    return function.__module__.startswith("parkplace.api.")


def _plain(thing: Any) -> Function | None:
    """Return the function of ours behind what a name means; None when there is none."""
    while (inner := _inside(thing)) is not None:
        thing = inner
    return thing if isinstance(thing, Function) and _is_ours(thing) else None


def _inside(thing: Any) -> Any:
    """Return what a decorator or a method has in it."""
    if isinstance(thing, Function | _CACHED):
        return vars(thing).get("__wrapped__")
    if isinstance(thing, staticmethod | classmethod | types.MethodType):
        return thing.__func__
    if isinstance(thing, property):
        return thing.fget
    return thing.func if isinstance(thing, functools.partial | functools.cached_property) else None


@functools.cache
def _tree(function: Function) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        parsed = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        return None  # a lambda, or a method that a library made; it raises nothing of ours
    return parsed if isinstance(parsed, ast.FunctionDef | ast.AsyncFunctionDef) else None


@functools.cache
def _hints(function: Function) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except (NameError, TypeError):
        return {}


def _types_of(function: Function) -> dict[str, Of]:
    """Return what the parameters of a function are, where one class says it."""
    owner = function.__globals__.get(function.__qualname__.partition(".")[0])
    known = {"self": Of(owner), "cls": Of(owner)} if isinstance(owner, type) else {}
    for name, hint in _hints(function).items():
        kinds = [hint, *typing.get_args(hint)]
        classes = [kind for kind in kinds if isinstance(kind, type) and kind is not types.NoneType]
        if len(classes) == 1 and name != "return":
            known[name] = Of(classes[0])
    return known


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None  # of a name that is bound later


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(
        isinstance(node, ast.Raise)
        and (node.exc is None or (isinstance(node.exc, ast.Name) and node.exc.id == handler.name))
        for node in ast.walk(handler)
    )


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{FILE.name} is written\n")
