"""What was measured, as Markdown, with the bounds that the product promises to keep."""

from dataclasses import dataclass, field

from bench.load import Measured

# A search or a map may take so many times an empty route, plus so many times the best SQL.
EMPTY_ROUTES, SQL_TIMES = 4, 2
BOUND_CONNECTIONS = 8
# At a million spaces the statements themselves.
SQL_MOST_MS, SQL_BOUND_SPACES = 10, 1_000_000
# Holds come at this part of pgbench's rate, or faster.
HOLDS_PART = 1 / 8
# Signing in is as slow as argon2 asks, and what everybody else does on the way is little.
SIGN_IN_TIMES, KNOWN_TIMES = 1.5, 1.5
# However many bookings somebody has, a page of them takes the same; the rest is noise.
MANY_TIMES = 1.25


@dataclass(slots=True)
class Report:
    """The tables of one size.

    Attributes:
        kept: Whether every bound was kept.
    """

    spaces: int
    occupancies: int
    kept: bool = True
    _alone: list[str] = field(default_factory=list[str])
    _asked: list[str] = field(default_factory=list[str])
    _held: list[str] = field(default_factory=list[str])
    _times: list[str] = field(default_factory=list[str])

    def statements(self, name: str, *, product_ms: float, reference_ms: float) -> None:
        """Add how long a question's statements take by themselves, one at a time."""
        bound = SQL_MOST_MS if self.spaces >= SQL_BOUND_SPACES else None
        verdict = self._verdict(bound is None or product_ms <= bound, bound)
        self._alone.append(f"| {name} | {product_ms:.1f} | {reference_ms:.1f} | {verdict} |")

    def asked(
        self, name: str, connections: int, *, product: Measured, sql: Measured, empty: Measured
    ) -> None:
        """Add a question that was asked at some connections."""
        bound = EMPTY_ROUTES * empty.percentile(0.5) + SQL_TIMES * sql.percentile(0.5)
        counts = connections == BOUND_CONNECTIONS
        verdict = self._verdict(
            not counts or product.percentile(0.5) <= bound, bound if counts else None
        )
        times = " | ".join(
            f"{one.percentile(part):.1f}" for one in (product, sql, empty) for part in (0.5, 0.95)
        )
        self._asked.append(f"| {name} | {connections} | {times} | {product.rate:.0f} | {verdict} |")

    def held(self, connections: int, *, product: Measured, sql: Measured, posted: Measured) -> None:
        """Add holds at some connections, and those with a card page, over HTTP."""
        booked = posted.statuses[201] / posted.seconds
        part = product.rate / sql.rate
        verdict = self._verdict(part >= HOLDS_PART, None)
        self._held.append(
            f"| {connections} | {product.rate:.0f} | {sql.rate:.0f} | {part:.2f} | {verdict} "
            f"| {booked:.0f} | {dict(posted.statuses)} {posted.refused} |"
        )

    def times(self, name: str, *, product: Measured, reference: Measured, most: float) -> None:
        """Add something that may take so many times what its reference takes, at the median."""
        spent, least = product.percentile(0.5), reference.percentile(0.5)
        verdict = self._verdict(spent <= most * least, most)
        self._times.append(
            f"| {name} | {spent:.1f} | {least:.1f} | {spent / least:.2f} | {verdict} |"
        )

    def text(self) -> str:
        """Return all of it."""
        return "\n".join(
            [
                f"\n## {self.spaces:,} spaces, {self.occupancies:,} occupancies\n",
                "Statements alone, median ms, one connection:\n",
                "| | product | pgbench | bound |",
                "|---|---|---|---|",
                *self._alone,
                "\nOver HTTP, ms:\n",
                "| | connections | p50 | p95 | SQL p50 | p95 | empty p50 | p95 | per s | bound |",
                "|---|---|---|---|---|---|---|---|---|---|",
                *self._asked,
                "\nHolds of distinct spaces, per second. `POST bookings` also opens a card page at",
                "the Stripe sandbox, which runs on the same cores:\n",
                "| connections | hold | pgbench | part | bound | POST bookings | answers |",
                "|---|---|---|---|---|---|---|",
                *self._held,
                "\nThe same with and without, median ms:\n",
                "| | with | without | times | at most |",
                "|---|---|---|---|---|",
                *self._times,
            ]
        )

    def _verdict(self, kept: bool, bound: float | None) -> str:  # noqa: FBT001 - it is the verdict
        self.kept = self.kept and kept
        said = "" if bound is None else f"{bound:.1f}, "
        return said + ("kept" if kept else "BROKEN")
