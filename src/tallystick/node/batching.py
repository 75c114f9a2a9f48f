"""Own records in batches that fill requests: what is asked together in bulk.

A batch holds whole records. It is as large as a request of the most points, so that little of one is padding.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tallystick.exchange import messages
from tallystick.exchange.requester import AskedKeys

BULK_KEYS = messages.BULK_SIZES[-1]
"""Keys of own records that are asked together in bulk, in one request; what is lost when the process dies."""
ONLINE_KEYS = 8 * messages.SIZES[-1]
"""The same under another purpose, in eight requests: less of each is padding."""
KEYED_TOGETHER = 1024
"""Own records whose keys are made together."""
_R = TypeVar("_R")


@dataclass(slots=True)
class Batch(Generic[_R]):
    """Own records with their keys.

    Attributes:
        records: the records.
        keys: their match keys.
        weights: what each key weighs, in tenths of a bit.
        numbers: for each key, which of `records` it is of.
    """

    records: list[_R] = field(default_factory=list, repr=False)
    keys: list[bytes] = field(default_factory=list, repr=False)
    weights: list[int] = field(default_factory=list, repr=False)
    numbers: list[int] = field(default_factory=list, repr=False)

    def add(self, record: _R, keys: Sequence[tuple[bytes, int]]) -> None:
        """Take a record with its keys and their weights."""
        self.keys += [key for key, _ in keys]
        self.weights += [weight for _, weight in keys]
        self.numbers += [len(self.records)] * len(keys)
        self.records.append(record)

    def asked(self, first: int = 0) -> AskedKeys:
        """Return the keys as they are asked, records numbered from `first`."""
        return AskedKeys(self.keys, self.weights, (first + number for number in self.numbers))


def batches(keyed: Iterable[tuple[_R, Sequence[tuple[bytes, int]]]], most: int) -> Iterator[Batch[_R]]:
    """Yield records, as many at a time as have so many keys; one that has more alone."""
    batch: Batch[_R] = Batch()
    for record, keys in keyed:
        if batch.records and len(batch.keys) + len(keys) > most:
            yield batch
            batch = Batch()
        batch.add(record, keys)
    if batch.records:
        yield batch
