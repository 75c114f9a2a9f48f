"""Two records side by side: field by field same, similar, different or unknown, and the bits as a waterfall.

Weighs nothing itself: the evidence is passed in.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from tallystick.matching import FIELDS, Explanation, FieldEvidence, Level

RECORD_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("names", "weak_names"), "birth": ("birth_dates",), "gender": ("gender",), "nationality": ("nationalities",),
    "place": ("birth_places",), "identifier": ("identifiers",), "city": ("addresses",), "postcode": ("addresses",),
    "phone": ("phones",), "email": ("emails",),
}  # fmt: skip
"""Which fields of a record each compared field is made of."""


@dataclass(frozen=True, slots=True)
class Written:
    """One value as it is written, and in Latin letters where it is written otherwise."""

    text: str = dataclasses.field(repr=False)
    latin: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a comparison.

    Attributes:
        field: one of `matching.FIELDS`.
        level: how the two sides agree.
        bits: what it says; negative speaks against.
        start_bits, end_bits: the sum before and after it: one step of the waterfall.
        note: what decided.
        ours, theirs: the values of both sides.
    """

    field: str
    level: Level
    bits: float
    start_bits: float
    end_bits: float
    note: str = dataclasses.field(repr=False)  # `field` is a field here
    ours: tuple[Written, ...]
    theirs: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """A comparison of both sides, as a person verifies it.

    Attributes:
        fields: in the order of `matching.FIELDS`.
        weight_bits, prior_bits, probability, decision: as everywhere; they propose, a person decides.
    """

    fields: tuple[FieldView, ...]
    weight_bits: float
    prior_bits: float
    probability: float
    decision: str


def waterfall(
    explained: Explanation, ours: Mapping[str, Sequence[Written]], theirs: Mapping[str, Sequence[Written]]
) -> Verification:
    """Lay an explanation beside the values of both sides.

    Args:
        explained: what the fields say.
        ours: our values, by compared field.
        theirs: those of the other side.
    """
    found = {each.field: each for each in explained.fields}
    lines = [found[name] for name in FIELDS]
    ends = list(accumulate(each.bits for each in lines))
    views = [_view(each, end, ours, theirs) for each, end in zip(lines, ends, strict=True)]
    return Verification(tuple(views), explained.weight_bits, explained.prior_bits, explained.probability, explained.decision)


def _view(
    said: FieldEvidence, end_bits: float, ours: Mapping[str, Sequence[Written]], theirs: Mapping[str, Sequence[Written]]
) -> FieldView:
    sides = tuple(ours.get(said.field, ())), tuple(theirs.get(said.field, ()))
    return FieldView(said.field, said.level, said.bits, end_bits - said.bits, end_bits, said.note, *sides)
