"""The join on disk: whole or not at all, in order, and clear about what it lacks."""

import random
from array import array
from pathlib import Path
from typing import cast

import pytest

from tallystick import _native
from tallystick.adapters.duckdb_linking import opened_join
from tallystick.errors import ConfigError, UnavailableError
from tallystick.linkage import memory, sql

LIMIT = 500


class KeyedSides:
    """Stands in for the native linker: has keys, and remembers what it is told to weigh."""

    def __init__(self, records: int, seed: int = 1) -> None:
        dice = random.Random(seed)
        self.blocks: dict[str, dict[int, list[int]]] = {"a": {}, "b": {}}
        for blocks in self.blocks.values():
            for record in range(records):
                for key in {dice.randrange(2**64 - records, 2**64) for _ in range(8)}:
                    blocks.setdefault(key, []).append(record)
        self.taken: list[tuple[int, int]] = []

    def count(self) -> None: ...

    def keys(self, side: str, _slack_bits: float) -> tuple[bytes, bytes]:
        rows = sorted((key, record) for key, records in self.blocks[side].items() for record in records)
        return array("Q", [key for key, _ in rows]).tobytes(), array("I", [record for _, record in rows]).tobytes()

    def most_block_pairs(self) -> int:
        return LIMIT

    def take_candidates(self, pairs: list[tuple[int, int]]) -> None:
        self.taken = pairs

    def weigh(self, start: int, end: int) -> None:
        assert (start, end) == (0, len(self.taken))


def native(sides: KeyedSides) -> _native.Linker:
    return cast(_native.Linker, sides)


def test_candidates_come_in_order_and_batch_by_batch(tmp_path: Path) -> None:
    sides = KeyedSides(4000)
    expected, oversized = memory.join(sides.blocks["a"], sides.blocks["b"], LIMIT)
    with opened_join(tmp_path, "200MB") as join:
        count = join.find(native(sides), 1.0)
        found: list[tuple[int, int]] = []
        for start in range(0, count, 77_777):
            join.weigh(native(sides), start, min(start + 77_777, count))
            found += sides.taken
    assert count > 200_000, "more than one row group of DuckDB"
    assert found == expected
    assert join.oversized() == oversized
    assert sorted(path.name for path in tmp_path.iterdir()) == ["candidates.duckdb"]


def test_a_finished_join_is_not_repeated(tmp_path: Path) -> None:
    with opened_join(tmp_path, "200MB") as join:
        count = join.find(native(KeyedSides(100)), 1.0)
    with opened_join(tmp_path, "200MB") as join:
        assert join.find(native(KeyedSides(10)), 1.0) == count


def test_an_interrupted_join_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, opened_join(tmp_path, "200MB") as join:
        patched.setattr(sql, "oversized", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            join.find(native(KeyedSides(100)), 1.0)
    with opened_join(tmp_path, "200MB") as join:
        sides = KeyedSides(50)
        assert join.find(native(sides), 1.0) == len(memory.join(sides.blocks["a"], sides.blocks["b"], LIMIT)[0])


def _interrupted(*_: object) -> str:
    raise KeyboardInterrupt


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's; a `folder`"
    folder.mkdir()
    with opened_join(folder, "200MB") as join:
        assert join.find(native(KeyedSides(20)), 1.0) > 0


@pytest.mark.parametrize("size", ["", "much", "GB", "2 elephants"])
def test_a_size_that_is_none_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(ConfigError, match="is no size"), opened_join(tmp_path, size):
        pass


def test_too_little_memory_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs more memory"), opened_join(tmp_path, "1MB") as join:
        join.find(native(KeyedSides(4000)), 1.0)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be written"), opened_join(tmp_path / "nothing", "200MB"):
        pass
