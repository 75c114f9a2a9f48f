"""A report is graded otherwise and withdrawn on the command line, and its partner sees it there, looks, and says so."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lib.casework import disclosed_to, first_claim, followed, fresh_pair
from lib.nodes import Serving, fill, person
from lib.transcripts import Said, in_process

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")
TEXT = "VIENNA – Police asked Tomasin Verhoovel about four grey boats on Monday, the ministry said."


def say(folder: Path, *words: object) -> Said:
    return in_process(*words, "--officer", "officer-7", "--node", folder)


@contextmanager
def served(folder: Path) -> Iterator[None]:
    process = Serving(folder).start()
    try:
        yield
    finally:
        process.stop()


@pytest.mark.slow
def test_a_partner_reads_on_the_command_line_what_became_of_a_report(tmp_path: Path) -> None:
    west, north = tmp_path / "west", tmp_path / "north"
    with fresh_pair(tmp_path, MAN) as (asking, holding):
        fill(west, {**MAN, "id": "w1"})
        report, mine, theirs = followed(asking, holding, TEXT)
        disclosed_to(asking, holding, mine, theirs)
        claim = first_claim(asking, report)
    with served(north), served(west):
        graded = say(west, "report", "grade", claim, "5", "--reason", "the ministry denies it")
        assert f"case {mine} rests on it and its other side is told" in graded.out + graded.err
        assert "not yet" in say(west, "report", "judged", report).out

        listed = say(north, "case", "list", "--stage", "footing")
        assert (listed.code, "footing" in listed.out) == (0, True)
        shown = say(north, "case", "show", theirs).out
        assert "their report" in shown
        assert "graded F5" in shown
        assert "rest on it" in shown
        assert report[:12] not in shown
        refused = [say(north, "case", "heed", number, "--note", note).code for number, note in ((theirs, "x" * 301), (99, "x"))]
        assert refused == [3, 3]
        heeded = say(north, "case", "heed", theirs, "--note", "struck from file 12")
        assert heeded.code == 0, heeded.err
        assert say(north, "case", "list", "--stage", "footing").code == 1, "nothing waits"

        judged = json.loads(say(west, "report", "judged", report, "--json").out)
        assert [(each["partner"], each["note"], bool(each["heeded_at"])) for each in judged["told"]] == [
            ("north", "struck from file 12", True),
        ]  # fmt: skip
        said = say(west, "case", "show", mine).out
        assert "our report" in said
        assert "struck from file 12" in said
        withdrawn = json.loads(say(west, "report", "withdraw", report, "--reason", "forged", "--json").out)
        assert withdrawn["cases_told"] == [mine]
        assert "withdrawn" in say(north, "case", "show", theirs).out
