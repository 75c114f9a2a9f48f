"""An index follows the rules that made it, on both stores."""

from collections.abc import Sequence
from datetime import date

import pytest

from lib.registers import NOON, Remembered, Rows, by_words, load, make, number, on, person
from tallystick.errors import ConfigError, InputError
from tallystick.matching import default_parameters
from tallystick.matching.indexing import Searcher
from tallystick.model import decode
from tallystick.node.indexing import check_index, index_mark, reindex
from tallystick.node.ports import IndexEntry, Order, RegisterStore
from tallystick.node.registers import import_edition


def by_initials(lines: Sequence[bytes]) -> list[IndexEntry]:
    """Index a record by other rules than the words of its names."""
    numbers = [[number(word[0]) for word in decode(line).names[0].split()] for line in lines]
    return [IndexEntry(keys=each, parts=each) for each in numbers]


def test_a_mark_tells_one_rule_from_another() -> None:
    assert index_mark(by_words) == index_mark(by_words) != index_mark(by_initials)


def test_the_shipped_rules_have_a_mark_of_their_own() -> None:
    searcher = Searcher(default_parameters())

    def shipped(lines: Sequence[bytes], /) -> list[IndexEntry]:
        return [IndexEntry(keys=keys, parts=parts, forms=forms) for keys, parts, forms in searcher.entries(lines)]

    assert index_mark(shipped) == index_mark(shipped) != index_mark(by_words)
    assert all(entry.keys for entry in shipped([b'{"id":"p","names":["X"]}']))


def test_a_search_refuses_an_index_made_by_other_rules(store: RegisterStore) -> None:
    make(store)
    check_index(store, "lists", index_mark(by_words))  # nothing in it: nothing can be missed
    load(store, person("p1", "Ada King"))
    check_index(store, "lists", index_mark(by_words))
    with pytest.raises(ConfigError, match="index of register lists was made by another version") as caught:
        check_index(store, "lists", index_mark(by_initials))
    assert "tallystick register reindex" in caught.value.hint


def test_reindexing_changes_the_index_and_nothing_else(store: RegisterStore) -> None:
    make(store)
    make(store, "other")
    load(
        store,
        person("p1", "Ada King"),
        person("p2", "Ben"),
        person("p3", "Cem", expires_on=date(2026, 6, 1)),
        person("p4", "Dan"),
    )
    load(store, person("p1", "Ada King"), person("p2", "Ben"), person("p3", "Cem", expires_on=date(2026, 6, 1)))
    store.expire("lists", now=on(date(2026, 6, 1)))
    load(store, person("p1", "Ada"), register="other")
    before = list(store.lines("lists")), list(store.history("lists")), store.editions("lists")
    assert reindex(store, "lists", by_initials) == 2
    assert reindex(store, "lists", by_initials) == 0
    assert (list(store.lines("lists")), list(store.history("lists")), store.editions("lists")) == before
    check_index(store, "lists", index_mark(by_initials))
    assert [decode(line).id for line in store.candidates("lists", [number("A"), number("K"), number("D")], limit=9)] == ["p1"]
    assert store.candidates("lists", [number("Ada"), number("Ben"), number("Cem")], limit=9) == []
    assert store.part_counts("lists", map(number, ("A", "B", "C", "D", "Ada"))) == {
        number("A"): 1,
        number("B"): 1,
        number("C"): 0,
        number("D"): 0,
        number("Ada"): 0,
    }
    assert store.part_counts("other", [number("Ada")]) == {number("Ada"): 1}
    assert len(store.candidates("other", [number("Ada")], limit=9)) == 1


def test_an_import_brings_the_index_up_to_date_first(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    order = Order(register="lists", origin="x", at=NOON)
    people = Rows([person("p1", "Ada"), person("p2", "Bo"), person("p3", "Al")])
    import_edition(store, order, people, indexer=by_initials, quarantine=Remembered())
    assert [decode(line).id for line in store.candidates("lists", [number("A")], limit=9)] == ["p1", "p3"]
    assert store.part_counts("lists", [number("A"), number("B")]) == {number("A"): 2, number("B"): 1}
    assert store.candidates("lists", [number("Ada"), number("Ben")], limit=9) == []


def test_an_indexer_that_fails_leaves_the_old_index(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"))

    def fails(_lines: Sequence[bytes], /) -> list[IndexEntry]:
        raise InputError("broken")

    with pytest.raises(InputError, match="broken"):
        store.reindex("lists", fails, mark="x")
    check_index(store, "lists", index_mark(by_words))
    assert len(store.candidates("lists", [number("Ada")], limit=9)) == 1
