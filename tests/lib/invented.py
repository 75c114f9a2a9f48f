"""Makes small registers of invented persons and puts the records of a pair side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

from tallystick.model import Record, decode
from tallystick.synthesis import DamageRates, KinRates, Pair, Plan, make_registers

NO_DAMAGE = replace(DamageRates().scaled(0), home_unknown=0.0, contact_unknown=0.0)
NO_KIN = KinRates(siblings=0, three_siblings=0, father_and_son=0, namesakes=0)


@dataclass(frozen=True)
class Made:
    """Two registers, decoded, with what is known of pairs."""

    a: dict[str, Record]
    b: dict[str, Record]
    same: list[Pair]
    alike: list[Pair]

    def pairs(self) -> Iterator[tuple[Record, Record]]:
        """Yield the two records of each person who is in both."""
        for pair in self.same:
            yield self.a[pair.id_a], self.b[pair.id_b]


def made(plan: Plan) -> Made:
    """Make the registers of a plan."""
    batches = list(make_registers(plan))
    return Made(
        a=_by_id(line for batch in batches for line in batch.lines_a),
        b=_by_id(line for batch in batches for line in batch.lines_b),
        same=[pair for batch in batches for pair in batch.same],
        alike=[pair for batch in batches for pair in batch.alike],
    )


def only(**rates: float) -> DamageRates:
    """Return rates of which all but the given are nought."""
    assert set(rates) <= {field.name for field in fields(DamageRates)}
    return replace(NO_DAMAGE, **rates)


def _by_id(lines: Iterable[str]) -> dict[str, Record]:
    records = [decode(line.encode()) for line in lines]
    by_id = {record.id: record for record in records}
    assert len(by_id) == len(records), "an id appears twice"
    return by_id
