"""Every engine gives the rows of the definition, for whatever registers Hypothesis makes up."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.linkings import assert_alike, linked, linked_within, text

GIVEN = (
    "Ruslan",
    "Rouslan",
    "\u0420\u0443\u0441\u043b\u0430\u043d",
    "Beatrix",
    "Beatriz",
    "Ali",
    "\u0639\u0644\u064a",
    "Abu",
    "R.",
)
FAMILY = (
    "Kovacs",
    "Kovach",
    "\u041a\u043e\u0432\u0430\u0447",
    "Ferreira",
    "Haddad",
    "\u062d\u062f\u0627\u062f",
    "el-Haddad",
    "de Souza",
)
DATES = ("1970-05-03", "1970-03-05", "1970", "1970-05", "1971-01-01", "1955-12-24", "1970~", "1969/1972")

names = st.lists(st.sampled_from(GIVEN + FAMILY), min_size=1, max_size=3).map(" ".join)
rows = st.fixed_dictionaries(
    {"names": st.lists(names, min_size=1, max_size=2)},
    optional={
        "weak_names": st.lists(st.sampled_from(GIVEN), max_size=1),
        "birth_dates": st.lists(st.sampled_from(DATES), max_size=2),
        "gender": st.sampled_from("fm"),
        "nationalities": st.lists(st.sampled_from(["hu", "lb"]), max_size=2),
        "birth_places": st.lists(st.sampled_from(["Szeged", "Beirut, Lebanon"]), max_size=1),
        "identifiers": st.lists(
            st.sampled_from(["A12345", "B99001"]).map(lambda n: {"type": "passport", "country": "hu", "number": n}), max_size=1
        ),
        "emails": st.lists(st.sampled_from(["x@example.org", "y@example.org"]), max_size=1),
    },
)
registers = st.lists(rows, max_size=12)


def numbered(register: list[dict[str, Any]]) -> bytes:
    return text([{"id": str(number), **row} for number, row in enumerate(register)])


@given(registers, registers, st.integers(1, 50))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_engines_agree(a: list[dict[str, Any]], b: list[dict[str, Any]], batch: int) -> None:
    definition = linked("memory", numbered(a), numbered(b))
    native = linked("native", numbered(a), numbered(b), batch=batch)
    assert_alike(native, definition)
    assert linked("duckdb", numbered(a), numbered(b), batch=batch).rows == native.rows


@given(registers, st.integers(1, 50))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_engines_agree_within_one_register(register: list[dict[str, Any]], batch: int) -> None:
    definition = linked_within("memory", numbered(register))
    assert all(int(row[0]) < int(row[1]) for row in definition.rows)
    native = linked_within("native", numbered(register), batch=batch)
    assert_alike(native, definition)
    assert (native.summary.links, native.summary.possible_links) == (definition.summary.links, definition.summary.possible_links)
    assert sorted(each[:2] for each in native.evidence) == sorted(native.pairs("link"))
    assert linked_within("duckdb", numbered(register), batch=batch).rows == native.rows


@given(registers, registers)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_batches_change_nothing(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> None:
    whole = linked("native", numbered(a), numbered(b))
    for batch in (1, 2, 7):
        assert linked("native", numbered(a), numbered(b), batch=batch).rows == whole.rows
