"""`make demo` plays to its end, with invented persons and with published lists: both sides of every pair know, every log
verifies, no node is left running."""

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

SCRIPT = Path(__file__).parents[2] / "scripts" / "demo_nodes.py"
IDS = ("un", "uk", "us", "eu")


def _environment(lists: Path | str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "TALLYSTICK_DATA": str(lists), "COLUMNS": "100"}


def _play(folder: Path, lists: Path | str = "") -> str:
    """Play it to its end; return what it says."""
    words = [sys.executable, str(SCRIPT), str(folder)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=600, env=_environment(lists))
    assert done.returncode == 0, done.stderr
    assert not _serving(folder)
    return done.stdout


def _stay(folder: Path) -> str:
    """Play it, go to the desks when the story is told, end it as people do; return what it says."""
    words = [sys.executable, str(SCRIPT), str(folder), "--stay"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, env=_environment(""), text=True) as playing:
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
        assert re.search(r"for \d+ s: approver-north \d{6},", codes)
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
    assert re.search(r"west +people N-1044 +border-check", said)


@pytest.mark.slow
@pytest.mark.data
def test_published_lists_find_each_other(tmp_path: Path, data: Path) -> None:
    said = _play(tmp_path / "nodes", data)
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
    code = (SCRIPT.parent / "demo_lists.py").read_text(encoding="utf-8")
    assert code.isascii()
    assert re.findall(r'"([A-Z][a-z]+ [A-Z][a-z]+)"', code) == ["Tomasin Verhoovel"]


@pytest.mark.slow
def test_without_the_lists_it_says_so_and_plays_the_invented_man(tmp_path: Path) -> None:
    words = [sys.executable, str(SCRIPT), str(tmp_path / "nodes")]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(tmp_path), text=True
    ) as playing:
        assert playing.stdout
        assert playing.stderr
        assert "invented persons play instead" in playing.stderr.readline()
        assert any("200 invented persons" in line for line in playing.stdout)
        playing.send_signal(signal.SIGINT)
        playing.stdout.read()
    assert not _serving(tmp_path / "nodes")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nodes_end_with_it_whatever_ends_it_and_however_often(tmp_path: Path, number: signal.Signals) -> None:
    words = [sys.executable, str(SCRIPT), str(tmp_path / "nodes")]
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
