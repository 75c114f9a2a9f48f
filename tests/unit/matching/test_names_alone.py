"""Names that stand alone: what is left over decides, and kin are no link."""

import math

import pytest

from tallystick.matching import NAME_PAIR_LINK_BITS, Explanation, explain, name_pair_bits
from tallystick.model import Record

ASKED_PRIOR_BITS = -3.3
"""log2 odds that a person asked for is in a register, as `find` takes it."""


def _asked(query: str, listed: str, *, records: int = 5000, born: str = "") -> Explanation:
    dates = (born,) if born else ()
    a, b = Record(id="a", names=(query,), birth_dates=dates), Record(id="b", names=(listed,), birth_dates=dates)
    return explain(a, b, prior_bits=ASKED_PRIOR_BITS - math.log2(records))


@pytest.mark.parametrize("records", [100, 5000, 1_000_000])
@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("Ibrahim Szczepanikowski", "Marek Szczepanikowski"),
        ("Szczepanikowski", "Marek Szczepanikowski"),
        ("I. Szczepanikowski", "Marek Szczepanikowski"),
        ("Ibrahim Qorbaniyev Szczepanikowski", "Marek Szczepanikowski"),
    ],
)
def test_a_rare_surname_is_no_link_where_a_given_name_is_left_over(query: str, listed: str, records: int) -> None:
    assert _asked(query, listed, records=records).decision != "link"


@pytest.mark.parametrize(
    "query",
    ["Marek Szczepanikowski", "Szczepanikowski, Marek", "Marek Jan Szczepanikowski", "Marec Szczepanikowski"],
)
def test_the_same_rare_name_is_a_link_in_spite_of_order_slips_and_a_second_given_name(query: str) -> None:
    assert _asked(query, "Marek Szczepanikowski").decision == "link"


def test_a_full_name_says_more_than_an_initial_and_that_more_than_a_replaced_part() -> None:
    given = ("Marek", "M.", "Ola")
    whole, initial, replaced = (name_pair_bits(f"{name} Szczepanikowski", "Marek Szczepanikowski") for name in given)
    assert whole > initial > NAME_PAIR_LINK_BITS > replaced


def test_beside_a_birth_date_a_replaced_part_is_weighed_as_before() -> None:
    alone, beside = (_asked("Ibrahim Szczepanikowski", "Marek Szczepanikowski", born=born) for born in ("", "1969-04-17"))
    name_alone, name_beside = (found.fields[0].bits for found in (alone, beside))
    assert name_beside > name_alone + 5


@pytest.mark.parametrize(("query", "listed"), [("宗霖", "Mun San Son"), ("呂國華", "Zaur Ismailov"), ("里佳", "Chun Ryong Jo")])
def test_short_parts_of_another_script_say_next_to_nothing(query: str, listed: str) -> None:
    assert _asked(query, listed).weight_bits < 2
