"""Reads written names of any script into parts that can be compared.

Does not compare, weigh or correct: a misspelt name is read as it stands. The native core reads; this is its face.

Rules (the normal form; exact steps and tables are in spec/match-keys-v1.md, section 2)
 1. Compatibility form, lower case, accents dropped: `Jørgen Ñúñez` and `JORGEN NUNEZ` are one.
 2. Split at blanks and punctuation; apostrophes and joiners go without splitting.
 3. Each part romanized, letter by letter, to lower-case ASCII letters and digits; it remembers the script it came from.
 4. Titles, articles and particles dropped; `Abd al-Rahman`, `Abdul Rahman` and `Abdurrahman` are one part.
 5. Names written without blanks (Han, Hangul) have several readings; the first is the plainest.
 6. Nothing is refused: text without a letter has no reading.

Spec: spec/match-keys-v1.md, sections 2 and 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tallystick import _native

SCRIPTS = ("latin", "cyrillic", "greek", "caucasian", "arabic", "hebrew", "indic", "han", "kana", "hangul", "other")
"""Writing systems as far as comparison cares; `caucasian` is Georgian and Armenian."""


_Found: TypeAlias = tuple[str, str, str, str]


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

    >>> [reading.normal_form for reading in read_name("Dr. Ayub al-Jazzani")]
    ['ayub jazzani']
    >>> [reading.normal_form for reading in read_name("عبد الرحمن")]
    ['abdrhmn']
    """
    return _read(written, {})


def read_names(written: Sequence[str]) -> list[tuple[Reading, ...]]:
    """Return the readings of each written name; a name that comes again is read once, a part that comes again is one object."""
    parts: dict[_Found, Part] = {}
    known: dict[str, tuple[Reading, ...]] = {}
    for name in written:
        if name not in known:
            known[name] = _read(name, parts)
    return [known[name] for name in written]


def _read(written: str, parts: "dict[_Found, Part]") -> tuple[Reading, ...]:
    def part(found: _Found) -> Part:
        return parts.get(found) or parts.setdefault(found, Part(*found))

    return tuple(Reading(tuple(map(part, reading))) for reading in _native.read_name(_sendable(written)))


def _sendable(written: str) -> str:
    """Half of a surrogate pair is no character: it separates, as every other sign does that is no letter."""
    try:
        written.encode()
    except UnicodeEncodeError:
        return written.encode(errors="replace").decode()
    return written
