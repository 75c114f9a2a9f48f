"""Two services find out that their reports go back to one text: two nodes as processes of their own, over TLS, by commands."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.nodes import Serving, logged, made_folder, until
from lib.transcripts import Said, in_process
from tallystick.audit.entries import QueryAnswered

LEAK = (
    "the grey boats leave the northern harbour every second Tuesday before dawn and carry what was taken "
    "from the three museums of the old town to a warehouse whose owner nobody has ever met"
)
QUIET = "It was a quiet day in the harbour of {}, and nobody came to see what the customs had found there on {} morning at all."
CUSTODY = ("--owner", "Unit 1", "--purpose", "sources", "--legal-basis", "article 1")


class Service:
    """A service with its node, its reports, and people at the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.serving = Serving(folder, every_s=0.2)

    def say(self, *words: object, code: int = 0) -> Said:
        said = in_process(*words, "--node", self.folder)
        assert said.code == code, (words, said.err)
        return said

    def told(self, *words: object, code: int = 0) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.say(*words, "--json", code=code).out)
        return found

    def hand_in(self, text: str) -> str:
        file = self.folder.parent / "report.txt"
        file.write_text(text, encoding="utf-8")
        done = json.loads(self.say("report", "hand-in", file, "--officer", "reader-1", "--json").out)
        return str(done["added"][0]["id"])

    def hits(self) -> list[dict[str, object]]:
        said = in_process("hits", "--json", "--node", self.folder)
        found: list[dict[str, object]] = json.loads(said.out)["hits"] if said.code == 0 else []
        return found


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Two services in a circle, served."""
    north, south = (Service(made_folder(tmp_path / name, name)) for name in ("north", "south"))
    card, agreement = tmp_path / "south.card", tmp_path / "sources.agreement"
    south.say("node", "card", "--out", card)
    north.say(
        "circle", "create", "sources", "--title", "Sources", "--legal-basis", "treaty", "--largest-register", "1000",
        "--purpose", "origins:200000:which origins are one",
    )  # fmt: skip
    north.say("circle", "invite", "sources", card, "--out", agreement)
    south.say("circle", "join", agreement, "--yes", "--out", tmp_path / "sources.signed")
    north.serving.start()
    south.serving.start()
    yield north, south
    north.serving.stop()
    south.serving.stop()


@pytest.mark.slow
def test_two_services_find_out_that_they_hold_one_origin_and_show_no_word_of_it(services: tuple[Service, Service]) -> None:
    north, south = services
    leaked = north.hand_in(f"Boats\n\nA man who asked for silence told us that {LEAK}. We could not confirm it.")
    copied = north.hand_in(f"Boats again\n\nA man who asked for silence told us that {LEAK}. We could not confirm it!")
    north.hand_in(QUIET.format("Lagos", "Monday"))
    theirs = south.hand_in(f"Harbour\n\nOur own source, quite apart from others, says: “{LEAK.capitalize()}.”")
    south.hand_in(QUIET.format("Norhaven", "Friday").replace("quiet", "loud").replace("nobody", "everybody"))
    for each in services:
        refused = each.say("report", "fingerprints", "--into", "origins", code=3)
        assert "--owner, --purpose, --legal-basis" in refused.err
        done = each.say("report", "fingerprints", "--into", "origins", *CUSTODY)
        assert "2 origins of" in done.err
        each.say("offer", "origins", "--circle", "sources")
    until(lambda: north.hits() and south.hits())
    ours, their = north.hits(), south.hits()
    assert [(each["member"], each["record_id"]) for each in ours] == [("south", f"origin-{leaked[:16]}")]
    assert [(each["member"], each["record_id"]) for each in their] == [("north", f"origin-{theirs[:16]}")]
    assert leaked != copied, "a copy is one origin with what it copies"
    for service, report in ((north, leaked), (south, theirs)):
        named = service.hits()[0]["record_id"]
        assert f"tallystick report show {named}" in service.say("hits").err
        shown = in_process("report", "show", named, "--json", "--reports", service.folder / "reports")
        assert json.loads(shown.out)["id"] == report
        until(
            lambda service=service: in_process("case", "show", "1", "--officer", "reader-1", "--node", service.folder).code == 0
        )
        assert f"origins/{named}" in service.say("case", "show", "1", "--officer", "reader-1").out
        entries = "".join(map(repr, logged(service.folder, QueryAnswered)))
        assert (bool(entries), "harbour" in entries) == (True, False)


@pytest.mark.slow
def test_what_comes_later_is_found_by_itself_when_it_is_put_in(services: tuple[Service, Service]) -> None:
    north, south = services
    north.hand_in(f"Boats\n\nA man told us that {LEAK}.")
    for each, texts in ((north, ()), (south, (QUIET.format("Lagos", "Monday"),))):
        for text in texts:
            each.hand_in(text)
        each.say("report", "fingerprints", "--into", "origins", *CUSTODY)
        each.say("offer", "origins", "--circle", "sources")
    until(lambda: [each["watched"] for each in south.told("watch")] == [1])
    assert south.hits() == []
    later = south.hand_in(f"Later\n\nIt is said that {LEAK}.")
    done = json.loads(south.say("report", "fingerprints", later, "--into", "origins", "--json").out)
    assert (done["added"], done["removed"]) == (1, 0), "one that is named takes no other out"
    until(south.hits)
    assert [each["record_id"] for each in south.hits()] == [f"origin-{later[:16]}"]
    until(north.hits)
