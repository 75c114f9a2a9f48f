"""Reads the name tables of the package into parts that can be drawn and romanised.

Reads package data only, once per process. Knows nothing of randomness.

Rules
 1. A culture's file `data/<culture>.tsv` has the columns kind, native, sound, spellings, shorts; the order of the rows of one
    kind is the order of frequency.
 2. `native` is the name in its own script. `sound` is what romanisation rules read; where it is empty they read `native`.
 3. `spellings` are Latin writings in real use, the commonest first, separated by `|`; `shorts` are nicknames and short forms.
 4. Texts are in NFC and hold nothing that JSON must escape; the loader refuses a table that breaks this.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from tallystick.errors import ConfigError


@dataclass(slots=True, eq=False)
class Part:
    """One name part, place or street: its own writing, its sound, its Latin spellings.

    Attributes:
        native: in its own script.
        sound: what the romanisation rules read.
        spellings: Latin writings in use, commonest first; empty when only rules give them.
        shorts: nicknames, in its own script.
        romanised: what each romanisation made of it so far.
        listed: it comes from a table, so its romanisations are worth keeping.
        script: of `native`.
    """

    native: str
    sound: str
    spellings: tuple[str, ...] = ()
    shorts: tuple["Part", ...] = ()
    romanised: dict[str, str] = field(default_factory=dict, repr=False)
    listed: bool = False
    script: str = "latin"


@dataclass(frozen=True, slots=True, eq=False)
class Culture:
    """How persons of one culture are named and registered (a row of `data/cultures.tsv`).

    Attributes:
        name: also the name of its table.
        script: the script of `native`; "latin" where it needs no romanisation.
        share: its share of the persons, relative to the other cultures.
        countries: nationalities with weights.
        romanisations: names of romanisations with weights; "listed" draws from a part's own spellings.
        patterns: orders of name parts with weights (see `namegiving`).
        january_first: share of birth dates set to 1 January because the day is not known.
        composed_family: share of family names built from the morphology of the culture instead of taken from its list.
        composed_given: the same for given names.
        family_zipf: exponent and offset of the frequencies of the listed family names: how much the commonest stand out.
        tables: parts by kind.
    """

    name: str
    script: str
    share: float
    countries: tuple[tuple[str, float], ...]
    romanisations: tuple[tuple[str, float], ...]
    patterns: tuple[tuple[str, float], ...]
    january_first: float
    composed_family: float
    composed_given: float
    family_zipf: tuple[float, float]
    tables: dict[str, tuple[Part, ...]] = field(repr=False)


@cache
def cultures() -> tuple[Culture, ...]:
    """Return every culture the package knows."""
    return tuple(_culture(row) for row in _rows("cultures"))


@cache
def romanisation_rows() -> dict[str, list[tuple[str, str]]]:
    """Return the replacement rules of each romanisation, in the order of the table."""
    rules = defaultdict(list)
    for name, old, new in _rows("romanisations"):
        rules[name].append((old, new))
    return dict(rules)


@dataclass(frozen=True, slots=True)
class Country:
    """How a country writes numbers (a row of `data/countries.tsv`); `9` stands for a digit, `A` for a letter."""

    code: str
    calling: str
    postcode: str
    passport: str
    national_id: str


@cache
def countries() -> dict[str, Country]:
    """Return the number formats by country code."""
    return {row[0]: Country(*row) for row in _rows("countries")}


@cache
def letter_rows() -> dict[str, str]:
    """Return the letters that typos bring in, by script."""
    return {row[0]: row[1] for row in _rows("letters")}


@cache
def slip_rows() -> dict[str, list[tuple[str, str]]]:
    """Return what is written instead of what, by kind of slip, in the order of the table."""
    slips = defaultdict(list)
    for kind, right, wrong in _rows("slips"):
        slips[kind].append((right, wrong))
    return dict(slips)


def _culture(row: list[str]) -> Culture:
    name, script, share, lands, romanisations, patterns, january_first, family, given, zipf = row
    exponent, _, offset = zipf.partition(":")
    return Culture(
        name=name,
        script=script,
        share=float(share),
        countries=_weights(lands),
        romanisations=_weights(romanisations),
        patterns=_weights(patterns),
        january_first=float(january_first),
        composed_family=float(family),
        composed_given=float(given),
        family_zipf=(float(exponent), float(offset)),
        tables=_parts(name, script),
    )


def _weights(text: str) -> tuple[tuple[str, float], ...]:
    pairs = (item.partition(":") for item in text.split())
    return tuple((value, float(weight or 1)) for value, _, weight in pairs)


def _parts(culture: str, script: str) -> dict[str, tuple[Part, ...]]:
    tables: defaultdict[str, list[Part]] = defaultdict(list)
    latin = script == "latin"
    for kind, native, sound, spellings, shorts in _rows(culture):
        known = tuple(spellings.split("|")) if spellings else ()
        tables[kind].append(
            Part(
                native=native,
                sound=sound or native,
                spellings=(native, *known) if latin else known,
                shorts=tuple(_short(text, latin=latin) for text in shorts.split("|") if text),
                listed=True,
                script=script,
            )
        )
    return {kind: tuple(parts) for kind, parts in tables.items()}


def _short(text: str, *, latin: bool) -> Part:
    native, _, spelling = text.partition("=")
    return Part(native, native, (native,) if latin else tuple(filter(None, (spelling,))), listed=True)


def _rows(table: str) -> list[list[str]]:
    text = (resources.files(__package__) / "data" / f"{table}.tsv").read_text(encoding="utf-8")
    text = unicodedata.normalize("NFC", text)
    if '"' in text or "\\" in text:
        raise ConfigError(f"table {table} holds a quotation mark or backslash", hint="use an apostrophe, or leave it out")
    header, *lines = text.splitlines()
    width = header.count("\t") + 1
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise ConfigError(f"table {table}, row {number} has {len(row)} columns instead of {width}", hint="separate by tabs")
    return rows
