"""Transcripts of sealed stores and backups: a key made, a store sealed, kept in one file, restored elsewhere."""

import json
import stat
from pathlib import Path

import pytest

from lib.postgres import Server
from lib.transcripts import Run
from tallystick.adapters import postgres_copy
from tallystick.wiring import key_secret

CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")
RECORDS = '{"id":"a1","names":["Mounir El Touzani"]}\n{"id":"a2","names":["Maria Ivanova"]}\n'


@pytest.fixture
def sealed(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a key and a sealed store with one register; return the recipient of the key."""
    key_secret.cache_clear()
    (folder / "watch.jsonl").write_text(RECORDS, encoding="utf-8")
    made = run("key", "make", "store.key")
    assert made.code == 0
    monkeypatch.setenv("TALLYSTICK_KEY", str(folder / "store.key"))
    said = run("init", "--sealed")
    assert said.err == "store tallystick.db is ready and sealed; it holds 0 registers\n"
    assert run("import", "watch", "watch.jsonl", *CUSTODY).code == 0
    return made.out.strip()


def test_a_key_is_for_its_owner_and_is_never_overwritten(run: Run, folder: Path) -> None:
    key_secret.cache_clear()
    recipient = run("key", "make", "store.key").out.strip()
    assert recipient.startswith("age1")
    assert stat.S_IMODE((folder / "store.key").stat().st_mode) == 0o600
    assert run("key", "show", "store.key").out.strip() == recipient
    again = run("key", "make", "store.key")
    assert (again.code, "never overwritten" in again.err) == (4, True)
    (folder / "store.key").chmod(0o644)
    key_secret.cache_clear()
    assert "can be read by others" in run("key", "show", "store.key").err


@pytest.mark.usefixtures("sealed")
def test_a_sealed_store_is_used_like_any_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run("find", "watch", "Munir al Tuzani", "--json")
    assert (found.code, "a1" in found.out) == (0, True)
    assert "Maria" in run("show", "watch", "a2").out
    assert json.loads(run("import", "watch", "watch.jsonl", "--json").out)["unchanged"] == 2
    key_secret.cache_clear()
    monkeypatch.delenv("TALLYSTICK_KEY")
    refused = run("show", "watch", "a2")
    assert refused.code == 4
    assert "the store is sealed and no key is given" in refused.err


@pytest.mark.usefixtures("sealed")
def test_a_program_may_keep_the_key(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYSTICK_KEY", f"run:cat {folder / 'store.key'}")
    assert run("show", "watch", "a2").code == 0
    monkeypatch.setenv("TALLYSTICK_KEY", "run:false")
    key_secret.cache_clear()
    assert run("show", "watch", "a2").code == 4


@pytest.mark.usefixtures("sealed")
def test_the_key_of_a_store_changes(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("key", "make", "new.key")
    assert run("key", "change", "--new", str(folder / "new.key")).code == 0
    key_secret.cache_clear()
    assert run("show", "watch", "a2").code == 5
    monkeypatch.setenv("TALLYSTICK_KEY", str(folder / "new.key"))
    key_secret.cache_clear()
    assert run("show", "watch", "a2").code == 0


def test_a_backup_comes_back_on_another_machine(run: Run, folder: Path, sealed: str) -> None:
    node = ("--id", "police-a", "--name", "Police of A", "--url", "https://127.0.0.1:7443", "--contact", "desk")
    assert run("node", "init", *node, "--store", str(folder / "tallystick.db")).code == 0
    assert run("circle", "create", "border", "--legal-basis", "article 1", "--purpose", "check:100:checks").code == 0
    made = run("backup", "create", "one.backup", "--for", sealed, "--json")
    assert made.code == 0, made.err
    told = json.loads(made.out)
    assert stat.S_IMODE((folder / "one.backup").stat().st_mode) == 0o600
    assert b"node.toml" not in (folder / "one.backup").read_bytes()
    assert json.loads(run("backup", "verify", "one.backup", "--json").out) == told
    restored = run("backup", "restore", "one.backup", "--into", "elsewhere")
    assert restored.code == 0, restored.err
    assert "its audit log verifies" in restored.err
    assert "Maria" in run("show", "watch", "a2", "--store", "elsewhere/store/registers.db").out
    before, after = (run("circle", "show", "--json", "--node", where).out for where in ("node", "elsewhere/node"))
    assert before == after
    assert stat.S_IMODE((folder / "elsewhere/node/keys/signing.seed").stat().st_mode) == 0o600
    assert run("backup", "restore", "one.backup", "--into", "elsewhere").code == 5
    assert run("backup", "create", "one.backup", "--for", sealed).code == 4


@pytest.mark.postgres
def test_registers_of_a_server_come_back_in_another_database(
    run: Run, folder: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_copy, "PIECE_BYTES", 100)
    key_secret.cache_clear()
    recipient = run("key", "make", "store.key").out.strip()
    monkeypatch.setenv("TALLYSTICK_KEY", str(folder / "store.key"))
    (folder / "watch.jsonl").write_text(RECORDS, encoding="utf-8")
    before, after = postgres_server.database(), postgres_server.database()
    assert run("init", "--sealed", "--store", before).code == 0
    assert run("import", "watch", "watch.jsonl", *CUSTODY, "--store", before).code == 0
    assert run("backup", "create", "one.backup", "--for", recipient, "--store", before).code == 0
    assert run("backup", "restore", "one.backup", "--into", "full", "--store", before).code == 4
    said = run("backup", "restore", "one.backup", "--into", "elsewhere", "--store", after)
    assert said.code == 0, said.err
    assert not list(folder.glob("elsewhere/store/*"))
    for command in (("show", "watch", "a2"), ("find", "watch", "Munir al Tuzani", "--json"), ("register", "history", "watch")):
        assert run(*command, "--store", after).out == run(*command, "--store", before).out
    (folder / "watch.jsonl").write_text(RECORDS + '{"id":"a3","names":["Li Na"]}\n', encoding="utf-8")
    assert json.loads(run("import", "watch", "watch.jsonl", "--store", after, "--json").out)["added"] == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_backup_leaves_nothing_behind(run: Run, folder: Path, sealed: str, damage: str) -> None:
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0
    content = bytearray((folder / "one.backup").read_bytes())
    if damage == "flip":
        content[-200] ^= 1
    (folder / "one.backup").write_bytes(bytes({"cut": content[:-300], "flip": content, "empty": b""}[damage]))
    said = run("backup", "restore", "one.backup", "--into", "elsewhere")
    assert said.code in {5, 7}, said.err
    assert not list(folder.glob("elsewhere*"))


@pytest.mark.usefixtures("sealed")
def test_a_backup_opens_for_nobody_else(run: Run, folder: Path) -> None:
    other = run("key", "make", "other.key").out.strip()
    assert run("backup", "create", "one.backup", "--for", other).code == 0
    said = run("backup", "verify", "one.backup")
    assert (said.code, "does not open the backup" in said.err) == (5, True)
    assert run("backup", "verify", "one.backup", "--key", str(folder / "other.key")).code == 0


def test_a_backup_of_nothing_is_refused(run: Run, sealed: str) -> None:
    said = run("backup", "create", "one.backup", "--for", sealed, "--store", "none.db")
    assert (said.code, "nothing to back up" in said.err) == (3, True)
