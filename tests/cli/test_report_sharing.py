"""Reports given from one node to another, on the command line: codes, words that stay the sender's, and what the log says."""

import json
from pathlib import Path
from typing import Any

import pytest

from lib.nodes import fill, logged, made_folder, person
from lib.transcripts import Said, in_process
from tallystick.adapters.report_formats import FORMATS
from tallystick.audit.entries import Other
from tallystick.reports.sharing import SharedReport

CUSTOMS = "LAGOS, Westland – Four grey boats left the harbour of Lagos before dawn on Monday, Norland customs said in a report."
MENTION = "VIENNA – Police asked Munir al Tuzani about the four grey boats on Monday, the ministry said."
KEY = "organisation:norland customs"


class Office:
    """A node and its people at the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def say(self, *words: object, role: str = "approver") -> Said:
        return in_process("report", *words, "--officer", "reader-1", "--role", role, "--node", self.folder)

    def ask(self, *words: object, role: str = "approver") -> Any:  # noqa: ANN401
        said = self.say(*words, "--json", role=role)
        assert said.code in {0, 1}, said.err
        return json.loads(said.out)

    def hand_in(self, text: str) -> str:
        file = self.folder.parent / "report.txt"
        file.write_text(text, encoding="utf-8")
        (added,) = self.ask("hand-in", file)["added"]
        return str(added["id"])

    def claim(self, report: str) -> str:
        read = in_process("report", "claims", report, "--json", "--reports", self.folder / "reports")
        return f"{report}:{json.loads(read.out)['claims'][0]['id']}"

    def log(self, kind: str) -> list[Other]:
        return [each for each in logged(self.folder, Other) if each.kind == kind]


@pytest.fixture
def offices(tmp_path: Path) -> tuple[Office, Office]:
    return Office(made_folder(tmp_path / "a", "north", "fr")), Office(made_folder(tmp_path / "b", "south", "de"))


def judged_and_marked(north: Office) -> str:
    report = north.hand_in(CUSTOMS)
    claim = north.claim(report)
    north.ask("grade-source", KEY, "B", "--reason", "years of good reports")
    north.ask("grade", claim, "2", "--reason", "the agency names its source")
    north.ask("note", report, "The photograph is from 2019.")
    north.ask("assess", "The boats go on.", "--likelihood", "likely", "--for", claim)
    north.ask("mark", report, "H1 TLP:GREEN", "--reason", "a public page")
    return report


def words(file: Path, form: str) -> dict[str, SharedReport]:
    """What a file says, by who says it of what."""
    read = list(FORMATS.readers[form](file.read_bytes()))
    assert all(isinstance(each, SharedReport) for each in read)
    return {each.key: each for each in read if isinstance(each, SharedReport)}


@pytest.mark.parametrize("form", ["stix", "misp"])
def test_what_was_given_comes_back_as_it_was_and_grades_nothing_at_the_receiver(
    offices: tuple[Office, Office], tmp_path: Path, form: str
) -> None:
    north, south = offices
    report = judged_and_marked(north)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    done = north.ask("export", report, "--format", form, "--out", first, "--to", "south")
    assert (done["reports"], done["left_out"], done["handling"]) == ([report], [], "H1 TLP:GREEN")
    taken = south.ask("import", first, role="officer")
    assert [(each["report"], each["sender"], each["handling"]) for each in taken["taken"]] == [(report, "north", "H1 TLP:GREEN")]
    judged = south.ask("judged", report)
    assert [each["reliability"] for each in judged["sources"]] == ["F"], "the grade is the sender's word, and none of ours"
    assert [each["credibility"] for each in judged["claims"]] == [""]
    assert judged["notes"] == judged["assessments"] == []
    (received,) = judged["received"]
    said = received["said"]
    assert (said["sender"], said["sources"][0]["grade"], said["claims"][0]["grade"]) == ("north", "B", "2")
    assert "its own word" in south.say("judged", report).err
    assert south.ask("import", first, role="officer")["taken"][0]["is_new"] is False
    assert len(south.ask("judged", report)["received"]) == 1, "the same words are taken once"
    south.ask("export", report, "--format", form, "--out", second)
    given, back = words(first, form), words(second, form)
    assert {key: back.get(key) for key in given} == given, "what both know is equal"
    refused = north.ask("import", second)["refused"]
    assert ["our own word" in each["reason"] for each in refused] == [True]
    assert [each["said"]["sender"] for each in north.ask("judged", report)["received"]] == ["south"]


def test_where_a_format_has_no_place_for_the_original_a_text_is_made_and_the_word_of_the_sender_stays_whole(
    offices: tuple[Office, Office], tmp_path: Path
) -> None:
    north, south = offices
    report = judged_and_marked(north)
    first, second, provenance = tmp_path / "first.jsonl", tmp_path / "second.jsonl", tmp_path / "prov.json"
    north.ask("export", report, "--format", "ftm", "--out", first)
    (taken,) = south.ask("import", first, role="officer")["taken"]
    assert (taken["report"] != report, taken["sender"], taken["handling"]) == (True, "north", "H1 TLP:GREEN")
    (claim,) = south.ask("judged", taken["report"])["claims"]
    assert claim["quote"].startswith("Four grey boats"), "it is read like any other"
    south.ask("export", taken["report"], "--format", "ftm", "--out", second)
    given, back = words(first, "ftm"), words(second, "ftm")
    assert {key: back.get(key) for key in given} == given, "what both know is equal"
    south.ask("export", "--format", "prov", "--out", provenance)
    assert len(json.loads(provenance.read_text(encoding="utf-8"))["bundle"]) == 2
    refused = south.say("import", provenance)
    assert (refused.code, "no format that reports are taken from" in refused.err) == (3, True)


def test_who_exports_what_is_in_the_log_and_with_the_report(offices: tuple[Office, Office], tmp_path: Path) -> None:
    north, south = offices
    report, file = judged_and_marked(north), tmp_path / "out.json"
    north.ask("export", "--format", "stix", "--out", file, "--to", "south")
    assert [each.text for each in north.log("report-exported")] == ["by reader-1"]
    (given,) = north.ask("judged", report)["given"]
    assert (given["by"], given["to"], given["format"]) == ("reader-1", "south", "stix")
    assert file.stat().st_mode & 0o777 == 0o600
    south.ask("import", file)
    assert [each.text for each in south.log("report-received")] == ["by reader-1"]
    assert len(south.log("report-added")) == 1


def test_nothing_leaves_that_its_code_forbids(offices: tuple[Office, Office], tmp_path: Path) -> None:
    north, _ = offices
    report, other, file = north.hand_in(CUSTOMS), north.hand_in(MENTION), tmp_path / "out.json"
    refused = north.say("export", report, "--format", "stix", "--out", file)
    assert (refused.code, "does not allow: pass-on" in refused.err, file.exists()) == (5, True, False)
    assert north.say("mark", report, "TLP:GREEN", "--reason", "x", role="officer").code == 5, "who loosens shares"
    assert north.say("mark", report, "H2 TLP:AMBER", "--reason", "x", role="officer").code == 0
    north.ask("mark", report, "TLP:GREEN", "--reason", "a public page")
    assert north.say("export", report, "--format", "stix", "--out", file, role="officer").code == 5
    done = north.ask("export", "--format", "stix", "--out", file)
    assert ([each["report"] for each in done["left_out"]], done["reports"]) == ([other], [report])
    assert "ministry" not in file.read_text(encoding="utf-8")
    assert len(north.log("report-exported")) == 1, "what was written is recorded"
    assert north.say("mark", report, "TLP:BLUE", "--reason", "x").code == 3


def test_an_assessment_leaves_only_where_every_report_it_rests_on_may(offices: tuple[Office, Office], tmp_path: Path) -> None:
    north, _ = offices
    one, two, file = north.hand_in(CUSTOMS), north.hand_in(MENTION), tmp_path / "out.json"
    claims = north.claim(one), north.claim(two)
    north.ask("assess", "The boats go on.", "--likelihood", "likely", "--for", claims[0], "--against", claims[1])
    north.ask("mark", one, "TLP:GREEN", "--reason", "a public page")
    done = north.ask("export", one, "--format", "stix", "--out", file)
    assert (done["assessments_kept_back"], "The boats go on." in file.read_text(encoding="utf-8")) == (1, False)
    north.ask("mark", two, "TLP:GREEN", "--reason", "a public page")
    done = north.ask("export", one, "--format", "stix", "--out", file)
    assert (done["assessments_kept_back"], "The boats go on." in file.read_text(encoding="utf-8")) == (0, True)


@pytest.mark.parametrize(("code", "kept_back"), [("", 1), ("H2 TLP:AMBER", 1), ("no code of ours", 1), ("TLP:GREEN", 0)])
def test_a_mention_leaves_only_where_the_code_of_its_record_allows(
    offices: tuple[Office, Office], tmp_path: Path, code: str, kept_back: int
) -> None:
    north, _ = offices
    report, file = north.hand_in(MENTION), tmp_path / "out.json"
    custody = ("--handling-code", code) if code else ()
    fill(north.folder, person("b1", "Munir al Tuzani", born="1974-11-26"), custody=custody)
    north.ask("rescreen")
    north.ask("mark", report, "TLP:GREEN", "--reason", "a public page")
    done = north.ask("export", report, "--format", "stix", "--out", file)
    text = file.read_text(encoding="utf-8")
    assert (done["mentions_kept_back"], '"record": "b1"' in text) == (kept_back, not kept_back)
    assert "1974" not in text, "nothing of a record is in it"


def test_a_code_is_never_loosened_by_an_import_nor_after_it(offices: tuple[Office, Office], tmp_path: Path) -> None:
    north, south = offices
    report, file = judged_and_marked(north), tmp_path / "out.json"
    north.ask("export", report, "--format", "stix", "--out", file)
    south.hand_in(CUSTOMS)
    assert south.ask("import", file)["taken"][0]["handling"] == "H1 TLP:AMBER", "it was here under TLP:AMBER"
    south.ask("mark", report, "TLP:CLEAR", "--reason", "no matter")
    assert south.ask("judged", report)["handling"] == "H1 TLP:AMBER"
    red = file.read_text(encoding="utf-8").replace("H1 TLP:GREEN", "H1 TLP:RED")
    file.write_text(red, encoding="utf-8")
    done = south.say("import", file)
    assert (done.code, "TLP:RED is for named recipients" in done.err) == (1, True)
    file.write_text("no bundle", encoding="utf-8")
    assert south.say("import", file).code == 3


def test_a_withdrawal_says_who_has_a_file_and_the_next_one_withdraws_it_there(
    offices: tuple[Office, Office], tmp_path: Path
) -> None:
    north, south = offices
    report, file, again = judged_and_marked(north), tmp_path / "out.json", tmp_path / "again.json"
    north.ask("export", report, "--format", "stix", "--out", file, "--to", "customs of Sudland")
    south.ask("import", file)
    said = north.say("withdraw", report, "--reason", "the page was forged")
    assert f"customs of Sudland has it as stix and is not told by this node: `tallystick report export {report[:12]}" in said.err
    assert "--to 'customs of Sudland'" in said.err
    north.ask("export", report, "--format", "stix", "--out", again, "--to", "customs of Sudland")
    assert "is not told by this node" not in north.say("judged", report).err, "the file that withdraws it is written"
    revoked = {each["type"] for each in json.loads(again.read_text(encoding="utf-8"))["objects"] if each.get("revoked")}
    assert "report" in revoked
    south.ask("import", again)
    assert south.ask("judged", report)["received"][-1]["said"]["withdrawn"] == "the page was forged"
