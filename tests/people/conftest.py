"""What the tests of whole people share."""

from collections.abc import Generator

import pytest

from parkplace.core.settings import get_settings
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def stripe(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    """The sandbox, through which this test pays."""
    with paid_through(stripe_sandbox) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _files_of_nobody_else(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data folder of the test's own, so that it can say what is left in it."""
    monkeypatch.setenv("PARKPLACE_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    get_settings.cache_clear()
