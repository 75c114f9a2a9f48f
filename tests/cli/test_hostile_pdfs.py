"""PDFs of people who mean harm, handed to the command as a real process: each is refused or cleaned, and the others go on."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from lib.hostile_pdfs import HOSTILE, LIMITS, SAID, SAID_OTHERWISE, page, slow
from tallystick.adapters.documents import Document, Unread
from tallystick.adapters.documents import pdf as pdf_module
from tallystick.adapters.documents.pdf import Allowance, pdf_text
from tallystick.adapters.documents.reading import documents
from tallystick.errors import InputError

MEMORY_BYTES = 1 << 30
"""What the command itself may address while it reads all of them."""


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


@pytest.mark.slow
def test_each_is_refused_or_cleaned_in_bounds_and_the_others_go_on(tmp_path: Path) -> None:
    for name, (_, make) in HOSTILE.items():
        (tmp_path / f"{name}.pdf").write_bytes(make())
    (tmp_path / "last.txt").write_text("A quiet day at the harbour.", encoding="utf-8")
    words = ["report", "add", *(f"{name}.pdf" for name in HOSTILE), "last.txt", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tallystick", *words], cwd=tmp_path, capture_output=True, check=False, preexec_fn=limited,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    added = {each["name"].removesuffix(".pdf"): each["id"] for each in told["added"]}
    refused = {each["file"].removesuffix(".pdf"): each["reason"] for each in told["refused"]}
    assert added.keys() | refused.keys() == {*HOSTILE, "last.txt"}
    said = (SAID, SAID_OTHERWISE)
    assert {name for name, (outcome, _) in HOSTILE.items() if outcome in said} == added.keys() - {"last.txt"}
    assert [name for name, (outcome, _) in HOSTILE.items() if outcome not in said and outcome not in refused[name]] == []


@pytest.mark.parametrize("name", [name for name, (outcome, _) in HOSTILE.items() if outcome == SAID])
def test_what_is_taken_is_its_text_and_nothing_of_what_it_wants_done(name: str) -> None:
    text = pdf_text(HOSTILE[name][1](), Allowance())
    assert set(text.split()) == set(SAID.split())


def test_one_that_would_be_read_for_very_long_is_ended_and_uses_up_what_its_file_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf_module, "A_FILE_S", 2)
    parts = [("application/pdf", slow()), ("application/pdf", page()), ("text/plain", b"The boats came back.")]
    found = list(documents("mail.eml", letter(parts)))
    assert [type(each) for each in found] == [Document, Unread, Unread, Document]
    reasons = [each.reason for each in found if isinstance(each, Unread)]
    assert (LIMITS in reasons[0], reasons[1]) == (True, "the PDFs of this file take too long to read")
    assert [type(each) for each in documents("a.pdf", page())] == [Document], "another file has its own time"


def letter(parts: list[tuple[str, bytes]]) -> bytes:
    head = b"From: a@example.org\nSubject: boats\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n"
    inside = (
        b"--x\nContent-Type: %s\nContent-Transfer-Encoding: 8bit\nContent-Disposition: attachment; filename=%d\n\n%s\n"
        % (kind.encode(), number, content)
        for number, (kind, content) in enumerate(parts)
    )
    return head + b"".join(inside) + b"--x--\n"


def test_more_characters_than_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MOST_CHARS", len(SAID) - 1)
    assert "characters" in str(pdf_module._read(page())["refused"])


def test_the_time_that_was_taken_is_counted() -> None:
    allowance = Allowance(left_s=30)
    pdf_text(page(), allowance)
    assert 0 < 30 - allowance.left_s < 30
    allowance.left_s = 0
    with pytest.raises(InputError, match="take too long"):
        pdf_text(page(), allowance)
