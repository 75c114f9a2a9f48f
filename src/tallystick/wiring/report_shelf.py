"""The reports of a node as its desk has them: kept in the node's folder, read once, screened against the node's registers.

    reports/            the documents as they came (adapters/report_folder.py)
    reports/read/list.db    what was read of each, and who of the registers it may mention (adapters/report_table.py)
    reports/read/traces.db  where each has what it says from (adapters/trace_file.py)

Rules
 1. A report comes in through the same folder, by the same checks, whoever hands it in.
 2. What was read counts for the version that read it. Mentions count while no record has changed; then old texts are screened
    again, when somebody looks, and not read again. Nobody waits long for that: it goes on in the background.
 3. Adding one is an entry in the log before it is kept: by whom, and the digest of its bytes. Nothing of what it says.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from msgspec.structs import replace

from tallystick.adapters.documents.extraction import blocks_of
from tallystick.adapters.documents.reading import Document, Unread, fit_to_take, handed_in, parsed
from tallystick.adapters.node_folder import Limits
from tallystick.adapters.record_files import joined
from tallystick.adapters.report_folder import Arrival, ReportFolder, id_in, unknown
from tallystick.adapters.report_table import Revisions, Sought, Summary, opened_table
from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import Error, InputError
from tallystick.matching import default_parameters
from tallystick.node.reporting.ports import Mention, Reason
from tallystick.reports import Reading, read_report
from tallystick.screening import Screener
from tallystick.wiring.catching_up import CatchingUp
from tallystick.wiring.store_pool import StorePool

_READINGS_KEPT = 64
_AT_ONCE = 500
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """Reports that somebody looks for.

    Attributes:
        total: how many fit.
        page: some of them.
        behind: of how many it is not known yet whether they fit.
    """

    total: int
    page: list[Arrival]
    behind: int


class ReportShelf:
    """The reports of one node."""

    def __init__(
        self,
        folder: ReportFolder,
        pool: StorePool,
        record: Callable[[list[AnyEntry]], int],
        now: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._folder = folder
        self._pool = pool
        self._record = record
        self._now = now
        self._most_chars = limits.report_chars
        self._lock = threading.Lock()
        self._screeners: tuple[Revisions, dict[str, Screener]] = ((-1, -1), {})
        self.mark = f"{version('tallystick')} {default_parameters().digest[:12]}"
        self._read = lru_cache(_READINGS_KEPT)(self._read_now)
        self._table = opened_table(folder.path / "read" / "list.db", self.mark)
        self._reading = CatchingUp()
        self._following, self._followed_ns = threading.Lock(), 0

    def close(self) -> None:
        """Close what was read of them."""
        self._reading.stop()
        self._table.close()

    @property
    def traces_file(self) -> Path:
        """Where the traces of the reports are kept."""
        return self._folder.path / "read" / "traces.db"

    def count(self) -> int:
        """Return how many reports there are."""
        self._follow()
        return self._table.arrivals.count()

    def newest(self, after: int, most: int) -> list[Arrival]:
        """Return some reports, newest first; see `ArrivalTable.newest`."""
        self._follow()
        return self._table.arrivals.newest(after, most)

    def ids(self, after: int, most: int) -> list[str]:
        """Return the ids of some reports, earliest first; see `ArrivalTable.ids`."""
        self._follow()
        return self._table.arrivals.ids(after, most)

    def turns(self) -> int:
        """Return how often who remembers an order had to look at it again; see `ArrivalTable.turns`."""
        self._follow()
        return self._table.arrivals.turns()

    def named(self, words: str) -> Arrival:
        """Return the report whose id begins so.

        Raises:
            InputError: none or several do.
        """
        self._follow()
        count, first = self._table.arrivals.beginning(sought) if (sought := id_in(words)) else (0, None)
        if first is None or count > 1:
            raise unknown(words, count)
        return first

    def has(self, report: str) -> bool:
        """Tell whether the report with exactly this id is there."""
        return self._folder.arrived(report) is not None

    def arrival(self, report: str) -> Arrival:
        """Return the report with exactly this id.

        Raises:
            InputError: there is none.
        """
        return self._folder.arrival(report)

    def add(self, name: str, content: bytes, by: str) -> Iterator[Arrival | Unread]:
        """Keep the documents of a file that somebody hands in; one that cannot be read is told in its place.

        Args:
            name: of the file.
            content: its bytes.
            by: a pseudonym.

        Raises:
            InputError: the file cannot be unpacked, or is too large.
        """
        for document in handed_in(name, content, self._most_chars):
            if isinstance(document, Unread):
                yield document
                continue
            at = self._now()
            if not self._folder.has(document):
                digest = bytes.fromhex(document.sha256)
                self._record([Other(time=at.replace(microsecond=0), kind="report-added", text=f"by {by}", document=digest)])
            yield self._folder.add(document, at)[0]

    def digest_of(self, name: str, content: bytes) -> str:
        """Return the id that a document would have.

        Raises:
            InputError: it would not be taken.
        """
        return fit_to_take(parsed(name, content), self._most_chars).sha256

    def read(self, arrival: Arrival) -> tuple[Document, Reading]:
        """Return a document and what it says.

        Raises:
            IntegrityError: its bytes are not those that came.
        """
        return self._read(arrival)

    def original(self, arrival: Arrival) -> bytes:
        """Return the bytes of a report.

        Raises:
            IntegrityError: they are not those that came.
        """
        return self._folder.original(arrival)

    def code_of(self, register: str, record_id: str) -> str:
        """Return the handling code of a record; empty where it has none, or is gone."""
        with self._pool.store() as store:
            for each in store.registers():
                if each.name == register:
                    try:
                        return each.custody_for(store.record(register, record_id)).handling_code or ""
                    except InputError:
                        return ""
        return ""

    def summary(self, arrival: Arrival) -> Summary:
        """Return what lists show of a report, screened against the registers as they are now."""
        revisions = self._revisions()
        kept = self._table.summary(arrival.id)
        if kept is not None:
            return kept if kept.revisions == revisions else self._rescreened(arrival, kept, revisions)
        document, reading = self.read(arrival)
        made = Summary(
            revisions=revisions, headline=reading.first("headline"), language=reading.language, agency=reading.first("agency"),
            sources=[each.name for each in reading.chain.sources.values() if each.kind != "page"],
            mentions=self._mentions(document, revisions),
        )  # fmt: skip
        self._table.put(arrival.id, arrival.added_at, made, f"{arrival.name} {made.headline} {reading.main}")
        return made

    def found(self, sought: Sought, after: int, most: int) -> Found:
        """Return a page of the reports that fit, newest first.

        Those that were not read, or for a state not screened against the registers as they are now, are read in the
        background: it is waited for that for `_PATIENCE_S`, and said of how many it is not known yet.

        Args:
            sought: which ones.
            after: how many to pass over.
            most: how many a page has.
        """
        self._follow()
        revisions = self._revisions() if sought.state else None  # nothing else depends on whom they mention
        if self._table.count_behind(revisions):
            self._reading.wait(lambda stopped: self._catch_up(revisions, stopped), _PATIENCE_S)
        total, page = self._table.found(sought, after, most)
        return Found(total, self._table.arrivals.arrivals(page), self._table.count_behind(revisions))

    def record_name(self, mention: Mention) -> str:
        """Return how a mentioned record is called; empty where it is gone."""
        try:
            with self._pool.store() as store:
                return store.record(mention.register, mention.record_id).names[0]
        except InputError:
            return ""

    # --- inside ------------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Make the table what the folder is, unless nothing has changed there."""
        with self._following:
            changed_ns = self._folder.changed_ns()
            if not changed_ns or changed_ns != self._followed_ns:
                self._table.follow(self._folder.ids(), self._folder.arrived)
                self._followed_ns = changed_ns

    def _catch_up(self, revisions: Revisions | None, stopped: Callable[[], bool]) -> None:
        """Read what is behind, newest first; what cannot be read is passed over, and stays behind."""
        last: Arrival | None = None
        while some := self._table.behind(revisions, last, _AT_ONCE):
            for last in some:
                if stopped():
                    return
                with suppress(Error):
                    self.summary(last)

    def _rescreened(self, arrival: Arrival, kept: Summary, revisions: Revisions) -> Summary:
        """Screen a report that was read anew; what it says stays what it is."""
        mentions = self._mentions(self._folder.document(arrival), revisions)
        made = replace(kept, revisions=revisions, mentions=mentions)
        self._table.rescreened(arrival.id, made)
        return made

    def _revisions(self) -> Revisions:
        with self._pool.store() as store:
            return store.revisions()

    def _read_now(self, arrival: Arrival) -> tuple[Document, Reading]:
        document = self._folder.document(arrival)
        return document, read_report(blocks_of(document))

    def _mentions(self, document: Document, revisions: Revisions) -> list[Mention]:
        this_year = self._now().year
        found = [
            Mention(
                each.start, each.end, document.text[each.start : each.end], register, each.record_id, round(each.weight_bits, 2),
                each.verdict, [Reason(reason.what, round(reason.bits, 2)) for reason in each.reasons],
            )
            for register, screener in self._screeners_at(revisions).items()
            for each in screener.mentions(document.text, markup=document.markup, this_year=this_year)
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.start, -each.weight_bits))

    def _screeners_at(self, revisions: Revisions) -> dict[str, Screener]:
        with self._lock, self._pool.store() as store:
            if self._screeners[0] != revisions:
                made = {
                    each.name: Screener(joined(store.lines(each.name)), default_parameters())
                    for each in store.registers()
                    if store.count(each.name)
                }
                self._screeners = (revisions, made)
            return self._screeners[1]
