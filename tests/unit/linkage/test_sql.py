"""The plan's relations as SQL: understood by both dialects, and the same rows as the definition."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.linkage import deciding, memory, sql
from tallystick.linkage.deciding import Rules

RULES = Rules(slope=0.85, offset=0.8, link=0.5, possible=0.05)
PRIOR = -12.5
LIMIT = 6
TEXTS = {
    "candidates": sql.candidates(LIMIT),
    "oversized": sql.oversized(LIMIT),
    "expected matches": sql.expected_matches(PRIOR, RULES),
    "partners": sql.partners(PRIOR, RULES),
    "decided": sql.decided(PRIOR, RULES),
}

Keys: TypeAlias = list[tuple[int, int]]
Weighed: TypeAlias = list[tuple[int, int, float]]
Pairs: TypeAlias = set[tuple[int, int]]

keys = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 6)), max_size=25, unique=True)
weighed = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(8, 24)), max_size=20, unique_by=lambda p: p[:2])
same = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]), max_size=4)


@pytest.mark.parametrize("dialect", sql.DIALECTS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_dialect_understands_the_text(dialect: sql.Dialect, text: str) -> None:
    [statement] = sqlglot.parse(text, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(statement, sqlglot.expressions.Query)
    assert not list(statement.find_all(sqlglot.expressions.Command, sqlglot.expressions.Anonymous))


@pytest.mark.parametrize("dialect", sql.DIALECTS)
@pytest.mark.parametrize("path", ["/data/keys.parquet", "/it's/keys.parquet", "/a`b/keys.parquet"])
def test_a_file_can_stand_for_a_table(dialect: sql.Dialect, path: str) -> None:
    text = sql.candidates(LIMIT, sql.parquet(dialect, path), sql.parquet(dialect, "/b"))
    names = str(sqlglot.parse_one(text, dialect=dialect).sql(dialect=dialect))
    assert path.replace("'", "''" if dialect == "duckdb" else "'").replace("`", "``" if dialect == "spark" else "`") in names


# --- The rows, in DuckDB ------------------------------------------------------------------------------------------------


Tables: TypeAlias = dict[str, tuple[str, Sequence[tuple[Any, ...]]]]


def answers(tables: Tables, *queries: str) -> list[list[tuple[Any, ...]]]:
    """Return the rows of each query over tables (columns, rows)."""
    with duckdb.connect() as connection:
        for table, (columns, rows) in tables.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            if rows:
                places = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608  names of our own tables
        return [connection.execute(query).fetchall() for query in queries]


def tables_of(pairs: Sequence[tuple[int, int, float]], same_a: Pairs, same_b: Pairs) -> Tables:
    couples = {name: ("x INT, y INT", list(rows)) for name, rows in (("same_a", same_a), ("same_b", same_b))}
    return {"weighed": ("a INT, b INT, bits FLOAT", pairs), **couples}


def blocks(rows: Keys) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, record in rows:
        found.setdefault(key, []).append(record)
    return found


@given(keys, keys, st.integers(1, 12))
@settings(max_examples=40)
def test_the_join_is_that_of_the_definition(a: Keys, b: Keys, limit: int) -> None:
    pairs, oversized = memory.join(blocks(a), blocks(b), limit)
    tables: Tables = {"keys_a": ("key BIGINT, record INT", a), "keys_b": ("key BIGINT, record INT", b)}
    assert answers(tables, sql.candidates(limit), sql.oversized(limit)) == [pairs, [(oversized,)]]


def expected(pairs: Weighed, same_a: Pairs, same_b: Pairs) -> list[tuple[int, int, float, float, str]]:
    told = [lambda x, y, told=told: (min(x, y), max(x, y)) in told for told in (same_a, same_b)]
    probabilities = deciding.probabilities(pairs, PRIOR, RULES, told[0], told[1])
    return [(*pair, p, RULES.decision(p)) for pair, p in zip(pairs, probabilities, strict=True)]


@given(weighed, same, same)
@settings(max_examples=40)
def test_decisions_are_those_of_the_definition(pairs: Weighed, same_a: Pairs, same_b: Pairs) -> None:
    pairs = sorted(pairs)
    tables = tables_of(pairs, same_a, same_b)
    found, [(matches,)] = answers(tables, sql.decided(PRIOR, RULES), sql.expected_matches(PRIOR, RULES))
    assert [(*row[:3], pytest.approx(row[3]), row[4]) for row in found] == expected(pairs, same_a, same_b)
    assert (matches or 0) == pytest.approx(sum(RULES.probability(bits, PRIOR) for _, _, bits in pairs))


@given(weighed)
@settings(max_examples=40)
def test_partners_are_the_pairs_that_the_definition_asks_for(pairs: Weighed) -> None:
    asked: set[tuple[str, int, int]] = set()

    def asking(side: str) -> deciding.SamePerson:
        def ask(x: int, y: int) -> bool:
            asked.add((side, min(x, y), max(x, y)))
            return False

        return ask

    deciding.probabilities(sorted(pairs), PRIOR, RULES, asking("a"), asking("b"))
    [found] = answers(tables_of(pairs, set(), set()), sql.partners(PRIOR, RULES))
    assert len(found) == len(set(found))
    assert set(found) == asked


def test_only_the_strongest_compete() -> None:
    pairs = [(0, b, 12.0 + b / 64) for b in range(deciding.MOST_RIVALS + 20)]
    [found] = answers(tables_of(pairs, set(), set()), sql.decided(PRIOR, RULES))
    assert [row[3] for row in found] == [pytest.approx(row[3]) for row in expected(pairs, set(), set())]
