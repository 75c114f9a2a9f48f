"""Whatever is marked, taken over and exported, in any order: no code is loosened, nothing leaves that may not, or comes twice."""

import hashlib
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tallystick import _native
from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.adapters.report_formats import FORMATS
from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import Error, InputError
from tallystick.node.reporting import sharing
from tallystick.node.reporting.book import ActBook
from tallystick.node.reporting.ports import Mention
from tallystick.node.reporting.sharing import Sharing
from tallystick.reports import Block, Reading, read_report
from tallystick.reports.sharing import SharedNote, SharedReport
from tallystick.reports.support import TracesInMemory
from tallystick.review.handling import EUROPOL, TLP, Handling, Use, read_handling
from tallystick.review.roles import Actor, Role

NOW = datetime(2026, 5, 1, tzinfo=UTC)
TEXTS = ("Four grey boats left before dawn on Monday.", "Radio Norland reported that three rooms are empty.", "Nobody saw it.")
OFFICER, APPROVER = Actor("reader-1", Role.OFFICER), Actor("reader-2", Role.APPROVER)
_codes = st.builds(
    Handling, st.frozensets(st.sampled_from(EUROPOL[1:3])), st.sampled_from(TLP[:-1]), st.just("")
)  # fmt: skip
_texts = st.sampled_from(TEXTS)
_senders = st.sampled_from(("south", "west"))


class Killed(Exception):  # noqa: N818 - no error of anybody
    """The process ends here."""


class Shelf:
    """Reports in memory; can be killed before it keeps one."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.dies = False

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        return [*self.documents][after:][: most if most >= 0 else None]

    def turns(self) -> int:
        return 0

    def has(self, report: str, /) -> bool:
        return report in self.documents

    def id_of(self, words: str, /) -> str:
        if words not in self.documents:
            raise InputError("there is no such report", hint="none")
        return words

    def name(self, report: str, /) -> str:
        return f"{report[:8]}.txt"

    def reading(self, report: str, /) -> Reading:
        text = self.documents[report].decode()
        return read_report([Block(*each) for each in _native.text_blocks(text, markup=False)])

    def mentions(self, _report: str, /) -> list[Mention]:
        return []

    def original(self, report: str, /) -> bytes:
        return self.documents[report]

    def arrived(self, _report: str, /) -> datetime:
        return NOW

    def digest_of(self, _name: str, content: bytes, /) -> str:
        return digest(content)

    def put(self, name: str, content: bytes, _by: str, /) -> None:
        if self.dies:
            raise Killed
        self.documents[self.digest_of(name, content)] = content


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def shared(sender: str, text: str, code: Handling, note: str = "") -> SharedReport:
    notes = (SharedNote(at=NOW, by="reader-9", text=note),) if note else ()
    original = text.encode()
    return SharedReport(
        sender=sender, id=digest(original), at=NOW, as_of=NOW, handling=code.written, text=text, original=original, notes=notes
    )  # fmt: skip


class Office(RuleBasedStateMachine):
    """A node whose people mark, export and take over; it is killed now and then."""

    @initialize()
    def begin(self) -> None:
        self.shelf = Shelf()
        self.entries: list[Other] = []
        self.folder = tempfile.TemporaryDirectory()
        self.state = SqliteCaseworkState(Path(self.folder.name) / "node.db")
        self.came: dict[str, list[Handling]] = {}
        self.open()

    def open(self) -> None:
        book = ActBook(self.state, self.shelf, TracesInMemory(), self.record, lambda: NOW, lambda count: b"\x07" * count)
        self.book, self.sharing = book, Sharing(book, self.shelf, FORMATS, "north", lambda _register, _record: "")

    def record(self, entries: list[AnyEntry]) -> int:
        self.entries += [each for each in entries if isinstance(each, Other)]
        return len(self.entries) - len(entries)

    @rule(text=_texts)
    def hand_in(self, text: str) -> None:
        self.shelf.put("x", text.encode(), "reader-1")

    @rule(text=_texts, code=_codes, by=st.sampled_from((OFFICER, APPROVER)))
    def mark(self, text: str, code: Handling, by: Actor) -> None:
        report = digest(text.encode())
        if report not in self.shelf.documents:
            return
        before = self.sharing.handling(report)
        try:
            holds = read_handling(self.sharing.mark(by, report, code.written, "why"))
        except Error:
            assert by is OFFICER
            assert not code.covers(before)
            return
        assert holds.covers(code)
        assert by is APPROVER or holds.covers(before)

    @rule(sender=_senders, text=_texts, code=_codes, note=st.sampled_from(("", "seen", "old")), dies=st.booleans())
    def take_over(self, sender: str, text: str, code: Handling, note: str, dies: bool) -> None:  # noqa: FBT001 - drawn
        said = shared(sender, text, code, note)
        before = self.sharing.handling(said.id) if said.id in self.shelf.documents else None
        content = FORMATS.writers["stix"]([said], sender, NOW)
        self.shelf.dies = dies
        try:
            taken, faulty = self.sharing.receive(OFFICER, "x.json", content)
            assert (len(taken), faulty) == (1, [])
        except Killed:
            self.open()
        finally:
            self.shelf.dies = False
        self.came.setdefault(said.id, []).append(code)
        assert self.sharing.handling(said.id).covers(code)
        assert before is None or self.sharing.handling(said.id).covers(before), "an import loosens nothing"

    @rule(form=st.sampled_from([*FORMATS.writers]))
    def export(self, form: str) -> None:
        acts = len(self.entries)
        may = {each for each in self.shelf.documents if allowed(self.sharing.handling(each))}
        try:
            done = self.sharing.export(APPROVER, form, [])
        except Error:
            assert not may
            return
        assert (set(done.reports), {each.report for each in done.left_out}) == (may, set(self.shelf.documents) - may)
        assert [each.kind for each in self.entries[acts:]] == ["report-exported"]
        for report, document in self.shelf.documents.items():
            if report not in may:
                assert document not in done.content, "nothing of it is in the file"

    @rule()
    def die(self) -> None:
        self.open()

    @invariant()
    def no_code_is_looser_than_any_it_came_under(self) -> None:
        for report, codes in self.came.items():
            assert all(self.sharing.handling(report).covers(each) for each in codes)

    @invariant()
    def the_same_words_are_kept_once(self) -> None:
        for received in self.book.judgements().sharings.received.values():
            for sender in ("south", "west"):
                words = [each.said for each in received if each.said.sender == sender]
                assert all(not one.says_as(other) for one, other in pairwise(words))

    def teardown(self) -> None:
        self.state.close()
        self.folder.cleanup()


def allowed(code: Handling) -> bool:
    try:
        code.check(Use.PASS_ON)
    except Error:
        return False
    return True


TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


def test_what_stands_once_in_a_file_and_counts_for_many_reports_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MOST_UNPACKED", 25_000)
    text = "A long line. " * 500
    content = FORMATS.writers["stix"]([shared(each, text, Handling()) for each in ("south", "west", "east")], "south", NOW)
    with closing(SqliteCaseworkState(tmp_path / "node.db")) as state:
        book = ActBook(state, Shelf(), TracesInMemory(), lambda _: 0, lambda: NOW, lambda count: b"\x07" * count)
        made = sharing.Sharing(book, Shelf(), FORMATS, "north", lambda _register, _record: "")
        taken, faulty = made.receive(OFFICER, "x.json", content)
    assert [each.sender for each in taken] == ["south"]
    assert ["come to more than" in each.reason for each in faulty] == [True]


@pytest.mark.parametrize(("limit", "value"), [("MOST_REPORTS", 2), ("MOST_BYTES", 100)])
def test_no_file_is_written_that_nobody_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    shelf = Shelf()
    for text in TEXTS:
        shelf.put("x", text.encode(), "reader-1")
    entries: list[AnyEntry] = []

    def record(new: list[AnyEntry]) -> int:
        entries.extend(new)
        return len(entries) - len(new)

    with closing(SqliteCaseworkState(tmp_path / "node.db")) as state:
        book = ActBook(state, shelf, TracesInMemory(), record, lambda: NOW, lambda count: b"\x07" * count)
        made = sharing.Sharing(book, shelf, FORMATS, "north", lambda _register, _record: "")
        for report in shelf.ids():
            made.mark(APPROVER, report, "TLP:CLEAR", "public")
        assert len(made.export(APPROVER, "stix", []).reports) == len(TEXTS)
        monkeypatch.setattr(sharing, limit, value)
        recorded = len(entries)
        with pytest.raises(InputError, match="in one file"):
            made.export(APPROVER, "stix", [])
    assert len(entries) == recorded, "what was not given is in no log"
