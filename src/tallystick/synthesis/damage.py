"""What registers get wrong, as one table of rates, and the hand that does it to names, dates, places and numbers.

Draws from the generator passed in; knows nothing of the file format.

Rules
 1. `DamageRates` is the whole truth about what is damaged and how often; register B has these rates, register A half of them.
 2. Events of a name, and of a place, are independent of each other; those of a birth date, a nationality, a gender exclude one
    another.
 3. Damage never produces a value that the record format refuses, and never an empty name.
 4. An event that finds nothing to do (no nickname known, 31st of a month for a swap) leaves the value as it is; the measured rate
    is then lower than the table's.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from random import Random

from tallystick.synthesis.wheel import independent, one_of, together


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageRates:
    """Chances of damage in register B.

    Attributes:
        part_typo: per name part: one letter inserted, left out, substituted or two transposed (keyboard and OCR confusions).
        part_respelled: per name part: another spelling or romanisation, or written as it is heard.
        diacritics_dropped: a name in Latin letters without its diacritics.
        name_swapped: given and family name in the other order.
        given_missing: the given names are not there.
        given_initial: only the first letter of the given name.
        middle_left_out: no second given name, patronymic, father's name or second family name, where the person has one.
        parts_joined: the blank between two parts lost.
        part_split: a blank too many inside a part.
        nickname: nickname or short form in place of the given name.
        birth_year_only: the year alone, one in five of them marked circa.
        birth_month_only: year and month.
        birth_missing: no birth date.
        birth_swapped: day and month exchanged.
        birth_digit: one digit wrong.
        place_moved: birth place: another town (a register notes the district, the province or the residence); home: moved.
        place_missing: no birth place.
        place_typo: a typo in the name of a birth place or of the town one lives in.
        nationality_missing: no nationality.
        nationality_other: another one.
        gender_missing: no gender.
        gender_wrong: the other gender.
        home_unknown: the address is not known to this register.
        contact_unknown: per document, phone and e-mail address: not known to this register; about a third is known to both.
        number_digit: one digit of a document number or phone wrong.
    """

    part_typo: float = 0.12
    part_respelled: float = 0.12
    diacritics_dropped: float = 0.50
    name_swapped: float = 0.04
    given_missing: float = 0.02
    given_initial: float = 0.03
    middle_left_out: float = 0.30
    parts_joined: float = 0.015
    part_split: float = 0.01
    nickname: float = 0.02
    birth_year_only: float = 0.07
    birth_month_only: float = 0.02
    birth_missing: float = 0.04
    birth_swapped: float = 0.02
    birth_digit: float = 0.04
    place_moved: float = 0.20
    place_missing: float = 0.10
    place_typo: float = 0.08
    nationality_missing: float = 0.05
    nationality_other: float = 0.03
    gender_missing: float = 0.10
    gender_wrong: float = 0.005
    home_unknown: float = 0.30
    contact_unknown: float = 0.42
    number_digit: float = 0.02

    def scaled(self, factor: float) -> "DamageRates":
        """Return the rates times a factor; what a register does not know of home and contacts stays as it is."""
        known = {"home_unknown", "contact_unknown"}
        names = [entry.name for entry in fields(self) if entry.name not in known]
        return replace(self, **{name: getattr(self, name) * factor for name in names})


SWAPPED, NO_GIVEN, INITIAL, NO_MIDDLE, JOINED, SPLIT, NICKNAME, NO_DIACRITICS = (1 << bit for bit in range(8))
MOVED, MISSING, TYPO, HOME_MOVED, HOME_TYPO = (1 << bit for bit in range(5))
YEAR_ONLY, MONTH_ONLY, NO_DATE, DAY_MONTH, DIGIT = range(1, 6)
OTHER, NONE = 1, 2

CIRCA_SHARE = 0.2
LAST_YEAR = "2019"
"""A clerk would notice a person who is not born yet."""


class Dice:
    """The wheels of one register: what is wrong with this name, date, place."""

    def __init__(self, rates: DamageRates) -> None:
        """Compute the wheels once."""
        self.rates = rates
        self.name = independent(
            [
                (SWAPPED, rates.name_swapped),
                (NO_GIVEN, rates.given_missing),
                (INITIAL, rates.given_initial),
                (NO_MIDDLE, rates.middle_left_out),
                (JOINED, rates.parts_joined),
                (SPLIT, rates.part_split),
                (NICKNAME, rates.nickname),
                (NO_DIACRITICS, rates.diacritics_dropped),
            ],
        )
        place = [(MOVED, rates.place_moved), (MISSING, rates.place_missing), (TYPO, rates.place_typo)]
        home = [(HOME_MOVED, rates.place_moved), (HOME_TYPO, rates.place_typo)]
        self.places = independent([*place, *home])
        birth = one_of(
            [
                (YEAR_ONLY, rates.birth_year_only),
                (MONTH_ONLY, rates.birth_month_only),
                (NO_DATE, rates.birth_missing),
                (DAY_MONTH, rates.birth_swapped),
                (DIGIT, rates.birth_digit),
            ],
            otherwise=0,
        )
        nationality = one_of([(NONE, rates.nationality_missing), (OTHER, rates.nationality_other)], otherwise=0)
        gender = one_of([(NONE, rates.gender_missing), (OTHER, rates.gender_wrong)], otherwise=0)
        self.facts = together(birth, nationality, gender)
        """Events of birth date, nationality and gender in one draw."""


def damaged_date(born: str, event: int, rng: Random) -> str | None:
    """Return a full ISO date as a register has it after an event; None when it has none."""
    if event == YEAR_ONLY:
        return born[:4] + "~" if rng.random() < CIRCA_SHARE else born[:4]
    if event == MONTH_ONLY:
        return born[:7]
    if event == NO_DATE:
        return None
    if event == DAY_MONTH:
        return f"{born[:4]}-{born[8:]}-{born[5:7]}" if born[8:] <= "12" else born
    return _wrong_digit(born, rng)


def wrong_digit(number: str, rng: Random) -> str:
    """Return a number with one digit replaced by another."""
    places = [place for place, sign in enumerate(number) if "0" <= sign <= "9"]
    if not places:
        return number
    place = places[int(rng.random() * len(places))]
    digit = (int(number[place]) + 1 + int(rng.random() * 9)) % 10
    return f"{number[:place]}{digit}{number[place + 1 :]}"


def _wrong_digit(born: str, rng: Random) -> str:
    for _ in range(20):
        place = (2, 3, 3, 6, 8, 9, 9)[int(rng.random() * 7)]
        digit = int(rng.random() * 10)
        wrong = f"{born[:place]}{digit}{born[place + 1 :]}"
        if wrong != born and wrong[:4] <= LAST_YEAR and _is_date(wrong):
            return wrong
    return born


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
