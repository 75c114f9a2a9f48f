"""rapidfuzz over a register: token_sort on ICU's Latin letters, dropped where the birth years differ by more than one.

    python rapidfuzz_find.py REGISTER.jsonl QUERIES.jsonl OUT.csv [LOWEST_RATIO]

Writes `query_id,record_id,weight_bits,probability,decision` with the ratio (0 to 1) as weight; "link" from 0.85 up.
Prints the processor seconds spent on the queries (the list prepared before).
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, B905, D103, PLR2004, PTH123

import csv
import json
import sys
import time

import numpy as np
from normality import ascii_text
from rapidfuzz import fuzz, process, utils

LOWEST = int(sys.argv[4]) if len(sys.argv) > 4 else 60
LINK, BATCH = 85, 256


def plain(name):
    return utils.default_process(ascii_text(name) or "")


def years(record):
    return {int(part[:4]) for born in record.get("birth_dates", ()) for part in born.split("/")}


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


register, queries = read(sys.argv[1]), read(sys.argv[2])
names, owner = [], []
for i, record in enumerate(register):
    for name in {plain(name) for name in record["names"] + record.get("weak_names", [])}:
        names.append(name)
        owner.append(i)
born = [years(record) for record in register]
start = time.process_time()
with open(sys.argv[3], "w", encoding="utf-8", newline="") as out:
    writer = csv.writer(out)
    writer.writerow(["query_id", "record_id", "weight_bits", "probability", "decision"])
    for first in range(0, len(queries), BATCH):
        some = queries[first : first + BATCH]
        scores = process.cdist(
            [plain(query["names"][0]) for query in some],
            names,
            scorer=fuzz.token_sort_ratio,
            score_cutoff=LOWEST,
            dtype=np.float32,
        )
        for query, row in zip(some, scores):
            mine, best = years(query), {}
            for j in row.nonzero()[0]:
                theirs = born[owner[j]]
                if not mine or not theirs or min(abs(x - y) for x in mine for y in theirs) <= 1:
                    best[owner[j]] = max(best.get(owner[j], 0.0), float(row[j]))
            for i, score in best.items():
                decision = "link" if score >= LINK else "possible"
                writer.writerow([query["id"], register[i]["id"], round(score / 100, 6), "nan", decision])
print(json.dumps({"seconds": time.process_time() - start, "names": len(names)}))
