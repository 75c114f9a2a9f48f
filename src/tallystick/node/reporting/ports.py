"""What judging reports needs of the outside: the reports themselves, and a place for acts that is only added to."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from tallystick.reports import Reading


class Reason(msgspec.Struct, frozen=True):
    """What speaks for a mention, or against it; see `screening.Reason`."""

    what: str
    bits: float


class Mention(msgspec.Struct, frozen=True):
    """A place in a report that may name a person of a register; see `screening.Mention`."""

    start: int
    end: int
    text: str
    register: str
    record_id: str
    weight_bits: float
    verdict: str
    reasons: list[Reason]


class Shelf(Protocol):
    """The reports of a node."""

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        """Return the ids behind the first `after` reports, earliest first; at most `most`, or all where that is negative."""
        ...

    def turns(self) -> int:
        """Return how often a report went, or came before another that was there: who remembers an order looks at it again."""
        ...

    def id_of(self, words: str, /) -> str:
        """Return the id that begins so.

        Raises:
            InputError: none or several do.
        """
        ...

    def name(self, report: str, /) -> str:
        """Return the name of the file a report came in."""
        ...

    def reading(self, report: str, /) -> Reading:
        """Return what was read out of a report.

        Raises:
            IntegrityError: its bytes are not those that came.
        """
        ...

    def mentions(self, report: str, /) -> list[Mention]:
        """Return whom a report may name, against the registers as they are now."""
        ...


class SharingShelf(Shelf, Protocol):
    """The reports of a node, as they are given to others and taken over from them."""

    def has(self, report: str, /) -> bool:
        """Tell whether a report is there."""
        ...

    def original(self, report: str, /) -> bytes:
        """Return the bytes of a report.

        Raises:
            IntegrityError: they are not those that came.
        """
        ...

    def arrived(self, report: str, /) -> datetime:
        """Return when a report came."""
        ...

    def digest_of(self, name: str, content: bytes, /) -> str:
        """Return the id that a document would have here.

        Raises:
            InputError: it cannot be read.
        """
        ...

    def put(self, name: str, content: bytes, by: str, /) -> None:
        """Keep the documents of a file, each with its entry in the log."""
        ...


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act as it is kept.

    Attributes:
        line: the act in JSON.
        salt: 32 random bytes, the same for acts done together.
        entry: position of the log entry that was there before it; that one's document is the SHA-256 of salt and lines.
    """

    line: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    entry: int


class ActsState(Protocol):
    """Keeps acts in the order they were done. What is kept is never changed."""

    def together(self) -> AbstractContextManager[None]:
        """Make what is done inside the block one transaction, which nobody else writes into."""
        ...

    def report_acts(self, after: int = 0) -> list[ActRow]:
        """Return the acts behind the first `after` ones, oldest first."""
        ...

    def add_report_acts(self, rows: Sequence[ActRow]) -> None:
        """Add acts, all or none; durable when it returns."""
        ...
