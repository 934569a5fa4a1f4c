"""The real files that importers are tried on; they stay where they are, outside of the project."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "data"


def real(name: str) -> Path:
    """Return a real file, or skip the test that asks for it."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not in {FOLDER}")
    return path
