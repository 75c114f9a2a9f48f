"""Says how right a file of pairs is, beside the truth: what was linked, what was missed.

    python scripts/compare_with_truth.py links.csv truth.csv [--ignore undecided.csv]
    python scripts/compare_with_truth.py --example links.csv truth.csv a.jsonl.gz

The second form prints the heaviest right link whose record in A has a name without a Latin letter and no documents or addresses,
so that the name has to carry it: id in A, id in B, date of birth and name in A. Uses nothing but the standard library; measuring
with peers, thresholds and curves is the business of bench/.
"""

import argparse
import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

Pair = tuple[str, str]


def pairs(path: Path, *decisions: str) -> set[Pair]:
    """Return the pairs of a CSV file; where it has decisions, only those asked for."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["id_a"], row["id_b"]) for row in csv.DictReader(file) if row.get("decision", "link") in {"link", *decisions}}


def compare(links: Path, truth: Path, ignore: Path | None) -> None:
    """Print the figures."""
    undecided = pairs(ignore) if ignore else set()
    same = pairs(truth)
    linked = pairs(links) - undecided
    shown = pairs(links, "possible") - undecided
    right = linked & same
    print()
    print(f"  in truth the same person   {len(same):7,}")
    print(f"  linked                     {len(linked):7,}   of them right {len(right) / max(len(linked), 1):7.1%} (precision)")
    print(f"  found as links             {len(right):7,}   of all         {len(right) / max(len(same), 1):7.1%} (recall)")
    print(f"  found, possible links too  {len(shown & same):7,}   of all         {len(shown & same) / max(len(same), 1):7.1%}")


def example(links: Path, truth: Path, a: Path) -> None:
    """Print one right link across scripts."""
    same = pairs(truth)
    others = dict(names_in_other_scripts(a))
    with links.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["id_a"] in others and (row["id_a"], row["id_b"]) in same]
    shown = max(rows, key=lambda row: (float(row["weight_bits"]), row["id_a"]))
    print(shown["id_a"], shown["id_b"], *others[shown["id_a"]])


def names_in_other_scripts(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield id, date of birth and first name of the records that qualify."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            name, births = record["names"][0], record.get("birth_dates")
            rich = any(record.get(field) for field in ("identifiers", "addresses", "phones", "emails"))
            if births and not rich and not any("a" <= letter.lower() <= "z" for letter in name):
                yield record["id"], (births[0], name)


def main() -> None:
    """Read the command line."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("links", type=Path)
    words.add_argument("truth", type=Path)
    words.add_argument("a", type=Path, nargs="?")
    words.add_argument("--ignore", type=Path)
    words.add_argument("--example", action="store_true")
    asked = words.parse_args()
    if asked.example:
        example(asked.links, asked.truth, asked.a)
    else:
        compare(asked.links, asked.truth, asked.ignore)


if __name__ == "__main__":
    main()
