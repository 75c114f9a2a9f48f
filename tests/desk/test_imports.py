"""Imports at the desk: a list and a table, what is told of them, what is kept, and what the log says."""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.desks import HTML, JSON, Desk, Visitor, a_desk
from lib.list_samples import SAMPLES
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.import_folder import ImportFolder
from tallystick.adapters.sealing import Sealer, new_data_key
from tallystick.adapters.upload_spool import UploadSpool
from tallystick.audit.entries import Other
from tallystick.errors import RefusedError
from tallystick.node import auditing, registers
from tallystick.node.importing import CONFIRMED_WITHIN, KEPT_FOR, Wanted
from tallystick.wiring import imports as wired
from tallystick.wiring.imports import Imports

CUSTODY = {"owner": "Unit 1", "purpose": "tests", "legal_basis": "article 1"}
TABLE = b"lfd nr;Vorname;Nachname;geb;Religion\n1;Ilvira;Quandrosse;02.11.1975;x\n2;Jorund;Bexley;1971;y\n3;;;;\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        yield made


def handed_in(visitor: Visitor, name: str, content: bytes, **form: str) -> dict[str, Any]:
    answer = visitor.post("/imports", form, files=[("file", (name, content))])
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def ended(visitor: Visitor, import_id: str) -> dict[str, Any]:
    """Wait for the end of an import, as its page does."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found: dict[str, Any] = visitor.get(f"/imports/{import_id}").json()["found"]
        if not found["under_way"]:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not end")


def confirmed(visitor: Visitor, import_id: str) -> dict[str, Any]:
    """Confirm the columns as they are proposed."""
    columns = visitor.get(f"/imports/{import_id}").json()["columns"]
    answer = visitor.post(f"/imports/{import_id}", {"field": [each["field"] or "none" for each in columns]})  # type: ignore[dict-item]
    assert answer.status_code == 200, answer.text
    return ended(visitor, import_id)


def told(desk: Desk) -> list[Other]:
    found = [each.entry for each in auditing.entries(desk.node.log_files(), 0)]
    return [each for each in found if isinstance(each, Other) and each.kind.startswith("register-import")]


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"table"}))
def test_every_format_of_the_command_is_read_at_the_desk(desk: Desk, kind: str) -> None:
    officer, (name, content) = desk.signed_in("officer"), SAMPLES[kind]
    found = ended(officer, handed_in(officer, name, content, register="list", **CUSTODY)["id"])
    assert (found["state"], found["format"]) == ("done", kind), found
    assert found["counts"]["added"] == desk_count(desk, "list") > 0


def desk_count(desk: Desk, register: str) -> int:
    with desk.node.pool.store() as store:
        return store.count(register)


def test_a_table_waits_until_its_columns_are_confirmed_and_a_second_time_changes_nothing(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    first = handed_in(officer, "clients.csv", TABLE, register="clients", **CUSTODY)
    assert (first["state"], told(desk)) == ("columns", []), "nothing is read before"
    page = officer.get(f"/imports/{first['id']}", headers=HTML).text
    assert "Quandrosse" in page
    assert 'value="family" selected' in page
    found = confirmed(officer, first["id"])
    assert {name: found["counts"][name] for name in ("edition", "added", "quarantined")} == {
        "edition": 1, "added": 2, "quarantined": 1,
    }  # fmt: skip
    assert found["dropped"] == {"religion": 2} or sum(found["dropped"].values()) == 2
    again = confirmed(officer, handed_in(officer, "clients.csv", TABLE, register="clients")["id"])
    assert {name: again["counts"][name] for name in ("edition", "added", "changed", "removed", "unchanged")} == {
        "edition": 1, "added": 0, "changed": 0, "removed": 0, "unchanged": 2,
    }  # fmt: skip
    assert "Nothing has changed" in officer.get(f"/imports/{again['id']}", headers=HTML).text


def test_the_log_says_who_and_what_came_of_it_and_nothing_of_the_file(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    confirmed(officer, handed_in(officer, "Quandrosse.csv", TABLE, register="clients", **CUSTODY)["id"])
    begun, done = told(desk)
    assert begun.text == "table into clients by officer-1"
    assert done.text == "edition 1 of clients: 2 added, 0 changed, 0 removed, 1 quarantined"
    assert begun.document == done.document is not None
    assert begun.document == hashlib.sha256(hashlib.sha256(TABLE).digest()).digest(), "as the edition has it"


def test_the_quarantine_is_a_file_of_untouched_rows(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    made = handed_in(officer, "clients.csv", TABLE, register="clients", **CUSTODY)["id"]
    confirmed(officer, made)
    answer = officer.get(f"/imports/{made}/quarantine", headers=HTML)
    assert answer.headers["content-disposition"] == 'attachment; filename="clients-quarantine.jsonl"'
    assert answer.headers["cache-control"] == "no-store"
    assert officer.get(f"/imports/{made}/quarantine").json() == {
        "rows": [{"line": 4, "reason": "record has no name", "original": "3;;;;\n"}]
    }


def test_the_file_is_gone_when_it_was_read_and_all_of_it_when_it_is_forgotten(desk: Desk) -> None:
    officer, folder = desk.signed_in("officer"), desk.open.folder.imports
    made = handed_in(officer, "../../etc/.clients.csv", TABLE, register="clients", **CUSTODY)
    assert made["name"] == ".clients.csv"
    (kept,) = (folder / made["id"] / "file").iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == ("clients.csv", 0o600, 0o700)
    confirmed(officer, made["id"])
    assert not kept.exists()
    assert (folder / made["id"] / "quarantine.jsonl").stat().st_mode & 0o777 == 0o600
    assert officer.post(f"/imports/{made['id']}/remove").status_code == 200
    assert not [*folder.iterdir()]
    assert officer.get(f"/imports/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "form", "what"),
    [
        ("a.bin", bytes(range(256)), {"register": "new", **CUSTODY}, "no format known here"),
        ("a.csv", TABLE, {"register": "new"}, "does not say why it is held"),
        ("a.csv", TABLE, {"register": "No Name!", **CUSTODY}, "register name is not usable"),
        ("a.csv", TABLE, {"register": "wanted", "owner": "Somebody else"}, "under another custody"),
        ("a.csv", TABLE, {"register": "new", **CUSTODY, "review_on": "soon"}, "cannot be used"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing_behind(
    desk: Desk, name: str, content: bytes, form: dict[str, str], what: str
) -> None:
    officer = desk.signed_in("officer")
    answer = officer.post("/imports", form, files=[("file", (name, content))])
    assert (answer.status_code, what in answer.json()["title"]) == (400, True), answer.text
    assert not desk.node.imports.all()
    assert not [*desk.open.folder.imports.glob("*")]


def test_a_file_that_breaks_off_leaves_the_register_as_it_was(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    lines = b"".join(b'{"id":"n%d","names":["Ilvira Quandrosse"]}\n' % number for number in range(3000))
    broken = gzip.compress(lines)[:-20]
    found = ended(officer, handed_in(officer, "a.gz", broken, register="wanted")["id"])
    assert (found["state"], "broken or cut off" in found["problem"]) == ("failed", True)
    assert desk_count(desk, "wanted") == 3
    assert "as it was" in officer.get(f"/imports/{found['id']}", headers=HTML).text


def test_a_list_cut_short_leaves_the_register_as_it_was_until_it_may_replace_it(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    people = [f'{{"id":"{number}","names":["Ada King"]}}\n'.encode() for number in range(40)]
    ended(officer, handed_in(officer, "a.jsonl", b"".join(people), register="cut", **CUSTODY)["id"])
    refused = ended(officer, handed_in(officer, "b.jsonl", b"".join(people[:5]), register="cut")["id"])
    assert refused["state"] == "failed"
    assert refused["problem"] == "this edition would take out 35 of 40 records of cut; nothing was changed"
    assert desk_count(desk, "cut") == 40
    done = ended(officer, handed_in(officer, "b.jsonl", b"".join(people[:5]), register="cut", replace="true")["id"])
    assert (done["state"], done["counts"]["removed"]) == ("done", 35)


def test_a_larger_file_is_not_read_and_one_for_whom_it_is_not_is_not_either(desk: Desk) -> None:
    officer, auditor = desk.signed_in("officer"), desk.signed_in("auditor")
    for visitor, size in ((officer, desk.node.largest_upload + 1), (auditor, 1 << 20)):
        answer = visitor.client.post("/imports", content=b"x", headers={**JSON, "content-length": str(size)})
        assert answer.status_code == 413


def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let imports wait, before anything is visible, until they are told to go on."""
    go = threading.Event()
    real: Callable[..., Any] = registers.import_edition

    def waiting(*args: Any, **more: Any) -> Any:  # noqa: ANN401
        go.wait(20)
        more["progress"]("reading", 1)
        return real(*args, **more)

    monkeypatch.setattr(wired, "import_edition", waiting)
    return go


def test_a_page_of_an_import_under_way_comes_again_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go, officer = slow(monkeypatch), desk.signed_in("officer")
    line = b'{"id":"n1","names":["Ilvira Quandrosse"]}\n'
    made = handed_in(officer, "a.jsonl", line, register="wanted", partial="true")
    other = handed_in(officer, "b.jsonl", line, register="wanted", partial="true")
    page = officer.get(f"/imports/{made['id']}", headers=HTML).text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'data-refresh="2"' in page
    assert officer.get(f"/imports/{other['id']}").json()["found"]["state"] == "waiting", "one after another"
    assert officer.post(f"/imports/{made['id']}/remove").status_code == 409
    go.set()
    assert ended(officer, made["id"])["counts"]["added"] == 1
    assert ended(officer, other["id"])["counts"]["unchanged"] == 1
    assert "http-equiv" not in officer.get(f"/imports/{made['id']}", headers=HTML).text


def test_a_node_that_stops_breaks_an_import_off_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go, officer = slow(monkeypatch), desk.signed_in("officer")
    line = b'{"id":"n1","names":["Ilvira Quandrosse"]}\n'
    made = [handed_in(officer, f"{each}.jsonl", line, register="wanted")["id"] for each in "ab"]
    stopping = threading.Thread(target=desk.node.imports.close)
    stopping.start()
    time.sleep(0.05)
    go.set()
    stopping.join(20)
    at = desk.node
    again = Imports(ImportFolder(desk.open.folder.imports, Seal()), at.pool, desk.open.witness.record, at.now)
    found = [again.one(each) for each in made]
    assert [(each.state, "node was stopped" in each.problem) for each in found] == [("failed", True)] * 2
    assert desk_count(desk, "wanted") == 3


def test_what_nobody_needs_any_more_goes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = desk.signed_in("officer")
    waits = handed_in(officer, "clients.csv", TABLE, register="clients", **CUSTODY)["id"]
    line = b'{"id":"n1","names":["Ilvira Quandrosse"]}\n'
    done = handed_in(officer, "a.jsonl", line, register="wanted", partial="true")["id"]
    ended(officer, done)
    now = desk.node.now()
    for later, left in ((timedelta(), [done, waits]), (CONFIRMED_WITHIN, [done]), (KEPT_FOR + timedelta(hours=1), [])):
        monkeypatch.setattr(desk.node.imports, "_now", lambda later=later: now + later)
        assert [each.id for each in desk.node.imports.all()] == left


def test_of_a_sealed_node_list_and_quarantine_are_sealed(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    sealer = Sealer(new_data_key())
    at = desk.node
    folder = ImportFolder(tmp_path / "imports", Seal(lambda: sealer))
    imports = Imports(folder, at.pool, desk.open.witness.record, at.now)
    wanted = Wanted(register="wanted", name="a.jsonl", by="officer-1", partial=True)
    go = slow(monkeypatch)
    made = imports.take(wanted, [b'{"id":"n1","names":["Ilvira ', b'Quandrosse"]}\n{"id":"n2","names":[]}\n'])
    kept = b"".join(each.read_bytes() for each in (tmp_path / "imports").rglob("*") if each.is_file())
    assert b"Quandrosse" not in kept, "while it waits and while it is read"
    go.set()
    imports._thread.shutdown(wait=True)
    assert imports.one(made.id).counts["quarantined"] == 1
    assert b'"n2"' not in folder.quarantine(made.id).read_bytes()
    assert b"n2" in imports.quarantine(made.id)
    assert not [*Path("/dev/shm").glob(f"tallystick-{made.id}-*")]  # noqa: S108


def test_a_table_of_a_sealed_node_waits_sealed_and_is_read_when_it_is_confirmed(tmp_path: Path, desk: Desk) -> None:
    sealer = Sealer(new_data_key())
    folder = ImportFolder(tmp_path / "imports", Seal(lambda: sealer))
    imports = Imports(folder, desk.node.pool, desk.open.witness.record, desk.node.now)
    wanted = Wanted(register="wanted", name="a.csv", by="officer-1", partial=True)
    made = imports.take(wanted, [TABLE])
    assert made.state == "columns"
    assert imports.examples(made.id)["Nachname"] == ["Quandrosse", "Bexley"]
    kept = b"".join(each.read_bytes() for each in (tmp_path / "imports" / made.id / "file").iterdir())
    assert b"Bexley" not in kept
    fields = [found or "none" for found in made.fields.values()]
    imports.confirm(made.id, fields, family_first=False, month_first=False)
    imports._thread.shutdown(wait=True)
    assert imports.one(made.id).counts["added"] == 2


def test_a_large_list_comes_in_through_the_disk_and_never_in_the_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        b'{"id":"n%d","names":["Ilvira Quandrosse"],"birth_dates":["19%02d"]}\n' % (each, each % 100) for each in range(40_000)
    ]
    content, seen = b"".join(lines), list[bytes]()
    assert len(content) > 2 << 20
    real = UploadSpool._put

    def put(spool: UploadSpool, block: bytes) -> None:
        real(spool, block)
        assert spool._file is not None
        spool._file.seek(0)
        seen.append(spool._file.read())

    monkeypatch.setattr(UploadSpool, "_put", put)
    taken = list[bytes]()

    def take(_wanted: Wanted, chunks: Iterator[bytes]) -> None:
        taken.extend(chunks)
        raise RefusedError("it is not taken")

    monkeypatch.setattr(desk.node.imports, "take", take)
    answer = desk.signed_in("officer").post("/imports", {"register": "wanted"}, files=[("file", ("a.jsonl", content))])
    assert answer.status_code == 409
    assert b"".join(taken) == content
    assert len(seen) >= 2
    assert not [each for each in seen if b"Quandrosse" in each]


def test_who_sends_more_than_he_said_is_cut_off(desk: Desk) -> None:
    limits = desk.open.folder.limits
    desk.open.folder.limits = replace(limits, largest_upload_mb=1)
    try:
        answer = desk.signed_in("officer").post("/imports", {"register": "wanted"}, files=[("file", ("a", bytes(1 << 20)))])
        assert answer.status_code == 413
    finally:
        desk.open.folder.limits = limits
