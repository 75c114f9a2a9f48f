"""What all tests share: how Hypothesis draws, which of them run first, and where the published lists are."""

import os
from itertools import filterfalse, groupby
from pathlib import Path

import pytest
from hypothesis import settings

from lib.ordering import dealt
from lib.stores import new_url, postgres_server, sqlite_path, store, store_url

__all__ = ["data", "new_url", "postgres_server", "sqlite_path", "store", "store_url"]

# A loaded machine is no failure; where nobody watches, the same examples are drawn every time.
settings.register_profile("tallystick", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tallystick")


@pytest.hookimpl(trylast=True)  # pytest has put those together by then that share a fixture
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the slow tests run first, on every worker."""
    slow = [list(group) for _, group in groupby(filter(_is_slow, items), lambda each: each.path)]
    rest = list(filterfalse(_is_slow, items))
    items[:] = dealt(slow, rest, getattr(config, "workerinput", {"workercount": 1})["workercount"])


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of the published lists; skip where it is absent."""
    folder = Path(os.environ.get("TALLYSTICK_DATA") or "/nonexistent")
    if not folder.is_dir():
        pytest.skip("needs the published lists: set TALLYSTICK_DATA to their folder")
    return folder
