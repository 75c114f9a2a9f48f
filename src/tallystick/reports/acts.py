"""What people do with reports, as frozen values: grades, notes, decisions, assessments, withdrawals. Nothing is edited in place.

Rules
 1. An act says who and when; its number is its place in the sequence of all acts, from 1. A later act corrects an earlier one.
 2. A claim is named by its report, its place and its words: the same words at the same place are the same claim, and no others.
 3. Texts of people hold at most 2,000 characters, as a reader counts them (`lengths`).
"""

import hashlib
from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from tallystick.errors import InputError
from tallystick.reports import lengths
from tallystick.reports.claims import Modality
from tallystick.reports.grades import Credibility, EuropolInformation, EuropolSource, Reliability
from tallystick.reports.lengths import MOST_CODE_POINTS
from tallystick.reports.negation import Polarity

_TEXTS: Final = ("reason", "text", "judgement", "override")
MentionState = Literal["confirmed", "namesake", "undecided"]
Likelihood = Literal[
    "almost no chance", "very unlikely", "unlikely", "roughly even chance", "likely", "very likely", "almost certain"
]
Confidence = Literal["low", "moderate", "high"]
LIKELIHOOD: Final[dict[Likelihood, tuple[int, int]]] = {
    "almost no chance": (1, 5),
    "very unlikely": (5, 20),
    "unlikely": (20, 45),
    "roughly even chance": (45, 55),
    "likely": (55, 80),
    "very likely": (80, 95),
    "almost certain": (95, 99),
}
"""Words of estimative probability, each with the percentages it stands for (ICD 203, 2015, section D.6.e(2)(a))."""

Pseudonym = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=MOST_CODE_POINTS, pattern=r"\S")]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Place = Annotated[int, Meta(ge=0)]
Number = Annotated[int, Meta(ge=1)]


def claim_id(report: str, start: int, end: int, quote: str) -> str:
    """Return the id of a claim, SHA-256 in hexadecimal.

    Args:
        report: id of the report.
        start: its first character of the document.
        end: behind its last one.
        quote: the words of the claim.
    """
    words = hashlib.sha256(quote.encode()).hexdigest()
    return hashlib.sha256(f"{report}\n{start}\n{end}\n{words}".encode()).hexdigest()


def check_lengths(act: "Act") -> None:
    """Let an act pass whose texts are short enough.

    Raises:
        InputError: one is not.
    """
    for member in _TEXTS:
        if not lengths.fits(getattr(act, member, "")):
            raise InputError(f"{member} does not fit the act {act.name}", hint=lengths.HINT)


class Anchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a claim stands.

    Attributes:
        report: id of its report.
        start, end: characters of the document.
        quote: its words; they are kept, so that a better rule of reading cannot change what was judged.
        modality: how surely it is said.
        polarity: whether it says that something is so, or that it is not.
        sources: keys of the sources the report has it through.
    """

    report: Digest
    start: Place
    end: Place
    quote: str
    modality: Modality
    sources: tuple[str, ...] = ()
    polarity: Polarity = "affirmed"

    @property
    def id(self) -> str:
        """The id of the claim."""
        return claim_id(self.report, self.start, self.end, self.quote)


class Act(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="act",
    tag=lambda name: "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:],
):
    """What every act says: when, and who."""

    at: datetime
    by: Pseudonym

    @property
    def name(self) -> str:
        """What it is called: `claim-graded`."""
        return str(self.__struct_config__.tag)


class ClaimTaken(Act, frozen=True, kw_only=True):
    """A claim of a report is to be judged; comes before every other act on it."""

    anchor: Anchor


class SourceGraded(Act, frozen=True, kw_only=True):
    """How reliable a source is from a day on; `europol` where it was given on that scale."""

    source: Annotated[str, Meta(min_length=1, max_length=300)]
    grade: Reliability
    since: date
    reason: Text
    europol: EuropolSource | None = None


class ClaimGraded(Act, frozen=True, kw_only=True):
    """How credible a claim is.

    `alike` are claims that say the same, whose origins count with its own; `override` says why it is confirmed although its
    origins do not show it, and holds when a second person says so. `europol`: how the source knows it.
    """

    claim: Digest
    grade: Credibility
    reason: Text
    alike: tuple[Digest, ...] = ()
    override: Annotated[str, Meta(max_length=MOST_CODE_POINTS)] = ""
    europol: EuropolInformation | None = None


class OverrideSeconded(Act, frozen=True, kw_only=True):
    """A second reader says that a claim is confirmed although its origins do not show it."""

    claim: Digest
    reason: Text


class ClaimWithdrawn(Act, frozen=True, kw_only=True):
    """A claim carries nothing from now on."""

    claim: Digest
    reason: Text


class ReportWithdrawn(Act, frozen=True, kw_only=True):
    """No claim of a report carries anything from now on."""

    report: Digest
    reason: Text


class Noted(Act, frozen=True, kw_only=True):
    """A note on a report."""

    report: Digest
    text: Text


class NoteWithdrawn(Act, frozen=True, kw_only=True):
    """A note is not to be read any more; only its author withdraws it."""

    note: Number
    reason: Text


class Mentioned(Act, frozen=True, kw_only=True):
    """A document may name a person of a register; `by` is who had it screened."""

    report: Digest
    start: Place
    end: Place
    text: str
    register: str
    record_id: str
    weight_bits: float
    verdict: Literal["likely", "possible", "namesake-likely"]


class MentionDecided(Act, frozen=True, kw_only=True):
    """A person says who is meant."""

    mention: Number
    state: MentionState
    reason: Text


class MentionFollowed(Act, frozen=True, kw_only=True):
    """An officer made an encounter of a mention, or asked a circle about it; `number` is that of the encounter or query.

    `credibility` and `reliability`: what was said of the report then (see `reports.worth`).
    """

    mention: Number
    how: Literal["encounter", "query"]
    number: str
    credibility: Credibility = "6"
    reliability: Reliability = "F"


class Assessed(Act, frozen=True, kw_only=True):
    """A judgement, how likely it is, and what it rests on; with the number of an assessment, a revision of it."""

    judgement: Text
    likelihood: Likelihood
    speaks_for: tuple[Digest, ...]
    speaks_against: tuple[Digest, ...] = ()
    confidence: Confidence | None = None
    assessment: Number | None = None


AnyAct = (
    ClaimTaken
    | SourceGraded
    | ClaimGraded
    | OverrideSeconded
    | ClaimWithdrawn
    | ReportWithdrawn
    | Noted
    | NoteWithdrawn
    | Mentioned
    | MentionDecided
    | MentionFollowed
    | Assessed
)
"""Every kind of act."""
