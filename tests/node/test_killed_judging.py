"""A node is killed while people judge: an act is there whole or not at all, its entry before it; done again, it is there once.

The process ends itself with SIGKILL at the place, so that every run is killed there and nowhere else.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.killing import killed_at, killed_command
from lib.nodes import fill, logged, made_folder, person
from lib.transcripts import in_process
from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.node_folder import open_node_folder
from tallystick.audit import Trust, verify_log
from tallystick.audit.entries import Other
from tallystick.errors import RefusedError
from tallystick.wiring.commands import command_table
from tallystick.wiring.nodes import log_key, opened_node

MAN = person("w1", "Tomasin Verhoovel", born="1981-04-17")
TEXT = "LAGOS – Tomasin Verhoovel bought four grey boats before dawn on Monday, Norland customs said in a report."
BEFORE = "tallystick.adapters.casework_state:SqliteCaseworkState.add_report_acts"
"""After the entry in the log, before the acts are kept."""
AFTER = "tallystick.node.casework.casework:Casework.tell_footings"
"""After they were kept, before anything follows."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = made_folder(tmp_path / "west", "west", "be")
    fill(made, MAN)
    return made


@contextmanager
def node(folder: Path) -> Iterator[Any]:
    """Open the node for commands of officer-7."""
    with opened_node(folder) as opened:
        table = command_table(opened)
        yield lambda command, /, **given: table[command]({"officer": "officer-7", "role": "officer", **given}, lambda *_: None)


def acts(folder: Path) -> list[str]:
    """Return the kinds of the acts there are; each must have its entry in the log, and the log must hold."""
    files = AuditFiles(folder / "log")
    with opened_node(folder) as opened:
        rows = opened.judging._book._state.report_acts()
        entries = _entries(files)
    verify_log(files.read, Trust(log=[log_key(open_node_folder(folder)).verifier_key()]))
    for row in rows:
        together = [each.line for each in rows if each.entry == row.entry]
        assert entries[row.entry].document == hashlib.sha256(row.salt + b"\n".join(together)).digest()
    return [json.loads(row.line)["act"] for row in rows]


def _entries(files: AuditFiles) -> list[Any]:
    from tallystick.node import auditing

    return [each.entry for each in auditing.entries(files, 0)]


def hand_in(do: Any, text: str) -> str:  # noqa: ANN401
    [added] = do("report_add", name="a.txt", content=base64.b64encode(text.encode()).decode())["added"]
    return str(added["id"])


@pytest.mark.slow
def test_an_act_is_done_whole_or_not_at_all(folder: Path) -> None:
    with node(folder) as do:
        report = hand_in(do, TEXT)
        claim = f"{report[:12]}:{do('report_judged', report=report)['claims'][0]['id'][:12]}"
    steps: list[tuple[str, dict[str, object], list[str]]] = [
        ("report_rescreen", {}, ["mentioned"]),
        ("report_note", {"report": report, "text": "the photograph is old"}, ["noted"]),
        ("report_grade", {"claim": claim, "grade": "3", "reason": "r"}, ["claim-taken", "claim-graded"]),
        ("report_assess", {"judgement": "They go on.", "likelihood": "likely", "speaks_for": [claim]}, ["assessed"]),
        ("report_withdraw", {"claim": report, "reason": "forged"}, ["report-withdrawn"]),
    ]
    done: list[str] = []
    for command, given, kinds in steps:
        killed_at(BEFORE, folder, command, given)
        assert acts(folder) == done, f"half of {command} was done"
        with node(folder) as do:
            do(command, **given)
        done += kinds
        assert acts(folder) == done
    said = [each.kind for each in logged(folder, Other) if each.kind.startswith("report-") and each.kind != "report-added"]
    assert len(said) == 2 * len(steps), "an entry more for each that was killed, and no act without one"


@pytest.mark.slow
def test_what_was_kept_is_done_although_nobody_was_told(folder: Path) -> None:
    with node(folder) as do:
        report = hand_in(do, TEXT)
        claim = f"{report[:12]}:{do('report_judged', report=report)['claims'][0]['id'][:12]}"
    killed_at(AFTER, folder, "report_grade", {"claim": claim, "grade": "3", "reason": "r"})
    killed_at(AFTER, folder, "report_withdraw", {"claim": report, "reason": "forged"})
    assert acts(folder) == ["claim-taken", "claim-graded", "report-withdrawn"]
    with node(folder) as do, pytest.raises(RefusedError, match="withdrawn already"):
        do("report_withdraw", claim=report, reason="forged")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "call"),
    [
        ("tallystick.adapters.report_folder:ReportFolder.add", 1),
        ("tallystick.adapters.report_folder:written", 1),
        ("tallystick.adapters.report_folder:written", 2),
    ],
    ids=["after the entry", "before the original", "before its arrival"],
)
def test_a_document_is_handed_in_whole_or_not_at_all(folder: Path, place: str, call: int) -> None:
    given: dict[str, object] = {"name": "a.txt", "content": base64.b64encode(TEXT.encode()).decode()}
    killed_at(place, folder, "report_add", given, call)
    with opened_node(folder) as opened:
        assert opened.reports.count() == 0
    with node(folder) as do:
        report = hand_in(do, TEXT)
        assert do("report_judged", report=report)["claims"]
    with opened_node(folder) as opened:
        [arrival] = opened.reports.newest(0, 9)
        assert opened.reports.read(arrival)[0].content == TEXT.encode()
    digest = bytes.fromhex(report)
    assert [each.document for each in logged(folder, Other) if each.kind == "report-added"] == [digest, digest]


WATCHED = {
    "before anything is kept": ("tallystick.adapters.report_folder:ReportFolder.add", 1),
    "in the middle of a document": ("tallystick.adapters.report_folder:written", 2),
    "between two documents": ("tallystick.adapters.report_folder:ReportFolder.add", 2),
    "after all, before they are remembered": ("tallystick.adapters.watched_folder:WatchedFolder.dealt_with", 1),
    "while they are remembered": ("tallystick.adapters.watched_folder:written", 1),
}


@pytest.mark.slow
def test_a_watched_folder_loses_and_doubles_nothing_wherever_its_watcher_is_killed(tmp_path: Path) -> None:
    incoming, kept = tmp_path / "incoming", tmp_path / "reports"
    incoming.mkdir()
    words = ["report", "watch", str(incoming), "--once", "--still", "0", "--json", "--reports", str(kept)]
    for round_, (place, (where, call)) in enumerate(WATCHED.items(), 1):
        for number in range(2):
            (incoming / f"{round_}-{number}.txt").write_text(f"{TEXT} {round_} {number}", encoding="utf-8")
        killed_command(where, words, call)
        told = json.loads(in_process(*words).out)
        assert not told["refused"], place
        assert {each["name"] for each in told["added"]} >= {f"{round_}-1.txt"}, place
        listed = json.loads(in_process("report", "list", "--json", "--reports", kept).out)
        assert sorted(each["name"] for each in listed) == sorted(each.name for each in incoming.iterdir()), place
        assert json.loads(in_process(*words).out)["added"] == [], f"taken again: {place}"
    for each in kept.glob("*.original"):
        assert hashlib.sha256(each.read_bytes()).hexdigest() == each.stem
