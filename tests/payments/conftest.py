"""Contract tests that talk to Stripe itself run only when there is a key for it, and say so."""

import os

import pytest

_LIVE = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, in plain sight, what needs `STRIPE_TEST_KEY` when it is not given."""
    if os.environ.get("STRIPE_TEST_KEY"):
        return
    left_out = [item for item in items if item.get_closest_marker("stripe_live") is not None]
    if left_out:
        config.stash[_LIVE] = len(left_out)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was not run."""
    count = config.stash.get(_LIVE, 0)
    if count:
        terminalreporter.write_line(
            f"NOT RUN: {count} contract tests against Stripe itself (STRIPE_TEST_KEY is not set)"
        )
