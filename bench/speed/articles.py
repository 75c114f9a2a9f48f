"""Made-up articles imported, zoned, screened and linked with those they are derived from: 100,000 by one process.

Bar: one hour, memory flat. A twentieth of the articles say an earlier one again. The tenths show whether time, memory and disk
for an article grow with how many there are; then a register is changed, and all are screened anew. `--size` makes fewer.
"""

import random
import resource
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.lib import places, product, texts
from bench.lib.options import Options
from bench.lib.process import run as run_command
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
    size = options.size or SIZE
    register = product.registers(REGISTER, seed=3)
    place = _emptied(places.scratch("data", "articles", "x").parent)
    store = _store(register, place)
    with _Desk.opened(place / "reports", store) as desk:
        articles = enumerate(_articles(register, size))
        paces = [_tenth(desk, islice(articles, size // _STEPS)) for _ in range(_STEPS)]
        listed = _timed(desk.listed)
        again = _timed(desk.listed)
        found = _timed(desk.found)
        _change_registers(store, place)
        before_mb, started = _memory_mb(), time.process_time()
        waited = _timed(desk.found_likely)
        screened = _timed(desk.screen_anew)
        screened_cpu_s, screening_mb = time.process_time() - started, _memory_mb() - before_mb
    with _Desk.opened(place / "reports", store) as newly:
        reopened = _timed(newly.listed)
    taken = sum(each.seconds for each in paces)
    second, last = paces[1], paces[-1]
    rows: list[list[str | float | None]] = [
        [f"tenth {at}", size / _STEPS / each.seconds, each.cpu_s, each.memory_mb, each.disk_mb]
        for at, each in enumerate(paces, 1)
    ]
    more_kb = 1024 * (last.memory_mb - second.memory_mb) / (size * 8 // 10)
    return Result(
        name="articles",
        figures=[
            Figure(name=f"{size:,} articles, seconds", ours=taken, bar=BAR_S * size / SIZE, more_is_better=False, checked=False),
            Figure(
                name="time for an article, last tenth beside the second", ours=last.seconds / second.seconds, bar=BAR_GROWTH,
                more_is_better=False, checked=False,
            ),
            Figure(
                name="memory, last tenth beside the second", ours=last.memory_mb / second.memory_mb, bar=BAR_GROWTH,
                more_is_better=False, checked=False,
            ),
            Figure(name="KB of memory an article from then on", ours=more_kb, checked=False),
            Figure(name="reports listed, seconds", ours=listed, checked=False),
            Figure(name="... and listed again", ours=again, checked=False),
            Figure(name="... a page of those found by a word, seconds", ours=found, checked=False),
            Figure(name="after a change of a register: a page of those found by state, seconds", ours=waited, checked=False),
            Figure(name="... until all are screened anew, seconds", ours=waited + screened, checked=False),
            Figure(name="... of that on a processor, for 1,000 articles", ours=1000 * screened_cpu_s / size, checked=False),
            Figure(name="... MB of memory more than before", ours=screening_mb, checked=False),
            Figure(name="the folder opened again and counted, seconds", ours=reopened, checked=False),
        ],
        tables=[Table("By tenths", ["articles", "a second", "processor seconds", "memory, MB", "on the disk, MB"], rows)],
        notes=[f"{desk.linked:,} linked with an earlier one, {desk.mentioned:,} mentions; without the log, a durable line each"],
    )  # fmt: skip


class _Desk:
    """A node's reports as its desk has them: kept, zoned, screened, and held against all earlier ones."""

    def __init__(self, shelf: Any, traces: Any) -> None:  # noqa: ANN401
        from tallystick.reports.support import ReadLineage

        self.linked = self.mentioned = 0
        self._shelf, self._traces, self._lineage = shelf, traces, ReadLineage(traces)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, store: Path) -> Iterator["_Desk"]:
        """Open a folder of reports beside a store of registers."""
        from tallystick.adapters.node_folder import Limits
        from tallystick.adapters.report_folder import ReportFolder
        from tallystick.adapters.trace_file import opened_traces
        from tallystick.wiring.report_shelf import ReportShelf
        from tallystick.wiring.store_pool import StorePool

        with (
            closing(StorePool(str(store))) as pool,
            closing(ReportShelf(ReportFolder(folder), pool, lambda _: 0, lambda: datetime.now(UTC), Limits())) as shelf,
            closing(opened_traces(shelf.traces_file, shelf.mark)) as traces,
        ):
            yield cls(shelf, traces)

    def take(self, name: str, text: str) -> None:
        """Take an article in."""
        for arrival in self._shelf.add(name, text.encode(), "bench"):
            self.mentioned += len(self._shelf.summary(arrival).mentions)
            self._lineage.add(arrival.id, self._shelf.read(arrival)[1])
            self.linked += self._lineage.root(arrival.id) != arrival.id

    def listed(self) -> int:
        """List all."""
        return int(self._shelf.count()) + len(self._shelf.newest(0, 50))

    def found(self) -> int:
        """Return how many a word finds, and read the page of the newest."""
        from tallystick.adapters.report_table import Sought

        found = self._shelf.found(Sought(words="Event 77"), 0, 50)
        for each in found.page:
            self._shelf.summary(each)
        return int(found.total)

    def found_likely(self) -> int:
        """Return of how many a look at those that likely mention somebody does not know yet whether they do."""
        from tallystick.adapters.report_table import Sought

        return int(self._shelf.found(Sought(state="likely"), 0, 50).behind)

    def screen_anew(self) -> None:
        """Look until nothing is behind."""
        while self.found_likely():
            pass

    def disk_mb(self) -> float:
        """Return what the traces take."""
        file: Path = self._shelf.traces_file
        return sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*")) / (1 << 20)


@dataclass(frozen=True)
class _Tenth:
    """How long a tenth took, of that on a processor, and what memory and disk hold after it."""

    seconds: float
    cpu_s: float
    memory_mb: float
    disk_mb: float


def _tenth(desk: "_Desk", articles: Iterable[tuple[int, str]]) -> _Tenth:
    start, cpu = time.perf_counter(), time.process_time()
    for number, text in articles:
        desk.take(f"article-{number}.txt", text)
    return _Tenth(time.perf_counter() - start, time.process_time() - cpu, _memory_mb(), desk.disk_mb())


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _store(register: Path, place: Path) -> Path:
    store = place / "store.db"
    run_command([*places.tallystick(), "init", "--store", store])
    _import("people", register / "a.jsonl.gz", store)
    return store


def _change_registers(store: Path, place: Path) -> None:
    """Add a register of one person."""
    file = place / "one.jsonl"
    file.write_text('{"id":"one","names":["Tomasin Verhoovel"],"birth_dates":["1981"]}\n', encoding="utf-8")
    _import("one", file, store)


def _import(name: str, file: Path, store: Path) -> None:
    custody = ("--owner", "bench", "--purpose", "measurement", "--legal-basis", "invented persons")
    words: list[str | Path] = ["import", name, file, "--format", "native", "--store", store, *custody]
    run_command([*places.tallystick(), *words])


def _memory_mb() -> float:
    """Return the memory the process holds now, what it maps of files included."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / (1 << 20)


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
