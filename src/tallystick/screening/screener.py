"""A register in memory that texts are screened against: one pass over a text, whatever the size of the register.

Does no I/O: lines of records and texts are passed in. How names are met and weighed is in the core (`rust/src/screen`).

Rules
 1. Places are characters of the text that was passed in: `text[start:end]` is what a mention says it is.
 2. In HTML, tags, scripts, styles and comments are passed over and character references are read; places count in the source.
 3. A mention weighs what its name weighs alone, and what the text says beside it. What is not said is unknown, never different.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tallystick import _native
from tallystick.matching import Parameters

Verdict = Literal["likely", "possible", "namesake-likely"]

HEADER = b"document,start,end,text,record_id,weight_bits,verdict\n"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against: the name itself, or what stands beside it.

    Attributes:
        what: "name", "country", "other country", "place", "age", "birth year", "other age".
        bits: how much; negative against.
    """

    what: str
    bits: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that may name a person of the register.

    Attributes:
        start, end: characters of the text, the end not included.
        record_id: the record it may mean.
        weight_bits: the sum of the reasons.
        verdict: what that weight says; only a human says who it is.
        reasons: the name first.
    """

    start: int
    end: int
    record_id: str
    weight_bits: float
    verdict: Verdict
    reasons: tuple[Reason, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Screened:
    """The mentions of one document as CSV rows under `HEADER`, and how many there are of each verdict."""

    rows: bytes = field(repr=False)
    likely: int
    possible: int
    namesake_likely: int


class Screener:
    """A register in memory, ready for texts."""

    def __init__(self, chunks: Iterable[bytes], parameters: Parameters) -> None:
        """Read a register.

        Args:
            chunks: whole lines of the native format.
            parameters: weights and frequencies.
        """
        self._native = _native.Screener(parameters.text, parameters.frequencies)
        self.bad: list[tuple[int, str]] = []
        line = 1
        for chunk in chunks:
            self.bad.extend(self._native.append(chunk, line))
            line += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
        self.records = self._native.finish()

    def mentions(self, text: str, *, markup: bool, this_year: int) -> list[Mention]:
        """Return the mentions of a text, in its order.

        Args:
            text: plain text, or the source of an HTML page.
            markup: whether it is HTML.
            this_year: what an age in the text counts back from, unless the text names a later year up to this one.
        """
        return [
            Mention(start, end, record_id, bits, verdict, tuple(Reason(*reason) for reason in reasons))
            for start, end, record_id, bits, verdict, reasons in self._native.screen(text, markup, this_year)
        ]

    def screened(self, document: str, text: str, *, markup: bool, this_year: int) -> Screened:
        """Return the mentions of a text as rows of a file; see `mentions`."""
        rows, counts = self._native.rows(document, text, markup, this_year)
        return Screened(rows, *counts)
