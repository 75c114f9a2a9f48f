"""A partner's index as this node holds it, opened: what can be looked up in, and which own records are watched for there."""

from dataclasses import dataclass

from tallystick.exchange import index
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.manifest import Manifest
from tallystick.exchange.watch import Watch
from tallystick.node.exchange_ports import Files

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


def sealed_index(files: Files, manifest: Manifest) -> SealedIndex:
    """Return an index as its files hold it, opened."""
    sealed = SealedIndex(files.mapped(f"base-{manifest.base.number}"))
    for line in manifest.deltas:
        sealed = sealed.after(index.decode_delta(files.read(f"delta-{line.number}"), 1))
    return sealed
