"""Judgements as people see them: everything said of one report, an assessment with what it rests on, what contradicts what."""

from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from tallystick.node.reporting.aftermath import Aftermath, aftermath_of
from tallystick.node.reporting.claims import PlacedClaim, claims_of
from tallystick.node.reporting.codes import handling_of
from tallystick.node.reporting.ports import Shelf
from tallystick.reports.acts import LIKELIHOOD, Anchor, Confidence, Likelihood, MentionState
from tallystick.reports.contradictions import contradictions
from tallystick.reports.grades import Reliability, to_europol
from tallystick.reports.judging import Assessment, JudgedClaim, Judgements, SeenMention, Standing
from tallystick.reports.sharing import SharedReport


class Grade(msgspec.Struct, frozen=True):
    """A grade that was given: when, by whom, why; `europol` is the code on that scale where there is one.

    `holds_for`: of a claim, "" or what an override waits for; of a source, the day from which it counts.
    """

    grade: str
    europol: str
    at: datetime | None
    by: str
    reason: str
    holds_for: str = ""


class ClaimView(msgspec.Struct, frozen=True):
    """A claim: where it stands, how surely it is said, and what was said of it.

    Attributes:
        name: REPORT:CLAIM, short, as commands take it.
        credibility: the grade that holds now; empty where nobody has judged it.
        counts: whether it counts as an origin: neither withdrawn nor a copy of what was.
        withdrawn: why it was; empty while it stands.
    """

    id: str
    name: str
    report: str
    start: int
    end: int
    quote: str
    modality: str
    polarity: str
    sources: tuple[str, ...]
    credibility: str
    grades: list[Grade]
    counts: bool
    withdrawn: str


class SourceView(msgspec.Struct, frozen=True):
    """A source: the grade that holds today, and its history, oldest first."""

    key: str
    name: str
    reliability: Reliability
    europol: str
    history: list[Grade]


class NoteView(msgspec.Struct, frozen=True):
    """A note, and why it was withdrawn; empty while it stands."""

    number: int
    report: str
    at: datetime
    by: str
    text: str
    withdrawn: str


class DecisionView(msgspec.Struct, frozen=True):
    """What a person said of a mention, or made of it."""

    at: datetime
    by: str
    what: str
    reason: str


class MentionView(msgspec.Struct, frozen=True):
    """A mention that was recorded: where, of which record, how sure, and what people said of it, oldest first."""

    number: int
    report: str
    start: int
    end: int
    text: str
    register: str
    record_id: str
    weight_bits: float
    verdict: str
    state: MentionState | str
    history: list[DecisionView]


class Withdrawal(msgspec.Struct, frozen=True):
    """That a report was withdrawn."""

    at: datetime
    by: str
    reason: str


class ReceivedView(msgspec.Struct, frozen=True):
    """What another organisation says of a report: its word, and none of ours; and how it came."""

    at: datetime
    by: str
    format: str
    handling: str
    said: SharedReport


class GivenView(msgspec.Struct, frozen=True):
    """That a report was exported: when, by whom, in which format, for whom where somebody said so, and the digest of the file."""

    at: datetime
    by: str
    format: str
    to: str
    file: str


class Judged(msgspec.Struct, frozen=True):
    """Everything people said of one report. `assessments`: numbers of those that rest on it; `handling`: its code.

    `aftermath`: what is left to do after it, or a claim of it, was withdrawn; None where nothing of it was.
    """

    report: str
    name: str
    handling: str
    withdrawn: Withdrawal | None
    claims: list[ClaimView]
    sources: list[SourceView]
    notes: list[NoteView]
    mentions: list[MentionView]
    assessments: list[int]
    received: list[ReceivedView]
    given: list[GivenView]
    aftermath: Aftermath | None


class Without(msgspec.Struct, frozen=True):
    """What remains of an assessment when one origin is taken away: names of claims for it."""

    origin: str
    remaining: list[str]


class Touch(msgspec.Struct, frozen=True):
    """An act that changed what an assessment rests on: its kind and number."""

    act: str
    number: int


class AssessmentView(msgspec.Struct, frozen=True):
    """An assessment: how likely, on what, and what remains without each of its origins.

    Attributes:
        percent: what the words of likelihood stand for, from and to.
        standing: "stands", "look again" or "unsupported".
        touched: why it is to be looked at again.
        at_least, at_most: independent origins of the claims for it that count.
        hangs_on: origins without which nothing remains.
    """

    number: int
    judgement: str
    likelihood: Likelihood
    percent: tuple[int, int]
    confidence: Confidence | None
    at: datetime
    by: str
    revisions: int
    standing: Standing
    touched: list[Touch]
    speaks_for: list[ClaimView]
    speaks_against: list[ClaimView]
    at_least: int
    at_most: int
    without: list[Without]
    hangs_on: list[str]


class Apart(msgspec.Struct, frozen=True):
    """Two claims that cannot both hold, side by side; which of them does, people say."""

    one: ClaimView
    other: ClaimView
    why: str
    said: tuple[str, ...]


class Viewer:
    """Shows judgements as they are at one moment."""

    def __init__(self, judged: Judgements, shelf: Shelf, today: date) -> None:
        self._judged = judged
        self._shelf = shelf
        self._today = today

    def report(self, report: str) -> Judged:
        """Show everything said of a report."""
        reading = self._shelf.reading(report)
        withdrawn = self._judged.reports_withdrawn.get(report)
        claims = self._claims(report)
        touching = {each.id for each in claims}
        return Judged(
            report=report, name=self._shelf.name(report), handling=handling_of(self._judged, report).written,
            withdrawn=Withdrawal(withdrawn.at, withdrawn.by, withdrawn.reason) if withdrawn else None, claims=claims,
            sources=[self.source(key, each.name) for key, each in reading.chain.sources.items() if each.kind != "page"],
            notes=[self.note(number) for number, each in self._judged.notes.items() if each.said.report == report],
            mentions=self.mentions(report),
            assessments=[
                number for number, each in self._judged.assessments.items()
                if touching & {*each.newest.speaks_for, *each.newest.speaks_against}
            ],
            received=[
                ReceivedView(each.at, each.by, each.format, each.handling, replace(each.said, text=""))
                for each in self._judged.sharings.received.get(report, ())
            ],
            given=[
                GivenView(each.at, each.by, each.format, each.to, each.file)
                for each in self._judged.sharings.given.get(report, ())
            ],
            aftermath=aftermath_of(self._judged, report),
        )  # fmt: skip

    def _claims(self, report: str) -> list[ClaimView]:
        read = claims_of(self._shelf, report)
        former = {key: each for key, each in self._judged.claims.items() if each.anchor.report == report and key not in read}
        shown = [self._claim(each.anchor) for each in read.values()]
        return shown + [self._claim(each.anchor) for each in former.values()]

    def _claim(self, anchor: Anchor) -> ClaimView:
        judged = self._judged.claims.get(anchor.id)
        is_judged = judged is not None and bool(judged.grades)
        return ClaimView(
            id=anchor.id, name=f"{anchor.report[:8]}:{anchor.id[:8]}", report=anchor.report, start=anchor.start, end=anchor.end,
            quote=anchor.quote, modality=anchor.modality, polarity=anchor.polarity, sources=anchor.sources,
            credibility=self._judged.credibility(anchor.id) if is_judged else "", grades=_grades(judged),
            counts=anchor.report not in self._judged.reports_withdrawn if judged is None else self._judged.counts(anchor.id),
            withdrawn=judged.withdrawn.reason if judged and judged.withdrawn else "",
        )  # fmt: skip

    def source(self, key: str, name: str) -> SourceView:
        """Show the grades of a source."""
        history = [
            Grade(each.grade, to_europol(each.grade)[0], None, each.by, each.reason, each.since.isoformat())
            for each in self._judged.sources.get(key, ())
        ]
        reliability = self._judged.reliability(key, self._today)
        return SourceView(key, name, reliability, to_europol(reliability)[0], history)

    def note(self, number: int) -> NoteView:
        """Show a note."""
        found = self._judged.notes[number]
        gone = found.withdrawn.reason if found.withdrawn else ""
        return NoteView(number, found.said.report, found.said.at, found.said.by, found.said.text, gone)

    def mentions(self, report: str = "") -> list[MentionView]:
        """Show the recorded mentions, of one report or of all, in the order they were recorded."""
        return [self.mention(each) for each in self._judged.mentions.values() if report in {"", each.seen.report}]

    @staticmethod
    def mention(found: SeenMention) -> MentionView:
        """Show a mention."""
        said = [DecisionView(each.at, each.by, each.state, each.reason) for each in found.decisions]
        made = [DecisionView(each.at, each.by, each.how, each.number) for each in found.followed]
        seen = found.seen
        return MentionView(
            found.number, seen.report, seen.start, seen.end, seen.text, seen.register, seen.record_id, seen.weight_bits,
            seen.verdict, found.state, sorted((*said, *made), key=lambda each: each.at),
        )  # fmt: skip

    def assessment(self, found: Assessment) -> AssessmentView:
        """Show an assessment with what it rests on now."""
        newest, number = found.newest, found.number
        origins = self._judged.origins_of(newest.speaks_for)
        rests_on = self._judged.without_each_origin(number)
        return AssessmentView(
            number=number, judgement=newest.judgement, likelihood=newest.likelihood, percent=LIKELIHOOD[newest.likelihood],
            confidence=newest.confidence, at=newest.at, by=newest.by, revisions=len(found.revisions) - 1,
            standing=self._judged.standing(number), touched=[Touch(*each) for each in found.touched],
            speaks_for=self._named(newest.speaks_for), speaks_against=self._named(newest.speaks_against),
            at_least=origins.at_least, at_most=origins.at_most,
            without=[Without(each.origin, [one.name for one in self._named(each.remaining)]) for each in rests_on],
            hangs_on=[each.origin for each in rests_on if not each.remaining],
        )  # fmt: skip

    def _named(self, claims: tuple[str, ...]) -> list[ClaimView]:
        return [self._claim(self._judged.claims[each].anchor) for each in claims]

    def apart(self, reports: list[str]) -> list[Apart]:
        """Show what contradicts what in reports; claims that were withdrawn, and reports, left out."""
        read: dict[str, PlacedClaim] = {}
        for each in reports:
            if each not in self._judged.reports_withdrawn:
                read |= claims_of(self._shelf, each)
        standing = {key: each.claim for key, each in read.items() if key not in self._judged.claims or self._judged.stands(key)}
        return [
            Apart(self._claim(read[each.one].anchor), self._claim(read[each.other].anchor), each.why, each.said)
            for each in contradictions(standing)
        ]


def _grades(judged: JudgedClaim | None) -> list[Grade]:
    if judged is None:
        return []
    return [
        Grade(each.grade, each.europol or "", each.at, each.by, each.override or each.reason, _waits(judged, number))
        for number, each in enumerate(judged.grades, 1)
    ]


def _waits(judged: JudgedClaim, number: int) -> str:
    is_override = bool(judged.grades[number - 1].override)
    return "a second reader" if is_override and number not in judged.seconded else ""
