"""What people see of an exchange: every command, what it prints, how it ends. One circle of two nodes, one of them served.

`exchange.transcript` holds the commands and what they said; WRITE_TRANSCRIPTS=1 writes it anew, to be read before it is kept.
"""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.nodes import Serving, fill, free_port, person
from lib.transcripts import in_process

FILE = Path(__file__).with_name("exchange.transcript")
NORTH = [person("n-1", "Tomasin Verhoovel", born="1981-04-17"), person("n-2", "Ilvira Quandrosse", born="1975-11-02")]
WEST = [person("w-7", "Tomasin Verhoovel", born="1981-04-17"), person("w-8", "Bertolf Ansgarsen", born="1990-06-30")]
_VOLATILE = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ)?", "TIME"),
    (r"127\.0\.0\.1:\d+", "HOST"),
    (r"\b\d+\.\d\b", "BITS"),
    (r"west-[0-9a-f]{8}", "REFERENCE"),
    (r"[─━]+", ""),
)


def plain(text: str) -> list[str]:
    """Return the lines that were printed, with one space where there were several, and without what differs from run to run."""
    for pattern, instead in _VOLATILE:
        text = re.sub(pattern, instead, text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]


@pytest.fixture
def west(folder: Path) -> Iterator[Serving]:
    """Two nodes with a register each; that of west can be served."""
    for member, records in (("north", NORTH), ("west", WEST)):
        url, contact = f"https://127.0.0.1:{free_port()}", f"desk of {member}"
        words = ("--id", member, "--name", f"Office of {member}", "--url", url, "--contact", contact, "--case-class", "wanted")
        assert in_process("node", "init", *words, "--node", member).code == 0
        assert in_process("node", "card", "--node", member, "--out", f"{member}.card").code == 0
        fill(folder / member, *records, register="people")
    serving = Serving(folder / "west")
    yield serving
    if serving.is_running:
        serving.kill()


def played(west: Serving, steps: list[str]) -> Iterator[str]:
    """Give the commands; yield what a transcript says of each."""
    for step in steps:
        if step.startswith("# west"):
            getattr(west, step.removeprefix("# west "))()
            yield step
            continue
        said = in_process(*shlex.split(step))
        yield f"$ {step}"
        yield from plain(said.out)
        yield from (f"! {line}" for line in plain(said.err))
        yield f"= {said.code}"


@pytest.mark.slow
def test_an_exchange_from_the_first_agreement_to_the_last_leave(west: Serving) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    told = list(played(west, [line.removeprefix("$ ") for line in lines if line.startswith(("$ ", "# west"))]))
    if os.environ.get("WRITE_TRANSCRIPTS"):
        FILE.write_text("\n".join([*told, ""]), encoding="utf-8")
    assert told == lines
