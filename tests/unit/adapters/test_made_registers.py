import csv
import gzip
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tallystick.adapters import made_registers
from tallystick.adapters.made_registers import write_registers
from tallystick.model import decode
from tallystick.synthesis import Plan, make_registers, registers

FILES = ("a.jsonl.gz", "b.jsonl.gz", "truth.csv", "pairs.csv")


def ids(path: Path) -> list[str]:
    with gzip.open(path, "rb") as file:
        return [decode(line).id for line in file]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_files_truth_and_summary_agree(tmp_path: Path) -> None:
    made = write_registers(Plan(size=500, cross_script=0.4), tmp_path / "new" / "folder")
    out = tmp_path / "new" / "folder"
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    a, b, truth, pairs = ids(out / FILES[0]), ids(out / FILES[1]), rows(out / FILES[2]), rows(out / FILES[3])
    assert (len(a), len(b), len(truth)) == (made.records_a, made.records_b, made.same) == (500, 500, 100)
    assert {row["id_a"] for row in truth} <= set(a)
    assert {row["id_b"] for row in truth} <= set(b)
    same = {(row["id_a"], row["id_b"]) for row in pairs if row["kind"] == "same"}
    assert same == {(row["id_a"], row["id_b"]) for row in truth}
    assert len(pairs) == made.same + made.alike
    assert sum(row["kind"] == "same" and row["script_a"] != "latin" for row in pairs) == made.cross_script


@pytest.mark.parametrize("bucket", [made_registers.BUCKET, 50])
def test_equal_plans_make_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: int) -> None:
    monkeypatch.setattr(made_registers, "BUCKET", bucket)
    for name in ("one", "two"):
        write_registers(Plan(size=300, seed=3, cross_script=0.3), tmp_path / name)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_order_of_one_file_says_nothing_about_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_registers, "BUCKET", 150)
    write_registers(Plan(size=1000, overlap=1.0), tmp_path)
    place = {identity: number for number, identity in enumerate(ids(tmp_path / "b.jsonl.gz"))}
    of = {row["id_a"]: row["id_b"] for row in rows(tmp_path / "truth.csv")}
    order = [place[of[identity]] for identity in ids(tmp_path / "a.jsonl.gz")]
    assert sorted(order) == list(range(1000))
    near = sum(abs(one - two) < 50 for one, two in enumerate(order))
    assert 50 < near < 150  # 98 by chance
    assert 430 < sum(one < two for one, two in pairwise(order)) < 570


def test_an_earlier_run_is_replaced_and_nothing_half_done_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_registers(Plan(size=20), tmp_path)
    before = (tmp_path / "a.jsonl.gz").read_bytes()

    def fails(*_: object) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(made_registers, "_write", fails)
        with pytest.raises(OSError, match="no space"):
            write_registers(Plan(size=30), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert (tmp_path / "a.jsonl.gz").read_bytes() == before
    write_registers(Plan(size=30), tmp_path)
    assert len(ids(tmp_path / "a.jsonl.gz")) == 30


def test_memory_does_not_grow_with_the_registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(make_registers(Plan(size=10**9)))
    assert len(first.lines_a) + len(first.lines_b) < 2 * registers.BATCH
    monkeypatch.setattr(made_registers, "BUCKET", 100)
    with made_registers._Shuffled(Random(1), 2000, str(tmp_path)) as shuffled:
        for start in range(0, 2000, 50):
            shuffled.add([str(row) for row in range(start, start + 50)])
            assert sum(map(len, shuffled._buckets)) <= 150
        buckets = list(shuffled.rows())
    assert max(map(len, buckets)) < 200
    assert sorted(int(row) for bucket in buckets for row in bucket) == list(range(2000))


def test_progress_tells_how_many_records_there_are(tmp_path: Path) -> None:
    seen: list[int] = []
    write_registers(Plan(size=4000), tmp_path, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 8000
