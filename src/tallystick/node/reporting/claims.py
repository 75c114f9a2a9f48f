"""Claims by the words people name them with: REPORT:CLAIM, both as ids or what they begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tallystick.errors import InputError
from tallystick.node.reporting.ports import Shelf
from tallystick.reports import Reading
from tallystick.reports.acts import Anchor, ClaimTaken
from tallystick.reports.chain import source_of
from tallystick.reports.claims import Claim
from tallystick.reports.judging import Judgements

_HINT = "write REPORT:CLAIM, as `tallystick report claims REPORT` shows them"


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim and where it stands in the document."""

    anchor: Anchor
    claim: Claim


def claims_of(shelf: Shelf, report: str) -> dict[str, PlacedClaim]:
    """Return the claims of a report by id, in its order."""
    return {each.anchor.id: each for each in placed(report, shelf.reading(report))}


def placed(report: str, reading: Reading) -> Iterator[PlacedClaim]:
    """Yield the claims of a reading of a report."""
    behind: dict[int, dict[str, None]] = {}
    for one in reading.attributions:
        if one.counts:
            behind.setdefault(one.start, {})[source_of(one.source, one.kind).key] = None
    for each in reading.claims:
        start, end = reading.place(each.start, each.end)
        sources = tuple(behind.get(each.start, ()))
        anchor = Anchor(
            report=report, start=start, end=end, quote=each.quote, modality=each.modality, sources=sources, polarity=each.polarity
        )  # fmt: skip
        yield PlacedClaim(anchor, each)


class ClaimFinder:
    """Finds claims by their names, and takes those that nobody has judged yet."""

    def __init__(self, shelf: Shelf, judged: Judgements, at: datetime, by: str) -> None:
        self._shelf = shelf
        self._judged = judged
        self._at = at
        self._by = by
        self.taken: dict[str, ClaimTaken] = {}
        """The acts that come before any other on these claims."""

    def find(self, name: str) -> str:
        """Return the id of a claim.

        Raises:
            InputError: the name is none, or means no claim, or several.
        """
        report, _, words = name.partition(":")
        if not report or not words:
            raise InputError("a claim is named by its report and itself", hint=_HINT)
        whole = self._shelf.id_of(report)
        read = claims_of(self._shelf, whole)
        # What was judged stays what it is, also where a newer version reads the sentence otherwise.
        known = {each for each, claim in self._judged.claims.items() if claim.anchor.report == whole}
        found = [each for each in {*read, *known} if each.startswith(words.lower())]
        if len(found) != 1:
            what = "has no claim" if not found else f"has {len(found)} claims that begin with"
            raise InputError(f"report {whole[:12]} {what} {words[:64]}", hint=_HINT)
        (claim,) = found
        if claim not in self._judged.claims:
            self.taken[claim] = ClaimTaken(at=self._at, by=self._by, anchor=read[claim].anchor)
        return claim
