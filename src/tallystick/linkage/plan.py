"""The linking plan: what is done to link two registers, whoever does it.

Steps, each a relation; an engine may run them any way that gives the same rows.

 1. `records(side, n, line)`: the records of both sides, numbered.
 2. `keys(side, n, key)`: blocking keys, threshold-minimal evidence sets over coarse name classes (docs/explanation/linking.md).
 3. `candidates(a, b)`: distinct pairs that share a key whose block holds at most `most_block_pairs` pairs.
 4. `weighed(a, b, bits)`: the match weight of each candidate; those below the floor are forgotten.
 Within one register, both sides are that register: no record is a candidate with itself, every other pair is weighed both ways
 round, so that all that is counted of pairs is counted of twice as many, and each pair is told once.
 5. `decided(a, b, bits, probability, decision)`: prior from the weights, partners of one record compete, two thresholds.

Says nothing about files or databases.
"""

from dataclasses import dataclass
from typing import Literal

from tallystick.matching import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan:
    """The choices of a linking run.

    Attributes:
        slack_bits: how far below log2(register size) a blocking key may weigh; more finds more and costs more.
        batch: candidates weighed between two reports of progress.
        within: both sides are one register, and persons are looked for who are in it twice.
        least_bits: also report non-links that weigh at least this; None reports links and possible links only.
    """

    slack_bits: float = 1.0
    batch: int = 200_000
    within: bool = False
    least_bits: float | None = None


@dataclass(frozen=True, slots=True)
class LinkedPair:
    """One decided pair."""

    id_a: str
    id_b: str
    weight_bits: float
    probability: float
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSummary:
    """What a linking run did.

    Attributes:
        records_a, records_b: records read on each side.
        bad_a, bad_b: lines that were no record.
        dropped_values: birth dates, countries, genders and fields that could not be read, on both sides; their records are
            linked without them.
        candidates: pairs compared.
        oversized_blocks: blocks left out because they were too large; lost recall if any of their pairs shares no other key.
        cut_records: records that have more match keys than a record may have: what was cut is lost recall. Match keys alone.
        links, possible_links: decisions.
        prior_bits: log2 of the estimated prior odds.
    """

    records_a: int
    records_b: int
    bad_a: int
    bad_b: int
    dropped_values: int
    candidates: int = 0
    oversized_blocks: int = 0
    cut_records: int = 0
    links: int = 0
    possible_links: int = 0
    prior_bits: float = 0.0


Stage = Literal["reading", "blocking", "comparing", "deciding", "writing"]
