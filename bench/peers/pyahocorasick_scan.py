"""pyahocorasick: exact lookup of names in a text that was lower-cased before; prints MB a second and what it found.

python pyahocorasick_scan.py NAMES.txt TEXT.txt
"""

import json
import sys
import time
from pathlib import Path

import ahocorasick

names = [line.lower() for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
text = Path(sys.argv[2]).read_text(encoding="utf-8").lower()
automaton = ahocorasick.Automaton()
started = time.process_time()
for number, name in enumerate(names):
    automaton.add_word(name, number)
automaton.make_automaton()
built_s = time.process_time() - started
best = float("inf")
for _ in range(3):
    started = time.process_time()
    found = 0
    for end, number in automaton.iter_long(text):
        start = end - len(names[number]) + 1
        found += (start == 0 or not text[start - 1].isalnum()) and (end + 1 == len(text) or not text[end + 1].isalnum())
    best = min(best, time.process_time() - started)
print(json.dumps({"mb_per_s": len(text.encode()) / 1e6 / best, "build_s": built_s, "found": found}))
