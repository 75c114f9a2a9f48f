"""Fetches what partners publish of their indexes, piece by piece, each verified against its manifest before it is kept.

Spec: spec/exchange-v1.md, sections 5.2 to 5.4.
"""

from collections.abc import Iterator, Sequence

import msgspec

from tallystick.errors import RemoteProtocolError
from tallystick.exchange import index
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import Card, Circle
from tallystick.exchange.index import Delta
from tallystick.exchange.manifest import DeltaLine, Manifest
from tallystick.exchange.signing import Signed
from tallystick.node.context import NodeContext, Report
from tallystick.node.exchange_ports import Files

_MOST_MANIFESTS_BYTES = 64 << 20


class Fetching:
    """What one node fetches."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node

    def manifests(self, card: Card, circle: str, after: int) -> list[Signed]:
        path = f"/v1/circles/{circle}/manifests?after={after}"
        raw = self._node.peer(card).get(path, most_bytes=_MOST_MANIFESTS_BYTES, fields={"tallystick-circle": circle})
        return read_manifests(raw, card.id)

    def base(self, card: Card, manifest: Manifest, files: Files, circle: str, report: Report) -> None:
        """Fetch a base; one that fails, or is cut off, leaves no file. What `report` raises ends it, too."""
        base = manifest.base
        leaves: list[bytes] = []

        def parts() -> Iterator[bytes]:
            for segment in range(base.segments):
                report(f"fetching the index of {card.id}", segment, base.segments)
                path = f"/v1/circles/{circle}/epochs/{manifest.epoch}/bases/{base.number}/segments/{segment}"
                raw = self._node.peer(card).get(path, most_bytes=index.SEGMENT_BYTES, fields={"tallystick-circle": circle})
                leaves.append(index.leaf(raw))
                yield raw

        new = f"base-{base.number}.new"
        try:
            files.write(new, parts())
            manifests.check_base(base, leaves, files.mapped(new))
            files.rename(new, f"base-{base.number}")
        except BaseException:
            files.remove(new)
            raise

    def deltas(
        self, card: Card, circle: Circle, manifest: Manifest, lines: Sequence[DeltaLine], files: Files, report: Report
    ) -> list[Delta]:
        """Fetch deltas; those that come before one that fails stay, for the caller to remove."""
        found: list[Delta] = []
        for done, line in enumerate(lines):
            report(f"fetching the index of {card.id}", done, len(lines))
            found.append(self._delta(card, circle, manifest, line, files))
        return found

    def _delta(self, card: Card, circle: Circle, manifest: Manifest, line: DeltaLine, files: Files) -> Delta:
        name = circle.agreement.circle
        path = f"/v1/circles/{name}/epochs/{manifest.epoch}/deltas/{line.number}"
        raw = self._node.peer(card).get(path, most_bytes=index.MAX_DELTA_BYTES, fields={"tallystick-circle": name})
        delta = manifests.check_delta(line, raw, manifest.epoch, circle.agreement.delta_quantum)
        files.write(f"delta-{line.number}", [raw])
        return delta


def read_manifests(raw: bytes, member: str) -> list[Signed]:
    """Read what a holder sends when it is asked for its manifests; none of them is verified yet.

    Raises:
        RemoteProtocolError: it is no list of signed documents.
    """
    try:
        return msgspec.json.decode(raw, type=list[Signed])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RemoteProtocolError(
            f"{member} sent manifests that are none", hint="ask the other node which version it runs"
        ) from None
