"""The reports of a node: a changed register has old texts screened again, not read again, and nobody waits for very many."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.transcripts import in_process
from tallystick.adapters.node_folder import Limits
from tallystick.adapters.report_folder import Arrival, ReportFolder
from tallystick.adapters.report_table import Sought, Summary
from tallystick.errors import UnknownIdError
from tallystick.wiring import report_shelf
from tallystick.wiring.report_shelf import ReportShelf
from tallystick.wiring.store_pool import StorePool

NOW = datetime(2026, 5, 1, tzinfo=UTC)
CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")
NAMES = ("Tomasin Verhoovel", "Quandrosse Ilvira", "Osmeralt Pendwick")
LIKELY, NOBODY = Sought(state="likely"), Sought(state="none")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[ReportShelf]:
    """A shelf with a report about each of some persons, of whom no register knows any."""
    with opened(tmp_path) as made:
        for name in NAMES:
            for _ in made.add("a.txt", f"Boats\n\n{name}, 45, was seen at the harbour.".encode(), "reader-1"):
                pass
        yield made


def opened(folder: Path) -> "closing[ReportShelf]":
    """Open a shelf beside a store."""
    store = folder / "registers.db"
    if not store.exists():
        assert in_process("init", "--store", store).code == 0
    return closing(ReportShelf(ReportFolder(folder / "reports"), StorePool(str(store)), lambda _: 0, lambda: NOW, Limits()))


def know(folder: Path, count: int) -> None:
    """Let the register know the first persons."""
    lines = "\n".join(f'{{"id":"p{n}","names":["{name}"],"birth_dates":["1981"]}}' for n, name in enumerate(NAMES[:count]))
    (folder / "people.jsonl").write_text(f"{lines}\n", encoding="utf-8")
    done = in_process("import", "people", folder / "people.jsonl", "--store", folder / "registers.db", *CUSTODY)
    assert done.code == 0, done.err


def test_a_changed_register_has_old_texts_screened_again_and_not_read_again(
    shelf: ReportShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (shelf.found(LIKELY, 0, 9).total, shelf.found(NOBODY, 0, 9).total) == (0, 3)
    know(tmp_path, 2)
    monkeypatch.setattr(report_shelf, "read_report", None)
    monkeypatch.setattr(ReportShelf, "read", None)
    found = shelf.found(LIKELY, 0, 9)
    assert (found.total, found.behind, shelf.found(NOBODY, 0, 9).total) == (2, 0, 1)
    assert [shelf.summary(each).mentions[0].record_id for each in found.page] == ["p1", "p0"]
    assert shelf.found(Sought(words="harbour ilvira"), 0, 9).total == 1, "by words it is found as before"


def test_nobody_waits_for_very_many_and_it_is_said_how_many_are_left(shelf: ReportShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, summary = threading.Event(), ReportShelf.summary

    def slow(self: ReportShelf, arrival: Arrival) -> Summary:
        assert go_on.wait(30)
        return summary(self, arrival)

    monkeypatch.setattr(ReportShelf, "summary", slow)
    monkeypatch.setattr(report_shelf, "_PATIENCE_S", 0.0)
    for _ in range(2):  # the second look begins nothing of its own
        assert (shelf.found(LIKELY, 0, 9).behind, threading.active_count()) == (3, threading.active_count())
    go_on.set()
    monkeypatch.setattr(report_shelf, "_PATIENCE_S", 30.0)
    assert shelf.found(LIKELY, 0, 9).behind == 0


def test_a_report_whose_original_was_changed_stays_behind_and_keeps_no_other_back(shelf: ReportShelf, tmp_path: Path) -> None:
    know(tmp_path, 3)
    first = shelf.newest(0, 9)[1]
    (tmp_path / "reports" / f"{first.id}.original").write_bytes(b"other words")
    found = shelf.found(LIKELY, 0, 9)
    assert (found.total, found.behind) == (2, 1)


def test_what_goes_is_no_longer_found_and_a_turn_is_counted(shelf: ReportShelf, tmp_path: Path) -> None:
    ids, turns = shelf.ids(0, -1), shelf.turns()
    assert shelf.found(Sought(words="harbour"), 0, 9).total == 3
    (tmp_path / "reports" / f"{ids[0]}.json").unlink()
    assert (shelf.found(Sought(words="harbour"), 0, 9).total, shelf.ids(0, -1), shelf.turns()) == (2, ids[1:], turns + 1)
    assert [shelf.has(each) for each in ids] == [False, True, True]
    assert shelf.named(ids[1][:12].upper()).id == ids[1]
    for words in ("", "x", ids[0]):
        with pytest.raises(UnknownIdError):
            shelf.named(words)


def test_a_shelf_that_is_opened_again_knows_what_came_without_reading_it(
    shelf: ReportShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf.ids(0, -1)
    shelf.close()
    monkeypatch.setattr(ReportFolder, "arrived", None)
    with opened(tmp_path) as again:
        assert (again.count(), again.ids(0, -1)) == (3, ids)
