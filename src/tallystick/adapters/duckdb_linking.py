"""Joins the blocking keys of a linking run on disk, with DuckDB, where the pairs do not fit into memory.

Does not weigh or decide: the native core does, batch by batch, as for every other join. The records stay in memory
(about 150 MB a million), the candidates do not.

Rules
 1. Keys go to disk as Parquet, are joined by the SQL of `linkage.sql`, and are removed when the candidates are there.
 2. The candidates and the number of oversized blocks become visible together or not at all: an interrupted join begins anew.
 3. DuckDB may take so much memory as it is told; what does not fit spills into the same folder.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import rmtree

import duckdb

from tallystick import _native
from tallystick.adapters.parquet import write_columns
from tallystick.errors import ConfigError, UnavailableError
from tallystick.linkage import sql
from tallystick.linkage.engine import SIDES

_TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_name IN ('candidates', 'oversized')"


class DuckDBJoin:
    """Step 3 of the plan in a folder. Use it through `opened_join`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._oversized = 0

    def find(self, linker: _native.Linker, slack_bits: float) -> int:
        """Find the candidates, or the ones found before the interruption; return how many."""
        linker.count()
        with _told():
            if self._number(_TABLES) != len(("candidates", "oversized")):
                self._join(linker, slack_bits)
            self._oversized = self._number("SELECT oversized FROM oversized")
            return self._number("SELECT count(*) FROM candidates")

    def _join(self, linker: _native.Linker, slack_bits: float) -> None:
        files = {side: self._folder / f"keys_{side}.parquet" for side in SIDES}
        for side, file in files.items():
            keys, records = linker.keys(side, slack_bits)
            write_columns(file, {"key": ("int64", keys), "record": ("int32", records)})
        limit = linker.most_block_pairs()
        keys_a, keys_b = (sql.parquet("duckdb", str(files[side])) for side in SIDES)
        self._connection.begin()
        self._connection.execute(f"CREATE TABLE candidates AS {sql.candidates(limit, keys_a, keys_b)}")
        self._connection.execute(f"CREATE TABLE oversized AS {sql.oversized(limit, keys_a, keys_b)}")
        self._connection.commit()
        for file in files.values():
            file.unlink()

    def weigh(self, linker: _native.Linker, start: int, end: int) -> None:
        """Fetch candidates start..end and have them weighed."""
        with _told():
            batch = self._connection.execute(
                "SELECT a, b FROM candidates WHERE rowid >= ? AND rowid < ?", [start, end]
            ).fetchall()
        linker.take_candidates(batch)
        linker.weigh(0, len(batch))

    def oversized(self) -> int:
        """Return how many blocks were left out."""
        return self._oversized

    def _number(self, query: str) -> int:
        [(number,)] = self._connection.execute(query).fetchall()
        return int(number)


@contextmanager
def opened_join(folder: Path, memory: str) -> Iterator[DuckDBJoin]:
    """Open the join in a folder, new or from before an interruption.

    Args:
        folder: where keys, candidates and what spills are kept; it holds nothing but those, and must exist.
        memory: how much DuckDB may take, as it writes sizes ("2GB").

    Raises:
        ConfigError: `memory` is no size, or too small.
        UnavailableError: the folder cannot be written.
    """
    spill = folder / "spill"
    rmtree(spill, ignore_errors=True)
    with _told():
        try:
            limits = {"memory_limit": memory, "temp_directory": str(spill)}
            connection = duckdb.connect(folder / "candidates.duckdb", config={**limits})
        except (duckdb.ParserException, duckdb.InvalidInputException):
            raise ConfigError("the memory of the join is no size", hint="write it as 500MB or 2GB") from None
    with closing(connection):
        connection.execute("SET enable_progress_bar = false")
        yield DuckDBJoin(connection, folder)


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what DuckDB could not do; its own may quote settings and paths, but hold no record."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise ConfigError("the join needs more memory than it may take", hint="give --memory a larger size") from None
    except duckdb.IOException:
        raise UnavailableError(
            "the folder of the join cannot be written or read", hint="check its disk, or name another one with --work"
        ) from None
