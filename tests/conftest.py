"""What all tests share: how Hypothesis draws, and where the published lists are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from lib.stores import new_url, postgres_server, sqlite_path, store, store_url

__all__ = ["data", "new_url", "postgres_server", "sqlite_path", "store", "store_url"]

# A loaded machine is no failure; where nobody watches, the same examples are drawn every time.
settings.register_profile("tallystick", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tallystick")


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of the published lists; skip where it is absent."""
    folder = Path(os.environ.get("TALLYSTICK_DATA") or "/nonexistent")
    if not folder.is_dir():
        pytest.skip("needs the published lists: set TALLYSTICK_DATA to their folder")
    return folder
