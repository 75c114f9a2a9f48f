"""What is left to do after something of a report was withdrawn: judgements to make anew, files that do not know of it. Pure.

Rules
 1. An assessment is left when it rested on what was withdrawn, or on what lost by it, until somebody revises it.
 2. A claim of another report is left while it was graded, and counts no more, or is confirmed no more, because of it.
 3. A file is left while it was written before, and none was written after for the same ones in the same format.
 4. Partners that have something that rests on the report are told by the node itself; see `casework.footings`.
"""

from datetime import datetime
from itertools import chain

import msgspec

from tallystick.reports.acts import ClaimWithdrawn, ReportWithdrawn
from tallystick.reports.grades import CONFIRMED
from tallystick.reports.judging import Judgements, Standing


class Revisable(msgspec.Struct, frozen=True):
    """An assessment that is to be revised, and how it stands."""

    number: int
    judgement: str
    standing: Standing


class Regradable(msgspec.Struct, frozen=True):
    """A claim of another report that is to be graded anew: its id, its name, as commands take it, and what it says."""

    id: str
    name: str
    report: str
    quote: str


class Owed(msgspec.Struct, frozen=True):
    """A file that does not know of the withdrawal: its format, who has it (empty where nobody said so), and since when."""

    format: str
    to: str
    at: datetime


class Aftermath(msgspec.Struct, frozen=True):
    """What is left to do after a withdrawal."""

    assessments: list[Revisable]
    claims: list[Regradable]
    files: list[Owed]


def aftermath_of(judged: Judgements, report: str) -> Aftermath | None:
    """Return what is left to do after a report, or claims of it, were withdrawn; None where nothing of it was."""
    numbers = judged.withdrawals.get(report)
    if not numbers:
        return None
    reached = set(chain.from_iterable(map(judged.reached_by, _withdrawals(judged, report))))
    return Aftermath(
        [
            Revisable(each.number, each.newest.judgement, judged.standing(each.number))
            for each in judged.assessments.values()
            if any(number in numbers for _, number in each.touched)
        ],
        [_regradable(judged, each) for each in sorted(reached) if _has_lost(judged, each, report)],
        _owed(judged, report),
    )


def _withdrawals(judged: Judgements, report: str) -> list[ReportWithdrawn | ClaimWithdrawn]:
    own = [each.withdrawn for each in judged.claims.values() if each.anchor.report == report and each.withdrawn]
    whole = judged.reports_withdrawn.get(report)
    return [*own, whole] if whole else [*own]


def _has_lost(judged: Judgements, claim: str, report: str) -> bool:
    """Tell whether a claim of another report was graded and says less than it did."""
    found = judged.claims[claim]
    if found.anchor.report == report or not found.grades or not judged.stands(claim):
        return False
    return not judged.counts(claim) or (found.grades[-1].grade == CONFIRMED and judged.credibility(claim) != CONFIRMED)


def _regradable(judged: Judgements, claim: str) -> Regradable:
    anchor = judged.claims[claim].anchor
    return Regradable(anchor.id, f"{anchor.report[:8]}:{anchor.id[:8]}", anchor.report, anchor.quote)


def _owed(judged: Judgements, report: str) -> list[Owed]:
    given, outdated = judged.sharings.given.get(report, []), judged.sharings.outdated.get(report, 0)
    known = {(each.format, each.to) for each in given[outdated:]}
    before = {(each.format, each.to): each.at for each in given[:outdated]}
    return [Owed(form, to, at) for (form, to), at in before.items() if (form, to) not in known]
