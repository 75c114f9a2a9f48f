"""The reports of a node as its desk has them: kept in the node's folder, read once, screened against the node's registers.

    reports/            the documents as they came (adapters/report_folder.py)
    reports/read/list.db    what was read of each, and who of the registers it may mention (adapters/report_table.py)
    reports/read/traces.db  where each has what it says from (adapters/trace_file.py)

Rules
 1. A report comes in through the same folder, by the same checks, whoever hands it in.
 2. What was read counts for the version that read it. Mentions count while no record has changed; then old texts are screened
    again, when somebody looks.
 3. Adding one is an entry in the log before it is kept: by whom, and the digest of its bytes. Nothing of what it says.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from tallystick.adapters.documents.extraction import blocks_of
from tallystick.adapters.documents.reading import Document, Unread, fit_to_take, handed_in, parsed
from tallystick.adapters.node_folder import Limits
from tallystick.adapters.record_files import joined
from tallystick.adapters.report_folder import Arrival, ReportFolder
from tallystick.adapters.report_table import Revisions, Sought, Summary, opened_table
from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import InputError
from tallystick.matching import default_parameters
from tallystick.node.reporting.ports import Mention, Reason
from tallystick.reports import Reading, read_report
from tallystick.screening import Screener
from tallystick.wiring.store_pool import StorePool

_READINGS_KEPT = 64


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

    def close(self) -> None:
        """Close what was read of them."""
        self._table.close()

    @property
    def traces_file(self) -> Path:
        """Where the traces of the reports are kept."""
        return self._folder.path / "read" / "traces.db"

    def all(self) -> list[Arrival]:
        """Return all reports, newest first."""
        return self._folder.all()[::-1]

    def named(self, words: str) -> Arrival:
        """Return the report whose id begins so.

        Raises:
            InputError: none or several do.
        """
        return self._folder.named(words)

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
        if kept is not None and kept.revisions == revisions:
            return kept
        document, reading = self.read(arrival)
        made = Summary(
            revisions=revisions, headline=reading.first("headline"), language=reading.language, agency=reading.first("agency"),
            sources=[each.name for each in reading.chain.sources.values() if each.kind != "page"],
            mentions=self._mentions(document, revisions),
        )  # fmt: skip
        self._table.put(arrival.id, arrival.added_at, made, f"{arrival.name} {made.headline} {reading.main}")
        return made

    def found(self, sought: Sought, after: int, most: int) -> tuple[int, list[Arrival]]:
        """Return how many reports fit, and a page of them, newest first; those that were not read yet are read.

        Args:
            sought: which ones.
            after: how many to pass over.
            most: how many a page has.
        """
        there = {each.id: each for each in self._folder.all()}
        revisions = self._revisions() if sought.state else None  # nothing else depends on whom they mention
        for each in sorted(self._table.behind(there, revisions)):
            self.summary(there[each])
        total, page = self._table.found(sought, after, most)
        return total, [there[each] for each in page if each in there]

    def record_name(self, mention: Mention) -> str:
        """Return how a mentioned record is called; empty where it is gone."""
        try:
            with self._pool.store() as store:
                return store.record(mention.register, mention.record_id).names[0]
        except InputError:
            return ""

    # --- inside ------------------------------------------------------------------------------------------------------

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
