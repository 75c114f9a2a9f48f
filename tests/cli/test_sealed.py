"""Transcripts of sealed stores and backups: a key made, a store sealed, kept in one file, restored elsewhere."""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.killing import killed_command
from lib.postgres import Server
from lib.transcripts import Run
from tallystick.adapters import postgres_copy
from tallystick.adapters.audit_folder import opened_audit_log
from tallystick.adapters.node_folder import open_node_folder
from tallystick.audit.entries import Other
from tallystick.wiring import key_secret
from tallystick.wiring.backups import back_up, what_is_here
from tallystick.wiring.nodes import log_key

CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")
RECORDS = '{"id":"a1","names":["Mounir El Touzani"]}\n{"id":"a2","names":["Maria Ivanova"]}\n'


NODE = ("--id", "police-a", "--name", "Police of A", "--url", "https://127.0.0.1:7443", "--contact", "desk")


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
    assert run("node", "init", *NODE, "--store", str(folder / "tallystick.db")).code == 0
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
    node = ("node", "init", "--id", "north", "--name", "North", "--url", "https://127.0.0.1:7443", "--contact", "desk of north")
    assert run(*node, "--store", before).code == 0
    assert run("backup", "create", "one.backup", "--for", recipient).code == 0
    assert run("backup", "restore", "one.backup", "--into", "full", "--store", before).code == 4
    said = run("backup", "restore", "one.backup", "--into", "elsewhere", "--store", after)
    assert said.code == 0, said.err
    assert not list(folder.glob("elsewhere/store/*"))
    assert open_node_folder(folder / "elsewhere" / "node").store == after  # and not where the node that goes on has its registers
    for command in (("show", "watch", "a2"), ("find", "watch", "Munir al Tuzani", "--json"), ("register", "history", "watch")):
        assert run(*command, "--store", after).out == run(*command, "--store", before).out
    (folder / "watch.jsonl").write_text(RECORDS + '{"id":"a3","names":["Li Na"]}\n', encoding="utf-8")
    assert json.loads(run("import", "watch", "watch.jsonl", "--store", after, "--json").out)["added"] == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "cut in the head", "none"])
def test_a_damaged_backup_leaves_nothing_behind(run: Run, folder: Path, sealed: str, damage: str) -> None:
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0
    content = bytearray((folder / "one.backup").read_bytes())
    if damage == "flip":
        content[-200] ^= 1
    made: dict[str, bytes | bytearray] = {
        "cut": content[:-300],
        "flip": content,
        "empty": b"",
        "cut in the head": content[:150],
        "none": b"something else\n" * 9,
    }
    (folder / "one.backup").write_bytes(made[damage])
    said = run("backup", "restore", "one.backup", "--into", "elsewhere")
    assert said.code == 7, said.err
    assert not list(folder.glob("elsewhere*"))


def test_a_backup_of_a_log_that_grows_meanwhile_verifies(run: Run, folder: Path, sealed: str) -> None:
    """Before every file that is kept another hundred entries come under a checkpoint: tiles come, and partial ones go."""
    assert run("node", "init", *NODE).code == 0
    node = open_node_folder(folder / "node")
    entry = Other(time=datetime.now(UTC).replace(microsecond=0), kind="x", text="grows")
    with opened_audit_log(node.log, log_key(node)) as log:

        def grow(_done: int) -> None:
            if log.size < 2000:
                log.append([entry] * 100)
                log.publish()
                log.append([entry])

        grow(0)
        back_up(what_is_here("", folder / "node"), folder / "one.backup", [sealed], grow)
        assert log.size >= 2000
    restored = run("backup", "restore", "one.backup", "--into", "elsewhere")
    assert (restored.code, "its audit log verifies" in restored.err) == (0, True), restored.err
    again = open_node_folder(folder / "elsewhere/node")
    with opened_audit_log(again.log, log_key(again)) as log:
        log.append([entry])
        log.publish()


def test_a_log_that_does_not_verify_is_not_restored(run: Run, folder: Path, sealed: str) -> None:
    assert run("node", "init", *NODE).code == 0
    assert run("node", "card", "--out", "a.card").code == 0
    node = open_node_folder(folder / "node")
    with opened_audit_log(node.log, log_key(node)) as log:
        log.append([Other(time=datetime.now(UTC).replace(microsecond=0), kind="x", text="told")])
        log.publish()
    [bundle] = [each for each in (node.log / "tile/entries").rglob("*") if each.is_file()]
    bundle.write_bytes(bundle.read_bytes().replace(b"told", b"sold"))
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0
    assert run("backup", "restore", "one.backup", "--into", "elsewhere").code == 7
    assert not list(folder.glob("elsewhere*"))


def test_a_killed_backup_leaves_no_copy_of_a_database(run: Run, folder: Path, sealed: str) -> None:
    assert run("node", "init", *NODE, "--store", str(folder / "tallystick.db")).code == 0
    before = {each.relative_to(folder) for each in folder.rglob("*")}
    for call in (1, 2):
        killed_command("tallystick.adapters.backup_files:_add", ["backup", "create", "one.backup", "--for", sealed], call)
        left = {each.relative_to(folder) for each in folder.rglob("*")} - before
        assert left == {Path("one.backup.part")}
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0


def test_what_a_killed_backup_left_is_gone_after_the_next(run: Run, folder: Path, sealed: str) -> None:
    assert run("node", "init", *NODE, "--store", str(folder / "tallystick.db")).code == 0
    left = [folder / "node" / ".snapshot.x1", folder / ".snapshot.x2", folder / "node" / "node.db.snapshot"]
    left[2].write_bytes(b"SQLite format 3\0 and a copy of everything")
    others = [folder / "node" / ".snapshot.x3", folder / "node" / "notes.snapshot", folder / "node" / ".snapshot.new"]
    others[0].write_text("not empty")
    others[1].write_text("somebody's own")
    for each in (left[0], left[1], others[2]):
        each.touch()
    for each in (*left, *others[:2]):
        os.utime(each, (0, 0))
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0
    assert [each.exists() for each in left] == [False] * 3
    assert all(each.exists() for each in others), "what is somebody else's, or of a backup that goes on, stays"
    assert run("backup", "restore", "one.backup", "--into", "elsewhere").code == 0
    assert not list((folder / "elsewhere").rglob("node.db.snapshot"))


def test_a_restore_does_not_take_up_what_another_left(run: Run, folder: Path, sealed: str) -> None:
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0
    killed_command("tallystick.wiring.backups:_check_log", ["backup", "restore", "one.backup", "--into", "elsewhere"])
    said = run("backup", "restore", "one.backup", "--into", "elsewhere")
    assert (said.code, "was interrupted" in said.err) == (5, True)
    assert (folder / "elsewhere.part").is_dir(), "it may be another restore that goes on"
    shutil.rmtree(folder / "elsewhere.part")
    assert run("backup", "restore", "one.backup", "--into", "elsewhere").code == 0


@pytest.fixture
def lax() -> Iterator[None]:
    """Let the system protect no new file."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("lax")
def test_whatever_is_kept_is_for_its_owner_alone(run: Run, folder: Path, sealed: str) -> None:
    assert run("node", "init", *NODE, "--store", str(folder / "tallystick.db")).code == 0
    assert run("circle", "create", "border", "--legal-basis", "article 1", "--purpose", "check:100:checks").code == 0
    (folder / "a.txt").write_text("Maria Ivanova was seen in Lyon.", encoding="utf-8")
    assert run("report", "hand-in", "a.txt", "--officer", "officer-1").code == 0
    assert run("report", "add", "a.txt", "--reports", "some/reports").code == 0
    assert run("backup", "create", "one.backup", "--for", sealed).code == 0
    assert run("backup", "restore", "one.backup", "--into", "far/away").code == 0
    kept = [path for name in ("node", "some") for path in [folder / name, *(folder / name).rglob("*")]]
    kept += [folder / "tallystick.db", folder / "one.backup"]
    kept += list((folder / "far").rglob("*"))
    assert [path for path in kept if path.lstat().st_mode & 0o077] == []


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
