"""Transcripts of keeping reports and reading them."""

import json
import os
import time
from pathlib import Path

import pytest

from lib.killing import killed_command
from lib.transcripts import Run
from tallystick.adapters.report_folder import Arrival, ReportFolder
from tallystick.adapters.watched_folder import WatchedFolder
from tallystick.errors import InputError

TEXT = """Ring moves antiques

Brussels, Nov 12 (IANS): A ring moves about 300 coins, a report by Norland customs said.

Leave a Comment
"""


def added(run: Run, folder: Path, text: str = TEXT, name: str = "a.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    told = json.loads(run("report", "add", name, "--json").out)
    return str(told["added"][0]["id"])


def test_a_report_is_kept_as_it_came_and_only_once(run: Run, folder: Path) -> None:
    report = added(run, folder)
    assert (folder / "reports" / f"{report}.original").read_text(encoding="utf-8") == TEXT
    (folder / "b.txt").write_text(TEXT, encoding="utf-8")
    assert not json.loads(run("report", "add", "b.txt", "--json").out)["added"][0]["is_new"]
    assert [each["name"] for each in json.loads(run("report", "list", "--json").out)] == ["a.txt"]


def test_what_is_no_document_is_told_and_the_others_go_on(run: Run, folder: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    said = run("report", "add", "bad.pdf", "a.txt", "none.txt", "--json")
    told = json.loads(said.out)
    assert (said.code, len(told["added"]), [each["file"] for each in told["refused"]]) == (0, 1, ["bad.pdf", "none.txt"])


def test_a_report_is_read_zone_by_zone_with_its_chain_origins_and_claims(run: Run, folder: Path) -> None:
    report = added(run, folder)[:8]
    zones = [each["zone"] for each in json.loads(run("report", "show", report, "--json").out)["passages"]]
    assert zones == ["headline", "dateline", "agency", "main", "comment form"]
    chain = json.loads(run("report", "chain", report, "--json").out)
    assert [(each["giver"], each["taker"]) for each in chain["edges"]] == [
        ("document:report by norland customs", "agency:ians"),
        ("agency:ians", "page"),
    ]
    (claim,) = json.loads(run("report", "claims", report, "--json").out)["claims"]
    assert (claim["claim"]["quantities"][0]["number"], TEXT[slice(*claim["place"])]) == (300, claim["claim"]["quote"])
    assert "independent origins: at least 1, at most 1" in run("report", "origins", report).out
    for command in ("show", "chain", "claims"):
        assert "coins" in run("report", command, report).out or command == "chain"


def test_a_copy_is_told(run: Run, folder: Path) -> None:
    first = added(run, folder)
    second = added(run, folder, TEXT + "\n", "copy.txt")
    said = run("report", "origins", first, second)
    assert "wholly derived" in said.err
    assert "at least 1, at most 1" in said.out


def test_an_original_that_was_changed_is_not_shown(run: Run, folder: Path) -> None:
    report = added(run, folder)
    (folder / "reports" / f"{report}.original").write_text("other", encoding="utf-8")
    assert run("report", "show", report).code == 7


def test_a_name_of_no_report_is_refused(run: Run) -> None:
    assert run("report", "list").code == 1
    assert run("report", "show", "abc").code == 3


LEAK = (
    "the grey boats leave the northern harbour every second Tuesday before dawn and carry what was taken "
    "from the three museums of the old town to a warehouse whose owner nobody has ever met"
)


def test_two_services_find_out_that_their_sources_are_one_without_showing_any(run: Run, folder: Path) -> None:
    for side, texts in {
        "ours": [f"A man who asked for silence told us that {LEAK}. We could not confirm it.", TEXT * 3],
        "theirs": [f"Our own source in the harbour, quite apart from others, says: “{LEAK.capitalize()}.”", "A quiet day. " * 20],
    }.items():
        for number, text in enumerate(texts):
            (folder / f"{side}{number}.txt").write_text(text, encoding="utf-8")
            assert run("report", "add", f"{side}{number}.txt", "--reports", side).code == 0
        assert run("report", "fingerprints", "--reports", side, "--out", f"{side}.jsonl").code == 0
    assert "harbour" not in (folder / "ours.jsonl").read_text(encoding="utf-8")
    told = json.loads(run("rehearse", "ours.jsonl", "theirs.jsonl", "--out", "hits.csv", "--json").out)
    assert (told["records_a"], told["records_b"], told["hits"]) == (2, 2, 1)


def test_copies_are_one_origin_and_a_word_is_none(run: Run, folder: Path) -> None:
    for name, text in {"a.txt": f"It is said that {LEAK}.", "b.txt": f"It is said that {LEAK}!", "c.txt": "Nothing new."}.items():
        added(run, folder, text, name)
    told = json.loads(run("report", "fingerprints", "--out", "origins.jsonl", "--json").out)
    assert (told["reports"], told["origins"], len(told["too_short"])) == (3, 1, 1)
    assert run("init").code == 0
    assert run("import", "origins", "origins.jsonl", "--owner", "Unit 1", "--purpose", "x", "--legal-basis", "y").code == 0


def looked(run: Run, *words: str) -> tuple[int, list[str], list[str]]:
    said = run("report", "watch", "incoming", "--once", "--still", "0", "--json", *words)
    told = json.loads(said.out)
    return said.code, [each["name"] for each in told["added"]], [Path(each["file"]).name for each in told["refused"]]


def test_the_origins_of_reports_that_went_go_the_last_one_too(run: Run, folder: Path) -> None:
    (folder / "a.txt").write_text(" ".join(f"word{number % 97} of{number % 89} sentence{number}" for number in range(120)) + ".")
    place = ("--node", "n")
    custody = ("--owner", "Unit", "--purpose", "sources", "--legal-basis", "law")
    run("node", "init", *place, "--id", "n", "--name", "N", "--url", "https://localhost:7443", "--contact", "desk")
    nothing = run("report", "fingerprints", "--into", "origins", *place, *custody, "--json")
    assert (nothing.code, json.loads(nothing.out)["origins"]) == (1, 0)
    assert run("register", "list", "--store", "n/registers.db", "--json").out == "[]\n", "nothing is made for nothing"
    run("report", "add", "a.txt", "--reports", "n/reports")
    assert json.loads(run("report", "fingerprints", "--into", "origins", *place, *custody, "--json").out)["added"] == 1
    for each in (folder / "n" / "reports").glob("*.*"):
        each.unlink()
    done = run("report", "fingerprints", "--into", "origins", *place, "--json")
    assert (done.code, json.loads(done.out)["removed"]) == (1, 1)


def test_a_watched_folder_is_taken_in_once_and_again_where_a_file_changes(run: Run, folder: Path) -> None:
    incoming = folder / "incoming"
    incoming.mkdir()
    assert looked(run) == (1, [], [])
    (incoming / "a.txt").write_text(TEXT, encoding="utf-8")
    assert looked(run) == (0, ["a.txt"], [])
    assert looked(run) == (1, [], []), "another process goes on where this one was"
    (incoming / "a.txt").write_text(TEXT + "More is known now.", encoding="utf-8")
    assert looked(run) == (0, ["a.txt"], [])
    (incoming / "a.txt").unlink()
    assert looked(run) == (1, [], [])
    assert len(json.loads(run("report", "list", "--json").out)) == 2, "what is taken stays when the file goes"


def test_what_is_hostile_in_a_watched_folder_is_told_once_or_passed_over(run: Run, folder: Path) -> None:
    incoming = folder / "incoming"
    (incoming / "inside").mkdir(parents=True)
    (incoming / "inside" / "deep.txt").write_text(TEXT, encoding="utf-8")
    secret = folder / "secret.txt"
    secret.write_text("nothing for the folder of reports", encoding="utf-8")
    (incoming / "link.txt").symlink_to(secret)
    os.mkfifo(incoming / "pipe.txt")
    for name, content in {"bad.pdf": b"%PDF-1.7", "bomb.zip": b"PK\x03\x04 none", "picture.png": b"\x89PNG\r\n"}.items():
        (incoming / name).write_bytes(content)
    for name in ("half.txt.part", ".hidden.txt", "a.txt"):
        (incoming / name).write_text(TEXT, encoding="utf-8")
    code, added, refused = looked(run)
    assert (code, added, sorted(refused)) == (0, ["a.txt"], ["bad.pdf", "bomb.zip", "link.txt", "picture.png"])
    assert looked(run) == (1, [], []), "a refusal is told once"


STRANGER = 54_321
"""An account that is not ours."""


def laid_by_a_stranger(link: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.lchown(link, STRANGER, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: STRANGER)


def test_a_link_is_followed_when_it_is_our_own(run: Run, folder: Path) -> None:
    (folder / "there").mkdir()
    (folder / "there" / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "in").symlink_to("there")
    (folder / "b.txt").symlink_to(Path("in") / "a.txt")
    (folder / "round.txt").symlink_to("round.txt")
    said = json.loads(run("report", "add", "b.txt", "in/a.txt", "round.txt", "--json").out)
    assert [each["is_new"] for each in said["added"]] == [True, False]
    assert [each["file"] for each in said["refused"]] == ["round.txt"]


@pytest.mark.parametrize("name", ["drop/link.txt", "drop/folder/a.txt", "ours.txt"])
def test_a_link_that_somebody_else_made_is_not_followed(
    run: Run, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "secret").mkdir()
    (folder / "secret" / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "drop").mkdir()
    (folder / "drop" / "link.txt").symlink_to("../secret/a.txt")
    (folder / "drop" / "folder").symlink_to("../secret")
    (folder / "ours.txt").symlink_to("drop/link.txt")
    for each in ("link.txt", "folder"):
        laid_by_a_stranger(folder / "drop" / each, monkeypatch)
    for command in (("add",), ("hand-in", "--officer", "reader-1", "--node", "none")):
        told = json.loads(run("report", command[0], name, *command[1:], "--json").out)
        assert told["added"] == []
        assert [each["reason"] for each in told["refused"]] == [f"{name} is a link that somebody else made"]
    assert run("report", "add", "secret/a.txt").code == 0


def test_no_pipe_is_waited_for_and_a_folder_is_told(run: Run, folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "drop").mkdir()
    told = json.loads(run("report", "add", "pipe.txt", "drop", "--json").out)["refused"]
    assert [each["reason"] for each in told] == ["pipe.txt is no plain file", "drop is a folder"]


@pytest.mark.parametrize(
    "content",
    [b"", b" \n\t\r\n", b"\xef\xbb\xbf\xe2\x80\x8b", b"<html><body><p> </p></body></html>"],
    ids=["empty", "blanks", "without width", "page"],
)
def test_what_has_no_text_is_no_report(run: Run, folder: Path, content: bytes) -> None:
    (folder / "a.txt").write_bytes(content)
    said = run("report", "add", "a.txt", "--json")
    told = json.loads(said.out)
    assert (said.code, told["added"], {each["reason"] for each in told["refused"]}) == (1, [], {"there is no text in it"})


def test_a_letter_without_text_keeps_no_attachment_back(run: Run, folder: Path) -> None:
    letter = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n\n--x\n"
    letter += f"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n{TEXT}\n--x--\n"
    (folder / "a.eml").write_text(letter, encoding="utf-8")
    told = json.loads(run("report", "add", "a.eml", "--json").out)
    assert [each["name"] for each in told["added"]] == ["a.eml: a.txt"]
    assert [each["reason"] for each in told["refused"]] == ["there is no text in it"]


def test_a_text_may_have_so_many_characters_and_no_more(run: Run, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT + "ي", encoding="utf-8")
    most = len(TEXT) + 1
    told = json.loads(run("report", "add", "a.txt", "--longest", most - 1, "--json").out)["refused"]
    assert [each["reason"] for each in told] == [f"the text has more than {most - 1} characters"]
    assert "--longest" in told[0]["hint"]
    assert run("report", "add", "a.txt", "--longest", most).code == 0
    assert run("report", "show", "").code == 3
    (folder / "large.txt").write_bytes(b"a line of it\n" * 1_600_000)
    assert "more than 20000000 characters" in run("report", "add", "large.txt").err


def test_a_file_that_is_still_being_written_waits(run: Run, folder: Path) -> None:
    (folder / "incoming").mkdir()
    (folder / "incoming" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert looked(run, "--still", "3600") == (1, [], [])
    earlier = 1_700_000_000
    os.utime(folder / "incoming" / "a.txt", (earlier, earlier))
    assert looked(run, "--still", "3600") == (0, ["a.txt"], [])


@pytest.mark.parametrize("call", [1, 2, 7])
@pytest.mark.parametrize(
    "place",
    [
        "tallystick.adapters.report_folder:ReportFolder.add", "tallystick.adapters.report_folder:asdict",
        "tallystick.adapters.report_folder:settle", "tallystick.adapters.watched_folder:WatchedFolder.content",
        "tallystick.adapters.outputs:settle",
    ],
)  # fmt: skip
def test_a_watch_that_is_killed_goes_on_and_loses_nothing(run: Run, folder: Path, place: str, call: int) -> None:
    incoming = folder / "incoming"
    incoming.mkdir()
    texts = {f"{number}.txt": f"{TEXT} It was the boat number {number}." for number in range(8)}
    for name, text in texts.items():
        (incoming / name).write_text(text, encoding="utf-8")
    killed_command(
        place, ["report", "watch", str(incoming), "--once", "--still", "0", "--reports", str(folder / "reports")], call
    )
    assert len(json.loads(run("report", "list", "--json").out)) < 8, "it was killed too late"
    assert (sorted(looked(run)[1]), looked(run)) == (sorted(texts), (1, [], []))
    kept = json.loads(run("report", "list", "--json").out)
    assert sorted(each["name"] for each in kept) == sorted(texts)
    for each in kept:
        assert ReportFolder(folder / "reports").original(Arrival(**each)).decode() == texts[each["name"]]


def test_a_watch_that_is_killed_before_it_remembers_reads_again_and_keeps_nothing_twice(run: Run, folder: Path) -> None:
    (folder / "incoming").mkdir()
    (folder / "incoming" / "a.txt").write_text(TEXT, encoding="utf-8")
    words = ["report", "watch", str(folder / "incoming"), "--once", "--still", "0", "--reports", str(folder / "reports")]
    killed_command("tallystick.adapters.watched_folder:WatchedFolder.dealt_with", words)
    assert (looked(run), looked(run)) == ((0, ["a.txt"], []), (1, [], []))
    assert len(json.loads(run("report", "list", "--json").out)) == 1


def test_a_folder_that_is_killed_before_it_remembers_takes_nothing_twice(run: Run, folder: Path) -> None:
    (folder / "incoming").mkdir()
    (folder / "incoming" / "a.txt").write_text(TEXT, encoding="utf-8")
    looked(run)
    for torn in (b"", b'{"a.txt": [1,', b"[1]"):
        (ledger,) = (folder / "reports").glob("watched-*.list")
        ledger.write_bytes(torn)
        assert looked(run) == (0, ["a.txt"], [])
    assert len(json.loads(run("report", "list", "--json").out)) == 1
    assert run("report", "watch", "nowhere", "--once").code == 3


def test_a_link_that_takes_the_place_of_a_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    watched = WatchedFolder(tmp_path, tmp_path / "reports")
    (due,) = watched.due(time.time() + 1, 0)
    assert watched.content(due) == TEXT.encode()
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    with pytest.raises(InputError):
        watched.content(due)
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(InputError):
        watched.content(due)
