"""Makes persons: households of one, and now and then brothers and sisters, fathers with a son of their name, and namesakes.

Draws from the generator passed in; writes nothing and damages nothing. What a person is here is the truth; how two registers
tell it apart is `damage` and `writing`.

Rules
 1. Most persons come alone. Kin share family name, father, home and mostly the birth place; brothers and sisters are born 1 to 10
    years apart, twins on one day.
 2. A namesake has the same written name and the same culture, but his own birth date and places.
 3. Birth years follow a population pyramid of persons from 16 to 95; 1 January stands in for an unknown day as often as the
    culture's papers do it.
 4. With a cross-script share, that share of the persons comes from cultures of another script; the rest from all cultures, in
    Latin letters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tallystick.synthesis.contacts import Contacts, Home
from tallystick.synthesis.namegiving import Namer, namer, spelling
from tallystick.synthesis.romanisation import Romanisation, romanisation
from tallystick.synthesis.tables import Culture, Part, cultures
from tallystick.synthesis.wheel import Wheel, one_of, zipf

LAST_BIRTH_YEAR = 2009
FIRST_BIRTH_YEAR = 1930
OWN_COUNTRY = 0.9
"""Share of the persons who hold the nationality of a country of their culture."""
BORN_AWAY = 0.08
"""Share of the persons born in a place of another culture."""


BORROWED = 0.04
"""Share of the given names that persons of Latin-script cultures have from another one."""
MEN = 0.56
"""Share of men: registers of the kind we mean hold more of them."""

_OF_FATHER = frozenset("pdea")
_OF_SECOND_FAMILY = frozenset("sh")


@dataclass(frozen=True, slots=True)
class KinRates:
    """How often a household of the registers has more than one person; shares of households."""

    siblings: float = 0.034
    three_siblings: float = 0.006
    father_and_son: float = 0.004
    namesakes: float = 0.006
    twins: float = 0.03


@dataclass(slots=True, eq=False)
class Person:
    """The truth about one person.

    Attributes:
        roles: one letter per name part, in the usual order of writing (see `namegiving`).
        parts: the name parts.
        texts: how the person writes them in Latin letters.
        shown_native: register A writes this person in the culture's own script.
    """

    naming: Namer
    gender: str
    roles: str
    parts: tuple[Part, ...] = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)
    born: str = field(repr=False)
    birth_place: Part = field(repr=False)
    nationality: str
    shown_native: bool
    home: Home | None = field(repr=False)
    contacts: Contacts | None = field(repr=False)


@dataclass(slots=True, eq=False)
class _House:
    naming: Namer
    family: Part
    second_family: Part
    father: Part
    grandfather: Part
    romanise: Romanisation | None
    place: Part
    nationality: str
    shown_native: bool
    home: Home | None
    spelled: dict[Part, str]


class Population:
    """Draws households."""

    def __init__(self, rng: Random, *, cross_script: float = 0.0, kin: KinRates | None = None) -> None:
        """Weigh cultures, ages and kinds of households."""
        self._rng = rng
        self._cross_script = cross_script
        kin = kin or KinRates()
        everyone = cultures()
        self._cultures = Wheel((culture, culture.share) for culture in everyone)
        self._other_script = Wheel((culture, culture.share) for culture in everyone if culture.script != "latin")
        self._latin = Wheel((culture, culture.share) for culture in everyone if culture.script == "latin")
        self._schemes = {culture.name: _schemes(culture) for culture in everyone}
        self._places = {culture.name: Wheel(zipf(culture.tables["city"], exponent=0.8)) for culture in everyone}
        self._lands = {culture.name: Wheel(culture.countries) for culture in everyone}
        self._kinds = one_of(
            [(2, kin.siblings), (3, kin.three_siblings), (-1, kin.father_and_son), (-2, kin.namesakes)],
            otherwise=1,
        )
        self._twins = kin.twins
        self._years = Wheel(_pyramid())

    def households(self, count: int) -> Iterator[tuple[str, list[Person]]]:
        """Yield households, each with the kind of kinship between its persons (empty for a single person).

        Which cultures they have is drawn first and then put in order: it is as random, and the machine finds the tables of one
        culture at hand. Whoever wants another order shuffles.
        """
        rng, share = self._rng, self._cross_script
        drawn = []
        for _ in range(count):
            native = rng.random() < share
            drawn.append(((self._other_script if native else self._cultures).draw(rng), native))
        drawn.sort(key=lambda one: one[0].name)
        for culture, native in drawn:
            house = self._house(culture, shown_native=native)
            size = self._kinds.draw(rng)
            if size == 1:
                yield "", [self._person(house, self._birth_year())]
            elif size > 1:
                yield self._siblings(house, size)
            elif size == -1:
                yield "father and son", self._father_and_son(house)
            else:
                yield "namesake", self._namesakes(house)

    def _house(self, culture: Culture, *, shown_native: bool) -> _House:
        rng = self._rng
        naming = namer(culture)
        living = culture if rng.random() < OWN_COUNTRY else self._cultures.draw(rng)
        nationality = self._lands[living.name].draw(rng)
        place = self._places[culture.name].draw(rng)
        family, roles = naming.family(rng), naming.roles
        father = naming.given("m", rng) if roles & _OF_FATHER else family
        return _House(
            naming=naming,
            family=family,
            second_family=naming.family(rng) if roles & _OF_SECOND_FAMILY else family,
            father=father,
            grandfather=naming.given("m", rng) if "e" in roles else father,
            romanise=self._schemes[culture.name].draw(rng),
            place=place,
            nationality=nationality,
            shown_native=shown_native,
            home=self._home(living, culture, place, nationality) if rng.random() < Home.SHARE else None,
            spelled={},
        )

    def _home(self, living: Culture, culture: Culture, place: Part, nationality: str) -> Home:
        """Return a home where the household comes from, or, for citizens of another country, there."""
        city = place if living is culture else self._places[living.name].draw(self._rng)
        return Home.draw(living, city, nationality, self._rng)

    def _person(self, house: _House, year: int, gender: str = "") -> Person:
        rng = self._rng
        gender = gender or ("m" if rng.random() < MEN else "f")
        naming = house.naming
        roles = naming.patterns.draw(rng)
        parts = tuple([self._part(role, house, gender) for role in roles])
        if len(parts) > 1 and parts[0] is parts[1]:  # nobody is called Joy Joy; once more is enough
            parts = tuple([self._part(role, house, gender) for role in roles])
        texts = tuple([self._text(part, house) for part in parts])
        place = house.place
        if rng.random() < BORN_AWAY:
            place = self._places[self._cultures.draw(rng).name].draw(rng)
        return Person(
            naming=naming,
            gender=gender,
            roles=roles.replace("h", "f").replace("a", "f"),
            parts=parts,
            texts=texts,
            born=self._birth_date(naming.culture, year),
            birth_place=place,
            nationality=house.nationality,
            shown_native=house.shown_native,
            home=house.home,
            contacts=Contacts.draw(texts, year, house.nationality, rng) if rng.random() < Contacts.SHARE else None,
        )

    def _part(self, role: str, house: _House, gender: str) -> Part:
        naming, rng = house.naming, self._rng
        if role == "g":
            abroad = naming.culture.script == "latin" and rng.random() < BORROWED
            return (namer(self._latin.draw(rng)) if abroad else naming).given(gender, rng)
        if role == "m":
            return naming.second(gender, rng)
        if role in "fsh":
            return _family(role, house, gender)
        if role == "p":
            return naming.patronymic(house.father, gender)
        if role == "n":
            return naming.particle(gender)
        return house.grandfather if role == "e" else house.father

    def _text(self, part: Part, house: _House) -> str:
        text = house.spelled.get(part)
        if text is None:
            text = latin(part, house.romanise, house.naming.culture, self._rng)
            house.spelled[part] = text
        return text

    def _siblings(self, house: _House, size: int) -> tuple[str, list[Person]]:
        year = min(self._birth_year(), LAST_BIRTH_YEAR - 10 * (size - 1))
        first = self._person(house, year)
        persons = [first]
        if self._rng.random() < self._twins:
            twin = self._person(house, year)
            twin.born = first.born
            return "twin", [first, twin]
        while len(persons) < size:
            year += 1 + int(self._rng.random() * 10)
            persons.append(self._person(house, year))
        return "sibling", persons

    def _father_and_son(self, house: _House) -> list[Person]:
        year = self._birth_year()
        father = self._person(house, max(FIRST_BIRTH_YEAR, year - 20 - int(self._rng.random() * 20)), "m")
        son = self._person(house, year, "m")
        son.roles = father.roles
        # A son called after his father: only the parts that name the father himself (patronymic, chain) can differ.
        keep = [role in "dpe" for role in father.roles]
        son.parts = tuple(self._chained(role, part, house, father) for role, part in zip(father.roles, father.parts, strict=True))
        son.texts = tuple(
            self._text(part, house) if other else text for part, text, other in zip(son.parts, father.texts, keep, strict=True)
        )
        return [father, son]

    def _chained(self, role: str, part: Part, house: _House, father: Person) -> Part:
        given = father.parts[father.roles.index("g")]
        if role == "d":
            return given
        if role == "e":
            return house.father
        return house.naming.patronymic(given, "m") if role == "p" else part

    def _namesakes(self, house: _House) -> list[Person]:
        first = self._person(house, self._birth_year())
        rng = self._rng
        culture = house.naming.culture
        other = replace(
            first,
            born=self._birth_date(culture, self._birth_year()),
            birth_place=self._places[culture.name].draw(rng),
            home=None,
            contacts=None,
        )
        return [first, other]

    def _birth_year(self) -> int:
        return self._years.draw(self._rng)

    def _birth_date(self, culture: Culture, year: int) -> str:
        chance = self._rng.random()
        if chance < culture.january_first:
            return f"{year}-01-01"
        days = _DAYS[year]
        return days[int((chance - culture.january_first) / (1.0 - culture.january_first) * len(days))]


def _family(role: str, house: _House, gender: str) -> Part:
    family = house.second_family if role == "s" else house.family
    if role == "h":
        family = house.naming.hyphenated(family, house.second_family)
    return house.naming.feminine(family) if gender == "f" else family


def latin(part: Part, romanise: Romanisation | None, culture: Culture, rng: Random) -> str:
    """Return a part in Latin letters: by a romanisation, or (None) in one of its listed spellings."""
    if romanise is not None:
        return romanise.write(part)
    if part.spellings:
        return spelling(part, rng)
    return default_romanisation(culture).write(part)


def default_romanisation(culture: Culture) -> Romanisation:
    """Return the commonest rule-based romanisation of a culture."""
    return romanisation(next(name for name, _ in culture.romanisations if name != "listed"))


def _schemes(culture: Culture) -> Wheel[Romanisation | None]:
    return Wheel((None if name == "listed" else romanisation(name), weight) for name, weight in culture.romanisations)


def _pyramid() -> Iterator[tuple[int, float]]:
    for year in range(FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR + 1):
        age = LAST_BIRTH_YEAR + 16 - year
        yield year, 1.0 if age < 45 else max(0.02, 1.0 - (age - 45) / 52)  # noqa: PLR2004


def _year_of_days(year: int) -> tuple[str, ...]:
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    return tuple((first + timedelta(days=day)).isoformat() for day in range(length))


_DAYS = {year: _year_of_days(year) for year in range(FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR + 1)}
