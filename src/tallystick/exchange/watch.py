"""Standing watch: the key secrets of the own records under one epoch of a responder, looked up again with every delta.

The join with a delta looks at the first run of every key only: while a later run holds something, the first one does, too
(spec/exchange-v1.md, section 4). Keys that open something already are looked up anew whenever anything changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from tallystick import _native
from tallystick.exchange.index import Delta, Opened, SealedIndex
from tallystick.exchange.key_secrets import KeySecrets
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
        keys: key secrets of its own records.
        hits: what they open now.
        opening: positions of the keys that open something.
    """

    keys: KeySecrets = field(default_factory=KeySecrets)
    hits: tuple[Hit, ...] = ()
    opening: tuple[int, ...] = ()

    def more(self, keys: KeySecrets, index: SealedIndex) -> tuple[Self, News]:
        """Watch further key secrets: of the first records, or of new ones."""
        joined = self.keys.joined(keys)
        here = [Opened(at + len(self.keys), tag, handle) for at, tag, handle in index.open(keys.secrets)]
        opening = {*self.opening, *(one.position for one in here)}
        return self._looked_up(joined, index, opening)

    def without(self, records: Iterable[int]) -> Self:
        """Watch some own records no longer: they expired, changed or were removed. Their secrets are gone."""
        gone = set(records)
        kept = [at for at, record in enumerate(self.keys.records) if record not in gone]
        place = {at: new for new, at in enumerate(kept)}
        opening = tuple(sorted(place[at] for at in self.opening if at in place))
        return replace(
            self, keys=self.keys.only(kept), hits=tuple(hit for hit in self.hits if hit.record not in gone), opening=opening
        )

    def after(self, delta: Delta, index: SealedIndex) -> tuple[Self, News]:
        """Follow a delta.

        Args:
            delta: what changed.
            index: the index after it.
        """
        touched = _native.exchange_touched(self.keys.secrets, delta.added, delta.removed)
        return self._looked_up(self.keys, index, {*self.opening, *touched})

    def _looked_up(self, keys: KeySecrets, index: SealedIndex, positions: set[int]) -> tuple[Self, News]:
        places = sorted(positions)
        some = keys.only(places)
        opened = index.open(some.secrets)
        now = grouped(opened, some)
        before = {(hit.record, hit.handle) for hit in self.hits}
        after = {(hit.record, hit.handle) for hit in now}
        opening = tuple(sorted({places[one.position] for one in opened}))
        news = News(
            [hit for hit in now if (hit.record, hit.handle) not in before],
            [hit for hit in self.hits if (hit.record, hit.handle) not in after],
        )
        return replace(self, keys=keys, hits=tuple(now), opening=opening), news
