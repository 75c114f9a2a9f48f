"""What the screening benchmarks share: the list of UN and US persons, the queries, the strangers."""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rigour.territories import lookup_territory

from bench.lib import places, product
from bench.lib.scripts import script

UN, US = "lists/un/un_2025.records.jsonl.gz", "lists/ofac/ofac_2024.records.jsonl.gz"
FALSE_RATE = 0.001

Query = dict[str, Any]


def people(*, latin_only: bool = False) -> Path:
    """Write the UN and US persons as one register; `latin_only` leaves out names in any other script."""
    path = places.scratch("data", f"un_us{'_latin' if latin_only else ''}.jsonl")
    records = (record for name in (UN, US) for record in product.read_records(places.data(name)))
    return product.write_records(path, filter(None, map(_latin, records)) if latin_only else records)


def _latin(record: Query) -> Query | None:
    names = {field: [name for name in record[field] if script(name) in {"Latin", "none"}] for field in ("names", "weak_names")}
    return {**record, **names} if names["names"] else None


def same_person() -> dict[str, set[str]]:
    """UN id -> the ids of all entries of that person on the UN and US lists."""
    found: dict[str, set[str]] = {}
    with places.data("lists/truth/truth_un_2025__ofac_2024.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["id_a"], {row["id_a"]}).add(row["id_b"])
    return found


def positives() -> list[Query]:
    """UN persons under mildly distorted names; `truth` is the UN id, `changed` whether the name was altered at all."""
    with places.data("names/screening_queries_positive.csv").open(encoding="utf-8", newline="") as lines:
        return [
            {
                **_query(f"p{i}", row["query_name"], row["birth_date"], row["nationality"]),
                "truth": row["un_id"],
                "changed": row["query_name"] != row["undistorted_name"],
            }
            for i, row in enumerate(csv.DictReader(lines))
        ]


def other_scripts(*wanted: str) -> list[Query]:
    """Every name of a UN person in one of these scripts, with the person's first birth date and nationality."""
    return list(_other_scripts(wanted))


def _other_scripts(wanted: Sequence[str]) -> Iterator[Query]:
    for record in product.read_records(places.data(UN)):
        for i, name in enumerate(record["names"]):
            if script(name) in wanted:
                born, nation = (next(iter(record[field]), "") for field in ("birth_dates", "nationalities"))
                yield {**_query(f"{record['id']}/{i}", name, born, nation), "truth": record["id"], "script": script(name)}


def strangers(limit: int | None = None) -> list[Query]:
    """Invented persons who are on no list."""
    path = places.data("names/screening_queries_negatives_us.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    step = max(1, len(rows) // limit) if limit else 1
    return [
        _query(f"n{i}", row["full_name"], row["date_of_birth"], _country(row["nationality"]))
        for i, row in enumerate(rows[::step])
    ]


def strangers_in(*scripts: str) -> list[Query]:
    """Invented persons whose names are written in these scripts, from the project's generator."""
    made = product.registers(20_000, cross_script=1.0, seed=7)
    return [
        _query(record["id"], record["names"][0], *(next(iter(record.get(f, ())), "") for f in ("birth_dates", "nationalities")))
        for record in product.read_records(made / "a.jsonl.gz")
        if script(record["names"][0]) in scripts
    ]


@lru_cache
def _country(name: str) -> str:
    found = lookup_territory(name) if name else None
    return found.code if found and len(found.code) == 2 else ""  # noqa: PLR2004  ISO 3166-1 alpha-2


def _query(identity: str, name: str, born: str, nation: str) -> Query:
    query: Query = {"id": identity, "names": [name]}
    if born:
        query["birth_dates"] = [born]
    if nation:
        query["nationalities"] = [nation]
    return query


def write(path: Path, queries: Sequence[Mapping[str, Any]]) -> Path:
    """Write queries as native records: what is known about the truth stays here."""
    fields = ("id", "names", "birth_dates", "nationalities")
    return product.write_records(path, ({name: query[name] for name in fields if name in query} for query in queries))
