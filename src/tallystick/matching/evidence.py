"""Why two records weigh what they weigh: evidence field by field, in bits.

The native core weighs; this module puts its features into the words of a person: one line per field,
same / similar / different / unknown, and the bits.

Rules
 1. An explanation weighs exactly as linking does: `Explainer` reads both sides and counts on them what linking counts.
 2. Without sides, the shipped frequencies hold.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tallystick import _native
from tallystick.matching.parameters import Parameters, default_parameters
from tallystick.model import Record, encode

Level = Literal["same", "similar", "different", "unknown"]
Decision = Literal["link", "possible", "non-link"]

FIELDS = ("name", "birth", "gender", "nationality", "place", "identifier", "city", "postcode", "phone", "email")
"""Fields in the order an explanation shows them; the first half of a feature's name."""

NAME_PAIR_LINK_BITS = 11.3
"""Weight from which two written names alone are called the same; learned on changed names (`python -m bench.learn`)."""

_SIMILAR_BIRTHS = ("swapped", "two_of_three", "month", "year", "new_year", "near", "year_other_day")


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What one field says.

    Attributes:
        field: one of FIELDS.
        level: how the two records agree in it.
        bits: its share of the match weight; negative speaks against.
        note: what decided, in words; may hold name parts, so it is for people who may see both records.
    """

    field: str
    level: Level
    bits: float
    note: str = dataclasses.field(repr=False)  # `field` is a field here


@dataclass(frozen=True, slots=True)
class Explanation:
    """The match weight of two records and where it comes from.

    Attributes:
        fields: one entry per field, in the order of FIELDS.
        weight_bits: sum of the fields' bits.
        prior_bits: log2 odds, before looking, that the two are the same person.
        probability: calibrated match probability, in [0, 1].
        decision: link, possible or non-link.
    """

    fields: tuple[FieldEvidence, ...]
    weight_bits: float
    prior_bits: float
    probability: float
    decision: Decision


class Explainer:
    """Explains pairs of two sides with the frequencies of both, as linking the two weighs them."""

    def __init__(self, a: Iterable[bytes], b: Iterable[bytes], parameters: Parameters | None = None) -> None:
        """Read both sides: chunks of whole lines; lines that are no records are passed over, as linking does."""
        self._parameters = parameters or default_parameters()
        self._linker = _native.Linker(self._parameters.text, self._parameters.frequencies)
        for chunk in a:
            self._linker.append("a", chunk, 1)
        for chunk in b:
            self._linker.append("b", chunk, 1)
        self._linker.count()

    @property
    def sizes(self) -> tuple[int, int]:
        """Records on each side."""
        return self._linker.sizes()

    def explain(self, a: Record, b: Record, *, prior_bits: float) -> Explanation:
        """Weigh two records of the sides and say why; see `explain`."""
        return _explanation(self._linker.explain(encode(a), encode(b)), prior_bits, _searcher(self._parameters))


def explain(a: Record, b: Record, *, prior_bits: float, parameters: Parameters | None = None) -> Explanation:
    """Weigh two records that belong to no register and say why.

    Args:
        a: one record.
        b: the other.
        prior_bits: log2 of the prior odds.
        parameters: weights and frequencies; the shipped set by default.
    """
    searcher = _searcher(parameters or default_parameters())
    return _explanation(searcher.explain(encode(a), encode(b)), prior_bits, searcher)


def _explanation(found: "_native._Explained", prior_bits: float, searcher: _native.Searcher) -> Explanation:
    lines, pairs, _, bits = found
    probability, decision = searcher.decide(bits, prior_bits)
    fields = tuple(_field(name, [line for line in lines if _field_of(line[0]) == name], pairs) for name in FIELDS)
    return Explanation(fields, bits, prior_bits, probability, decision)


def _field_of(feature: str) -> str:
    """The field a feature belongs to; names that stand alone are names."""
    field = feature.partition(".")[0]
    return "name" if field == "alone" else field


def _field(name: str, lines: list[tuple[str, float, float]], pairs: list[tuple[str, str, float]]) -> FieldEvidence:
    bits = sum(line[2] for line in lines)
    found = [line[0].partition(".")[2] for line in lines if line[2] or name != "name"]
    if name == "name":
        found = [each.removesuffix("_script").removesuffix("_signs") for each in found]
        return FieldEvidence(name, _name_level(found, pairs), bits, _name_note(found, pairs))
    if not found:
        return FieldEvidence(name, "unknown", 0.0, "not on both sides")
    return FieldEvidence(name, _level(found[0]), bits, found[0].replace("_", " "))


def _name_level(found: list[str], pairs: list[tuple[str, str, float]]) -> Level:
    if not pairs:
        return "different"
    whole = "replaced" not in found and "omitted" not in found
    return "same" if whole and all(x == y for x, y, _ in pairs) else "similar"


def _name_note(found: list[str], pairs: list[tuple[str, str, float]]) -> str:
    shown = [f"{x} ({bits:.1f})" if x == y else f"{x} ~ {y} ({bits:.1f})" for x, y, bits in pairs]
    remarks = {
        "replaced": "a part stands against another",
        "omitted": "a part is left out",
        "complete": "nothing left over",
        "script": "across scripts",
        "weak": "a weak name",
        "none": "no part alike",
        "lone": "one part alone agrees",
        "near": "a part nearly agrees",
    }
    return "; ".join([", ".join(shown), *(text for key, text in remarks.items() if key in found)]).removeprefix("; ")


def _level(what: str) -> Level:
    if what in ("same", "day"):
        return "same"
    return "similar" if what in _SIMILAR_BIRTHS else "different"


def name_pair_bits(a: str, b: str, *, parameters: Parameters | None = None) -> float:
    """Return what two written names alone say for a match, in bits; frequencies of the shipped table.

    See: docs/explanation/weights.md.
    """
    searcher = _searcher(parameters or default_parameters())
    return searcher.explain(encode(Record(id="a", names=(a,))), encode(Record(id="b", names=(b,))))[3]


_searchers: dict[int, tuple[Parameters, _native.Searcher]] = {}


def _searcher(parameters: Parameters) -> _native.Searcher:
    """One native searcher per parameter set: reading 16,000 frequencies for every pair would cost more than the pair."""
    found = _searchers.get(id(parameters))
    if found is None or found[0] is not parameters:
        found = _searchers[id(parameters)] = (parameters, _native.Searcher(parameters.text, parameters.frequencies))
    return found[1]
