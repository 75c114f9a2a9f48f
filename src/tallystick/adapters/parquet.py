"""Writes columns of whole numbers as a Parquet file, straight from memory: the hand-over to engines that read tables.

Does not read, compress or encode: required columns, plain encoding, one page per column and row group. That is the part of
the format every engine reads, and the bytes of a column go to disk as they are.

Source: the Apache Parquet format, version 2, and the compact protocol of Apache Thrift its headers are written in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

MAGIC = b"PAR1"
ROWS_IN_GROUP = 1 << 20
WIDTHS = {"int32": 4, "int64": 8}
_PHYSICAL = {"int32": 1, "int64": 2}
_PLAIN, _RLE, _UNCOMPRESSED, _REQUIRED, _DATA_PAGE = 0, 3, 0, 0, 0
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12

Kind: TypeAlias = Literal["int32", "int64"]
Field: TypeAlias = tuple[int, int, bytes]
"""Number, type and content of a field of a Thrift struct."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Where one column of one row group lies."""

    name: str
    kind: Kind
    offset: int
    size: int


def write_columns(path: Path, columns: Mapping[str, tuple[Kind, bytes]]) -> int:
    """Write a file of columns; return the number of rows.

    Args:
        path: the file; replaced if it is there.
        columns: name, kind, and the values as little-endian numbers, as many in each column.
    """
    [rows] = {len(values) // WIDTHS[kind] for kind, values in columns.values()}
    with path.open("wb") as file:
        file.write(MAGIC)
        groups = [
            (count, list(_write_group(file, columns, first, count)))
            for first, count in ((k, min(ROWS_IN_GROUP, rows - k)) for k in range(0, rows, ROWS_IN_GROUP))
        ]
        footer = _footer([(name, kind) for name, (kind, _) in columns.items()], groups, rows)
        file.write(footer + len(footer).to_bytes(4, "little") + MAGIC)
    return rows


def _write_group(file: BinaryIO, columns: Mapping[str, tuple[Kind, bytes]], first: int, count: int) -> Iterator[_Chunk]:
    for name, (kind, values) in columns.items():
        page = memoryview(values)[first * WIDTHS[kind] : (first + count) * WIDTHS[kind]]
        header = _page_header(len(page), count)
        offset = file.tell()
        file.write(header)
        file.write(page)
        yield _Chunk(name, kind, offset, len(header) + len(page))


def _page_header(size: int, rows: int) -> bytes:
    data = _struct(
        [(1, _I32, _number(rows)), *((n, _I32, _number(encoding)) for n, encoding in ((2, _PLAIN), (3, _RLE), (4, _RLE)))]
    )
    sizes = [(2, _I32, _number(size)), (3, _I32, _number(size))]
    return _struct([(1, _I32, _number(_DATA_PAGE)), *sizes, (5, _STRUCT, data)])


def _footer(columns: Sequence[tuple[str, Kind]], groups: Sequence[tuple[int, list[_Chunk]]], rows: int) -> bytes:
    root = _struct([(4, _BINARY, _text("schema")), (5, _I32, _number(len(columns)))])
    leaves = [
        _struct([(1, _I32, _number(_PHYSICAL[kind])), (3, _I32, _number(_REQUIRED)), (4, _BINARY, _text(name))])
        for name, kind in columns
    ]
    return _struct(
        [
            (1, _I32, _number(2)),
            (2, _LIST, _list(_STRUCT, [root, *leaves])),
            (3, _I64, _number(rows)),
            (4, _LIST, _list(_STRUCT, [_group(count, chunks) for count, chunks in groups])),
            (6, _BINARY, _text("tallystick")),
        ]
    )


def _group(rows: int, chunks: Sequence[_Chunk]) -> bytes:
    size = sum(chunk.size for chunk in chunks)
    listed = _list(_STRUCT, [_column(chunk, rows) for chunk in chunks])
    return _struct([(1, _LIST, listed), (2, _I64, _number(size)), (3, _I64, _number(rows))])


def _column(chunk: _Chunk, rows: int) -> bytes:
    metadata = _struct(
        [
            (1, _I32, _number(_PHYSICAL[chunk.kind])),
            (2, _LIST, _list(_I32, [_number(_PLAIN)])),
            (3, _LIST, _list(_BINARY, [_text(chunk.name)])),
            (4, _I32, _number(_UNCOMPRESSED)),
            (5, _I64, _number(rows)),
            (6, _I64, _number(chunk.size)),
            (7, _I64, _number(chunk.size)),
            (9, _I64, _number(chunk.offset)),
        ]
    )
    return _struct([(2, _I64, _number(chunk.offset)), (3, _STRUCT, metadata)])


# --- The compact protocol -----------------------------------------------------------------------------------------------


def _struct(fields: Iterable[Field]) -> bytes:
    out, last = b"", 0
    for number, kind, content in fields:
        out += bytes([(number - last) << 4 | kind]) + content
        last = number
    return out + b"\0"


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    short = 15
    head = bytes([len(items) << 4 | kind]) if len(items) < short else bytes([short << 4 | kind]) + _varint(len(items))
    return head + b"".join(items)


def _text(text: str) -> bytes:
    return _varint(len(text.encode())) + text.encode()


def _number(value: int) -> bytes:
    """Write a whole number that is not negative, zigzag."""
    return _varint(value << 1)


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:  # noqa: PLR2004  seven bits at a time
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])
