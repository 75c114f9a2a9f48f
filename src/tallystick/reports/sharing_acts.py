"""Acts on reports that come from others or go to others: a handling code, what was received, what was given. Never edited."""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from tallystick.reports.acts import Act, Digest, Text
from tallystick.reports.sharing import SharedReport

Code = Annotated[str, Meta(min_length=2, max_length=400)]


class Marked(Act, frozen=True, kw_only=True):
    """A report has a handling code from now on, as `review.handling` writes it."""

    report: Digest
    handling: Code
    reason: Text


class Received(Act, frozen=True, kw_only=True):
    """Another organisation's report was taken over.

    Attributes:
        report: its id here, which is another one where the sender gave no original.
        said: what the sender says of it; its word, and none of ours.
        handling: the least code that covers the sender's and the one that held here before.
        file: SHA-256 of the file it came in.
        format: which format that was.
    """

    report: Digest
    said: SharedReport
    handling: Code
    file: Digest
    format: Annotated[str, Meta(max_length=16)]


class Exported(Act, frozen=True, kw_only=True):
    """A report was exported. `file`: SHA-256 of what was written; `to`: for whom, where somebody said so."""

    report: Digest
    file: Digest
    format: Annotated[str, Meta(max_length=16)]
    to: Annotated[str, Meta(max_length=300)] = ""


SharingAct = Marked | Received | Exported
"""Every kind of act of sharing."""


@dataclass(slots=True)
class Sharings:
    """What these acts come to, by report, oldest first.

    `outdated`: how many files of a report were written before something of it was withdrawn.
    """

    marks: dict[str, list[Marked]] = field(default_factory=dict)
    received: dict[str, list[Received]] = field(default_factory=dict)
    given: dict[str, list[Exported]] = field(default_factory=dict)
    outdated: dict[str, int] = field(default_factory=dict)

    def outdate(self, report: str) -> None:
        """Remember that what was written of a report until now does not know of a withdrawal."""
        self.outdated[report] = len(self.given.get(report, ()))

    def apply(self, act: Act) -> bool:
        """Apply an act; return whether it is one of these."""
        match act:
            case Marked():
                self.marks.setdefault(act.report, []).append(act)
            case Received():
                self.received.setdefault(act.report, []).append(act)
            case Exported():
                self.given.setdefault(act.report, []).append(act)
            case _:
                return False
        return True
