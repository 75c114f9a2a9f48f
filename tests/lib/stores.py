"""The fixture `store`: an empty register store, once in SQLite and once in a real PostgreSQL server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.postgres import Server, server
from tallystick.adapters.sealing import new_identity
from tallystick.adapters.stores import open_store, seal_store
from tallystick.node.ports import RegisterStore

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
ALL_KINDS = [*KINDS, "sealed sqlite", pytest.param("sealed postgres", marks=pytest.mark.postgres)]

NewUrl = Callable[[str], str]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewUrl:
    """Return what makes the URL of a store that does not exist yet."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return str(tmp_path_factory.mktemp("store") / "registers.db")
        running: Server = request.getfixturevalue("postgres_server")
        return running.database()

    return make


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, new_url: NewUrl) -> str:
    return new_url(request.param)


def opened_kind(kind: str, new_url: NewUrl) -> RegisterStore:
    """Open a new store of a kind; "sealed" before it puts it behind a seal."""
    seal, _, rest = kind.rpartition(" ")
    url = new_url(rest)
    identity = new_identity()
    if seal:
        seal_store(url, lambda: identity)
    return open_store(url, lambda: identity)


@pytest.fixture
def store(store_url: str) -> Iterator[RegisterStore]:
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "registers.db"
