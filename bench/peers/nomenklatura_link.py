"""nomenklatura's matchers over two registers, on candidates of its own name symbols.

    python nomenklatura_link.py A.jsonl.gz B.jsonl.gz OUT_FOLDER ALGORITHM ...

Candidates share the symbols or sounds of two parts of one written name, or a document number. Writes one pairs file
per algorithm (weight = its score; "link" from its customary 0.7 up); prints the processor seconds spent comparing.
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, B905, D103, PLR2004

import csv
import gzip
import itertools
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

from followthemoney import model
from nomenklatura.matching import get_algorithm
from nomenklatura.matching.types import ScoringConfig
from rigour.names import NameTypeTag, analyze_names

CROWDED, LINK = 300, 0.7
PARTICLES = {"al", "el", "bin", "ibn", "ben", "bint", "abu", "abd", "de", "del", "la", "le", "van", "von", "der", "ould", "of"}
GENDERS = {"m": "male", "f": "female"}


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {record["id"]: record for record in map(json.loads, lines)}


def part_classes(name):
    for parsed in analyze_names(NameTypeTag.PER, [name]):
        symbols = defaultdict(set)
        for span in parsed.spans:
            if str(span.symbol.category).endswith("NAME") and len(span.parts) == 1:
                symbols[span.parts[0].index].add(str(span.symbol.id))
        for part in parsed.parts:
            found = symbols[part.index] | ({"sound " + part.metaphone} if part.metaphone else set())
            if found and len(part.form) > 1 and part.comparable not in PARTICLES:
                yield found


def keys(record):
    numbers = ("".join(filter(str.isalnum, i["number"].upper())) for i in record["identifiers"])
    found = {("number", number) for number in numbers if len(number) >= 5}
    for name in record["names"]:
        for one, two in itertools.combinations(part_classes(name), 2):
            found |= {tuple(sorted(pair)) for pair in itertools.product(one, two)}
    return found


def candidates(first, second):
    holders = defaultdict(list)
    for identity, record in second.items():
        for key in keys(record):
            holders[key].append(identity)
    return {
        (identity, other)
        for identity, record in first.items()
        for key in keys(record)
        if len(holders.get(key, ())) < CROWDED
        for other in holders.get(key, ())
    }


def entity(record):
    properties = {
        "name": record["names"],
        "weakAlias": record["weak_names"],
        "birthDate": [born.rstrip("~") for born in record["birth_dates"] if "/" not in born],
        "nationality": record["nationalities"],
        "idNumber": [i["number"] for i in record["identifiers"]],
        "birthPlace": record["birth_places"],
        "gender": [GENDERS.get(record["gender"], record["gender"])] if record["gender"] else [],
    }
    return model.get_proxy({"id": record["id"], "schema": "Person", "properties": properties}, cleaned=False)


def main():
    first, second = read(sys.argv[1]), read(sys.argv[2])
    pairs = sorted(candidates(first, second))
    left, right = ({identity: entity(record) for identity, record in side.items()} for side in (first, second))
    seconds = {}
    for name in sys.argv[4:]:
        algorithm, config = get_algorithm(name), ScoringConfig.defaults()
        start = time.process_time()
        scores = [float(algorithm.compare(left[one], right[two], config).score) for one, two in pairs]
        seconds[name] = time.process_time() - start
        with (Path(sys.argv[3]) / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["id_a", "id_b", "weight_bits", "probability", "decision"])
            for pair, score in zip(pairs, scores):
                writer.writerow([*pair, score, "nan", "link" if score >= LINK else "possible"])
    print(json.dumps({"candidates": len(pairs), "seconds": seconds}))


main()
