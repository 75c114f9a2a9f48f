import math
from collections.abc import Callable
from dataclasses import fields
from random import Random

import pytest

from lib.invented import NO_DAMAGE, NO_KIN, made, only
from tallystick.model import Record
from tallystick.synthesis import DamageRates, Plan
from tallystick.synthesis.damage import DAY_MONTH, DIGIT, MONTH_ONLY, NO_DATE, YEAR_ONLY, damaged_date, wrong_digit

SIZE = 1500


def unaccented(one: Record, two: Record) -> bool | None:
    return None if one.names[0].isascii() else two.names[0].isascii() and one.names != two.names


def swapped(one: Record, two: Record) -> bool | None:
    words = [record.names[0].split() for record in (one, two)]
    return words[0] != words[1] if len(set(words[0])) > 1 else None


def shorter(one: Record, two: Record) -> bool:
    return len(two.names[0].split()) < len(one.names[0].split())


def initial(one: Record, two: Record) -> bool:
    return one.names != two.names


def unswapped_day(one: Record, two: Record) -> bool | None:
    year, month, day = one.birth_dates[0].split("-")
    if day > "12" or day == month:
        return None
    return two.birth_dates == (f"{year}-{day}-{month}",)


def date_size(*sizes: int) -> Callable[[Record, Record], bool]:
    return lambda _, two: (len(two.birth_dates[0].rstrip("~")) if two.birth_dates else 0) in sizes


MEASURES: dict[str, Callable[[Record, Record], bool | None]] = {
    "diacritics_dropped": unaccented,
    "name_swapped": swapped,
    "given_missing": shorter,
    "given_initial": initial,
    "birth_year_only": date_size(4),
    "birth_month_only": date_size(7),
    "birth_missing": date_size(0),
    "birth_swapped": unswapped_day,
    "birth_digit": lambda one, two: one.birth_dates != two.birth_dates,
    "place_missing": lambda _, two: not two.birth_places,
    "nationality_missing": lambda _, two: not two.nationalities,
    "gender_missing": lambda _, two: two.gender is None,
    "gender_wrong": lambda one, two: one.gender != two.gender,
    "home_unknown": lambda one, two: None if not one.addresses else not two.addresses,
    "contact_unknown": lambda one, two: None if not one.identifiers else not two.identifiers,
}


@pytest.mark.parametrize("name", MEASURES)
def test_a_rate_is_what_the_table_says(name: str) -> None:
    rate = max(getattr(DamageRates(), name), 0.05)  # the rarest would need more records than a unit test has
    registers = made(Plan(size=SIZE, overlap=1.0, rates=only(**{name: rate}), rates_a=NO_DAMAGE, kin=NO_KIN))
    seen = [found for found in (MEASURES[name](one, two) for one, two in registers.pairs()) if found is not None]
    assert len(seen) > 100
    bound = 4.5 * math.sqrt(len(seen) * rate * (1 - rate)) + 0.005 * len(seen)
    assert abs(sum(seen) - rate * len(seen)) <= bound


def test_typos_fall_on_parts_at_their_rate() -> None:
    rate = DamageRates().part_typo
    registers = made(Plan(size=SIZE, overlap=1.0, rates=only(part_typo=rate), rates_a=NO_DAMAGE, kin=NO_KIN))
    words = wrong = 0
    for one, two in registers.pairs():
        before, after = one.names[0].split(), two.names[0].split()
        if len(before) == len(after):
            words += len(before)
            wrong += sum(x != y for x, y in zip(before, after, strict=True))
    # A part of several words has one typo at most, and one in eighty typos changes nothing (a letter doubled or transposed).
    assert 0.75 * rate < wrong / words < 1.05 * rate


def test_the_middle_is_left_out_where_there_is_one() -> None:
    rate = DamageRates().middle_left_out
    registers = made(Plan(size=SIZE, overlap=1.0, rates=only(middle_left_out=rate), rates_a=NO_DAMAGE, kin=NO_KIN))
    names = [(one.names[0].split(), two.names[0].split()) for one, two in registers.pairs()]
    assert all(set(after) <= set(before) for before, after in names)
    dropped = sum(len(after) < len(before) for before, after in names)
    assert 0.08 * SIZE < dropped < rate * SIZE  # about half of the names have something in the middle


@pytest.mark.parametrize("name", [field.name for field in fields(DamageRates)])
def test_every_rate_does_something_and_nothing_else_breaks(name: str) -> None:
    registers = made(Plan(size=300, overlap=1.0, rates=only(**{name: 0.9}), rates_a=NO_DAMAGE, cross_script=0.2))
    different = sum(without_id(one) != without_id(two) for one, two in registers.pairs())
    clean = made(Plan(size=300, overlap=1.0, rates=NO_DAMAGE, rates_a=NO_DAMAGE, cross_script=0.2))
    assert different > sum(without_id(one) != without_id(two) for one, two in clean.pairs())


def without_id(record: Record) -> list[object]:
    return [getattr(record, field.name) for field in fields(Record) if field.name != "id"]


def test_register_a_has_half_the_damage() -> None:
    half, whole = DamageRates().scaled(0.5), DamageRates()
    assert half.part_typo == whole.part_typo / 2
    assert half.home_unknown == whole.home_unknown
    registers = made(Plan(size=3000, overlap=0.0))
    missing_a = sum(record.gender is None for record in registers.a.values())
    missing_b = sum(record.gender is None for record in registers.b.values())
    assert 100 < missing_a < 200
    assert 235 < missing_b < 365


def test_dates_stay_dates() -> None:
    rng = Random(1)
    assert damaged_date("1964-05-31", YEAR_ONLY, rng) in {"1964", "1964~"}
    assert damaged_date("1964-05-31", MONTH_ONLY, rng) == "1964-05"
    assert damaged_date("1964-05-31", NO_DATE, rng) is None
    assert damaged_date("1964-05-31", DAY_MONTH, rng) == "1964-05-31"
    assert damaged_date("1964-05-03", DAY_MONTH, rng) == "1964-03-05"
    for _ in range(300):
        wrong = damaged_date("1964-02-29", DIGIT, rng)
        assert wrong is not None
        assert sum(x != y for x, y in zip(wrong, "1964-02-29", strict=True)) == 1
        assert wrong < "2020"


def test_a_wrong_digit_is_one_digit() -> None:
    rng = Random(1)
    assert wrong_digit("AB", rng) == "AB"
    for _ in range(100):
        assert sum(x != y for x, y in zip(wrong_digit("AB 123-9", rng), "AB 123-9", strict=True)) == 1
