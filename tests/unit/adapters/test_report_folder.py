"""The folder of reports and the table of what came: very many are counted, paged and found without being read again."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.adapters.arrival_table import SCHEMA, ArrivalTable
from tallystick.adapters.documents.reading import parsed
from tallystick.adapters.report_folder import Arrival, ReportFolder
from tallystick.errors import IntegrityError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CAME = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), max_size=6)
"""Reports by the first character of their ids, and when each came."""


@pytest.fixture
def table() -> Iterator[ArrivalTable]:
    with closing(opened()) as database:
        yield ArrivalTable(database, threading.RLock())


def opened() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(SCHEMA)
    return database


def arrivals(came: dict[str, int]) -> list[Arrival]:
    made = [Arrival(name * 64, f"{name}.txt", 7, f"2026-01-{when + 1:02}") for name, when in came.items()]
    return sorted(made, key=lambda each: (each.added_at, each.id))


def follow(table: ArrivalTable, there: list[Arrival]) -> list[str]:
    """Let the table follow a folder; return what it read of it."""
    known, read = {each.id: each for each in there}, list[str]()

    def reading(report: str) -> Arrival | None:
        read.append(report)
        return known.get(report)

    table.follow(reversed(known), reading)
    return read


@given(st.lists(CAME, min_size=1, max_size=6), st.integers(0, 3), st.integers(1, 3))
def test_the_table_is_what_the_folder_is_however_it_changes(changes: list[dict[str, int]], after: int, most: int) -> None:
    with closing(opened()) as database:
        table = ArrivalTable(database, threading.RLock())
        before: dict[str, int] = {}
        for came in changes:
            came = came | {name: when for name, when in before.items() if name in came}  # noqa: PLW2901 - an arrival never changes
            was, now, turns = arrivals(before), arrivals(came), table.turns()
            read = follow(table, now)
            assert sorted(read) == sorted(each.id for each in now if each not in was), "what is known is not read again"
            assert table.count() == len(now)
            assert table.ids(after, most) == [each.id for each in now][after : after + most]
            assert table.ids(0, -1) == [each.id for each in now]
            assert table.newest(after, most) == now[::-1][after : after + most]
            assert (table.turns() == turns) == (now[: len(was)] == was), "a turn is counted where what was is no beginning"
            before = came


def test_reports_are_found_by_the_beginning_of_their_ids(table: ArrivalTable) -> None:
    one, other = Arrival("3f2a" * 16, "a.txt", 1, "1"), Arrival("3f00" * 16, "b.txt", 1, "2")
    follow(table, [one, other])
    assert table.beginning("3f2") == table.beginning(one.id) == (1, one)
    assert table.beginning("3f") == (2, other)
    assert [table.beginning(each) for each in ("3f3", "g", "%", "3f2a" * 17)] == [(0, None)] * 4
    assert table.arrivals(["x", other.id, one.id]) == [other, one]


def test_a_report_that_goes_while_the_folder_is_followed_is_not_there(table: ArrivalTable) -> None:
    table.follow(["a" * 64], lambda _: None)
    assert table.count() == 0


def test_a_folder_says_what_is_in_it_and_whether_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ReportFolder(tmp_path / "reports")
    assert (list(folder.ids()), folder.all(), folder.changed_ns()) == ([], [], 0)
    ids = [folder.add(parsed("a.txt", f"words {n}".encode()), NOW + timedelta(days=n))[0].id for n in range(3)]
    assert ([each.id for each in folder.all()], sorted(folder.ids())) == (ids, sorted(ids))
    changed_ns = (tmp_path / "reports").stat().st_mtime_ns
    for later_ns, told in ((1_000_000_000, 0), (3_000_000_000, changed_ns)):
        monkeypatch.setattr("time.time_ns", lambda at=changed_ns + later_ns: at)
        assert folder.changed_ns() == told, "what may change again in the same moment is looked at again"
    (tmp_path / "reports" / f"{ids[0]}.json").unlink()
    assert folder.arrived(ids[0]) is None
    assert [each.id for each in folder.all()] == ids[1:]


@pytest.mark.parametrize("damaged", [b"", b"{cut", b"[]", b'{"id": 7}', b"\xff"])
def test_an_arrival_that_is_damaged_is_told_by_the_id_of_its_report(tmp_path: Path, damaged: bytes) -> None:
    folder = ReportFolder(tmp_path / "reports")
    arrival, _ = folder.add(parsed("a.txt", b"A quiet day."), NOW)
    assert folder.all() == [arrival]
    (tmp_path / "reports" / f"{arrival.id}.json").write_bytes(damaged)
    with pytest.raises(IntegrityError, match=arrival.id[:12]):
        folder.all()
