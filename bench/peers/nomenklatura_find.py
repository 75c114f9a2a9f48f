"""nomenklatura over a register: its DuckDB blocker in batch, then logic-v2.

    python nomenklatura_find.py REGISTER.jsonl QUERIES.jsonl OUT.csv

Writes `query_id,record_id,weight_bits,probability,decision` with logic-v2's score as weight; "link" from its 0.7 up.
Prints the processor seconds spent on the queries (the index built before) and what they went into.
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, D103, PTH123

import csv
import json
import sys
import tempfile
import time
from pathlib import Path

from followthemoney import Dataset, StatementEntity
from nomenklatura.blocker import Index
from nomenklatura.matching import LogicV2
from nomenklatura.resolver import Linker
from nomenklatura.store import SimpleMemoryStore

LOWEST, LINK = 0.3, 0.7
DATASET = Dataset.make({"name": "list", "title": "list"})


def entity(record):
    dates = [born.rstrip("~") for born in record.get("birth_dates", ()) if "/" not in born]
    properties = {
        "name": record["names"],
        "weakAlias": record.get("weak_names", []),
        "birthDate": dates,
        "nationality": record.get("nationalities", []),
    }
    return StatementEntity.from_data(DATASET, {"id": record["id"], "schema": "Person", "properties": properties})


def read(path):
    with open(path, encoding="utf-8") as lines:
        return {record["id"]: entity(record) for record in map(json.loads, lines)}


def indexed(entities, folder):
    store = SimpleMemoryStore(DATASET, Linker({}))
    writer = store.writer()
    for one in entities.values():
        writer.add_entity(one)
    writer.flush()
    index = Index(store.default_view(), Path(folder))
    index.con.execute("SET threads=1")
    index.build()
    return index


def main():
    register, queries = read(sys.argv[1]), read(sys.argv[2])
    config, pairs = LogicV2.default_config(), 0
    with tempfile.TemporaryDirectory() as folder, open(sys.argv[3], "w", encoding="utf-8", newline="") as out:
        index = indexed(register, folder)
        writer = csv.writer(out)
        writer.writerow(["query_id", "record_id", "weight_bits", "probability", "decision"])
        start = time.process_time()
        found = [(str(query), [str(match) for match, _ in matches]) for query, matches in index.match_entities(queries.values())]
        block_s = time.process_time() - start
        for query, matches in found:
            for match in matches:
                pairs += 1
                score = float(LogicV2.compare(queries[query], register[match], config).score)
                if score >= LOWEST:
                    writer.writerow([query, match, score, "nan", "link" if score >= LINK else "possible"])
        seconds = time.process_time() - start
        index.close()
    print(json.dumps({"seconds": seconds, "block_s": block_s, "pairs": pairs}))


main()
