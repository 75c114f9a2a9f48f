"""An edition on its way into a store: decides batch by batch, lets the store's writer write. Knows no SQL."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Protocol

from tallystick.adapters.store_values import utc
from tallystick.node.editions import UNREAD, Count, Held, Step, plan_batch, plan_kept
from tallystick.node.ports import Coverage, Duplicate, EditionInfo, EditionRow, Order


class Writer(Protocol):
    """Changes one register inside one transaction; `edition` is the number this edition will get."""

    edition: int

    def held(self, ids: Sequence[str]) -> Mapping[str, Held]:
        """Return what the register has under these ids, and where this edition mentioned them already."""
        ...

    def write(self, steps: Sequence[Step]) -> None:
        """Write records with their history, and remember where the edition mentions them."""
        ...

    def mention(self, numbers: Iterable[tuple[int, int]]) -> None:
        """Remember record numbers with the position that mentions them; a later one counts."""
        ...

    def count_unread(self) -> int:
        """Return how many records nothing mentions but entries that nobody can read."""
        ...

    def remove_unmentioned(self) -> int:
        """Take out what the edition did not mention; return how many."""
        ...

    def merge(self) -> None:
        """Bring the indexes in line with what was written."""
        ...

    def record(self, info: EditionInfo) -> None:
        """Keep the edition in the list of editions."""
        ...

    def confirm(self, info: EditionInfo) -> EditionInfo | None:
        """Note on the edition in force that it was seen again, and return it; None before the first."""
        ...


class StoreEdition:
    """See `node.ports.Edition`; `is_finished` and `has_changed` tell the store whether to commit."""

    def __init__(
        self,
        writer: Writer,
        order: Order,
        *,
        register_expires_on: date | None,
        translated: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.is_finished = False
        self._writer = writer
        self._order = order
        self._register_expires_on = register_expires_on
        self._translated = translated
        self._counts: Counter[Count] = Counter()
        self.has_changed = False
        self.kept = 0

    def put(self, rows: Sequence[EditionRow]) -> list[Duplicate]:
        with self._translated():
            held = self._writer.held([row.record_id for row in rows])
            plan = plan_batch(rows, held, today=self._order.at.date(), register_expires_on=self._register_expires_on)
            self._writer.write(plan.steps)
            self._writer.mention(plan.mentioned)
        self._counts.update(plan.counts)
        self.has_changed |= bool(plan.steps)
        return plan.duplicates

    def keep(self, ids: Sequence[str]) -> None:
        with self._translated():
            self._writer.mention((number, UNREAD) for number in plan_kept(self._writer.held(ids)))

    def finish(self, *, quarantined: int = 0, not_persons: int = 0) -> EditionInfo:
        with self._translated():
            self.kept = self._writer.count_unread()
            removed = self._writer.remove_unmentioned() if self._order.coverage is Coverage.COMPLETE else 0
            info = self._info(quarantined=quarantined, not_persons=not_persons, removed=removed)
            if self.has_changed or removed:
                self._writer.merge()
                self._writer.record(info)
            else:
                info = self._confirmed(info)
        self.is_finished = True
        return info

    def _confirmed(self, info: EditionInfo) -> EditionInfo:
        newest = self._writer.confirm(info)
        if newest is None:
            return replace(info, edition=0)
        return replace(info, edition=newest.edition, origin=newest.origin, digest=newest.digest, at=newest.at)

    def _info(self, *, quarantined: int, not_persons: int, removed: int) -> EditionInfo:
        return EditionInfo(
            edition=self._writer.edition,
            origin=self._order.origin,
            digest=self._order.digest,
            at=utc(self._order.at),
            confirmed_at=utc(self._order.at),
            added=self._counts["added"],
            changed=self._counts["changed"],
            unchanged=self._counts["unchanged"],
            expired=self._counts["expired"],
            quarantined=quarantined,
            not_persons=not_persons,
            removed=removed,
        )
