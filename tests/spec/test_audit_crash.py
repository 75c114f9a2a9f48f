"""A log's writer is killed at random moments: nothing that was acknowledged is lost, and no half entry stays.

AUDIT_KILLS says how often (default 30).
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.log_twin import KEY, note
from tallystick.adapters.audit_folder import AuditFiles, AuditFolder, opened_audit_log
from tallystick.audit import Trust, verify_log
from tallystick.errors import UnavailableError
from tallystick.node import auditing

TESTS = Path(__file__).parents[1]
KILLS = int(os.environ.get("AUDIT_KILLS", "30"))
TRUST = Trust(log=[KEY.verifier_key()])


def killed_writer(folder: Path, said: Path, rng: random.Random) -> None:
    """Let a writer work for a moment, then kill it."""
    with said.open("ab") as out:
        out.write(b"\n")  # what the one before was saying may have been cut
        out.flush()
        program = [sys.executable, str(TESTS / "lib" / "log_program.py"), str(folder), str(rng.choice([1, 8]))]
        env = os.environ | {"PYTHONPATH": str(TESTS)}
        writer = subprocess.Popen(program, stdout=out, stderr=subprocess.PIPE, env=env)
        start, before = time.monotonic(), said.stat().st_size
        while said.stat().st_size == before and time.monotonic() - start < 30:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.12))
        writer.send_signal(signal.SIGKILL)
        _, complaint = writer.communicate(timeout=30)
    assert not complaint, complaint.decode()
    assert writer.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    folder, said, rng = tmp_path / "log", tmp_path / "said", random.Random(7)
    for _ in range(KILLS):
        killed_writer(folder, said, rng)
        assert_all_is_there(folder, said)
    with opened_audit_log(folder, KEY) as log:
        log.publish()
    assert_all_is_there(folder, said)
    assert verify_log(AuditFiles(folder).read, TRUST).signed.checkpoint.size >= KILLS


def assert_all_is_there(folder: Path, said: Path) -> None:
    """Check the log's latest checkpoint whole, and that every acknowledged entry is where it was said to be, once."""
    files = AuditFiles(folder)
    verify_log(files.read, TRUST)
    lines = [line for line in said.read_bytes().split(b"\n") if line.endswith(b" .")]  # others were cut by a kill
    acknowledged = dict(line.decode().split(" ")[:2] for line in lines)
    found = {str(each.index): getattr(each.entry, "text", "") for each in auditing.entries(files, 0)}
    assert acknowledged.items() <= found.items()
    assert list(map(int, found)) == list(range(len(found)))
    assert len(set(found.values())) == len(found)


class Stopped(BaseException):
    """The moment at which a process is killed."""


def counting(calls: list[str], stop_at: int, name: str, real: Callable[..., object]) -> Callable[..., object]:
    def wrapped(*args: object, **words: object) -> object:
        calls.append(name)
        if len(calls) == stop_at:
            raise Stopped
        return real(*args, **words)

    return wrapped


def a_life(folder: Path, acknowledged: list[int]) -> None:
    with opened_audit_log(folder, KEY) as log:
        for start, count in ((0, 3), (3, 260), (263, 1)):
            assert log.append([note(number) for number in range(start, start + count)]) == start
            acknowledged.append(start + count)
            log.publish()
        log.append([note(264)])
        acknowledged.append(265)


def test_a_stop_at_any_step_leaves_a_log_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    while True:
        steps += 1
        folder, calls, acknowledged = tmp_path / str(steps), [""], [0]
        with monkeypatch.context() as patch:
            patch.setattr(
                os, "fsync", counting(calls, steps + 1, "fsync", lambda _: None)
            )  # the machine goes on: no need to wait
            for name in ("open", "write"):
                patch.setattr(os, name, counting(calls, steps + 1, name, getattr(os, name)))
            for name in ("replace", "unlink", "mkdir"):
                patch.setattr(Path, name, counting(calls, steps + 1, name, getattr(Path, name)))
            patch.setattr(shutil, "rmtree", counting(calls, steps + 1, "rmtree", shutil.rmtree))
            try:
                a_life(folder, acknowledged)
            except Stopped:
                pass
            else:
                break
        assert_it_goes_on(folder, acknowledged[-1])
    assert steps > 60


def assert_it_goes_on(folder: Path, acknowledged: int) -> None:
    with opened_audit_log(folder, KEY) as log:
        assert log.size >= acknowledged
        log.append([note(number) for number in range(log.size, 300)])
        log.publish()
        assert [each.entry for each in auditing.entries(AuditFiles(folder), 0)] == [note(number) for number in range(300)]
        assert verify_log(log.read, TRUST).signed.checkpoint.size == 300


def test_after_a_failed_write_nothing_more_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    def once(log: AuditFolder) -> None:
        with pytest.raises(UnavailableError):
            log.append([note(1)])
        with pytest.raises(UnavailableError):
            log.publish()

    with opened_audit_log(tmp_path / "log", KEY) as log:
        log.append([note(0)])
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="space"):
                log.append([note(1)])
        once(log)
    with opened_audit_log(tmp_path / "log", KEY) as log:
        assert log.append([note(2)]) in {1, 2}  # whether the failed one is on the disk, only the disk knows


@pytest.mark.parametrize("cut", range(1, 120))
def test_a_torn_end_is_cut_off(tmp_path: Path, cut: int) -> None:
    with opened_audit_log(tmp_path / "log", KEY) as log:
        log.append([note(0)])
        log.append([note(1)])
    [pending] = (tmp_path / "log" / "pending").iterdir()
    whole = pending.read_bytes()
    frame = len(whole) // 2
    pending.write_bytes(whole[: len(whole) - min(cut, frame)])
    with opened_audit_log(tmp_path / "log", KEY) as log:
        assert log.size == 1
        assert log.append([note(2)]) == 1
    assert [each.entry for each in auditing.entries(AuditFiles(tmp_path / "log"), 0)] == [note(0), note(2)]
