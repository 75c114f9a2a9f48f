"""A hit on the command line, from the encounter to its outcome, between two nodes that run as processes of their own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.casework import fresh_pair
from lib.nodes import Serving, person
from lib.transcripts import Said, in_process

MAN = person("b1", "منير التوزاني", born="1974-11-26", phones=["+33 1 23 45 67 89"])


class Office:
    """A served node, and its people at the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = Serving(folder)

    def say(self, *words: object, officer: str = "officer-7") -> Said:
        return in_process(*words, "--officer", officer, "--node", self.folder)

    def ask(self, *words: object, officer: str = "officer-7") -> Any:  # noqa: ANN401
        said = self.say(*words, "--json", officer=officer)
        assert said.code in {0, 1}, said.err
        return json.loads(said.out)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Office, Office]]:
    with fresh_pair(tmp_path, MAN):
        pass
    west, north = Office(tmp_path / "west"), Office(tmp_path / "north")
    for each in (north, west):
        each.process.start()
    yield west, north
    for each in (west, north):
        each.process.stop()


@pytest.mark.slow
def test_a_hit_is_carried_to_its_end_by_commands(pair: tuple[Office, Office]) -> None:
    west, north = pair
    assert west.say("alerts").code == 1, "nothing waits yet"
    met = west.say(
        "encounter", "add", "Munir al Tuzani", "--born", "26.11.1974", "--kind", "border", "--country", "Belgium", "--place",
        "post 4", "--time", "2026-11-25T14:05Z", "--reason", "check on a train",
    )  # fmt: skip
    assert met.code == 0, met.err
    assert "hit" in met.out
    [row] = west.ask("alerts")
    assert (row["partner"], row["urgency"], row["cross_border"]) == ("north", "urgent", True)
    shown = north.say("alerts")
    assert shown.code == 0
    assert "wanted b1" in shown.out
    assert "across" in shown.out
    refused = west.say("case", "request", row["number"], "--field", "names", "--reason", "identity")
    assert (refused.code, refused.err.splitlines()[0]) == (5, "error: nobody has decided yet")
    number, theirs = row["number"], north.ask("alerts")[0]["number"]
    assert west.say("case", "decide", number, "same", "--reason", "name and date").code == 0
    west.ask("case", "request", number, "--field", "names", "--field", "birth_dates", "--reason", "identity")
    denied = north.say("case", "approve", theirs, "--reason", "ok", "--role", "officer")
    assert (denied.code, "may not approve" in denied.err) == (5, True)
    north.ask("case", "approve", theirs, "--handling", "H1 TLP:AMBER", "--days", "30", "--reason", "ok", officer="approver-1")
    page = west.say("case", "show", number).out
    for text in ("منير التوزاني", "H1 TLP:AMBER", "1974-11-26", "birth", "desk of north"):
        assert text in page
    court = west.say("case", "use", number, "proceedings", "--reason", "file 12")
    assert (court.code, "does not allow: proceedings" in court.err) == (5, True)
    assert west.ask("case", "use", number, "look", "--reason", "file 12")["birth_dates"] == ["1974-11-26"]
    assert [each["uses"] for each in west.ask("case", "copies")] == [["look"]]
    assert west.say("case", "copies", "--may", "pass-on").code == 1
    assert west.say("case", "tighten", number, "TLP:GREEN", officer="approver-3").code == 5
    west.ask("case", "outcome", number, "acted", "--note", "identified")
    assert west.ask("case", "close", number)["row"]["stage"] == "closed"
    told = north.say("case", "show", theirs).out
    assert "acted" in told
    report = north.say("coordination", officer="auditor-1").out
    assert "we answered" in report
    assert north.say("coordination", "--role", "officer").code == 5
    assert "officer-7" not in report
    assert west.say("encounter", "list").out.count("Munir al Tuzani") == 1
    _is_traced(north, theirs)


def _is_traced(north: Office, theirs: int) -> None:
    opened = north.ask("audit", "trace", "wanted/b1", officer="auditor-1")["traces"]
    assert {(each["what"], each["by"], each["how"]) for each in opened} == {("case-read", "officer-7", "command line")}
    traced = north.say("audit", "trace", "--case", theirs, officer="auditor-1").out
    assert all(word in traced for word in ("notice", "approver-1", "disclosure", "case-read"))
    assert north.say("audit", "trace", "wanted/b1", "--role", "officer").code == 5
    assert north.say("audit", "trace", "wanted/nobody", officer="auditor-1").code == 1
    assert north.say("audit", "trace", officer="auditor-1").code == 3


@pytest.mark.slow
def test_recall_person_namesake_and_subject_by_commands(pair: tuple[Office, Office]) -> None:
    west, north = pair
    add = ["--kind", "report", "--country", "be", "--time", "2026-11", "--reason", "r", "--number", "X 4410-77"]
    [first] = west.ask("encounter", "add", "Munir al Tuzani", "--born", "1974-11-26", *add)["cases"]
    west.ask("case", "decide", first, "same", "--reason", "r")
    west.ask("case", "request", first, "--field", "names", "--reason", "r")
    theirs = north.ask("case", "list", "--stage", "requested")[0]["number"]
    north.ask("case", "approve", theirs, "--reason", "ok", officer="approver-1")
    assert north.ask("case", "recall", theirs, "--because", "handling", officer="approver-1")["row"]["stage"] == "recalled"
    assert west.ask("alerts")[0]["stage"] == "recalled"
    west.ask("case", "acknowledge", first, "--note", "removed")
    west.ask("case", "decide", first, "not-same", "--reason", "another face")
    kept = west.ask(
        "not-me", "add", first, "Munir al Tuzani", "--born", "1974-11-26", "--number", "X441077", "--consent", "signed"
    )
    assert kept[0]["id"] == 1
    [second] = west.ask("encounter", "add", "Munir al Tuzani", "--born", "1974-11-26", *add)["cases"]
    assert west.ask("case", "show", second)["row"]["stage"] == "suppressed"
    assert west.say("not-me", "list").out.count("signed") == 1
    west.ask("not-me", "revoke", 1)
    assert west.ask("case", "show", second)["row"]["stage"] == "alert"
    page = north.say("person", "show", "wanted/b1").out
    assert "منير التوزاني (" in page, "as written, and in Latin letters"
    gathered = north.say("subject", "gather", "Munir al Tuzani", "--born", "1974-11-26", officer="approver-1")
    assert (gathered.code, "wanted/b1" in gathered.out) == (0, True)
    north.ask("subject", "restrict", "wanted/b1", "--ground", "police act, section 30", officer="approver-1")
    hidden = north.say("subject", "gather", "Munir al Tuzani", "--born", "1974-11-26", officer="approver-1").out
    assert "restricted: police act, section 30" in hidden
