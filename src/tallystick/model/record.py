"""The nouns around a record: what one organisation knows about one person.

Values only: frozen, compared by content, personal fields kept out of `repr`. Religion, ethnicity,
politics and health have no field here, on purpose; importers drop them and count what they dropped.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date

GENDERS = ("f", "m", "x")
"""Female, male, and what a document marks as neither (ICAO 9303 writes it as X)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number on a document.

    Attributes:
        type: passport, national_id, tax_id, driving_licence, ... (lower case, underscores); "other" if unknown.
        country: issuing state as an ISO 3166-1 alpha-2 code in lower case, or None.
        number: as written.
    """

    type: str
    country: str | None = None
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a person lives or lived; every part may be unknown. `country` as in Identifier."""

    street: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    postcode: str | None = field(default=None, repr=False)
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """By what right a record is held, and until when. A field left None falls back to the register's own.

    Attributes:
        owner: the organisation that answers for it.
        purpose: what it is held for.
        legal_basis: the law, agreement or decision that allows it.
        handling_code: how it may be passed on, in the owner's own code.
        review_on: the day somebody must look whether it is still needed.
        expires_on: the first day on which it may no longer be used.
    """

    owner: str | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    handling_code: str | None = None
    review_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row about one person in one register.

    Attributes:
        id: unique in its register; the only field that errors and logs may show.
        names: written names, each a whole name as the source writes it, in any script; at least one.
        weak_names: names the source itself calls weak (nicknames, noms de guerre); never enough on their own.
        birth_dates: EDTF texts (see `model.dates`).
        birth_places: free text, most specific part first.
        nationalities: ISO 3166-1 alpha-2 codes in lower case.
        identifiers: document numbers.
        gender: one of GENDERS, or None.
        addresses, phones, emails: contact data.
        custody: by what right it is held; None means as the register says.
    """

    id: str
    names: tuple[str, ...] = field(repr=False)
    weak_names: tuple[str, ...] = field(default=(), repr=False)
    birth_dates: tuple[str, ...] = field(default=(), repr=False)
    birth_places: tuple[str, ...] = field(default=(), repr=False)
    nationalities: tuple[str, ...] = field(default=(), repr=False)
    identifiers: tuple[Identifier, ...] = field(default=(), repr=False)
    gender: str | None = field(default=None, repr=False)
    addresses: tuple[Address, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    custody: Custody | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The records one organisation is responsible for; `custody` holds for each that does not say otherwise."""

    name: str
    custody: Custody

    def custody_for(self, record: Record) -> Custody:
        """Return by what right a record of this register is held: its own custody, and the register's where that says nothing."""
        own = record.custody
        if own is None:
            return self.custody
        said = {f.name: getattr(own, f.name) for f in fields(Custody)}
        return replace(self.custody, **{name: value for name, value in said.items() if value is not None})
