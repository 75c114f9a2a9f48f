"""Copies at the desk: used as their code allows, tightened, passed on; by whom, and what the log says of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.casework import Desk as Office
from lib.casework import carried
from lib.desks import HTML, Desk, Visitor, desk_of, password_of
from lib.nodes import agree, fill, made_folder, offer, person, serving
from tallystick.audit.entries import CaseAct
from tallystick.desk import languages, naming
from tallystick.node import auditing
from tallystick.review.roles import Role

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", phones=["+33 1 23 45 67 89"])


@dataclass
class Copied:
    """West holds a copy of north's, in its case `number`; east asks west in its case `asked`, which is `second` there.

    Attributes:
        desk: of west.
        north, east, west: the offices.
        at_north: the number of the first case there.
    """

    desk: Desk
    north: Office
    east: Office
    west: Office
    number: int
    at_north: int
    asked: int
    second: int


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office, Office]]:
    root: Path = tmp_path_factory.mktemp("copies")
    with ExitStack() as stack:
        east, north, west = (
            Office(stack.enter_context(serving(made_folder(root / each, each, each[:2])))) for each in ("east", "north", "west")
        )
        for office in (east, north, west):
            stack.callback(office.node.hang_up)
        fill(north.node.folder, MAN)
        fill(west.node.folder, {**MAN, "id": "w1", "phones": []})
        agree(east.node, north.node, west.node)
        for office in (north, west):
            offer(office.node)
        for office in (east, north, west, east):
            office.node.do("sync", circle="")
        yield east, north, west


@pytest.fixture(scope="module")
def west(three: tuple[Office, Office, Office]) -> Iterator[Desk]:
    with desk_of(three[2].node.open) as desk:
        yield desk


@pytest.fixture
def copied(three: tuple[Office, Office, Office], west: Desk) -> Copied:
    east, north, office = three
    number, at_north = carried(office, north, "r1")
    north.do("case_approve", case=at_north, role="approver", reason="r", handling="H1 TLP:GREEN", days=30)
    asked, second = carried(east, office, "r2")
    return Copied(west, north, east, office, number, at_north, asked, second)


def acts(desk: Desk) -> list[CaseAct]:
    return [each.entry for each in auditing.entries(desk.node.log_files(), 0) if isinstance(each.entry, CaseAct)]


def test_a_copy_is_used_as_its_code_allows_and_the_log_says_who_did(copied: Copied) -> None:
    officer, path = copied.desk.signed_in("officer"), f"/cases/{copied.number}/use"
    page = officer.get(f"/cases/{copied.number}", headers=HTML).text
    assert 'value="look" required>' in page
    assert 'value="proceedings" required disabled>' in page
    before = len(acts(copied.desk))
    said = officer.post(path, {"use": "look", "reason": "file 12"}).json()
    assert said["values"] == {"names": ["Tomasin Verhoovel"], "phones": ["+33 1 23 45 67 89"]}
    assert (said["handling"], said["owner"], said["by"]) == ("H1 TLP:GREEN", "north", "officer-1")
    [entry] = acts(copied.desk)[before:]
    assert (entry.act, entry.officer) == ("use-look", "officer-1")
    refused = officer.post(path, {"use": "proceedings", "reason": "file 12"})
    assert (refused.status_code, "does not allow: proceedings" in refused.json()["title"]) == (409, True)
    assert officer.post(path, {"use": "look"}).status_code in {400, 404}, "without a reason"
    assert len(acts(copied.desk)) == before + 1, "what was refused was not done"


def test_only_an_approver_tightens_and_nobody_loosens(copied: Copied) -> None:
    officer, approver = copied.desk.signed_in("officer"), copied.desk.signed_in("approver")
    path = f"/cases/{copied.number}/tighten"
    assert officer.post(path, {"europol": "H2", "tlp": "RED"}).status_code == 403
    assert "do-tighten" not in officer.get(f"/cases/{copied.number}", headers=HTML).text
    assert "do-tighten" in approver.get(f"/cases/{copied.number}", headers=HTML).text
    loose = approver.post(path, {"tlp": "CLEAR"})
    assert (loose.status_code, "only tightened" in loose.json()["title"]) == (409, True)
    done = approver.post(path, {"europol": ["H1", "H3"], "tlp": "GREEN", "text": "ask unit 4 first"})  # type: ignore[dict-item]
    assert done.json()["copies"][-1]["handling"] == "H1 H3 TLP:GREEN ask unit 4 first"
    page = approver.get(f"/cases/{copied.number}", headers=HTML).text
    assert 'value="ask unit 4 first"' in page, "what holds stays chosen"
    assert acts(copied.desk)[-1].act == "tightening"


def test_a_copy_is_passed_on_from_the_page_of_the_case_that_asks(copied: Copied) -> None:
    approver, path = copied.desk.signed_in("approver"), f"/cases/{copied.second}/approve"
    assert 'name="pass_on"' in approver.get(f"/cases/{copied.second}", headers=HTML).text
    loose = approver.post(path, {"fields": "names", "pass_on": str(copied.number), "tlp": "CLEAR"})
    assert (loose.status_code, "only tightened" in loose.json()["title"]) == (409, True)
    assert approver.post(path, {"fields": "names", "pass_on": str(copied.second)}).status_code == 409, "there is no copy in it"
    nothing = approver.post(path, {"pass_on": str(copied.number)})
    assert (nothing.status_code, nothing.json()["title"]) == (400, "no field is chosen"), "nothing chosen is not everything"
    stale: dict[str, Any] = {"fields": ["names", "phones"], "pass_on": str(copied.number), "asked_at": "2026-01-01T00:00:00Z"}
    assert approver.post(path, stale).status_code == 409, "a page of an earlier request"
    seen = approver.get(f"/cases/{copied.second}").json()["request"]["at"]
    assert f'name="asked_at" value="{seen}"' in approver.get(f"/cases/{copied.second}", headers=HTML).text
    done = approver.post(path, {**stale, "asked_at": seen})
    assert done.status_code == 200, done.text
    [copy] = copied.east.do("case_show", case=copied.asked)["copies"]
    assert (copy["owner"], copy["handling"]) == ("north", "H1 TLP:GREEN")
    assert copy["values"] == {"names": ["Tomasin Verhoovel"], "phones": ["+33 1 23 45 67 89"]}


def test_the_second_approver_finds_what_the_first_one_chose(copied: Copied) -> None:
    desk, administrator = copied.desk, copied.desk.staff.account("administrator-1").actor
    desk.open.casework.set_two_persons(administrator, "border", demanded=True)
    asked, second = carried(copied.east, copied.west, "r3", "officer-7", "officer-8")
    desk.open.casework.set_two_persons(administrator, "border", demanded=False)
    path, given = f"/cases/{second}", {"fields": "phones", "europol": "H2", "tlp": "AMBER", "days": "9"}
    assert desk.signed_in("approver").post(f"{path}/approve", given).status_code == 200
    desk.staff.add("approver-2", Role.APPROVER, password=password_of("approver-2"), by="test")
    desk.staff.set_second_factor("approver-2", by="test")
    token, _ = desk.staff._begin("approver-2", code_given=True)
    other = Visitor(desk.client({f"tallystick-{desk.node.card.id}": token}), token)
    page = other.get(path, headers=HTML).text
    assert 'name="fields" value="phones" checked' in page
    assert 'name="fields" value="names">' in page
    proposed = other.get(path).json()["proposed"]
    assert (proposed["fields"], proposed["handling"], proposed["by"]) == (["phones"], "H2 TLP:AMBER", "approver-1")
    assert other.post(f"{path}/approve", {"fields": ["names", "phones"]}).status_code == 403, "it is not the same"  # type: ignore[dict-item]
    assert other.form(path, f"{path}/approve")["seconds"] == "approver-1"
    assert other.post(f"{path}/approve", {"fields": "phones", "seconds": "approver-1"}).json()["proposed"] is None
    [copy] = copied.east.do("case_show", case=asked)["copies"]
    assert (copy["values"], copy["handling"]) == ({}, "H2 TLP:AMBER"), "our record has no phone"


def test_who_opened_a_case_and_the_record_behind_it_is_told(copied: Copied) -> None:
    desk, officer, auditor = copied.desk, copied.desk.signed_in("officer"), copied.desk.signed_in("auditor")
    row = officer.get(f"/cases/{copied.second}").json()["row"]
    link = f"/registers/{row['register']}/records/{row['record_id']}?case={copied.second}"
    assert link in officer.get(f"/cases/{copied.second}", headers=HTML).text
    assert officer.get(link).status_code == 200
    of_record = auditor.get(f"/log/lookups?register={row['register']}&record={row['record_id']}").json()["traces"]
    assert [(each["what"], each["case"]) for each in of_record[:3]] == [
        ("records-read", row["reference"]), ("case-read", row["reference"]), ("case-read", row["reference"]),
    ]  # fmt: skip
    of_case = auditor.get(f"/log/lookups?case={copied.second}").json()
    assert of_case["case"] == row["reference"]
    assert of_case["traces"][:3] == of_record[:3]
    heard = [each for each in of_case["traces"] if each["what"] == "notice"]
    assert [(each["by"], each["peer"]) for each in heard] == [("officer-7", "east")]
    by_reference = auditor.get(f"/log/lookups?case={row['reference']}").json()["traces"]
    assert [each["what"] for each in by_reference[:2]] == ["lookups-traced", "records-read"]
    assert desk.signed_in("auditor").get("/log/lookups?case=123456").status_code == 400


def test_a_record_is_not_opened_for_a_case_that_is_not_about_it(copied: Copied) -> None:
    officer = copied.desk.signed_in("officer")
    row = officer.get(f"/cases/{copied.second}").json()["row"]
    assert officer.get(f"/registers/{row['register']}/records/{row['record_id']}?case=99999").status_code == 200
    place = f"register={row['register']}&record={row['record_id']}"
    assert copied.desk.signed_in("auditor").get(f"/log/lookups?{place}").json()["traces"][0]["case"] == ""


def test_copies_that_may_be_passed_on_are_listed(copied: Copied) -> None:
    officer, approver = copied.desk.signed_in("officer"), copied.desk.signed_in("approver")
    held = {each["case"]: each for each in officer.get("/copies").json()["copies"]}
    assert held[copied.number]["uses"] == ["look", "pass-on"], "H1 TLP:GREEN lets it go to the next member, and to no court"
    assert (held[copied.number]["owner"], "Verhoovel" in str(held)) == ("north", False)
    assert copied.number in [each["case"] for each in officer.get("/copies?use=pass-on").json()["copies"]]
    assert copied.number not in [each["case"] for each in officer.get("/copies?use=publish").json()["copies"]]
    page = officer.get("/copies?use=pass-on", headers=HTML).text
    assert f'href="/cases/{copied.number}"' in page
    assert 'href="/copies?use=pass-on"' in approver.get(f"/cases/{copied.second}", headers=HTML).text
    assert approver.post(f"/cases/{copied.number}/tighten", {"europol": "H1", "tlp": "AMBER"}).status_code == 200
    assert copied.number not in [each["case"] for each in officer.get("/copies?use=pass-on").json()["copies"]]
    listed = copied.west.do("case_copies", use="pass-on")
    assert copied.number not in [each["case"] for each in listed]
    assert copied.desk.signed_in("auditor").get("/copies").status_code == 403


def test_a_copy_taken_out_is_shown_again_without_another_entry_until_it_is_taken_back(copied: Copied) -> None:
    officer, path = copied.desk.signed_in("officer"), f"/cases/{copied.number}/use"
    form = officer.form(f"/cases/{copied.number}", path) | {"use": "look", "reason": "file 13"}
    before = len(acts(copied.desk))
    answers = [officer.post(path, form, headers=HTML) for _ in range(2)]
    assert all("Tomasin Verhoovel" in officer.shown(each).text for each in answers)
    assert len(acts(copied.desk)) == before + 1
    copied.north.do("case_recall", case=copied.at_north, role="approver", reason="withdrawn")
    gone = officer.get(answers[0].headers["location"], headers=HTML)
    assert (gone.status_code, "Tomasin Verhoovel" in gone.text, "the copy is gone" in gone.text) == (409, False, True)


def test_a_case_says_who_the_partner_is_what_the_purpose_means_and_which_other_cases_there_are(copied: Copied) -> None:
    officer = copied.desk.signed_in("officer")
    said = officer.get(f"/cases/{copied.second}").json()
    assert (said["partner_name"], said["purpose_text"]) == ("Office of east", "checks at the border")
    others = {each["number"]: each["partner"] for each in said["beside"]}
    assert copied.second not in others
    assert all(officer.get(f"/cases/{each}").json()["row"]["record_id"] == said["row"]["record_id"] for each in others)
    page = officer.get(f"/cases/{copied.second}", headers=HTML).text
    assert all(f'href="/cases/{each}"' in page for each in others)


def test_an_approver_sees_what_an_approval_says_without_a_choice(copied: Copied) -> None:
    approver, path = copied.desk.signed_in("approver"), f"/cases/{copied.second}"
    assert approver.get(path).json()["offered"] == {"handling": "H0 TLP:AMBER", "days": 90}
    page = approver.get(path, headers=HTML).text
    assert "Without a choice: H0 TLP:AMBER, for 90 days." in page
    assert '<a href="#do-approve">' in page
    approver.post(f"{path}/approve", {"fields": "names"})
    assert approver.get(path).json()["offered"] is None
    [copy] = copied.east.do("case_show", case=copied.asked)["copies"]
    assert copy["handling"] == "H0 TLP:AMBER"


def test_an_encounter_begins_in_the_country_of_the_organisation(copied: Copied) -> None:
    page = copied.desk.signed_in("officer").get("/encounters", headers=HTML).text
    assert 'maxlength="2" value="we"' in page


@pytest.mark.parametrize(
    ("language", "written"),
    [("de", ["tuzani (1.0)", "über Schriften hinweg"]), ("en", ["tuzani (1.0)", "across scripts"])],
)
def test_what_decided_of_a_field_is_said_remark_by_remark(language: str, written: list[str]) -> None:
    assert naming.remarks("tuzani (1.0); across scripts", languages.catalogue(language).gettext) == written
