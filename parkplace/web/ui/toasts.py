"""Passing messages: one region per page, filled by `toast` events."""

import reflex as rx


class Toasts(rx.Component):
    """The region that shows what `toast` says; mounted once, by the app."""

    library = rx.asset("toasts.js", shared=True).importable_path
    tag = "Toasts"

    close_label: rx.Var[str] = rx.Var.create("Close this message")


toasts = Toasts.create
