"""A log in a folder: what is appended is there, one writer at a time, many threads, and copies that verify anywhere."""

import os
import shutil
import stat
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lib import log_twin
from lib.log_twin import KEY, TIME, note
from tallystick.adapters.audit_folder import AuditFiles, AuditFolder, opened_audit_log
from tallystick.adapters.witness_folder import WitnessFolder
from tallystick.audit import (
    COSIGNATURE,
    ED25519,
    SigningKey,
    Trust,
    entries,
    prove_entry,
    sign_checkpoint,
    verify_checkpoint,
    verify_log,
    verify_proof,
)
from tallystick.audit.checkpoints import decode_checkpoint
from tallystick.errors import InputError, IntegrityError, RefusedError, RemoteProtocolError, UnavailableError
from tallystick.node import auditing

TRUST = Trust(log=[KEY.verifier_key()])
WITNESS = SigningKey("witness.example/w1", COSIGNATURE, bytes([1] * 32))


def notes(first: int, end: int) -> list[entries.Other]:
    return [note(number) for number in range(first, end)]


def files_in(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name.startswith(("tile/", "checkpoint"))}


def test_the_folder_is_the_log_of_the_definition(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with opened_audit_log(folder, KEY) as log:
        for first, end in ((0, 1), (1, 300), (300, 520)):
            assert log.append(notes(first, end)) == first
        log.publish()
    assert files_in(folder) == log_twin.files_of(log_twin.lines(520))
    assert not list((folder / "pending").iterdir())


def test_partial_tiles_go_when_full_ones_come(tmp_path: Path) -> None:
    with opened_audit_log(tmp_path, KEY) as log:
        for number in range(5):
            log.append(notes(number, number + 1))
            log.publish()
        assert (tmp_path / "tile/0/000.p/3").exists()  # a checkpoint of that size was published
        log.append(notes(5, 256))
        log.publish()
    assert not (tmp_path / "tile/0/000.p").exists()
    assert not (tmp_path / "tile/entries/000.p").exists()
    assert verify_log(AuditFiles(tmp_path).read, TRUST).types == {"other": 256}


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with opened_audit_log(folder, KEY) as log:
        log.append(notes(0, 300))
        log.publish()
        log.append(notes(300, 301))
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in folder.rglob("*") if path.name != "lock")
    assert not stat.S_IMODE(folder.stat().st_mode) & 0o077


def test_a_new_log_has_a_checkpoint_at_once(tmp_path: Path) -> None:
    with opened_audit_log(tmp_path, KEY) as log:
        assert (log.origin, log.size) == (KEY.name, 0)
    assert verify_log(AuditFiles(tmp_path).read, TRUST).signed.checkpoint.size == 0


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with opened_audit_log(tmp_path, KEY), pytest.raises(UnavailableError), opened_audit_log(tmp_path, KEY):
        pass


def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    with opened_audit_log(tmp_path, KEY) as log:
        pass
    with pytest.raises(UnavailableError):
        log.append(notes(0, 1))


def test_publishing_nothing_new_gives_the_same_checkpoint(tmp_path: Path) -> None:
    with opened_audit_log(tmp_path, KEY) as log:
        log.append(notes(0, 3))
        assert log.publish() == log.publish() == log.checkpoint()


@pytest.mark.parametrize("wrong", [[], [note(1).__class__(time=TIME, kind="Not a code")]])
def test_what_breaks_the_rules_is_not_recorded(tmp_path: Path, wrong: list[entries.Entry]) -> None:
    with opened_audit_log(tmp_path, KEY) as log:
        with pytest.raises(InputError):
            log.append(wrong)
        assert log.append(notes(0, 1)) == 0


def test_many_threads_and_checkpoints_in_between(tmp_path: Path) -> None:
    places: dict[int, str] = {}

    def write(log: AuditFolder, thread: int) -> None:
        for number in range(20):
            texts = [f"{thread}-{number}-{part}" for part in range(1 + number % 4)]
            first = log.append([entries.Other(time=TIME, kind="test", text=text) for text in texts])
            places.update({first + offset: text for offset, text in enumerate(texts)})

    with opened_audit_log(tmp_path, KEY) as log, ThreadPoolExecutor(21) as pool:
        jobs: list[Future[Any]] = [pool.submit(write, log, thread) for thread in range(20)]
        jobs += [pool.submit(log.publish) for _ in range(5)]
        for job in jobs:
            job.result(timeout=60)
        log.publish()
    found = {each.index: getattr(each.entry, "text", "") for each in auditing.entries(AuditFiles(tmp_path), 0)}
    assert found == places
    assert len(found) == 20 * 50
    assert verify_log(AuditFiles(tmp_path).read, TRUST).types == {"other": 1000}


def test_one_fsync_serves_all_that_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, gate, real = Counter[str](), threading.Event(), os.fsync

    def slow(file: int) -> None:
        calls["fsync"] += 1
        gate.wait(10)
        real(file)

    with opened_audit_log(tmp_path, KEY) as log:
        log.append(notes(0, 1))
        monkeypatch.setattr(os, "fsync", slow)
        with ThreadPoolExecutor(20) as pool:
            jobs = [pool.submit(log.append, notes(number, number + 1)) for number in range(20)]
            while len(log._queue) + calls["fsync"] < 20:
                threading.Event().wait(0.001)
            gate.set()
            assert sorted(job.result(timeout=10) for job in jobs) == list(range(1, 21))
    assert calls["fsync"] <= 3


# --- What is refused when a log is opened ---------------------------------------------------------------------------------


def filled(folder: Path) -> Path:
    with opened_audit_log(folder, KEY) as log:
        log.append(notes(0, 300))
        log.publish()
        log.append(notes(300, 303))
        log.append(notes(303, 304))
    return folder


def opens(folder: Path, key: SigningKey = KEY) -> None:
    with opened_audit_log(folder, key):
        pass


def test_a_log_is_opened_with_its_own_key_only(tmp_path: Path) -> None:
    folder = filled(tmp_path / "log")
    for wrong in (SigningKey(KEY.name, ED25519, bytes([7] * 32)), SigningKey("other.example", ED25519, KEY.seed)):
        with pytest.raises(IntegrityError):
            opens(folder, wrong)
    opens(folder)


def test_a_log_changes_its_key(tmp_path: Path) -> None:
    folder, new = filled(tmp_path / "log"), SigningKey(KEY.name, ED25519, bytes([7] * 32))
    with opened_audit_log(folder, new, earlier_keys=[KEY.verifier_key()]) as log:
        log.publish()
    assert verify_log(AuditFiles(folder).read, Trust(log=[new.verifier_key()])).types == {"other": 304}


@pytest.mark.parametrize("lost", ["checkpoint", "tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"])
def test_a_log_that_lost_a_file_is_not_opened(tmp_path: Path, lost: str) -> None:
    folder = filled(tmp_path / "log")
    (folder / lost).unlink()
    before = sorted(folder.rglob("*"))
    with pytest.raises(IntegrityError):
        opens(folder)
    assert sorted(folder.rglob("*")) == before


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(IntegrityError):
        opens(tmp_path)
    assert (tmp_path / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_damaged_pending_entries_are_not_dropped_silently(tmp_path: Path) -> None:
    folder = filled(tmp_path / "log")
    [pending] = (folder / "pending").iterdir()
    whole = pending.read_bytes()
    first_frame = 48 + int.from_bytes(whole[8:12], "big")
    for at in range(first_frame):
        pending.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises(IntegrityError):
            opens(folder)
    pending.write_bytes(whole)
    opens(folder)


def test_missing_pending_entries_are_noticed(tmp_path: Path) -> None:
    folder = filled(tmp_path / "log")
    [pending] = (folder / "pending").iterdir()
    whole = pending.read_bytes()
    pending.write_bytes(whole[48 + int.from_bytes(whole[8:12], "big") :])
    with pytest.raises(IntegrityError, match="from 300 on are missing"):
        opens(folder)


def test_zeros_after_the_last_frame_are_a_torn_end(tmp_path: Path) -> None:
    folder = filled(tmp_path / "log")
    [pending] = (folder / "pending").iterdir()
    pending.write_bytes(pending.read_bytes() + bytes(4096))
    with opened_audit_log(folder, KEY) as log:
        assert log.append(notes(304, 305)) == 304


# --- Copies ---------------------------------------------------------------------------------------------------------------


def test_a_copy_verifies_and_proves_without_a_secret(tmp_path: Path) -> None:
    copy = tmp_path / "stick"
    shutil.copytree(filled(tmp_path / "log"), copy)
    shutil.rmtree(copy / "pending")
    found = verify_log(AuditFiles(copy).read, TRUST)
    assert found.types == {"other": 300}
    proof, _ = auditing.prove(AuditFiles(copy), 299, TRUST)
    assert verify_proof(proof.encode(), TRUST).entry == note(299)
    with pytest.raises(InputError):
        prove_entry(AuditFiles(copy).read, 300, found.signed)


def test_what_lies_in_a_copy_can_be_anything(tmp_path: Path) -> None:
    folder = filled(tmp_path / "log")
    tile = folder / "tile/0/000"
    tile.unlink()
    for plant in (
        tile.mkdir,
        lambda: os.mkfifo(tile),
        lambda: tile.symlink_to("/dev/zero"),
        lambda: tile.write_bytes(bytes(8193)),
    ):
        plant()
        with pytest.raises(IntegrityError):
            verify_log(AuditFiles(folder).read, TRUST)
        if tile.is_dir() and not tile.is_symlink():
            tile.rmdir()
        else:
            tile.unlink()


def test_entries_are_read_in_both_directions(tmp_path: Path) -> None:
    files = AuditFiles(filled(tmp_path / "log"))
    found = list(auditing.entries(files, 250))
    assert [each.index for each in found] == list(range(250, 304))
    assert [each.entry for each in found] == notes(250, 304)
    assert [each.is_covered for each in found] == [True] * 50 + [False] * 4
    assert list(auditing.entries(files, 250, reverse=True)) == found[::-1]
    assert [each.index for each in auditing.entries(files, 302)] == [302, 303]
    for before in (0, 1, 255, 256, 257, 300, 301, 304, 900):
        wanted = [*range(min(before, 304))]
        assert [each.index for each in auditing.entries(files, 0, before=before)] == wanted
        assert [each.index for each in auditing.entries(files, 0, before=before, reverse=True)] == wanted[::-1]


def test_entries_after_those_that_are_wanted_are_not_read(tmp_path: Path) -> None:
    files = AuditFiles(filled(tmp_path / "log"))
    (tmp_path / "log" / "tile" / "entries" / "001.p" / "44").unlink()
    assert [each.index for each in auditing.entries(files, 100, before=102, reverse=True)] == [101, 100]


def test_a_log_is_read_while_it_is_written(tmp_path: Path) -> None:
    end = threading.Event()

    def write(log: AuditFolder) -> None:
        for number in range(60):
            log.append(notes(number, number + 1))
            if number % 3 == 0:
                log.publish()
        end.set()

    with opened_audit_log(tmp_path, KEY) as log, ThreadPoolExecutor(1) as pool:
        job = pool.submit(write, log)
        while not end.is_set() and not job.done():
            acknowledged = log.size
            found = [each.entry for each in auditing.entries(AuditFiles(tmp_path), 0)]
            assert found == notes(0, len(found))
            assert len(found) >= acknowledged
            verify_log(AuditFiles(tmp_path).read, TRUST)
        job.result()


def test_a_checkpoint_published_between_two_reads_hides_no_entry(tmp_path: Path) -> None:
    with opened_audit_log(tmp_path, KEY) as log:
        log.append(notes(0, 5))

        class Interrupted(AuditFiles):
            """Whose pending entries are put under a checkpoint while somebody is about to read them."""

            def pending(self, size: int) -> list[bytes]:
                log.publish()
                return super().pending(size)

        assert [each.entry for each in auditing.entries(Interrupted(tmp_path), 0)] == notes(0, 5)


# --- Witnesses ------------------------------------------------------------------------------------------------------------


class Neighbour:
    """A witness in the same process."""

    def __init__(self, folder: Path, own_log: AuditFolder | None = None) -> None:
        self.store = WitnessFolder(folder)
        self.own_log = own_log
        self.statuses: list[int] = []

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        said = auditing.cosign(self.store, body, log_keys=[KEY.verifier_key()], key=WITNESS, at=TIME, own_log=self.own_log)
        self.statuses.append(said.status)
        return said.status, said.body


BOTH = Trust(log=[KEY.verifier_key()], witnesses=[WITNESS.verifier_key()], quorum=1)


def test_a_partner_cosigns_a_growing_log_and_records_it(tmp_path: Path) -> None:
    partner = SigningKey("partner.example/audit", ED25519, bytes([5] * 32))
    with opened_audit_log(tmp_path / "log", KEY) as log, opened_audit_log(tmp_path / "partner", partner) as own_log:
        witness = Neighbour(tmp_path / "witness", own_log)
        for first, end in ((0, 5), (5, 270), (270, 270)):
            if end > first:
                log.append(notes(first, end))
            log.publish()
            note_ = auditing.collect_cosignature(log, witness, BOTH.witnesses)
            assert len(verify_checkpoint(str(note_).encode(), BOTH).cosignatures) == 1
        assert witness.statuses == [200, 409, 200, 409, 200]
        recorded = [each.entry for each in auditing.entries(AuditFiles(tmp_path / "partner"), 0)]
    assert [each.size for each in recorded if isinstance(each, entries.WitnessCosigned)] == [5, 270, 270]
    assert verify_log(AuditFiles(tmp_path / "log").read, BOTH).signed.cosignatures[0].key == WITNESS.verifier_key()


def test_a_log_restored_from_a_copy_is_found_out_by_its_witness(tmp_path: Path) -> None:
    folder, witness = filled(tmp_path / "log"), Neighbour(tmp_path / "witness")
    shutil.copytree(folder, tmp_path / "copy")
    with opened_audit_log(folder, KEY) as log:
        log.publish()
        auditing.collect_cosignature(log, witness, BOTH.witnesses)
    shutil.rmtree(tmp_path / "copy" / "pending")
    with opened_audit_log(tmp_path / "copy", KEY) as log, pytest.raises(IntegrityError, match="cosigned more than"):
        auditing.collect_cosignature(log, witness, BOTH.witnesses)


def test_a_log_that_was_rewritten_is_not_cosigned(tmp_path: Path) -> None:
    folder, witness = filled(tmp_path / "log"), Neighbour(tmp_path / "witness")
    with opened_audit_log(folder, KEY) as log:
        auditing.collect_cosignature(log, witness, BOTH.witnesses)
    with opened_audit_log(tmp_path / "rewritten", KEY) as log:
        log.append(notes(1, 320))
        log.publish()
        with pytest.raises(RefusedError, match="422"):
            auditing.collect_cosignature(log, witness, BOTH.witnesses)


def test_a_witness_remembers_across_a_restart_and_serves_what_it_cosigned(tmp_path: Path) -> None:
    with opened_audit_log(filled(tmp_path / "log"), KEY) as log:
        auditing.collect_cosignature(log, Neighbour(tmp_path / "witness"), BOTH.witnesses)
        again = Neighbour(tmp_path / "witness")
        auditing.collect_cosignature(log, again, BOTH.witnesses, old_size=300)
    assert again.statuses == [200]
    [kept] = (tmp_path / "witness").glob("*/checkpoint")
    assert verify_checkpoint(kept.read_bytes(), BOTH).checkpoint.size == 300


def test_strangers_leave_no_trace_at_a_witness(tmp_path: Path) -> None:
    witness = Neighbour(tmp_path / "witness")
    stranger = sign_checkpoint(
        0, decode_checkpoint(sign_checkpoint(0, bytes(32), KEY).text).root, SigningKey("x", ED25519, bytes(32))
    )
    for body in (b"", b"old 0\n\n", f"old 0\n\n{stranger}".encode()):
        witness.add_checkpoint(body)
    assert witness.statuses == [400, 400, 404]
    assert not list((tmp_path / "witness").iterdir())


def test_a_cosignature_of_an_older_checkpoint_comes_too_late(tmp_path: Path) -> None:
    with opened_audit_log(filled(tmp_path / "log"), KEY) as log:
        old = log.checkpoint()
        log.publish()
        with pytest.raises(RefusedError):
            log.keep_cosignatures(old)


@pytest.mark.parametrize("body", [b"", b"5", b"05\n", b"-1\n", b"many\n", b"99999999999999999999\n"])
def test_a_witness_that_answers_nonsense_is_not_believed(tmp_path: Path, body: bytes) -> None:
    class Liar:
        def add_checkpoint(self, _body: bytes) -> tuple[int, bytes]:
            return 409, body

    with opened_audit_log(filled(tmp_path / "log"), KEY) as log, pytest.raises(RemoteProtocolError):
        auditing.collect_cosignature(log, Liar(), BOTH.witnesses)


@pytest.mark.parametrize("body", ["", "nonsense\n", str(SigningKey("w", COSIGNATURE, bytes(32)).cosign("x\n", at_s=1))])
def test_a_cosignature_that_is_none_is_not_kept(tmp_path: Path, body: str) -> None:
    class Liar:
        def add_checkpoint(self, _body: bytes) -> tuple[int, bytes]:
            return 200, body.encode()

    with opened_audit_log(filled(tmp_path / "log"), KEY) as log:
        before = log.checkpoint()
        with pytest.raises(IntegrityError):
            auditing.collect_cosignature(log, Liar(), BOTH.witnesses)
        assert log.checkpoint() == before
