"""What a place in a report is worth: the claims it stands in, the worst grade somebody gave, copies of what was withdrawn."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from tallystick.reports.acts import Act, Anchor, ClaimGraded, ClaimTaken, ClaimWithdrawn, ReportWithdrawn, SourceGraded
from tallystick.reports.independence import Interval
from tallystick.reports.judging import Judgements
from tallystick.reports.worth import Worth, worth_at

NOW, DAY = datetime(2026, 5, 1, tzinfo=UTC), date(2026, 5, 1)
ONE, COPY = "1" * 64, "2" * 64
CUSTOMS, RADIO = "organisation:customs", "outlet:radio"


def claim(start: int, *sources: str, report: str = ONE) -> Anchor:
    return Anchor(report=report, start=start, end=start + 10, quote=f"claim {start}", modality="asserted", sources=sources)


FIRST, SECOND = claim(0, CUSTOMS), claim(20, RADIO)


class Copies:
    """COPY is derived from ONE."""

    def interval(self, reports: Mapping[str, frozenset[str]], /) -> Interval:
        return Interval(len(reports), len(reports), ())

    def root(self, _report: str, /) -> str:
        return ONE

    def origins(self, report: str, _through: frozenset[str], /) -> frozenset[str]:
        return frozenset({report})


def worth(*acts: Act, place: tuple[int, int] = (2, 5), report: str = ONE, day: date = DAY) -> Worth:
    judged = Judgements(Copies())
    for act in acts:
        judged.take(act)
    read = [FIRST, SECOND] if report == ONE else [claim(0, CUSTOMS, report=COPY)]
    return worth_at(judged, read, (report, *place), day)


def taken(anchor: Anchor) -> ClaimTaken:
    return ClaimTaken(at=NOW, by="o", anchor=anchor)


def graded(anchor: Anchor, grade: str) -> ClaimGraded:
    return ClaimGraded(at=NOW, by="o", claim=anchor.id, grade=grade, reason="r")  # type: ignore[arg-type]


def source(key: str, grade: str, since: date = DAY) -> SourceGraded:
    return SourceGraded(at=NOW, by="o", source=key, grade=grade, since=since, reason="r")  # type: ignore[arg-type]


def gone(anchor: Anchor) -> ClaimWithdrawn:
    return ClaimWithdrawn(at=NOW, by="o", claim=anchor.id, reason="r")


def test_nobody_can_say_before_somebody_does() -> None:
    assert worth() == Worth(is_withdrawn=False, credibility="6", reliability="F")
    assert worth(taken(FIRST)) == Worth(is_withdrawn=False, credibility="6", reliability="F")


def test_the_claim_a_place_stands_in_counts_and_no_other() -> None:
    acts = (taken(FIRST), taken(SECOND), graded(FIRST, "4"), graded(SECOND, "2"))
    assert worth(*acts).credibility == "4"
    assert worth(*acts, place=(22, 25)).credibility == "2"
    assert worth(*acts, place=(8, 24)).credibility == "4", "the worst of both"
    assert worth(*acts, place=(12, 18)).credibility == "4", "in none: all of the report"
    assert worth(*acts, graded(FIRST, "6")).credibility == "6"


def test_a_source_counts_where_nobody_has_judged_the_claim_and_from_its_day_on() -> None:
    assert worth(source(CUSTOMS, "D"), source(RADIO, "E")) == Worth(is_withdrawn=False, credibility="6", reliability="D")
    later = source(CUSTOMS, "E", date(2026, 6, 1))
    assert worth(source(CUSTOMS, "B"), later).reliability == "B"
    assert worth(source(CUSTOMS, "B"), later, day=date(2026, 6, 1)).reliability == "E"


def test_what_is_said_there_is_withdrawn_with_its_claim_or_its_report() -> None:
    assert worth(taken(FIRST), gone(FIRST)).is_withdrawn
    assert not worth(taken(SECOND), gone(SECOND)).is_withdrawn
    both = (taken(FIRST), taken(SECOND), graded(SECOND, "3"))
    assert worth(*both, gone(FIRST), place=(8, 24)) == Worth(is_withdrawn=False, credibility="3", reliability="F"), (
        "one of two is left"
    )
    assert worth(*both, gone(FIRST), gone(SECOND), place=(8, 24)).is_withdrawn
    assert worth(ReportWithdrawn(at=NOW, by="o", report=ONE, reason="r")).is_withdrawn


@pytest.mark.parametrize("act", [ReportWithdrawn(at=NOW, by="o", report=ONE, reason="r"), gone(FIRST)])
def test_a_copy_of_what_was_withdrawn_carries_nothing(act: Act) -> None:
    copied = claim(0, CUSTOMS, report=COPY)
    assert worth(taken(FIRST), taken(copied), graded(copied, "2"), act, report=COPY).is_withdrawn
