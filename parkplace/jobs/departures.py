"""Detaches the cards and removes the files of people who are gone."""

from parkplace.core.clock import utc_now
from parkplace.people import flows


def run() -> None:
    """Do what is left to do about accounts that were deleted."""
    flows.finish_all(now=utc_now())
