"""`make bench`: search, pins and holds of the running product, beside two references.

The references are measured in the same run at as many connections: a route without a database,
and the best SQL we know through pgbench. Bounds are ratios to them, so that a slow or noisy
machine moves both sides. Ends with 1 when one is broken.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench import drivers, people, reference, stage
from bench.cases import Question, empty_route, holds, posts, questions, statements_ms, stay
from bench.load import Measured, load
from bench.pgbench import pgbench
from bench.report import KNOWN_TIMES, MANY_TIMES, SIGN_IN_TIMES, Report
from parkplace import serving
from parkplace.core.clock import utc_now
from parkplace.core.times import Period
from parkplace.launcher.commands import LauncherError

CONNECTIONS = (8, 16)
HOLDS_OF_PGBENCH = 400  # by each connection


@dataclass(frozen=True, slots=True)
class Run:
    """One size being measured.

    Attributes:
        database: Its URL.
        seconds: How long each measurement takes.
        now: Around when the stays are.
    """

    database: str
    seconds: float
    now: datetime
    report: Report

    def alone(self) -> None:
        """Measure the statements by themselves, one at a time."""
        serving.say("Measuring the statements alone")
        with stage.pointed_at(self.database):
            for question in questions(self.now):
                self.report.statements(
                    question.name,
                    product_ms=statements_ms(question),
                    reference_ms=self._reference(question, connections=1).percentile(0.5),
                )

    def asked(self, site: str, *, connections: int) -> None:
        """Measure questions over HTTP."""
        serving.say(f"Measuring search and pins at {connections} connections")
        empty = self._load(site, empty_route(), connections).all_of(200)
        for question in questions(self.now):
            self.report.asked(
                question.name,
                connections,
                product=self._load(site, question.requests, connections).all_of(200),
                sql=self._reference(question, connections=connections),
                empty=empty,
            )

    def held(self, site: str, *, connections: int, turn: int) -> None:
        """Measure holds, each of another space; each way of holding has a day of its own."""
        serving.say(f"Measuring holds at {connections} connections")
        called, ran, posted = (stay(self.now, turn=1 + 3 * turn + part) for part in range(3))
        spaces = stage.free_spaces(self.database, period=called)
        with stage.pointed_at(self.database):
            product = holds(
                spaces, called, connections=connections, seconds=self.seconds, now=self.now
            )
        spaces = stage.free_spaces(self.database, period=posted)
        self.report.held(
            connections,
            product=product,
            sql=self._held_by_pgbench(ran, connections),
            posted=self._load(site, posts(spaces, posted), connections),
        )

    def known(self, site: str) -> None:
        """Measure what it costs to be somebody."""
        serving.say("Measuring signing in, and reading with a token")
        [space] = stage.free_spaces(self.database, period=stay(self.now))[:1]
        costs = people.costs(site, space=space, seconds=self.seconds)
        self.report.times(
            "signing in, and argon2 alone",
            product=costs.sign_in,
            reference=costs.argon2,
            most=SIGN_IN_TIMES,
        )
        self.report.times(
            "GET a space, with a token and without",
            product=costs.known,
            reference=costs.nobody,
            most=KNOWN_TIMES,
        )

    def listed(self, site: str) -> None:
        """Measure lists of somebody with many bookings beside those of somebody with few."""
        serving.say("Measuring lists of bookings")
        lists = drivers.lists(
            site,
            database=self.database,
            connections=CONNECTIONS[0],
            seconds=self.seconds,
            now=self.now,
        )
        self.report.times(
            f"GET bookings, of {drivers.MANY:,} and of {drivers.FEW}",
            product=lists.many,
            reference=lists.few,
            most=MANY_TIMES,
        )

    def _load(self, site: str, requests: Iterator[bytes], connections: int) -> Measured:
        return load(site, requests, connections=connections, seconds=self.seconds)

    def _held_by_pgbench(self, period: Period, connections: int) -> Measured:
        stage.free_spaces(self.database, period=period)
        return pgbench(
            self.database,
            reference.HOLD,
            variables=reference.hold_variables(period=period, now=self.now),
            connections=connections,
            times=HOLDS_OF_PGBENCH,
        )

    def _reference(self, question: Question, *, connections: int) -> Measured:
        return pgbench(
            self.database,
            question.script,
            variables=question.variables,
            connections=connections,
            seconds=self.seconds,
        )


def main() -> None:
    """Measure what the command line asks for and print it as Markdown."""
    wanted = _arguments()
    kept = True
    for size in wanted.size or ["city"]:
        report = _measured(
            stage.SIZES[size],
            meters=wanted.meters if size == "city" else None,
            seconds=wanted.seconds,
        )
        serving.say(report.text())
        kept = kept and report.kept
    sys.exit(0 if kept else 1)


def _measured(size: stage.Size, *, meters: Path | None, seconds: float) -> Report:
    now = utc_now()
    with stage.database(serving.private_cluster(), size, meters=meters, now=now) as database:
        run = Run(database, seconds, now, Report(*stage.counts(database)))
        run.alone()
        with stage.product(database) as site:
            for connections in CONNECTIONS:
                run.asked(site, connections=connections)
            run.known(site)
            run.listed(site)
            for turn, connections in enumerate(CONNECTIONS):
                run.held(site, connections=connections, turn=turn)
    return run.report


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=main.__doc__)
    parser.add_argument("size", nargs="*", choices=[[], *stage.SIZES], help="city if none is given")
    parser.add_argument("--meters", type=Path, help="New York's file of meters, for the city")
    parser.add_argument("--seconds", type=float, default=6, help="how long each measurement takes")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except LauncherError as error:
        sys.exit(str(error))
