"""What people do with reports at a node: grade, note, decide who is meant, assess, withdraw.

Rules
 1. Who may judge is in the table of roles; nothing here is done without asking it.
 2. A claim is taken when it is first judged, together with the act on it.
 3. Screening again records what is new and takes nothing back: a mention that is found no more stays as it was decided.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar, cast, get_args

import msgspec

from tallystick.errors import InputError
from tallystick.node.reporting.book import ActBook, Taken
from tallystick.node.reporting.claims import ClaimFinder
from tallystick.node.reporting.following import Following
from tallystick.node.reporting.ports import Mention
from tallystick.node.reporting.sharing import Sharing
from tallystick.node.reporting.views import Apart, AssessmentView, Judged, MentionView, SourceView, Viewer
from tallystick.reports import lengths
from tallystick.reports.acts import (
    LIKELIHOOD,
    Act,
    Assessed,
    ClaimGraded,
    ClaimWithdrawn,
    MentionDecided,
    Mentioned,
    MentionFollowed,
    Noted,
    NoteWithdrawn,
    OverrideSeconded,
    ReportWithdrawn,
    SourceGraded,
)
from tallystick.reports.grades import EuropolInformation, EuropolSource, from_europol
from tallystick.review.roles import Action, Actor

_A = TypeVar("_A", bound=Act)
_TEXT: Final = lengths.HINT
_HINTS: Final = {
    "reason": _TEXT,
    "text": _TEXT,
    "judgement": _TEXT,
    "override": _TEXT,
    "grade": "a source is graded A to F, a claim 1 to 6",
    "europol": "of a claim: 1 to 4",
    "likelihood": f"take one of: {', '.join(LIKELIHOOD)}",
    "confidence": "take low, moderate or high",
    "state": "take confirmed, namesake or undecided",
    "source": "write the key of a source, as `tallystick report chain REPORT` shows it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGrade:
    """How credible a claim is; see `reports.acts.ClaimGraded`. `alike`: names of claims that say the same."""

    grade: str
    reason: str
    alike: tuple[str, ...] = ()
    override: str = ""
    europol: EuropolInformation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An assessment as somebody makes it; claims by name. `revises`: number of the one it takes the place of, or None."""

    text: str
    likelihood: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...] = ()
    confidence: str | None = None
    revises: int | None = None


class Judging:
    """The judgements of one node. What changes a claim or a source returns the assessments to be looked at again, by number.

    `sharing`: its reports on their way out and in. `following`: what the reports are worth that encounters were made of.
    """

    def __init__(self, book: ActBook, sharing: Sharing, following: Following) -> None:
        self._book = book
        self.sharing = sharing
        self.following = following

    # --- grades ------------------------------------------------------------------------------------------------------

    def grade_source(self, actor: Actor, source: str, grade: str, since: date | None, reason: str) -> tuple[int, ...]:
        """Say how reliable a source is from a day on; A to F, or X and the other letters of Europol as `europol:B`.

        Raises:
            InputError: there is no such grade, no source or no reason.
        """
        at = self._start(actor)
        scale, _, code = grade.rpartition(":")
        europol: EuropolSource | None = None
        if scale == "europol":
            europol = _europol(code)
            code = from_europol(europol)[0]
        day = since or at.date()
        return self._do(
            SourceGraded, at=at, by=actor.name, source=source, grade=code, since=day, reason=reason, europol=europol
        ).look_again

    def grade_claim(self, actor: Actor, claim: str, given: ClaimGrade) -> tuple[int, ...]:
        """Say how credible a claim is.

        Raises:
            InputError: there is no such claim or grade.
            RefusedError: it is withdrawn.
            NotApprovedError: confirmed, without two origins or a second reader.
        """
        at = self._start(actor)
        finder = self._finder(actor, at)
        act = _made(
            ClaimGraded, at=at, by=actor.name, claim=finder.find(claim), grade=given.grade, reason=given.reason,
            alike=tuple(map(finder.find, given.alike)), override=given.override, europol=given.europol,
        )  # fmt: skip
        return self._book.take([*finder.taken.values(), act]).look_again

    def second(self, actor: Actor, claim: str, reason: str) -> tuple[int, ...]:
        """Say, as a second person, that a claim is confirmed although its origins do not show it.

        Raises:
            RefusedError: nothing waits for a second reader.
            NotAuthorizedError: the second reader is the first.
        """
        at = self._start(actor)
        finder = self._finder(actor, at)
        act = _made(OverrideSeconded, at=at, by=actor.name, claim=finder.find(claim), reason=reason)
        return self._book.take([*finder.taken.values(), act]).look_again

    # --- notes and withdrawals ---------------------------------------------------------------------------------------

    def note(self, actor: Actor, report: str, text: str) -> int:
        """Write a note on a report; return its number."""
        at = self._start(actor)
        return self._do(Noted, at=at, by=actor.name, report=self._book.shelf.id_of(report), text=text).last

    def withdraw_note(self, actor: Actor, number: int, reason: str) -> None:
        """Withdraw one's own note."""
        self._do(NoteWithdrawn, at=self._start(actor), by=actor.name, note=number, reason=reason)

    def withdraw(self, actor: Actor, what: str, reason: str) -> tuple[int, ...]:
        """Withdraw a report, or one claim of it (REPORT:CLAIM); everything that rests on it is to be looked at again."""
        at = self._start(actor)
        if ":" not in what:
            return self._do(ReportWithdrawn, at=at, by=actor.name, report=self._book.shelf.id_of(what), reason=reason).look_again
        finder = self._finder(actor, at)
        act = _made(ClaimWithdrawn, at=at, by=actor.name, claim=finder.find(what), reason=reason)
        return self._book.take([*finder.taken.values(), act]).look_again

    # --- mentions ----------------------------------------------------------------------------------------------------

    def rescreen(self, actor: Actor, reports: Iterable[str] = ()) -> list[MentionView]:
        """Screen reports against the registers as they are now; record and return the mentions that are new.

        Args:
            actor: who has them screened.
            reports: which, by id or what it begins with; all where none is named.
        """
        at = self._start(actor)
        named = [self._book.shelf.id_of(each) for each in reports] or self._book.shelf.ids()
        known = {_place(each.seen) for each in self._book.judgements().mentions.values()}
        found = [
            _made(Mentioned, at=at, by=actor.name, report=report, **_said(each))
            for report in named
            for each in self._book.shelf.mentions(report)
            if (report, each.start, each.end, each.register, each.record_id) not in known
        ]
        if found:
            self._book.take(found)
        new = {_place(each) for each in found}
        judged = self._book.judgements()
        return [Viewer.mention(each) for each in judged.mentions.values() if _place(each.seen) in new]

    def decide_mention(self, actor: Actor, number: int, state: str, reason: str) -> None:
        """Say who is meant: confirmed, namesake or undecided."""
        self._do(MentionDecided, at=self._start(actor), by=actor.name, mention=number, state=state, reason=reason)

    def check_followed(self, actor: Actor, number: int) -> None:
        """Let a mention become an encounter, or say why not."""
        self._book.judgements().check(self._followed(actor, number, "-"))

    def encounters_of(self, number: int) -> tuple[int, ...]:
        """Return the numbers of the encounters that were made of a mention, earliest first."""
        mention = self._book.judgements().mentions.get(number)
        return tuple(int(each.number) for each in mention.followed if each.how == "encounter") if mention else ()

    def followed(self, actor: Actor, number: int, put: Callable[[], int]) -> int:
        """Keep an encounter that is made of a mention, by `put`, and of which one it is made: both or neither."""
        act, made = self._followed(actor, number, "-"), list[int]()

        def acts() -> list[Act]:
            made.append(put())
            return [msgspec.structs.replace(act, number=str(made[0]))]

        self._book.take_made(acts)
        return made[0]

    def _followed(self, actor: Actor, number: int, encounter: str) -> MentionFollowed:
        at, mention = self._start(actor), self._book.judgements().mentions.get(number)
        worth = self.following.worth(mention.seen) if mention else None
        grades = {"credibility": worth.credibility, "reliability": worth.reliability} if worth and worth.credibility else {}
        return _made(MentionFollowed, at=at, by=actor.name, mention=number, how="encounter", number=encounter, **grades)

    # --- assessments -------------------------------------------------------------------------------------------------

    def assess(self, actor: Actor, given: Judgement) -> AssessmentView:
        """Judge, in words of estimative probability, on claims; or revise a judgement.

        Raises:
            InputError: a claim or assessment is not there, or one claim speaks for and against.
            RefusedError: a claim is withdrawn.
        """
        at = self._start(actor)
        finder = self._finder(actor, at)
        act = _made(
            Assessed, at=at, by=actor.name, judgement=given.text, likelihood=given.likelihood,
            speaks_for=tuple(dict.fromkeys(map(finder.find, given.speaks_for))),
            speaks_against=tuple(dict.fromkeys(map(finder.find, given.speaks_against))), confidence=given.confidence,
            assessment=given.revises,
        )  # fmt: skip
        taken = self._book.take([*finder.taken.values(), act])
        number = given.revises or taken.last
        return self._viewer(at).assessment(self._book.judgements().assessments[number])

    # --- what is seen ------------------------------------------------------------------------------------------------

    def report(self, actor: Actor, report: str) -> Judged:
        """Return everything said of a report."""
        return self._viewer(self._look(actor)).report(self._book.shelf.id_of(report))

    def mentions(self, actor: Actor, report: str = "") -> list[MentionView]:
        """Return the recorded mentions, of one report or of all."""
        return self._viewer(self._look(actor)).mentions(self._book.shelf.id_of(report) if report else "")

    def source(self, actor: Actor, key: str) -> SourceView:
        """Return the grades of a source."""
        return self._viewer(self._look(actor)).source(key, key.partition(":")[2] or key)

    def assessments(self, actor: Actor, number: int = 0) -> list[AssessmentView]:
        """Return all assessments, or one.

        Raises:
            InputError: there is none with this number.
        """
        viewer, found = self._viewer(self._look(actor)), self._book.judgements().assessments
        if number and number not in found:
            raise InputError(f"there is no assessment {number}", hint="see `tallystick report assessments`")
        return [viewer.assessment(each) for each in found.values() if number in {0, each.number}]

    def contradictions(self, actor: Actor, reports: Iterable[str]) -> list[Apart]:
        """Return what contradicts what in reports, or in all where none is named."""
        viewer = self._viewer(self._look(actor))
        return viewer.apart([self._book.shelf.id_of(each) for each in reports] or self._book.shelf.ids())

    # --- inside ------------------------------------------------------------------------------------------------------

    def _start(self, actor: Actor) -> datetime:
        actor.need(Action.JUDGE_REPORTS)
        return self._book.now()

    def _look(self, actor: Actor) -> datetime:
        actor.need(Action.READ_REPORTS)
        return self._book.now()

    def _finder(self, actor: Actor, at: datetime) -> ClaimFinder:
        return ClaimFinder(self._book.shelf, self._book.judgements(), at, actor.name)

    def _viewer(self, at: datetime) -> Viewer:
        return Viewer(self._book.judgements(), self._book.shelf, at.date())

    def _do(self, kind: type[Act], **given: object) -> Taken:
        return self._book.take([_made(kind, **given)])


def _place(seen: Mentioned) -> tuple[str, int, int, str, str]:
    return seen.report, seen.start, seen.end, seen.register, seen.record_id


def _said(found: Mention) -> dict[str, object]:
    return {name: getattr(found, name) for name in ("start", "end", "text", "register", "record_id", "weight_bits", "verdict")}


def _made(kind: type[_A], **given: object) -> _A:
    """Make an act of what somebody typed; what its format does not allow is told by the name of the member, not by its value."""
    name = str(kind.__struct_config__.tag)
    try:
        return msgspec.convert({"act": name, **given}, kind)
    except msgspec.ValidationError as error:
        member = str(error).rpartition("`$.")[2].rstrip("`") or "a member"
        hint = _HINTS.get(member, "see the help of the command")
        raise InputError(f"{member} does not fit the act {name}", hint=hint) from None


def _europol(code: str) -> EuropolSource:
    if code not in get_args(EuropolSource):
        raise InputError("there is no such grade on Europol's scale", hint="take A, B, C or X")
    return cast("EuropolSource", code)
