"""Match keys: what two nodes compare when neither may show its records.

Two records share a key if and only if the evidence they share weighs at least the threshold T of the parameter set.
The holder of an index and the one who asks make their keys differently: what is partial or uncertain is expanded by the
asker, so that the index says nothing it need not say. The keys are text; the exchange hides them.

Spec: spec/match-keys-v1.md.
"""

from collections.abc import Sequence

from tallystick import _native
from tallystick.matching.parameters import Parameters, default_parameters
from tallystick.model import Record, encode


def match_keys(record: Record, role: "_native.Role" = "holder", *, parameters: Parameters | None = None) -> list[str]:
    """Return the match keys of one record, sorted and distinct.

    Args:
        record: the record.
        role: "holder" for an index, "asker" for a query.
        parameters: the parameter set of the circle; the shipped one by default.
    """
    return KeyMaker(parameters).keys([encode(record)], role)[0]


class KeyMaker:
    """Makes match keys for many records under one parameter set."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        chosen = parameters or default_parameters()
        self._native = _native.KeyMaker(chosen.text, chosen.frequencies)

    def keys(self, lines: Sequence[bytes], role: "_native.Role") -> list[list[str]]:
        """Return the keys of each native-format line."""
        return self._native.keys(list(lines), role)

    def shared_weight_bits(self, asker: Record, holder: Record) -> float | None:
        """Return what the evidence shared by two records weighs, by trying everything; None when no name part is shared."""
        tenths = self._native.shared_weight(encode(asker), encode(holder))
        return None if tenths is None else tenths / 10

    def hits(self, askers: Sequence[bytes], holders: Sequence[bytes]) -> list[tuple[int, int]]:
        """Return the pairs (position of asker, position of holder) that share a key."""
        return self._native.hits(list(askers), list(holders))
