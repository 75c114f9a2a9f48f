"""An interrupted linking goes on: a real process is killed in the middle, and the next one ends with the same bytes."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib import link_program
from tallystick.adapters.work_folder import opened_work_folder
from tallystick.errors import ConfigError

BATCH = 20
PERSONS = 700
GIVEN = ("Ruslan", "Beatrix", "Tomasz", "Ingeborg", "Dragan", "Noemi", "Wassily", "Fiorella", "Anselm", "Yolanda")
FAMILY = ("Kowalczyk", "Ferreira", "Lindqvist", "Brankovic", "Oyelaran", "Duplessis", "Haugland", "Marchetti", "Zielinski")


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """Write two registers that have half of their persons in common."""
    dice = random.Random(7)
    persons = [
        {
            "names": [f"{dice.choice(GIVEN)} {dice.choice(GIVEN)} {dice.choice(FAMILY)}"],
            "birth_dates": [f"{dice.randrange(1950, 1960)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 28):02}"],
        }
        for _ in range(PERSONS)
    ]
    a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path, some in ((a, persons[: 2 * PERSONS // 3]), (b, persons[PERSONS // 3 :])):
        path.write_text("".join(json.dumps({"id": f"{path.stem}{k}", **row}) + "\n" for k, row in enumerate(some)))
    return a, b


def words(engine: str, sides: tuple[Path, Path], out: Path, work: Path) -> list[str]:
    return [engine, *map(str, sides), str(out), str(work), str(BATCH)]


def killed_after(batches: int, arguments: list[str], work: Path) -> list[Path]:
    """Start the program, kill it without warning when so many batches are finished, and return those."""
    process = subprocess.Popen([sys.executable, link_program.__file__, *arguments])
    deadline = time.monotonic() + 60
    while len(list(work.glob("batch-*.pairs"))) < batches:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "no batch was finished in a minute"
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    return sorted(work.glob("batch-*.pairs"))


@pytest.mark.parametrize("engine", ["native", "duckdb"])
def test_a_killed_linking_goes_on_and_ends_with_the_same_bytes(engine: str, sides: tuple[Path, Path], tmp_path: Path) -> None:
    out, whole, work = tmp_path / "out.csv", tmp_path / "whole.csv", tmp_path / "work"
    finished = killed_after(3, words(engine, sides, out, work), work)
    assert not out.exists()
    times = {path: path.stat().st_mtime_ns for path in finished}

    link_program.main(*words(engine, sides, out, work))
    link_program.main(*words(engine, sides, whole, tmp_path / "other"))

    assert out.read_bytes() == whole.read_bytes()
    assert whole.read_bytes().count(b",link\n") > PERSONS // 4
    assert len(list(work.glob("batch-*.pairs"))) > len(finished), "it was killed at the very end"
    assert {path: path.stat().st_mtime_ns for path in finished} == times


def test_another_engine_may_go_on(sides: tuple[Path, Path], tmp_path: Path) -> None:
    out, whole, work = tmp_path / "out.csv", tmp_path / "whole.csv", tmp_path / "work"
    killed_after(3, words("native", sides, out, work), work)
    link_program.main(*words("duckdb", sides, out, work))
    link_program.main(*words("native", sides, whole, tmp_path / "other"))
    assert out.read_bytes() == whole.read_bytes()


def test_a_damaged_batch_is_weighed_again(sides: tuple[Path, Path], tmp_path: Path) -> None:
    out, again, work = tmp_path / "out.csv", tmp_path / "again.csv", tmp_path / "work"
    link_program.main(*words("native", sides, out, work))
    batches = sorted(work.glob("batch-*.pairs"))
    contents = [path.read_bytes() for path in batches]
    batches[0].write_bytes(contents[0][:-5])
    batches[1].write_bytes(bytes(len(contents[1])))
    batches[2].unlink()
    link_program.main(*words("native", sides, again, work))
    assert again.read_bytes() == out.read_bytes()
    assert [path.read_bytes() for path in batches] == contents


@pytest.mark.parametrize("changed", ["side a", "side b", "plan"])
def test_another_run_is_refused_and_nothing_is_changed(changed: str, sides: tuple[Path, Path], tmp_path: Path) -> None:
    out, work = tmp_path / "out.csv", tmp_path / "work"
    arguments = words("native", sides, out, work)
    link_program.main(*arguments)
    before = {path.name: path.read_bytes() for path in work.iterdir()}
    if changed == "plan":
        arguments[-1] = "21"
    else:
        side = sides[changed == "side b"]
        side.write_text(side.read_text() + '{"id":"new","names":["Ilse Waldmann"]}\n')
    with pytest.raises(ConfigError, match=f"belongs to another run: {changed} differ"):
        link_program.main(*arguments)
    assert {path.name: path.read_bytes() for path in work.iterdir()} == before


def test_a_work_folder_is_for_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        opened_work_folder(tmp_path / "work"),
        pytest.raises(ConfigError, match="another run is using"),
        opened_work_folder(tmp_path / "work"),
    ):
        pass


@pytest.mark.parametrize("name", ["letter.txt", "batch-000000.pairs"])
def test_a_folder_of_other_things_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ConfigError, match="holds other things"), opened_work_folder(tmp_path):
        pass


def test_a_file_is_no_work_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="is no folder"), opened_work_folder(tmp_path / "file"):
        pass


@pytest.mark.parametrize("content", ["", "[]", '{"format": "1"}', '{"format": "2", "side a": "x"}'])
def test_a_manifest_of_others_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with opened_work_folder(tmp_path) as work, pytest.raises(ConfigError):
        work.claim({"side a": "x"})


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    with opened_work_folder(tmp_path / "work") as work:
        work.claim({})
        work.put(0, [(1, 2, 3.5)])
        assert work.get(0) == [(1, 2, 3.5)]
        assert work.get(1) is None
    assert (tmp_path / "work").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "work").glob("*.*"))
