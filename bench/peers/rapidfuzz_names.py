"""rapidfuzz WRatio over pairs of names, in Latin letters by ICU; prints the scores as JSON.

python rapidfuzz_names.py PAIRS.csv
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, D103, PTH123

import csv
import json
import sys

from normality import ascii_text
from rapidfuzz import fuzz, utils


def plain(name):
    return utils.default_process(ascii_text(name) or "")


with open(sys.argv[1], encoding="utf-8", newline="") as lines:
    print(json.dumps({"scores": [fuzz.WRatio(plain(one), plain(two)) / 100 for one, two in csv.reader(lines)]}))
