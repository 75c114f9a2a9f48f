"""The manifests of this node's own indexes: the next one made, made visible, handed out; receipts for them kept.

Rules
 1. A manifest is recorded in the log before partners can fetch it.
 2. The manifest, the ledger and the files of the index change together or not at all.

Spec: spec/exchange-v1.md, sections 5.3 and 5.5.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import msgspec

from tallystick.audit.entries import IndexPublished, RemovalReceipt
from tallystick.errors import IntegrityError
from tallystick.exchange import agreement as agreements
from tallystick.exchange import canonical
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import Circle
from tallystick.exchange.ledger import Ledger
from tallystick.exchange.manifest import Base, DeltaLine, Manifest
from tallystick.exchange.messages import Receipt, read_receipt
from tallystick.exchange.signing import Signed
from tallystick.node.context import NodeContext, whole
from tallystick.node.epochs import OwnEpoch
from tallystick.node.exchange_ports import LedgerRow, StoredDocument

PAGE_MANIFESTS = 256
PAGE_BYTES = 8 << 20
"""How many manifests are sent at one time, and how many bytes of them; one in any case."""
STATE_FILES = ("notches", "chaff", "spent", "crowded")
"""What the ledger of an index is kept in, each with the number of its manifest."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What was published in an epoch, as the store remembers it."""

    manifest: int
    base: int
    delta: int


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest that took something out, and when it was published."""

    manifest: int
    digest: str
    at: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What a manifest changes in what is known of the records of its index.

    Attributes:
        put: records that came, or are not as they were.
        gone: register and id of those that went.
        anew: nothing of what was known before holds.
        removes: something was taken out of the index: receipts are waited for.
    """

    put: Iterable[LedgerRow]
    gone: Sequence[tuple[str, str]] = ()
    anew: bool = False
    removes: bool = False


class OwnManifests:
    """The manifests of one node."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node

    def after(self, circle: str, number: int) -> list[Signed]:
        """Return manifests that follow a number, oldest first; the newest alone for whoever has none.

        Where there are many, those are the first: whoever got some asks again for what follows.
        """
        if number == 0:
            newest = self._node.state.last_document(circle, "manifest", self._node.id)
            rows = [newest] if newest else []
        else:
            rows = self._node.state.documents(circle, "manifest", self._node.id, above=number, most=PAGE_MANIFESTS)
        sizes = accumulate(len(row.document) for row in rows)
        chosen = [row for at, (row, size) in enumerate(zip(rows, sizes, strict=True)) if not at or size <= PAGE_BYTES]
        return [Signed(document=row.document.decode(), signatures=dict(row.signatures)) for row in chosen]

    def take_receipt(self, circle: Circle, sender: str, signed: Signed) -> None:
        """Keep a partner's receipt.

        Raises:
            RemoteProtocolError, VerifyError: it does not hold.
        """
        receipt = read_receipt(signed, circle, self._node.id)
        if receipt.member != sender:
            raise IntegrityError(f"{sender} sent a receipt of {receipt.member}", hint="keep it as evidence")
        name = circle.agreement.circle
        entry = RemovalReceipt(
            time=whole(self._node.now()),
            peer=sender,
            circle=name,
            epoch=receipt.epoch,
            manifest=bytes.fromhex(receipt.manifest),
            receipt=hashlib.sha256(signed.raw).digest(),
        )
        self._node.record([entry])
        self._node.state.put_document(
            StoredDocument(
                circle=name,
                kind="receipt",
                member=sender,
                number=receipt.epoch,
                document=signed.raw,
                signatures=signed.signatures,
            )
        )

    def newest_lines(self, circle: str, epoch: int) -> tuple[Base, list[DeltaLine]]:
        """Return what the newest manifest of an epoch says of its base and deltas."""
        published = self.published(circle, epoch)
        row = self._node.state.document(circle, "manifest", self._node.id, published.manifest) if published else None
        if row:
            said = canonical.decode(row.document, Manifest, manifests.MAX_MANIFEST_BYTES)
            return said.base, said.deltas
        raise IntegrityError(f"the manifest of epoch {epoch} in circle {circle} is gone", hint="restore node.db")

    def next(self, circle: Circle, own: OwnEpoch, base: Base, deltas: Iterable[DeltaLine], records: int) -> Manifest:
        """Return the next manifest; nobody sees it before `commit`."""
        agreed, row = circle.agreement, own.row
        former = self._node.state.last_document(agreed.circle, "manifest", self._node.id)
        return Manifest(
            agreement=circle.digest,
            base=base,
            circle=agreed.circle,
            closes_at=_moment(row.closes_at.timestamp()),
            deltas=list(deltas),
            epoch=row.epoch,
            format="x1",
            log2_records=max(records - 1, 0).bit_length(),
            member=self._node.id,
            number=former.number + 1 if former else 1,
            parameters=agreed.parameters,
            previous=canonical.digest(former.document) if former else "",
            public_key=row.public.hex(),
            published_at=_moment(self._node.seconds()),
            suite=agreed.suite,
            threshold_tenths=agreed.threshold_tenths,
            valid_from=_moment(row.valid_from.timestamp()),
            valid_until=_moment(row.valid_until.timestamp()),
        )

    def published(self, circle: str, epoch: int) -> Published | None:
        """Return how far an epoch has been published; None where nothing was."""
        found = self._node.state.value(f"published/{circle}/{epoch}")
        return msgspec.json.decode(found, type=Published) if found else None

    def commit(self, circle: Circle, manifest: Manifest, held: Ledger, published: Published, rows: Rows) -> None:
        """Make a manifest visible, with everything it rests on; recorded first (rule 2)."""
        name, epoch = circle.agreement.circle, manifest.epoch
        files = self._node.files(name, self._node.id, epoch)
        for part in STATE_FILES:
            files.write(f"{part}-{manifest.number}", [memoryview(getattr(held, part))])
        signed = Signed.made("manifest", canonical.encode(manifest), self._node.id, self._node.signing_seed)
        digest = bytes.fromhex(canonical.digest(signed.raw))
        entry = IndexPublished(time=whole(self._node.now()), circle=name, epoch=epoch, notches=len(held), manifest=digest)
        self._node.record([entry])
        with self._node.state.together():
            if rows.anew:
                self._node.state.clear_ledger(name, epoch)
            self._node.state.change_ledger(name, epoch, put=rows.put, drop=rows.gone)
            self._node.state.put_document(
                StoredDocument(
                    circle=name, kind="manifest", member=self._node.id, number=manifest.number,
                    document=signed.raw, signatures=signed.signatures,
                )
            )  # fmt: skip
            self._node.state.put_value(f"published/{name}/{epoch}", msgspec.json.encode(published))
            if rows.removes:
                removals = [
                    *self._removals(name, epoch),
                    Removal(manifest=manifest.number, digest=digest.hex(), at=manifest.published_at),
                ]
                self._node.state.put_value(f"removals/{name}/{epoch}", msgspec.json.encode(removals))

    def owing(self, circle: str, epochs: Iterable[int], members: Iterable[str]) -> dict[str, str]:
        """Return which members have given no receipt for something that was taken out, and since when it has been out."""
        given = {(row.member, row.number): row for row in self._node.state.documents(circle, "receipt")}
        found: dict[str, str] = {}
        for epoch in epochs:
            removals = self._removals(circle, epoch)
            for member in members:
                missing = self._after(circle, removals, given.get((member, epoch)))
                if missing:
                    found[member] = min(missing[0].at, found.get(member, missing[0].at))
        return found

    def _after(self, circle: str, removals: list[Removal], row: StoredDocument | None) -> list[Removal]:
        """Return the removals that a receipt does not cover."""
        if row is None or not removals:
            return removals
        digest = canonical.decode(row.document, Receipt, agreements.MAX_DOCUMENT_BYTES).manifest
        if digest == removals[-1].digest:
            return []
        said = self._node.state.documents(circle, "manifest", self._node.id, above=removals[0].manifest - 1)
        number = next((each.number for each in said if canonical.digest(each.document) == digest), 0)
        return [each for each in removals if each.manifest > number]

    def _removals(self, circle: str, epoch: int) -> list[Removal]:
        found = self._node.state.value(f"removals/{circle}/{epoch}")
        return msgspec.json.decode(found, type=list[Removal]) if found else []


def _moment(at_s: float) -> str:
    return canonical.moment_of(int(at_s))
