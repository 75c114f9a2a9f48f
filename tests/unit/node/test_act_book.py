"""The book of acts: what is logged and kept in which order, what a fault leaves, and two processes with one book."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tallystick import _native
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.adapters.sealing import Sealer
from tallystick.adapters.trace_file import TraceFile
from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import ConfigError, InputError, IntegrityError
from tallystick.node.reporting.book import ActBook, decode_act, document_of
from tallystick.node.reporting.ports import ActRow, Mention
from tallystick.reports import Block, Reading, read_report
from tallystick.reports.acts import Noted, NoteWithdrawn
from tallystick.reports.support import TracesInMemory

NOW = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
REPORT = "1" * 64
TEXT = "LAGOS – Four grey boats left the harbour before dawn on Monday, Norland customs said in a report."


class OneReport:
    """A shelf with one report."""

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        return [REPORT][after:][: most if most >= 0 else None]

    def turns(self) -> int:
        return 0

    def id_of(self, _words: str, /) -> str:
        return REPORT

    def name(self, _report: str, /) -> str:
        return "a.txt"

    def reading(self, _report: str, /) -> Reading:
        return read_report([Block(*each) for each in _native.text_blocks(TEXT, markup=False)])

    def mentions(self, _report: str, /) -> list[Mention]:
        return []


class CountingShelf(OneReport):
    """A shelf of some reports that counts how often one is read."""

    def __init__(self, *reports: str) -> None:
        self.reports, self.read, self.gone = list(reports), list[str](), 0

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        return self.reports[after:][: most if most >= 0 else None]

    def turns(self) -> int:
        return self.gone

    def reading(self, report: str, /) -> Reading:
        self.read.append(report)
        return super().reading(report)


class Log:
    """A log in memory."""

    def __init__(self) -> None:
        self.entries: list[AnyEntry] = []

    def record(self, entries: list[AnyEntry]) -> int:
        self.entries += entries
        return len(self.entries) - len(entries)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SqliteCaseworkState]:
    with closing(SqliteCaseworkState(tmp_path / "node.db")) as opened:
        yield opened


def book_of(state: SqliteCaseworkState, log: Log) -> ActBook:
    return ActBook(state, OneReport(), TracesInMemory(), log.record, lambda: NOW, lambda count: b"\x07" * count)


def test_a_node_that_begins_again_reads_only_the_reports_that_came_since(state: SqliteCaseworkState, tmp_path: Path) -> None:
    shelf = CountingShelf("1" * 64, "2" * 64)
    for more in ("3" * 64, "4" * 64):
        with closing(TraceFile(tmp_path / "traces.db", "1")) as traces:
            book = ActBook(state, shelf, traces, Log().record, lambda: NOW, bytes)
            book.judgements()
            shelf.reports.append(more)
            book.judgements()
    assert shelf.read == [each * 64 for each in "1234"]


def test_when_a_report_went_it_is_found_out_anew_whose_text_is_derived(state: SqliteCaseworkState, tmp_path: Path) -> None:
    shelf = CountingShelf("1" * 64, "2" * 64)
    with closing(TraceFile(tmp_path / "traces.db", "1")) as traces:
        book = ActBook(state, shelf, traces, Log().record, lambda: NOW, bytes)
        book.judgements()
        assert traces.trace("2" * 64) == traces.numbered(1)
        assert traces.numbered(1).root == "1" * 64
        del shelf.reports[0]
        shelf.gone += 1
        book.judgements()
        assert (traces.ids(), traces.numbered(0).root) == (["2" * 64], "2" * 64)


def noted(text: str = "a note", by: str = "reader-1") -> Noted:
    return Noted(at=NOW.replace(microsecond=0), by=by, report=REPORT, text=text)


def test_an_act_is_logged_without_its_words_and_kept_as_it_was_done(state: SqliteCaseworkState) -> None:
    log = Log()
    book = book_of(state, log)
    book.take([noted()])
    (row,) = state.report_acts()
    assert decode_act(row.line) == noted()
    (entry,) = log.entries
    assert isinstance(entry, Other)
    assert (entry.kind, entry.text, entry.document) == ("report-noted", "by reader-1", document_of(row.salt, [row.line]))
    assert book.judgements().notes[1].said == noted()


def test_acts_done_together_are_one_entry_and_one_refused_keeps_all_out(state: SqliteCaseworkState) -> None:
    log = Log()
    book = book_of(state, log)
    with pytest.raises(InputError):
        book.take([noted(), NoteWithdrawn(at=noted().at, by="reader-1", note=9, reason="no")])
    assert (log.entries, state.report_acts(), book.judgements().count) == ([], [], 0)
    book.take([noted("one"), noted("two")])
    assert [entry.text for entry in log.entries if isinstance(entry, Other)] == ["by reader-1, 2 acts"]
    assert [row.entry for row in state.report_acts()] == [0, 0]


def test_a_fault_between_the_entry_and_the_act_leaves_the_entry_and_no_act(
    state: SqliteCaseworkState, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    book = book_of(state, log)

    def lost(_rows: Sequence[ActRow]) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(state, "add_report_acts", lost)
        with pytest.raises(OSError, match="gone"):
            book.take([noted()])
    assert (len(log.entries), book.judgements().notes) == (1, {})
    book.take([noted()])
    assert len(book.judgements().notes) == 1


def test_two_processes_with_one_book_see_what_the_other_did(tmp_path: Path) -> None:
    log = Log()
    with closing(SqliteCaseworkState(tmp_path / "node.db")) as here, closing(SqliteCaseworkState(tmp_path / "node.db")) as there:
        one, other = book_of(here, log), book_of(there, log)
        one.take([noted("one")])
        other.take([noted("two", by="reader-2")])
        one.take([NoteWithdrawn(at=noted().at, by="reader-1", note=1, reason="wrong")])
        assert {number: each.said.text for number, each in one.judgements().notes.items()} == {1: "one", 2: "two"}
        assert other.judgements().notes[1].withdrawn is not None


def test_acts_are_sealed_where_the_registers_are(tmp_path: Path) -> None:
    log, file = Log(), tmp_path / "node.db"
    with closing(SqliteCaseworkState(file, Seal(lambda: Sealer(b"k" * 32)))) as sealed:
        book_of(sealed, log).take([noted("Ilvira")])
    assert b"Ilvira" not in file.read_bytes()
    with closing(SqliteCaseworkState(file)) as plain, pytest.raises(ConfigError):
        plain.report_acts()
    with closing(SqliteCaseworkState(file, Seal(lambda: Sealer(b"k" * 32)))) as sealed:
        assert book_of(sealed, log).judgements().notes[1].said.text == "Ilvira"


@pytest.mark.parametrize("line", [b"", b"{}", b"\xff", b'{"act":"unheard-of","at":"2026-05-01T00:00:00Z","by":"x"}'])
def test_what_is_no_act_is_refused(line: bytes) -> None:
    with pytest.raises(IntegrityError):
        decode_act(line)
