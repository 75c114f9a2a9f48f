"""What people look up at the desk: an entry of the log before anything is shown, and of whom only the node can tell."""

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from lib.desks import HTML, Desk, a_desk
from tallystick.audit.entries import Other
from tallystick.errors import UnavailableError
from tallystick.node import auditing
from tallystick.node.finding import typed_query
from tallystick.node.lookups import lookup_key, query_digest, record_digest


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("lookups")) as made:
        yield made


def told(desk: Desk) -> list[Other]:
    found = [each.entry for each in auditing.entries(desk.node.log_files(), 0)]
    return [each for each in found if isinstance(each, Other) and each.kind in {"register-searched", "records-read"}]


def key_of(desk: Desk) -> bytes:
    return lookup_key(desk.open.folder.seed("log"))


@pytest.mark.parametrize(("register", "where"), [("", "all registers"), ("wanted", "wanted")])
def test_a_search_is_an_entry_with_a_digest_that_only_the_node_can_make(desk: Desk, register: str, where: str) -> None:
    before = len(told(desk))
    path = f"/search?name=Tomasin+Verhoovel&born=1981-04-17&register={register}"
    assert desk.signed_in("officer").get(path).json()["found"]
    [entry] = told(desk)[before:]
    query = typed_query("Tomasin Verhoovel", born="1981-04-17")
    assert (entry.kind, entry.text) == ("register-searched", f"1 in {where} by officer-1 at the desk")
    assert entry.document == query_digest(key_of(desk), query) != query_digest(b"", query)


def test_opening_a_record_is_an_entry_and_so_is_looking_at_the_first_of_a_register(desk: Desk) -> None:
    officer, before = desk.signed_in("officer"), len(told(desk))
    assert officer.get("/registers/wanted/records/p1", headers=HTML).status_code == 200
    assert officer.get("/registers/wanted").status_code == 200
    opened, seen = told(desk)[before:]
    assert (opened.kind, opened.text) == ("records-read", "1 in wanted by officer-1 at the desk")
    assert opened.document == record_digest(key_of(desk), "wanted", "p1")
    assert opened.document == hmac.digest(key_of(desk), b"record\nwanted\np1", hashlib.sha256), "as the specification has it"
    assert (seen.text, seen.document) == ("the first 3 in wanted by officer-1 at the desk", None)


@pytest.mark.parametrize(
    "path",
    [
        "/search", "/search?name=Tomasin&born=soon", "/search?name=Tomasin&register=nowhere", "/registers/wanted/records/nobody",
        "/registers/nowhere/records/p1", "/registers",
    ],
)  # fmt: skip
def test_where_nobody_is_looked_up_there_is_no_entry(desk: Desk, path: str) -> None:
    before = len(told(desk))
    desk.signed_in("officer").get(path)
    assert len(told(desk)) == before


@pytest.mark.parametrize("path", ["/search?name=Томасин+Верховель", "/registers/wanted/records/p1", "/registers/wanted"])
def test_nothing_is_shown_without_its_entry(desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    def refuse(_entries: object) -> int:
        raise UnavailableError("the disk is full")

    monkeypatch.setattr(desk.node.lookups, "_record", refuse)
    answer = desk.signed_in("officer").get(path)
    assert "Verhoovel" not in answer.text
    assert answer.status_code == 503 or answer.json()["found"] == []


@pytest.mark.parametrize("role", ["administrator", "auditor", "supervisor"])
def test_who_may_not_look_leaves_no_entry(desk: Desk, role: str) -> None:
    before = len(told(desk))
    for path in ("/search?name=Tomasin", "/registers/wanted", "/registers/wanted/records/p1"):
        assert desk.signed_in(role).get(path).status_code == 403
    assert len(told(desk)) == before


def test_the_log_holds_nothing_of_whom_it_was(desk: Desk) -> None:
    desk.signed_in("officer").get("/search?name=Quandrosse")
    text = b"".join(each.line for each in auditing.entries(desk.node.log_files(), 0))
    assert not [word for word in (b"Quandrosse", b"Verhoovel", b"1981", b'"p1"') if word in text]


# --- who opened what ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
def test_who_opened_a_record_is_told_to_who_audits_and_that_is_an_entry(desk: Desk, role: str) -> None:
    path = "/log/lookups?register=wanted&record=p1"
    before = len(desk.signed_in(role).get(path).json()["traces"])
    assert desk.signed_in("officer").get("/registers/wanted/records/p1").status_code == 200
    assert desk.signed_in("approver").get("/registers/wanted/records/p2").status_code == 200
    said = desk.signed_in(role).get(path).json()
    newest, *earlier = said["traces"]
    assert {name: newest[name] for name in ("what", "by", "how", "case")} == {
        "what": "records-read", "by": "officer-1", "how": "desk", "case": "",
    }  # fmt: skip
    assert (earlier[0]["what"], earlier[0]["by"]) == ("lookups-traced", f"{role}-1"), "who asked before is told, too"
    assert len(said["traces"]) == before + 2
    assert "approver-1" not in str(said), "who opened another record is not told"
    page = desk.signed_in(role).get(path, headers=HTML).text
    assert "officer-1" in page
    assert "Verhoovel" not in page


def test_who_opened_a_record_can_be_asked_when_the_record_is_gone_and_where_none_was(desk: Desk) -> None:
    said = desk.signed_in("auditor").get("/log/lookups?register=gone&record=never").json()
    assert (said["traces"], said["older"]) == ([], None)


@pytest.mark.parametrize("role", ["officer", "approver", "administrator"])
def test_nobody_else_is_told_who_opened_what(desk: Desk, role: str) -> None:
    before = desk.open.log.size
    assert desk.signed_in(role).get("/log/lookups?register=wanted&record=p1").status_code == 403
    assert desk.open.log.size == before


@pytest.mark.parametrize(
    "query", ["register=wanted", "record=p1", "register=wanted&record=p1&case=1", "case=x", "case=" + "a" * 33]
)
def test_what_names_neither_a_record_nor_a_case_is_refused(desk: Desk, query: str) -> None:
    assert desk.signed_in("auditor").get(f"/log/lookups?{query}").status_code == 400


def test_older_openings_are_found_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallystick.node.tracing.LOOKED_AT", 3)
    officer, auditor = desk.signed_in("officer"), desk.signed_in("auditor")
    for record in ("p2", "p1", "p2", "p2", "p1", "p1"):
        officer.get(f"/registers/wanted/records/{record}")
    found, path = list[int](), "/log/lookups?register=wanted&record=p1"
    said = auditor.get(path).json()
    while True:
        found += [each["index"] for each in said["traces"]]
        if said["older"] is None:
            break
        said = auditor.get(f"{path}&before={said['older']}").json()
    digest = record_digest(key_of(desk), "wanted", "p1")
    newest_first = list(auditing.entries(desk.node.log_files(), 0, before=found[0] + 1, reverse=True))
    assert found == [each.index for each in newest_first if getattr(each.entry, "document", None) == digest]


def test_a_record_that_a_program_read_is_told_with_its_token(desk: Desk) -> None:
    key, made = desk.open.tokens.make("officer-1", label="crm", days=3, by="test")
    form = {"extend": json.dumps({"ids": ["p2", "p1"], "properties": [{"id": "birthDate"}]})}
    assert desk.client().post("/reconcile/wanted", data=form, headers={"authorization": f"Bearer {key}"}).status_code == 200
    newest = desk.signed_in("auditor").get("/log/lookups?register=wanted&record=p2").json()["traces"][0]
    assert (newest["what"], newest["by"], newest["how"]) == ("records-read", "officer-1", f"token {made.id}")
