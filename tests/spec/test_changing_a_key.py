"""The key of a sealed store is changed: one of the two opens it at any moment, and afterwards nothing is left for the old one."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from lib.killing import killed_command
from lib.postgres import Server
from lib.stores import NewUrl
from lib.transcripts import in_process
from tallystick.adapters.sealing import new_identity, recipient_of
from tallystick.adapters.secret_sources import write_identity
from tallystick.adapters.sqlite import SqliteStore
from tallystick.adapters.stores import change_seal, open_store, open_unsealed, seal_store
from tallystick.errors import RefusedError, StoreBusyError
from tallystick.wiring import key_secret

CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")
OLD, NEW = new_identity(), new_identity()
KEYS = {"old": OLD, "new": NEW}


def envelope_of(url: str) -> bytes:
    with closing(open_unsealed(url)) as store:
        envelope = store.envelope()
    assert envelope is not None
    return envelope


def changed(url: str) -> bytes:
    """Seal a store for the old key and change it to the new one; return the envelope of the old one."""
    seal_store(url, lambda: OLD)
    before = envelope_of(url)
    change_seal(url, lambda: OLD, lambda: NEW)
    return before


def holders(before: bytes, files: list[Path]) -> list[Path]:
    """Return which files hold what the old key opens: the line of an envelope that is sealed to it."""
    stanza = before.split(b"\n")[2]
    return [file for file in files if stanza in _bytes_of(file)]


def _bytes_of(file: Path) -> bytes:
    """Return what a file holds; nothing where a server has removed it meanwhile: what is gone holds no key."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def test_an_old_envelope_is_gone_from_a_file_that_others_have_open(tmp_path: Path) -> None:
    path = tmp_path / "registers.db"
    with closing(SqliteStore(path)) as reader:
        before = changed(str(path))
        assert reader.envelope() not in {None, before}
        assert holders(before, list(tmp_path.iterdir())) == []


def test_it_is_said_when_an_old_envelope_cannot_be_removed_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "registers.db"
    seal_store(str(path), lambda: OLD)
    monkeypatch.setattr("tallystick.adapters.sqlite.BUSY_TIMEOUT_S", 0.0)
    with closing(SqliteStore(path)) as reader:
        reader._connection.execute("BEGIN")
        reader.envelope()
        with closing(SqliteStore(path, busy_timeout_s=0.0)) as store, pytest.raises(StoreBusyError, match="still in its file"):
            store.put_envelope(b"another")


@pytest.mark.postgres
def test_an_old_envelope_is_gone_from_the_files_of_a_server(postgres_server: Server, new_url: NewUrl) -> None:
    url = new_url("postgres")
    seal_store(url, lambda: OLD)
    before, base = envelope_of(url), Path(postgres_server._folder) / "data/base"

    def files() -> list[Path]:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        return [each for each in base.rglob("*") if each.is_file()]

    assert holders(before, files())
    change_seal(url, lambda: OLD, lambda: NEW)
    assert holders(before, files()) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder with two keys and a store that is sealed for the first, with a register."""
    monkeypatch.chdir(tmp_path)
    for name, identity in (("old.key", OLD), ("new.key", NEW)):
        write_identity(tmp_path / name, identity, recipient_of(identity))
    monkeypatch.setenv("TALLYSTICK_KEY", "old.key")
    key_secret.cache_clear()
    (tmp_path / "watch.jsonl").write_text('{"id":"a1","names":["Maria Ivanova"]}\n', encoding="utf-8")
    assert in_process("init", "--sealed").code == 0
    assert in_process("import", "watch", "watch.jsonl", *CUSTODY).code == 0
    yield tmp_path
    key_secret.cache_clear()


PLACES = {
    "tallystick.adapters.sealing:open_envelope": "old",
    "tallystick.adapters.sealing:make_envelope": "old",
    "tallystick.adapters.sqlite:SqliteStore.put_envelope": "old",
    "tallystick.adapters.sqlite:SqliteStore._settle_envelope": "new",
    "tallystick.adapters.sqlite:SqliteStore.close": "new",
    "tallystick.cli.key:say": "new",
}
"""Where the command is killed, and which key opens the store then."""


@pytest.mark.parametrize(("place", "right"), PLACES.items())
def test_a_killed_change_is_done_or_not_at_all(folder: Path, place: str, right: str) -> None:
    """Whichever key opens the store then, it opens all of it, and after the command was given again the old one does not."""
    before = envelope_of("tallystick.db")
    [wrong] = KEYS.keys() - {right}
    killed_command(place, ["key", "change", "--new", "new.key"])
    with closing(open_store("tallystick.db", lambda: KEYS[right])) as store:
        assert store.record("watch", "a1").names == ("Maria Ivanova",)
    with pytest.raises(RefusedError):
        open_store("tallystick.db", lambda: KEYS[wrong])
    assert b"Maria" not in b"".join(each.read_bytes() for each in folder.glob("tallystick.db*"))
    os.environ["TALLYSTICK_KEY"] = f"{right}.key"
    key_secret.cache_clear()
    assert in_process("key", "change", "--new", "new.key").code == 0
    with closing(open_store("tallystick.db", lambda: NEW)) as store:
        assert store.record("watch", "a1").names == ("Maria Ivanova",)
    assert holders(before, list(folder.glob("tallystick.db*"))) == []
