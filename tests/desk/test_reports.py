"""Reports at the desk: handed in as text and as files, read zone by zone, counted by their origins, never believed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lib.desks import HTML, JSON, Desk, a_desk
from lib.nodes import fill
from lib.shared_reports import AT, FULL
from tallystick.adapters.report_folder import Arrival
from tallystick.adapters.report_formats.stix import write_stix
from tallystick.adapters.report_table import Summary
from tallystick.desk.pages import reports as reports_page
from tallystick.desk.uploads import Fields, FormReader
from tallystick.errors import InputError
from tallystick.reports.sharing import SharedNote
from tallystick.wiring.report_shelf import Found, ReportShelf

LEAK = """Ring moves paintings

Brussels, Nov 12 (IANS): A ring moves about 300 paintings, according to leaks from Radio Norland.

“Tomasin Verhoovel, 45, a Belgian national, was seen twice,” an official told Harbour Courier.

Leave a Comment

<script>alert("never")</script> Tomasin Verhoovel is my neighbour.
"""
COPY = LEAK.replace("Ring moves paintings", "Paintings moved by ring")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("reports")) as made:
        yield made


def handed_in(desk: Desk, text: str) -> str:
    officer = desk.signed_in("officer")
    answer = officer.post("/reports", {"text": text}, headers=HTML)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_report_is_read_with_its_mentions_and_nothing_of_it_is_markup(desk: Desk) -> None:
    officer, where = desk.signed_in("officer"), handed_in(desk, LEAK)
    page = officer.get(where, headers=HTML).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    said = officer.get(where, headers=JSON).json()
    assert [each["zone"] for each in said["passages"]][:4] == ["headline", "dateline", "agency", "main"]
    main = [each for each in said["mentions"] if each["record_id"] == "p1"]
    assert main, "the person of the register is found"
    assert LEAK[main[0]["start"] : main[0]["end"]] == main[0]["text"] == "Tomasin Verhoovel"
    assert 'class="mention ' in page


def test_a_claim_says_that_something_is_not_so(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    where = handed_in(desk, "Keller was in London, the ministry said. He was never in Paris.")
    claims = officer.get(f"{where}/claims", headers=JSON).json()["claims"]
    said = [(each["polarity"], each["negations"], each["negated"]) for each in claims]
    assert said == [("affirmed", [], []), ("negated", ["never"], ["He was never in Paris"])]
    page = officer.get(f"{where}/claims", headers=HTML).text
    assert page.count(">negated<") == 1
    assert "“<bdi>He was never in Paris</bdi>”" in page
    assert officer.get(f"{where}/judged", headers=HTML).text.count(">negated<") == 1


def test_chain_claims_and_origins_stand_on_pages_of_their_own(desk: Desk) -> None:
    officer, first = desk.signed_in("officer"), handed_in(desk, LEAK)
    second = handed_in(desk, COPY)
    chain = officer.get(f"{first}/chain", headers=JSON).json()
    assert {each["basis"] for each in chain["edges"]} <= {"explicit", "inferred"}
    assert "<svg" in officer.get(f"{first}/chain", headers=HTML).text
    claims = officer.get(f"{first}/claims", headers=JSON).json()["claims"]
    assert [q["number"] for each in claims for q in each["quantities"]] == [300]
    ids = [where.rpartition("/")[2] for where in (first, second)]
    counted = officer.get(f"/reports/origins?report={ids[0]}&report={ids[1]}", headers=JSON).json()
    assert (counted["at_least"], [each["how"] for each in counted["derived"]]) == (1, ["wholly"])
    assert (
        "They do not confirm each other." in officer.get(f"/reports/origins?report={ids[0]}&report={ids[1]}", headers=HTML).text
    )


def test_files_are_handed_in_and_one_that_is_none_keeps_no_other_back(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    files = [("file", ("a.txt", LEAK.encode() + b"\n\n")), ("file", ("../b.bin", bytes(range(256))))]
    answer = officer.post("/reports", files=files)
    said = answer.json()
    assert (answer.status_code, [each["name"] for each in said["refused"]]) == (200, ["b.bin"])
    assert all("/" not in each["reason"] for each in said["refused"]), "a folder of the node is nobody's business"
    assert "a.txt" in {each["name"] for each in said["reports"]}


def test_each_message_of_an_export_is_a_report_of_its_own(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    export = b'{"from":"Li","text":"The boats left the harbour."}\n{"from":"Vogt","text":"They came back at noon."}\nno message\n'
    said = officer.post("/reports", files=[("file", ("chat.jsonl", export))]).json()
    assert {"chat.jsonl#1", "chat.jsonl#2"} <= {each["name"] for each in said["reports"]}
    (refused,) = said["refused"]
    assert (refused["name"], bool(refused["hint"])) == ("chat.jsonl#3", True)


def test_without_the_token_of_the_form_nothing_is_handed_in(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    assert officer.client.post("/reports", data={"text": LEAK}, headers=JSON).status_code == 403


_PIECES = st.sampled_from(
    [
        b"--x\r\n",
        b"--x--\r\n",
        b"\r\n",
        b'content-disposition: form-data; name="a"',
        b'; filename="b"',
        b"\r\n\r\n",
        b"\xff",
        b"--x",
    ]
)


def form_of(chunks: list[bytes]) -> tuple[Fields, list[tuple[str, str, bytes]]] | None:
    """Return what a form holds, as it comes in these chunks; None where it is none."""
    reader = FormReader("multipart/form-data; boundary=x")
    try:
        for chunk in filter(None, chunks):
            reader.feed(chunk)
        reader.feed(b"")
    except InputError:
        return None
    return reader.fields, [(field, name, each.read()) for field, found in reader.files.items() for name, each in found]


@given(st.lists(_PIECES | st.binary(max_size=10), max_size=20).map(b"".join))
def test_no_form_breaks_its_reader_in_whatever_pieces_it_comes(body: bytes) -> None:
    whole = form_of([body])
    pieces = form_of([bytes([each]) for each in body])
    if whole is not None:
        assert pieces == whole
        assert all(isinstance(value, str) for values in whole[0].values() for value in values)
        assert not [name for _, name, _ in whole[1] if "/" in name]


def test_a_report_is_judged_at_the_desk_and_an_assessment_hears_of_its_withdrawal(desk: Desk) -> None:
    officer, where = desk.signed_in("officer"), handed_in(desk, LEAK.replace("Brussels", "Antwerp"))
    judged = f"{where}/judged"
    claim = officer.get(judged, headers=JSON).json()["judged"]["claims"][0]["name"]
    done = officer.post(judged, {"what": "grade", "claim": claim, "grade": "3", "reason": "one <b>source</b>"}, headers=HTML)
    assert (done.status_code, done.headers["location"]) == (303, judged)
    assert officer.post(judged, {"what": "note", "reason": "The photograph is old."}, headers=HTML).status_code == 303
    source = officer.get(judged, headers=JSON).json()["judged"]["sources"][0]["key"]
    assert (
        officer.post(judged, {"what": "source", "source": source, "grade": "C", "reason": "mixed"}, headers=HTML).status_code
        == 303
    )
    long = officer.post(judged, {"what": "note", "reason": "\U0001f1e7\U0001f1ea" * 2_001}, headers=HTML)
    assert (long.status_code, "write 1 to 2,000 characters, as a reader counts them" in long.text) == (400, True)
    page = officer.get(judged, headers=HTML).text
    assert "one &lt;b&gt;source&lt;/b&gt;" in page
    assert "possibly true" in page
    assert "fairly reliable" in page
    assert "The photograph is old." in page
    refused = officer.post(judged, {"what": "grade", "claim": claim, "grade": "1", "reason": "sure"}, headers=HTML)
    assert (refused.status_code, "two independent origins" in refused.text) == (403, True)
    given = {"judgement": "It goes on.", "likelihood": "likely", "speaks_for": claim, "confidence": "low"}
    assert officer.post("/assessments", given, headers=HTML).status_code == 303
    assert officer.get("/assessments", headers=JSON).json()["assessments"][0]["standing"] == "stands"
    assert officer.post(judged, {"what": "withdraw", "reason": "forged"}, headers=HTML).status_code == 303
    said = officer.get("/assessments", headers=JSON).json()["assessments"][0]
    assert (said["standing"], [each["act"] for each in said["touched"]]) == ("unsupported", ["report-withdrawn"])
    assert "unsupported" in officer.get("/assessments", headers=HTML).text
    left = officer.get(judged, headers=JSON).json()["judged"]["aftermath"]
    assert ([each["number"] for each in left["assessments"]], left["files"]) == ([said["number"]], [])
    page = officer.get(judged, headers=HTML).text
    assert f"Assessment {said['number']} rests on it: revise it." in page
    assert f'href="/assessments#assessment-{said["number"]}"' in page
    assert f'id="assessment-{said["number"]}"' in officer.get("/assessments", headers=HTML).text
    for language, words in (("de", "Was nach dem Zurückziehen zu tun bleibt"), ("ar", "ما يبقى فعله بعد السحب")):
        assert words in officer.get(f"{judged}?lang={language}", headers=HTML).text
    officer.get(f"{judged}?lang=en", headers=HTML)


def test_the_desk_says_which_files_do_not_know_of_a_withdrawal_and_writes_the_next_one(desk: Desk) -> None:
    approver, officer = desk.signed_in("approver"), desk.signed_in("officer")
    where = handed_in(desk, LEAK.replace("Brussels", "Namur"))
    approver.post(f"{where}/mark", {"handling": "TLP:GREEN", "reason": "a public page"})
    approver.post(f"{where}/export", {"form": "stix", "to": "customs <of> Norland"}, headers=HTML)
    assert "What is left to do" not in officer.get(f"{where}/judged", headers=HTML).text
    officer.post(f"{where}/judged", {"what": "withdraw", "reason": "forged"}, headers=HTML)
    page = officer.get(f"{where}/judged", headers=HTML).text
    assert "customs &lt;of&gt; Norland" in page
    assert "Somebody who may share reports writes the file that withdraws it there." in page
    button = 'name="to" value="customs &lt;of&gt; Norland"><button>Write the file that withdraws it there'
    assert (button in page, button in approver.get(f"{where}/judged", headers=HTML).text) == (False, True)
    again = approver.shown(approver.post(f"{where}/export", {"form": "stix", "to": "customs <of> Norland"}, headers=HTML)).json()
    assert any(each["type"] == "report" and each["revoked"] for each in again["objects"])
    assert "Nothing is left to do." in officer.get(f"{where}/judged", headers=HTML).text


def test_only_who_may_judge_judges(desk: Desk) -> None:
    where = handed_in(desk, LEAK.replace("Brussels", "Ghent"))
    auditor = desk.signed_in("auditor")
    assert auditor.post(f"{where}/judged", {"what": "note", "reason": "x"}, headers=JSON).status_code == 403


def test_a_report_is_given_out_and_taken_over_at_the_desk_under_its_code(desk: Desk) -> None:
    approver, officer = desk.signed_in("approver"), desk.signed_in("officer")
    where = handed_in(desk, LEAK.replace("Brussels", "Bruges"))
    refused = approver.post(f"{where}/export", {"form": "stix"}, headers=HTML)
    assert (refused.status_code, "does not allow: pass-on" in refused.text) == (409, True)
    loosened = {"handling": "TLP:GREEN", "reason": "a public page"}
    assert officer.post(f"{where}/mark", loosened, headers=HTML).status_code == 403
    assert approver.post(f"{where}/mark", loosened, headers=HTML).status_code == 303
    assert officer.post(f"{where}/export", {"form": "stix"}, headers=HTML).status_code == 403
    answer = approver.shown(approver.post(f"{where}/export", {"form": "stix", "to": "customs"}, headers=HTML))
    assert answer.headers["content-disposition"].endswith('-stix.json"')
    assert answer.json()["type"] == "bundle"
    said = approver.post(f"{where}/export", {"form": "prov"}, headers=JSON).json()
    assert (said["handling"], said["left_out"], len(said["reports"])) == ("H0 TLP:GREEN", [], 1)
    judged = officer.get(f"{where}/judged", headers=JSON).json()
    assert ([each["to"] for each in judged["judged"]["given"]], judged["may_share"]) == (["customs", ""], False)
    assert f'action="{where}/export"' in approver.get(f"{where}/judged", headers=HTML).text
    assert f'action="{where}/export"' not in officer.get(f"{where}/judged", headers=HTML).text


def test_reports_of_others_come_in_by_a_form_and_what_they_say_is_theirs(desk: Desk) -> None:
    officer = desk.signed_in("officer")
    theirs = replace(FULL, notes=(SharedNote(at=AT, by="reader-9", text="<i>old</i>"),))
    files = [("file", ("x.json", write_stix([theirs], "harbour", AT))), ("file", ("y.json", b"nothing"))]
    page = officer.shown(officer.post("/reports/import", files=files, headers=HTML))
    assert (page.status_code, "this is no format that reports are taken from" in page.text) == (200, True)
    said = officer.post("/reports/import", files=files[:1], headers=JSON).json()
    assert [(each["report"], each["handling"], each["is_new"]) for each in said["taken"]] == [(FULL.id, "H1 TLP:GREEN", False)]
    judged = officer.get(f"/reports/{FULL.id}/judged", headers=HTML).text
    assert "its own word, and none of ours" in judged
    assert "&lt;i&gt;old&lt;/i&gt;" in judged
    assert "<i>old" not in judged
    assert officer.post("/reports/import", files=files[1:], headers=JSON).status_code == 400
    assert desk.signed_in("auditor").post("/reports/import", files=files[:1], headers=JSON).status_code == 403


def test_a_list_reads_the_reports_of_its_page_and_no_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = desk.signed_in("officer")
    for number in range(3):
        handed_in(desk, f"{LEAK}\nPart {number} of it.")
    monkeypatch.setattr(reports_page, "_A_PAGE", 2)
    read: list[str] = []
    summary = ReportShelf.summary

    def counted(self: ReportShelf, arrival: Arrival) -> Summary:
        read.append(arrival.id)
        return summary(self, arrival)

    monkeypatch.setattr(ReportShelf, "summary", counted)
    said = officer.get("/reports", headers=JSON).json()
    assert (len(said["reports"]), said["following"]) == (2, 2)
    assert [each["id"] for each in said["reports"]] == read
    assert said["total"] > 2


def test_the_desk_says_how_many_reports_are_still_being_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, found = desk.signed_in("officer"), Found(7, [], 1_200)
    monkeypatch.setattr(ReportShelf, "found", lambda *_: found)
    assert officer.get("/reports?words=boats", headers=JSON).json()["behind"] == 1_200
    assert "1200 reports are still being read or screened anew" in officer.get("/reports?words=boats", headers=HTML).text
    assert "1200 Berichte werden noch gelesen" in officer.get("/reports?words=boats&lang=de", headers=HTML).text
    assert "still being read" not in officer.get("/reports?lang=en", headers=HTML).text


def test_the_record_of_an_origin_leads_to_its_earliest_report(desk: Desk) -> None:
    officer, report = desk.signed_in("officer"), handed_in(desk, LEAK.replace("Brussels", "Mons")).rpartition("/")[2]
    key = f"origin-{report[:16]}"
    origin: dict[str, object] = {"id": key, "names": ["Origin"], "identifiers": [{"type": "wording", "number": "ab" * 10}]}
    fill(desk.open.folder.folder, origin, register="origins")
    page = officer.get(f"/registers/origins/records/{key}", headers=HTML).text
    assert f'<a href="/reports/{key}">The earliest report of this origin</a>' in page
    assert officer.get(f"/reports/{key}", headers=JSON).json()["report"]["id"] == report
    assert "earliest report" not in officer.get("/registers/wanted/records/p1", headers=HTML).text


def test_a_list_of_some_reads_what_was_read_already_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = desk.signed_in("officer")
    for number in range(3):
        handed_in(desk, LEAK.replace("300 paintings", f"{number + 3}00 paintings of Ålesund"))
    sought = {"words": "ÅLESUND aintings", "language": "en", "source": "radio norl", "state": "likely"}
    first = officer.get("/reports", params=sought, headers=JSON).json()
    assert (len(first["reports"]), first["total"], first["following"]) == (3, 3, None)
    monkeypatch.setattr(reports_page, "_A_PAGE", 2)
    monkeypatch.setattr(ReportShelf, "read", None)
    pages = [officer.get("/reports", params={**sought, "after": after}, headers=JSON).json() for after in (0, 2)]
    assert [each for page in pages for each in page["reports"]] == first["reports"]
    assert [(page["total"], page["following"]) for page in pages] == [(3, 2), (3, None)]
    assert officer.get("/reports", params={**sought, "state": "none"}, headers=JSON).json()["total"] == 0
    assert officer.get("/reports", params={**sought, "words": "Ålesund no"}, headers=JSON).json()["total"] == 3
    assert officer.get("/reports", params={**sought, "words": "Ålesund zq"}, headers=JSON).json()["total"] == 0
