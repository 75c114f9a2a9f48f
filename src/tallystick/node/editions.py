"""What an edition does to a register, row by row; the stores carry it out.

Does no I/O: a store says what it holds under the ids of a batch, and is told what to write.

Rules
 1. A row counts exactly once: added, changed, unchanged or expired; a repeated id is left out and reported.
 2. Of two rows with one id in one edition, the first stays.
 3. Equal lines are unchanged: importing the same edition again writes nothing.
 4. A row whose expiry date has come counts as expired and is not held, whatever its line says.
 5. A record that expired comes back only when its line has changed and its date lies ahead.
 6. A record that was removed and is mentioned again counts as added.
 7. A current record that only entries mention that nobody can read stays as it is: one bad cell takes nobody out of a register.
    Another entry with its id, wherever it stands, counts as if it were the only one.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Literal

from tallystick.node.ports import Change, Duplicate, EditionRow

DIGEST_BYTES = 16
UNREAD = 0
"""The position of a record that nothing has mentioned yet but entries that nobody can read."""

Count = Literal["added", "changed", "unchanged", "expired"]


class State(IntEnum):
    """What a register holds under an id; only a current record has a body, the others leave a stub."""

    CURRENT = 1
    EXPIRED = 2
    REMOVED = 3


@dataclass(frozen=True, slots=True)
class Held:
    """What the store has under an id.

    Attributes:
        number: the store's own number of the record.
        state: current, or a stub.
        digest: of the line it has or had.
        position: where this edition mentioned it already; 0 when it did not, or only in entries nobody can read.
    """

    number: int
    state: State
    digest: bytes
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """One record to write: the change, its digest, and what was held before (None: the id is new)."""

    change: Change
    row: EditionRow
    digest: bytes
    held: Held | None

    @property
    def state(self) -> State:
        """The state the record is in afterwards."""
        return State.EXPIRED if self.change == "expired" else State.CURRENT


@dataclass(slots=True)
class Plan:
    """What one batch does.

    Attributes:
        steps: what to write, in order of the rows.
        mentioned: record number and position of rows that leave the record as it is.
        duplicates: rows left out.
        counts: how the rows were counted.
    """

    steps: list[Step] = field(default_factory=list)
    mentioned: list[tuple[int, int]] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    counts: Counter[Count] = field(default_factory=Counter)


def line_digest(line: bytes) -> bytes:
    """Return what tells two lines apart."""
    return hashlib.blake2b(line, digest_size=DIGEST_BYTES).digest()


def plan_batch(rows: Sequence[EditionRow], held: Mapping[str, Held], *, today: date, register_expires_on: date | None) -> Plan:
    """Decide what a batch of an edition does.

    Args:
        rows: the batch, in the order of the source.
        held: what the store has under their ids; an id it never had is missing.
        today: the date of the import.
        register_expires_on: when records expire that do not say so themselves.

    Returns:
        The plan; see the rules above.
    """
    plan = Plan()
    first: dict[str, int] = {}
    for row in rows:
        before = held.get(row.record_id)
        earlier = first.get(row.record_id) or (before.position if before else 0)
        if earlier:
            plan.duplicates.append(Duplicate(position=row.position, first=earlier))
            continue
        first[row.record_id] = row.position
        _plan_row(plan, row, before, is_over=has_expired(row.expires_on or register_expires_on, today))
    return plan


def plan_kept(held: Mapping[str, Held]) -> list[int]:
    """Return the numbers of the records that stay as they are, of those whose entries could not be read."""
    return [found.number for found in held.values() if found.state is State.CURRENT and not found.position]


def has_expired(expires_on: date | None, today: date) -> bool:
    """Tell whether a record with this expiry date may no longer be used today."""
    return expires_on is not None and expires_on <= today


def _plan_row(plan: Plan, row: EditionRow, before: Held | None, *, is_over: bool) -> None:
    digest = line_digest(row.line)
    count, change = _change(before, digest, is_over=is_over)
    plan.counts[count] += 1
    if change is not None:
        plan.steps.append(Step(change, row, digest, before))
    elif before is not None:
        plan.mentioned.append((before.number, row.position))


def _change(before: Held | None, digest: bytes, *, is_over: bool) -> tuple[Count, Change | None]:
    state = State.REMOVED if before is None else before.state
    is_same = before is not None and before.digest == digest
    if state is State.EXPIRED and (is_over or is_same):
        return "expired", None
    if is_over:
        return "expired", "expired"
    if state is State.REMOVED:
        return "added", "added"
    return ("unchanged", None) if is_same else ("changed", "changed")


def index_difference(old: Iterable[int], new: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return what leaves the index and what enters it, each once."""
    before, after = set(old), set(new)
    return before - after, after - before
