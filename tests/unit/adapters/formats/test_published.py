"""The published lists against registers made from them by another program: same persons, same facts.

Where the two disagree, the page docs/reference/import-formats.md says who is right; the known differences are
taken out here before counting, each by its rule.
"""

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tallystick.adapters.formats import FileSource, open_source, suggest_mapping
from tallystick.model import Record, clean_text
from tallystick.node.ports import NOT_A_PERSON

pytestmark = pytest.mark.data

LISTS = {
    "un": ("un/un_consolidated_2025-04-19.xml.gz", "un/un_2025.records.jsonl.gz", 684, 193),
    "uk": ("uk/ofsi_conlist_2025-04-10_as_csv.csv.gz", "uk/uk_2025.records.jsonl.gz", 3662, 1024),
    "ofac": ("ofac/sdn_2024-05-03.csv.gz", "ofac/ofac_2024.records.jsonl.gz", 6854, 8111),
}
FLOOR = 0.97


@cache
def imported(folder: Path, name: str) -> tuple[dict[str, Record], Counter[str]]:
    source = open_source(folder / "lists" / LISTS[name][0])
    rows = list(source.rows())
    return {row.record.id: row.record for row in rows if row.record}, Counter(row.reason for row in rows)


@cache
def normalised(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    with gzip.open(folder / "lists" / LISTS[name][1], "rt", encoding="utf-8") as file:
        return {record["id"]: record for record in map(json.loads, file)}


def facts(field: str, values: Any) -> set[str]:  # noqa: ANN401
    """Return the values of a field so that two programs' habits do not count as differences."""
    texts = {clean_text(value) for value in values}
    if field == "birth_dates":
        # The other program writes an approximate year twice, as exact too, and 1948/1948 for 1948.
        texts = {first if first == last else text for text in texts for first, _, last in [text.partition("/")]}
        return {text for text in texts if f"{text}~" not in texts}
    if field == "weak_names":  # and leaves weak names as FAMILY, Given
        return {" ".join(reversed(text.split(", "))) if text.count(", ") == 1 else text for text in texts}
    return (
        {text.replace("cg", "cd") for text in texts} if field == "nationalities" else texts
    )  # it takes Kinshasa for Brazzaville


@pytest.mark.parametrize("name", LISTS)
def test_the_same_persons(data: Path, name: str) -> None:
    records, reasons = imported(data, name)
    _list, _register, persons, others = LISTS[name]
    assert records.keys() == normalised(data, name).keys()
    assert reasons == {"": persons, NOT_A_PERSON: others}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("field", ["names", "weak_names", "birth_dates", "nationalities"])
def test_the_same_facts(data: Path, name: str, field: str) -> None:
    records, _reasons = imported(data, name)
    expected = normalised(data, name)
    agreed = sum(facts(field, getattr(records[key], field)) == facts(field, expected[key][field]) for key in expected)
    assert agreed / len(expected) > FLOOR


@pytest.mark.parametrize("name", LISTS)
def test_no_number_of_another_list_is_evidence(data: Path, name: str) -> None:
    """Reference numbers look like QDi.123, RUS0123 or EU.123.45."""
    import re

    reference = re.compile(r"\b[A-Z]{2}[ie]\.\d{3}\b|\b(?:RUS|AFG|AQD|SYR|IRN|GHR|CTI)\d{4}\b|\bEU\.\d+\.\d+\b")
    records, _reasons = imported(data, name)
    assert not [record.id for record in records.values() for each in record.identifiers if reference.search(each.number)]


def test_the_workbook_says_what_the_csv_says(data: Path) -> None:
    records, _reasons = imported(data, "uk")
    rows = open_source(data / "lists" / "uk" / "ofsi_conlist_2025-04-10.xlsx").rows()
    assert {row.record.id: row.record for row in rows if row.record} == records


@pytest.mark.parametrize(
    ("path", "persons", "others", "refused"),
    [
        ("uk/ofsi_conlist_2014-04-02.csv.gz", 1337, 960, 0),
        ("ofac/cons_enhanced.zip", 80, 363, 0),
        ("eu/fsf_1.0_extract_2018-07-04.csv.gz", 61, 32, 1),  # one line that the collector broke
        ("ca/sema_sample_80_records_2025-05.xml.gz", 60, 20, 0),
    ],
)
def test_the_other_lists_read_through(data: Path, path: str, persons: int, others: int, refused: int) -> None:
    rows = list(open_source(data / "lists" / path).rows())
    reasons = Counter("refused" if row.reason not in {"", NOT_A_PERSON} else row.reason for row in rows)
    assert (reasons[""], reasons[NOT_A_PERSON], reasons["refused"]) == (persons, others, refused)


def test_a_table_nobody_described(data: Path) -> None:
    path = data / "linkage" / "febrl_dataset1.csv.gz"
    mapping = suggest_mapping(path)
    assert (mapping.id, mapping.name_parts, mapping.birth_dates) == ("rec_id", ("given_name", "surname"), ("date_of_birth",))
    source: FileSource = open_source(path, mapping=mapping)
    records = [row.record for row in source.rows() if row.record]
    assert len(records) > 950
    assert sum(bool(record.birth_dates) for record in records) > 850
