"""Reads written names of any script into parts that can be compared.

Does not compare, weigh or correct: a misspelt name is read as it stands. The native core reads; this is its face.

Rules (the normal form; exact steps and tables are in spec/match-keys-v1.md, section 2)
 1. Compatibility form, lower case, accents dropped: `Jørgen Ñúñez` and `JORGEN NUNEZ` are one.
 2. Split at blanks and punctuation; apostrophes and joiners go without splitting.
 3. Each part romanized, letter by letter, to lower-case ASCII letters and digits; it remembers the script it came from.
 4. Titles, articles and particles dropped; `Abd al-Rahman`, `Abdul Rahman` and `Abdurrahman` are one part.
 5. Names written without blanks (Han, Hangul) have several readings: in Han characters those of Taiwan, Hong Kong, Korea and
    Japan, too. So have Slavic ones in German or Polish letters, and Tamil ones. The first is the plainest.
 6. Nothing is refused: text without a letter has no reading.

Spec: spec/match-keys-v1.md, sections 2 and 3.
"""

import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, starmap

from tallystick import _native

SCRIPTS = ("latin", "cyrillic", "greek", "caucasian", "arabic", "hebrew", "indic", "han", "kana", "hangul", "other")
"""Writing systems as far as comparison cares; `caucasian` is Georgian and Armenian."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a written name.

    Attributes:
        form: the comparable writing, in a-z and 0-9.
        script: one of SCRIPTS.
        fine: what spellings of one name in most hands have in common.
        coarse: its consonant skeleton, what even rough spellings have in common; follows from `fine`.
    """

    form: str = field(repr=False)
    script: str
    fine: str = field(repr=False)
    coarse: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a written name.

    Attributes:
        parts: its parts in written order, at least one.
    """

    parts: tuple[Part, ...]

    @property
    def normal_form(self) -> str:
        """The forms of the parts, a blank between them."""
        return " ".join(part.form for part in self.parts)


def read_name(written: str) -> tuple[Reading, ...]:
    """Return the readings of a written name, the plainest first; none for text without a letter or digit.

    >>> [reading.normal_form for reading in read_name("Dr. Munir al-Tuzani")]
    ['munir tuzani']
    >>> [reading.normal_form for reading in read_name("عبد الرحمن")]
    ['abdrhmn']
    """
    return tuple(Reading(tuple(starmap(Part, reading))) for reading in _native.read_name(_sendable(written)))


@dataclass(frozen=True, slots=True)
class Columns:
    """The readings of many written names, as columns: what a table wants, without an object for each name.

    Attributes:
        parts: the distinct parts, each once.
        part: numbers into `parts`, the readings one after the other.
        reading_end: where each reading ends in `part`.
        name_end: where the readings of each name end in `reading_end`; as long as there are names.
    """

    parts: tuple[Part, ...] = field(repr=False)
    part: "array[int]"
    reading_end: "array[int]"
    name_end: "array[int]"


def read_columns(written: Sequence[str]) -> Columns:
    """Return the readings of each written name, in order, as columns.

    >>> columns = read_columns(["Munir Tuzani", "Tuzani"])
    >>> [part.form for part in columns.parts], list(columns.part), list(columns.reading_end), list(columns.name_end)
    (['munir', 'tuzani'], [0, 1, 1], [2, 3], [1, 2])
    """
    try:
        parts, columns = _native.read_names(list(written))
    except UnicodeEncodeError:
        parts, columns = _native.read_names([_sendable(name) for name in written])
    return Columns(tuple(starmap(Part, parts)), *map(_numbers, columns))


def read_names(written: Sequence[str]) -> list[tuple[Reading, ...]]:
    """Return the readings of each written name; a name that comes again is read once, a part that comes again is one object."""
    distinct = list(dict.fromkeys(written))
    known = dict(zip(distinct, _readings(read_columns(distinct)), strict=True))
    return [known[name] for name in written]


def _readings(columns: Columns) -> Iterator[tuple[Reading, ...]]:
    parts = [columns.parts[number] for number in columns.part]
    readings = [Reading(tuple(parts[start:end])) for start, end in pairwise([0, *columns.reading_end])]
    return (tuple(readings[start:end]) for start, end in pairwise([0, *columns.name_end]))


def _numbers(column: bytes) -> "array[int]":
    """Little-endian 32-bit numbers, as the core hands columns over."""
    numbers = array("I")
    numbers.frombytes(column)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _sendable(written: str) -> str:
    """Half of a surrogate pair is no character: it separates, as every other sign does that is no letter."""
    try:
        written.encode()
    except UnicodeEncodeError:
        return written.encode(errors="replace").decode()
    return written
