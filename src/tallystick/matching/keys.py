"""Match keys: what two nodes compare when neither may show its records.

Two records share a key if and only if the evidence they share weighs at least the threshold T of the parameter set.
The holder of an index and the one who asks make their keys differently: what is partial or uncertain is expanded by the
asker, so that the index says nothing it need not say. The keys are text; the exchange hides them.

A key asserts a weight of its own. The heaviest key two records share never weighs more than the evidence they share.

Spec: spec/match-keys-v1.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from tallystick import _native
from tallystick.matching.parameters import Parameters, default_parameters
from tallystick.model import Record, encode


def match_keys(record: Record, role: "_native.Role" = "holder", *, parameters: Parameters | None = None) -> list[str]:
    """Return the match keys of one record, sorted and distinct.

    Args:
        record: the record.
        role: "holder" for an index, "asker" for a query.
        parameters: the parameter set of the circle; the shipped one by default.
    """
    return KeyMaker(parameters).keys([encode(record)], role)[0]


@dataclass(frozen=True, slots=True)
class KeyBatch:
    """The keys of many records in five buffers, none of them a Python object for each key; `len` counts the keys.

    Attributes:
        text: the bytes of all keys, one after the other: record by record, within a record sorted and distinct.
        ends: for each key, where it ends in `text`.
        weights_tenths: for each key, what it asserts, in tenths of a bit; at least T.
        record_ends: for each record, how many keys there are up to its last one.
        cut: for each record, how many of its keys were cut by the cap on keys: lost recall.
    """

    text: bytes = field(repr=False)
    ends: memoryview = field(repr=False)
    weights_tenths: memoryview = field(repr=False)
    record_ends: memoryview = field(repr=False)
    cut: memoryview = field(repr=False)

    @classmethod
    def of(cls, maker: _native.KeyMaker, lines: Sequence[bytes], role: "_native.Role") -> "KeyBatch":
        """Make the keys of native-format lines; ValueError for a line that is no record."""
        text, *buffers = maker.packed(list(lines), role)
        ends, weights, records, cut = (memoryview(each) for each in buffers)
        return cls(text, ends.cast("Q"), weights.cast("i"), records.cast("Q"), cut.cast("I"))

    def __len__(self) -> int:
        return len(self.ends)

    def key(self, number: int) -> bytes:
        """Return one key, by its number from 0."""
        return self.text[self.ends[number - 1] if number else 0 : self.ends[number]]

    def range_of(self, record: int) -> range:
        """Return the numbers of the keys of one record, by its number from 0."""
        return range(self.record_ends[record - 1] if record else 0, self.record_ends[record])

    def keys_of(self, record: int) -> list[tuple[bytes, int]]:
        """Return the keys of one record with their weights in tenths of a bit."""
        return [(self.key(number), self.weights_tenths[number]) for number in self.range_of(record)]

    def records(self) -> Iterator[list[tuple[bytes, int]]]:
        """Yield the keys of each record, in order."""
        keys = [self.text[start:end] for start, end in zip(chain((0,), self.ends), self.ends, strict=False)]
        made = [*zip(keys, self.weights_tenths, strict=True)]
        for start, end in zip(chain((0,), self.record_ends), self.record_ends, strict=False):
            yield made[start:end]


class KeyMaker:
    """Makes match keys for many records under one parameter set."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        chosen = parameters or default_parameters()
        self._native = _native.KeyMaker(chosen.text, chosen.frequencies)

    def keys(self, lines: Sequence[bytes], role: "_native.Role") -> list[list[str]]:
        """Return the keys of each native-format line."""
        return self._native.keys(list(lines), role)

    def keys_of(self, lines: Sequence[bytes], role: "_native.Role") -> list[list[tuple[bytes, int]]]:
        """Return, for each native-format line, its keys with the weight each asserts, in tenths of a bit."""
        return list(self.batch(lines, role).records())

    def batch(self, lines: Sequence[bytes], role: "_native.Role") -> KeyBatch:
        """Return the keys of many native-format lines in a few buffers.

        For a register of a million pass some ten thousand lines at a time: a record of a population has about half a
        kilobyte of keys.

        Raises:
            ValueError: a line is no record, or the role is neither.
        """
        return KeyBatch.of(self._native, lines, role)

    def shared_weight_bits(self, asker: Record, holder: Record) -> float | None:
        """Return what the evidence shared by two records weighs, by trying everything; None when no name part is shared."""
        tenths = self._native.shared_weight(encode(asker), encode(holder))
        return None if tenths is None else tenths / 10

    def hits(self, askers: Sequence[bytes], holders: Sequence[bytes]) -> list[tuple[int, int]]:
        """Return the pairs (position of asker, position of holder) that share a key."""
        return self._native.hits(list(askers), list(holders))[0]
