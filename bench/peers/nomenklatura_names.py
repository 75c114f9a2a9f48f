"""nomenklatura logic-v2 over pairs of names; prints the scores and the pace as JSON.

    python nomenklatura_names.py PAIRS.csv

`warm_s` is the time of a second pass, with the names already parsed.
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, D103, PTH123

import csv
import json
import sys
import time

from followthemoney import ValueEntity, model
from nomenklatura.matching import LogicV2


def entity(identity, name):
    made = ValueEntity(model.get("Person"), {"id": str(identity)})
    made.add("name", name)
    return made


with open(sys.argv[1], encoding="utf-8", newline="") as lines:
    pairs = list(csv.reader(lines))
config = LogicV2.default_config()
LogicV2.compare(entity("x", "John Smith"), entity("y", "Jon Smyth"), config)  # loads its tables
start = time.process_time()
entities = [(entity(2 * i, one), entity(2 * i + 1, two)) for i, (one, two) in enumerate(pairs)]
scores = [float(LogicV2.compare(one, two, config).score) for one, two in entities]
cold_s = time.process_time() - start
start = time.process_time()
for one, two in entities:
    LogicV2.compare(one, two, config)
print(json.dumps({"scores": scores, "cold_s": cold_s, "warm_s": time.process_time() - start}))
