"""Frequencies counted and channels learned from names we made up."""

from random import Random

import pytest

from tallystick._native import channel_cost
from tallystick.matching import default_parameters
from tallystick.matching.name_learning import (
    LEAST_PAIRS,
    class_shares,
    classes,
    learn_channels,
    mixed_table,
    read_table,
    shares_of,
    sorted_pairs,
)

CYRILLIC = dict(zip("abdegiklmnorstuv", "абдегиклмнорстув", strict=True))


def cyrillic(latin: str) -> str:
    return "".join(CYRILLIC[letter] for letter in latin)


def made_names(count: int, seed: int = 1) -> list[str]:
    rng = Random(seed)
    return ["".join(rng.choice("bdgklmnrstv") + rng.choice("aeiou") for _ in range(rng.randint(2, 4))) for _ in range(count)]


def test_a_class_counts_once_per_person() -> None:
    persons = [("Ivan Petrov", "Iwan Petrov", "Иван Петров"), ("Maria Petrova",), ("Ivan Sidorov",), ("Li Wei",)]
    shares, total = class_shares(persons)
    assert total == 4
    [ivan] = classes("Ivan") & {name for name in shares if name.startswith("f")}
    assert shares[ivan] == pytest.approx(1.5 / 4)
    assert all(share <= 1 for share in shares.values())


def test_one_occurrence_is_worth_half() -> None:
    assert shares_of({"fx": 1, "fy": 2}, 10) == {"fx": 0.05, "fy": 0.15}
    assert shares_of({}, 0) == {}


def test_a_table_says_what_it_was_mixed_from() -> None:
    table = mixed_table([({"fx": 0.5, "fy": 0.25}, 0.5), ({"fx": 0.25}, 0.5)])
    assert read_table(table) == pytest.approx({"fx": 2**-1.4, "fy": 0.125}, rel=0.01)
    assert "f?\t16\n" in table
    assert table.index("fx\t") < table.index("fy\t")


def test_rare_classes_are_left_out() -> None:
    assert read_table(mixed_table([({"frare": 2**-15, "fcommon": 2**-3}, 1.0)])) == {"fcommon": 2**-3}


def test_the_shipped_table_survives_being_mixed_with_nothing() -> None:
    shipped = default_parameters().frequencies
    assert read_table(mixed_table([(read_table(shipped), 1.0)])) == read_table(shipped)


def test_pairs_are_sorted_by_script() -> None:
    found, skipped = sorted_pairs(
        [("Иван", "Ivan"), ("Ivan", "Иван"), ("Anna", "Ana"), ("Иван Петров", "Ivan Petrov"), ("", "x")]
    )
    assert {script: len(pairs) for script, pairs in found.items()} == {"cyrillic": 2, "latin": 1}
    assert found["cyrillic"][0] == found["cyrillic"][1]
    assert skipped == 2


def test_a_habit_of_writing_is_learned() -> None:
    # Whoever romanizes here writes v as w.
    names = made_names(2_000)
    by_script, _ = sorted_pairs((cyrillic(name), name.replace("v", "w")) for name in names)
    learned = learn_channels(by_script)
    costs = list(learned.costs["cyrillic"])
    assert channel_cost(costs, "slava", "slawa") < 1.5 < channel_cost(costs, "slava", "slaka")
    assert channel_cost(costs, "slava", "slawa") < channel_cost(costs, "slava", "slava")
    assert learned.usual_cost["cyrillic"] < 0.5
    assert learned.pairs["cyrillic"] == len(by_script["cyrillic"])


def test_equal_pairs_make_equal_channels() -> None:
    by_script, _ = sorted_pairs((cyrillic(name), name) for name in made_names(300))
    assert learn_channels(by_script) == learn_channels(by_script)


def test_too_few_pairs_teach_no_channel() -> None:
    by_script, _ = sorted_pairs((cyrillic(name), name) for name in made_names(LEAST_PAIRS - 1))
    assert learn_channels(by_script).costs == {}
    assert sum(map(len, by_script.values())) == LEAST_PAIRS - 1
