"""What this node says of one report, as it is given to others.

Rules
 1. A grade is said only where somebody gave it: nothing is made of F and 6.
 2. A mention tells that a record is there: it is given only where the code of that record allows passing on. Nothing of the
    record is given but its id and its register.
 3. An assessment is given only where the codes of all reports it rests on allow passing on.
 4. A note that was withdrawn is not given; a claim that was is given as withdrawn.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final

from tallystick.errors import InputError, RefusedError
from tallystick.node.reporting.claims import claims_of
from tallystick.node.reporting.codes import handling_of
from tallystick.node.reporting.ports import SharingShelf
from tallystick.reports.acts import Anchor
from tallystick.reports.grades import grade_on
from tallystick.reports.judging import Assessment, Judgements
from tallystick.reports.sharing import (
    SharedAssessment,
    SharedClaim,
    SharedEdge,
    SharedMention,
    SharedNote,
    SharedReport,
    SharedSource,
    short,
)
from tallystick.review.handling import Use, read_handling

MOST_ORIGINAL_BYTES: Final = 16 << 20
_LONGEST_QUOTE: Final = 20_000


class Composer:
    """Says what a node says of its reports."""

    def __init__(self, judged: Judgements, shelf: SharingShelf, sender: str, code_of: Callable[[str, str], str]) -> None:
        """Say it as things are at one moment.

        Args:
            judged: what people said.
            shelf: the reports.
            sender: this organisation.
            code_of: the handling code of a record, by register and id; empty where it has none.
        """
        self._judged = judged
        self._shelf = shelf
        self._sender = sender
        self._code_of = code_of
        self.mentions_kept_back = 0
        """How many mentions were not given, for the codes of their records."""
        self.assessments_kept_back = 0
        """How many assessments were not given, for the codes of other reports they rest on."""

    def report(self, report: str, handling: str, now: datetime) -> SharedReport:
        """Return what this node says of a report.

        Raises:
            IntegrityError: its bytes are not those that came.
        """
        reading = self._shelf.reading(report)
        withdrawn = self._judged.reports_withdrawn.get(report)
        original = self._shelf.original(report)
        claims = tuple(self._claims(report))
        return SharedReport(
            sender=self._sender, id=report, name=short(self._shelf.name(report)), at=self._shelf.arrived(report),
            headline=short(reading.first("headline")), language=reading.language, handling=handling,
            as_of=now, withdrawn=withdrawn.reason if withdrawn else "",
            sources=tuple(
                self._source(short(key), short(each.name), each.kind, each.named, now.date())
                for key, each in reading.chain.sources.items() if each.kind != "page"
            ),
            edges=tuple(
                SharedEdge(
                    giver=short(each.giver), taker=short(each.taker), cue=short(each.cue), explicit=each.basis == "explicit"
                )
                for each in reading.chain.edges
            ),
            rests_on=tuple(map(short, reading.chain.rests_on)), claims=claims, mentions=tuple(self._mentions(report)),
            notes=tuple(
                SharedNote(at=each.said.at, by=each.said.by, text=each.said.text) for each in self._judged.notes.values()
                if each.said.report == report and each.withdrawn is None
            ),
            assessments=tuple(self._assessments({each.id for each in claims})), text=reading.main,
            original=original if len(original) <= MOST_ORIGINAL_BYTES else None,
        )  # fmt: skip

    def _source(self, key: str, name: str, kind: str, named: bool, today: date) -> SharedSource:  # noqa: FBT001 - as it was read
        history = self._judged.sources.get(key, [])
        since = max((each.since for each in history if each.since <= today), default=None)
        grade = grade_on(history, today) if since else None
        return SharedSource(key=key, name=name, kind=kind, named=named, grade=grade, since=since)

    def _claims(self, report: str) -> Iterator[SharedClaim]:
        read = {key: each.anchor for key, each in claims_of(self._shelf, report).items()}
        judged = {key: each.anchor for key, each in self._judged.claims.items() if each.anchor.report == report}
        for anchor in {**judged, **read}.values():
            if len(anchor.quote) <= _LONGEST_QUOTE:
                yield self._claim(anchor)

    def _claim(self, anchor: Anchor) -> SharedClaim:
        found = self._judged.claims.get(anchor.id)
        is_graded = found is not None and bool(found.grades)
        return SharedClaim(
            id=anchor.id, start=anchor.start, end=anchor.end, quote=anchor.quote, modality=anchor.modality,
            polarity=anchor.polarity,
            sources=tuple(map(short, anchor.sources)), grade=self._judged.credibility(anchor.id) if is_graded else None,
            europol=found.grades[-1].europol if found and found.grades else None,
            withdrawn=found is not None and found.withdrawn is not None,
        )  # fmt: skip

    def _mentions(self, report: str) -> Iterator[SharedMention]:
        for each in self._judged.mentions.values():
            seen = each.seen
            if seen.report != report:
                continue
            if not self._may_be_named(seen.register, seen.record_id):
                self.mentions_kept_back += 1
                continue
            yield SharedMention(
                start=seen.start, end=seen.end, text=short(seen.text), register=short(seen.register),
                record=short(seen.record_id), verdict=seen.verdict, state=each.state,
            )  # fmt: skip

    def _may_be_named(self, register: str, record: str) -> bool:
        """Tell whether the code of a record allows passing on; what has no code, or one we cannot read, does not."""
        try:
            code = self._code_of(register, record)
            read_handling(code).check(Use.PASS_ON)
        except (InputError, RefusedError):
            return False
        return True

    def _assessments(self, claims: set[str]) -> Iterator[SharedAssessment]:
        for number, each in self._judged.assessments.items():
            rests_on = {*each.newest.speaks_for, *each.newest.speaks_against}
            if not claims & rests_on:
                continue
            if all(self._may_pass(self._judged.claims[one].anchor.report) for one in rests_on):
                yield self._assessment(number, each)
            else:
                self.assessments_kept_back += 1

    def _may_pass(self, report: str) -> bool:
        try:
            handling_of(self._judged, report).check(Use.PASS_ON)
        except RefusedError:
            return False
        return True

    def _assessment(self, number: int, found: Assessment) -> SharedAssessment:
        newest = found.newest
        return SharedAssessment(
            at=newest.at, by=newest.by, judgement=newest.judgement, likelihood=newest.likelihood, confidence=newest.confidence,
            speaks_for=newest.speaks_for, speaks_against=newest.speaks_against, standing=self._judged.standing(number),
        )  # fmt: skip
