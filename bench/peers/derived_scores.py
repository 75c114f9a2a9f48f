"""How much of a text other tools find in another one: scores of pairs, 0 to 1, as JSON.

python derived_scores.py PAIRS.jsonl

Containment by MinHash of runs of three words (datasketch, 256 permutations), the token set ratio of rapidfuzz, and the share of
the words that stand in the matching blocks of difflib.
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, D103, PTH123

import difflib
import json
import re
import sys

from datasketch import MinHash
from rapidfuzz import fuzz

LEAST_BLOCK = 3


def words(text):
    return re.findall(r"\w+", text.lower())


def sketch(told):
    runs = {" ".join(told[at : at + 3]) for at in range(len(told) - 2)}
    hashed = MinHash(num_perm=256, seed=1)
    hashed.update_batch([each.encode() for each in runs])
    return hashed, len(runs)


def containment(text, source):
    (one, size), (two, other) = sketch(text), sketch(source)
    alike = one.jaccard(two)
    return min(1.0, alike * (size + other) / (1 + alike) / max(size, 1))


def blocks(text, source):
    found = difflib.SequenceMatcher(None, text, source, autojunk=False).get_matching_blocks()
    return sum(each.size for each in found if each.size >= LEAST_BLOCK) / max(len(text), 1)


scores = {"datasketch containment": [], "rapidfuzz token set": [], "difflib blocks": []}
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        pair = json.loads(line)
        text, source = words(pair["text"]), words(pair["source"])
        scores["datasketch containment"].append(containment(text, source))
        scores["rapidfuzz token set"].append(fuzz.token_set_ratio(" ".join(text), " ".join(source)) / 100)
        scores["difflib blocks"].append(blocks(text, source))
print(json.dumps({"scores": scores}))
