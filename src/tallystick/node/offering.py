"""What this node offers to its circles: sealed indexes of its registers, and the deltas that keep them true.

Rules
 1. What is indexed is what the registers hold now, less the silent records; a record that is gone, expired, changed or fell
    silent is out of the next manifest. What a record does not say of its custody, its register says.
 2. A record that changes keeps its handle; handles of two records never meet.
 3. A further base of an epoch is the index as it is, never made anew: what stays keeps its notches. With other handles whoever
    holds both bases would see which notches belong together, and all hits would come and go.

Spec: spec/exchange-v1.md, sections 4 and 5.
"""

import hashlib
import threading
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import msgspec

from tallystick.exchange import canonical, index, ledger
from tallystick.exchange.agreement import Circle
from tallystick.exchange.key_secrets import HANDLE_BYTES, NOTCH_BYTES, TAG_BYTES, key_secrets, new_handles
from tallystick.exchange.key_secrets import rows as rows_of
from tallystick.exchange.ledger import Change, Ledger, Made
from tallystick.exchange.manifest import Base, DeltaLine
from tallystick.model import Custody
from tallystick.node.context import NodeContext, Report, silent
from tallystick.node.editions import has_expired
from tallystick.node.epochs import Epochs, OwnEpoch
from tallystick.node.exchange_ports import LedgerRow, Offer
from tallystick.node.own_manifests import STATE_FILES, OwnManifests, Published, Rows

BATCH = 2_000
"""Records keyed and evaluated together."""
MOST_DELTAS = 256
"""After so many deltas a new base is made: partners that come late fetch less."""
DIGEST_BYTES = 16


class _Custody(msgspec.Struct):
    handling_code: str | None = None
    expires_on: date | None = None


class _Facts(msgspec.Struct):
    """What a line says that decides whether it may be used, and for what."""

    id: str
    custody: _Custody = msgspec.field(default_factory=_Custody)


@dataclass(frozen=True, slots=True)
class Line:
    """One record that is offered: where it is, the digest of its line, and the line."""

    register: str
    record_id: str
    digest: bytes
    line: bytes

    @property
    def place(self) -> tuple[str, str]:
        """Register and id."""
        return self.register, self.record_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a publication did."""

    circle: str
    epoch: int
    manifest: int
    records: int
    notches: int
    added: int
    removed: int
    left_out: int
    """Keys that too many records share, and that are therefore not found under them."""


class Offering:
    """What one node offers."""

    def __init__(self, node: NodeContext, epochs: Epochs) -> None:
        self.manifests = OwnManifests(node)
        self._node = node
        self._epochs = epochs
        self._lock = threading.Lock()

    def lines(self, circle: str, *, with_silent: bool = False) -> Iterator[Line]:
        """Yield the records a circle may find; with the silent ones, those this node asks with. None that has expired."""
        for offer in self._node.state.offers(circle):
            rules = _Rules(offer, self._node.records.custody(offer.register), self._node.now().date())
            for line in self._node.records.lines(offer.register):
                facts = msgspec.json.decode(line, type=_Facts)
                if not rules.expired(facts) and (with_silent or not rules.silent(facts)):
                    yield Line(offer.register, facts.id, hashlib.sha256(line).digest()[:DIGEST_BYTES], line)

    def mark(self, circle: str) -> bytes:
        """Return what `lines` follow from: while it is the same, so are they, and need not be read again."""
        said = [
            (offer.register, offer.silent_codes, offer.silent_ids, self._node.records.custody(offer.register))
            for offer in self._node.state.offers(circle)
        ]
        today = self._node.now().date()
        return hashlib.sha256(msgspec.json.encode([said, today, self._node.records.revisions()])).digest()

    def publish(self, circle: Circle, report: Report = silent) -> Publication | None:
        """Bring the index of a circle up to date; returns None where nothing has changed.

        Args:
            circle: the circle in force.
            report: told how far it is.
        """
        name = circle.agreement.circle
        with self._lock:
            offers = self._node.state.offers(name)
            if not offers and not self._epochs.open(circle):
                return None
            own = self._epochs.current(circle)
            key = f"offered/{name}/{own.row.epoch}"
            seen = self.mark(name)  # before the lines: what changes meanwhile is found the next time
            if self._node.state.value(key) == seen:
                return None
            publication = self._publish(circle, own, bool(offers), report)
            self._node.state.put_value(key, seen)
            return publication

    def _publish(self, circle: Circle, own: OwnEpoch, is_offering: bool, report: Report) -> Publication | None:  # noqa: FBT001
        self._publish_former(circle, own.row.epoch, report)
        published = self.manifests.published(circle.agreement.circle, own.row.epoch)
        if published is None and not is_offering:
            return None
        if published is None:
            return self._publish_first(circle, own, report)
        return self._publish_changes(circle, own, published, report)

    def _publish_former(self, circle: Circle, current: int, report: Report) -> None:
        """Take what is gone or changed out of the indexes of former epochs that are still answered."""
        for number, former in self._epochs.open(circle).items():
            published = self.manifests.published(circle.agreement.circle, number)
            if number != current and published:
                self._publish_changes(circle, former, published, report, removing=True)

    # --- the first base of an epoch ----------------------------------------------------------------------------------

    def _publish_first(self, circle: Circle, own: OwnEpoch, report: Report) -> Publication:
        name, epoch = circle.agreement.circle, own.row.epoch
        rows, handles, built = self._build(circle, own, report)
        base = self._written(name, epoch, built.ledger, (1, 0), report)
        manifest = self.manifests.next(circle, own, base, (), len(rows))
        sealed = zip(rows, rows_of(handles, HANDLE_BYTES), built.tags_by_record(), strict=True)
        put = (
            LedgerRow(register=register, record_id=record_id, digest=digest, handle=handle, tags=tags)
            for (register, record_id, digest), handle, tags in sealed
        )
        state = Published(manifest=manifest.number, base=1, delta=0)
        self.manifests.commit(circle, manifest, built.ledger, state, Rows(put, anew=True))
        return Publication(
            circle=name, epoch=epoch, manifest=manifest.number, records=len(rows), notches=base.notches,
            added=base.notches, removed=0, left_out=len(built.left_out),
        )  # fmt: skip

    def _build(self, circle: Circle, own: OwnEpoch, report: Report) -> tuple[list[tuple[str, str, bytes]], bytes, ledger.Built]:
        """Return register, id and digest of each record, their handles, and the index over them."""
        name = circle.agreement.circle
        keys = self._node.keys(circle.agreement.threshold_tenths)
        total = sum(self._node.records.count(offer.register) for offer in self._node.state.offers(name))
        builder = ledger.Builder()
        rows: list[tuple[str, str, bytes]] = []
        for batch in _batches(self.lines(name)):
            made = keys([line.line for line in batch], "holder")
            numbers = array("I", [number for number, each in enumerate(made, len(rows)) for _ in each])
            flat = [key for each in made for key, _ in each]
            if flat:
                builder.add_outputs(own.server.evaluate_batch(flat), numbers)
            rows += [(line.register, line.record_id, line.digest) for line in batch]
            report("sealing", len(rows), total)
        handles = new_handles(len(rows), self._node.random(ledger.SEED_BYTES))
        return rows, handles, builder.build(handles, circle.agreement.delta_quantum, self._node.random(ledger.SEED_BYTES))

    def _written(self, circle: str, epoch: int, held: Ledger, place: tuple[int, int], report: Report) -> Base:
        """Write a base; returns it as its manifest names it.

        Args:
            circle: of which circle.
            epoch: of which epoch.
            held: what it holds.
            place: its number, and that of the newest delta in it.
            report: told that it is written.
        """
        report("writing the index", 0, 0)
        leaves: list[bytes] = []
        parts = (_hashed(part, leaves) for part in index.segments(held.notches))
        self._node.files(circle, self._node.id, epoch).write(f"base-{place[0]}", parts)
        return Base(delta=place[1], notches=len(held), number=place[0], root=index.root(leaves), segments=len(leaves))

    # --- what changes ------------------------------------------------------------------------------------------------

    def _publish_changes(
        self, circle: Circle, own: OwnEpoch, published: Published, report: Report, *, removing: bool = False
    ) -> Publication | None:
        """Publish what has changed, in a delta, or in the next base where there are many deltas or this one would be too long.

        In the index of a former epoch that is only that records are gone, or are not as they were.
        """
        name, epoch = circle.agreement.circle, own.row.epoch
        known = {(row.register, row.record_id): row for row in self._node.state.ledger(name, epoch)}
        fresh, gone = self._difference(name, known, report)
        if removing:
            gone, fresh = [*gone, *(line.place for line in fresh if line.place in known)], []
        if not fresh and not gone:
            return None
        files = self._node.files(name, self._node.id, epoch)
        suffix = f"-{published.manifest}"
        chaff, spent, crowded = (files.read(part + suffix) for part in STATE_FILES[1:])
        held = Ledger(files.mapped(STATE_FILES[0] + suffix), chaff, spent, crowded)
        changes, handles = self._changes(circle, own, known, fresh, gone)
        place = (epoch, published.delta + 1)
        made = ledger.make_delta(held, changes, place, circle.agreement.delta_quantum, self._node.random(ledger.SEED_BYTES))
        base, lines = self.manifests.newest_lines(name, epoch)
        after, line = made.ledger, None
        if len(lines) >= MOST_DELTAS or made.delta.size > index.MAX_DELTA_BYTES:
            after = ledger.as_base(after, circle.agreement.delta_quantum, self._node.random)
            base = self._written(name, epoch, after, (published.base + 1, published.delta), report)
            lines = []
        else:
            raw = index.encode_delta(made.delta)
            files.write(f"delta-{place[1]}", [raw])
            line = _delta_line(made, raw)
        records = len(known) - len(gone) + sum(each.place not in known for each in fresh)
        manifest = self.manifests.next(circle, own, base, [*lines, line] if line else lines, records)
        state = Published(manifest=manifest.number, base=base.number, delta=published.delta + bool(line))
        put = self._rows_after(known, fresh, handles, made)
        self.manifests.commit(circle, manifest, after, state, Rows(put, gone, removes=bool(made.delta.removed)))
        for part in STATE_FILES:
            files.remove(part + suffix)
        return Publication(
            circle=name, epoch=epoch, manifest=manifest.number, records=records, notches=len(after),
            added=len(made.delta.added) // NOTCH_BYTES, removed=len(made.delta.removed) // TAG_BYTES,
            left_out=sum(made.left_out),
        )  # fmt: skip

    def _difference(
        self, circle: str, known: dict[tuple[str, str], LedgerRow], report: Report
    ) -> tuple[list[Line], list[tuple[str, str]]]:
        """Return the records that are new or changed, and the places of those that are gone."""
        fresh, seen = [], set()
        for count, line in enumerate(self.lines(circle), 1):
            seen.add(line.place)
            row = known.get(line.place)
            if row is None or row.digest != line.digest:
                fresh.append(line)
            if count % BATCH == 0:
                report("comparing", count, len(known))
        return fresh, [place for place in known if place not in seen]

    def _changes(
        self,
        circle: Circle,
        own: OwnEpoch,
        known: dict[tuple[str, str], LedgerRow],
        fresh: list[Line],
        gone: list[tuple[str, str]],
    ) -> tuple[list[Change], list[bytes]]:
        """Return the changes of the ledger, those of fresh lines first, and the handles of the fresh lines."""
        keys = self._node.keys(circle.agreement.threshold_tenths)
        made = keys([line.line for line in fresh], "holder") if fresh else []
        handles = self._handles(known, fresh)
        changes = []
        for line, each, handle in zip(fresh, made, handles, strict=True):
            secrets = key_secrets(own.server.evaluate_batch([key for key, _ in each])) if each else b""
            row = known.get(line.place)
            changes.append(Change(handle, row.tags if row else b"", secrets))
        changes += [Change(known[place].handle, known[place].tags) for place in gone]
        return changes, handles

    def _handles(self, known: dict[tuple[str, str], LedgerRow], fresh: list[Line]) -> list[bytes]:
        """Return a handle for each fresh line: the one it has, or a new one that nobody has."""
        taken = {row.handle for row in known.values()}
        handles = []
        for line in fresh:
            row = known.get(line.place)
            handle = row.handle if row else self._node.random(HANDLE_BYTES)
            while row is None and handle in taken:
                handle = self._node.random(HANDLE_BYTES)
            taken.add(handle)
            handles.append(handle)
        return handles

    def _rows_after(
        self, known: dict[tuple[str, str], LedgerRow], fresh: list[Line], handles: list[bytes], made: Made
    ) -> list[LedgerRow]:
        """Return the rows of the ledger that changed: fresh records, and others whose entries moved."""
        rows = {
            handle: LedgerRow(register=line.register, record_id=line.record_id, digest=line.digest, handle=handle, tags=tags)
            for line, handle, tags in zip(fresh, handles, made.tags[: len(fresh)], strict=True)
        }
        if made.moved:
            by_handle = {row.handle: row for row in known.values()}
            for moved in made.moved:
                row = rows.get(moved.handle) or by_handle[moved.handle]
                rows[moved.handle] = _moved(row, moved)
        return list(rows.values())


class _Rules:
    """Which records of an offer may be used, and for what."""

    def __init__(self, offer: Offer, custody: Custody, today: date) -> None:
        self._codes = frozenset(offer.silent_codes)
        self._ids = frozenset(offer.silent_ids)
        self._custody = custody
        self._today = today

    def silent(self, facts: _Facts) -> bool:
        """Tell whether a record must not be in an index."""
        code = self._custody.handling_code if facts.custody.handling_code is None else facts.custody.handling_code
        return facts.id in self._ids or code in self._codes

    def expired(self, facts: _Facts) -> bool:
        """Tell whether a record may not be used any more, though nobody has taken it out of its register yet."""
        expires_on = self._custody.expires_on if facts.custody.expires_on is None else facts.custody.expires_on
        return has_expired(expires_on, self._today)


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _hashed(segment: memoryview, leaves: list[bytes]) -> memoryview:
    leaves.append(index.leaf(segment))
    return segment


def _delta_line(made: Made, raw: bytes) -> DeltaLine:
    added, removed = len(made.delta.added) // NOTCH_BYTES, len(made.delta.removed) // TAG_BYTES
    return DeltaLine(added=added, digest=canonical.digest(raw), number=made.delta.number, removed=removed)


def _moved(row: LedgerRow, moved: ledger.Moved) -> LedgerRow:
    tags = [row.tags[at : at + TAG_BYTES] for at in range(0, len(row.tags), TAG_BYTES)]
    tags[tags.index(moved.former)] = moved.new
    return LedgerRow(register=row.register, record_id=row.record_id, digest=row.digest, handle=row.handle, tags=b"".join(tags))
