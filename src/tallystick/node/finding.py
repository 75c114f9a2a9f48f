"""Find one person, or a batch, in a register: as a person types, or as records.

Does no I/O: the store and the queries are passed in.

Rules
 1. A query is a record like any other; what is not typed is unknown, never different.
 2. A store answers one query by keys; a register in memory answers batches.
 3. What comes back is a weight and a decision; whether it is the same person a human says.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, product

from tallystick import _native
from tallystick.errors import InputError
from tallystick.linkage.engine import DroppedValue
from tallystick.matching import Decision, Parameters, default_parameters, name_pair_bits
from tallystick.matching.indexing import Searcher
from tallystick.model import Address, Identifier, Record, check, encode
from tallystick.model.codec import decode
from tallystick.node.indexing import check_index, index_mark
from tallystick.node.ports import IndexEntry, RegisterStore

MOST_CANDIDATES = 200
"""Records a single query reads at most; those that share most keys come first."""
MOST_WEIGHED = 40
"""Candidates whose every name part is counted; more are first weighed by the parts of the query alone."""
MOST_NAMES = 40
"""Names of one record that are looked at to show the nearest one."""
ASKED_PRIOR_BITS = -3.3
"""log2 odds that a person somebody asks for is in the register at all: 1 in 10."""


@dataclass(frozen=True, slots=True)
class Found:
    """One record found for a query.

    Attributes:
        record: the record.
        weight_bits, probability, decision: as everywhere.
    """

    record: Record = field(repr=False)
    weight_bits: float
    probability: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search shows.

    Attributes:
        found: the records, heaviest first.
        bearers: about how many records are like these, where one name part, or its beginning, was all there was to search by;
            0 where more was said.
    """

    found: list[Found] = field(repr=False)
    bearers: int

    @property
    def has_more(self) -> bool:
        """Whether there are more such records than are shown."""
        return self.bearers > len(self.found)


def typed_query(  # noqa: PLR0913 - one argument per field that may be typed
    name: str, *, born: str = "", country: str = "", gender: str = "", place: str = "", number: str = "", city: str = ""
) -> Record:
    """Make a record out of what a person typed.

    Raises:
        RecordError: nothing that could be a name, or a date or code outside its format.
    """
    return check(
        Record(
            id="query",
            names=(name,),
            birth_dates=(born,) if born else (),
            nationalities=(country.lower(),) if country else (),
            gender=gender or None,
            birth_places=(place,) if place else (),
            identifiers=(Identifier(type="other", number=number),) if number else (),
            addresses=(Address(city=city),) if city else (),
        )
    )


@lru_cache(4)
def _searcher(parameters: Parameters) -> tuple[Searcher, str]:
    """Return what searches by parameters, and the mark of the indexes it can search; several threads may use it at once."""
    made = Searcher(parameters)

    def index(lines: Sequence[bytes]) -> list[IndexEntry]:
        return [IndexEntry(keys=keys, parts=parts, forms=forms) for keys, parts, forms in made.entries(lines)]

    return made, index_mark(index)


class StoredRegister:
    """A register in a store, ready to be asked one person at a time.

    Attributes:
        searcher: reads and weighs by the register's parameters.
    """

    def __init__(self, store: RegisterStore, name: str, parameters: Parameters | None = None) -> None:
        store.register(name)
        self._store = store
        self._name = name
        self._parameters = parameters or default_parameters()
        self.searcher, mark = _searcher(self._parameters)
        check_index(store, name, mark)
        self._persons = store.count(name)

    @property
    def name(self) -> str:
        """The register's name."""
        return self._name

    @property
    def records(self) -> int:
        """How many records it holds."""
        return self._persons

    @property
    def prior_bits(self) -> float:
        """log2 odds that the person asked for is one given record of this register."""
        return ASKED_PRIOR_BITS - math.log2(max(self._persons, 1))

    def find(self, query: Record, *, most: int = 20, least_bits: float = math.inf) -> list[Found]:
        """Return the records that may be the person asked for, heaviest first.

        Args:
            query: whom to look for.
            most: how many at most.
            least_bits: non-links that weigh at least this are returned, too.
        """
        shown = self._search(query, most, least_bits, looks=False).found
        return [each for each in shown if each.decision != "non-link" or each.weight_bits >= least_bits]

    def search(self, query: Record, *, most: int = 20, least_bits: float = math.inf) -> Finding:
        """Return what `find` does, and for a query by one name part alone whoever bears it, whatever that weighs.

        Where only a reading of the query is one part (a name without blanks), that is tried when nothing likelier is found.
        """
        return self._search(query, most, least_bits, looks=True)

    def _search(self, query: Record, most: int, least_bits: float, *, looks: bool) -> Finding:
        """Search; `looks`: for a person, who is shown more than what decides."""
        line = encode(query)
        candidates = self.candidates(self.searcher.asked(line))
        found = {each.record.id: each for each in self._found(line, candidates, most, least_bits)}
        starts, is_lone = self.searcher.lone(line)
        bearers = 0
        if starts and (
            (is_lone and _says_only_names(query)) or (looks and all(each.decision == "non-link" for each in found.values()))
        ):
            borne = self.searcher.alike(line, self.forms(starts), persons=self._persons)
            bearers = sum(records for _, records in borne)
            found |= {each.record.id: each for each in self._found(line, self.bearing(borne), most, -math.inf)}
        return Finding(heaviest(found.values(), most), bearers)

    def forms(self, starts: Sequence[int]) -> list[tuple[bytes, int]]:
        """Return the name parts that have one of these starts, and how many records bear each."""
        return self._store.forms(self._name, starts)

    def candidates(self, keys: Sequence[int]) -> list[bytes]:
        """Return the lines of the records that share most of these keys."""
        return self._store.candidates(self._name, keys, limit=MOST_CANDIDATES) if keys else []

    def bearing(self, borne: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the lines of who bears a form, best form first, as many as are looked at.

        Args:
            borne: for each form the key of its bearers, and how many they are.
        """
        totals = list(accumulate(records for _, records in borne))
        whole = bisect_right(totals, MOST_CANDIDATES)
        lines = self.candidates([key for key, _ in borne[:whole]])
        if len(lines) < MOST_CANDIDATES:
            lines += self.candidates([key for key, _ in borne[whole : whole + 1]])
        return list(dict.fromkeys(lines))[:MOST_CANDIDATES]

    def part_counts(self, line: bytes, counted: Sequence[bytes]) -> dict[int, int]:
        """Return how common the parts of a query are, and those of the candidates to be counted for."""
        return self._store.part_counts(self._name, self.searcher.counted(line, counted))

    def _found(self, line: bytes, candidates: list[bytes], most: int, least_bits: float) -> list[Found]:
        if not candidates:
            return []
        if len(candidates) > max(MOST_WEIGHED, most):
            # Weighed by the frequencies of the query's own parts: fewer to be counted for.
            first = self._weigh(line, candidates, [])
            candidates = [candidates[position] for position, *_ in first[: max(MOST_WEIGHED, most)]]
        weighed = self._weigh(line, candidates, candidates)
        likely = [row for row in weighed if row[3] != "non-link" or row[1] >= least_bits][:most]
        return [Found(decode(candidates[row[0]]), *row[1:]) for row in likely]

    def _weigh(self, line: bytes, candidates: list[bytes], counted: list[bytes]) -> list[tuple[int, float, float, Decision]]:
        counts = self.part_counts(line, counted)
        return self.searcher.weigh(line, candidates, counts=counts, persons=self._persons, prior_bits=self.prior_bits)


def _says_only_names(query: Record) -> bool:
    """Whether nothing else is said that a store is asked for: with a birth date or a number, its keys find the few that fit."""
    return not (query.birth_dates or query.identifiers or query.phones or query.emails)


def heaviest(found: Iterable[Found], most: int) -> list[Found]:
    """Return the heaviest of what was found; what weighs the same stays in its order."""
    return sorted(found, key=lambda each: -each.weight_bits)[:most]


def nearest_names(a: Record, b: Record, parameters: Parameters | None = None) -> tuple[str, str]:
    """Return the name of each record that speaks most for the two being one person; weak names count as names here."""
    names_a, names_b = ((*each.names, *each.weak_names)[:MOST_NAMES] for each in (a, b))
    return max(product(names_a, names_b), key=lambda pair: name_pair_bits(*pair, parameters=parameters))


class MemoryRegister:
    """A register in memory: lines in, then batches of queries."""

    def __init__(self, chunks: Iterable[bytes], parameters: Parameters | None = None) -> None:
        chosen = parameters or default_parameters()
        self._finder = _native.Finder(chosen.text, chosen.frequencies)
        self.bad: list[tuple[int, str]] = []
        line = 1
        for chunk in chunks:
            self.bad.extend(self._finder.append(chunk, line))
            line += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
        self.records = self._finder.finish()
        self.dropped_values = self._finder.dropped_values()

    def search(
        self, query: Record, *, most: int = 20, least_bits: float = math.inf
    ) -> tuple[list[tuple[str, float, float, Decision]], int]:
        """Return (record id, weight in bits, probability, decision), heaviest first, and the bearers; see `StoredRegister`."""
        try:
            found, bearers = self._finder.ask_one(encode(query), least_bits)
        except ValueError as error:
            raise InputError(f"the query is no record: {error}", hint="see docs/reference/record-format.md") from None
        return found[:most], bearers

    def answer(self, chunks: Iterable[bytes], least_bits: float | None = None) -> "Iterator[Answered]":
        """Answer queries in batches; each result is CSV text and what was counted."""
        line = 1
        for chunk in chunks:
            rows, bad, dropped_values, queries, hits = self._finder.ask(chunk, line, least_bits)
            line += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
            yield Answered(rows, queries, hits, tuple(bad), tuple(dropped_values))


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one batch of queries: CSV rows, how many queries and hits, and what was left out.

    Attributes:
        bad: line number and reason of lines that were no record.
        dropped_values: what could not be read, of queries that were answered.
    """

    rows: bytes = field(repr=False)
    queries: int
    hits: int
    bad: tuple[tuple[int, str], ...]
    dropped_values: tuple[DroppedValue, ...]
