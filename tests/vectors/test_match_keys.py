"""Match keys against spec/vectors/match-keys-v1.json: the native core, and the second implementation from parts upwards."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import match_key_vectors
import msgspec
import pytest

from lib import keys_twin
from lib.keys_twin import MOST_KEYS, Role, Twin
from tallystick import _native
from tallystick.matching import KeyBatch, Parameters
from tallystick.model import Address, Identifier, Record

ROOT = Path(__file__).parents[2]
FILE = ROOT / "spec" / "vectors" / "match-keys-v1.json"
FRAME = {
    "format": 1,
    "version": "vectors",
    "calibration": {"slope": 1, "offset": 0},
    "thresholds": {"link": 0.5, "possible": 0.1},
}


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field nobody knows is a vector nobody understands."""


class NameVector(Strict, frozen=True):
    name: str
    hostile: bool
    written: str
    readings: list[list[tuple[str, str, str, str]]]


class Keys(Strict, frozen=True):
    keys: list[tuple[str, int]] | None = None
    count: int | None = None
    first: tuple[str, int] | None = None
    last: tuple[str, int] | None = None
    sha256: str | None = None

    def are(self, made: list[tuple[str, int]]) -> bool:
        if self.keys is not None:
            return self.keys == made
        digest = hashlib.sha256("\n".join(f"{text} {tenths}" for text, tenths in made).encode()).hexdigest()
        return (self.count, self.first, self.last, self.sha256) == (len(made), made[0], made[-1], digest)


class RecordVector(Strict, frozen=True):
    name: str
    hostile: bool
    record: dict[str, Any]
    holder: Keys
    asker: Keys


class PairVector(Strict, frozen=True):
    name: str
    asker: dict[str, Any]
    holder: dict[str, Any]
    weight_tenths: int | None
    shared: list[str]


class RefusedVector(Strict, frozen=True):
    name: str
    line: str


class KeyParameters(Strict, frozen=True):
    keys: dict[str, float]
    frequencies: str


class Vectors(Strict, frozen=True):
    spec: str
    source: str
    parameters: KeyParameters
    counts: dict[str, int]
    names: list[NameVector]
    records: list[RecordVector]
    pairs: list[PairVector]
    refused: list[RefusedVector]


VECTORS = msgspec.json.decode(FILE.read_bytes(), type=Vectors)
name_vectors = pytest.mark.parametrize("vector", VECTORS.names, ids=lambda vector: vector.name)
record_vectors = pytest.mark.parametrize("vector", VECTORS.records, ids=lambda vector: vector.name)
pair_vectors = pytest.mark.parametrize("vector", VECTORS.pairs, ids=lambda vector: vector.name)
roles = pytest.mark.parametrize("role", ["holder", "asker"])


@cache
def parameters() -> Parameters:
    keys = json.loads(FILE.read_bytes())["parameters"]["keys"]  # whole numbers stay whole
    return Parameters(json.dumps(FRAME | {"keys": keys}), VECTORS.parameters.frequencies)


@cache
def native() -> _native.KeyMaker:
    return _native.KeyMaker(parameters().text, parameters().frequencies)


@cache
def twin() -> Twin:
    return Twin(parameters())


def line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def as_record(fields: dict[str, Any]) -> Record:
    built = {
        "identifiers": tuple(Identifier(**each) for each in fields.get("identifiers", ())),
        "addresses": tuple(Address(**each) for each in fields.get("addresses", ())),
    }
    lists: dict[str, Any] = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Record(id=fields["id"], **{**lists, **built})


def test_no_vector_is_skipped() -> None:
    found = {
        "names": len(VECTORS.names),
        "records": len(VECTORS.records),
        "pairs": len(VECTORS.pairs),
        "refused": len(VECTORS.refused),
    }
    assert VECTORS.spec == "match-keys-v1"
    assert found == VECTORS.counts
    assert sum(found.values()) >= 150
    hostile = [each.hostile for each in VECTORS.names] + [each.hostile for each in VECTORS.records]
    assert sum(hostile) + len(VECTORS.refused) >= 70
    sections: list[list[Any]] = [VECTORS.names, VECTORS.records, VECTORS.pairs, VECTORS.refused]
    assert all(len({each.name for each in section}) == len(section) for section in sections)


def test_the_file_is_what_its_script_writes() -> None:
    assert match_key_vectors.text(match_key_vectors.vectors()) == FILE.read_text(encoding="utf-8")


def test_the_file_shows_no_invisible_character() -> None:
    assert not re.search(
        r"[^\S\n ]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0300-\u036f]", FILE.read_text(encoding="utf-8")
    )


@name_vectors
def test_names_are_read_as_written_down(vector: NameVector) -> None:
    assert _native.read_name(vector.written) == vector.readings


@name_vectors
def test_classes_follow_from_the_form(vector: NameVector) -> None:
    for form, _, fine, coarse in (part for reading in vector.readings for part in reading):
        assert (keys_twin.fine(form), keys_twin.coarse(form)) == (fine, coarse)


@record_vectors
@roles
def test_records_give_these_keys(vector: RecordVector, role: Role) -> None:
    made = [(text.decode(), tenths) for text, tenths in KeyBatch.of(native(), [line(vector.record)], role).keys_of(0)]
    assert native().keys([line(vector.record)], role) == [[text for text, _ in made]]
    assert (vector.holder if role == "holder" else vector.asker).are(made)


@record_vectors
@roles
def test_the_second_implementation_gives_them_too(vector: RecordVector, role: Role) -> None:
    made = twin().keys(as_record(vector.record), role)[:MOST_KEYS]
    assert (vector.holder if role == "holder" else vector.asker).are(made)


@pair_vectors
def test_pairs_share_these_keys(vector: PairVector) -> None:
    [asked], [held] = native().keys([line(vector.asker)], "asker"), native().keys([line(vector.holder)], "holder")
    assert sorted(set(asked) & set(held)) == vector.shared


@pair_vectors
def test_pairs_share_a_key_if_and_only_if_they_share_the_weight(vector: PairVector) -> None:
    assert native().shared_weight(line(vector.asker), line(vector.holder)) == vector.weight_tenths
    assert twin().shared_weight(as_record(vector.asker), as_record(vector.holder)) == vector.weight_tenths
    enough = vector.weight_tenths is not None and vector.weight_tenths >= VECTORS.parameters.keys["threshold"]
    assert bool(vector.shared) == enough


@pytest.mark.parametrize("vector", VECTORS.refused, ids=lambda vector: vector.name)
def test_lines_that_are_no_record_give_no_keys(vector: RefusedVector) -> None:
    with pytest.raises(ValueError, match=r"^(record|a field|line)") as caught:
        native().keys([vector.line.encode()], "holder")
    assert "zorvek" not in str(caught.value).lower()
