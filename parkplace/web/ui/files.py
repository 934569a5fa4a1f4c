"""Picking files: a real file input, with size and kind checked before anything is sent."""

import json
from collections.abc import Callable
from typing import Any, cast

import reflex as rx
from reflex.event import EventSpec, EventType
from reflex_base.event import EventHandler, parse_args_spec
from reflex_components_core.core.upload import Upload

from parkplace.web.ui.kinds import Flag, Text

MEGABYTE = 1024 * 1024
PICTURES = "image/jpeg,image/png,image/webp,image/heic,image/heif"


def _picked(files: rx.Var[list[Any]]) -> tuple[rx.Var[list[Any]]]:
    return (files,)


class FilePick(rx.Component):
    """A file input that refuses what is too large or too many, and shows what is on its way."""

    library = rx.asset("files.js", shared=True).importable_path
    tag = "FilePick"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    error: rx.Var[str]
    action: rx.Var[str]
    accept: rx.Var[str]
    most: rx.Var[int]
    most_bytes: rx.Var[int]
    disabled: rx.Var[bool]
    on_pick: rx.EventHandler[_picked]


def file_field(
    name: str,
    label: Text,
    *,
    on_pick: EventType[list[rx.UploadFile]],
    action: Text = "Choose pictures",
    hint: Text = "",
    error: Text = "",
    accept: str = PICTURES,
    most: int = 1,
    most_bytes: int = 10 * MEGABYTE,
    disabled: Flag = False,
) -> rx.Component:
    """Ask for files, which are sent as soon as they are picked or dropped.

    The service checks them again: what a browser says about a file is a claim.

    Args:
        name: The field's name; its id is `field-<name>`.
        label: What is asked for.
        on_pick: State handler with one parameter annotated `list[rx.UploadFile]`.
        action: What the button says.
        hint: Which files, and how large.
        error: What is wrong with what was sent.
        accept: The kinds of file, as in the `accept` attribute.
        most: How many at a time.
        most_bytes: How large each may be.
        disabled: Whether no more are wanted.
    """
    # Reflex opens its upload route only when it sees one of its own upload components.
    Upload.is_used = True
    return FilePick.create(
        name=name,
        label=label,
        hint=hint,
        error=error,
        action=action,
        accept=accept,
        most=most,
        most_bytes=most_bytes,
        disabled=disabled,
        on_pick=_upload(cast("EventHandler", on_pick), name),
    )


def _upload(handler: EventHandler, name: str) -> EventSpec:
    """Return the event that uploads the files the component hands over."""
    event = handler(rx.upload_files(upload_id=name, on_upload_progress=_progress(name)))
    picked = parse_args_spec(_picked)[0][0]
    arguments = tuple(
        (key, picked if str(key) in {"files", _parameter(event)} else value)
        for key, value in event.args
    )
    return event.with_args(arguments)


def _parameter(event: EventSpec) -> str:
    """Return the name of the handler's parameter that takes the files."""
    return next(
        (json.loads(str(value)) for key, value in event.args if str(key) == "upload_param_name"),
        "files",
    )


def _progress(name: str) -> Callable[[rx.vars.ObjectVar[dict[str, float]]], EventSpec]:
    """Return what tells the component how much was sent."""

    def told(progress: rx.vars.ObjectVar[dict[str, float]]) -> EventSpec:
        detail = f"{{name: {json.dumps(name)}, part: {progress['progress']!s}}}"
        return rx.call_function(
            rx.Var(
                "() => window.dispatchEvent("
                f"new CustomEvent('parkplace:upload', {{detail: {detail}}}))"
            )
        )

    return told
