"""Collects what one entry of a list says until it is a record, and remembers what had to be corrected.

Reads no files.

Rules
 1. A value that cannot be used is left out and noted under `repaired`; only a missing id or name costs the entry.
 2. A name the source calls weak stays weak, unless the entry has no other name.
 3. Notes never hold a value.
"""

import unicodedata

from tallystick.adapters.formats.birth_dates import Reading
from tallystick.adapters.formats.countries import country_code
from tallystick.errors import RecordError
from tallystick.model import Address, Identifier, Record, check, clean_text
from tallystick.model.codec import MAX_TEXT_CHARS
from tallystick.node.ports import NOT_A_PERSON, SourceRow

UNSEEN_REMOVED = "invisible character removed"
COUNTRY_DROPPED = "country dropped: unknown"
TOO_LONG = "value dropped: too long"
GENDER_DROPPED = "gender dropped: unknown"
UNKNOWN_KIND = "entry is of no known kind"
NO_LETTER = "name dropped: no letter in it"
WEAK_PROMOTED = "weak name kept as name: there is no other"

MAX_ORIGINAL_BYTES = 1 << 20
"""An entry kept for the quarantine is cut there; no honest one is as long."""

_GENDER_WORDS = {
    "m": "m male man masculin masculino männlich maennlich homme hombre uomo м муж мужской ذكر 男",
    "f": "f w female woman féminin feminin femenino femminile feminino weiblich femme mujer donna ж жен женский أنثى 女",
    "x": "x d other divers diverse non-binary",
}
_GENDERS = {word: gender for gender, words in _GENDER_WORDS.items() for word in words.split()}
_OTHER_KINDS = frozenset({"e", "entity", "enterprise", "ship", "vessel", "aircraft", "transport"})
_NO_GENDER = frozenset({"", "?", "-", "u", "unknown", "n/a", "na", "not available", "unbekannt", "inconnu"})
_BREAKS = "\t\n\r"


def refused(position: int, reason: str, original: bytes, record_id: str = "") -> SourceRow:
    """Return the row of an entry that cannot be read; its id is said where that much can be."""
    identity = "" if len(record_id) > MAX_TEXT_CHARS else clean_text(record_id)
    return SourceRow(position=position, record=None, reason=reason, refused_id=identity, original=original[:MAX_ORIGINAL_BYTES])


def not_a_person(position: int, original: bytes = b"") -> SourceRow:
    """Return the row of an entry that is a company, a ship, ..."""
    return refused(position, NOT_A_PERSON, original)


def other_kind(position: int, kind: str, original: bytes = b"") -> SourceRow:
    """Return the row of an entry that its list does not call a person.

    Args:
        position: where it stands.
        kind: what the list calls it; a word no list uses is no company, but an entry that cannot be read.
        original: the entry.
    """
    return not_a_person(position, original) if kind.strip().lower() in _OTHER_KINDS else refused(position, UNKNOWN_KIND, original)


class Draft:
    """One entry on its way to a record."""

    def __init__(self, record_id: str) -> None:
        self._id = record_id
        self._names: list[str] = []
        self._weak_names: list[str] = []
        self._birth_dates: list[str] = []
        self._birth_places: list[str] = []
        self._nationalities: list[str] = []
        self._identifiers: list[Identifier] = []
        self._addresses: list[Address] = []
        self._phones: list[str] = []
        self._emails: list[str] = []
        self._gender: str | None = None
        self._dropped: dict[str, None] = {}
        self._repaired: list[str] = []

    def name(self, *parts: str | None, weak: bool = False) -> None:
        """Add a name; its parts are joined in the order given."""
        whole = self._seen(" ".join(part for part in parts if part))
        if whole and not any(map(str.isalpha, whole)):
            self.note(NO_LETTER)  # "-" and "007" are nobody's name
        elif whole:
            (self._weak_names if weak else self._names).append(whole)

    def born(self, reading: Reading) -> None:
        """Add a birth date, or note why there is none."""
        if reading.problem:
            self.note(reading.problem)
        if reading.edtf:
            self._birth_dates.append(reading.edtf)

    def birth_place(self, *parts: str | None) -> None:
        """Add a birth place, most specific part first."""
        place = self._short(", ".join(dict.fromkeys(filter(None, (clean_text(part) for part in parts if part)))))
        if place:
            self._birth_places.append(place)

    def nationality(self, text: str | None) -> None:
        """Add a nationality, written in any way."""
        code = self._country(text)
        if code:
            self._nationalities.append(code)

    def identifier(self, kind: str, number: str | None, country: str | None = None) -> None:
        """Add a document number; country is the issuing state, written in any way."""
        short = self._short(number)
        if any(char.isalnum() for char in short):
            self._identifiers.append(Identifier(type=kind, country=self._country(country), number=short))

    def address(
        self, *, street: str | None = None, city: str | None = None, postcode: str | None = None, country: str | None = None
    ) -> None:
        """Add an address of which anything may be missing."""
        address = Address(
            street=self._short(street) or None,
            city=self._short(city) or None,
            postcode=self._short(postcode) or None,
            country=self._country(country),
        )
        if address != Address():
            self._addresses.append(address)

    def phone(self, text: str | None) -> None:
        """Add a telephone number, if the text holds a digit."""
        short = self._short(text)
        if any(char.isdigit() for char in short):
            self._phones.append(short)

    def email(self, text: str | None) -> None:
        """Add a mail address, if the text looks like one."""
        short = self._short(text)
        if "@" in short:
            self._emails.append(short)

    def gender(self, text: str | None) -> None:
        """Set the gender; the first one said stays."""
        word = (text or "").strip(" .").lower()
        if word in _NO_GENDER or self._gender is not None:
            return
        self._gender = _GENDERS.get(word)
        if self._gender is None:
            self.note(GENDER_DROPPED)

    def drop(self, field: str) -> None:
        """Note that the entry carried a special category of personal data, which is not taken over."""
        self._dropped[field] = None

    def note(self, repair: str) -> None:
        """Note a correction."""
        self._repaired.append(repair)

    def row(self, position: int, original: bytes) -> SourceRow:
        """Return the entry as a row of its source."""
        try:
            record = check(self._record())
        except RecordError as error:
            return refused(position, str(error), original, self._id)
        return SourceRow(
            position=position,
            record=record,
            original=original[:MAX_ORIGINAL_BYTES],
            dropped=tuple(self._dropped),
            repaired=tuple(self._repaired),
        )

    def _record(self) -> Record:
        names, weak_names = self._names, self._weak_names
        if weak_names and not names:
            names, weak_names = weak_names, []
            self.note(WEAK_PROMOTED)
        known = set(names)
        return Record(
            id=self._id,
            names=tuple(names),
            weak_names=tuple(name for name in weak_names if name not in known),
            birth_dates=tuple(self._birth_dates),
            birth_places=tuple(self._birth_places),
            nationalities=tuple(self._nationalities),
            identifiers=tuple(self._identifiers),
            gender=self._gender,
            addresses=tuple(self._addresses),
            phones=tuple(self._phones),
            emails=tuple(self._emails),
        )

    def _country(self, text: str | None) -> str | None:
        if not text or not text.strip(" -.,;"):
            return None
        code = country_code(text)
        if code is None:
            self.note(COUNTRY_DROPPED)
        return code

    def _short(self, text: str | None) -> str:
        if not text:
            return ""
        if len(text) > MAX_TEXT_CHARS:
            self.note(TOO_LONG)
            return ""
        return self._seen(text)

    def _seen(self, text: str) -> str:
        if not text.isprintable() and any(_unseen(char) for char in text):
            self.note(UNSEEN_REMOVED)
        return text if len(text) > MAX_TEXT_CHARS else clean_text(text)  # too long a name is for `check` to refuse


def _unseen(char: str) -> bool:
    return char not in _BREAKS and unicodedata.category(char) in ("Cc", "Cf")
