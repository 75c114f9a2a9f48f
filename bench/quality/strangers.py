"""False hits on persons who are not in a register: by `find` and `link`, and by the match keys that the exchange compares.

Bars: below one stranger in 1,000 in a register of a million, of 50,000 who are looked for with the default of `find`, and of
100,000 who are asked for privately. A circle agrees on the threshold T that its registers need: shown is how false hits and
recall grow and fall with T and with the register.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from bench.lib import inside, places, product, registers
from bench.lib.options import Options
from bench.lib.quality import read_hits
from bench.lib.report import Figure, Result, Table
from bench.quality import queries
from tallystick.exchange.thresholds import enough_tenths

SIZE = 1_000_000
COUNT = 50_000
PRIVATE = 100_000
"""Strangers asked for by match keys; of a smaller register as many as there are."""
KNOWN = 20_000
"""Persons of the register asked for beside them: what a threshold costs in recall."""
THRESHOLDS = (14.0, 17.0, 20.0, 23.0, 26.0)
"""Beside them the threshold that `circle create --largest-register` takes for a register; the bar is held against that."""
BATCH = 20_000
BAR = 0.001


def run(options: Options) -> Result:
    """Ask a generated register for persons of the other register who are not in it, and for strangers of another making."""
    size = options.size or SIZE
    made = registers.make(size)
    asked, ids = registers.keep_strangers(made, COUNT)
    out = places.scratch("out", "strangers.csv")
    product.find(made.first, asked, out)
    answers = read_hits(out)
    linked = sum(answers.linked(identity) for identity in ids) / len(ids)
    possible = sum(bool(answers.hits.get(identity)) for identity in ids) / len(ids)
    kin = {pair[1] for pair, (kind, _) in made.marks().items() if kind != "same"}
    alone = [identity for identity in ids if identity not in kin]
    figures = [
        Figure(name="strangers with a link", ours=linked, bar=BAR, more_is_better=False),
        Figure(
            name="strangers without kin or namesake there, with a link",
            ours=sum(answers.linked(identity) for identity in alone) / max(1, len(alone)),
            bar=BAR,
            more_is_better=False,
        ),
        Figure(name="strangers with a link or possible link", ours=possible, more_is_better=False),
    ]
    private, table = _privately(size)
    return Result(
        name="strangers",
        figures=[*figures, *_of_another_making(made), *private],
        tables=[table],
        notes=[f"register of {size:,}, {len(ids):,} strangers, {len(ids) - len(alone):,} with kin or a namesake there"],
    )


@dataclass(frozen=True, slots=True)
class Hits:
    """What asking by match keys gave.

    Attributes:
        strangers: share of the strangers with a hit.
        alone: share of those without kin or a namesake in the register.
        handles: hits of a stranger, mean.
        recall: share of the known persons whose own record was hit.
        keys: keys asked per person, mean.
    """

    strangers: float
    alone: float
    handles: float
    recall: float
    keys: float


def _privately(size: int) -> tuple[list[Figure], Table]:
    """Ask by match keys at several thresholds, of registers that grow up to `size`."""
    rows: list[list[str | float | None]] = []
    figures: list[Figure] = []
    for each in sorted({size // 100, size // 10, size}):
        asked = _Asked(registers.make(each))
        proposed = enough_tenths(each) / 10
        for bits in sorted({*THRESHOLDS, proposed}):
            hits = asked.at(bits)
            shares = [1000 * hits.strangers, 1000 * hits.alone, hits.handles, hits.recall, hits.keys]
            rows.append([f"{each:,}", bits, float(len(asked.strangers)), *shares])
            if (each, bits) == (size, proposed):
                name = f"strangers asked for privately, with a hit at T = {bits:.1f} bits"
                figures.append(Figure(name=name, ours=hits.strangers, bar=BAR, more_is_better=False, checked=False))
                figures.append(Figure(name="... persons of the register that are hit", ours=hits.recall, checked=False))
    headings = ["register", "T", "strangers", "of 1,000 with a hit", "... without kin there", "hits each", "recall", "keys asked"]
    return figures, Table("Asked privately, by match keys as the exchange compares them", headings, rows)


class _Asked:
    """Persons of register B to ask of register A: strangers there, and some who are in it."""

    def __init__(self, made: registers.Registers) -> None:
        own: dict[str, set[str]] = defaultdict(set)
        for id_a, id_b in made.truth.same:
            own[id_b].add(id_a)
        alike = {pair[1] for pair, (kind, _) in made.marks().items() if kind != "same"}
        lines = list(product.read_lines(made.second))
        ids = [str(json.loads(line)["id"]) for line in lines]
        self._made = made
        self.strangers = [number for number, each in enumerate(ids) if each not in own][:PRIVATE]
        self._known = [number for number, each in enumerate(ids) if each in own][:KNOWN]
        self._kin = {number for number in self.strangers if ids[number] in alike}
        self._own = {number: own[ids[number]] for number in self._known}
        self._lines = {number: lines[number] for number in chain(self.strangers, self._known)}

    def at(self, bits: float) -> Hits:
        """Ask with a threshold. The register goes by in batches: what is held are the keys of those who ask."""
        maker = inside.key_maker(threshold=round(10 * bits))
        asking, asked = self._askers(maker)
        hits: dict[int, int] = defaultdict(int)
        right: set[int] = set()
        for batch in _batches(product.read_lines(self._made.first)):
            keys = maker.batch(batch, "holder")
            for number, line in enumerate(batch):
                met = {who for at in keys.range_of(number) for who in asking.get(keys.key(at), ())}
                for who in met:
                    hits[who] += 1
                if met & self._own.keys():
                    record_id = json.loads(line)["id"]
                    right |= {who for who in met if record_id in self._own.get(who, ())}
        count, alone = len(self.strangers), [number for number in self.strangers if number not in self._kin]
        return Hits(
            strangers=sum(number in hits for number in self.strangers) / count,
            alone=sum(number in hits for number in alone) / max(1, len(alone)),
            handles=sum(hits.get(number, 0) for number in self.strangers) / count,
            recall=len(right) / max(1, len(self._known)),
            keys=asked / len(self._lines),
        )

    def _askers(self, maker: Any) -> tuple[dict[bytes, list[int]], int]:  # noqa: ANN401
        """Return who asks for a key, and how many keys are asked for."""
        asking: dict[bytes, list[int]] = defaultdict(list)
        asked = 0
        for numbers in _batches(iter(self._lines)):
            keys = maker.batch([self._lines[number] for number in numbers], "asker")
            asked += len(keys)
            for position, number in enumerate(numbers):
                for at in keys.range_of(position):
                    asking[keys.key(at)].append(number)
        return asking, asked


def _batches(items: Iterator[Any]) -> Iterator[Sequence[Any]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def _of_another_making(made: registers.Registers) -> list[Figure]:
    try:
        others = queries.strangers()
    except places.SkippedError:
        return []
    asked = queries.write(places.scratch("data", "strangers_us.jsonl"), others)
    out = places.scratch("out", "strangers_us.csv")
    product.find(made.first, asked, out)
    answers = read_hits(out)
    share = sum(answers.linked(query["id"]) for query in others) / len(others)
    return [Figure(name="strangers of another making with a link", ours=share, bar=BAR, more_is_better=False)]
