"""What people say about reports, act by act: what passes, what holds afterwards, and what it reaches."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from tallystick import _native
from tallystick.errors import Error, InputError, NotApprovedError, NotAuthorizedError, RefusedError
from tallystick.reports import Block, Reading, read_report
from tallystick.reports.acts import (
    LIKELIHOOD,
    Anchor,
    Assessed,
    ClaimGraded,
    ClaimTaken,
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
from tallystick.reports.claims import Claim, quantities, written_quantity
from tallystick.reports.contradictions import contradictions
from tallystick.reports.independence import Interval
from tallystick.reports.judging import Judgements, LeftOut
from tallystick.reports.support import UNNAMED, ReadLineage, TracesInMemory

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ONE, TWO, COPY = ("1" * 64, "2" * 64, "3" * 64)
CUSTOMS = "organisation:norland customs"
TEXTS = {
    ONE: "LAGOS, Westland – Four grey boats left the harbour of Lagos before dawn on Monday, Norland customs said in a report.",
    TWO: "PARIS, May 3 – The four boats were seen off the coast again on Tuesday evening, the coast guard of Norhaven said.",
    COPY: "LAGOS, Westland – Four grey boats left the harbour of Lagos before dawn on Monday, Norland customs said in a report!",
}


def read(text: str) -> Reading:
    return read_report([Block(*each) for each in _native.text_blocks(text, markup=False)])


def lineage() -> ReadLineage:
    return ReadLineage(TracesInMemory(), {key: read(text) for key, text in TEXTS.items()})


def anchor(report: str, sources: tuple[str, ...] = ()) -> Anchor:
    return Anchor(report=report, start=0, end=4, quote=TEXTS[report][:4], modality="asserted", sources=sources)


A, B, C = (anchor(each).id for each in (ONE, TWO, COPY))


def judged() -> Judgements:
    made = Judgements(lineage())
    for report in (ONE, TWO, COPY):
        made.take(ClaimTaken(at=NOW, by="reader-1", anchor=anchor(report, (CUSTOMS,) if report == ONE else ())))
    return made


def graded(claim: str, grade: str = "2", by: str = "reader-1", **more: object) -> ClaimGraded:
    return ClaimGraded(at=NOW, by=by, claim=claim, grade=grade, reason="read", **more)  # type: ignore[arg-type]


def assessed(*claims: str, **more: object) -> Assessed:
    return Assessed(at=NOW, by="reader-1", judgement="They will go on.", likelihood="likely", speaks_for=claims, **more)  # type: ignore[arg-type]


def test_a_copy_does_not_confirm_and_another_origin_does() -> None:
    made = judged()
    with pytest.raises(NotApprovedError):
        made.take(graded(A, "1", alike=(C,)))
    made.take(graded(A, "1", alike=(B, C)))
    assert (made.credibility(A), made.credibility(B)) == ("1", "6")


def test_what_was_confirmed_with_the_help_of_a_withdrawn_claim_is_unknown_again() -> None:
    made = judged()
    made.take(graded(A, "1", alike=(B,)))
    made.take(assessed(A))
    assert made.take(ClaimWithdrawn(at=NOW, by="reader-2", claim=B, reason="misheard")) == (5,)
    assert (made.credibility(A), made.standing(5), made.assessments[5].touched) == ("6", "look again", [("claim-withdrawn", 6)])
    made.take(assessed(A, assessment=5))
    assert (made.standing(5), len(made.assessments[5].revisions)) == ("stands", 2)


def test_an_override_holds_when_another_person_says_so() -> None:
    made = judged()
    made.take(graded(A, "3"))
    made.take(graded(A, "1", override="seen with own eyes"))
    assert made.credibility(A) == "3"
    with pytest.raises(NotAuthorizedError):
        made.take(OverrideSeconded(at=NOW, by="Reader-1", claim=A, reason="I am sure"))
    made.take(OverrideSeconded(at=NOW, by="reader-2", claim=A, reason="photographs"))
    assert made.credibility(A) == "1"
    with pytest.raises(RefusedError):
        made.take(OverrideSeconded(at=NOW, by="reader-3", claim=A, reason="again"))
    made.take(graded(A, "4"))
    assert made.credibility(A) == "4"


def test_a_withdrawn_report_takes_its_claims_with_it_and_an_assessment_may_have_nothing_left() -> None:
    made = judged()
    number = made.count + 1
    made.take(assessed(A))
    assert made.take(ReportWithdrawn(at=NOW, by="reader-1", report=ONE, reason="forged")) == (number,)
    assert (made.standing(number), made.carried_by(number), made.credibility(A)) == ("unsupported", (), "6")
    for late in (graded(A), assessed(A), assessed(B, speaks_against=(A,)), ClaimWithdrawn(at=NOW, by="x", claim=A, reason="x")):
        with pytest.raises(RefusedError):
            made.take(late)
    with pytest.raises(RefusedError):
        made.take(ReportWithdrawn(at=NOW, by="reader-1", report=ONE, reason="forged"))


def test_a_copy_does_not_bring_back_what_was_withdrawn() -> None:
    made = judged()
    made.take(graded(A, "1", alike=(B,)))
    made.take(assessed(C))
    made.take(ClaimWithdrawn(at=NOW, by="reader-1", claim=A, reason="misheard"))
    assert made.stands(C)
    assert not made.counts(C)
    assert made.standing(5) == "unsupported"
    assert made.origins_of((A, B, C)) == made.origins_of((B,))


def test_another_grade_of_a_source_reaches_what_rests_on_it() -> None:
    made = judged()
    made.take(assessed(A))
    made.take(assessed(B))
    said = SourceGraded(at=NOW, by="reader-1", source=CUSTOMS, grade="D", since=date(2026, 1, 1), reason="wrong")
    assert made.take(said) == (4,)
    assert made.reliability(CUSTOMS, date(2026, 2, 1)) == "D"
    assert made.reliability("agency:efe", date(2026, 2, 1)) == "F"


def test_a_judgement_that_hangs_on_one_origin_is_found_out() -> None:
    made = judged()
    made.take(assessed(A, C))
    made.take(assessed(A, B, C))
    (alone,) = made.without_each_origin(4)
    customs = alone.origin
    assert ("norland customs" in customs, alone.remaining) == (True, ())
    assert all(each.remaining for each in made.without_each_origin(5))
    assert LeftOut(customs, (B,)) in made.without_each_origin(5)


def test_unnamed_origins_have_one_name() -> None:
    text = "LAGOS, Westland – The boats left on Monday, a {} official told Harbour Courier."
    found = ReadLineage(
        TracesInMemory(), {ONE: read(text.format("Westland customs")), TWO: read(text.format("harbour police") * 3)}
    )
    assert found.origins(ONE) == found.origins(TWO) == {UNNAMED}
    assert found.interval(dict.fromkeys((ONE, TWO), frozenset())).at_least == 1
    assert found.origins("f" * 64) == {"report:ffffffffffff"}
    assert found.interval({"f" * 64: frozenset()}) == Interval(0, 0)


def test_notes_are_withdrawn_by_their_author_only_and_never_edited() -> None:
    made = judged()
    made.take(Noted(at=NOW, by="reader-1", report=ONE, text="Ask the harbour."))
    number = made.count
    with pytest.raises(NotAuthorizedError):
        made.take(NoteWithdrawn(at=NOW, by="reader-2", note=number, reason="x"))
    made.take(NoteWithdrawn(at=NOW, by="reader-1", note=number, reason="was asked"))
    with pytest.raises(RefusedError):
        made.take(NoteWithdrawn(at=NOW, by="reader-1", note=number, reason="was asked"))
    assert made.notes[number].said.text == "Ask the harbour."


def test_a_mention_is_new_until_a_person_decides_and_a_namesake_leads_nowhere() -> None:
    made = judged()
    seen = Mentioned(
        at=NOW,
        by="reader-1",
        report=ONE,
        start=0,
        end=4,
        text="Anna",
        register="r",
        record_id="7",
        weight_bits=17.5,
        verdict="likely",
    )
    made.take(seen)
    number = made.count
    states = [made.mentions[number].state]
    for state in ("undecided", "namesake"):
        made.take(MentionDecided(at=NOW, by="reader-1", mention=number, state=state, reason="age"))
        states.append(made.mentions[number].state)
    assert states == ["new", "undecided", "namesake"]
    followed = MentionFollowed(at=NOW, by="reader-1", mention=number, how="encounter", number="3")
    with pytest.raises(RefusedError):
        made.take(followed)
    made.take(MentionDecided(at=NOW, by="reader-2", mention=number, state="confirmed", reason="passport"))
    made.take(followed)
    assert made.mentions[number].followed == [followed]


@pytest.mark.parametrize(
    "wrong",
    [
        graded("9" * 64),
        graded(A, alike=("9" * 64,)),
        graded(A, "1", override=" "),
        OverrideSeconded(at=NOW, by="x", claim=A, reason="x"),
        assessed(),
        assessed(A, speaks_against=(A,)),
        assessed(A, assessment=99),
        NoteWithdrawn(at=NOW, by="x", note=99, reason="x"),
        MentionDecided(at=NOW, by="x", mention=99, state="confirmed", reason="x"),
    ],
)
def test_what_names_nothing_is_refused_and_changes_nothing(wrong: ClaimGraded) -> None:
    made = judged()
    with pytest.raises(Error) as told:
        made.take(wrong)
    assert isinstance(told.value, InputError | RefusedError)
    assert made.count == 3


def test_the_words_of_probability_cover_the_scale_without_a_gap() -> None:
    ranges = list(LIKELIHOOD.values())
    assert (ranges[0][0], ranges[-1][1]) == (1, 99)
    assert all(high == low for (_, high), (low, _) in pairwise(ranges))


def claim(text: str, modality: str = "asserted") -> Claim:
    return Claim(0, len(text), text, modality, (), (), tuple(quantities(text, 0, len(text))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("about 300 coins in Norland", "over 1,200 coins in Norland", True),
        ("about 300 coins in Norland", "at least 320 coins in Norland", False),
        ("about 300 coins in Norland", "over 1,200 coins in Sudland", False),
        ("about 300 coins", "over 1,200 coins in Sudland", True),
        ("about 300 coins", "over 1,200 paintings", False),
        ("up to 40 boats", "hundreds of boats", True),
        ("fewer than 40 boats", "40 boats", True),
        ("40 boats", "40 boats", False),
    ],
)
def test_numbers_contradict_when_their_ranges_do_not_meet(one: str, other: str, apart: bool) -> None:  # noqa: FBT001
    found = contradictions({"a": claim(one), "b": claim(other)})
    assert [(each.one, each.other, each.why) for each in found] == ([("a", "b", "quantity")] if apart else [])


def test_what_one_says_and_another_denies_stands_side_by_side() -> None:
    said = claim("The grey boats left the northern harbour before dawn.")
    denied = claim("The ministry denied that grey boats left the northern harbour.", "denied")
    other = claim("The museum denied that any painting was ever stolen there.", "denied")
    assert [(each.one, each.other, each.why) for each in contradictions({"a": said, "b": denied, "c": other})] == [
        ("a", "b", "denied")
    ]


@pytest.mark.parametrize(
    ("qualifier", "written"),
    [("about", "about 1,200 coins"), ("exactly", "exactly 1,200 coins"), ("many", "1,200 or more coins")],
)
def test_a_quantity_is_written_as_a_reader_writes_it(qualifier: str, written: str) -> None:
    assert written_quantity(qualifier, 1200, "coins") == written
