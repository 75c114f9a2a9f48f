"""Traces on the disk answer as those in memory do, whatever came, and wherever the process ended."""

import itertools
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.adapters import trace_file
from tallystick.adapters.remade_files import opened_or_remade
from tallystick.adapters.trace_file import TraceFile, opened_traces
from tallystick.reports.chain import PAGE, Chain, Edge, Source
from tallystick.reports.derivation import MOST_TEXTS, Sketch, first_akin
from tallystick.reports.support import Trace, TracesInMemory

FEW = 60
"""So many runs wait in memory here."""
RUNS = st.integers(0, (1 << 64) - 1)


@pytest.fixture(autouse=True)
def few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_file, "MOST_WAITING", FEW)


def chain(number: int) -> Chain:
    sources = {
        PAGE: Source(PAGE, PAGE, PAGE, named=True),
        f"person:{number}": Source(f"person:{number}", "Ä", "person", named=True),
    }
    return Chain(sources, (Edge(f"person:{number}", PAGE, "sagt", "explicit"),), ("interviews",))


def sketches(seed: int, count: int) -> Iterator[Sketch]:
    """Make texts of which some say an earlier one again, some in part, and all share what everybody writes."""
    rng, made = random.Random(seed), list[Sketch]()
    common = [rng.getrandbits(64) for _ in range(3)]
    for _ in range(count):
        own = {rng.getrandbits(64) for _ in range(rng.choice([0, 3, 10, 40]))}
        if made and rng.random() < 0.3:
            earlier = sorted(rng.choice(made))
            own |= set(rng.sample(earlier, rng.randrange(len(earlier) + 1)))
        own |= set(rng.sample(common, rng.randrange(4)))
        made.append(frozenset(own))
        yield made[-1]


def put(traces: TraceFile | TracesInMemory, number: int, own: Sketch) -> None:
    found = first_akin(own, traces)
    root = traces.numbered(found[0]).root if found else f"{number:064x}"
    traces.put_trace(Trace(f"{number:064x}", number, root, chain(number)), own)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1 << 32), count=st.integers(1, 60), ends=st.sets(st.integers(0, 60), max_size=4),
    probe=st.frozensets(RUNS, max_size=9),
)  # fmt: skip
def test_what_the_disk_says_is_what_memory_says(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int, ends: set[int], probe: Sketch
) -> None:
    file, memory = tmp_path_factory.mktemp("traces") / "traces.db", TracesInMemory()
    disk = TraceFile(file, "1")
    for number, own in enumerate(sketches(seed, count)):
        if number in ends:  # begun again: what waited in memory is read anew
            disk.close()
            disk = TraceFile(file, "1")
        assert disk.having(own) == memory.having(own)
        assert first_akin(own, disk) == first_akin(own, memory)
        put(memory, number, own)
        put(disk, number, own)
    disk.close()
    with closing(TraceFile(file, "1")) as again:
        assert again.ids() == memory.ids()
        assert len(again) == len(memory) == count
        assert again.having(probe) == memory.having(probe)
        for number, report in enumerate(memory.ids()):
            assert again.trace(report) == again.numbered(number) == memory.trace(report)
            assert (again.size(number), again.sketch(number)) == (memory.size(number), memory.sketch(number))


def test_of_a_run_that_all_have_the_first_texts_count(tmp_path: Path) -> None:
    run, memory = 1 << 63, TracesInMemory()
    with closing(TraceFile(tmp_path / "traces.db", "1")) as disk:
        for number in range(MOST_TEXTS + 20):
            put(disk, number, frozenset({run, number}))
            put(memory, number, frozenset({run, number}))
        assert disk.having(frozenset({run})) == memory.having(frozenset({run}))
        assert set(disk.having(frozenset({run}))) == set(range(MOST_TEXTS))


def test_tables_of_runs_are_few(tmp_path: Path) -> None:
    with closing(TraceFile(tmp_path / "traces.db", "1")) as disk:
        for number, own in enumerate(sketches(1, 400)):
            put(disk, number, own)
        rows = [rows for _, rows in disk._tables()]
    assert sum(rows) > 50 * FEW
    assert all(older >= 2 * newer for older, newer in itertools.pairwise(rows))


def test_what_another_version_read_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "traces.db"
    with closing(TraceFile(file, "1")) as disk:
        for number, own in enumerate(sketches(2, 20)):
            put(disk, number, own)
    with closing(TraceFile(file, "2")) as disk:
        assert (len(disk), disk.ids(), disk.trace("0" * 64)) == (0, [], None)


def test_of_two_processes_the_faster_one_counts(tmp_path: Path) -> None:
    file, texts = tmp_path / "traces.db", list(sketches(3, 20))
    with closing(TraceFile(file, "1")) as one, closing(TraceFile(file, "1")) as other:
        for number, own in enumerate(texts):
            put(one, number, own)
        for number, own in enumerate(texts):
            put(other, number, own)
        assert one.ids() == other.ids()
        assert [one.numbered(each) for each in range(20)] == [other.numbered(each) for each in range(20)]
        assert all(one.having(each) == other.having(each) for each in texts)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_none_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "traces.db"
    file.write_bytes(content)
    with closing(opened_traces(file, "1")) as disk:
        put(disk, 0, frozenset(range(20)))
        assert disk.ids() == [f"{0:064x}"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_opened_now_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "traces.db"
    file.write_bytes(b"kept")

    def locked() -> TraceFile:
        raise sqlite3.OperationalError("database is locked")

    with pytest.raises(sqlite3.OperationalError):
        opened_or_remade(file, locked)
    assert file.read_bytes() == b"kept"
