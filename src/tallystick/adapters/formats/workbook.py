"""Reads the rows of an XLSX workbook as texts, as a stream.

Rules
 1. A workbook whose parts unpack to more than MAX_UNPACKED_BYTES, or grow more than MAX_RATIO times, is refused; so
    is one with a document type in any part.
 2. A formula counts as the value the workbook keeps for it; without one the cell is empty.
 3. The sheets are read one after the other; empty rows are no rows. A cell longer than MAX_CELL_CHARS refuses its row;
    columns beyond the first 64 are not read.
"""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

import msgspec

from tallystick.adapters.formats.csv_rows import CsvRow
from tallystick.adapters.formats.files import FREE_BYTES, MAX_RATIO, Meter, metered
from tallystick.errors import InputError

MAX_UNPACKED_BYTES = 512 << 20
MAX_STRINGS_BYTES = 64 << 20
"""Of the table of shared strings, the one part that is held in memory."""
MAX_CELL_CHARS = 32_767
"""Excel's own limit."""
_MAX_ROWS = 1 << 20
_MAX_COLUMNS = 64
_WORKBOOK = "xl/workbook.xml"
_PROLOG_BYTES = 1 << 16
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
)
"""What openpyxl and zipfile raise on broken workbooks; XML errors are SyntaxErrors."""


def is_xlsx(path: Path) -> bool:
    """Tell whether a zip archive is a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def workbook_rows(path: Path, meter: Meter | None = None, *, sheets: int | None = None) -> Iterator[CsvRow]:
    """Yield the rows of the first sheets, of all where no number is given; a position is the ordinal of the row among them.

    Raises:
        InputError: broken, too large, or not a workbook.
    """
    with metered(path, meter) as file:
        position = 0
        try:
            _refuse_bomb(file, path.name)
            for values in _all_values(file, sheets):
                position += 1
                if any(value is not None for value in values):
                    yield _row(position, values)
        except _BROKEN:
            raise InputError(
                f"{path.name} is broken, after row {position}",
                hint="open it in a spreadsheet program and save it again, or save it as CSV",
            ) from None


def _all_values(file: IO[bytes], sheets: int | None) -> Iterator[tuple[Any, ...]]:
    import openpyxl  # noqa: PLC0415  # takes a third of a second to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which are not read
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets[:sheets]:
            rows = sheet.iter_rows(values_only=True, max_row=_MAX_ROWS, max_col=_MAX_COLUMNS)
            while (values := _next(rows)) is not None:
                yield values
    finally:
        book.close()


def _next(rows: Iterator[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about dates out of range, which come out as errors of the cell
        return next(rows, None)


def _refuse_bomb(file: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
        if unpacked > min(MAX_UNPACKED_BYTES, max(packed * MAX_RATIO, FREE_BYTES)):
            raise InputError(f"{name} unpacks to {unpacked} bytes", hint="if the workbook is genuine, save it as CSV")
        for info in infos:
            if "sharedstrings" in info.filename.lower() and info.file_size > MAX_STRINGS_BYTES:
                raise InputError(
                    f"{name} holds {info.file_size} bytes of strings", hint="if the workbook is genuine, save it as CSV"
                )
            if info.filename.endswith((".xml", ".rels")):
                with archive.open(info) as part:
                    _refuse_doctype(name, part.read(_PROLOG_BYTES))
    file.seek(0)


def _refuse_doctype(name: str, prolog: bytes) -> None:
    if b"<!DOCTYPE" in prolog.replace(b"\0", b"").upper():
        raise InputError(f"{name} declares a document type inside", hint="workbooks do not; get the file from its publisher")


def _row(position: int, values: tuple[Any, ...]) -> CsvRow:
    cells = [_text(value) for value in values]
    original = msgspec.json.encode(cells)
    if any(len(cell) > MAX_CELL_CHARS for cell in cells):
        return CsvRow(position, None, f"a cell is longer than {MAX_CELL_CHARS} characters", original)
    return CsvRow(position, cells, "", original)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).encode("utf-8", "replace").decode()
