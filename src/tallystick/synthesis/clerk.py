"""A register's clerk: writes a person down as one line of the native record format, with the register's habits and errors.

Draws from the generator passed in; does no I/O. Writes JSON directly, in the codec's canonical order: a record costs
microseconds, and the codec proves the lines in the tests.

Rules
 1. Register A writes persons of a cross-script share in their own script; everything else is in Latin letters.
 2. A person whose name was written in another script elsewhere is romanised here by a romanisation drawn anew, not by the one the
    person uses.
 3. Half of the names in kanji come with their reading in katakana.
 4. Aliases, where asked for: another writing of the name goes to `names`; a nickname or an epithet to `weak_names`.
"""

from random import Random
from unicodedata import is_normalized, normalize

from tallystick.synthesis import damage
from tallystick.synthesis.contacts import Contacts, Home
from tallystick.synthesis.damage import DamageRates, Dice
from tallystick.synthesis.namegiving import spelling
from tallystick.synthesis.persons import Person, default_romanisation, latin
from tallystick.synthesis.romanisation import Romanisation, romanisation
from tallystick.synthesis.slips import SIGNS, by_ear, typo, without_diacritics
from tallystick.synthesis.tables import Culture, Part, countries, cultures
from tallystick.synthesis.wheel import Wheel, zipf

ALIAS_SHARE = 0.2
"""Share of the records with a further name, where aliases are asked for."""
KANA_SHARE = 0.5
"""Share of the names in kanji that come with their reading in katakana as a second name, as Japanese forms ask for it."""
NEAR_SHARE = 0.7
"""Share of the wrong or former places that lie where the same culture lives."""

_REARRANGED = damage.NO_MIDDLE | damage.NO_GIVEN | damage.SWAPPED
_FAMILY_FIRST = SIGNS | {"kana"}
_DROPPABLE = frozenset("mpdens")
_COMBINING = frozenset({"devanagari", "bengali", "tamil", "arabic", "hebrew", "hangul", "armenian", "greek"})


class Clerk:
    """Writes records of one register."""

    def __init__(self, rng: Random, rates: DamageRates, *, own_script: bool, aliases: bool) -> None:
        """Compute what is needed for every record.

        Args:
            rng: where chance comes from.
            rates: what goes wrong here.
            own_script: write persons of the cross-script share in their own script.
            aliases: add further names.
        """
        self._rng = rng
        self._dice = Dice(rates)
        self._typos = rates.part_typo
        self._respelled = rates.part_respelled
        self._own_script = own_script
        self._aliases = aliases
        everyone = cultures()
        self._schemes = {culture.name: _schemes(culture) for culture in everyone}
        self._places = [Wheel(zipf(culture.tables["city"])) for culture in everyone]
        self._countries = list(countries())
        self._kana = romanisation("ja_kana")

    def line(self, person: Person, record_id: str) -> str:
        """Return the record of a person as one line, without line break."""
        native = self._own_script and person.shown_native
        script = person.naming.culture.script if native else "latin"
        name = self._name(person, script)
        further = "]"
        if script == "kanji" and self._rng.random() < KANA_SHARE:
            further = f',"{self._name(person, "kana")}"]'
        elif self._aliases and self._rng.random() < ALIAS_SHARE:
            further = self._further_names(person, name, script)
        birth, nationality, gender = self._dice.facts.draw(self._rng)
        slips = self._dice.places.draw(self._rng)
        out = ['{"id":"', record_id, '","names":["', name, '"', further]
        born = damage.damaged_date(person.born, birth, self._rng) if birth else person.born
        if born:
            out += (',"birth_dates":["', born, '"]')
        if not slips & damage.MISSING:
            place = self._elsewhere(person) if slips & damage.MOVED else person.birth_place
            out += (',"birth_places":["', self._place(place, script, mistyped=bool(slips & damage.TYPO)), '"]')
        if nationality != damage.NONE:
            out += (',"nationalities":["', self._nationality(person, nationality), '"]')
        contacts = self._known(person.contacts, out)
        if gender != damage.NONE:
            out += (',"gender":"', "mf"[(person.gender == "f") != (gender == damage.OTHER)], '"')
        if person.home is not None and self._rng.random() >= self._dice.rates.home_unknown:
            out.append(self._address(person.home, person, script, slips))
        out += (contacts, "}")
        return "".join(out)

    def _known(self, contacts: Contacts | None, out: list[str]) -> str:
        """Write the identifiers this register knows; return phones and e-mail addresses, which come later."""
        if contacts is None:
            return ""
        random, unknown = self._rng.random, self._dice.rates.contact_unknown
        if contacts.number and random() >= unknown:
            number = self._number(contacts.number)
            out.append(f',"identifiers":[{{"type":"{contacts.document}","country":"{contacts.country}","number":"{number}"}}]')
        phone = f',"phones":["{self._number(contacts.phone)}"]' if contacts.phone and random() >= unknown else ""
        email = f',"emails":["{contacts.email}"]' if contacts.email and random() >= unknown else ""
        return phone + email

    def _name(self, person: Person, script: str, *, extra: int = 0) -> str:
        """Write the name once; `extra` forces events."""
        rng = self._rng
        mask = self._dice.name.draw(rng) | extra
        texts = self._texts(person, script)
        self._slip(person, texts, script, mask)
        name = _arranged(person.roles, texts, mask, script)
        if mask & (damage.JOINED | damage.SPLIT):
            name = self._rebroken(name, mask)
        if mask & damage.NO_DIACRITICS and script == "latin":
            name = without_diacritics(name, rng)
        return _clean(name, script)

    def _texts(self, person: Person, script: str) -> list[str]:
        """Return the parts as they would be without a slip."""
        if script == "kana":
            return [self._kana.write(part) for part in person.parts]
        if script != "latin":
            return [part.native for part in person.parts]
        if not person.shown_native:
            return list(person.texts)
        culture = person.naming.culture
        scheme = self._schemes[culture.name].draw(self._rng)
        return [latin(part, scheme, culture, self._rng) for part in person.parts]

    def _slip(self, person: Person, texts: list[str], script: str, mask: int) -> None:
        """Respell and mistype the parts in place."""
        random = self._rng.random
        if mask & damage.NICKNAME:
            self._nickname(person, texts, script)
        respelled, typos = self._respelled, self._typos
        for place in range(len(texts)):
            if script == "latin" and random() < respelled:
                texts[place] = self._spelled_again(person, place, texts[place])
            if random() < typos and person.roles[place] != "n":
                texts[place] = typo(texts[place], script, self._rng)
        if mask & damage.INITIAL and script not in _FAMILY_FIRST:
            place = person.roles.find("g")
            texts[place] = texts[place][0] + ("." if random() < 0.5 else "")  # noqa: PLR2004

    def _spelled_again(self, person: Person, place: int, text: str) -> str:
        part, rng = person.parts[place], self._rng
        culture = person.naming.culture
        if part.spellings and len(part.spellings) > 1 and rng.random() < 0.6:  # noqa: PLR2004
            return spelling(part, rng)
        if culture.script == "latin" or rng.random() < 0.4:  # noqa: PLR2004
            return by_ear(text, rng)
        return latin(part, self._schemes[culture.name].draw(rng), culture, rng)

    def _nickname(self, person: Person, texts: list[str], script: str) -> None:
        place = person.roles.find("g")
        shorts = person.parts[place].shorts
        if shorts:
            short = shorts[int(self._rng.random() * len(shorts))]
            texts[place] = short.native if script != "latin" else self._latin(short, person.naming.culture)

    def _latin(self, part: Part, culture: Culture) -> str:
        if part.spellings:
            return spelling(part, self._rng)
        return default_romanisation(culture).write(part)

    def _rebroken(self, name: str, mask: int) -> str:
        """Lose a blank between parts, or put one into a long part."""
        rng = self._rng
        words = name.split(" ")
        if mask & damage.JOINED and len(words) > 2:  # noqa: PLR2004
            place = int(rng.random() * (len(words) - 1))
            words[place : place + 2] = [words[place] + words[place + 1].lower()]
        if mask & damage.SPLIT:
            place = max(range(len(words)), key=lambda at: len(words[at]))
            word = words[place]
            if len(word) > 5:  # noqa: PLR2004
                cut = 2 + int(rng.random() * (len(word) - 4))
                words[place] = f"{word[:cut]} {word[cut:].capitalize()}"
        return " ".join(words)

    def _further_names(self, person: Person, name: str, script: str) -> str:
        """Return the end of `names` and, for some, `weak_names`."""
        rng = self._rng
        if rng.random() < 0.5:  # noqa: PLR2004
            return _other(self._name(person, script), name)
        culture = person.naming.culture
        shorts = person.parts[person.roles.find("g")].shorts or culture.tables.get(f"epithet_{person.gender}", ())
        if not shorts:
            return _other(self._name(person, script, extra=damage.NO_MIDDLE), name)
        short = shorts[int(rng.random() * len(shorts))]
        text = short.native if script != "latin" else self._latin(short, culture)
        return f'],"weak_names":["{_clean(text, script)}"]'

    def _elsewhere(self, person: Person) -> Part:
        """Another town, mostly one of the same culture."""
        rng = self._rng
        near = person.naming.culture.tables["city"]
        if rng.random() < NEAR_SHARE:
            return near[int(rng.random() * len(near))]
        return self._places[int(rng.random() * len(self._places))].draw(rng)

    def _place(self, place: Part, script: str, *, mistyped: bool) -> str:
        if place.script != script:
            script = "latin"  # a town abroad, or a register in Latin letters
        text = spelling(place, self._rng) if script == "latin" else place.native
        if mistyped:
            text = typo(text, script, self._rng)
        return _clean(text, script)

    def _nationality(self, person: Person, event: int) -> str:
        if event == damage.OTHER:
            return self._countries[int(self._rng.random() * len(self._countries))]
        return person.nationality

    def _address(self, home: Home, person: Person, script: str, slips: int) -> str:
        city, street, postcode = home.city, home.street if script == "latin" else None, home.postcode
        if slips & damage.HOME_MOVED:
            city, street, postcode = self._elsewhere(person), None, damage.wrong_digit(home.postcode, self._rng)
        text = self._place(city, script, mistyped=bool(slips & damage.HOME_TYPO))
        lane = f'"street":"{street}",' if street else ""
        code = f',"postcode":"{postcode}"' if postcode else ""
        land = f',"country":"{home.country}"' if home.country else ""
        return f',"addresses":[{{{lane}"city":"{text}"{code}{land}}}]'

    def _number(self, number: str) -> str:
        return damage.wrong_digit(number, self._rng) if self._rng.random() < self._dice.rates.number_digit else number


def _other(further: str, name: str) -> str:
    return "]" if further == name else f',"{further}"]'


def _arranged(roles: str, texts: list[str], mask: int, script: str) -> str:
    """Put the parts in order and leave out what the mask says."""
    if not mask & _REARRANGED and script not in _FAMILY_FIRST:
        return " ".join(texts)
    places = list(range(len(texts)))
    if mask & damage.NO_MIDDLE and len(places) > 2:  # noqa: PLR2004
        places = [place for place in places if roles[place] not in _DROPPABLE]
    if mask & damage.NO_GIVEN:
        places = [place for place in places if roles[place] != "g"] or places
    if script in _FAMILY_FIRST:
        places.sort(key=lambda place: roles[place] not in "fs")
    elif mask & damage.SWAPPED:
        first = roles[places[0]] not in "fs"
        places.sort(key=lambda place: (roles[place] not in "fs") == first)
    name = ("" if script in SIGNS else " ").join([texts[place] for place in places if texts[place]])
    return name or texts[0]


def _clean(text: str, script: str) -> str:
    if script in _COMBINING and not is_normalized("NFC", text):
        text = normalize("NFC", text)
    return " ".join(text.split()) if text[0] == " " or text[-1] == " " or "  " in text else text


def _schemes(culture: Culture) -> Wheel[Romanisation | None]:
    return Wheel((None if name == "listed" else romanisation(name), weight) for name, weight in culture.romanisations)
