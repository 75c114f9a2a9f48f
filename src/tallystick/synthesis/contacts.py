"""Homes, documents, phones and e-mail addresses, in the formats of the country that issues them.

Draws from the generator passed in. E-mail domains are the reserved ones (RFC 2606), so that no mail reaches anybody.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import ClassVar

from tallystick.synthesis.tables import Country, Culture, Part, countries

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.org")
PASSPORT_SHARE = 0.6
MAIN_COUNTRY = 0.66
"""From this share on, the towns of a culture lie in its main country."""
_NOT_MAIL = re.compile(r"[^a-z]")
_ELSEWHERE = Country("", "", "99999", "A99999999", "999999999")


@dataclass(slots=True, eq=False)
class Home:
    """Where a household lives; the country is left open where the culture lives in several, for the towns do not tell."""

    SHARE: ClassVar[float] = 0.7
    """Share of the households whose home any register can know."""

    street: str | None = field(repr=False)
    city: Part = field(repr=False)
    postcode: str = field(repr=False)
    country: str | None

    @classmethod
    def draw(cls, culture: Culture, city: Part, country: str, rng: Random) -> "Home":
        """Return a home; the street of a culture's list with a house number."""
        streets = culture.tables.get("street")
        street = None
        if streets:
            street = streets[int(rng.random() * len(streets))].native.replace("#", str(1 + int(rng.random() ** 2 * 180)))
        known = country == _main_country(culture)
        return cls(street, city, filled(numbers_of(country).postcode, rng), country if known else None)


@dataclass(slots=True, eq=False)
class Contacts:
    """What a register can know of a person beside name, birth and home; each part may be missing."""

    SHARE: ClassVar[float] = 0.3

    document: str | None
    number: str | None = field(repr=False)
    country: str
    phone: str | None = field(repr=False)
    email: str | None = field(repr=False)

    @classmethod
    def draw(cls, texts: tuple[str, ...], year: int, country: str, rng: Random) -> "Contacts":
        """Return contact data: a document for half of those who have any, a phone and an e-mail address for fewer."""
        chance = rng.random()
        formats = numbers_of(country)
        document = number = phone = email = None
        if chance < 0.5:  # noqa: PLR2004
            passport = chance < 0.5 * PASSPORT_SHARE
            document = "passport" if passport else "national_id"
            number = filled(formats.passport if passport else formats.national_id, rng)
        if rng.random() < 0.4:  # noqa: PLR2004
            phone = f"+{formats.calling}{filled('999999999', rng)}"
        if rng.random() < 0.3:  # noqa: PLR2004
            email = _email(texts, year, rng)
        return cls(document, number, country, phone, email)


@cache
def _main_country(culture: Culture) -> str | None:
    code, most = max(culture.countries, key=lambda land: land[1])
    return code if most > MAIN_COUNTRY * sum(weight for _, weight in culture.countries) else None


def numbers_of(country: str) -> Country:
    """Return the number formats of a country; a plain one where the table does not know it."""
    return countries().get(country, _ELSEWHERE)


def filled(template: str, rng: Random) -> str:
    """Return a number of the given format: 9 becomes a digit, A a letter."""
    if not template.strip("9"):
        size = len(template)
        return str(int(rng.random() * 10**size)).zfill(size) if size else ""
    digits = f"{int(rng.random() * 10**12):012d}"
    out = []
    for place, sign in enumerate(template):
        if sign == "9":
            out.append(digits[place % 12])
        else:
            out.append(LETTERS[int(rng.random() * len(LETTERS))] if sign == "A" else sign)
    return "".join(out)


def _email(texts: tuple[str, ...], year: int, rng: Random) -> str:
    plain = [_NOT_MAIL.sub("", unicodedata.normalize("NFKD", text).lower()) for text in (texts[0], texts[-1])]
    local = (".".join(plain) if rng.random() < 0.6 else plain[0][:1] + plain[1]).strip(".") or "mail"  # noqa: PLR2004
    suffix = str(year % 100) if rng.random() < 0.5 else ""  # noqa: PLR2004
    return f"{local}{suffix}@{DOMAINS[int(rng.random() * len(DOMAINS))]}"
