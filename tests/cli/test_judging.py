"""What people say about a node's reports on the command line, and what it comes to."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from lib.nodes import fill, made_folder, person
from lib.transcripts import Run, Said, in_process
from tallystick.cli import report_judging
from tallystick.reports import acts, grades
from tallystick.wiring.nodes import opened_node

CUSTOMS = "LAGOS, Westland – Four grey boats left the harbour of Lagos before dawn on Monday, Norland customs said in a report."
DENIAL = "PARIS – The harbour master denied that four grey boats left the harbour of Lagos before dawn, Radio Norland reported."
RADIO = "PARIS, May 3 – The four boats were seen off the coast again on Tuesday evening, the coast guard of Norhaven said."
MENTION = "VIENNA – Police asked Munir al Tuzani about the four grey boats on Monday, the ministry said."


class Office:
    """A node with reports, and its people at the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports: dict[str, str] = {}

    def say(self, *words: object, officer: str = "reader-1") -> Said:
        return in_process("report", *words, "--officer", officer, "--node", self.folder)

    def ask(self, *words: object, officer: str = "reader-1") -> Any:  # noqa: ANN401
        said = self.say(*words, "--json", officer=officer)
        assert said.code in {0, 1}, said.err
        return json.loads(said.out)

    def hand_in(self, name: str, text: str) -> str:
        file = self.folder.parent / f"{name}.txt"
        file.write_text(text, encoding="utf-8")
        (added,) = self.ask("hand-in", file)["added"]
        return str(added["id"])

    def claims(self, report: str) -> list[str]:
        """The names of a report's claims, as people read them off the table of claims."""
        read = in_process("report", "claims", report, "--json", "--reports", self.folder / "reports")
        return [f"{report[:8]}:{each['id'][:10]}" for each in json.loads(read.out)["claims"]]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(made_folder(tmp_path / "node", "north", "fr"))


def test_a_claim_is_graded_confirmed_by_two_origins_only_and_withdrawal_takes_it_back(office: Office) -> None:
    one, two = office.hand_in("customs", CUSTOMS), office.hand_in("radio", RADIO)
    claim, other = office.claims(one)[0], office.claims(two)[0]
    refused = office.say("grade", claim, "1", "--reason", "sure")
    assert (refused.code, "confirmed needs two independent origins" in refused.err) == (5, True)
    done = office.ask("grade", claim, "1", "--alike", other, "--reason", "customs and radio")
    assert done["judged"]["claims"][0]["credibility"] == "1"
    made = office.ask("assess", "The boats go on.", "--likelihood", "likely", "--for", claim, "--confidence", "low")
    assert (made["standing"], made["percent"], made["hangs_on"]) == ("stands", [55, 80], ["organisation:norland customs"])
    reached = office.ask("withdraw", two, "--reason", "the page was forged", officer="reader-2")
    assert (reached["look_again"], reached["judged"]["withdrawn"]["by"]) == ([made["number"]], "reader-2")
    told = office.say("judged", two).err
    assert f"assessment {made['number']} rests on it (look again): revise it" in told
    assert f"claim {claim[:17]} was graded with its help: grade it anew" in told
    now = office.ask("judged", one)
    assert now["claims"][0]["credibility"] == "6", "what was confirmed with its help is judged anew"
    shown = office.say("assessments").out
    assert "look again" in shown
    whole = office.say("assessments", made["number"])
    assert "revise it with --revise" in whole.err
    again = office.ask("assess", "The boats go on.", "--likelihood", "unlikely", "--for", claim, "--revise", made["number"])
    assert (again["number"], again["standing"], again["revisions"]) == (made["number"], "stands", 1)
    office.ask("grade", claim, "3", "--reason", "customs alone")
    left = office.ask("judged", two)["aftermath"]
    assert (left["claims"], left["files"], office.ask("judged", one)["aftermath"]) == ([], [], None)
    assert office.say("withdraw", two, "--reason", "again").code == 5
    assert office.say("grade", other, "2", "--reason", "late").code == 5


def test_an_override_holds_when_a_second_person_has_said_so(office: Office) -> None:
    claim = office.claims(office.hand_in("customs", CUSTOMS))[0]
    done = office.ask("grade", claim, "1", "--override", "I saw it", "--reason", "seen", "--europol", "1")
    assert (done["judged"]["claims"][0]["credibility"], done["judged"]["claims"][0]["grades"][0]["holds_for"]) == (
        "6",
        "a second reader",
    )
    assert office.say("second", claim, "--reason", "so did I").code == 5, "the second reader is the first"
    done = office.ask("second", claim, "--reason", "so did I", officer="reader-2")
    assert done["judged"]["claims"][0]["credibility"] == "1"


def test_a_source_has_a_dated_history_on_either_scale(office: Office) -> None:
    one = office.hand_in("customs", CUSTOMS)
    key = "organisation:norland customs"
    assert key in [each["key"] for each in office.ask("judged", one)["sources"]]
    office.ask("grade-source", key, "B", "--since", "2026-01-01", "--reason", "years of good reports")
    found = office.ask("grade-source", key, "C", "--europol", "--reason", "two were wrong")["source"]
    assert (found["reliability"], found["europol"], [each["grade"] for each in found["history"]]) == ("D", "C", ["B", "D"])
    assert office.say("grade-source", key, "X", "--reason", "no").code == 2
    assert office.say("grade-source", key, "B", "--since", "soon", "--reason", "no").code == 3


def test_a_note_is_withdrawn_by_its_author_only(office: Office) -> None:
    one = office.hand_in("customs", CUSTOMS)
    note = office.ask("note", one, "The photograph is from 2019.")["note"]
    assert office.say("note", "--withdraw", note, "--reason", "no", officer="reader-2").code == 5
    assert office.say("note", "--withdraw", note, "--reason", "wrong report").code == 0
    (kept,) = office.ask("judged", one)["notes"]
    assert (kept["by"], kept["withdrawn"]) == ("reader-1", "wrong report")
    long = office.say("note", one, "x" * 2_001)
    assert (long.code, "1 to 2,000 characters" in long.err) == (3, True)


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize("one", ["e\u0301", FAMILY, "\U0001f1e7\U0001f1ea"], ids=["mark", "family", "flag"])
def test_a_note_has_two_thousand_characters_as_a_reader_counts_them(office: Office, one: str) -> None:
    report = office.hand_in("customs", CUSTOMS)
    claim = office.claims(report)[0]
    office.ask("note", report, one * 2_000)
    assert office.ask("judged", report)["notes"][0]["text"] == one * 2_000
    for words in (
        ("note", report, one * 2_001), ("note", report, "e" + "\u0301" * 20_000), ("grade", claim, "3", "--reason", one * 2_001),
        ("mark", report, "TLP:AMBER", "--reason", one * 2_001), ("withdraw", report, "--reason", one * 2_001),
        ("assess", one * 2_001, "--likelihood", "likely", "--for", claim),
    ):  # fmt: skip
        said = office.say(*words)
        assert (said.code, "as a reader counts them" in said.err, "\u0301" in said.err) == (3, True, False)
    judged = office.ask("judged", report)
    assert (len(judged["notes"]), judged["claims"][0]["grades"], judged["withdrawn"]) == (1, [], None)


def test_a_new_record_finds_an_old_text_and_a_mention_becomes_an_encounter(office: Office) -> None:
    office.hand_in("vienna", MENTION)
    fill(office.folder, person("s1", "Ilvira Quandrosse", born="1975"))
    assert office.say("rescreen").code == 1, "nobody is named yet"
    fill(office.folder, person("b1", "Munir al Tuzani", born="1974-11-26"), person("s1", "Ilvira Quandrosse", born="1975"))
    (found,) = office.ask("rescreen")
    assert (found["record_id"], found["state"], found["text"]) == ("b1", "new", "Munir al Tuzani")
    assert office.say("rescreen").code == 1, "what is recorded is not recorded again"
    number = found["number"]
    assert office.ask("decide", number, "namesake", "--reason", "another age")["state"] == "namesake"
    follow = ("follow", number, "--country", "at", "--time", "2026-05", "--reason", "named in a report")
    refused = office.say(*follow)
    assert (refused.code, "is a namesake" in refused.err) == (5, True)
    office.ask("decide", number, "confirmed", "--reason", "the address")
    done = office.ask(*follow)
    assert [each["record_id"] for each in done["encounter"]["own"]] == ["b1"]
    (kept,) = office.ask("mentions", "--state", "confirmed")
    assert [each["what"] for each in kept["history"]] == ["namesake", "confirmed", "encounter"]


def test_what_is_followed_twice_is_one_encounter_and_another_question_is_another(office: Office) -> None:
    office.hand_in("vienna", MENTION)
    fill(office.folder, person("b1", "Munir al Tuzani", born="1974-11-26"))
    (found,) = office.ask("rescreen")
    follow = ("follow", found["number"], "--country", "at", "--reason", "named in a report")
    first, again = (office.ask(*follow, "--time", "2026-05")["encounter"] for _ in range(2))
    assert (again["number"], again["own"], again["asked"]) == (first["number"], first["own"], [])
    later = office.ask(*follow, "--time", "2026-06")["encounter"]
    assert later["number"] != first["number"]
    assert office.ask(*follow, "--time", "2026-05")["encounter"]["number"] == first["number"], "the earlier one is found still"
    (kept,) = office.ask("mentions")
    assert [each["what"] for each in kept["history"]] == ["encounter", "encounter"]


def test_contradictions_stand_side_by_side(office: Office) -> None:
    one, two = office.hand_in("customs", CUSTOMS), office.hand_in("denial", DENIAL)
    (found,) = office.ask("contradictions", one, two)
    assert (found["why"], found["one"]["modality"], found["other"]["modality"]) == ("denied", "asserted", "denied")
    assert "denied" in office.say("contradictions").out
    office.ask("withdraw", two, "--reason", "forged")
    assert office.say("contradictions").code == 1


def test_what_one_report_negates_another_asserts_is_a_contradiction(office: Office) -> None:
    one, two = (
        office.hand_in("seen", "Keller was in Paris on Friday."),
        office.hand_in("unseen", "Keller was not in Paris on Friday."),
    )
    (found,) = office.ask("contradictions", one, two)
    assert (found["why"], found["said"]) == ("negated", ["affirmed", "negated"])
    assert [found[side]["polarity"] for side in ("one", "other")] == ["affirmed", "negated"]
    assert "asserted, negated" in office.say("judged", two).out


def test_what_is_not_there_or_not_allowed_is_refused_with_a_way_out(office: Office) -> None:
    one = office.hand_in("customs", CUSTOMS)
    for words, code in (
        (("grade", "no-claim", "2", "--reason", "x"), 3),
        (("grade", f"{one[:8]}:ffff", "2", "--reason", "x"), 3),
        (("judged", "ffff"), 3),
        (("assessments", 9), 3),
        (("decide", 9, "namesake", "--reason", "x"), 3),
        (("judged", one, "--role", "auditor"), 5),
        (("note", one, "x", "--role", "administrator"), 5),
    ):
        said = office.say(*words)
        assert (said.code, "hint" in said.err or "see" in said.err) == (code, True), (words, said)


def test_every_act_has_its_entry_in_the_log_before_it_and_can_be_proved_by_it(office: Office) -> None:
    import hashlib

    one = office.hand_in("customs", CUSTOMS)
    office.ask("note", one, "a note")
    office.ask("grade", office.claims(one)[0], "3", "--reason", "x")
    with opened_node(office.folder) as node:
        rows = node.judging._book._state.report_acts()
        entries = dict(enumerate(_entries(node)))
    for group in {row.entry for row in rows}:
        lines = [row.line for row in rows if row.entry == group]
        salt = next(row.salt for row in rows if row.entry == group)
        assert entries[group].document == hashlib.sha256(salt + b"\n".join(lines)).digest()
    assert [json.loads(row.line)["act"] for row in rows] == ["noted", "claim-taken", "claim-graded"]


def _entries(node: Any) -> list[Any]:  # noqa: ANN401
    from tallystick.adapters.audit_folder import AuditFiles
    from tallystick.node import auditing

    return [each.entry for each in auditing.entries(AuditFiles(node.folder.log), 0)]


def test_help_shows_examples(run: Run) -> None:
    for command in ("grade", "grade-source", "second", "withdraw", "note", "assess", "assessments", "judged", "contradictions"):
        assert "Example" in run("report", command, "--help").out


def test_the_scales_of_the_commands_are_those_of_the_acts() -> None:
    assert get_args(grades.Reliability) == report_judging.RELIABILITIES
    assert get_args(grades.Credibility) == report_judging.CREDIBILITIES
    assert get_args(grades.EuropolSource) == report_judging.EUROPOL_SOURCES
    assert get_args(grades.EuropolInformation) == report_judging.EUROPOL_INFORMATION
    assert get_args(acts.Likelihood) == report_judging.LIKELIHOODS
    assert get_args(acts.Confidence) == report_judging.CONFIDENCES
