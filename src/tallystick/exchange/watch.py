"""Standing watch: the key secrets of the own records under one epoch of a responder, looked up again with every delta.

The join with a delta looks at the first run of every key only: while a later run holds something, the first one does, too
(spec/exchange-v1.md, section 4). Keys that open something already are looked up anew whenever anything changed.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tallystick import _native
from tallystick.exchange.index import Delta, SealedIndex
from tallystick.exchange.key_secrets import KeySecrets, concatenated
from tallystick.exchange.requester import Hit, grouped


@dataclass(frozen=True, slots=True)
class News:
    """What a step brought: hits that are new, and hits whose every notch is gone."""

    found: list[Hit]
    withdrawn: list[Hit]


@dataclass(frozen=True, slots=True)
class Watch:
    """What a requester watches under one epoch of one responder.

    Attributes:
        parts: key secrets of its own records, each part at least twice as long as the next: so that watching more and more does
            not copy all again and again.
        hits: what they open now, by record, the heaviest first.
        opening: positions of the keys that open something, in order.
    """

    parts: tuple[KeySecrets, ...] = ()
    hits: tuple[Hit, ...] = ()
    opening: tuple[int, ...] = ()

    @classmethod
    def of(cls, keys: KeySecrets, index: SealedIndex) -> "Watch":
        """Return a watch with these key secrets."""
        return cls().more(keys, index)[0]

    @property
    def keys(self) -> KeySecrets:
        """All key secrets."""
        return self.parts[0] if len(self.parts) == 1 else concatenated(self.parts)

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def more(self, keys: KeySecrets, index: SealedIndex) -> tuple["Watch", News]:
        """Watch further key secrets: of the first records, or of new ones."""
        opened = index.open(keys.secrets)
        opening = (*self.opening, *sorted({len(self) + one.position for one in opened}))
        parts = _joined(self.parts, keys)
        if self.hits and len(keys) and min(keys.records) <= self.hits[-1].record:  # a hit of old may have got further keys
            return _looked_up(replace(self, parts=parts), opening, index)
        found = grouped(opened, keys)
        return replace(self, parts=parts, hits=(*self.hits, *found), opening=opening), News(found, [])

    def without(self, records: Iterable[int]) -> "Watch":
        """Watch some own records no longer: they expired, changed or were removed. Their secrets are gone."""
        gone, keys = set(records), self.keys
        places = [at for at, record in enumerate(keys.records) if record in gone]
        hidden = set(places)
        opening = tuple(at - bisect_left(places, at) for at in self.opening if at not in hidden)
        hits = tuple(hit for hit in self.hits if hit.record not in gone)
        return replace(self, parts=(keys.without(places),), hits=hits, opening=opening)

    def after(self, delta: Delta, index: SealedIndex) -> tuple["Watch", News]:
        """Follow a delta.

        Args:
            delta: what changed.
            index: the index after it.
        """
        keys = self.keys
        touched = _native.exchange_touched(keys.secrets, delta.added, delta.removed)
        return _looked_up(replace(self, parts=(keys,)), {*self.opening, *touched}, index)


def _looked_up(watch: Watch, positions: Iterable[int], index: SealedIndex) -> tuple[Watch, News]:
    """Look some key secrets up anew, among them all that open something."""
    places = sorted(positions)
    some = watch.keys.only(places)
    opened = index.open(some.secrets)
    now = grouped(opened, some)
    before = {(hit.record, hit.handle) for hit in watch.hits}
    after = {(hit.record, hit.handle) for hit in now}
    opening = tuple(sorted({places[one.position] for one in opened}))
    news = News(
        [hit for hit in now if (hit.record, hit.handle) not in before],
        [hit for hit in watch.hits if (hit.record, hit.handle) not in after],
    )
    return replace(watch, hits=tuple(now), opening=opening), news


def _joined(parts: tuple[KeySecrets, ...], keys: KeySecrets) -> tuple[KeySecrets, ...]:
    """Return parts with another at the end, those that are too short for what follows joined with it."""
    kept, rest = [*parts], [keys]
    while kept and len(kept[-1]) < 2 * sum(map(len, rest)):
        rest.insert(0, kept.pop())
    return (*kept, concatenated(rest) if len(rest) > 1 else keys)
