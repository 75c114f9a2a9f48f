"""Two nodes with sealed registers carry a case to its end: nothing of a person is readable in their folders, reports apart."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lib.casework import STRANGER, Desk, hand_in
from lib.nodes import agree, fill, made_folder, offer, person, serving
from lib.transcripts import in_process
from tallystick.review.roles import Role
from tallystick.wiring import key_secret

NAME, LATER, OTHER_SCRIPT = "Tomasin Verhoovel", "Ilmarique Verhoovel", "Томасин Верховель"
PHONE, PASSPORT, WORDS = "+33 1 23 45 67 89", "ZQ7998877", "Zq7canary"
MAN = person(
    "b1", NAME, OTHER_SCRIPT, born="1981-04-17", phones=[PHONE],
    identifiers=[{"type": "passport", "country": "fr", "number": PASSPORT}],
)  # fmt: skip


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """Give the folders of two nodes with sealed registers, made where the system protects no new file."""
    monkeypatch.setenv("TALLYSTICK_KEY", str(tmp_path / "store.key"))
    key_secret.cache_clear()
    before = os.umask(0)
    assert in_process("key", "make", tmp_path / "store.key").code == 0
    made = tuple(made_folder(tmp_path / name, name, country) for name, country in (("west", "be"), ("north", "fr")))
    for each in made:
        assert in_process("init", "--sealed", "--store", each / "registers.db").code == 0
    yield made[0], made[1]
    os.umask(before)
    key_secret.cache_clear()


def carry(west: Desk, north: Desk) -> None:
    """Meet, decide, disclose, ask, read a report, change the register, recall."""
    met = west.do("encounter_add", **west.encounter(NAME, "1981-04-17", reason=WORDS, place=f"{WORDS} station"))
    [mine] = met["cases"]
    theirs = north.do("case_list")[-1]["number"]
    west.do("case_decide", case=mine, verdict="same", reason=WORDS)
    west.do("case_request", case=mine, fields=["names", "phones"], reason=WORDS)
    north.do("case_approve", case=theirs, role="approver", officer="approver-1", reason=WORDS, handling="H1 TLP:GREEN", days=30)
    [copy] = west.do("case_show", case=mine)["copies"]
    assert copy["values"] == {"names": [NAME, OTHER_SCRIPT], "phones": [PHONE]}
    west.node.ask(NAME, "1981-04-17", reason=WORDS)
    assert north.do("report_rescreen", reports=[hand_in(north, f"Police said that {NAME} was seen in Lyon. {WORDS}.")])
    north.node.open.staff.add("officer-9", Role.OFFICER, person=WORDS, by="test")
    filled(north, MAN, person("b2", LATER, born="1990-01-01"))
    north.node.sync()
    north.do("case_recall", case=theirs, role="approver", officer="approver-1", reason="corrected")
    west.node.do("sync", circle="")


def filled(desk: Desk, *records: dict[str, object]) -> None:
    fill(desk.node.folder, *records)
    (desk.node.folder / "wanted.jsonl").unlink()


def test_nothing_of_a_person_is_readable(folders: tuple[Path, Path]) -> None:
    with ExitStack() as stack:
        west, north = (Desk(stack.enter_context(serving(each))) for each in folders)
        for desk, held in ((west, STRANGER), (north, MAN)):
            stack.callback(desk.node.hang_up)
            filled(desk, held)
        agree(west.node, north.node)
        offer(north.node)
        west.node.sync()
        carry(west, north)
        kept = [path for folder in folders for path in (folder, *folder.rglob("*"))]
        assert [path for path in kept if path.lstat().st_mode & 0o077] == []
        holding = [path for path in kept if path.is_file() and names_somebody(path)]
        assert [path for path in holding if "reports" not in path.parts] == []
        assert holding, "reports are kept as they came"


def names_somebody(path: Path) -> bool:
    content = path.read_bytes()
    words = [each for text in (NAME, LATER, OTHER_SCRIPT) for each in text.split()] + [PHONE, PASSPORT, WORDS]
    return any(
        form.encode(code) in content for each in words for form in (each, each.casefold()) for code in ("utf-8", "utf-16-le")
    )
