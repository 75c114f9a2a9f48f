"""Imports begun at the desk: read one after another by a thread of the node, while its pages say how far they are.

Rules
 1. That an import begins is an entry of the log before the first row is read, what came of it another: by whom, into which
    register, the digest of the file, counts. Nothing of what it holds.
 2. One import at a time; further ones wait. A node that stops breaks one off, and the register stays as it was.
 3. What has ended is kept for a while, with its quarantine; the file itself is removed with the end.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import structlog
from msgspec.structs import replace

from tallystick.adapters.formats import Mapping, detect, open_source, suggest_mapping
from tallystick.adapters.formats.suggest import Table, fields_of, mapping_for, read_table
from tallystick.adapters.import_folder import ImportFolder
from tallystick.adapters.quarantine import JsonLinesQuarantine
from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import Error, RefusedError, UnavailableError
from tallystick.model import Custody, Register
from tallystick.node.importing import Import, Wanted, advanced, confirmed, failed, finished
from tallystick.node.ports import Coverage, Order
from tallystick.node.registers import custody_if_new, import_edition
from tallystick.wiring import files_digest, indexer
from tallystick.wiring.store_pool import StorePool

log = structlog.get_logger("tallystick.desk")
_EXAMPLES = 3
NO_FIELD = "none"
"""What somebody says of a column that is not read."""


class Imports:
    """The imports of one node."""

    def __init__(
        self, folder: ImportFolder, pool: StorePool, record: Callable[[list[AnyEntry]], int], now: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._pool = pool
        self._record = record
        self._now = now
        self._stopped = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
        self._lock = threading.Lock()
        self._further: dict[str, Import] = {}
        folder.sweep()
        for each in folder.all():
            if each.is_under_way:
                folder.keep(failed(each, _stopped(), now()))

    def all(self) -> list[Import]:
        """Return every import, newest first; what nobody needs any more goes."""
        found = []
        for each in self._folder.all():
            if each.is_over(self._now()):
                self._folder.remove(each.id)
            else:
                found.append(self._further.get(each.id, each))
        return found

    def one(self, import_id: str) -> Import:
        """Return an import.

        Raises:
            InputError: there is none.
        """
        return self._further.get(import_id) or self._folder.one(import_id)

    def take(self, wanted: Wanted, content: Iterable[bytes]) -> Import:
        """Take a file in, in pieces; a list in a known format is read at once, a table waits for somebody to confirm its columns.

        Raises:
            InputError: it is in no format known here, or the register is new and does not say why it is held.
        """
        self._custody(wanted)
        import_id = self._folder.take(wanted.name, content)
        try:
            with self._folder.file(import_id) as path:
                made = self._looked_at(import_id, path, wanted)
        except Error:
            self._folder.remove(import_id)
            raise
        self._folder.keep(made)
        if made.state == "waiting":
            self._begin(made)
        return made

    def confirm(self, import_id: str, fields: Sequence[str], *, family_first: bool, month_first: bool) -> Import:
        """Begin with a table whose columns somebody has confirmed, in their order.

        Raises:
            InputError: it waits for nobody, or so many columns there are not.
            ConfigError: no column holds a name.
        """
        with self._lock:
            found = self.one(import_id)
            chosen = self.table(import_id).with_fields(fields) if found.state == "columns" else {}
            told = confirmed(found, chosen, family_first=family_first, month_first=month_first)
            self._mapping(told)
            self._folder.keep(told)
            self._begin(told)
        return told

    def table(self, import_id: str) -> Table:
        """Return the columns of a table that waits."""
        with self._folder.file(import_id) as path:
            return read_table(path)

    def examples(self, import_id: str) -> dict[str, list[str]]:
        """Return some values of each column of a table that waits."""
        return {name: [each for each in values if each][:_EXAMPLES] for name, values in self.table(import_id).columns.items()}

    def quarantine(self, import_id: str) -> bytes:
        """Return the rows that could not be read, JSON lines.

        Raises:
            InputError: there is no such import.
        """
        return self._folder.read_quarantine(self.one(import_id).id)

    def remove(self, import_id: str) -> None:
        """Remove what is kept of an import that is not under way.

        Raises:
            InputError: there is none.
            RefusedError: it is under way.
        """
        if self.one(import_id).is_under_way:
            raise RefusedError("this import is under way", hint="wait until it has ended")
        self._folder.remove(import_id)

    def close(self) -> None:
        """Break off what is under way; the registers stay as they were."""
        self._stopped.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _looked_at(self, import_id: str, path: Path, wanted: Wanted) -> Import:
        made = Import(id=import_id, wanted=wanted, at=self._now(), format=detect(path), state="waiting")
        if made.format != "table":
            return made
        guess = suggest_mapping(path)
        return replace(
            made, state="columns", fields=fields_of(read_table(path)), family_first=guess.family_first,
            month_first=guess.month_first,
        )  # fmt: skip

    def _begin(self, found: Import) -> None:
        self._further[found.id] = found
        self._thread.submit(self._run, found).add_done_callback(partial(self._ended, found.id))

    def _run(self, found: Import) -> Import:
        try:
            return self._imported(found)
        except Error as error:
            return failed(self._further[found.id], error, self._now())

    def _ended(self, import_id: str, run: Future[Import]) -> None:
        if run.cancelled():  # the node stops: its next start says so
            return
        bug = run.exception()
        ended = failed(self._further[import_id], _bug(bug), self._now()) if bug else run.result()
        try:
            self._folder.keep(ended)
        finally:
            self._further.pop(import_id, None)

    def _imported(self, found: Import) -> Import:
        with self._folder.file(found.id) as path, self._folder.quarantining(found.id) as quarantine:
            return self._imported_from(found, path, quarantine)

    def _imported_from(self, found: Import, path: Path, quarantine: Path) -> Import:
        source = open_source(path, format=found.format, mapping=self._mapping(found))
        digest = files_digest(source.paths)
        self._say("register-import", f"{found.format} into {found.wanted.register} by {found.wanted.by}", digest)

        def told(stage: Literal["reading", "indexing"], done: int) -> None:
            if self._stopped.is_set():
                raise _stopped()
            self._further[found.id] = advanced(found, stage, done, read=source.bytes_read, of=source.bytes_total)

        told("reading", 0)
        with JsonLinesQuarantine(quarantine) as kept, self._pool.store() as store:
            order = self._order(found, digest)
            summary = import_edition(store, order, source, indexer=indexer(), quarantine=kept, progress=told)
        ended = finished(found, summary, source.warnings, self._now())
        said = ", ".join(f"{ended.counts[each]} {each}" for each in ("added", "changed", "removed", "quarantined"))
        self._say("register-imported", f"edition {summary.edition} of {summary.register}: {said}", digest)
        return ended

    def _mapping(self, found: Import) -> Mapping | None:
        if found.format != "table":
            return None
        fields = {name: "" if field == NO_FIELD else field for name, field in found.fields.items()}
        return mapping_for(self.table(found.id), fields, family_first=found.family_first, month_first=found.month_first)

    def _order(self, found: Import, digest: bytes) -> Order:
        return Order(
            register=found.wanted.register, origin=found.wanted.name, at=self._now(), digest=digest,
            coverage=Coverage.PARTIAL if found.wanted.partial else Coverage.COMPLETE, may_replace=found.wanted.replace,
            custody=self._custody(found.wanted),
        )  # fmt: skip

    def _custody(self, wanted: Wanted) -> Custody | None:
        with self._pool.store() as store:
            return custody_if_new(store, Register(name=wanted.register, custody=wanted.custody))

    def _say(self, kind: str, text: str, digest: bytes) -> None:
        self._record([Other(time=self._now().replace(microsecond=0), kind=kind, text=text, document=digest)])


def _stopped() -> UnavailableError:
    return UnavailableError("the node was stopped before the end; the register is as it was", hint="hand the file in again")


def _bug(error: BaseException) -> Error:
    """Tell the operator of an error that is none of ours to expect: its class only, for its message may hold a value."""
    log.error("a bug", where="import", error=type(error).__name__)
    return Error("something went wrong here; it is no fault of yours", hint="tell an administrator")
