"""Made-up articles imported, zoned, screened and linked with those they are derived from: 100,000 by one process.

Bar: one hour, memory flat. A twentieth of the articles say an earlier one again. The pace of each tenth shows whether the
time for an article grows with how many there are; the memory that the last tenth added, what each costs. `--size` makes fewer.
"""

import random
import resource
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bench.lib import places, product, texts
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table

SIZE = 100_000
REGISTER = 20_000
BAR_S = 3600.0
BAR_GROWTH = 1.2
REWRITTEN = 0.05
_REMEMBERED = 500
_VOCABULARY = 20_000
_SENTENCES = 30
_STEPS = 10


def run(options: Options) -> Result:
    """Take them in, one after the other."""
    from tallystick.adapters.documents.extraction import blocks_of
    from tallystick.adapters.documents.reading import parsed
    from tallystick.adapters.report_folder import ReportFolder
    from tallystick.matching import default_parameters
    from tallystick.reports import read_report
    from tallystick.reports.derivation import Sketches, sketch
    from tallystick.screening import Screener

    size = options.size or SIZE
    register = product.registers(REGISTER, seed=3)
    screener = Screener(product.read_lines(register / "a.jsonl.gz"), default_parameters())
    folder = ReportFolder(_emptied(places.scratch("data", "articles", "x").parent))
    sketches, linked, mentioned, now = Sketches(), 0, 0, datetime.now(UTC)
    paces: list[tuple[float, float, float]] = []
    articles = _articles(register, size)
    begin = time.perf_counter()
    for _ in range(_STEPS):
        start, before = time.perf_counter(), _memory_mb()
        count = 0
        for text in islice(articles, size // _STEPS):
            document = parsed("article.txt", text.encode())
            folder.add(document, now)
            reading = read_report(blocks_of(document))
            mentioned += sum(1 for _ in screener.mentions(document.text, markup=document.markup, this_year=texts.THIS_YEAR))
            linked += sketches.add(sketch(reading.main)) is not None
            count += 1
        paces.append((count / (time.perf_counter() - start), _memory_mb(), _memory_mb() - before))
    taken = time.perf_counter() - begin
    start = time.perf_counter()
    listed = len(folder.all())
    first, again = time.perf_counter() - start, time.perf_counter()
    folder.all()
    rows: list[list[str | float | None]] = [[f"tenth {number}", *pace] for number, pace in enumerate(paces, 1)]
    return Result(
        name="articles",
        figures=[
            Figure(name=f"{size:,} articles, seconds", ours=taken, bar=BAR_S * size / SIZE, more_is_better=False, checked=False),
            Figure(
                name="time for an article, last tenth beside the second", ours=paces[1][0] / paces[-1][0], bar=BAR_GROWTH,
                more_is_better=False, checked=False,
            ),
            Figure(name="KB of memory an article, last tenth", ours=1024 * paces[-1][2] / (size // _STEPS), checked=False),
            Figure(name=f"{listed:,} reports listed, seconds", ours=first, checked=False),
            Figure(name="... and listed again", ours=time.perf_counter() - again, checked=False),
        ],
        tables=[Table("By tenths", ["articles", "a second", "memory, MB", "more than before"], rows)],
        notes=[f"{linked:,} linked with an earlier one, {mentioned:,} mentions"],
    )  # fmt: skip


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _articles(register: Path, size: int) -> Iterator[str]:
    """Make articles: sentences with planted names, and words in an order no other article has; some say an earlier one again."""
    dice = random.Random(5)
    records = list(islice(product.read_records(register / "a.jsonl.gz"), 2_000))
    strangers = list(islice(product.read_records(register / "b.jsonl.gz"), 2_000))
    words = ["".join(dice.choices("aeilnorstu", k=dice.randrange(3, 9))) for _ in range(_VOCABULARY)]
    earlier: list[str] = []
    for number, planted in enumerate(texts.made(records, strangers, size, seed=5)):
        body = dice.choice(earlier) if earlier and dice.random() < REWRITTEN else _own(words, dice)
        earlier = [*earlier[-_REMEMBERED:], body]
        yield f"Event {number}\n\n{planted.text}\n\n{body}\n"


def _own(words: Sequence[str], dice: random.Random) -> str:
    sentences = (" ".join(dice.choices(words, k=dice.randrange(8, 25))).capitalize() for _ in range(_SENTENCES))
    return ". ".join(sentences) + "."
