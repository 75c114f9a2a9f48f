"""The native record format: canonical, closed, and silent about values."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.strategies import TROUBLE, records, texts
from tallystick.errors import RecordError
from tallystick.model import Custody, Identifier, Record, check, clean_text, decode, encode
from tallystick.model.codec import MAX_LINE_BYTES, MAX_TEXT_CHARS, MAX_VALUES

CANARY = "zq7canary"
"""A value that must never come back in an error or a repr."""


def row(**fields: object) -> bytes:
    return json.dumps({"id": "r1", "names": ["N"], **fields}).encode()


# --- canonical ----------------------------------------------------------------------------------------------------------


@given(records)
def test_a_checked_record_survives_the_line(record: Record) -> None:
    checked = check(record)
    assert decode(encode(checked)) == checked


@given(records)
def test_checking_twice_changes_nothing(record: Record) -> None:
    checked = check(record)
    assert check(checked) == checked


@given(records)
def test_a_line_is_one_line_of_utf8_without_empty_fields(record: Record) -> None:
    line = encode(check(record))
    assert b"\n" not in line
    assert b"\r" not in line
    assert b"null" not in line.replace(b'"null"', b"") or any("null" in text for text in _all_texts(record))
    assert all(value not in ([], {}, None) for value in json.loads(line).values())


def _all_texts(record: Record) -> list[str]:
    return json.dumps(json.loads(encode(check(record)))).split('"')


@given(texts)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(texts)
def test_clean_text_holds_nothing_unseen(text: str) -> None:
    cleaned = clean_text(text)
    assert not set(cleaned) & set(TROUBLE)
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


def test_the_order_of_fields_on_the_line_does_not_matter() -> None:
    assert encode(decode(b'{"names":["A","B"],"id":"r1"}')) == b'{"id":"r1","names":["A","B"]}'


def test_of_a_field_given_twice_the_last_counts() -> None:
    assert decode(b'{"id":"first","id":"last","names":["N"]}').id == "last"


def test_composed_and_decomposed_writings_are_one() -> None:
    assert decode(row(names=["Jose\u0301", "Jos\u00e9"])).names == ("Jos\u00e9",)


def test_parts_of_a_record_are_cleaned_too() -> None:
    record = decode(
        row(
            identifiers=[{"type": " passport ", "country": "ma", "number": "A\u200b1"}, {"type": "x", "number": "\x00"}],
            addresses=[{"street": "\t"}, {"city": "Aix\x00en"}],
            custody={"owner": "\u202eunit", "purpose": " ", "expires_on": "2030-01-31"},
        )
    )
    assert record.identifiers == (Identifier(type="passport", country="ma", number="A 1"),)
    assert [address.city for address in record.addresses] == ["Aix en"]
    assert record.custody == Custody(owner="unit", expires_on=date(2030, 1, 31))


def test_countries_and_genders_are_read_in_any_case_and_null_is_nothing() -> None:
    loud = row(nationalities=["MA", "ma"], gender="Female", identifiers=[{"type": "passport", "country": "MA", "number": "A1"}])
    record = decode(loud[:-1] + b',"phones":null,"addresses":null}')
    assert (record.nationalities, record.gender, record.identifiers[0].country, record.phones) == (("ma",), "f", "ma", ())
    assert decode(row(gender=" ")).gender is None


# --- refused ------------------------------------------------------------------------------------------------------------

HOSTILE = {
    "nothing": b"",
    "an array": b"[]",
    "null": b"null",
    "a number": b"1",
    "cut off": b'{"id":"r1","names":["' + CANARY.encode(),
    "two objects": row(id=CANARY) + b" {}",
    "a comment": b'{"id":"r1",/* zq7canary */"names":["N"]}',
    "not a number": b'{"id":NaN,"names":["zq7canary"]}',
    "a huge number": b'{"id":1e999999,"names":["zq7canary"]}',
    "a number of 100,000 digits": b'{"id":' + b"7" * 100_000 + b',"names":["zq7canary"]}',
    "a NUL between fields": b'{"id":"r1",\x00"names":["zq7canary"]}',
    "a raw control character in a text": b'{"id":"r1","names":["zq7canary\x01"]}',
    "an escaped lone surrogate": b'{"id":"r1","names":["zq7canary\\ud800"]}',
    "a lone surrogate in UTF-8": b'{"id":"r1","names":["zq7canary\xed\xa0\x80"]}',
    "Latin-1": '{"id":"r1","names":["zq7canary é"]}'.encode("latin-1"),
    "UTF-16": '{"id":"r1","names":["zq7canary"]}'.encode("utf-16"),
    "an overlong UTF-8 slash": b'{"id":"r1","names":["zq7canary\xc0\xaf"]}',
    "100,000 open arrays": b'{"id":"r1","names":' + b"[" * 100_000,
    "100,000 open objects": b'{"id":"r1","names":' + b'{"a":' * 100_000,
    "a deep unknown field": b'{"id":"r1","names":["N"],"deep":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "an unknown field": row(zq7canary="x"),
    "an unknown field that looks like a path": row(**{f"x` - at `$.{CANARY}": "x"}),
    "an unknown field in an identifier": row(identifiers=[{"type": "passport", "number": "1", CANARY: "x"}]),
    "an unknown field in an address": row(addresses=[{CANARY: "x"}]),
    "an unknown field in the custody": row(custody={CANARY: "x"}),
    "a special category": row(religion=CANARY),
    "names that are one text": row(names=CANARY),
    "a name that is an object": row(names=[{"full": CANARY}]),
    "no name": b'{"id":"zq7canary"}',
    "only empty names": row(names=["", " ", "\u200b"]),
    "no id": b'{"names":["zq7canary"]}',
    "an id of nothing visible": row(id="\u202e\x00"),
    "an id of 10,000 characters": row(id=CANARY * 2000),
    "an impossible date": row(birth_dates=["1999-02-31"]),
    "a date in words": row(birth_dates=[CANARY]),
    "an impossible expiry": row(custody={"expires_on": "2020-13-01"}),
    "a gender in words": row(gender=CANARY),
    "a country in words": row(nationalities=[CANARY]),
    "a country of three letters": row(nationalities=["fra"]),
    "a country in other letters": row(nationalities=["\u0444\u0440"]),
    "a name too long": row(names=[CANARY * 1000]),
    "too many names": row(names=[f"{CANARY}{n}" for n in range(MAX_VALUES + 1)]),
    "a line too long": row(names=[CANARY * MAX_LINE_BYTES]),
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_line_is_refused_and_not_repeated(line: bytes) -> None:
    with pytest.raises(RecordError) as refused:
        decode(line)
    said = f"{refused.value!s} {refused.value!r} {refused.value.hint}"
    assert CANARY not in said
    assert refused.value.hint
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_a_record_error(line: bytes) -> None:
    try:
        record = decode(line)
    except RecordError:
        return
    assert decode(encode(record)) == record


@given(records, st.data())
def test_a_broken_line_never_repeats_a_value(record: Record, data: st.DataObject) -> None:
    line = encode(check(replace(record, names=(CANARY,), phones=(CANARY,))))
    place = data.draw(st.integers(0, len(line) - 1))
    broken = line[:place] + data.draw(st.binary(min_size=1, max_size=4)) + line[place + 1 :]
    try:
        decode(broken)
    except RecordError as refused:
        said = str(refused)
    else:
        said = ""
    assume(said)
    assert CANARY not in said


# --- bounds and silence -------------------------------------------------------------------------------------------------


def test_the_bounds_themselves_are_allowed() -> None:
    record = decode(row(names=[f"n{n}" for n in range(MAX_VALUES)], birth_places=["p" * MAX_TEXT_CHARS]))
    assert len(record.names) == MAX_VALUES


def test_a_text_that_grows_when_normalized_is_measured_afterwards() -> None:
    # U+0958 becomes two characters in NFC.
    with pytest.raises(RecordError):
        check(Record(id="r1", names=("\u0958" * 600,)))


@given(records)
def test_no_repr_shows_a_value(record: Record) -> None:
    marked = replace(record, names=(CANARY,), phones=(CANARY,), identifiers=(Identifier(type="passport", number=CANARY),))
    assert CANARY not in repr(marked)
    assert CANARY not in repr(marked.identifiers)
