"""Partners' sealed indexes as this node holds them, and the standing watch of its own records on each.

A copy is a base, the deltas since, and the key secrets of own records; it lies in files and is read again after a restart. What
was being written when the process died is cut off.

Rules
 1. Nothing of a manifest is used before all of it is verified; what fails leaves the copy as it was.
 2. The fetch of an index is recorded before anything is looked up in it.
 3. When an epoch closes, copy and key secrets go; also when its holder has ended it before its time, and answers the next one.
 4. A partner's index takes no more room than this node gives it; it is counted before any of it is fetched (see `index_room`).
 5. Nobody who uses a copy, or drops it, waits for a fetch.
 6. Of a partner that is dropped nothing is kept that comes later: no index that was being fetched, no answer that was under way.

Spec: spec/exchange-v1.md, sections 5.4, 5.5 and 7.
"""

import threading
from array import array
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace

from tallystick.audit.entries import IndexFetched
from tallystick.errors import InputError, RefusedError, UnknownEpochError
from tallystick.exchange import canonical, requester
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import Card, Circle
from tallystick.exchange.index import Delta
from tallystick.exchange.key_secrets import SECRET_BYTES, KeySecrets
from tallystick.exchange.manifest import Manifest
from tallystick.exchange.requester import Hit
from tallystick.exchange.watch import Watch
from tallystick.node import index_room, removal_receipts, watch_files
from tallystick.node.context import MB, NodeContext, Report, silent, whole
from tallystick.node.exchange_ports import CopyRow, Files, HitRow, Source
from tallystick.node.fetch_turns import Fetch, Fetches
from tallystick.node.fetching import Fetching
from tallystick.node.held_copy import Copy, Place, sealed_index
from tallystick.node.index_room import Step
from tallystick.node.partner_manifests import PartnerManifests
from tallystick.node.side_by_side import PATIENT


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

    def __init__(self, node: NodeContext, is_wanted: Callable[[str, str], bool]) -> None:
        """Begin.

        Args:
            node: the node.
            is_wanted: tells of a circle and a member whether that is a partner there still.
        """
        self._node = node
        self._is_wanted = is_wanted
        self._fetching = Fetching(node)
        self._manifests = PartnerManifests(node, self._fetching)
        self._fetches = Fetches()
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

    def sync(self, circle: Circle, member: str, report: Report = silent, *, patience_s: float = PATIENT) -> Synced:
        """Fetch what a partner has published since, verify it, and look all watched records up again.

        Args:
            circle: the circle in force.
            member: the partner.
            report: told how far it is.
            patience_s: how long it may take, and how long a fetch from that partner that is under way is waited for before.

        Raises:
            PeerUnavailableError: it cannot be reached.
            RefusedError: its index is larger than this node takes, it was dropped meanwhile, or it took too long.
            RemoteProtocolError, VerifyError, IntegrityError: what it says does not hold; the copy is as it was.
        """
        name, card = circle.agreement.circle, circle.members[member]
        with self._fetches.one(name, member, patience_s, lambda: self._is_wanted(name, member)) as fetch:
            try:
                return self._sync(circle, card, fetch, fetch.checked(report))
            except BaseException:
                with self._lock(name, member):
                    self._remove_strays(name, member)
                raise

    def add(self, copy: Copy, records: Sequence[tuple[Place, bytes]], keys: KeySecrets, by: Source) -> list[HitRow]:
        """Watch for own records whose key secrets have come; return the hits that are new.

        Args:
            copy: where.
            records: the records asked for, keys or none, and the digests of their lines.
            keys: their key secrets; records numbered as in `records`, from 0.
            by: how they were asked for.

        Raises:
            RefusedError: the copy is gone since; neither secrets nor hits are kept.
        """
        with self._lock(copy.circle, copy.member):
            copy = self._still(copy)
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

    def look_up(self, copy: Copy, keys: KeySecrets, query: int) -> list[HitRow]:
        """Look a person up who was asked for by hand, and keep the hits; return those that are new, the heaviest first.

        What is looked up in is the copy as it is now: what a delta took out meanwhile is not found any more.

        Args:
            copy: where.
            keys: the key secrets of the person.
            query: the number of the query.

        Raises:
            RefusedError: the copy is gone since; nothing is kept.
        """
        with self._lock(copy.circle, copy.member):
            copy = self._still(copy)
            found = sorted(requester.hits(copy.index, keys), key=lambda hit: -hit.weight_tenths)
            return self._node.state.put_hits([self._hit(copy, hit, ("", ""), "ask", query) for hit in found])

    def current(self, copy: Copy) -> Copy:
        """Return what a copy has become: a delta may have been taken over since somebody was given it."""
        return self._open.get((copy.circle, copy.member, copy.epoch), copy)

    def drop_records(self, copy: Copy, places: list[Place]) -> None:
        """Watch for some own records no longer: they are gone."""
        with self._lock(copy.circle, copy.member):
            row = self._row(copy.circle, copy.member, copy.epoch)
            if row:
                self._drop(self._opened(row), places)

    def drop_strangers(self, circle: str, members: Container[str]) -> None:
        """Delete the copies of who is a member no longer."""
        self._drop_where(circle, lambda member: member not in members)

    def drop(self, circle: str, member: str = "") -> None:
        """Delete the copies of a member that left; all of a circle this node has left, or that is over."""
        self._drop_where(circle, lambda other: member in {"", other})

    def _drop_where(self, circle: str, is_gone: Callable[[str], bool]) -> None:
        told = self._fetches.drop(circle, is_gone)  # before the rows are read: what it commits until it sees that is among them
        for member in told | {row.member for row in self._node.state.copies(circle) if is_gone(row.member)}:
            with self._lock(circle, member):
                for row in self._node.state.copies(circle):
                    if row.member == member:
                        self._delete(circle, member, row.epoch)
                self._remove_strays(circle, member)

    def _lock(self, circle: str, member: str) -> threading.RLock:
        """Return what keeps the copies of one partner whole; it is held for no fetch."""
        return self._locks.setdefault((circle, member), threading.RLock())

    # --- fetching ----------------------------------------------------------------------------------------------------

    def _sync(self, circle: Circle, card: Card, fetch: Fetch, report: Report) -> Synced:
        name, found, ended = circle.agreement.circle, list[HitRow](), set[int]()
        withdrawn = deltas = 0
        chain, steps = self._manifests.news(circle, card)
        due, too_large = index_room.within(steps, self._node.largest_index, self._node.seconds())
        for step in due:
            chain = step.chain
            if step.is_link or step.manifest.epoch in ended:
                self._manifests.keep(step)
                self._manifests.kept(step)
                continue
            entry = IndexFetched(
                time=whole(self._node.now()), peer=card.id, circle=name, epoch=step.manifest.epoch,
                notches=step.manifest.notches, manifest=bytes.fromhex(canonical.digest(step.signed.raw)),
            )  # fmt: skip
            self._node.record([entry])
            try:
                fresh, gone, applied = self._apply(circle, card, step, fetch, report)
            except UnknownEpochError:
                if step.manifest.epoch >= max(each.manifest.epoch for each in due):
                    raise
                ended.add(step.manifest.epoch)  # somebody left, and its end was brought forward: what follows is another epoch's
                self._manifests.keep(step)
                self._manifests.kept(step)
                continue
            self._manifests.kept(step)
            found, withdrawn, deltas = [*found, *fresh], withdrawn + gone, deltas + applied
        if steps and not too_large:
            chain = steps[-1].chain
        ended |= self._manifests.ended(name, chain)
        self._close(name, card.id, chain.open_epochs(self._node.seconds()).keys() - ended)
        removal_receipts.send(self._node, card, name, chain.open_epochs(self._node.seconds()))
        if too_large:
            raise RefusedError(
                f"the index of {card.id} takes {too_large / MB:,.0f} MB, more than this node gives it "
                "(largest_index_mb in node.toml); the copy is as it was",
                hint="ask the partner whether that is right; then raise largest_index_mb in node.toml",
            )
        if not chain.number:
            return Synced(card.id, 0, 0, 0, (), 0)
        copy = self.newest(circle, card.id)
        return Synced(card.id, copy.epoch, len(copy.index), deltas, tuple(found), withdrawn)

    def _apply(self, circle: Circle, card: Card, step: Step, fetch: Fetch, report: Report) -> tuple[list[HitRow], int, int]:
        """Take over what a manifest says; return the new hits, and how many were withdrawn and how many deltas came."""
        manifest, place = step.manifest, (circle.agreement.circle, card.id, step.manifest.epoch)
        files, row = self._node.files(*place), self._row(*place)
        is_new = row is None or row.base != manifest.base.number
        done = manifest.base.delta if row is None or is_new else row.delta
        lines = [line for line in manifest.deltas if line.number > done]
        try:
            if is_new:
                self._fetching.base(card, manifest, files, place[0], report)
            deltas = self._fetching.deltas(card, circle, manifest, lines, files, report)
            with self._lock(*place[:2]):
                fetch.check()
                found, withdrawn = self._take_over(circle, card, step, row, deltas)
        except BaseException:
            if self._row(*place) == row:  # nothing stands behind what came
                for part in [*([f"base-{manifest.base.number}"] if is_new else []), *(f"delta-{line.number}" for line in lines)]:
                    files.remove(part)
            raise
        if row and is_new:
            for part in [f"base-{row.base}", *(f"delta-{number}" for number in range(1, row.delta + 1))]:
                files.remove(part)
        return found, withdrawn, len(deltas)

    def _take_over(
        self, circle: Circle, card: Card, step: Step, row: CopyRow | None, deltas: list[Delta]
    ) -> tuple[list[HitRow], int]:
        """Look all watched records up in what has come, and keep it; return the new hits, and how many were withdrawn."""
        manifest, place = step.manifest, (circle.agreement.circle, card.id, step.manifest.epoch)
        before = self._opened(row) if row else None
        self._open.pop(place, None)  # what fails is read again
        copy = self._followed(circle, card, manifest, before, deltas)
        try:
            with self._node.state.together():  # a copy that is kept without its hits would never tell of them
                self._commit(copy, step)
                is_new = row is None or row.base != manifest.base.number
                if any(delta.removed for delta in deltas) or (is_new and manifest.base.number > 1):
                    removal_receipts.owe(self._node, card, place[0], manifest, step.signed)
                found = self._keep(*place, self._found(before, copy), "watch")
                return found, self._withdraw(copy)
        except BaseException:
            self._open.pop(place, None)
            raise

    def _followed(self, circle: Circle, card: Card, manifest: Manifest, before: Copy | None, deltas: list[Delta]) -> Copy:
        """Return the copy after a manifest; everything it needs lies in files."""
        if before is None or before.manifest.base != manifest.base:
            sealed = sealed_index(self._node.files(circle.agreement.circle, card.id, manifest.epoch), manifest)
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

    # --- the store ---------------------------------------------------------------------------------------------------

    def _commit(self, copy: Copy, step: Step) -> None:
        manifest = step.manifest
        row = CopyRow(
            circle=copy.circle, member=copy.member, epoch=manifest.epoch, base=manifest.base.number, delta=manifest.last_delta,
            manifest=manifest.number, checked_at=self._node.now(),
        )  # fmt: skip
        self._manifests.keep(step)
        self._node.state.put_copy(row)
        self._open[copy.circle, copy.member, manifest.epoch] = copy

    def _close(self, circle: str, member: str, still: Container[int]) -> None:
        """Delete the copies of epochs that are over, whether by their time or as their holder says."""
        with self._lock(circle, member):
            for row in self._node.state.copies(circle):
                if row.member == member and row.epoch not in still:
                    self._delete(circle, member, row.epoch)
            self._remove_strays(circle, member)

    def _delete(self, circle: str, member: str, epoch: int) -> None:
        self._open.pop((circle, member, epoch), None)
        with self._node.state.together():
            self._node.state.drop_copy(circle, member, epoch)
            watch_files.forget(self._node.state, (circle, member, epoch))
        self._node.files(circle, member, epoch).remove_all()

    def _remove_strays(self, circle: str, member: str) -> None:
        """Remove what lies in files of epochs that no copy is of: a fetch was cut off."""
        kept = {row.epoch for row in self._node.state.copies(circle) if row.member == member}
        for epoch in self._node.files(circle, member, 0).epochs() - kept:
            self._node.files(circle, member, epoch).remove_all()

    def _row(self, circle: str, member: str, epoch: int) -> CopyRow | None:
        rows = self._node.state.copies(circle)
        return next((row for row in rows if (row.member, row.epoch) == (member, epoch)), None)

    def _still(self, copy: Copy) -> Copy:
        row = self._row(copy.circle, copy.member, copy.epoch)
        if row is None:
            raise RefusedError(
                f"the index of {copy.member} in circle {copy.circle} was dropped while it was asked; its answer is not kept",
                hint="it left, or its epoch is over: see `tallystick circle show`, and ask again if it is a member still",
            )
        return self._opened(row)

    def _opened(self, row: CopyRow) -> Copy:
        place = (row.circle, row.member, row.epoch)
        if place not in self._open:
            self._open[place] = self._read(row)
        return self._open[place]

    def _read(self, row: CopyRow) -> Copy:
        document = self._node.state.document(row.circle, "manifest", row.member, row.manifest)
        if document is None:
            raise InputError(f"the manifest of {row.member} is gone", hint="restore node.db from the backup of this node")
        manifest = canonical.decode(document.document, Manifest, manifests.MAX_MANIFEST_BYTES)
        files = self._node.files(row.circle, row.member, row.epoch)
        sealed = sealed_index(files, manifest)
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
        return self._node.state.put_hits([self._hit(copy, hit, copy.places[hit.record], by) for hit in found])

    def _hit(self, copy: Copy, hit: Hit, place: Place, by: Source, query: int = 0) -> HitRow:
        return HitRow(
            circle=copy.circle, member=copy.member, epoch=copy.epoch, handle=hit.handle, register=place[0], record_id=place[1],
            query=query, weight_tenths=hit.weight_tenths, tags=b"".join(hit.tags), secrets=b"".join(hit.secrets), found_by=by,
            seen_at=self._node.now(),
        )  # fmt: skip

    def _withdraw(self, copy: Copy) -> int:
        """Withdraw the hits whose handle none of their key secrets opens any more, however they were found."""
        hits = [hit for hit in self._node.state.standing_hits(copy.circle, copy.member, copy.epoch) if hit.secrets]
        owners = [hit for hit in hits for _ in range(len(hit.secrets) // SECRET_BYTES)]
        opened = copy.index.open(b"".join(hit.secrets for hit in hits))
        still = {owners[one.position].id for one in opened if owners[one.position].handle == one.handle}
        watched = {(*copy.places[hit.record], hit.handle) for hit in copy.watch.hits}  # a watched record has further keys
        still |= {hit.id for hit in hits if (hit.register, hit.record_id, hit.handle) in watched}
        return self._node.state.withdraw_hits(hit.id for hit in hits if hit.id not in still)
