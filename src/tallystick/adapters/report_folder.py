"""The folder of reports: each document as it came, under the digest of its bytes, beside what is known of its arrival.

    SHA256.original    the bytes, never changed
    SHA256.json        name, size, when it came
    feeds/SHA256.feed  a feed as it came, when an entry of it was new
    feeds/SHA256.known which version of the feed of an address (its digest) was read to the end

What a report says is read out of the original whenever it is asked for (`reports.reading`).

Rules
 1. The same bytes are one report, however often they come; the first arrival counts.
 2. An original is written whole or not at all, with mode 0600, and verified against its digest when it is read. What was added
    outlasts a power failure.
 3. A report is named by its digest, or by as many of its first characters as name no other; also by the record of an origin,
    whose id says the first characters of its earliest report.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from tallystick.adapters.documents.reading import Document, parsed
from tallystick.adapters.outputs import private_folder, settle, written
from tallystick.errors import IntegrityError, UnknownIdError
from tallystick.reports.fingerprints import ORIGIN

SHORT = 12
_KNOWN = ".json"
_SETTLED_NS = 2_000_000_000
"""A folder that was changed later than this ago may be changed again without its time telling."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a report came.

    Attributes:
        id: SHA-256 of its bytes, hexadecimal.
        name: of the file it came in.
        size_bytes: of the file.
        added_at: when, UTC, with microseconds: the order in which they came.
    """

    id: str
    name: str
    size_bytes: int
    added_at: str


class ReportFolder:
    """An opened folder of reports; made when the first one is added."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._folder

    def add(self, document: Document, now: datetime) -> tuple[Arrival, bool]:
        """Keep a document that was read; return its arrival, and whether it is new."""
        private_folder(self._folder)
        known = self._folder / f"{document.sha256}.json"
        if self.has(document):
            return _arrival(known), False
        arrival = Arrival(document.sha256, Path(document.name).name, len(document.content), now.isoformat())
        with written(self._folder / f"{arrival.id}.original", durable=True) as write:
            write(document.content)
        with written(known, durable=True) as write:
            write(json.dumps(asdict(arrival), ensure_ascii=False).encode() + b"\n")
        settle(self._folder)
        return arrival, True

    def keep_feed(self, content: bytes) -> None:
        """Keep a feed as it came, under the digest of its bytes."""
        file = self._folder / "feeds" / f"{hashlib.sha256(content).hexdigest()}.feed"
        if not file.exists():
            private_folder(file.parent)
            with written(file) as write:
                write(content)

    def known_feed(self, address: str) -> dict[str, str]:
        """Return what was said of the version of a feed that was read last; empty where none was, or it cannot be read."""
        try:
            said = json.loads(self._feed_file(address).read_bytes())
        except (OSError, ValueError):
            return {}
        return said if isinstance(said, dict) and all(isinstance(each, str) for each in said.values()) else {}

    def know_feed(self, address: str, version: dict[str, str]) -> None:
        """Remember which version of a feed was read, after all its entries are kept."""
        file = self._feed_file(address)
        private_folder(file.parent)
        with written(file) as write:
            write(json.dumps(version).encode())

    def _feed_file(self, address: str) -> Path:
        return self._folder / "feeds" / f"{hashlib.sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()}.known"

    def has(self, document: Document) -> bool:
        """Tell whether a document is kept already."""
        return (self._folder / f"{document.sha256}.json").is_file()

    def all(self) -> list[Arrival]:
        """Return all arrivals, earliest first."""
        found = (self.arrived(each) for each in self.ids())
        return sorted(filter(None, found), key=lambda each: (each.added_at, each.id))

    def ids(self) -> Iterator[str]:
        """Yield the ids of all reports, in any order."""
        if not self._folder.is_dir():
            return
        with os.scandir(self._folder) as entries:
            yield from (each.name.removesuffix(_KNOWN) for each in entries if each.name.endswith(_KNOWN))

    def changed_ns(self) -> int:
        """Return when something came or went, nanoseconds since 1970; 0 where that may happen again without being told."""
        changed_ns = self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        return changed_ns if time.time_ns() - changed_ns >= _SETTLED_NS else 0

    def arrived(self, report: str) -> Arrival | None:
        """Return the arrival of a report; None where it is not there."""
        try:
            return _arrival(self._folder / f"{report}{_KNOWN}")
        except FileNotFoundError:
            return None

    def named(self, words: str) -> Arrival:
        """Return the report with this id, or whose id begins so.

        Raises:
            InputError: none or several do.
        """
        sought = id_in(words)
        found = [each for each in self.ids() if sought and each.startswith(sought)]  # of a name alone; none is opened
        if len(found) != 1:
            raise unknown(words, len(found))
        return self.arrival(found[0])

    def arrival(self, report: str) -> Arrival:
        """Return the report with exactly this id.

        Raises:
            InputError: there is none.
        """
        found = self.arrived(report)
        if found is None:
            raise unknown(report[:SHORT], 0)
        return found

    def document(self, arrival: Arrival) -> Document:
        """Return the document of a report.

        Raises:
            IntegrityError: its bytes are not those that came.
        """
        return parsed(arrival.name, self.original(arrival))

    def original(self, arrival: Arrival) -> bytes:
        """Return the bytes of a report.

        Raises:
            IntegrityError: they are not those that came.
        """
        content = (self._folder / f"{arrival.id}.original").read_bytes()
        if hashlib.sha256(content).hexdigest() != arrival.id:
            raise IntegrityError(f"the original of report {arrival.id[:SHORT]} was changed", hint="take the folder from a backup")
        return content


def id_in(words: str) -> str:
    """Return the beginning of an id that somebody names a report by (rule 3)."""
    return words.lower().removeprefix(ORIGIN)


def unknown(words: str, count: int) -> UnknownIdError:
    """Return the error that no report, or several, have a name."""
    what = f"{count} reports begin with {words}" if count else f"there is no report {words}"
    return UnknownIdError(what, hint="see `tallystick report list`", id=words)


def _arrival(path: Path) -> Arrival:
    """Read an arrival.

    Raises:
        FileNotFoundError: there is none.
        IntegrityError: its file is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Arrival)
    except (msgspec.DecodeError, UnicodeDecodeError):
        hint = "restore its file from a backup, or remove it and add the document again"
        raise IntegrityError(f"what is kept of the arrival of report {path.stem[:SHORT]} is damaged", hint=hint) from None
