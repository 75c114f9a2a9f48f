"""A register comes to be with its first edition, or not at all; every store."""

from datetime import date

import pytest

from lib.registers import NOON, Remembered, Rows, by_words, load, number, person
from tallystick.errors import InputError
from tallystick.model import Custody, decode
from tallystick.node.indexing import index_mark
from tallystick.node.ports import Order, RegisterStore
from tallystick.node.registers import import_edition


def test_a_register_comes_to_be_with_its_first_edition(store: RegisterStore) -> None:
    custody = Custody(owner="Office", expires_on=date(2027, 1, 1))
    first = load(store, person("p1", "Ada"), custody=custody)
    assert (first.edition, first.added) == (1, 1)
    assert store.register("lists").custody == custody
    assert store.index_mark("lists") == index_mark(by_words)
    assert store.candidates("lists", [number("Ada")], limit=1)
    with pytest.raises(InputError, match="in this store already"):
        load(store, person("p2", "Ben"), custody=Custody(owner="Somebody else"))
    assert ([decode(line).id for line in store.lines("lists")], store.register("lists").custody) == (["p1"], custody)


@pytest.mark.parametrize("rows", [(), ("no name",)])
def test_a_first_edition_without_a_record_makes_no_register(store: RegisterStore, rows: tuple[str, ...]) -> None:
    assert load(store, *rows, custody=Custody(owner="Office")).edition == 0
    assert store.registers() == []


def test_a_first_edition_that_breaks_off_makes_no_register(store: RegisterStore) -> None:
    broken = Rows([person("p1", "Ada")], breaks=True)
    order = Order(register="lists", origin="list.xml", at=NOON, custody=Custody(owner="Wrong"))
    with pytest.raises(InputError, match="file ends in the middle"):
        import_edition(store, order, broken, indexer=by_words, quarantine=Remembered())
    assert store.registers() == []
    load(store, person("p1", "Ada"), custody=Custody(owner="Right"))
    assert store.register("lists").custody.owner == "Right"


def test_a_register_that_comes_with_an_edition_has_a_usable_name_too(store: RegisterStore) -> None:
    with pytest.raises(InputError, match="not usable"):
        load(store, person("p1", "Ada"), register="../x", custody=Custody(owner="Office"))
    assert store.registers() == []
