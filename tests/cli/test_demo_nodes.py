"""`tallystick demo` plays to its end, with invented persons and with published lists: both sides of every pair know, people carry
the hit to its end, every log verifies, no node is left running."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tallystick.demo import lists
from tallystick.demo.nodes import MARK, emptied

DEMO = [sys.executable, "-m", "tallystick", "demo"]
IDS = ("un", "uk", "us", "eu")


def _environment(listed: Path | str) -> dict[str, str]:
    return {**os.environ, "TALLYSTICK_DATA": str(listed), "COLUMNS": "100"}


def _play(folder: Path, listed: Path | str = "", more: tuple[str, ...] = ()) -> str:
    """Play it to its end, without a terminal; return what it says."""
    words = [*DEMO, "--play", *more, str(folder)]
    done = subprocess.run(
        words, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, env=_environment(listed)
    )
    assert done.returncode == 0, done.stderr
    assert not _serving(folder)
    return done.stdout


def _stay(folder: Path, listed: Path | str = "") -> str:
    """Play it, go to the desks when the story is told, end it as people do; return what it says."""
    words = [*DEMO, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, env=_environment(listed), text=True) as playing:
        assert playing.stdin
        assert playing.stdout
        told = ""
        for line in playing.stdout:
            told += line
            if "The nodes go on" in told and "/how-to/" in line:
                break
        ports = set(re.findall(r"http://127\.0\.0\.1:(\d+)", told))
        assert len(ports) == 4
        for port in ports:
            with closing(HTTPConnection("127.0.0.1", int(port))) as desk:
                desk.request("GET", "/sign-in")
                assert desk.getresponse().status == 200
        playing.stdin.write("\n")
        playing.stdin.flush()
        codes = playing.stdout.readline()
        assert re.search(r"for \d+ s: approver-\w+ \d{6},", codes)
        playing.send_signal(signal.SIGINT)
        told += playing.stdout.read()
    assert playing.returncode == 0
    assert not _serving(folder)
    return told


@pytest.mark.slow
def test_four_nodes_find_the_man_and_nobody_else(tmp_path: Path) -> None:
    said = _stay(tmp_path / "nodes")
    told = " ".join(said.split())
    assert "0 hits on him at all four nodes" in told
    assert "both sides of every pair know" in told
    assert len(re.findall(r"tree and signature hold; cosigned by \w+, \w+, \w+", told)) == 4
    assert "both logs hold the same number of points" in told
    assert re.search(r"people W-5 +watch", said)


@pytest.mark.slow
def test_people_carry_the_hit_to_its_end_by_themselves(tmp_path: Path) -> None:
    outcome = json.loads(_play(tmp_path / "nodes", more=("--json",)))
    assert [each["did"] for each in outcome["played"]] == [
        "tell", "decide", "decide", "request", "approve", "approve", "outcome", "recall", "acknowledge", "request", "approve",
        "approve", "acknowledge", "outcome", "close", "close",
    ]  # fmt: skip
    for first, second in ((1, 2), (4, 5), (10, 11)):
        assert outcome["played"][first]["by"] != outcome["played"][second]["by"], "two persons"
    west, north = ({line["partner"]: line for line in outcome["reports"][each]["lines"]} for each in ("west", "north"))
    assert (west["north"]["requests_sent"], west["north"]["answers_received"]) == (2, 2)
    assert (north["west"]["requests_received"], north["west"]["answers_given"]) == (2, 2)
    assert west["north"]["hits"] >= 1
    assert west["north"]["without_outcome"] == north["west"]["recalls_open"] == 0
    assert west["east"]["requests_sent"] == north["east"]["requests_received"] == 0
    assert [len(each["cosigned"]) for each in outcome["logs"]] == [3, 3, 3, 3]
    read = outcome["read"]
    assert (read["steps"], read["at_least"], read["at_most"], read["confirmed"]) == (4, 1, 2, False)
    assert (read["mention"], read["became"]) == ("S-2016-3", ["confirmed", "encounter"])


def test_a_second_run_empties_the_folder_of_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        emptied(tmp_path / "nodes")
        assert [each.name for each in (tmp_path / "nodes").iterdir()] == [MARK]
        (tmp_path / "nodes" / "north").mkdir()


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    done = subprocess.run([*DEMO, "--play", str(tmp_path)], check=False, capture_output=True, text=True, env=_environment(""))
    assert done.returncode == 5
    assert "holds something else" in done.stderr
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "dear"


@pytest.mark.slow
@pytest.mark.data
def test_published_lists_find_each_other(tmp_path: Path, data: Path) -> None:
    said = _stay(tmp_path / "nodes", data)
    told = " ".join(said.split())
    counts = {row[0]: [int(count.replace(",", "")) for count in row[1:]] for row in map(str.split, _who_hits_whom(said))}
    assert list(counts) == list(IDS)
    for own, (offered, *known, anyone, everyone) in counts.items():
        assert 0 < everyone <= min(known) <= max(known) <= anyone <= offered, own
    for one, first in enumerate(IDS):  # both sides of a pair know about as many: an entry that is listed twice counts twice
        for other, second in enumerate(IDS[:one]):
            there, here = counts[second][1 + one - 1], counts[first][1 + other]
            assert abs(there - here) <= 0.1 * max(there, here) + 1
    assert told.count("no hit") == 3, "an invented person is on no list"
    assert len(re.findall(r"tree and signature hold; cosigned by \w+, \w+, \w+", told)) == 4
    assert "both logs hold the same number of points" in told


def _who_hits_whom(said: str) -> list[str]:
    """Return the rows of the table of counts."""
    lines = said.splitlines()
    heads = ["node", "offers", *IDS, "to", "anyone", "to", "all", "three"]
    head = next(number for number, line in enumerate(lines) if line.split() == heads)
    return lines[head + 2 : head + 2 + len(IDS)]


def test_no_listed_name_stands_in_the_code() -> None:
    """The story chooses while it is played: whom it is about, it does not know before."""
    code = Path(str(lists.__file__)).read_text(encoding="utf-8")
    assert code.isascii()
    assert re.findall(r'"([A-Z][a-z]+ [A-Z][a-z]+)"', code) == ["Tomasin Verhoovel"]


@pytest.mark.slow
def test_without_the_lists_it_says_so_and_plays_the_invented_man(tmp_path: Path) -> None:
    words = [*DEMO, str(tmp_path / "nodes")]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(tmp_path), text=True
    ) as playing:
        assert playing.stdout
        told = ""
        for line in playing.stdout:
            told = f"{told} {line.strip()}"
            if "120 invented persons" in told:
                break
        assert "invented persons play instead" in told
        assert "120 invented persons" in told
        playing.send_signal(signal.SIGINT)
        playing.stdout.read()
    assert not _serving(tmp_path / "nodes")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])  # SIGINT ends every other one here
def test_nodes_end_with_it_whatever_ends_it_and_however_often(tmp_path: Path, number: signal.Signals) -> None:
    words = [*DEMO, str(tmp_path / "nodes")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(""), text=True) as playing:
        assert playing.stdout
        assert playing.stderr
        assert any("tallystick offer" in line for line in playing.stdout)
        assert len(_serving(tmp_path / "nodes")) >= 4
        playing.send_signal(number)
        time.sleep(0.2)
        playing.send_signal(number)
        playing.stdout.read()
        assert "every node has ended" in playing.stderr.read()
    assert playing.returncode == 130
    until = time.monotonic() + 20  # a command that was being given ends by itself, moments later
    while _serving(tmp_path / "nodes") and time.monotonic() < until:
        time.sleep(0.2)
    assert not _serving(tmp_path / "nodes")


def _serving(folder: Path) -> list[int]:
    """Return the processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cwd").resolve().is_relative_to(folder):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
