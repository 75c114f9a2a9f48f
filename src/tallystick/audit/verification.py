"""A whole log, checked: signatures, every tile, every entry, and that an earlier checkpoint is its beginning.

Opens no file and asks no clock: a function that reads the log's files is passed in, and the time is in `Trust`.

Rules
 1. Nothing is taken from the log that its checkpoint does not vouch for: the root is computed from the entries themselves.
 2. Every tile the checkpoint's size asks for is there, and holds the hashes of what lies below it.
 3. Every entry is in its canonical writing.
 4. An earlier checkpoint, from wherever it was kept, is the beginning of this one.

Spec: spec/audit-log-v1.md, section 8.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tallystick.audit.checkpoints import SignedCheckpoint, Trust, verify_checkpoint
from tallystick.audit.entries import TYPES, Entry, decode
from tallystick.audit.notes import MAX_NOTE_BYTES
from tallystick.audit.tiles import WIDTH, Edge, Read, Tile, TiledTree, levels, read_bundle, read_tile, tiles_of_level
from tallystick.audit.tree import complete_root, consistency_proof, leaf_hash, verify_consistency
from tallystick.errors import Error, IntegrityError

CHECKPOINT = "checkpoint"
_HINT = "this copy of the log is damaged or was changed; get another and keep this one as evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedLog:
    """What was found good.

    Attributes:
        signed: the checkpoint and the cosignatures that count.
        tiles: how many tiles and bundles were read.
        types: how many entries there are of each type.
        grown_by: entries added since the earlier checkpoint; None when none was given.
    """

    signed: SignedCheckpoint
    tiles: int
    types: Mapping[str, int]
    grown_by: int | None = None


def read_checkpoint(read: Read) -> bytes:
    """Read the checkpoint of a log.

    Raises:
        IntegrityError: there is none.
    """
    content = read(CHECKPOINT, MAX_NOTE_BYTES)
    if content is None:
        raise IntegrityError("the log has no checkpoint", hint="check that this is the folder of a log; " + _HINT)
    return content


def verify_log(
    read: Read,
    trust: Trust,
    *,
    previous: bytes | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> VerifiedLog:
    """Check everything there is in a log.

    Args:
        read: reads one of its files.
        trust: whose signatures count.
        previous: an earlier checkpoint of this log, as it was kept; its log signature is checked, too.
        progress: told how many entries have been checked.

    Raises:
        IntegrityError: anything does not verify; the message says what.
    """
    signed = verify_checkpoint(read_checkpoint(read), trust)
    grown_by = None if previous is None else _verify_previous(read, signed, previous, trust)
    types: Counter[type[Entry]] = Counter()
    size, root = signed.checkpoint.size, signed.checkpoint.root
    tiles, edge = _verify_entries(read, size, types, progress)
    if edge.root() != root:
        raise IntegrityError(f"the entries do not lead to the root of the checkpoint ({size} entries)", hint=_HINT)
    named = {name: types[kind] for name, kind in TYPES.items() if types[kind]}
    return VerifiedLog(signed=signed, tiles=tiles, types=named, grown_by=grown_by)


def _verify_previous(read: Read, signed: SignedCheckpoint, previous: bytes, trust: Trust) -> int:
    earlier = verify_checkpoint(previous, replace(trust, quorum=0)).checkpoint
    now = signed.checkpoint
    if earlier.origin != now.origin:
        raise IntegrityError("the earlier checkpoint is of another log", hint="give one of this log")
    verify_growth(read, earlier.size, earlier.root, signed)
    return now.size - earlier.size


def verify_growth(read: Read, size: int, root: bytes, signed: SignedCheckpoint) -> list[bytes]:
    """Check that a tree of `size` entries with this root is the beginning of a log; return the consistency proof.

    Raises:
        IntegrityError: it is not, or the log's tiles do not show it.
    """
    now = signed.checkpoint
    proof = consistency_proof(size, now.size, TiledTree(read, now.size)) if size <= now.size else []
    verify_consistency(size, root, now.size, now.root, proof)
    return proof


def _verify_entries(read: Read, size: int, types: Counter[type[Entry]], progress: Callable[[int], None]) -> tuple[int, Edge]:
    """Check bundles against level 0, and each level against the one below; return how many files, and the right edge."""
    roots: list[bytes] = []
    edge_rows: list[Sequence[bytes]] = [()] * levels(size)
    files, done = 0, 0
    for tile in tiles_of_level(0, size):
        leaves = _verified_leaves(read, tile, types, done)
        files, done = files + 2, done + tile.width
        if tile.width == WIDTH:
            roots.append(complete_root(leaves))
        else:
            edge_rows[0] = leaves
        progress(done)
    for level in range(1, levels(size)):
        below, roots = roots, []
        for tile in tiles_of_level(level, size):
            start = tile.index * WIDTH
            hashes = below[start : start + tile.width]
            _must_hold(read, tile, hashes)
            files += 1
            if tile.width == WIDTH:
                roots.append(complete_root(hashes))
            else:
                edge_rows[level] = hashes
    return files, Edge(edge_rows)


def _verified_leaves(read: Read, tile: Tile, types: Counter[type[Entry]], first: int) -> list[bytes]:
    leaves = []
    for number, entry in enumerate(read_bundle(read, Tile(None, tile.index, tile.width)), first):
        try:
            types[type(decode(entry))] += 1
        except Error as error:
            raise IntegrityError(f"entry {number}: {error}", hint=error.hint) from None
        leaves.append(leaf_hash(entry))
    _must_hold(read, tile, leaves)
    return leaves


def _must_hold(read: Read, tile: Tile, hashes: Sequence[bytes]) -> None:
    if read_tile(read, tile) != hashes:
        raise IntegrityError(f"{tile.path()} does not hold the hashes of what lies below it", hint=_HINT)
