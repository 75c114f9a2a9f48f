"""Two registers that share persons, with the truth about who is who.

Does no I/O and keeps no record longer than a batch: whoever writes them must shuffle both registers, for persons come out in one
order for both, those of one culture together.

Rules
 1. Each register has exactly `size` records, exactly `size * overlap` persons are in both.
 2. Record ids are random and unrelated on the two sides.
 3. Kin and namesakes across the registers are reported as look-alikes: known to be different persons, and alike.
 4. Equal plans make equal batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tallystick.errors import ConfigError
from tallystick.synthesis.clerk import Clerk
from tallystick.synthesis.damage import DamageRates
from tallystick.synthesis.persons import KinRates, Person, Population

BATCH = 5_000
"""Lines handed over at a time."""
BLOCK = 8_000
"""Households drawn at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to make.

    Attributes:
        size: records a side.
        overlap: share of a register's persons who are in the other too.
        seed: equal seeds make equal registers.
        cross_script: share of all persons written in their own script in A and in Latin letters in B.
        aliases: give some records further names.
        rates: damage in register B.
        rates_a: damage in register A; None means half of B's.
        kin: how often relatives and namesakes are registered.
    """

    size: int = 1000
    overlap: float = 0.2
    seed: int = 1
    cross_script: float = 0.0
    aliases: bool = False
    rates: DamageRates = field(default_factory=DamageRates)
    rates_a: DamageRates | None = None
    kin: KinRates = field(default_factory=KinRates)

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if self.size < 0:
            raise ConfigError("size is negative", hint="ask for 0 records a side or more")
        for name in ("overlap", "cross_script"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ConfigError(f"{name} lies outside 0 to 1", hint="give a share, such as 0.2")

    @property
    def shared(self) -> int:
        """Return how many persons are in both registers."""
        return int(self.size * self.overlap + 1e-9)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and what is known of them: `kind` is "same", or why two different persons look alike."""

    id_a: str
    id_b: str
    kind: str
    culture: str
    script_a: str


@dataclass(slots=True)
class Batch:
    """Some records of both registers, the pairs that are one person, and the pairs that only look so."""

    lines_a: list[str] = field(default_factory=list, repr=False)
    lines_b: list[str] = field(default_factory=list, repr=False)
    same: list[Pair] = field(default_factory=list)
    alike: list[Pair] = field(default_factory=list)


def make_registers(plan: Plan) -> Iterator[Batch]:
    """Yield both registers in batches."""
    rng = Random(plan.seed)  # noqa: S311
    maker = _Maker(plan, rng)
    population = Population(rng, cross_script=plan.cross_script, kin=plan.kin)
    batch = Batch()
    while maker.left:
        # Households are a little larger than one; so the last ones come in ever smaller numbers, and none of a kind is cut off.
        for kind, persons in population.households(max(1, min(BLOCK, int(maker.left * 0.9)))):
            maker.register(kind, persons, batch)
            if len(batch.lines_a) + len(batch.lines_b) >= BATCH:
                yield batch
                batch = Batch()
    if batch.lines_a or batch.lines_b:
        yield batch


class _Maker:
    def __init__(self, plan: Plan, rng: Random) -> None:
        self._rng = rng
        self.left = 2 * plan.size - plan.shared  # persons still to be registered
        self._shared = plan.shared
        self._only_a = plan.size - plan.shared
        rates_a = plan.rates_a or plan.rates.scaled(0.5)
        self._clerk_a = Clerk(rng, rates_a, own_script=True, aliases=plan.aliases)
        self._clerk_b = Clerk(rng, plan.rates, own_script=False, aliases=plan.aliases)

    def register(self, kind: str, persons: list[Person], batch: Batch) -> None:
        """Write the persons of a household into one register or both."""
        if not kind and self.left:
            person = persons[0]
            id_a, id_b = self._enter(person, batch)
            if id_a and id_b:
                batch.same.append(_pair(id_a, id_b, "same", person))
            return
        ids = [self._enter(person, batch) for person in persons[: self.left]]
        for one, (id_a, _) in enumerate(ids):
            for two, (_, id_b) in enumerate(ids):
                if id_a and id_b:
                    pairs, relation = (batch.same, "same") if one == two else (batch.alike, kind)
                    pairs.append(_pair(id_a, id_b, relation, persons[one]))

    def _enter(self, person: Person, batch: Batch) -> tuple[str, str]:
        rng = self._rng
        chance = rng.random() * self.left
        self.left -= 1
        id_a = id_b = ""
        if chance < self._shared:
            self._shared -= 1
            id_a, id_b = _record_id("a", rng), _record_id("b", rng)
        elif chance < self._shared + self._only_a:
            self._only_a -= 1
            id_a = _record_id("a", rng)
        else:
            id_b = _record_id("b", rng)
        if id_a:
            batch.lines_a.append(self._clerk_a.line(person, id_a))
        if id_b:
            batch.lines_b.append(self._clerk_b.line(person, id_b))
        return id_a, id_b


def _pair(id_a: str, id_b: str, kind: str, person: Person) -> Pair:
    culture = person.naming.culture
    return Pair(id_a, id_b, kind, culture.name, culture.script if person.shown_native else "latin")


def _record_id(side: str, rng: Random) -> str:
    # 64 random bits: in a million records two are equal with a chance of 3 in 100 million.
    return f"{side}-{rng.getrandbits(64):016x}"
