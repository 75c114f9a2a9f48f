"""What casework remembers of persons beside cases: identifications, namesakes who are not the person, restrictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationRow:
    """A person said whether who was met is a record of ours; a later one revises it."""

    encounter: int
    register: str
    record_id: str
    verdict: str
    reason: str = field(repr=False)
    officer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeRow:
    """A namesake who is not the person of a false hit, and agreed that this is remembered.

    Attributes:
        id: its number at this node; 0 before it is stored.
        case: the case that was decided not-same; its partner and handle are the false hit.
        line: what tells him apart, in the record format.
        consent: how and when he agreed, in an officer's words.
        officer, at: who attached it, when.
        revoked_at: when he took it back; None while it holds. Then the line is gone.
    """

    id: int = 0
    case: int
    circle: str
    partner: str
    epoch: int
    handle: bytes
    line: bytes = field(repr=False)
    consent: str = field(repr=False)
    officer: str
    at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionRow:
    """What is held of a record may not be told to the person; `ground` is the law that says so."""

    register: str
    record_id: str
    ground: str
    officer: str
    at: datetime


class PeopleState(Protocol):
    """What a node remembers of persons. Every method that writes is one transaction, or part of `together`."""

    def put_identification(self, row: IdentificationRow) -> None: ...
    def identifications(self, *, encounter: int = 0, register: str = "", record_id: str = "") -> list[IdentificationRow]:
        """Return what was said, oldest first."""
        ...

    def put_not_me(self, row: NotMeRow) -> int: ...
    def not_me(self, number: int) -> NotMeRow: ...
    def not_me_rows(self, circle: str = "", partner: str = "", *, held: bool = False) -> list[NotMeRow]: ...
    def revoke_not_me(self, number: int, at: datetime) -> None:
        """Take one back; its line is overwritten."""
        ...

    def put_restriction(self, row: RestrictionRow) -> None: ...
    def restrictions(self) -> list[RestrictionRow]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRow:
    """A mention of a record in a report: its number, the report's id, the words, and what people decided of it last."""

    number: int
    report: str
    text: str = field(repr=False)
    state: str


class Mentioning(Protocol):
    """The reports of a node, as what is held of a person asks for them."""

    def __call__(self, place: tuple[str, str], /) -> Sequence[MentionRow]:
        """Return the recorded mentions of a record, by its register and id."""
        ...


def nowhere(_place: tuple[str, str]) -> Sequence[MentionRow]:
    """Return that no report mentions a record."""
    return ()


class Counts(Protocol):
    """What the log says of questions: how many we asked each partner, and answered each."""

    def __call__(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        """Return (asked, answered) by circle and partner."""
        ...
