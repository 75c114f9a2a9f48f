"""The plan's SQL gives the same rows in Spark as in DuckDB; run where pyspark and java are, which tallystick does not need."""

import random
import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pytest

from tallystick.adapters.parquet import write_columns
from tallystick.linkage import sql
from tallystick.linkage.deciding import Rules

RULES = Rules(slope=0.85, offset=0.8, link=0.5, possible=0.05)
PRIOR = -12.5

Rows: TypeAlias = Sequence[tuple[Any, ...]]
Both: TypeAlias = Callable[[str, str], Rows]
"""Runs a text in DuckDB and one in Spark, holds their rows to each other, and returns them."""


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sessions = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: the Spark text is parsed, but not run")
    if shutil.which("java") is None:
        pytest.skip("java is not installed: the Spark text is parsed, but not run")
    builder = sessions.SparkSession.builder.master("local[1]")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark")),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def both(spark: Any, connection: duckdb.DuckDBPyConnection) -> Both:  # noqa: ANN401
    def run(for_duckdb: str, for_spark: str) -> Rows:
        expected = [tuple(map(_rounded, row)) for row in connection.execute(for_duckdb).fetchall()]
        assert [tuple(map(_rounded, row)) for row in spark.sql(for_spark).collect()] == expected
        return expected

    return run


def _rounded(value: object) -> object:
    return round(value, 5) if isinstance(value, float) else value


def keys_file(path: Path, dice: random.Random) -> Path:
    """Write 400 keys of 50 records: blocks of all sizes, and keys that use all 64 bits."""
    drawn = {(dice.randrange(-(2**63), 2**63) if dice.random() < 0.1 else dice.randrange(60) ** 2, k % 50) for k in range(400)}
    keys, records = array("q", [key for key, _ in sorted(drawn)]), array("i", [record for _, record in sorted(drawn)])
    write_columns(path, {"key": ("int64", keys.tobytes()), "record": ("int32", records.tobytes())})
    return path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what Spark and its Python part warn of is not ours to mend
def test_the_join_gives_the_same_rows(both: Both, tmp_path: Path) -> None:
    dice = random.Random(3)
    files = [str(keys_file(tmp_path / f"it's {side}.parquet", dice)) for side in "ab"]
    names = {dialect: [sql.parquet(dialect, file) for file in files] for dialect in sql.DIALECTS}
    found = both(*(sql.candidates(40, *names[dialect]) for dialect in sql.DIALECTS))
    assert 100 < len(found) < 2500
    [(oversized,)] = both(*(sql.oversized(40, *names[dialect]) for dialect in sql.DIALECTS))
    assert 0 < oversized < 60


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_decisions_give_the_same_rows(both: Both, spark: Any, connection: duckdb.DuckDBPyConnection) -> None:  # noqa: ANN401
    dice = random.Random(3)
    pairs = [(a, b, dice.uniform(9, 18)) for a in range(12) for b in range(12) if dice.random() < 0.3]
    tables: dict[str, tuple[str, Rows]] = {
        "weighed": ("a INT, b INT, bits FLOAT", pairs),
        "same_a": ("x INT, y INT", [(1, 2)]),
        "same_b": ("x INT, y INT", [(0, 4), (3, 5)]),
    }
    for name, (columns, rows) in tables.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608  names of our own tables
        spark.createDataFrame(rows, columns).createOrReplaceTempView(name)
    decided = both(*[sql.decided(PRIOR, RULES)] * 2)
    assert {row[4] for row in decided} == {"link", "possible", "non-link"}
    both(*[sql.expected_matches(PRIOR, RULES)] * 2)
    assert both(*[sql.partners(PRIOR, RULES) + "ORDER BY side, x, y"] * 2)
