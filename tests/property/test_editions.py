"""Whatever is imported and expired in whatever order: every store holds what a plain dictionary says they should."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.registers import Remembered, Rows, by_words, make, number, on, person
from lib.stores import ALL_KINDS, NewUrl, opened_kind
from tallystick.errors import InputError
from tallystick.model import Custody, Record, decode, encode
from tallystick.node import registers
from tallystick.node.ports import Coverage, Order, RegisterStore
from tallystick.node.registers import import_edition

Opened = tuple[RegisterStore, Callable[[], str]]

WORDS = ["Ada", "Ben", "King", "Łukasz"]
FIRST = date(2026, 1, 1)

days = st.integers(0, 9).map(lambda n: FIRST + timedelta(days=n))
names = st.sampled_from(["a", "b", "B", "ç", "10", "9"])
people = st.builds(
    lambda record_id, words, day: person(record_id, " ".join(words), expires_on=day),
    names,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.none() | days,
)


@dataclass(frozen=True)
class Import:
    rows: list[Record]
    unread: list[str]
    day: date
    coverage: Coverage
    breaks: bool


@dataclass(frozen=True)
class Expiry:
    day: date


breaks = st.sampled_from([False, False, False, True])
imports = st.builds(Import, st.lists(people, max_size=8), st.lists(names, max_size=3), days, st.sampled_from(Coverage), breaks)
steps = st.lists(imports | st.builds(Expiry, days), max_size=6)


@dataclass
class Model:
    """One register as dictionaries: what is current, what expired (with its last line), what happened."""

    register_day: date | None
    current: dict[str, bytes] = field(default_factory=dict)
    expired: dict[str, bytes] = field(default_factory=dict)
    history: dict[str, list[tuple[str, int, bytes]]] = field(default_factory=dict)
    edition: int = 0

    def is_over(self, line: bytes, day: date) -> bool:
        custody = decode(line).custody
        last = (custody.expires_on if custody else None) or self.register_day
        return last is not None and last <= day

    def take(self, step: Import) -> Counter[str]:
        if step.breaks:
            return Counter()
        counted: Counter[str] = Counter()
        happened: list[tuple[str, str, bytes]] = []
        rows: dict[str, bytes] = {}
        for row in step.rows:
            counted["quarantined"] += row.id in rows
            rows.setdefault(row.id, encode(row))
        for name, line in rows.items():
            counted[self._take_row(name, line, step.day, happened)] += 1
        kept = {name for name in step.unread if name in self.current and name not in rows}
        counted["quarantined"] += len(step.unread)
        counted["kept"] = len(kept)
        if step.coverage is Coverage.COMPLETE:
            for name in [name for name in self.current if name not in rows and name not in kept]:
                happened.append((name, "removed", self.current.pop(name)))
                counted["removed"] += 1
        self.edition += bool(happened)
        for name, change, body in happened:
            self.history.setdefault(name, []).append((change, self.edition, body))
        return counted

    def _take_row(self, name: str, line: bytes, day: date, happened: list[tuple[str, str, bytes]]) -> str:
        had = self.current.get(name)
        if name in self.expired and (self.is_over(line, day) or self.expired[name] == line):
            return "expired"
        if self.is_over(line, day):
            self.current.pop(name, None)
            self.expired[name] = line
            change = "expired"
        elif had == line:
            return "unchanged"
        else:
            change = "changed" if had is not None or name in self.expired else "added"
            self.expired.pop(name, None)
            self.current[name] = line
        happened.append((name, change, had or b""))
        return change

    def expire(self, day: date) -> int:
        due = [name for name, line in self.current.items() if self.is_over(line, day)]
        for name in due:
            self.expired[name] = self.current.pop(name)
            self.history[name].append(("expired", self.edition, self.expired[name]))
        return len(due)

    def candidates(self, keys: set[int]) -> list[bytes]:
        """Most shared keys first; among equals, the record whose id came first into the register."""
        age = {name: n for n, name in enumerate(self.history)}
        shared = [(len(keys & set(by_words([line])[0].keys)), age[name], line) for name, line in self.current.items()]
        return [line for n, _, line in sorted(shared, key=lambda found: (-found[0], found[1])) if n]


@pytest.fixture(scope="module", params=ALL_KINDS)
def opened(request: pytest.FixtureRequest, new_url: NewUrl) -> Iterator[Opened]:
    """Yield a store and what makes fresh register names: all examples share the store, so registers must not mix."""
    numbers = count()
    with closing(opened_kind(request.param, new_url)) as store:
        yield store, lambda: f"r{next(numbers)}"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, register_day=st.none() | days)
def test_a_store_holds_what_a_dictionary_says(
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[Import | Expiry],
    register_day: date | None,
) -> None:
    monkeypatch.setattr(registers, "BATCH_ROWS", 3)
    store, fresh = opened
    name, model = fresh(), Model(register_day)
    make(store, name, Custody(expires_on=register_day))
    for step in steps:
        if isinstance(step, Expiry):
            assert store.expire(name, now=on(step.day)) == model.expire(step.day)
        else:
            assert imported(store, name, step) == +model.take(step)
        assert_same(store, name, model)


def imported(store: RegisterStore, name: str, step: Import) -> Counter[str]:
    order = Order(register=name, origin="x", at=on(step.day), coverage=step.coverage)
    bad = Remembered()
    rows: list[Record | str | tuple[str, str]] = [*step.rows, *(("unreadable", name) for name in step.unread)]
    try:
        summary = import_edition(store, order, Rows(rows, breaks=step.breaks), indexer=by_words, quarantine=bad)
    except InputError:
        assert step.breaks
        return Counter()
    assert len(bad.rows) == summary.quarantined
    kinds = ("added", "changed", "unchanged", "expired", "quarantined", "kept", "removed")
    return +Counter({kind: getattr(summary, kind) for kind in kinds})


def assert_same(store: RegisterStore, name: str, model: Model) -> None:
    current = sorted(model.current.items(), key=itemgetter(0))
    assert list(store.lines(name)) == [line for _, line in current]
    assert store.count(name) == len(current)
    happened: dict[str, list[tuple[str, int, bytes]]] = {}
    for revision in store.history(name):
        happened.setdefault(revision.record_id, []).append((revision.change, revision.edition, revision.body))
    assert happened == model.history
    parts = Counter(part for line in model.current.values() for part in by_words([line])[0].parts)
    assert store.part_counts(name, map(number, WORDS)) == {number(word): parts[number(word)] for word in WORDS}
    for keys in ({number(WORDS[0])}, set(map(number, WORDS))):
        assert store.candidates(name, sorted(keys), limit=99) == model.candidates(keys)
