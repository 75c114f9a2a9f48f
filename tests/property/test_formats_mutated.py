"""Whatever happens to a file: rows or an InputError, no entry lost silently, no value in a message."""

import codecs
import gzip
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lib.list_samples import OFAC_ADD, OFAC_ALT, SAMPLES
from tallystick.adapters.formats import FORMATS, Mapping, detect, open_source, suggest_mapping
from tallystick.adapters.formats.texts import guess_encoding
from tallystick.errors import InputError
from tallystick.model import decode, encode
from tallystick.node.ports import SourceRow

PEOPLE = Mapping(id="Nr", name_parts=("Vorname", "Name"), birth_dates=("Geburtsdatum",), dropped=("Religion",), delimiter=";")
LINES = ("native", "ftm", "ofac-csv", "table")
"""Formats in which a line is an entry of its own."""

fuzz = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

_JUNK = st.binary(max_size=4) | st.sampled_from(
    [
        *(b"", b"\0", b'"', b"'", b",", b";", b"\n", b"\r", b"/", b"0" * 40, b"9" * 30, b"x" * 3000),
        *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\x80", b"\xd9\xa1\xd9\xa2"),
        *(b"<", b">", b"&", b"&#0;", b"]]>", b"<!--", b"{", b"[" * 600, b"-0-", b"(1) ", b"(99)", b"circa "),
    ]
)


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """Cut pieces out of a file, put junk in, repeat and move pieces."""
    for _ in range(draw(st.integers(1, 6))):
        cuts = sorted(draw(st.lists(st.integers(0, len(body)), min_size=3, max_size=3)))
        first, middle, last = body[: cuts[0]], body[cuts[0] : cuts[1]], body[cuts[1] :]
        match draw(st.sampled_from(("junk", "junk", "junk", "cut", "double", "swap", "end"))):
            case "junk":
                body = first + draw(_JUNK) + middle + last
            case "cut":
                body = first + last
            case "double":
                body = first + middle + middle + last
            case "swap":
                body = first + body[cuts[1] : cuts[2]] + middle + body[cuts[2] :]
            case _:
                body = first
    return body


def read(path: Path, kind: str | None) -> tuple[list[SourceRow], InputError | None]:
    rows: list[SourceRow] = []
    try:
        source = open_source(path, format=kind, mapping=PEOPLE if kind == "table" else None)
        rows.extend(source.rows())
    except InputError as error:
        return rows, error
    assert source.bytes_read <= source.bytes_total
    return rows, None


def prepared(folder: Path, kind: str, body: bytes) -> Path:
    (folder / "alt.csv").write_text(OFAC_ALT)
    (folder / "add.csv").write_text(OFAC_ADD)
    path = folder / f"sdn-{kind}"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
@fuzz
def test_mutated_files_give_rows_or_an_input_error(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    body = data.draw(mutated(SAMPLES[kind][1]))
    if data.draw(st.booleans()):
        body = gzip.compress(body)
    rows, _error = read(prepared(tmp_path, kind, body), kind)
    for row in rows:
        assert (row.record is None) == bool(row.reason)
        if row.record is not None:
            assert decode(encode(row.record)) == row.record
        assert not row.reason or ("Tariq" not in row.reason and "Zubi" not in row.reason)
    if kind in LINES:
        own = [row.position for row in rows if not row.reason.startswith(("alt.csv", "add.csv"))]
        assert all(before < after for before, after in pairwise(own))


@pytest.mark.parametrize("kind", LINES)
@given(data=st.data())
@fuzz
def test_no_line_is_lost_silently(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    body = data.draw(mutated(SAMPLES[kind][1]))
    path = prepared(tmp_path, kind, body)
    (tmp_path / "alt.csv").unlink()
    (tmp_path / "add.csv").unlink()
    rows, error = read(path, kind)
    if error is not None or body.startswith(codecs.BOM_UTF8) or guess_encoding(body) not in {"utf-8", "cp1252"}:
        return  # the originals are not the bytes of the file then
    kept = b"".join(row.original for row in rows if row.original)
    skipped = [line for line in body.split(b"\n") if line.strip(b"\x1a\r\n \t") and line.rstrip(b"\r") not in kept]
    allowed = [line for line in skipped if _is_part(line, kind)]
    assert len(skipped) - len(allowed) <= (1 if kind == "table" else 0)  # the header


def _is_part(line: bytes, kind: str) -> bool:
    """Tell whether a line has no row of its own: an entity that belongs to a person's, a title above a table."""
    if kind == "table":
        return sum(bool(cell.strip()) for cell in line.split(b";")) <= 1
    return kind == "ftm" and any(word in line for word in (b'"Passport"', b'"Identification"', b'"Address"'))


def _problem(look: Callable[[Path], object], path: Path) -> InputError | None:
    try:
        look(path)
    except InputError as error:
        return error
    return None


@given(data=st.data())
@fuzz
def test_looking_at_any_file_is_safe(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(FORMATS)))
    path = prepared(tmp_path, kind, data.draw(mutated(SAMPLES[kind][1]) | st.binary(max_size=200)))
    for look in (detect, suggest_mapping, lambda path: read(path, None)):
        problem = _problem(look, path)
        assert problem is None or (problem.hint and "Tariq" not in str(problem))


@given(text=st.text(max_size=60))
@example("(1)" * 200)
@example("1)-2)-3)")
@settings(max_examples=400)
def test_cells_never_break_their_readers(text: str) -> None:
    from tallystick.adapters.formats.birth_dates import read_birth_date
    from tallystick.adapters.formats.document_numbers import documents
    from tallystick.adapters.formats.draft import Draft
    from tallystick.adapters.formats.numbered import numbered
    from tallystick.adapters.formats.ofac_remarks import read_remarks
    from tallystick.adapters.formats.written_names import turned, written_names

    reading = read_birth_date(text)
    assert not (reading.edtf and reading.problem)
    assert all(value for value in numbered(text).values())
    assert all(name for name in written_names(text))
    turned(text)
    list(documents("passport", text, text))
    draft = Draft("1")
    draft.name("Ali")
    read_remarks(draft, text + "; Passport " + text + "; DOB " + text + "; a.k.a. '" + text)
    assert draft.row(1, b"").record is not None or len(text) > 0
