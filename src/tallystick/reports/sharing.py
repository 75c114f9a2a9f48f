"""What leaves a node of a report, or comes in from another: the same in every format it is written in. Pure.

Rules
 1. A shared report is what one organisation says of one document. What it says stays its word: nobody who takes it over has
    graded, noted or decided anything by that.
 2. It holds nothing of a register. A mention may name a record by its id; what the record says stays where it is.
 3. Every text and every list has a limit, and so has all of it together; what is over it is refused, not cut.
"""

from datetime import date, datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from tallystick.errors import InputError
from tallystick.reports.acts import Confidence, Likelihood
from tallystick.reports.claims import Modality
from tallystick.reports.grades import Credibility, EuropolInformation, Reliability
from tallystick.reports.negation import Polarity

MOST_REPORTS: Final = 1_000
MOST_TEXT: Final = 4_000_000
MOST_ITEMS: Final = 20_000
MOST_SAID: Final = 16_000_000
"""Characters of all that is said of one report, its document left out."""
Short = Annotated[str, Meta(max_length=500)]
Words = Annotated[str, Meta(max_length=20_000)]
Place = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Digest = Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")]
Organisation = Annotated[str, Meta(min_length=1, max_length=200)]


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A value of a shared report."""


class SharedSource(_Value, frozen=True, kw_only=True):
    """A source; see `chain.Source`. `key`: the same for the same source within one report.

    `grade`: how reliable the organisation holds it to be, and `since` when; None where it does not say.
    """

    key: Short
    name: Short
    kind: Short = ""
    named: bool = True
    grade: Reliability | None = None
    since: date | None = None


class SharedEdge(_Value, frozen=True, kw_only=True):
    """A step of the chain; see `chain.Edge`. The document itself is `page`."""

    giver: Short
    taker: Short
    cue: Short = ""
    explicit: bool = False


class SharedClaim(_Value, frozen=True, kw_only=True):
    """A claim; see `reports.acts.Anchor`. `grade`: how credible the organisation holds it to be.

    `id`: of the claim, by which assessments name it; `sources`: keys of its sources; `end` 0: the sender gave no place.
    """

    id: Digest
    start: Place = 0
    end: Place = 0
    quote: Words
    modality: Modality = "asserted"
    polarity: Polarity = "affirmed"
    sources: Annotated[tuple[Short, ...], Meta(max_length=100)] = ()
    grade: Credibility | None = None
    europol: EuropolInformation | None = None
    withdrawn: bool = False


class SharedMention(_Value, frozen=True, kw_only=True):
    """A place that may name a person of the organisation's register, and what it decided.

    `register` and `record`: which, by their names there.
    """

    start: Place = 0
    end: Place = 0
    text: Short
    register: Short = ""
    record: Short = ""
    verdict: Short = ""
    state: Short = "new"


class SharedNote(_Value, frozen=True, kw_only=True):
    """A note that stands."""

    at: datetime | None = None
    by: Short
    text: Words


class SharedAssessment(_Value, frozen=True, kw_only=True):
    """An assessment as it was last revised, with ids of claims; `standing` as of the export."""

    at: datetime | None = None
    by: Short
    judgement: Words
    likelihood: Likelihood | None = None
    confidence: Confidence | None = None
    speaks_for: Annotated[tuple[Digest, ...], Meta(max_length=1_000)] = ()
    speaks_against: Annotated[tuple[Digest, ...], Meta(max_length=1_000)] = ()
    standing: Short = ""


Many = Meta(max_length=MOST_ITEMS)


class SharedReport(_Value, frozen=True, kw_only=True):
    """What one organisation says of one document.

    Attributes:
        sender: the organisation.
        id: SHA-256 of the original; empty where the sender keeps none.
        ref: what the sender's file calls it, where that is not made of the id.
        name: of the file it came in.
        at: when the sender got it, or published it; None where that is not said, as with notes and assessments.
        as_of: when the sender said what it says here; counts for nothing when two are compared.
        headline, language: as read; ISO 639-1.
        handling: the code, as `review.handling` writes it.
        withdrawn: why the sender withdrew it; empty while it stands.
        text: the main text.
        original: the document's bytes; None where they are not given.
    """

    sender: Organisation
    id: Digest = ""
    ref: Short = ""
    name: Short = ""
    at: datetime | None = None
    as_of: datetime | None = None
    headline: Short = ""
    language: Annotated[str, Meta(max_length=16)] = ""
    handling: Short
    withdrawn: Words = ""
    sources: Annotated[tuple[SharedSource, ...], Many] = ()
    edges: Annotated[tuple[SharedEdge, ...], Many] = ()
    rests_on: Annotated[tuple[Short, ...], Many] = ()
    claims: Annotated[tuple[SharedClaim, ...], Many] = ()
    mentions: Annotated[tuple[SharedMention, ...], Many] = ()
    notes: Annotated[tuple[SharedNote, ...], Many] = ()
    assessments: Annotated[tuple[SharedAssessment, ...], Many] = ()
    text: Annotated[str, Meta(max_length=MOST_TEXT)] = ""
    original: bytes | None = None

    @property
    def said(self) -> "SharedReport":
        """What is said of the document, without the document; its text stays where there is no original."""
        return replace(self, text="" if self.original is not None else self.text, original=None)

    def says_as(self, other: "SharedReport") -> bool:
        """Tell whether another says the same."""
        return replace(self.said, as_of=None) == replace(other.said, as_of=None)

    @property
    def key(self) -> str:
        """What objects about it are named by in other formats."""
        return f"{self.sender}\n{self.id or self.ref}"


_FEW: Final = 8


def checked(report: SharedReport) -> SharedReport:
    """Return a shared report of which every member, and all together, keep to their limits.

    Raises:
        InputError: one does not; it is told by its name.
    """
    if weight(replace(report, text="", original=None)) > MOST_SAID:
        raise InputError(f"more than {MOST_SAID:,} characters are said of one report", hint="let the sender give less of it")
    try:
        return msgspec.convert(msgspec.to_builtins(report, builtin_types=(datetime, date, bytes)), SharedReport)
    except msgspec.ValidationError as error:
        member = str(error).rpartition("`$.")[2].rstrip("`") or "a member"
        hint = "the limits are in docs/reference/report-formats.md"
        raise InputError(f"{member} of a report does not fit", hint=hint) from None


def weight(value: object) -> int:
    """Return how much there is of a value: characters and bytes, and a few for everything else."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, tuple):
        return sum(map(weight, value))
    if isinstance(value, msgspec.Struct):
        return sum(weight(getattr(value, name)) for name in value.__struct_fields__)
    return _FEW


def short(text: str, most: int = 500) -> str:
    """Return text that fits a `Short`, cut where our own is longer."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
