"""Says how right a file of pairs is, beside the truth: what was linked, what was missed.

    python scripts/compare_with_truth.py links.csv truth.csv [--ignore undecided.csv]
    python scripts/compare_with_truth.py --example links.csv truth.csv a.jsonl.gz

The second form prints a right link of middling weight whose name in A is not in Latin letters: id in A, id in B, year of birth and name
in A. Uses nothing but the standard library; measuring with peers, thresholds and curves is the business of bench/.
"""

import argparse
import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

Pair = tuple[str, str]

MIDDLING_BITS = 35
"""Enough for a sure link, too little for shared documents and telephones: the names have to carry it."""


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
    shown = min(rows, key=lambda row: (abs(float(row["weight_bits"]) - MIDDLING_BITS), row["id_a"]))
    print(shown["id_a"], shown["id_b"], *others[shown["id_a"]])


def names_in_other_scripts(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield id, year of birth and first name of the records of a native file that have both, the name without a Latin letter."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            name, births = record["names"][0], record.get("birth_dates")
            if births and not any("a" <= letter.lower() <= "z" for letter in name):
                yield record["id"], (births[0][:4], name)


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
