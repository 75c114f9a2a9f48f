"""What all acts on reports come to: grades that hold, notes, mentions, and what each assessment still rests on.

`Judgements.check` is the only door: what it does not allow, nothing allows. Pure; where claims come from is passed in.

Rules
 1. Nothing is edited in place: an act is taken once, and only later acts change what it means.
 2. A withdrawn claim, or one of a withdrawn report, is graded no more, carries no assessment, and stays withdrawn.
 3. Confirmed (1) holds while what stands of a claim and those alike has two independent origins for sure, or as soon as a second
    person has said so. When it ceases to hold, nobody can say (6) until somebody does; never fifty percent.
 4. What changes a claim or a source reaches every assessment that rests on it: it is to be looked at again until it is revised.
 5. A copy does not bring back what was withdrawn: of claims in the same words, in reports of one lineage, the first one taken
    says whether they count as an origin.
 6. A mention is new until a person has decided; what was decided can be decided again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from tallystick.errors import InputError, NotAuthorizedError, RefusedError
from tallystick.reports.acts import (
    Act,
    Anchor,
    Assessed,
    ClaimGraded,
    ClaimTaken,
    ClaimWithdrawn,
    MentionDecided,
    Mentioned,
    MentionFollowed,
    MentionState,
    Noted,
    NoteWithdrawn,
    OverrideSeconded,
    ReportWithdrawn,
    SourceGraded,
)
from tallystick.reports.grades import CONFIRMED, CONFIRMING, Credibility, Grading, Reliability, check_credibility, grade_on
from tallystick.reports.independence import Interval
from tallystick.reports.sharing_acts import Sharings

_WORD = re.compile(r"\w+")
Standing = Literal["stands", "look again", "unsupported"]


class Lineage(Protocol):
    """Where reports have what they say from."""

    def interval(self, said: Mapping[str, frozenset[str]], /) -> Interval:
        """Return how many independent origins stand behind what reports say through some of their sources."""
        ...

    def root(self, report: str, /) -> str:
        """Return the report that this one is derived from, in the end; itself where it is from none."""
        ...

    def origins(self, report: str, through: frozenset[str], /) -> frozenset[str]:
        """Return the origins of what a report says through some of its sources; unnamed ones under one name: they may be one."""
        ...


@dataclass(slots=True)
class JudgedClaim:
    """A claim and what was said of it.

    Attributes:
        anchor: where it stands.
        grades: all of them, oldest first.
        seconded: number of gradings for which a second person spoke.
        withdrawn: the act that ended it; None while it stands.
    """

    anchor: Anchor
    grades: list[ClaimGraded] = field(default_factory=list)
    seconded: set[int] = field(default_factory=set)
    withdrawn: ClaimWithdrawn | None = None


@dataclass(slots=True)
class Note:
    """A note, and why it was withdrawn; None while it stands."""

    number: int
    said: Noted
    withdrawn: NoteWithdrawn | None = None


@dataclass(slots=True)
class SeenMention:
    """A mention, what was decided, oldest first, and what was made of it."""

    number: int
    seen: Mentioned
    decisions: list[MentionDecided] = field(default_factory=list)
    followed: list[MentionFollowed] = field(default_factory=list)

    @property
    def state(self) -> MentionState | Literal["new"]:
        """What a person decided last; new before."""
        return self.decisions[-1].state if self.decisions else "new"


@dataclass(slots=True)
class Assessment:
    """An assessment.

    Attributes:
        number: of the act that made it.
        revisions: oldest first.
        touched: names and numbers of the acts that changed what the newest revision rests on.
    """

    number: int
    revisions: list[Assessed]
    touched: list[tuple[str, int]] = field(default_factory=list)

    @property
    def newest(self) -> Assessed:
        """What holds."""
        return self.revisions[-1]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What remains for an assessment when one origin is taken away: claims for it, by id."""

    origin: str
    remaining: tuple[str, ...]


class Judgements:
    """Everything people have said about reports, act by act."""

    def __init__(self, lineage: Lineage, acts: Iterable[Act] = ()) -> None:
        """Take acts that were checked when they were done.

        Args:
            lineage: where reports have what they say from.
            acts: all of them, oldest first.

        `withdrawals`: by report, the numbers of the acts that withdrew it, or claims of it.
        """
        self._lineage = lineage
        self.count = 0
        self.claims: dict[str, JudgedClaim] = {}
        self.sources: dict[str, list[Grading]] = {}
        self.reports_withdrawn: dict[str, ReportWithdrawn] = {}
        self.withdrawals: dict[str, list[int]] = {}
        self.notes: dict[int, Note] = {}
        self.mentions: dict[int, SeenMention] = {}
        self.assessments: dict[int, Assessment] = {}
        self.sharings = Sharings()
        self._same_words: dict[str, list[str]] = {}
        for act in acts:
            self.apply(act)

    # --- the door ----------------------------------------------------------------------------------------------------

    def take(self, act: Act) -> tuple[int, ...]:
        """Check an act and apply it; return the assessments that are to be looked at again.

        Raises:
            as `check`.
        """
        self.check(act)
        return self.apply(act)

    def check(self, act: Act) -> None:
        """Let an act pass, or say why not.

        Raises:
            InputError: it names what is not there.
            RefusedError: it cannot happen now.
            NotApprovedError: confirmed without two origins or a second reader.
            NotAuthorizedError: it is somebody else's to do.
        """
        match act:
            case ClaimGraded():
                self._check_grade(act)
            case OverrideSeconded():
                self._check_second(act)
            case ClaimWithdrawn():
                self._standing_claim(act.claim)
            case ReportWithdrawn() if act.report in self.reports_withdrawn:
                raise RefusedError(f"report {act.report[:12]} is withdrawn already", hint="see `tallystick report claims`")
            case NoteWithdrawn():
                self._check_note(act)
            case MentionDecided() | MentionFollowed():
                self._check_mention(act)
            case Assessed():
                self._check_assessment(act)
            case _:
                pass

    def _check_grade(self, act: ClaimGraded) -> None:
        for each in (act.claim, *act.alike):
            self._standing_claim(each)
        if act.override and not act.override.strip():
            raise InputError(
                "an override needs a reason", hint="say why the claim is confirmed although its origins do not show it"
            )
        if not act.override:
            check_credibility(act.grade, self.origins_of((act.claim, *act.alike)))

    def _check_second(self, act: OverrideSeconded) -> None:
        claim = self._standing_claim(act.claim)
        if not claim.grades or not claim.grades[-1].override or len(claim.grades) in claim.seconded:
            raise RefusedError(
                f"no override of claim {act.claim[:12]} waits for a second reader", hint="see `tallystick report claims`"
            )
        if claim.grades[-1].by.casefold() == act.by.casefold():
            raise NotAuthorizedError("the second reader is the first", hint="another person must read it")

    def _check_note(self, act: NoteWithdrawn) -> None:
        note = self.notes.get(act.note)
        if note is None:
            raise InputError(f"there is no note {act.note}", hint="take the number of a note that stands")
        if note.withdrawn:
            raise RefusedError(f"note {act.note} is withdrawn already", hint="take the number of a note that stands")
        if note.said.by.casefold() != act.by.casefold():
            raise NotAuthorizedError(f"note {act.note} is another person's", hint="its author withdraws it")

    def _check_mention(self, act: MentionDecided | MentionFollowed) -> None:
        mention = self.mentions.get(act.mention)
        if mention is None:
            raise InputError(f"there is no mention {act.mention}", hint="take the number of a mention that was recorded")
        if isinstance(act, MentionFollowed) and mention.state == "namesake":
            raise RefusedError(f"mention {act.mention} is a namesake", hint="decide it again first, with the reason")

    def _check_assessment(self, act: Assessed) -> None:
        if act.assessment is not None and act.assessment not in self.assessments:
            raise InputError(f"there is no assessment {act.assessment}", hint="take the number of an assessment that was made")
        if not act.speaks_for:
            raise InputError("an assessment rests on a claim at least", hint="say with --for which")
        if set(act.speaks_for) & set(act.speaks_against):
            raise InputError("one claim speaks for and against", hint="leave it out on one side")
        for each in (*act.speaks_for, *act.speaks_against):
            self._standing_claim(each)

    def _standing_claim(self, claim: str) -> JudgedClaim:
        found = self.claims.get(claim)
        if found is None:
            raise InputError(f"there is no claim {claim[:12]}", hint="see `tallystick report claims`")
        if not self.stands(claim):
            raise RefusedError(f"claim {claim[:12]} is withdrawn", hint="judge another claim")
        return found

    # --- what follows ------------------------------------------------------------------------------------------------

    def apply(self, act: Act) -> tuple[int, ...]:
        """Apply an act that was checked; return the assessments that are to be looked at again."""
        self.count += 1
        match act:
            case ClaimTaken():
                self._put_claim(act.anchor)
            case SourceGraded():
                self.sources.setdefault(act.source, []).append(Grading(act.grade, act.since, act.by, act.reason))
            case ClaimGraded():
                self.claims[act.claim].grades.append(act)
            case OverrideSeconded():
                self.claims[act.claim].seconded.add(len(self.claims[act.claim].grades))
            case ClaimWithdrawn():
                self.claims[act.claim].withdrawn = act
                self._something_withdrawn(self.claims[act.claim].anchor.report)
            case ReportWithdrawn():
                self.reports_withdrawn[act.report] = act
                self._something_withdrawn(act.report)
            case Assessed():
                self._assess(act)
            case _:
                self._remember(act)
        return self._ripple(act)

    def _something_withdrawn(self, report: str) -> None:
        self.withdrawals.setdefault(report, []).append(self.count)
        self.sharings.outdate(report)

    def _put_claim(self, anchor: Anchor) -> None:
        if anchor.id not in self.claims:
            self.claims[anchor.id] = JudgedClaim(anchor)
            self._same_words.setdefault(_words(anchor.quote), []).append(anchor.id)

    def _remember(self, act: Act) -> None:
        match act:
            case Noted():
                self.notes[self.count] = Note(self.count, act)
            case NoteWithdrawn():
                self.notes[act.note].withdrawn = act
            case Mentioned():
                self.mentions[self.count] = SeenMention(self.count, act)
            case MentionDecided():
                self.mentions[act.mention].decisions.append(act)
            case MentionFollowed():
                self.mentions[act.mention].followed.append(act)
            case _ if not self.sharings.apply(act):
                raise InputError(f"an act {act.name} is not known", hint="the file was written by a newer version")

    def _assess(self, act: Assessed) -> None:
        if act.assessment is None:
            self.assessments[self.count] = Assessment(self.count, [act])
            return
        found = self.assessments[act.assessment]
        found.revisions.append(act)
        found.touched.clear()

    def _ripple(self, act: Act) -> tuple[int, ...]:
        changed = self.reached_by(act)
        reached = []
        for each in self.assessments.values() if changed else ():
            if changed & {*each.newest.speaks_for, *each.newest.speaks_against}:
                each.touched.append((act.name, self.count))
                reached.append(each.number)
        return tuple(reached)

    def reached_by(self, act: Act) -> set[str]:
        """Return the claims an act changes: those it is about, those in the same words, and those confirmed with their help."""
        match act:
            case ClaimGraded() | OverrideSeconded() | ClaimWithdrawn():
                about = {act.claim}
            case ReportWithdrawn():
                about = {key for key, each in self.claims.items() if each.anchor.report == act.report}
            case SourceGraded():
                about = {key for key, each in self.claims.items() if act.source in each.anchor.sources}
            case _:
                return set()
        about |= {twin for key in about for twin in self._same_words[_words(self.claims[key].anchor.quote)]}
        return about | {key for key, each in self.claims.items() if each.grades and about & set(each.grades[-1].alike)}

    # --- what holds --------------------------------------------------------------------------------------------------

    def stands(self, claim: str) -> bool:
        """Tell whether a claim is neither withdrawn nor of a withdrawn report."""
        found = self.claims[claim]
        return found.withdrawn is None and found.anchor.report not in self.reports_withdrawn

    def carries_nothing(self, report: str) -> bool:
        """Tell whether a report was withdrawn, or the one it is derived from."""
        return report in self.reports_withdrawn or self._lineage.root(report) in self.reports_withdrawn

    def counts(self, claim: str) -> bool:
        """Tell whether a claim counts as an origin: it stands, and so does the first of its words and lineage (rule 5)."""
        anchor = self.claims[claim].anchor
        if self.carries_nothing(anchor.report) or not self.stands(claim):
            return False
        root = self._lineage.root(anchor.report)
        alike = self._same_words[_words(anchor.quote)]
        return self.stands(next(each for each in alike if self._lineage.root(self.claims[each].anchor.report) == root))

    def origins_of(self, claims: Iterable[str]) -> Interval:
        """Return how many independent origins claims have, those that do not count left out."""
        said: dict[str, frozenset[str]] = {}
        for each in dict.fromkeys(claims):
            if self.counts(each):
                anchor = self.claims[each].anchor
                own = frozenset(anchor.sources)
                # Of several claims of one report one is the author's own: then any source of the report may be behind it.
                said[anchor.report] = own | said.get(anchor.report, own) if own and said.get(anchor.report, own) else frozenset()
        return self._lineage.interval(said)

    def credibility(self, claim: str) -> Credibility:
        """Return the grade of a claim that holds now; 6 where nobody can say (rule 3)."""
        found = self.claims[claim]
        if not self.stands(claim):
            return "6"
        for number in range(len(found.grades), 0, -1):
            grade = found.grades[number - 1]
            if grade.grade != CONFIRMED or number in found.seconded:
                return grade.grade
            if not grade.override:
                return CONFIRMED if self.origins_of((claim, *grade.alike)).at_least >= CONFIRMING else "6"
        return "6"  # an override that waits changes nothing

    def reliability(self, source: str, day: date) -> Reliability:
        """Return the grade of a source that held on a day; F where nobody can say."""
        return grade_on(self.sources.get(source, ()), day)

    def carried_by(self, assessment: int) -> tuple[str, ...]:
        """Return the claims for an assessment that still count."""
        return tuple(each for each in self.assessments[assessment].newest.speaks_for if self.counts(each))

    def standing(self, assessment: int) -> Standing:
        """Return whether an assessment stands, is to be looked at again, or has nothing left to rest on."""
        if not self.carried_by(assessment):
            return "unsupported"
        return "look again" if self.assessments[assessment].touched else "stands"

    def without_each_origin(self, assessment: int) -> list[LeftOut]:
        """Return, origin by origin, what remains for an assessment without it."""
        anchors = {each: self.claims[each].anchor for each in self.carried_by(assessment)}
        origins = {key: self._lineage.origins(each.report, frozenset(each.sources)) for key, each in anchors.items()}
        return [
            LeftOut(origin, tuple(claim for claim, behind in origins.items() if behind - {origin}))
            for origin in sorted(frozenset[str]().union(*origins.values()))
        ]


def _words(quote: str) -> str:
    return " ".join(_WORD.findall(quote.casefold()))
