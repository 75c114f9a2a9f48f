"""Files of native records as chunks of whole lines, for engines that read millions of them.

Does not look inside a line: what is no record, the engine says.

Rules
 1. A chunk ends at the end of a line, so that lines can be counted through the chunks.
 2. A line that is longer than a record may be is passed on cut, to be refused; it is never collected whole.
 3. Broken and exploding archives are refused as everywhere (`adapters.formats.files`).
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from tallystick.adapters.formats.files import Meter, opened, size_bytes
from tallystick.errors import InputError, RecordError
from tallystick.model import Record, decode
from tallystick.model.codec import MAX_LINE_BYTES, clean_text

CHUNK_BYTES = 4 << 20
SUFFIXES = (".jsonl", ".jsonl.gz")
_BATCH = 5000

Advance = Callable[[int], None]


def is_record_file(name: str) -> bool:
    """Tell whether a name means a file of records, not a register in the store: by its ending, a slash, or being there."""
    return name.endswith(SUFFIXES) or "/" in name or Path(name).is_file()


def chunks(path: Path, advance: Advance = lambda _: None) -> Iterator[bytes]:
    """Yield the content of a file in chunks of whole lines.

    Args:
        path: plain or gzip.
        advance: told how many bytes have been read from disk.

    Raises:
        InputError: no such file, or it breaks off.
    """
    meter = Meter()
    with opened(path, meter) as stream:
        rest = b""
        is_first, skipping = True, False
        while part := stream.read(CHUNK_BYTES):
            if is_first:
                part, is_first = part.removeprefix(b"\xef\xbb\xbf"), False
            advance(meter.count)
            if skipping:  # rule 2: the tail of a line that was passed on cut
                _, line_end, part = part.partition(b"\n")
                skipping = not line_end
            whole, line_end, rest = (rest + part).rpartition(b"\n")
            if line_end:
                yield whole + b"\n"
            if len(rest) > MAX_LINE_BYTES:
                yield rest[: MAX_LINE_BYTES + 1] + b"\n"
                rest, skipping = b"", True
        if rest:
            yield rest + b"\n"


def joined(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield single lines without their ends, as a store has them, as chunks of whole lines."""
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= _BATCH:
            yield b"\n".join(batch) + b"\n"
            batch = []
    if batch:
        yield b"\n".join(batch) + b"\n"


def originals(read: Iterable[bytes], numbers: Collection[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines with these numbers, from 1, out of chunks of whole lines."""
    if not numbers:
        return
    lines = chain.from_iterable(chunk.removesuffix(b"\n").split(b"\n") for chunk in read)
    for number, line in enumerate(lines, 1):
        if number in numbers:
            yield number, line


class RecordFile:
    """A file of native records that can be asked for one of them."""

    def __init__(self, path: Path, advance: Advance = lambda _: None) -> None:
        self.path = path
        self.bytes_total = size_bytes(path)
        self._advance = advance

    def chunks(self) -> Iterator[bytes]:
        """Yield the file in chunks of whole lines."""
        return chunks(self.path, self._advance)

    def records(self, ids: Iterable[str]) -> dict[str, Record]:
        """Return the records with these ids, as far as the file has them; the first where an id comes twice."""
        wanted = {clean_text(each): each for each in ids}
        # Only lines that hold one of the ids, as JSON mostly spells it, are worth decoding; the others when that fails.
        spelt = {spelling for pair in wanted.items() for each in pair for spelling in _spellings(each)}
        found = _matching((line for line in self._lines() if any(each in line for each in spelt)), wanted)
        return found if len(found) == len(wanted) else _matching(self._lines(), wanted) | found

    def record(self, record_id: str) -> Record:
        """Return one record.

        Raises:
            InputError: the file has no record of this id.
        """
        found = self.records([record_id])
        if not found:
            raise InputError(f"record {record_id} is not in {self.path.name}", hint="check the id")
        return found[record_id]

    def _lines(self) -> Iterator[bytes]:
        for chunk in self.chunks():
            yield from chunk.split(b"\n")


def _matching(lines: Iterable[bytes], wanted: Mapping[str, str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for line in lines:
        try:
            record = decode(line)
        except RecordError:
            continue
        if record.id in wanted:
            found.setdefault(wanted[record.id], record)
            if len(found) == len(wanted):
                break
    return found


def _spellings(text: str) -> Iterator[bytes]:
    yield json.dumps(text, ensure_ascii=False).encode()
    yield json.dumps(text).encode()
