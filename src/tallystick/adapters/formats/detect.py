"""Finds out which format a file has, by its content.

Rules
 1. The content decides, after unpacking; the name of the file decides nothing.
 2. XML is known by its root element, JSON lines by the keys of the first object, CSV by its header or its first row.
 3. What is none of the known formats is an InputError that lists them.
"""

import csv
import re
from pathlib import Path

import msgspec

from tallystick.adapters.formats import canada, eu, eu_csv, ofac_advanced, ofac_csv, ofac_enhanced, uk, un
from tallystick.adapters.formats.files import ZIP_MAGIC, head
from tallystick.adapters.formats.texts import guess_encoding
from tallystick.adapters.formats.workbook import is_xlsx
from tallystick.errors import InputError

FORMATS = {
    "native": "native records, JSON lines",
    "ftm": "FollowTheMoney entities, JSON lines",
    "un": "United Nations consolidated list, XML",
    "ofac-csv": "United States SDN list, sdn.csv with alt.csv, add.csv and sdn_comments.csv",
    "ofac-enhanced": "United States lists, enhanced XML",
    "ofac-advanced": "United States SDN list, advanced XML",
    "uk-csv": "United Kingdom consolidated list, CSV of either layout",
    "uk-xlsx": "United Kingdom consolidated list, XLSX",
    "eu-xml": "European Union financial sanctions, XML 1.1",
    "eu-csv": "European Union financial sanctions, CSV 1.0 or 1.1",
    "canada": "Canadian autonomous sanctions, XML",
    "table": "any CSV or XLSX, with a column mapping",
}
"""Names of the formats and what they are."""

_ROOTS = {
    un.ROOT: "un",
    ofac_enhanced.ROOT: "ofac-enhanced",
    ofac_advanced.ROOT: "ofac-advanced",
    eu.ROOT: "eu-xml",
    canada.ROOT: "canada",
}
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_PROLOG = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_HEAD_BYTES = 1 << 16
_FIRST_LINES = 20


def detect(path: Path) -> str:
    """Return the name of a file's format (a key of FORMATS); any CSV that is no known list is "table".

    Raises:
        InputError: the file cannot be read or is none of the known formats.
    """
    if _starts_with_zip(path) and is_xlsx(path):
        if uk.is_workbook(path):
            return "uk-xlsx"
        return "table"
    sample = head(path, _HEAD_BYTES)
    text = sample.decode(guess_encoding(sample), "replace").lstrip("\ufeff \t\r\n")
    found = _xml(text) if text.startswith("<") else _json(text) or ("" if text.startswith("[") else _csv(text))
    if found:
        return found
    raise unknown_format(f"{path.name} is in no format known here")


def unknown_format(what: str) -> InputError:
    """Return the error for a format nobody knows; the hint names those that are known."""
    return InputError(what, hint="known are: " + "; ".join(f"{key} ({each})" for key, each in FORMATS.items()))


def _starts_with_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    except OSError:
        return False


def _xml(text: str) -> str:
    root = _ROOT.match(text, _prolog_end(text))
    return _ROOTS.get(root[1], "") if root else ""


def _prolog_end(text: str) -> int:
    """Return where the root element begins: after declarations, comments and a document type."""
    position = 0
    while position >= 0:
        position = len(text) - len(text[position:].lstrip())
        end = next((end for begin, end in _PROLOG if text.startswith(begin, position)), None)
        if end is None:
            return position
        if end == ">" and -1 < text.find("[", position) < text.find(">", position):
            end = "]>"
        found = text.find(end, position)
        position = found + len(end) if found >= 0 else -1
    return len(text)


def _json(text: str) -> str:
    for line in text.splitlines()[:_FIRST_LINES]:
        if not line.startswith("{"):
            continue
        keys = _keys(line)
        if {"schema", "properties"} <= keys:
            return "ftm"
        if {"id", "names"} <= keys:
            return "native"
    return ""


def _keys(line: str) -> set[str]:
    """Return the keys of a JSON object; for one that is broken or longer than the sample, those that can be seen."""
    try:
        return set(msgspec.json.decode(line, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return set(re.findall(r'"(id|names|schema|properties)"\s*:', line))


def _csv(text: str) -> str:
    lines = text.splitlines(keepends=True)[:_FIRST_LINES]
    rows = _rows(lines, ",")
    if any(uk.is_header(row) for row in rows):
        return "uk-csv"
    if any(eu_csv.is_header(row) for row in _rows(lines, ";")) or any(eu_csv.is_header(line.split(";")) for line in lines):
        return "eu-csv"
    if (
        rows
        and all(len(row) == ofac_csv.COLUMNS for row in rows[:-1] or rows)
        and any(ofac_csv.EMPTY in cell for cell in rows[0])
    ):
        return "ofac-csv"
    printable = sum(char.isprintable() or char.isspace() for char in text)
    return "table" if lines and printable > len(text) * 0.95 and any(mark in lines[0] for mark in ",;\t|") else ""


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
