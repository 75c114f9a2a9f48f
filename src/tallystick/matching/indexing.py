"""What a store keeps beside a record so that one query reads a few rows.

Keys, counted classes and forms depend on the record alone, never on the register: they stay true while it grows. A form is a name
part as bytes: its script and its romanized letters. A register keeps each of its forms once, to be found by its starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tallystick import _native
from tallystick.matching.parameters import Parameters


class Searcher:
    """Index entries for records, and the weighing of what a store returns for them."""

    def __init__(self, parameters: Parameters) -> None:
        self._native = _native.Searcher(parameters.text, parameters.frequencies)

    def entries(self, lines: Sequence[bytes]) -> list[tuple[list[int], list[int], list[tuple[int, bytes, int, int]]]]:
        """Return (keys, counted classes, forms) of each line: signed 64-bit numbers, sorted; keys distinct.

        A form is (the class it is counted under, script and letters, start by letters, start by sounds).
        Lines come from `model.encode`; a line that is no record is a ValueError.
        """
        return self._native.index(list(lines))

    def counted(self, query: bytes, candidates: Sequence[bytes]) -> list[int]:
        """Return the classes whose counts `weigh` asks for."""
        return self._native.counted(query, list(candidates))

    def weigh(
        self, query: bytes, candidates: Sequence[bytes], *, counts: dict[int, int], persons: int, prior_bits: float
    ) -> "list[tuple[int, float, float, _native._Decision]]":
        """Return (position, weight in bits, probability, decision) of every candidate, heaviest first."""
        return self._native.weigh(query, list(candidates), counts, persons, prior_bits)

    def lone(self, query: bytes) -> tuple[list[int], bool]:
        """Return the starts of the forms that a name of one part may be, and whether no reading of the query has more parts."""
        return self._native.lone(query)

    def alike(self, query: bytes, forms: Sequence[tuple[bytes, int]], *, persons: int) -> list[tuple[int, int]]:
        """Return the forms that are writings of the one part, best first: (key of who bears it, how many they are).

        Args:
            query: a record with a name of one part.
            forms: forms of a register, and how many records bear each.
            persons: how many records the register has.
        """
        return self._native.alike(query, list(forms), persons)

    def beginning(self, typed: str) -> list[int]:
        """Return the starts of the forms that begin as was typed; none where that is too little, or no beginning of one part."""
        return self._native.beginning(typed)

    def begun(self, typed: str, forms: Sequence[tuple[bytes, int]]) -> "list[BegunForm]":
        """Return the forms that begin as was typed.

        Those that begin with the same letters come first, then those of other scripts that begin with the same sounds; of each
        the commonest first.
        """
        return self._native.begun(typed, list(forms))

    def asked(self, query: bytes) -> list[int]:
        """Return the keys to ask a store with: those of `entries` that few records share."""
        return self._native.asked(query)

    def beside(self, query: bytes, forms: Sequence[bytes], *, named: bool) -> list[int]:
        """Return the keys of the records in which a form stands beside a part of the query, if `named`, or a year of birth."""
        return self._native.beside(query, named, list(forms))

    def weigh_begun(
        self, begun: "Begun", candidates: Sequence[bytes], *, counts: dict[int, int], persons: int, prior_bits: float
    ) -> "list[tuple[int, float, float, _native._Decision]]":
        """Return what `weigh` does, for the candidates that have a part that begins as was typed."""
        said = (begun.query, begun.named, begun.typed)
        return self._native.weigh_begun(
            *said, list(candidates), counts, persons, prior_bits, (begun.letters_bits, begun.sounds_bits)
        )


BegunForm = tuple[bool, bytes, int, int]
"""A form that begins as was typed: whether by letters, the form, the key of who bears it, how many they are."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A query of which the last name part is only begun.

    Attributes:
        query: a record with all that is said beside the part.
        named: whether its name is said; otherwise only its other fields count.
        typed: the beginning of the part, as it was typed.
        letters_bits, sounds_bits: what it says to have a part that begins with the same letters, or sounds.
    """

    query: bytes = field(repr=False)
    named: bool
    typed: str = field(repr=False)
    letters_bits: float
    sounds_bits: float
