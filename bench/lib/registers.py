"""Generated registers, as the benchmarks use them: made once, linked by tallystick and by Splink, judged.

Splink reads the same fields from CSV, cut into columns beforehand and not on its clock. It gets
every field tallystick gets.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.lib import peers, places, product
from bench.lib.process import Usage
from bench.lib.quality import Evaluation, Pair, Truth, evaluate_pairs, read_truth

COLUMNS = (
    *("id", "full_name", "given_name", "family_name", "birth_date", "birth_place", "nationality", "gender"),
    *("number", "phone", "email", "city", "postcode"),
)


@dataclass(frozen=True, slots=True)
class Registers:
    """Two generated registers and their truth."""

    folder: Path
    truth: Truth

    @property
    def first(self) -> Path:
        """Register A, native format."""
        return self.folder / "a.jsonl.gz"

    @property
    def second(self) -> Path:
        """Register B, native format."""
        return self.folder / "b.jsonl.gz"

    def marks(self) -> dict[Pair, tuple[str, str]]:
        """Pairs the generator knows of -> (what they are to each other, culture): `same`, `sibling`, `namesake`, ..."""
        with (self.folder / "pairs.csv").open(encoding="utf-8", newline="") as lines:
            return {(row["id_a"], row["id_b"]): (row["kind"], row["culture"]) for row in csv.DictReader(lines)}


def make(size: int, *, cross_script: float = 0.0) -> Registers:
    """Make the registers of that size, or take those made before."""
    folder = product.registers(size, cross_script=cross_script)
    return Registers(folder, read_truth(folder / "truth.csv"))


def link(registers: Registers, *options: str, cores: int | None = None) -> tuple[Evaluation, Usage]:
    """Link them with tallystick and judge the links."""
    out = registers.folder / f"found{'_'.join(['', *options]).replace('--', '')}.csv"
    usage = product.link(registers.first, registers.second, out, *options, cores=cores)
    return evaluate_pairs(out, registers.truth), usage


def link_with_splink(registers: Registers, *, cores: int) -> tuple[dict[str, Evaluation], Usage, dict[str, Any]]:
    """Link them with Splink; judge its links at p >= .5 and those that are each other's best partner besides."""
    for side, path in (("a", registers.first), ("b", registers.second)):
        flatten(path, registers.folder / f"{side}.csv")
    names = {"splink p>=.5": "p50", "splink 1:1": "one_to_one"}
    folder = registers.folder
    figures, usage = peers.call("splink", "splink_persons.py", folder / "a.csv", folder / "b.csv", folder, cores, cores=cores)
    found = {label: evaluate_pairs(folder / f"splink_{name}.csv", registers.truth) for label, name in names.items()}
    return found, usage, figures


def flatten(source: Path, target: Path) -> None:
    """Write native records as one CSV row each: lower case, no diacritics, first and last name part apart."""
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        return
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(_row(record) for record in product.read_records(source))


def _row(record: Mapping[str, Any]) -> list[str]:
    parts = _parts(record["names"][0])
    numbers = [f"{i['type']} {i['number']}" for i in record.get("identifiers", ())]
    address: Mapping[str, str | None] = next(iter(record.get("addresses", ())), {})
    return [
        record["id"],
        " ".join(parts),
        parts[0] if len(parts) > 1 else "",
        parts[-1] if parts else "",
        _first(record, "birth_dates").rstrip("~"),
        _plain(_first(record, "birth_places").split(",")[0]),
        _first(record, "nationalities"),
        record.get("gender") or "",
        _plain(numbers[0]) if numbers else "",
        re.sub(r"\D", "", _first(record, "phones")),
        _first(record, "emails").casefold(),
        _plain(address.get("city") or ""),
        _plain(address.get("postcode") or ""),
    ]


def _parts(name: str) -> list[str]:
    family, comma, given = _plain(name).partition(",")  # FAMILY, Given
    words = f"{given} {family}" if comma else family
    return [part for word in words.split() if (part := word.strip(".'\"()"))]


def _first(record: Mapping[str, Any], field: str) -> str:
    return str(next(iter(record.get(field, ())), ""))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def other_script_ids(registers: Registers) -> frozenset[str]:
    """Ids of the records of A whose name is not written in Latin letters."""
    return frozenset(
        record["id"]
        for record in product.read_records(registers.first)
        if not any("LATIN" in unicodedata.name(letter, "") for letter in record["names"][0] if letter.isalpha())
    )


def keep_strangers(registers: Registers, count: int) -> tuple[Path, list[str]]:
    """Write the first `count` records of B who are not in A as queries; return the file and their ids."""
    shared = {pair[1] for pair in registers.truth.same}
    chosen: list[dict[str, Any]] = []
    for record in product.read_records(registers.second):
        if record["id"] not in shared:
            chosen.append(record)
            if len(chosen) == count:
                break
    path = product.write_records(places.scratch("data", f"strangers_{registers.folder.name}.jsonl"), chosen)
    return path, [record["id"] for record in chosen]
