"""What linking does, as small tables, the same for every engine; the one in memory is right by definition."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from lib.linkings import ENGINES, Result, assert_alike, linked, linked_within, text
from tallystick.errors import UnavailableError
from tallystick.linkage import LinkPlan, NativeLinking
from tallystick.matching import default_parameters
from tallystick.node.linking import Linking

Row = dict[str, Any]
Link = Callable[[list[Row], list[Row]], Result]

_GIVEN = ("Ruslan", "Beatrix", "Tomasz", "Ingeborg", "Dragan", "Noemi", "Wassily", "Fiorella", "Anselm", "Yolanda")
_FAMILY = ("Kowalczyk", "Ferreira", "Lindqvist", "Brankovic", "Oyelaran", "Duplessis", "Haugland", "Marchetti", "Zielinski")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def person(record_id: str, *names: str, born: str | None = None, **more: Any) -> Row:  # noqa: ANN401
    return {"id": record_id, "names": list(names), **({"birth_dates": [born]} if born else {}), **more}


def strangers(side: str, *, number: int = 20) -> list[Row]:
    """Return persons who are nobody else, so that the registers are not too small to say what is rare."""
    given_names, family_names = (_GIVEN[:5], _FAMILY[:5]) if side == "a" else (_GIVEN[5:], _FAMILY[5:])
    names = list(product(given_names, family_names))[:number]
    year = 1940 if side == "a" else 1960
    return [
        person(f"{side}s{k}", f"{given} {family}", born=f"{year + k % 19}-{k % 12 + 1:02}-{k % 27 + 1:02}")
        for k, (given, family) in enumerate(names)
    ]


@dataclass(frozen=True)
class Case:
    """Two registers, and what must be linked, possibly linked, and not even be possible."""

    a: list[Row]
    b: list[Row]
    links: set[tuple[str, str]]
    strangers: int = 20


CASES = {
    "name and birth date": Case(
        [person("a1", "Mounir El Touzani", born="1974-09-03")],
        [person("b1", "El-Touzani, Munir", born="1974-09-03"), person("b2", "Mounir Benali", born="1971-01-02")],
        {("a1", "b1")},
    ),
    "two scripts": Case(
        [person("a1", "\u0418\u0432\u0430\u043d \u041a\u0443\u0437\u043d\u0435\u0446\u043e\u0432", born="1970-02-11")],
        [person("b1", "Ivan Kuznetsov", born="1970-02-11"), person("b2", "Pyotr Kuznetsov", born="1933-07-30")],
        {("a1", "b1")},
    ),
    "one person twice in one register": Case(
        [person("a1", "Rosalind Achterberg", born="1955-08-17")],
        [person("b1", "Rosalind Achterberg", born="1955-08-17"), person("b2", "Achterberg, Rosalind", born="1955-08-17")],
        {("a1", "b1"), ("a1", "b2")},
    ),
    "one person twice in each register": Case(
        [person("a1", "Rosalind Achterberg", born="1955-08-17"), person("a2", "Rosalind Achterberg", born="1955-08-17")],
        [person("b1", "Rosalind Achterberg", born="1955-08-17"), person("b2", "Rosalind Achterberg", born="1955-08-17")],
        {("a1", "b1"), ("a1", "b2"), ("a2", "b1"), ("a2", "b2")},
    ),
    "partners that exclude each other": Case(
        [person("a1", "Rosalind Achterberg")],
        [person("b1", "Rosalind Achterberg", born="1955-08-17"), person("b2", "Rosalind Achterberg", born="1983-01-30")],
        set(),
    ),
    "a document number": Case(
        [person("a1", "Ilse Waldmann", identifiers=[{"type": "passport", "country": "at", "number": "P7710023"}])],
        [person("b1", "Ilse Brandauer", identifiers=[{"type": "passport", "country": "at", "number": "P 7710023"}])],
        {("a1", "b1")},
    ),
    "a common name, born twenty years apart": Case(
        [person("a1", "Maria Garcia", born="1955-08-17")],
        [person("b1", "Maria Garcia", born="1975-03-02")],
        set(),
    ),
    "nothing in common": Case([person("a1", "Ilse Waldmann")], [person("b1", "Okonkwo Chukwuemeka")], set()),
    "one record each": Case(
        [person("a1", "Ilse Waldmann", born="1950-02-03")], [person("b1", "Ilse Waldmann", born="1950-02-03")], {("a1", "b1")}, 0
    ),
    "an empty side": Case([person("a1", "Ilse Waldmann")], [], set(), 0),
    "two empty sides": Case([], [], set(), 0),
    "ids that CSV must quote": Case(
        [person('a,"1"', "Ilse Waldmann", born="1950-02-03")],
        [person("b 1", "Ilse Waldmann", born="1950-02-03")],
        {('a,"1"', "b 1")},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_is_linked(engine: str, case: Case) -> None:
    a, b = (text(rows + strangers(side, number=case.strangers)) for side, rows in (("a", case.a), ("b", case.b)))
    found = linked(engine, a, b)
    assert found.pairs("link") == case.links
    assert_alike(found, linked("memory", a, b))
    assert {(id_a, id_b) for id_a, id_b, _, _ in found.evidence} == case.links
    assert found.summary.links == len(case.links)


def test_lines_that_are_no_records_are_named_and_passed_over(engine: str) -> None:
    good = text([person("a1", "Ilse Waldmann", born="1950-02-03")])
    found = linked(engine, b'{"id":"x"}\n\n' + good + b"nothing\n", good)
    assert found.pairs("link") == {("a1", "a1")}
    assert [(side, line) for side, line, _ in found.bad] == [("a", 1), ("a", 4)]
    assert (found.summary.bad_a, found.summary.bad_b, found.summary.records_a) == (2, 0, 1)


def colleagues(number: int) -> tuple[list[Row], list[Row]]:
    """Return two sides of strangers who all have one e-mail address."""
    letters = [f"{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(number)]
    emails = ["office@example.org"]
    a = [person(f"a{k}", f"Aa{two}umo Quv{two}", emails=emails) for k, two in enumerate(letters)]
    return a, [person(f"b{k}", f"Xe{two}oli Zik{two}", emails=emails) for k, two in enumerate(letters)]


def test_a_block_that_is_too_large_is_left_out_and_counted(engine: str) -> None:
    a, b = colleagues(201)
    found = linked(engine, text(a), text(b))
    assert found.summary.oversized_blocks >= 1
    assert found.summary.candidates < 201 * 201 / 4
    assert_alike(found, linked("memory", text(a), text(b)))


def test_a_block_at_the_limit_is_compared(engine: str) -> None:
    a, b = colleagues(200)
    found = linked(engine, text(a), text(b))
    assert found.summary.oversized_blocks == 0
    assert found.summary.candidates == 200 * 200


def test_rows_come_in_the_order_of_the_records(engine: str) -> None:
    rows = [
        person(f"{k:02}", f"{given} {family}", born="1960-05-06")
        for k, (given, family) in enumerate(zip(_GIVEN, _FAMILY, strict=False))
    ]
    found = linked(engine, text(rows), text(rows[::-1]), batch=3)
    ids = [row[:2] for row in found.rows]
    assert ids == sorted(ids, key=lambda pair: (pair[0], -int(pair[1])))
    assert {(row["id"], row["id"]) for row in rows} <= found.pairs("link")


def test_an_id_that_comes_twice_is_left_out_and_told() -> None:
    line = b'{"id":"d","names":["Rosalind Achterberg"]}\n'
    linker = NativeLinking(LinkPlan(), default_parameters(), lambda *_: None)
    linker.read("a", [line + line, line])
    assert [(side, number) for side, number, _ in linker.bad] == [("a", 2), ("a", 3)]
    assert all("duplicate id" in reason for _, _, reason in linker.bad)


def test_within_one_register_the_persons_who_are_there_twice_are_found(engine: str) -> None:
    twice = [
        person("x1", "Rosalind Achterberg", born="1955-08-17"),
        person("x2", "Achterberg, Rosalind", born="1955-08-17"),
        person("y1", "Ilse Waldmann", identifiers=[{"type": "passport", "country": "at", "number": "P7710023"}]),
        person("y2", "Ilse Brandauer", identifiers=[{"type": "passport", "country": "at", "number": "P 7710023"}]),
        person("y3", "Ilse Brandauer-Waldmann", identifiers=[{"type": "passport", "country": "at", "number": "P7710023"}]),
    ]
    found = linked_within(engine, text([*twice, *strangers("a")]))
    assert found.pairs("link") == {("x1", "x2"), ("y1", "y2"), ("y1", "y3"), ("y2", "y3")}
    assert found.summary.links == 4
    assert {each[:2] for each in found.evidence} == found.pairs("link")
    assert not [row for row in found.rows if row[0] == row[1]]


def test_within_one_register_a_second_record_is_as_likely_as_in_another(engine: str) -> None:
    """The prior is of persons listed twice: it is lower than that of the register linked with itself, where all are found."""
    register = text([person("x1", "Rosalind Achterberg", born="1955-08-17"), *strangers("a"), *strangers("b")])
    assert linked_within(engine, register).summary.prior_bits < linked(engine, register, register).summary.prior_bits - 3


def test_a_register_that_changes_between_its_two_readings_is_refused() -> None:
    linking = Linking([text(strangers("a"))], [text(strangers("b"))], plan=LinkPlan(within=True))
    with pytest.raises(UnavailableError, match="was changed while it was read"):
        list(linking.rows())
