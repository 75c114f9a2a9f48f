"""Programs ask the own registers with tokens, as clients of the Reconciliation API and of yente do; the log says so."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from lib.browsers import office_of
from lib.clients import ReconciliationClient, YenteClient
from lib.desks import HTML, Desk, a_desk
from lib.nodes import fill, nodes, person
from tallystick.audit.entries import Other
from tallystick.errors import InputError, QueryBudgetError, RefusedError
from tallystick.node import auditing
from tallystick.node.lookups import AT_ONCE, EVERY_S, Lookups
from tallystick.review.roles import Role

WHO = {"schema": "Person", "properties": {"name": ["Tomasin Verhoovel"], "birthDate": ["1981-04-17"], "nationality": ["be"]}}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("programs")) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        yield made


def key_of(desk: Desk, name: str = "officer-1", days: int = 1) -> str:
    return desk.open.tokens.make(name, days=days, label="a test", by="test")[0]


def post(desk: Desk, path: str, body: object, key: str = "") -> httpx.Response:
    return desk.client().post(path, json=body, headers={"authorization": f"Bearer {key or key_of(desk)}"})


def entries(desk: Desk) -> list[Other]:
    return [each.entry for each in auditing.entries(desk.node.log_files(), 0) if isinstance(each.entry, Other)]


# --- tokens ----------------------------------------------------------------------------------------------------------------


def test_a_token_ends_on_its_day_when_it_is_revoked_and_while_its_account_is_disabled(desk: Desk) -> None:
    tokens = desk.open.tokens
    key, made = tokens.make("officer-1", days=2, by="operator")
    assert tokens.open(key) is not None
    assert tokens.open(key[:-1]) is None
    assert key not in repr(made)
    desk.staff.disable("officer-1", by="test")
    assert tokens.open(key) is None
    desk.staff.enable("officer-1", by="test")
    assert tokens.open(key) is not None
    tokens.revoke(made.id, by="operator")
    assert tokens.open(key) is None
    again, _ = tokens.make("officer-1", days=2, by="operator")
    at = tokens._at.now()
    object.__setattr__(tokens._at, "now", lambda: at + timedelta(days=2))
    assert tokens.open(again) is None
    said = [(each.kind, each.text) for each in entries(desk) if each.kind.startswith("token-")]
    assert said[:2] == [
        ("token-made", f"{made.id} of officer-1 for 2 days by operator"),
        ("token-revoked", f"{made.id} of officer-1 by operator"),
    ]


def test_an_administrator_sees_tokens_and_ends_one_but_reads_none(desk: Desk) -> None:
    key, made = desk.open.tokens.make("officer-1", days=2, label="<b>customers</b>", by="operator")
    administrator = desk.signed_in("administrator")
    page = administrator.get("/tokens", headers=HTML).text
    assert (made.id in page, key in page, "<b>customers" in page) == (True, False, False)
    assert administrator.post(f"/tokens/{made.id}").status_code == 200
    assert desk.open.tokens.open(key) is None
    assert administrator.post(f"/tokens/{made.id}").status_code == 404


@pytest.mark.parametrize("name", ["approver-1", "administrator-1"])
def test_who_must_give_a_second_factor_has_no_token(shared: Desk, name: str) -> None:
    with pytest.raises(RefusedError, match="can have no token"):
        shared.open.tokens.make(name, days=1, by="test")


@pytest.mark.parametrize(("name", "days"), [("nobody", 1), ("officer-1", 0), ("officer-1", 367)])
def test_no_token_is_made_for_nobody_or_for_ever(shared: Desk, name: str, days: int) -> None:
    with pytest.raises(InputError):
        shared.open.tokens.make(name, days=days, by="test")


def test_a_token_that_asks_about_too_many_is_told_when_to_come_again(desk: Desk) -> None:
    clock = SimpleNamespace(now=datetime(2026, 1, 1, tzinfo=UTC))
    lookups = Lookups(lambda _: 0, lambda: clock.now, bytes(32))
    token, account = desk.open.tokens.open(key_of(desk)) or pytest.fail("it is one")
    lookups.begin(token, account, "wanted", AT_ONCE)
    with pytest.raises(QueryBudgetError) as refused:
        lookups.begin(token, account, "wanted", int(30 / EVERY_S))
    assert 29 <= refused.value.retry_after_s <= 31
    clock.now += timedelta(seconds=31)
    lookups.begin(token, account, "wanted", int(30 / EVERY_S))


def test_every_question_is_in_the_log_without_whom_it_is_about(desk: Desk) -> None:
    key = key_of(desk)
    assert post(desk, "/match/wanted", {"queries": {"a": WHO, "b": WHO}}, key).status_code == 200
    form = {"extend": json.dumps({"ids": ["p1"], "properties": [{"id": "birthDate"}]})}
    assert desk.client().post("/reconcile/wanted", data=form, headers={"authorization": f"Bearer {key}"}).status_code == 200
    token_id = desk.open.tokens.all()[0].id
    found = [each for each in entries(desk) if each.kind in {"register-searched", "records-read"}]
    assert [each.text for each in found] == [
        f"2 in wanted by officer-1 with token {token_id}", f"1 in wanted by officer-1 with token {token_id}",
    ]  # fmt: skip


# --- match -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "is_match"),
    [
        (WHO["properties"], True),
        ({"name": "Томасин Верховель", "birthDate": "1981-04-17"}, True),
        ({"firstName": ["Tomasin"], "lastName": ["Verhoovel"], "birthDate": ["1981"], "country": ["Belgium"]}, True),
        ({"name": ["Ilse Verhoovel"], "birthDate": ["1950-01-02"], "nationality": ["fr"]}, False),
    ],
)
def test_a_person_is_matched_by_what_is_known(shared: Desk, properties: dict[str, Any], is_match: bool) -> None:  # noqa: FBT001
    said = post(shared, "/match/wanted", {"queries": {"x": {"schema": "Person", "properties": properties}}}).json()
    results = said["responses"]["x"]["results"]
    assert [each["id"] for each in results if each["match"]] == (["p1"] if is_match else [])


def test_cutoff_threshold_and_exclusions_do_what_they_say(shared: Desk) -> None:
    properties = {"name": ["Tomasin Verhoovel"], "birthDate": ["1950-01-02"], "nationality": ["fr"]}
    body = {"queries": {"x": {"schema": "Person", "properties": properties}}}
    (found,) = post(shared, "/match/wanted?cutoff=0", body).json()["responses"]["x"]["results"]
    for threshold, is_match in ((found["score"] - 0.01, True), (found["score"] + 0.01, False)):
        said = post(shared, f"/match/wanted?cutoff=0&threshold={threshold}", body).json()
        assert said["responses"]["x"]["results"][0]["match"] is is_match
    assert post(shared, f"/match/wanted?cutoff={found['score'] + 0.01}", body).json()["responses"]["x"]["results"] == []
    assert post(shared, "/match/wanted?cutoff=0&exclude_entity_ids=p1", body).json()["responses"]["x"]["results"] == []
    assert post(shared, "/match/wanted?cutoff=0&fuzzy=False", body).json()["responses"]["x"]["results"], "older clients send it"


def test_a_query_that_names_nobody_does_not_spoil_its_batch(shared: Desk) -> None:
    queries = {
        "nameless": {"schema": "Person", "properties": {"birthDate": ["1981"]}},
        "company": {"schema": "Company", "properties": {"name": ["Tomasin Verhoovel"]}},
        "good": WHO,
    }
    said = post(shared, "/match/wanted", {"queries": queries}).json()["responses"]
    assert [(name, each["status"], len(each["results"])) for name, each in said.items()] == [
        ("nameless", 400, 0), ("company", 200, 0), ("good", 200, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/match/wanted", {"queries": {}}, 400),
        ("/match/wanted", {"queries": {str(number): WHO for number in range(101)}}, 400),
        ("/match/wanted", {"queries": {"x": WHO}, "weights": {"name": 1.0}}, 400),
        ("/match/wanted", {"queries": {"x": {"properties": {}}}}, 400),
        ("/match/wanted", [], 400),
        ("/match/wanted?topics=crime", {"queries": {"x": WHO}}, 400),
        ("/match/wanted?limit=0", {"queries": {"x": WHO}}, 400),
        ("/match/nowhere", {"queries": {"x": WHO}}, 404),
    ],
)
def test_what_cannot_be_answered_is_refused_without_a_value(shared: Desk, path: str, body: object, status: int) -> None:
    answer = post(shared, path, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert "Verhoovel" not in answer.text


def test_an_empty_search_lists_nobody(shared: Desk) -> None:
    headers = {"authorization": f"Bearer {key_of(shared)}"}
    assert shared.client().get("/search/wanted", headers=headers).json()["results"] == []


def test_a_key_in_the_address_is_good_only_where_no_header_can_be_sent(shared: Desk) -> None:
    key = key_of(shared)
    assert shared.client().get(f"/reconcile/wanted?api_key={key}").status_code == 200
    assert shared.client().get(f"/search/wanted?q=x&api_key={key}").status_code == 401


# --- clients against a served desk -----------------------------------------------------------------------------------------


def test_clients_of_others_work_against_a_served_desk(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a") as (node,):
        fill(
            node.folder, person("p1", "Tomasin Verhoovel", "Томасин Верховель", born="1981-04-17", nationalities=["be"]),
            person("p/2", "Ilvira Quandrosse", born="1975-11-02"),
        )  # fmt: skip
        with office_of(node) as office:
            node.open.staff.add("crm", Role.OFFICER, by="test")
            key, _ = node.open.tokens.make("crm", days=1, by="test")
            reconcile(ReconciliationClient(f"{office.url}/reconcile/wanted?api_key={key}"))
            with closing(YenteClient(office.url, key)) as client:
                assert client.catalog() == ["wanted"]
                said = client.match("wanted", {"q1": WHO, "q2": {"schema": "Person", "properties": {"name": ["Noor Adebiyi"]}}})
                assert [(each["id"], each["match"]) for each in said["q1"]["results"]] == [("p1", True)]
                assert said["q2"]["results"] == []
                assert client.search("wanted", "Quandrosse Ilvira")[0]["id"] == "p/2"
                entity = client.entity("p/2", nested=False)
                assert (entity["caption"], entity["datasets"]) == ("Ilvira Quandrosse", ["wanted"])
                assert entity["properties"] == {"name": ["Ilvira Quandrosse"], "birthDate": ["1975-11-02"]}


def reconcile(client: ReconciliationClient) -> None:
    """Reconcile a table, as somebody does in OpenRefine: match, look at suggestions, fetch columns."""
    born = [{"pid": "birthDate", "v": "1981-04-17"}]
    rows = {
        "q0": {"query": "Verhoovel, Tomasin", "type": "Person", "properties": born, "limit": 3},
        "q1": {"query": "Ilvira Quandrosse", "properties": [{"pid": "Person:birthDate", "v": 1975}]},
        "q2": {"query": "Noor Adebiyi"},
        "q3": {"query": "Tomasin Verhoovel", "type": "Company"},
        "q4": {"properties": [{"pid": "name", "v": ["Tomasin Verhoovel"]}, *born]},
    }
    found = client.ask(rows)
    assert found == client.ask(rows, get=True)
    assert [[each["id"] for each in found[name]][:1] for name in rows] == [["p1"], ["p/2"], [], [], ["p1"]]
    assert found["q0"][0]["match"] is True
    assert [each["id"] for each in client.suggest("entity", "Tomasin Verh")] == ["p1"]
    assert client.suggest("entity", "T") == []
    assert [each["id"] for each in client.suggest("property", "birth")] == ["birthDate", "birthPlace"]
    assert [each["id"] for each in client.suggest("type", "per")] == ["Person"]
    assert "nationality" in client.properties()
    shown = client.preview("p/2")
    assert all(text in shown for text in ("Ilvira Quandrosse", "1975-11-02", "/registers/wanted/records/p%2F2"))
    rows_of = client.extend(["p1", "nobody"], ["birthDate", "nationality"])
    assert rows_of == {
        "p1": {"birthDate": [{"str": "1981-04-17"}], "nationality": [{"str": "be"}]},
        "nobody": {"birthDate": [], "nationality": []},
    }


def get(desk: Desk, path: str, key: str = "", **headers: str) -> httpx.Response:
    return desk.client().get(path, headers={"authorization": f"Bearer {key or key_of(desk)}", **headers})


def test_an_entity_is_of_the_one_register_that_has_it_or_of_the_one_that_is_named(desk: Desk) -> None:
    fill(
        desk.open.folder.folder,
        person("p1", "Ansgar Bertolfsen", born="1990"),
        person("p9", "Noor Adebiyi", born="1980"),
        register="clients",
    )
    refused = get(desk, "/entities/p1")
    assert (refused.status_code, refused.json()["title"]) == (409, "several registers have a record of this id")
    assert get(desk, "/entities/p1?dataset=clients").json()["caption"] == "Ansgar Bertolfsen"
    assert get(desk, "/entities/p9").json()["datasets"] == ["clients"]
    assert get(desk, "/entities/p9?dataset=wanted").status_code == 404
    assert get(desk, "/entities/nobody").status_code == 404
    assert get(desk, "/entities/p9?nested=perhaps").status_code == 400
    said = [each.text for each in entries(desk) if each.kind == "records-read"]
    where = [(each or "").split(" by ")[0] for each in said]
    assert where == ["1 in any register", "1 in clients", "1 in clients", "1 in wanted", "1 in any register"]


def test_a_preview_shows_every_text_as_text_and_leaves_its_entry(desk: Desk) -> None:
    key = key_of(desk)
    shown = desk.client().get(f"/reconcile/wanted/preview/p2?api_key={key}", headers={"accept-language": "ar"})
    assert shown.status_code == 200
    assert "&lt;b&gt;Ilvira&lt;/b&gt;" in shown.text
    assert ("<b>Ilvira" in shown.text, "<form" in shown.text, "<script" in shown.text, 'dir="rtl"' in shown.text) == (
        False, False, False, True,
    )  # fmt: skip
    assert desk.client().get(f"/reconcile/wanted/preview/p%2F3.x?api_key={key}").status_code == 200
    assert desk.client().get(f"/reconcile/wanted/preview/nobody?api_key={key}").status_code == 404
    assert desk.client().get("/reconcile/wanted/preview/p2").status_code == 401
    assert [each.kind for each in entries(desk)][-3:] == ["records-read"] * 3


def test_a_preview_is_offered_where_the_token_is_in_the_address_and_nowhere_else(desk: Desk) -> None:
    key = key_of(desk)
    assert "preview" not in get(desk, "/reconcile/wanted", key).json()
    offered = desk.client().get(f"/reconcile/wanted?api_key={key}").json()["preview"]
    assert offered["url"].endswith(f"/reconcile/wanted/preview/{{{{id}}}}?api_key={key}")
    page = desk.client().get("/sign-in", headers=HTML)
    assert page.headers["x-frame-options"] == "DENY", "no other page is framed"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
