"""Learns which letters follow each other in which language, for `tallystick.reports.languages`.

    python -m bench.learn.languages --out FILE

From the project's own words: the messages of the desk and their translations, and the sentences that teach cues. What judges
(`bench/texts/languages.txt`) is not looked at. Takes seconds.
"""

import argparse
import ast
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.lib import attributed, places, report
from tallystick.reports.languages import LETTERED, runs

_MESSAGE = re.compile(r"^(?P<kind>msgid|msgstr)\S*\s(?P<first>\".*\")\n(?P<more>(?:\".*\"\n)*)", re.MULTILINE)
_FILLED = re.compile(r"%\(\w+\)[sd]|%%")
_LEAST_SEEN = 6
_SMOOTH = 0.5


def main(words: Sequence[str] | None = None) -> int:
    """Learn and write."""
    parser = argparse.ArgumentParser(prog="bench.learn.languages", description="Learn which letters follow each other.")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    given = parser.parse_args(words)
    counts = {code: Counter(run for text in texts(code) for run in runs(text)) for code in LETTERED}
    seen = sorted(run for run in set().union(*counts.values()) if sum(each[run] for each in counts.values()) >= _LEAST_SEEN)
    given.out.write_text(_written(counts, seen), encoding="utf-8")
    report.say(f"{len(seen):,} runs of letters, {', '.join(f'{code} {each.total():,}' for code, each in counts.items())} seen")
    return 0


def texts(code: str) -> Iterator[str]:
    """Yield our own texts of a language."""
    kind, file = ("msgid", "de") if code == "en" else ("msgstr", code)
    path = places.ROOT / "src" / "tallystick" / "desk" / "locales" / f"{file}.po"
    for found in _MESSAGE.finditer(path.read_text(encoding="utf-8")):
        if found["kind"] == kind:
            lines = [found["first"], *found["more"].splitlines()]
            yield _FILLED.sub(" ", "".join(ast.literal_eval(each) for each in lines))
    if code in attributed.OWN:
        yield from (each.text for each in attributed.own_part(code, "teaching"))


def _written(counts: dict[str, Counter[str]], seen: Sequence[str]) -> str:
    """Write how much each run speaks for each language: the logarithm of how often it is there beside how often in all."""
    shares = {
        code: {run: (each[run] + _SMOOTH) / (each.total() + _SMOOTH * len(seen)) for run in seen} for code, each in counts.items()
    }
    lines = []
    for run in seen:
        mean = sum(each[run] for each in shares.values()) / len(shares)
        lines.append("\t".join([run, *(f"{math.log2(shares[code][run] / mean):.1f}" for code in LETTERED)]))
    return "\n".join(["\t".join(["run", *LETTERED]), *lines]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
