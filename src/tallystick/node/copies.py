"""Partners' sealed indexes as this node holds them, and the standing watch of its own records on each.

A copy is a base, the deltas since, and the key secrets of own records; it lies in files and is read again after a restart. What
was being written when the process died is cut off.

Rules
 1. Nothing of a manifest is used before all of it is verified; what fails leaves the copy as it was.
 2. The fetch of an index is recorded before anything is looked up in it.
 3. When an epoch closes, copy and key secrets go.
 4. A partner's index takes no more room than this node gives it; it is counted before any of it is fetched.

Spec: spec/exchange-v1.md, sections 5.4, 5.5 and 7.
"""

import threading
from array import array
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from tallystick.audit.entries import IndexFetched
from tallystick.errors import InputError, RefusedError
from tallystick.exchange import canonical, index, signing
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import MAX_AGREEMENT_BYTES, Agreement, Card, Circle
from tallystick.exchange.index import Delta, SealedIndex
from tallystick.exchange.key_secrets import SECRET_BYTES, KeySecrets
from tallystick.exchange.manifest import Chain, Manifest
from tallystick.exchange.messages import Receipt
from tallystick.exchange.requester import Hit
from tallystick.exchange.signing import Signed
from tallystick.exchange.watch import Watch
from tallystick.node import watch_files
from tallystick.node.context import MB, NodeContext, Report, silent, whole
from tallystick.node.exchange_ports import CopyRow, Files, HitRow, Source, StoredDocument
from tallystick.node.fetching import Fetching

Place = tuple[str, str]
"""Register and id of an own record."""


@dataclass(slots=True)
class Copy:
    """A partner's index in one epoch, opened.

    Attributes:
        circle, member: whose.
        manifest: what it was taken from.
        index: what can be looked up in.
        watch: the own records that are watched for there.
        places: for each number in the watch, which own record it is.
        numbers: the other way round, with the digest of its line.
        next_number: of the next own record; none was used before.
    """

    circle: str
    member: str
    manifest: Manifest
    index: SealedIndex
    watch: Watch
    places: dict[int, Place]
    numbers: dict[Place, tuple[bytes, int]]
    next_number: int

    @property
    def epoch(self) -> int:
        """The epoch of the partner."""
        return self.manifest.epoch


@dataclass(frozen=True, slots=True)
class Synced:
    """What one fetch brought."""

    member: str
    epoch: int
    notches: int
    deltas: int
    found: tuple[HitRow, ...]
    withdrawn: int


class Copies:
    """The copies of one node."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node
        self._fetching = Fetching(node)
        self._open: dict[tuple[str, str, int], Copy] = {}
        self._locks: dict[tuple[str, str], threading.RLock] = {}

    def newest(self, circle: Circle, member: str) -> Copy:
        """Return the copy of a partner's newest epoch.

        Raises:
            RefusedError: nothing was fetched from it yet.
        """
        with self._lock(circle.agreement.circle, member):
            rows = [row for row in self._node.state.copies(circle.agreement.circle) if row.member == member]
            if not rows:
                raise RefusedError(
                    f"no index of {member} has been fetched in circle {circle.agreement.circle}", hint="run `tallystick sync`"
                )
            return self._opened(rows[-1])

    def sync(self, circle: Circle, member: str, report: Report = silent) -> Synced:
        """Fetch what a partner has published since, verify it, and look all watched records up again.

        Raises:
            PeerUnavailableError: it cannot be reached.
            RefusedError: its index is larger than this node takes.
            RemoteProtocolError, VerifyError, IntegrityError: what it says does not hold; the copy is as it was.
        """
        with self._lock(circle.agreement.circle, member):
            name = circle.agreement.circle
            card = circle.members[member]
            found: list[HitRow] = []
            too_large = 0
            withdrawn = deltas = 0
            chain = self._chain(name, member)
            for signed in self._fetching.manifests(card, name, chain.number):
                chain, manifest = chain.after(signed, self._as_of(circle, signed), member, self._node.seconds())
                if manifest.epoch not in chain.open_epochs(self._node.seconds()):
                    continue  # a link of the chain and nothing else
                too_large = self._beyond(chain)
                if too_large:
                    continue  # the next one may be smaller; if not, all of them are asked for again
                entry = IndexFetched(
                    time=whole(self._node.now()), peer=member, circle=name, epoch=manifest.epoch,
                    notches=manifest.notches, manifest=bytes.fromhex(canonical.digest(signed.raw)),
                )  # fmt: skip
                self._node.record([entry])
                fresh, gone, applied = self._apply(circle, card, manifest, signed, report)
                found, withdrawn, deltas = [*found, *fresh], withdrawn + gone, deltas + applied
            self._close(name, member, chain)
            self._send_receipts(card, name, chain.open_epochs(self._node.seconds()))
            if too_large:
                raise RefusedError(
                    f"the index of {member} takes {too_large / MB:,.0f} MB, more than this node gives it; the copy is as it was",
                    hint="ask the partner whether that is right; then raise largest_index_mb in node.toml",
                )
            if not chain.number:
                return Synced(member, 0, 0, 0, (), 0)
            copy = self.newest(circle, member)
            return Synced(member, copy.epoch, len(copy.index), deltas, tuple(found), withdrawn)

    def add(self, copy: Copy, records: Sequence[tuple[Place, bytes]], keys: KeySecrets, by: Source) -> list[HitRow]:
        """Watch for own records whose key secrets have come; return the hits that are new.

        Args:
            copy: where.
            records: the records asked for, keys or none, and the digests of their lines.
            keys: their key secrets; records numbered as in `records`, from 0.
            by: how they were asked for.
        """
        with self._lock(copy.circle, copy.member):
            copy = self.current(copy)
            start = copy.next_number
            fresh = {place: (digest, start + at) for at, (place, digest) in enumerate(records)}
            numbered = replace(keys, records=array("I", [start + number for number in keys.records]))
            with self._node.state.together():  # what is watched without its hits would never tell of them
                self._drop(copy, [place for place, _ in records if place in copy.numbers])
                watch_files.append(self._node.state, self._files(copy), (copy.circle, copy.member, copy.epoch), numbered)
                self._node.state.put_watched(copy.circle, copy.member, copy.epoch, fresh)
                copy.next_number += len(records)
                copy.numbers.update(fresh)
                copy.places.update({number: place for place, (_, number) in fresh.items()})
                copy.watch, news = copy.watch.more(numbered, copy.index)
                return self._keep(copy.circle, copy.member, copy.epoch, news.found, by)

    def current(self, copy: Copy) -> Copy:
        """Return what a copy has become: a delta may have been taken over since somebody was given it."""
        return self._open.get((copy.circle, copy.member, copy.epoch), copy)

    def drop_records(self, copy: Copy, places: list[Place]) -> None:
        """Watch for some own records no longer: they are gone."""
        with self._lock(copy.circle, copy.member):
            self._drop(self.current(copy), places)

    def drop_strangers(self, circle: str, members: Container[str]) -> None:
        """Delete the copies of who is a member no longer."""
        for row in self._node.state.copies(circle):
            if row.member not in members:
                self.drop(circle, row.member)

    def drop(self, circle: str, member: str = "") -> None:
        """Delete the copies of a member that left; all of a circle this node has left, or that is over."""
        for row in self._node.state.copies(circle):
            if member in {"", row.member}:
                with self._lock(circle, row.member):
                    self._delete(circle, row.member, row.epoch)

    def _lock(self, circle: str, member: str) -> threading.RLock:
        """Return what keeps the copies of one partner whole: nobody who needs another's waits while one is fetched."""
        return self._locks.setdefault((circle, member), threading.RLock())

    # --- fetching ----------------------------------------------------------------------------------------------------

    def _as_of(self, circle: Circle, signed: Signed) -> Circle:
        """Return the circle under the revision that a manifest names; the one in force where that is none of ours."""
        said = canonical.decode(signed.raw, Manifest, manifests.MAX_MANIFEST_BYTES).agreement
        for row in self._node.state.documents(circle.agreement.circle, "agreement"):
            if said != circle.digest and canonical.digest(row.document) == said:
                return Circle(canonical.decode(row.document, Agreement, MAX_AGREEMENT_BYTES), said)
        return circle

    def _beyond(self, chain: Chain) -> int:
        """Return how many bytes all open epochs of a partner take, where that is more than they may."""
        size = sum(each.size for each in chain.open_epochs(self._node.seconds()).values())
        return size if size > self._node.largest_index else 0

    def _apply(
        self, circle: Circle, card: Card, manifest: Manifest, signed: Signed, report: Report
    ) -> tuple[list[HitRow], int, int]:
        """Take over what a manifest says; return the new hits, and how many were withdrawn and how many deltas came."""
        name, place = circle.agreement.circle, (circle.agreement.circle, card.id, manifest.epoch)
        row = next((row for row in self._node.state.copies(name) if (row.member, row.epoch) == place[1:]), None)
        files = self._node.files(*place)
        if row is None or row.base != manifest.base.number:
            self._fetching.base(card, manifest, files, name, report)
            done = manifest.base.delta
        else:
            done = row.delta
        fresh = [line for line in manifest.deltas if line.number > done]
        deltas = [self._fetching.delta(card, circle, manifest, line, files) for line in fresh]
        before = self._open.pop(place, None) or (self._opened(row) if row else None)
        copy = self._followed(circle, card, manifest, before, deltas)
        with self._node.state.together():  # a copy that is kept without its hits would never tell of them
            self._commit(copy, manifest, signed)
            is_new = row is None or row.base != manifest.base.number
            if any(delta.removed for delta in deltas) or (is_new and manifest.base.number > 1):
                self._owe_receipt(card, circle, manifest, signed)
            found = self._keep(name, card.id, manifest.epoch, self._found(before, copy), "watch")
            withdrawn = self._withdraw(copy)
        if row and row.base != manifest.base.number:
            for part in [f"base-{row.base}", *(f"delta-{number}" for number in range(1, row.delta + 1))]:
                files.remove(part)
        return found, withdrawn, len(deltas)

    def _followed(self, circle: Circle, card: Card, manifest: Manifest, before: Copy | None, deltas: list[Delta]) -> Copy:
        """Return the copy after a manifest; everything it needs lies in files."""
        if before is None or before.manifest.base != manifest.base:
            sealed = _with_deltas(self._node.files(circle.agreement.circle, card.id, manifest.epoch), manifest)
            if before is None:
                return Copy(circle.agreement.circle, card.id, manifest, sealed, Watch(), {}, {}, 0)
            return replace(before, manifest=manifest, index=sealed, watch=Watch.of(before.watch.keys, sealed))
        sealed, watch = before.index, before.watch
        for delta in deltas:
            sealed = sealed.after(delta)
            watch, _ = watch.after(delta, sealed)
        return replace(before, manifest=manifest, index=sealed, watch=watch)

    @staticmethod
    def _found(before: Copy | None, after: Copy) -> list[Hit]:
        """Return the hits that came between two states of a copy."""
        old = {(hit.record, hit.handle) for hit in (before.watch.hits if before else ())}
        return [hit for hit in after.watch.hits if (hit.record, hit.handle) not in old]

    def _owe_receipt(self, card: Card, circle: Circle, manifest: Manifest, signed: Signed) -> None:
        name = circle.agreement.circle
        receipt = Receipt(
            applied_at=canonical.moment_of(self._node.seconds()), circle=name, epoch=manifest.epoch, format="x1",
            holder=card.id, manifest=canonical.digest(signed.raw), member=self._node.id,
        )  # fmt: skip
        made = Signed.made("receipt", canonical.encode(receipt), self._node.id, self._node.signing_seed)
        self._node.state.put_value(f"receipt/{name}/{card.id}/{manifest.epoch}", signing.encode_signed(made))

    def _send_receipts(self, card: Card, circle: str, epochs: Iterable[int]) -> None:
        """Send the receipts that are owed; what cannot be sent now is sent next time."""
        for name in [f"receipt/{circle}/{card.id}/{epoch}" for epoch in epochs]:
            body = self._node.state.value(name)
            if body:
                fields = {"tallystick-circle": circle}
                self._node.peer(card).post(f"/v1/circles/{circle}/receipts", body, most_bytes=1024, fields=fields)
                self._node.state.put_value(name, b"")

    # --- the store ---------------------------------------------------------------------------------------------------

    def _commit(self, copy: Copy, manifest: Manifest, signed: Signed) -> None:
        row = CopyRow(
            circle=copy.circle, member=copy.member, epoch=manifest.epoch, base=manifest.base.number, delta=manifest.last_delta,
            manifest=manifest.number, checked_at=self._node.now(),
        )  # fmt: skip
        document = StoredDocument(
            circle=copy.circle, kind="manifest", member=copy.member, number=manifest.number,
            document=signed.raw, signatures=signed.signatures,
        )  # fmt: skip
        self._node.state.put_document(document)
        self._node.state.put_copy(row)
        self._open[copy.circle, copy.member, manifest.epoch] = copy

    def _chain(self, circle: str, member: str) -> Chain:
        rows = self._node.state.documents(circle, "manifest", member)
        said = [canonical.decode(row.document, Manifest, manifests.MAX_MANIFEST_BYTES) for row in rows]
        if not said:
            return Chain()
        last = said[-1]
        newest = {each.epoch: each for each in said if each.closes_at > last.published_at}
        digest, epoch = canonical.digest(rows[-1].document), max(each.epoch for each in said)
        return Chain(last.number, digest, last.published_at, epoch, newest)

    def _close(self, circle: str, member: str, chain: Chain) -> None:
        still = chain.open_epochs(self._node.seconds())
        for row in self._node.state.copies(circle):
            if row.member == member and row.epoch not in still:
                self._delete(circle, member, row.epoch)

    def _delete(self, circle: str, member: str, epoch: int) -> None:
        self._open.pop((circle, member, epoch), None)
        self._node.state.drop_copy(circle, member, epoch)
        self._node.files(circle, member, epoch).remove_all()

    def _opened(self, row: CopyRow) -> Copy:
        place = (row.circle, row.member, row.epoch)
        if place not in self._open:
            self._open[place] = self._read(row)
        return self._open[place]

    def _read(self, row: CopyRow) -> Copy:
        documents = self._node.state.documents(row.circle, "manifest", row.member)
        document = next((each for each in documents if each.number == row.manifest), None)
        if document is None:
            raise InputError(f"the manifest of {row.member} is gone", hint="restore node.db from the backup of this node")
        manifest = canonical.decode(document.document, Manifest, manifests.MAX_MANIFEST_BYTES)
        files = self._node.files(row.circle, row.member, row.epoch)
        sealed = _with_deltas(files, manifest)
        numbers = self._node.state.watched(row.circle, row.member, row.epoch)
        places = {number: place for place, (_, number) in numbers.items()}
        keys, used = watch_files.read(self._node.state, files, (row.circle, row.member, row.epoch), places.keys())
        watch, following = Watch.of(keys, sealed), 1 + max(used, max(places, default=-1))
        return Copy(row.circle, row.member, manifest, sealed, watch, places, numbers, following)

    def _files(self, copy: Copy) -> Files:
        return self._node.files(copy.circle, copy.member, copy.epoch)

    # --- the watch ---------------------------------------------------------------------------------------------------

    def _drop(self, copy: Copy, places: list[Place]) -> None:
        gone = [copy.numbers[place][1] for place in places if place in copy.numbers]
        if not gone:
            return
        self._node.state.drop_watched(copy.circle, copy.member, copy.epoch, places)
        copy.watch = copy.watch.without(gone)
        for place in places:
            copy.numbers.pop(place, None)
        for number in gone:
            copy.places.pop(number, None)

    def _keep(self, circle: str, member: str, epoch: int, found: Iterable[Hit], by: Source) -> list[HitRow]:
        copy = self._open[circle, member, epoch]
        rows = [
            HitRow(
                circle=circle, member=member, epoch=epoch, handle=hit.handle, register=copy.places[hit.record][0],
                record_id=copy.places[hit.record][1], weight_tenths=hit.weight_tenths, tags=b"".join(hit.tags),
                secrets=b"".join(hit.secrets), found_by=by, seen_at=self._node.now(),
            )
            for hit in found
        ]  # fmt: skip
        return self._node.state.put_hits(rows)

    def _withdraw(self, copy: Copy) -> int:
        """Withdraw the hits whose handle none of their key secrets opens any more, however they were found."""
        hits = [hit for hit in self._node.state.standing_hits(copy.circle, copy.member, copy.epoch) if hit.secrets]
        owners = [hit for hit in hits for _ in range(len(hit.secrets) // SECRET_BYTES)]
        opened = copy.index.open(b"".join(hit.secrets for hit in hits))
        still = {owners[one.position].id for one in opened if owners[one.position].handle == one.handle}
        watched = {(*copy.places[hit.record], hit.handle) for hit in copy.watch.hits}  # a watched record has further keys
        still |= {hit.id for hit in hits if (hit.register, hit.record_id, hit.handle) in watched}
        return self._node.state.withdraw_hits(hit.id for hit in hits if hit.id not in still)


def _with_deltas(files: Files, manifest: Manifest) -> SealedIndex:
    sealed = SealedIndex(files.mapped(f"base-{manifest.base.number}"))
    for line in manifest.deltas:
        sealed = sealed.after(index.decode_delta(files.read(f"delta-{line.number}"), 1))
    return sealed
