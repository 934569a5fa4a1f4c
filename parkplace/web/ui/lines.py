"""A price, line by line: every amount can be checked."""

from dataclasses import dataclass

import reflex as rx

from parkplace.web.ui.kinds import Text


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price: what for, and how much, both in words for the reader."""

    label: str
    amount: str


def price_lines(
    lines: rx.Var[list[PriceLine]] | list[PriceLine],
    *,
    total: Text,
    total_label: Text = "Total",
    summary: Text = "What it costs",
    opened: bool = False,
) -> rx.Component:
    """Show the lines of a price and their sum, folded until asked for.

    Args:
        lines: The lines.
        total: Their sum.
        total_label: What the sum is, such as `Charged when you leave`.
        summary: What to press to see them.
        opened: Whether they are seen at first.
    """
    return rx.el.details(
        rx.el.summary(summary),
        rx.el.table(
            rx.el.tbody(rx.foreach(lines, _line)),
            rx.el.tfoot(rx.el.tr(rx.el.th(total_label, scope="row"), rx.el.td(total))),
        ),
        class_name="lines",
        open=opened,
    )


def _line(line: PriceLine) -> rx.Component:
    return rx.el.tr(rx.el.th(line.label, scope="row"), rx.el.td(line.amount))
