"""Texts screened per second and core against 20,000 and 500,000 persons: 20 MB, a name every 40 words, half of them registered.

Bar: 40 MB/s end to end, places in the original and verdicts included; memory below 2 GB at 500,000; at most 1.5 times slower
than with 20,000.
Beside it pyahocorasick's exact lookup of the same names in text that was lower-cased for it beforehand.
"""

import random
from itertools import accumulate
from pathlib import Path

from bench.lib import peers, places, product
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table

SIZES = (20_000, 500_000)
MEGABYTES = 20
BAR_MB_S, BAR_PEAK_MB, BAR_SLOWER = 40, 2_000, 1.5
_OTHERS = 50_000
_LATIN = "\u0250"
_WORDS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "be",
    "by",
    "on",
    "not",
    "he",
    "his",
    "but",
    "at",
    "are",
    "this",
    "have",
    "from",
    "or",
    "had",
    "an",
    "they",
    "which",
    "one",
    "you",
    "were",
    "all",
    "her",
    "she",
    "there",
    "would",
    "their",
    "we",
    "him",
    "been",
    "has",
    "when",
    "who",
    "will",
    "no",
    "more",
    "if",
    "out",
    "so",
    "up",
    "said",
    "what",
    "its",
    "about",
    "than",
    "into",
    "them",
    "can",
    "only",
    "other",
    "time",
    "new",
    "some",
    "could",
    "these",
    "two",
    "may",
    "first",
    "then",
    "do",
    "any",
    "like",
    "now",
    "over",
    "such",
    "our",
    "man",
    "me",
    "even",
    "most",
    "made",
    "after",
    "also",
    "did",
    "many",
    "off",
    "before",
    "must",
    "well",
    "back",
    "through",
    "years",
    "much",
    "where",
    "your",
    "way",
    "down",
    "should",
    "because",
    "long",
    "each",
    "just",
    "state",
    "people",
    "too",
    "little",
    "good",
    "world",
    "make",
    "very",
    "year",
    "still",
    "see",
    "own",
    "work",
    "men",
    "day",
    "get",
    "here",
    "between",
    "both",
    "life",
    "being",
    "under",
    "three",
    "never",
    "know",
    "same",
    "last",
    "another",
    "while",
    "us",
    "might",
    "great",
    "old",
    "since",
    "against",
    "go",
    "came",
    "right",
    "used",
    "take",
    "himself",
    "few",
    "house",
    "use",
    "place",
    "during",
    "high",
    "without",
    "again",
    "home",
    "around",
    "small",
    "however",
    "found",
    "thought",
    "went",
    "say",
    "part",
    "once",
    "general",
    "upon",
    "school",
    "every",
    "does",
    "got",
    "left",
    "number",
    "course",
    "war",
    "until",
    "always",
    "away",
    "something",
    "fact",
    "water",
    "though",
    "public",
    "less",
    "put",
    "think",
    "almost",
    "hand",
    "enough",
    "took",
    "far",
    "better",
    "head",
    "yet",
    "government",
    "system",
    "set",
    "told",
    "nothing",
    "night",
    "end",
    "why",
    "called",
    "eyes",
    "find",
    "going",
    "look",
    "asked",
    "later",
    "point",
    "knew",
    "city",
    "next",
    "program",
    "business",
    "give",
    "group",
    "toward",
    "young",
    "let",
    "room",
    "days",
    "present",
    "order",
    "company",
    "bank",
    "account",
    "payment",
    "transfer",
    "branch",
    "customer",
    "register",
    "office",
    "report",
    "record",
    "police",
    "border",
    "visa",
    "passport",
    "agency",
    "ministry",
    "officer",
    "document",
    "evidence",
    "court",
    "judge",
    "trial",
]


def run(options: Options) -> Result:
    """Screen a text of each register's names, and look the names up exactly beside."""
    figures: list[Figure] = []
    rows: list[list[str | float | None]] = []
    paces: list[float] = []
    for size in [options.size] if options.size else SIZES:
        folder = product.registers(size, seed=3)
        on, off = _names(folder / "a.jsonl.gz"), _names(folder / "b.jsonl.gz")[:_OTHERS]
        text = _text(places.scratch("data", f"screening_{size}.txt"), on, off)
        empty = places.scratch("data", "nothing.txt")
        empty.write_text("Nothing.\n", encoding="utf-8")
        out = places.scratch("out", "screening_speed.csv")
        start = product.screen(folder / "a.jsonl.gz", [empty], out, cores=1)
        whole = product.screen(folder / "a.jsonl.gz", [text], out, cores=1)
        paces.append(text.stat().st_size / 1e6 / max(whole.cpu_s - start.cpu_s, 1e-9))
        beside: dict[str, float | None] = {}
        if options.peers:
            listed = places.scratch("data", f"screening_{size}_names.txt")
            listed.write_text("\n".join(dict.fromkeys(on)), encoding="utf-8")
            theirs, _ = peers.call("pyahocorasick", "pyahocorasick_scan.py", listed, text)
            beside["pyahocorasick, exact"] = theirs["mb_per_s"]
        figures.append(Figure(name=f"MB/s, {size:,} persons", ours=paces[-1], bar=BAR_MB_S, peers=beside, checked=False))
        rows.append([f"{size:,}", text.stat().st_size / 1e6, start.cpu_s, whole.cpu_s, whole.peak_mb])
    figures.append(Figure(name="peak MB", ours=float(rows[-1][-1] or 0), bar=BAR_PEAK_MB, more_is_better=False, checked=False))
    if len(paces) > 1:
        slower = paces[0] / paces[-1]
        figures.append(
            Figure(name="times slower with more persons", ours=slower, bar=BAR_SLOWER, more_is_better=False, checked=False)
        )
    headings = ["persons", "MB of text", "s start and register", "s with the text", "peak MB"]
    notes = ["processor seconds on one core; the pace is that of the text: seconds with it, less seconds with an empty one"]
    return Result(name="screening-speed", figures=figures, tables=[Table("Whole commands", headings, rows)], notes=notes)


def _names(register: Path) -> list[str]:
    return [name for record in product.read_records(register) for name in record["names"][:1] if all(c < _LATIN for c in name)]


def _text(path: Path, on: list[str], off: list[str]) -> Path:
    """Write the text: words of English, a name every 40, half of them of the register."""
    dice = random.Random(3)
    weights = list(accumulate(1 / (i + 2) for i in range(len(_WORDS))))
    parts: list[str] = []
    size = 0
    while size < MEGABYTES * 1_000_000:
        words = dice.choices(_WORDS, cum_weights=weights, k=dice.randrange(20, 60))
        name = dice.choice(on if dice.random() < 1 / 2 else off)
        parts.append(
            " ".join([words[0].capitalize(), *words[1:], name]) + dice.choice((" said. ", ", who left. ", ". ", "'s house. "))
        )
        size += len(parts[-1].encode())
    path.write_text("".join(parts), encoding="utf-8")
    return path
