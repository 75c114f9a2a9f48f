"""Gives names the way a culture gives them: frequent ones from its list, rare ones built by its own morphology.

Draws from the generator passed in and keeps no state but tables.

Rules
 1. A list name is drawn by its rank (Zipf-Mandelbrot). A share of the names is composed instead: one element of each of the kinds
    `fam1`, `fam2`, ... (or `given_m1`, ...), read one after the other. Letters behind the number separate ways of composing.
 2. A pattern names the roles of a written name in order: g given, m second given, f family, s second family, h two families
    with a hyphen, p patronymic formed from the father's name, d father's and e grandfather's given name, a father's given name
    where it stands in place of a family name, n the particle "son/daughter of".
 3. Kinds `feminine` and `patronymic` hold endings: native is replaced by sound (men) or by the spelling (women).
"""

import re
from collections import defaultdict
from functools import cache
from random import Random

from tallystick.synthesis.tables import Culture, Part
from tallystick.synthesis.wheel import Wheel, zipf

FIRST_SPELLING = {"latin": 0.85}
"""Share of the commonest of several spellings, by script; the others share the rest."""
FIRST_ROMANISED = 0.6
"""The same for names of another script, of which no Latin spelling is the right one."""

_COMPOSED = re.compile(r"(fam|given_[mf])[0-9]([a-z]?)\Z")


class Namer:
    """Draws the names of one culture."""

    def __init__(self, culture: Culture) -> None:
        """Weigh the tables of a culture."""
        tables = culture.tables
        self.culture = culture
        self._latin = culture.script == "latin"
        self._given = {gender: _given_wheel(tables[f"given_{gender}"]) for gender in "mf"}
        self._second = {gender: _given_wheel(tables.get(f"middle_{gender}", tables[f"given_{gender}"])) for gender in "mf"}
        exponent, offset = culture.family_zipf
        self._family = Wheel(zipf(tables.get("family", tables["given_m"]), exponent=exponent, offset=offset))
        self._elements = _elements(tables)
        self._composed = {"fam": culture.composed_family, "given_m": culture.composed_given, "given_f": culture.composed_given}
        self._feminine: dict[Part, Part] = {}
        self._particles = tables.get("particle_m", ()), tables.get("particle_f", ())
        self.patterns = Wheel(culture.patterns)
        self.roles = frozenset("".join(pattern for pattern, _ in culture.patterns))

    def given(self, gender: str, rng: Random) -> Part:
        """Return a given name."""
        kind = "given_m" if gender == "m" else "given_f"
        return self._compose(kind, rng) if rng.random() < self._composed[kind] else self._given[gender].draw(rng)

    def second(self, gender: str, rng: Random) -> Part:
        """Return a second given name; some cultures have their own small stock of them."""
        return self._second[gender].draw(rng)

    def family(self, rng: Random) -> Part:
        """Return a family name as a man bears it."""
        return self._compose("fam", rng) if rng.random() < self._composed["fam"] else self._family.draw(rng)

    def particle(self, gender: str) -> Part:
        """Return the word for son or daughter of."""
        return self._particles[gender == "f"][0]

    def feminine(self, part: Part) -> Part:
        """Return the form of a family name that a woman bears."""
        endings = self.culture.tables.get("feminine")
        if endings is None:
            return part
        done = self._feminine.get(part)
        if done is None:
            done = self._inflect(part, endings, "f")
            if part.listed:
                self._feminine[part] = done
        return done

    def patronymic(self, father: Part, gender: str) -> Part:
        """Return the patronymic formed from a father's given name."""
        return self._inflect(father, self.culture.tables["patronymic"], gender, patronymic=True)

    def hyphenated(self, first: Part, second: Part) -> Part:
        """Return two family names as one part."""
        native = f"{first.native}-{second.native}"
        return Part(native, f"{first.sound}-{second.sound}", (native,) if self._latin else ())

    def _inflect(self, part: Part, endings: tuple[Part, ...], gender: str, *, patronymic: bool = False) -> Part:
        for ending in endings:
            if part.native.lower().endswith(ending.native):
                new = ending.sound if gender == "m" or not patronymic else ending.spellings[-1]
                stem = part.native[: len(part.native) - len(ending.native)]
                native = stem + new if stem else new.capitalize()
                return Part(native, native, (native,) if self._latin else (), listed=part.listed)
        return part

    def _compose(self, kind: str, rng: Random) -> Part:
        ways = self._elements[kind]
        elements = [wheel.draw(rng) for wheel in ways[int(rng.random() * len(ways))]]
        native = "".join([element.native for element in elements])
        if self._latin:
            return Part(native, native, (native,))
        return Part(native, "".join([element.sound for element in elements]))


@cache
def namer(culture: Culture) -> Namer:
    """Return the namer of a culture; built once."""
    return Namer(culture)


def spelling(part: Part, rng: Random) -> str:
    """Return one of a part's listed spellings; the part must have one."""
    spellings = part.spellings
    if len(spellings) == 1:
        return spellings[0]
    first = FIRST_SPELLING.get(part.script, FIRST_ROMANISED)
    chance = rng.random()
    if chance < first:
        return spellings[0]
    return spellings[1 + int((chance - first) / (1.0 - first) * (len(spellings) - 1))]


def _given_wheel(parts: tuple[Part, ...]) -> Wheel[Part]:
    return Wheel(zipf(parts, exponent=0.9, offset=2.5))


def _elements(tables: dict[str, tuple[Part, ...]]) -> dict[str, list[list[Wheel[Part]]]]:
    ways: defaultdict[str, dict[str, list[Wheel[Part]]]] = defaultdict(lambda: defaultdict(list))
    for kind in sorted(tables):
        found = _COMPOSED.match(kind)
        if found:
            ways[found[1]][found[2]].append(Wheel(zipf(tables[kind], exponent=0.5, offset=3.0)))
    return {kind: list(way.values()) for kind, way in ways.items()}
