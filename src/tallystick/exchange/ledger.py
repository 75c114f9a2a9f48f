"""What a responder remembers of its index, so that it can change it without the data the index was made of.

Rules
 1. The state is bytes: notches, tags of chaff, tags spent in this epoch, secrets of crowded keys. A store keeps, for each record,
    its handle and its tags; nothing else is needed to take the record out again.
 2. The same seed and changes give the same delta. A seed is 32 random bytes, and is used once.
 3. A record that changes keeps its handle, and the notches of the keys it keeps.

Spec: spec/exchange-v1.md, sections 4, 5.1 and 5.4.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tallystick import _native
from tallystick.errors import LocalProtocolError
from tallystick.exchange.index import Buffer, Delta, step
from tallystick.exchange.key_secrets import NOTCH_BYTES, TAG_BYTES

SEED_BYTES: Final = 32
_BASE_QUANTA: Final = 4


@dataclass(frozen=True, slots=True)
class Ledger:
    """An index as its maker knows it.

    Attributes:
        notches: the notches as they are now, sorted by tag, 15 bytes each.
        chaff: tags of those that are chaff, sorted, 8 bytes each.
        spent: tags of records and of moves that were removed in this epoch, sorted.
        crowded: key secrets with a notch behind the first run, 32 bytes each.
    """

    notches: Buffer = field(repr=False)
    chaff: bytes = field(repr=False)
    spent: bytes = field(default=b"", repr=False)
    crowded: bytes = field(default=b"", repr=False)

    def __len__(self) -> int:
        return memoryview(self.notches).nbytes // NOTCH_BYTES

    @property
    def real(self) -> int:
        """Notches that are not chaff."""
        return len(self) - len(self.chaff) // TAG_BYTES


@dataclass(frozen=True, slots=True)
class Built:
    """A new base.

    Attributes:
        ledger: its notches, and what must be remembered.
        tags: tags of the records, in the order of their numbers.
        counts: how many tags each record has.
        left_out: numbers of records left out under a key that is full, once for each such key.
    """

    ledger: Ledger
    tags: bytes = field(repr=False)
    counts: "array[int]" = field(repr=False)
    left_out: list[int] = field(repr=False)

    def tags_by_record(self) -> Iterator[bytes]:
        """Yield the tags of each record, for the store."""
        at = 0
        for count in self.counts:
            yield self.tags[at : at + count * TAG_BYTES]
            at += count * TAG_BYTES


class Builder:
    """Collects the keys of a base batch by batch. Holds 36 bytes a key, and wipes them when it goes."""

    def __init__(self) -> None:
        self._native = _native.IndexBuilder()

    def __len__(self) -> int:
        return len(self._native)

    def add_outputs(self, outputs: Buffer, records: "array[int]") -> None:
        """Take outputs of the OPRF.

        Args:
            outputs: 64 bytes each.
            records: for each, the number of its record, from 0; typecode "I".
        """
        self._append("append_outputs", outputs, records)

    def add_secrets(self, secrets: Buffer, records: "array[int]") -> None:
        """Take key secrets (32 bytes each), with the numbers of their records."""
        self._append("append_secrets", secrets, records)

    def build(self, handles: Buffer, quantum: int, seed: bytes) -> Built:
        """Make the base, and end the builder.

        Args:
            handles: 7 bytes for each record number; distinct.
            quantum: `delta_quantum` of the agreement.
            seed: 32 random bytes, used for nothing else.

        Raises:
            LocalProtocolError: a record without handle, or the builder was used before.
        """
        try:
            notches, chaff, crowded, tags, counts, left_out = self._native.finish(handles, quantum, seed)
        except ValueError as error:
            raise LocalProtocolError(str(error)) from None
        numbers = array("I")
        numbers.frombytes(counts)
        return Built(Ledger(notches, chaff, crowded=crowded), tags, numbers, left_out)

    def _append(self, method: str, keys: Buffer, records: "array[int]") -> None:
        try:
            getattr(self._native, method)(keys, memoryview(records).cast("B"))
        except ValueError as error:
            raise LocalProtocolError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Change:
    """One record as it was in the index and as it shall be.

    Attributes:
        handle: its handle.
        tags: what the store kept for it; empty for a new record.
        secrets: its key secrets now; empty for a record that goes, or becomes silent.
    """

    handle: bytes
    tags: bytes = field(default=b"", repr=False)
    secrets: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """A notch of another record that took a new place: in its tags, the former is to be replaced by the new one."""

    handle: bytes
    former: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A delta, and what to remember after it.

    Attributes:
        delta: what readers of the index get.
        ledger: the index after it.
        tags: for each change, the tags of its record from now on.
        left_out: for each change, how many of its keys were full.
        moved: what changed for records that are not among the changes.
    """

    delta: Delta
    ledger: Ledger
    tags: list[bytes] = field(repr=False)
    left_out: list[int] = field(repr=False)
    moved: list[Moved] = field(repr=False)


def as_base(held: Ledger, quantum: int, random: Callable[[int], bytes]) -> Ledger:
    """Return an index as a further base of its epoch: the same notches, and chaff for as many quanta as a base begins with.

    Args:
        held: the index as it is.
        quantum: `delta_quantum` of the agreement.
        random: source of chaff.
    """
    unit = step(held.real, quantum)
    lacking = -(-(held.real + _BASE_QUANTA * quantum) // unit) * unit - len(held)
    if len(held.chaff) // TAG_BYTES >= _BASE_QUANTA * quantum or lacking <= 0:
        return held
    view, spent = memoryview(held.notches), _Tags(held.spent, TAG_BYTES)
    notches, fresh = _Tags(view, NOTCH_BYTES), dict[bytes, bytes]()
    while len(fresh) < lacking:
        notch = random(NOTCH_BYTES)
        tag = notch[:TAG_BYTES]
        if tag not in notches and tag not in spent:
            fresh[tag] = notch
    chaff = _merged(_Tags(held.chaff, TAG_BYTES), {tag: tag for tag in fresh})
    return Ledger(_merged(notches, fresh), chaff, held.spent, held.crowded)


class _Tags:
    """Rows sorted by tag, to search in."""

    def __init__(self, rows: Buffer, width: int) -> None:
        self.rows, self.width = memoryview(rows), width

    def __len__(self) -> int:
        return self.rows.nbytes // self.width

    def __getitem__(self, at: int) -> bytes:
        return bytes(self.rows[at * self.width : at * self.width + TAG_BYTES])

    def __contains__(self, tag: bytes) -> bool:
        at = bisect_left(self, tag)
        return at < len(self) and self[at] == tag


def _merged(held: _Tags, fresh: Mapping[bytes, bytes]) -> bytes:
    """Return sorted rows with further ones, by tag, among them."""
    parts, done = list[Buffer](), 0
    for tag in sorted(fresh):
        at = bisect_left(held, tag) * held.width
        parts += [held.rows[done:at], fresh[tag]]
        done = at
    return b"".join([*parts, held.rows[done:]])


def make_delta(ledger: Ledger, changes: Sequence[Change], place: tuple[int, int], quantum: int, seed: bytes) -> Made:
    """Make the next delta.

    Args:
        ledger: the index as it is.
        changes: records that come, go or change, each once; none makes a delta of chaff alone.
        place: epoch and number of the delta.
        quantum: `delta_quantum` of the agreement.
        seed: 32 random bytes, used for nothing else.

    Raises:
        LocalProtocolError: a handle twice, a tag that is not in this index, or a seed of another length.
    """
    if len({change.handle for change in changes}) < len(changes):
        raise LocalProtocolError("a record changes twice in one delta")
    state = (ledger.notches, ledger.chaff, ledger.spent, ledger.crowded)
    given = [(change.handle, change.tags, change.secrets) for change in changes]
    try:
        added, removed, after, tags, left_out, moved = _native.exchange_plan(state, given, quantum, seed)
    except ValueError as error:
        raise LocalProtocolError(f"no delta can be made: {error}", hint="make a new base from the records") from None
    return Made(Delta(*place, added, removed), Ledger(*after), tags, left_out, [Moved(*each) for each in moved])
