"""Imports at the desk: a list and a table, what is told of them, what is kept, and what the log says."""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.desks import HTML, JSON, Desk, Visitor, a_desk
from lib.list_samples import SAMPLES
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.import_folder import ImportFolder
from tallystick.adapters.sealing import Sealer, new_data_key
from tallystick.audit.entries import Other
from tallystick.desk.pages.imports import MOST_BYTES
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


def test_a_larger_file_is_not_read_and_one_for_whom_it_is_not_is_not_either(desk: Desk) -> None:
    officer, auditor = desk.signed_in("officer"), desk.signed_in("auditor")
    for visitor, size in ((officer, MOST_BYTES + 1), (auditor, 1 << 20)):
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


def test_of_a_sealed_node_the_quarantine_is_sealed(tmp_path: Path, desk: Desk) -> None:
    sealer = Sealer(new_data_key())
    at = desk.node
    folder = ImportFolder(tmp_path / "imports", Seal(lambda: sealer))
    imports = Imports(folder, at.pool, desk.open.witness.record, at.now)
    wanted = Wanted(register="wanted", name="a.jsonl", by="officer-1", partial=True)
    made = imports.take(wanted, b'{"id":"n1","names":["Ilvira Quandrosse"]}\n{"id":"n2","names":[]}\n')
    imports._thread.shutdown(wait=True)
    assert imports.one(made.id).counts["quarantined"] == 1
    assert b'"n2"' not in folder.quarantine(made.id).read_bytes()
    assert b"n2" in imports.quarantine(made.id)
