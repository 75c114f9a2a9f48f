"""Tiles and entry bundles: where the pieces of a log lie, what is in them, and the tree read out of them.

Opens no file: paths are text below the log's folder, and whoever has the files passes a function that reads one.

Rules
 1. A full tile is 256 hashes; a partial one has 1 to 255 and lies at `N.p/W`. An empty tile does not exist.
 2. A bundle holds the entries of one tile of level 0, each after its length as uint16, big-endian.
 3. Anything too long, too short or cut off is refused whole.
 4. A partial tile that is gone may be read from the full one that replaced it.

Source: C2SP tlog-tiles.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tallystick.audit.tree import EMPTY_ROOT, HASH_BYTES, complete_root, node_hash
from tallystick.errors import IntegrityError

WIDTH = 256
TILE_BITS = 8
MAX_ENTRY_BYTES = 4096
_LENGTH_BYTES = 2
MAX_BUNDLE_BYTES = WIDTH * (_LENGTH_BYTES + MAX_ENTRY_BYTES)
TILE_BYTES = WIDTH * HASH_BYTES

Read = Callable[[str, int], bytes | None]
"""Reads a file of a log: (path, most bytes) -> its bytes, or None when there is none. A longer file is an IntegrityError."""

_HINT = "this copy of the log is damaged or was changed; get another and keep this one as evidence"


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level (None: a bundle of entries), its index in the level, how many hashes or entries it has (1 to 256)."""

    level: int | None
    index: int
    width: int = WIDTH

    def path(self) -> str:
        """Return where it lies, as in `tile/0/x001/x234/067.p/8`."""
        level = "entries" if self.level is None else str(self.level)
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_index_path(self.index)}{suffix}"


def _index_path(index: int) -> str:
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03}")
    return "/".join(reversed(parts))


def tiles_of_level(level: int | None, size: int) -> Iterator[Tile]:
    """Yield the tiles of one level (None: the bundles) of a tree of `size` entries, the partial one last."""
    hashes = size >> (TILE_BITS * (level or 0))
    for index in range(hashes // WIDTH):
        yield Tile(level, index)
    if hashes % WIDTH:
        yield Tile(level, hashes // WIDTH, hashes % WIDTH)


def levels(size: int) -> int:
    """Return how many levels of tiles a tree has; an empty one has none."""
    return (size.bit_length() + TILE_BITS - 1) // TILE_BITS


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bytes of a bundle; the entries are at most MAX_ENTRY_BYTES each."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def decode_bundle(content: bytes, tile: Tile) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        IntegrityError: it has more or fewer entries than its width, one is too long, or it is cut off.
    """
    entries, at = [], 0
    for _ in range(tile.width):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(content[at:start], "big")
        entry = content[start:at]
        if len(entry) > MAX_ENTRY_BYTES:
            raise IntegrityError(f"{tile.path()} holds an entry of {len(entry)} bytes", hint=_HINT)
        if not entry or at > len(content):
            raise IntegrityError(f"{tile.path()} is cut off or holds an empty entry", hint=_HINT)
        entries.append(entry)
    if at != len(content):
        raise IntegrityError(f"{tile.path()} goes on after its last entry", hint=_HINT)
    return entries


def decode_tile(content: bytes, tile: Tile) -> list[bytes]:
    """Return the hashes of a tile.

    Raises:
        IntegrityError: it is not exactly as wide as it should be.
    """
    if len(content) != tile.width * HASH_BYTES:
        raise IntegrityError(f"{tile.path()} is {len(content)} bytes long, not {tile.width * HASH_BYTES}", hint=_HINT)
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def read_tile(read: Read, tile: Tile) -> list[bytes]:
    """Read the hashes of a tile, from the full one where the partial one is gone.

    Raises:
        IntegrityError: it is not there, or not a tile.
    """
    content = read(tile.path(), TILE_BYTES)
    if content is not None:
        return decode_tile(content, tile)
    full = Tile(tile.level, tile.index)
    return decode_tile(_found(read, full, tile, TILE_BYTES), full)[: tile.width]


def read_bundle(read: Read, tile: Tile) -> list[bytes]:
    """Read the entries of a bundle, from the full one where the partial one is gone.

    Raises:
        IntegrityError: it is not there, or not a bundle.
    """
    content = read(tile.path(), MAX_BUNDLE_BYTES)
    if content is not None:
        return decode_bundle(content, tile)
    full = Tile(tile.level, tile.index)
    return decode_bundle(_found(read, full, tile, MAX_BUNDLE_BYTES), full)[: tile.width]


def _found(read: Read, full: Tile, wanted: Tile, most: int) -> bytes:
    content = read(full.path(), most) if full != wanted else None
    if content is None:
        raise IntegrityError(f"{wanted.path()} is missing", hint=_HINT)
    return content


class TiledTree:
    """The complete subtrees of a log of `size` entries, read from its tiles when they are asked for.

    An instance is a `HashAt`; it keeps the tiles it read last. It trusts the tiles: what is computed from them is
    evidence only when the root is checked against a checkpoint.
    """

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._kept: dict[Tile, list[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """Return the hash of a complete subtree (see `tree.HashAt`)."""
        level, rest = divmod(height, TILE_BITS)
        first = index << rest
        number = first // WIDTH
        width = min(WIDTH, (self._size >> (TILE_BITS * level)) - number * WIDTH)
        hashes = self._tile(Tile(level, number, width))
        start = first - number * WIDTH
        return complete_root(hashes[start : start + (1 << rest)])

    def _tile(self, tile: Tile) -> list[bytes]:
        hashes = self._kept.get(tile)
        if hashes is None:
            if len(self._kept) >= _KEPT_TILES:
                self._kept.clear()
            hashes = self._kept[tile] = read_tile(self._read, tile)
        return hashes


_KEPT_TILES = 256


class Edge:
    """The rightmost tiles of a growing tree: all that is needed to append and to know the root.

    Of each level it holds the hashes that are in no full tile yet, fewer than 256.
    """

    def __init__(self, rows: Sequence[Sequence[bytes]] = ()) -> None:
        self._rows = [list(row) for row in rows]

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return sum(len(row) << (TILE_BITS * level) for level, row in enumerate(self._rows))

    def append(self, leaves: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Append leaf hashes; yield every tile that became full, with its bytes. Must be run to its end."""
        for leaf in leaves:
            yield from self._put(0, leaf)

    def _put(self, level: int, value: bytes) -> Iterator[tuple[Tile, bytes]]:
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(value)
        if len(row) < WIDTH:
            return
        index = self.size >> (TILE_BITS * (level + 1))
        yield Tile(level, index - 1), b"".join(row)
        root = complete_root(row)
        row.clear()
        yield from self._put(level + 1, root)

    def partial_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """Yield the partial tiles of the tree as it is now, with their bytes."""
        size = self.size
        for level, row in enumerate(self._rows):
            if row:
                yield Tile(level, size >> (TILE_BITS * (level + 1)), len(row)), b"".join(row)

    def root(self) -> bytes:
        """Return the root hash."""
        peaks = [peak for row in reversed(self._rows) for peak in _peaks(row)]
        if not peaks:
            return EMPTY_ROOT
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root


def _peaks(row: Sequence[bytes]) -> Iterator[bytes]:
    start = 0
    for bit in reversed(range(TILE_BITS)):
        width = 1 << bit
        if len(row) & width:
            yield complete_root(row[start : start + width])
            start += width


def read_edge(read: Read, size: int) -> Edge:
    """Read the rightmost tiles of a log of `size` entries.

    Raises:
        IntegrityError: one is missing or no tile.
    """
    rows: list[list[bytes]] = []
    for level in range(levels(size)):
        hashes = size >> (TILE_BITS * level)
        width = hashes % WIDTH
        rows.append(read_tile(read, Tile(level, hashes // WIDTH, width)) if width else [])
    return Edge(rows)
