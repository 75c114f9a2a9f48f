"""One name part is enough to search by, in any script and across scripts; while one types, its beginning is: on every store."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from lib.registers import NOON, Remembered, Rows, make, person
from lib.stores import ALL_KINDS, NewUrl, opened_kind
from tallystick import wiring
from tallystick.errors import ConfigError
from tallystick.model import Record
from tallystick.node.finding import MOST_CANDIDATES, Finding, MemoryRegister, StoredRegister, typed_query
from tallystick.node.ports import Order, RegisterStore
from tallystick.node.registers import import_edition
from tallystick.node.while_typing import search_while_typing

PERSONS = {
    "latin": "Tomasina Verkhovel",
    "cyrillic": "Томасина Верховел",
    "arabic": "منير التوزاني",
    "arabic-latin": "Munir al-Tuzani",
    "greek": "Νεκταρία Βαρδάκη",
    "greek-latin": "Nektaria Vardaki",
    "han": "王晓明",
    "han-latin": "Wang Xiaoming",
    "kanji": "佐藤健",
    "kanji-latin": "Sato Ken",
    "hebrew": "רבקה שולמן",
    "hebrew-latin": "Rivka Shulman",
    "devanagari": "सुरेश कुमार शर्मा",
    "devanagari-latin": "Suresh Kumar Sharma",
    "hangul": "박철수",
    "hangul-latin": "Pak Chol-su",
    "german": "Sergej Lobatschow",
    "comma": "Okonjo, Adaeze",
    "particle": "Hendrika van der Bergvliet",
    "compound": "Abd al-Rahman Quilzai",
}

ONE_PART = [
    ("Tomasina", {"latin", "cyrillic"}),
    ("Verkhovel", {"latin", "cyrillic"}),
    ("Томасина", {"latin", "cyrillic"}),
    ("Верховел", {"latin", "cyrillic"}),
    ("Tomasyna", {"latin", "cyrillic"}),
    ("منير", {"arabic", "arabic-latin"}),
    ("Munir", {"arabic", "arabic-latin"}),
    ("Mounir", {"arabic", "arabic-latin"}),
    ("التوزاني", {"arabic", "arabic-latin"}),
    ("al-Tuzani", {"arabic", "arabic-latin"}),
    ("Νεκταρία", {"greek", "greek-latin"}),
    ("Βαρδάκη", {"greek", "greek-latin"}),
    ("Vardaki", {"greek", "greek-latin"}),
    ("王", {"han", "han-latin"}),
    ("晓明", {"han", "han-latin"}),
    ("Xiaoming", {"han", "han-latin"}),
    ("佐藤", {"kanji", "kanji-latin"}),
    ("Sato", {"kanji", "kanji-latin"}),
    ("רבקה", {"hebrew", "hebrew-latin"}),
    ("שולמן", {"hebrew", "hebrew-latin"}),
    ("Shulman", {"hebrew", "hebrew-latin"}),
    ("शर्मा", {"devanagari", "devanagari-latin"}),
    ("सुरेश", {"devanagari", "devanagari-latin"}),
    ("Sharma", {"devanagari", "devanagari-latin"}),
    ("박", {"hangul", "hangul-latin"}),
    ("Pak", {"hangul", "hangul-latin"}),
    ("철수", {"hangul"}),
    ("Lobachov", {"german"}),
    ("Adaeze", {"comma"}),
]

BEGUN = [
    ("To", {"latin", "cyrillic"}),
    ("Tom", {"latin", "cyrillic"}),
    ("Верх", {"latin", "cyrillic"}),
    ("من", {"arabic"}),
    ("التوز", {"arabic", "arabic-latin"}),
    ("Tuz", {"arabic", "arabic-latin"}),
    ("Βαρ", {"greek", "greek-latin"}),
    ("Νεκ", {"greek", "greek-latin"}),
    ("王晓", {"han"}),
    ("Xiao", {"han", "han-latin"}),
    ("佐藤", {"kanji"}),
    ("שול", {"hebrew", "hebrew-latin"}),
    ("Shul", {"hebrew", "hebrew-latin"}),
    ("शर", {"devanagari", "devanagari-latin"}),
    ("박철", {"hangul"}),
    ("van der Ber", {"particle"}),
    ("Dr. Hend", {"particle"}),
    ("Hendrika van der Ber", {"particle"}),
    ("Abd al-Ra", {"compound"}),
    ("Abdur", {"compound"}),
    ("Tomasina Ver", {"latin", "cyrillic"}),
    ("Verkhovel, Tom", {"latin", "cyrillic"}),
    ("Suresh Kumar Sha", {"devanagari-latin"}),
    ("सुरेश शर", {"devanagari"}),
]


@pytest.fixture(scope="module", params=ALL_KINDS)
def store(request: pytest.FixtureRequest, new_url: NewUrl) -> Iterator[RegisterStore]:
    """Yield a store of each kind with the persons in it."""
    with closing(opened_kind(request.param, new_url)) as opened:
        make(opened)
        take_in(opened, *(person(identity, name) for identity, name in PERSONS.items()))
        yield opened


@pytest.fixture
def empty(new_url: NewUrl) -> Iterator[RegisterStore]:
    with closing(opened_kind("sqlite", new_url)) as opened:
        make(opened)
        yield opened


def take_in(store: RegisterStore, *records: Record) -> None:
    order = Order(register="lists", origin="x", at=NOON)
    import_edition(store, order, Rows(records), indexer=wiring.indexer(), quarantine=Remembered())


def found(finding: Finding) -> set[str]:
    return {each.record.id for each in finding.found}


def begun(store: RegisterStore, typed: str, most: int = 50) -> Finding:
    return search_while_typing(StoredRegister(store, "lists"), typed_query(typed), most=most, least_bits=5.0)


@pytest.mark.parametrize(("typed", "bearers"), ONE_PART)
def test_one_part_finds_who_bears_it(store: RegisterStore, typed: str, bearers: set[str]) -> None:
    finding = StoredRegister(store, "lists").search(typed_query(typed))
    assert bearers <= found(finding)
    assert {each.record.id for each in finding.found[: len(bearers)]} == bearers
    assert all(each.weight_bits > 0 for each in finding.found[: len(bearers)])


@pytest.mark.parametrize(("typed", "bearers"), BEGUN)
def test_a_beginning_finds_who_has_such_a_part(store: RegisterStore, typed: str, bearers: set[str]) -> None:
    finding = begun(store, typed)
    assert bearers <= found(finding)


def test_a_beginning_is_never_a_link(store: RegisterStore) -> None:
    decisions = {each.record.id: each.decision for each in begun(store, "Tomasina Verk").found}
    assert decisions["latin"] == "possible"


@pytest.mark.parametrize("typed", ["T", "Tomasine X", "Zzz", "٣", "-", "To, "])
def test_too_little_or_what_nobody_has_finds_no_more(store: RegisterStore, typed: str) -> None:
    assert len(begun(store, typed).found) <= len(PERSONS) // 4


def test_a_file_is_searched_alike() -> None:
    lines = "\n".join(f'{{"id":"{identity}","names":["{name}"]}}' for identity, name in PERSONS.items())
    memory = MemoryRegister([lines.encode()])
    for typed, bearers in ONE_PART:
        rows, number = memory.search(typed_query(typed))
        assert {row[0] for row in rows[: len(bearers)]} == bearers, typed
        assert number == 0 or number >= len(bearers)


def test_one_part_alone_is_never_a_link_unless_it_is_a_whole_name(empty: RegisterStore) -> None:
    take_in(empty, person("p1", "Quilverin Zorvek"), person("p2", "Zorvek"))
    decisions = {each.record.id: each.decision for each in StoredRegister(empty, "lists").search(typed_query("Zorvek")).found}
    assert decisions["p1"] == "possible"
    assert decisions["p2"] == "link"


def test_the_same_script_comes_before_another_and_the_same_letters_before_others(empty: RegisterStore) -> None:
    crowd = [person(f"c{n}", f"Anna Number{n}") for n in range(40)]
    take_in(empty, *crowd, person("p1", "Zorveck One"), person("p2", "Зорвек Два"), person("p3", "Zorvek Three"))
    order = [each.record.id for each in StoredRegister(empty, "lists").search(typed_query("Zorvek")).found]
    assert order[0] == "p3"
    assert set(order) == {"p1", "p2", "p3"}


def test_of_a_common_part_some_bearers_are_shown_and_all_are_counted(empty: RegisterStore) -> None:
    many = MOST_CANDIDATES + 100
    crowd = [person(f"m{n:03}", f"Mohammed Number{n}") for n in range(many)]
    take_in(empty, *crowd, person("near", "Mahamadou Else"), person("whole", "Mohammed"))
    finding = StoredRegister(empty, "lists").search(typed_query("Mohammed"), most=50)
    assert len(finding.found) == 50
    assert finding.bearers >= many
    assert finding.has_more
    assert finding.found[0].record.id == "whole"
    assert "near" not in found(finding)
    said_more = StoredRegister(empty, "lists").search(typed_query("Mohammed Number7"))
    assert said_more.found[0].record.id == "m007"
    assert said_more.bearers == 0
    typing = begun(empty, "Moh")
    assert (len(typing.found), typing.has_more) == (50, True)


def test_a_date_beside_one_part_finds_the_few_it_fits(empty: RegisterStore) -> None:
    records = [Record(id=f"p{year}", names=("Mohammed Number",), birth_dates=(str(year),)) for year in range(1950, 1990)]
    take_in(empty, *records)
    finding = StoredRegister(empty, "lists").search(typed_query("Mohammed", born="1974"))
    assert finding.found[0].record.id == "p1974"
    undated = StoredRegister(empty, "lists").search(typed_query("Mohammed", born="1901"))
    assert undated.bearers >= len(records)  # nothing fits the date: who bears the name is shown


def test_what_is_typed_beside_a_beginning_counts(empty: RegisterStore) -> None:
    records = [Record(id=f"p{year}", names=("Tomasina Verhovel",), birth_dates=(str(year),)) for year in range(1950, 1990)]
    take_in(empty, *records)
    register = StoredRegister(empty, "lists")
    finding = search_while_typing(register, typed_query("Verh", born="1974"), most=5, least_bits=5.0)
    assert finding.found[0].record.id == "p1974"


def test_a_part_that_nobody_bears_any_more_is_forgotten(store: RegisterStore) -> None:
    forms = {form for form, _ in store.forms("lists", _starts("Okonjo"))}
    assert b"aokonjo" in forms
    rest = {identity: name for identity, name in PERSONS.items() if identity != "comma"}
    take_in(store, *(person(identity, name) for identity, name in rest.items()))
    assert b"aokonjo" not in {form for form, _ in store.forms("lists", _starts("Okonjo"))}
    assert found(StoredRegister(store, "lists").search(typed_query("Adaeze"))) == set()
    take_in(store, *(person(identity, name) for identity, name in PERSONS.items()))
    assert found(StoredRegister(store, "lists").search(typed_query("Adaeze"))) == {"comma"}


def _starts(part: str) -> list[int]:
    from tallystick.matching import default_parameters
    from tallystick.matching.indexing import Searcher

    return Searcher(default_parameters()).beginning(part)


def test_an_index_without_parts_is_told_apart_and_made_anew(store: RegisterStore) -> None:
    def older(lines: object, /) -> list[object]:
        return [type(entry)(keys=entry.keys, parts=entry.parts) for entry in wiring.indexer()(lines)]  # type: ignore[arg-type]

    from tallystick.node.indexing import index_mark, reindex

    assert index_mark(older) != index_mark(wiring.indexer())  # type: ignore[arg-type]
    reindex(store, "lists", older)  # type: ignore[arg-type]
    assert store.forms("lists", _starts("Verkhovel")) == []
    with pytest.raises(ConfigError, match="index of register lists was made by another version"):
        StoredRegister(store, "lists")
    take_in(store, *(person(identity, name) for identity, name in PERSONS.items()))
    assert found(StoredRegister(store, "lists").search(typed_query("Verkhovel"))) == {"latin", "cyrillic"}
