"""FollowTheMoney: what is written, and what comes back."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from lib.strategies import records as any_records
from tallystick.adapters.formats import open_source, write_ftm
from tallystick.errors import RecordError
from tallystick.model import Address, Identifier, Record, check

FULL = Record(
    id="r1",
    names=("Tariq Al-Zubi", "طارق الزعبي"),
    weak_names=("Abu Nasser",),
    birth_dates=("1964-05-03", "1965"),
    birth_places=("Irbid, Jordan",),
    nationalities=("jo", "sy"),
    identifiers=(
        Identifier(type="passport", country="jo", number="T1"),
        Identifier(type="tax_id", number="9"),
        Identifier(type="seaman_book", country="pa", number="S1"),
    ),
    gender="m",
    addresses=(Address(street="1 Long Road", city="Amman", postcode="11181", country="jo"), Address(country="sy")),
    phones=("+962 6 1",),
    emails=("t@example.org",),
)


def written(*records: Record) -> bytes:
    file = io.BytesIO()
    assert write_ftm(records, file) == len(records)
    return file.getvalue()


def read_back(folder: Path, body: bytes) -> list[Record]:
    path = folder / "entities.json"
    path.write_bytes(body)
    return [row.record for row in open_source(path, format="ftm").rows() if row.record]


def test_a_person_is_written_with_documents_and_addresses_after_it() -> None:
    entities = [json.loads(line) for line in written(FULL).splitlines()]
    assert [entity["schema"] for entity in entities] == [
        "Person",
        "Passport",
        "Identification",
        "Identification",
        "Address",
        "Address",
    ]
    person = entities[0]["properties"]
    assert person["name"] == ["Tariq Al-Zubi"]
    assert person["alias"] == ["طارق الزعبي"]
    assert person["weakAlias"] == ["Abu Nasser"]
    assert (person["passportNumber"], person["taxNumber"], person["idNumber"]) == (["T1"], ["9"], ["S1"])
    assert entities[1]["properties"] == {"holder": ["r1"], "type": ["passport"], "number": ["T1"], "country": ["jo"]}


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    assert read_back(tmp_path, written(FULL)) == [FULL]


@pytest.mark.parametrize(
    ("edtf", "dates"),
    [("1964~", ("1964",)), ("1960/1962", ("1960", "1961", "1962")), ("1900/1950", ()), ("1964-05-01/1964-05-20", ("1964-05",))],
)
def test_dates_the_format_has_no_word_for(tmp_path: Path, edtf: str, dates: tuple[str, ...]) -> None:
    (record,) = read_back(tmp_path, written(replace(FULL, birth_dates=(edtf,))))
    assert record.birth_dates == dates


def test_the_nested_export(tmp_path: Path) -> None:
    passport = {"id": "p", "schema": "Passport", "properties": {"number": ["T1"], "country": ["jo"]}}
    address = {"id": "a", "schema": "Address", "properties": {"full": ["1 Long Road, Amman"]}}
    person = {"name": ["Tariq"], "passports": [passport, {"junk": 1}], "addressEntity": [address], "birthDate": [1964, None]}
    body = json.dumps({"id": "1", "schema": "Person", "caption": "Tariq", "properties": person}).encode()
    assert read_back(tmp_path, body) == [
        Record(
            id="1",
            names=("Tariq",),
            identifiers=(Identifier(type="passport", country="jo", number="T1"),),
            addresses=(Address(street="1 Long Road, Amman"),),
        )
    ]


@given(record=any_records)
def test_any_record_survives_but_for_dates_and_custody(tmp_path_factory: pytest.TempPathFactory, record: Record) -> None:
    try:
        record = check(record)
    except RecordError:
        return
    expected = replace(record, birth_dates=(), custody=None)
    (found,) = read_back(tmp_path_factory.getbasetemp(), written(expected))
    assert found.names == expected.names
    assert set(found.weak_names) == {name for name in expected.weak_names if any(map(str.isalpha, name))} - set(expected.names)
    assert found.nationalities == expected.nationalities
    assert found.gender == expected.gender
    assert {each.number for each in found.identifiers} == {
        each.number for each in expected.identifiers if any(map(str.isalnum, each.number))
    }
    assert set(found.addresses) == set(expected.addresses)
