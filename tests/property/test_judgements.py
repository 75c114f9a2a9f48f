"""Whatever people do with reports, in any order: copies confirm nothing, what is withdrawn carries nothing, nothing is edited."""

from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tallystick import _native
from tallystick.errors import Error
from tallystick.reports import Block, Reading, read_report
from tallystick.reports.acts import (
    Act,
    Anchor,
    Assessed,
    ClaimGraded,
    ClaimTaken,
    ClaimWithdrawn,
    Noted,
    NoteWithdrawn,
    OverrideSeconded,
    ReportWithdrawn,
)
from tallystick.reports.judging import Judgements
from tallystick.reports.support import ReadLineage, TracesInMemory

NOW = datetime(2026, 5, 1, tzinfo=UTC)
TEXTS = (
    "The four grey boats left the northern harbour before dawn on Monday, a report by Norland customs said on the same evening.",
    "The coast guard of Norhaven said that the museum of the old town has counted what is missing in its seven rooms.",
    "An official who asked for silence told Harbour Courier that the warehouse behind the station belongs to nobody they know.",
    "Nobody has said who it was that carried the boxes over the bridge in the night after the feast of the two rivers was held.",
)
_people = st.sampled_from(("reader-1", "reader-2", "reader-3"))
_some = st.integers(0, 30)


def read(text: str) -> Reading:
    return read_report([Block(*each) for each in _native.text_blocks(text, markup=False)])


READ = [read(text) for text in TEXTS]


class Judging(RuleBasedStateMachine):
    """People who read, grade, withdraw, assess; and copies that come in."""

    @initialize()
    def begin(self) -> None:
        self.readings: dict[str, Reading] = {}
        self.acts: list[Act] = []
        self.claims: list[str] = []
        self.lineage = ReadLineage(TracesInMemory())
        for number in range(len(READ)):
            self.arrive(number)

    def judged(self) -> Judgements:
        return Judgements(self.lineage, self.acts)

    def attempt(self, act: Act) -> None:
        before = self.judged()
        try:
            before.check(act)
        except Error:
            return
        self.acts.append(act)

    @rule(which=st.integers(0, len(READ) - 1))
    def arrive(self, which: int) -> None:
        bounds = {each: self.judged().origins_of((each, *self.claims)).at_least for each in self.claims}
        is_copy = any(each is READ[which] for each in self.readings.values())
        report = f"{len(self.readings):064x}"
        self.readings[report] = READ[which]
        self.lineage = ReadLineage(TracesInMemory(), self.readings)
        anchor = Anchor(report=report, start=0, end=5, quote=TEXTS[which][:5], modality="asserted")
        self.acts.append(ClaimTaken(at=NOW, by="reader-1", anchor=anchor))
        self.claims.append(anchor.id)
        if is_copy:
            judged = self.judged()
            assert all(judged.origins_of((each, *self.claims)).at_least <= least for each, least in bounds.items())

    @rule(by=_people, which=_some, alike=st.lists(_some, max_size=3), grade=st.sampled_from("123456"), override=st.booleans())
    def grade(self, by: str, which: int, alike: list[int], grade: str, override: bool) -> None:  # noqa: FBT001
        more = {"override": "seen"} if override else {}
        chosen = tuple(self.claim(each) for each in alike)
        self.attempt(ClaimGraded(at=NOW, by=by, claim=self.claim(which), grade=grade, reason="read", alike=chosen, **more))  # type: ignore[arg-type]

    @rule(by=_people, which=_some)
    def second(self, by: str, which: int) -> None:
        self.attempt(OverrideSeconded(at=NOW, by=by, claim=self.claim(which), reason="read too"))

    @rule(by=_people, which=_some, whole=st.booleans())
    def withdraw(self, by: str, which: int, whole: bool) -> None:  # noqa: FBT001
        claim = self.claim(which)
        report = self.judged().claims[claim].anchor.report
        said = ReportWithdrawn(at=NOW, by=by, report=report, reason="wrong")
        self.attempt(said if whole else ClaimWithdrawn(at=NOW, by=by, claim=claim, reason="wrong"))

    @rule(by=_people, rests=st.lists(_some, max_size=3), against=st.lists(_some, max_size=2), revises=st.none() | _some)
    def assess(self, by: str, rests: list[int], against: list[int], revises: int | None) -> None:
        self.attempt(
            Assessed(
                at=NOW, by=by, judgement="They go on.", likelihood="likely", speaks_for=tuple(map(self.claim, rests)),
                speaks_against=tuple(map(self.claim, against)), assessment=revises,
            )
        )  # fmt: skip

    @rule(by=_people, note=_some)
    def note(self, by: str, note: int) -> None:
        self.attempt(Noted(at=NOW, by=by, report="0" * 64, text="Look again."))
        self.attempt(NoteWithdrawn(at=NOW, by=by, note=note + 1, reason="done"))

    def claim(self, which: int) -> str:
        return self.claims[which % len(self.claims)]

    @invariant()
    def confirmed_has_two_origins_or_two_readers(self) -> None:
        judged = self.judged()
        for key in self.claims:
            if judged.credibility(key) != "1":
                continue
            grade = judged.claims[key].grades[-1] if len(judged.claims[key].grades) in judged.claims[key].seconded else None
            if grade is None:
                *_, grade = (each for each in judged.claims[key].grades if not each.override)
                seconds = [judged.claims[key].grades[number - 1] for number in judged.claims[key].seconded]
                assert seconds or judged.origins_of((key, *grade.alike)).at_least >= 2
            else:
                seconders = {each.by for each in self.acts if isinstance(each, OverrideSeconded) and each.claim == key}
                assert seconders - {grade.by}

    @invariant()
    def what_is_withdrawn_carries_nothing(self) -> None:
        judged = self.judged()
        gone = {each.claim for each in self.acts if isinstance(each, ClaimWithdrawn)}
        reports = {each.report for each in self.acts if isinstance(each, ReportWithdrawn)}
        gone |= {key for key in self.claims if judged.claims[key].anchor.report in reports}
        for number, assessment in judged.assessments.items():
            assert not gone & set(judged.carried_by(number))
            assert not gone & {claim for each in judged.without_each_origin(number) for claim in each.remaining}
            rests_on_gone = gone & {*assessment.newest.speaks_for, *assessment.newest.speaks_against}
            assert not rests_on_gone or judged.standing(number) != "stands"
        assert all(judged.credibility(key) == "6" for key in gone)

    @invariant()
    def nothing_is_edited_in_place(self) -> None:
        judged = self.judged()
        assert judged.count == len(self.acts)
        said = [each for each in self.acts if isinstance(each, Assessed)]
        kept = [one for each in judged.assessments.values() for one in each.revisions]
        assert sorted(map(id, said)) == sorted(map(id, kept))
        assert [each.said for each in judged.notes.values()] == [each for each in self.acts if isinstance(each, Noted)]


TestJudging = Judging.TestCase
TestJudging.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
