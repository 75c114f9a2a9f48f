"""Says how alike two records are, in bits: evidence, weights, match keys, calibration, decision. No I/O, no clock."""

from tallystick.matching.evidence import (
    FIELDS,
    NAME_PAIR_LINK_BITS,
    Decision,
    Explainer,
    Explanation,
    FieldEvidence,
    Level,
    explain,
    name_pair_bits,
)
from tallystick.matching.keys import KeyBatch, KeyMaker, match_keys
from tallystick.matching.parameters import Parameters, default_parameters, read_parameters

__all__ = [
    "FIELDS",
    "NAME_PAIR_LINK_BITS",
    "Decision",
    "Explainer",
    "Explanation",
    "FieldEvidence",
    "KeyBatch",
    "KeyMaker",
    "Level",
    "Parameters",
    "default_parameters",
    "explain",
    "match_keys",
    "name_pair_bits",
    "read_parameters",
]
