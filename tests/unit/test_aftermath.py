"""What is left to do after a withdrawal, until it is done."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tallystick.node.reporting.aftermath import Aftermath, aftermath_of
from tallystick.reports.acts import Act, Anchor, Assessed, ClaimGraded, ClaimTaken, ClaimWithdrawn, ReportWithdrawn
from tallystick.reports.independence import Interval
from tallystick.reports.judging import Judgements
from tallystick.reports.sharing_acts import Exported

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ONE, TWO = "1" * 64, "2" * 64
SAID = {"at": NOW, "by": "reader-1"}


class Apart:
    """Reports of which each has an origin of its own."""

    def interval(self, said: Mapping[str, frozenset[str]], /) -> Interval:
        return Interval(len(said), len(said), ())

    def root(self, report: str, /) -> str:
        return report

    def origins(self, report: str, through: frozenset[str], /) -> frozenset[str]:
        return through or frozenset((report,))


def anchor(report: str, quote: str) -> Anchor:
    return Anchor(report=report, start=0, end=len(quote), quote=quote, modality="asserted", sources=())


GONE, HELPED, OTHER = anchor(ONE, "Four boats."), anchor(TWO, "Boats, four."), anchor(TWO, "A quiet day.")


def exported(form: str, to: str, report: str = ONE) -> Exported:
    return Exported(**SAID, report=report, file="f" * 64, format=form, to=to)  # type: ignore[arg-type]


def assessed(*claims: str, revises: int | None = None) -> Assessed:
    return Assessed(**SAID, judgement="They go on.", likelihood="likely", speaks_for=claims, assessment=revises)  # type: ignore[arg-type]


def graded(claim: str, grade: str, *alike: str) -> ClaimGraded:
    return ClaimGraded(**SAID, claim=claim, grade=grade, reason="read", alike=alike)  # type: ignore[arg-type]


WITHDRAWALS: tuple[Act, ...] = (
    ReportWithdrawn(**SAID, report=ONE, reason="forged"),  # type: ignore[arg-type]
    ClaimWithdrawn(**SAID, claim=GONE.id, reason="misheard"),  # type: ignore[arg-type]
)


def judged(withdrawn: Act) -> Judgements:
    """Two reports: what the second says was confirmed with the help of the first; one assessment on each, and one on neither."""
    made = Judgements(Apart())
    for each in (GONE, HELPED, OTHER):
        made.take(ClaimTaken(**SAID, anchor=each))  # type: ignore[arg-type]
    for act in (
        graded(HELPED.id, "1", GONE.id), graded(OTHER.id, "2"),
        assessed(GONE.id), assessed(HELPED.id), assessed(OTHER.id),
        exported("stix", "customs"), exported("stix", "customs"), exported("misp", ""), exported("stix", "customs", TWO),
        withdrawn,
    ):  # fmt: skip
        made.take(act)
    return made


def left(made: Judgements, report: str = ONE) -> Aftermath:
    found = aftermath_of(made, report)
    assert found is not None
    return found


def test_what_hangs_on_it_is_left_and_nothing_else() -> None:
    for withdrawn in WITHDRAWALS:
        made = judged(withdrawn)
        found = left(made)
        assert [(each.number, each.standing) for each in found.assessments] == [(6, "unsupported"), (7, "look again")]
        assert [each.id for each in found.claims] == [HELPED.id]
        assert [(each.format, each.to) for each in found.files] == [("stix", "customs"), ("misp", "")]
        assert aftermath_of(made, TWO) is None


def test_what_is_done_is_left_no_more() -> None:
    for withdrawn in WITHDRAWALS:
        made = judged(withdrawn)
        for act, remaining in (
            (graded(HELPED.id, "3"), (2, 0, 2)), (assessed(HELPED.id, revises=7), (1, 0, 2)),
            (assessed(OTHER.id, revises=6), (0, 0, 2)), (exported("misp", ""), (0, 0, 1)), (exported("stix", "radio"), (0, 0, 1)),
            (exported("stix", "customs"), (0, 0, 0)),
        ):  # fmt: skip
            made.take(act)
            found = left(made)
            assert (len(found.assessments), len(found.claims), len(found.files)) == remaining, act


def test_a_file_that_knows_of_one_withdrawal_does_not_know_of_the_next() -> None:
    made = judged(WITHDRAWALS[1])
    made.take(exported("stix", "customs"))
    made.take(WITHDRAWALS[0])
    assert [(each.format, each.to) for each in left(made).files] == [("stix", "customs"), ("misp", "")]
