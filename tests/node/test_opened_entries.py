"""A supervisor asks about one entry: its salt shows whom it was about, and nothing about any other."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.nodes import Node, agree, fill, nodes, offer, person
from lib.transcripts import in_process
from tallystick.audit import Opening, decode_opening, verify_commitment
from tallystick.audit.entries import QueryAsked
from tallystick.errors import InputError, IntegrityError

OWN = [person(f"a{number}", f"Tomasin Verhoovel{'abcdefgh'[number]}", born=f"198{number}-04-17") for number in range(5)]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, *OWN)
        fill(b.folder, person("b1", "Bertolf Ansgarsen", born="1990-06-30"))
        agree(a, b)
        offer(a)
        offer(b)
        yield a, b


def opened(node: Node, entry: QueryAsked, record: tuple[str, str] | None = None) -> dict[str, object]:
    asked = {"circle": entry.circle, "request": entry.request.hex(), "commitment": entry.commitment.hex()}
    found: dict[str, object] = node.do("opening", **asked, record=record)
    return found


def opening(said: dict[str, object]) -> Opening:
    return decode_opening(str(said["salt"]))


def test_a_person_asked_for_by_hand(pair: tuple[Node, Node]) -> None:
    a, _ = pair
    outcome = a.ask("Bertolf Ansgarsen", "1990-06-30", reason="post 4")["outcomes"][0]
    a.ask("Bertolf Ansgarsen", "1990-06-30")
    first, second = a.log(QueryAsked)
    assert first.commitment != second.commitment, "nobody sees that two questions are about one person"
    assert outcome["entries"]
    said = opened(a, first)
    assert (said["officer"], said["reason"]) == ("officer-7", "post 4")
    line = str(said["line"]).encode()
    verify_commitment(first.commitment, opening(said), line)
    with pytest.raises(IntegrityError):
        verify_commitment(second.commitment, opening(said), line)
    with pytest.raises(IntegrityError):
        verify_commitment(first.commitment, opening(said), line.replace(b"1990", b"1991"))


def test_one_of_many_own_records_the_others_stay_closed(pair: tuple[Node, Node]) -> None:
    a, _ = pair
    a.sync()
    entries = a.log(QueryAsked)
    assert len({entry.commitment for entry in entries}) == len(entries) > 0
    about = {place for entry in entries for place in map(_place, opened(a, entry)["about"])}  # type: ignore[call-overload]
    assert about == {("wanted", str(each["id"])) for each in OWN}
    for entry in entries:
        for place in map(_place, opened(a, entry)["about"]):  # type: ignore[call-overload]
            said = opened(a, entry, place)
            verify_commitment(entry.commitment, opening(said), str(said["line"]).encode())
            assert json.loads(str(said["line"]))["id"] == place[1]
    with pytest.raises(InputError, match="not about that record"):
        opened(a, entries[0], ("wanted", "b1"))


def _place(about: dict[str, str]) -> tuple[str, str]:
    return about["register"], about["record_id"]


def test_a_record_that_changed_is_shown_by_whoever_has_it_as_it_was(pair: tuple[Node, Node]) -> None:
    a, _ = pair
    a.sync()
    entry = a.log(QueryAsked)[0]
    place = _place(opened(a, entry)["about"][0])  # type: ignore[index]
    before = str(opened(a, entry, place)["line"]).encode()
    fill(a.folder, *({**each, "birth_dates": ["1970"]} for each in OWN))
    said = opened(a, entry, place)
    assert said["line"] == ""
    verify_commitment(entry.commitment, opening(said), before)


def test_what_opens_an_entry_is_forgotten_after_the_retention(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, OWN[0])
        fill(b.folder, OWN[1])
        agree(a, b, retention_days=0)
        offer(a)
        offer(b)
        a.sync()
        [entry] = a.log(QueryAsked)
        a.open.participation.node.state.forget_queries("border", a.open.participation.node.now().replace(year=2100))
        with pytest.raises(InputError, match="nothing is kept"):
            opened(a, entry)


def test_from_the_log_to_the_verdict_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, *OWN)
        fill(b.folder, OWN[0])
        agree(a, b)
        offer(a)
        offer(b)
        a.ask("Bertolf Ansgarsen", "1990-06-30")
        a.sync()
        places = [number for number, entry in enumerate(_entries(a)) if isinstance(entry, QueryAsked)]
        (tmp_path / "log.vkey").write_text(a.open.card.log_key, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for number, record in ((places[0], ()), (places[-1], ("--record", "wanted", "a3"))):
        told = in_process("audit", "open", number, *record, "--salt", "x.salt", "--query", "x.jsonl", "--node", "police-a")
        assert told.code == 0, told.err
        assert (tmp_path / "x.salt").stat().st_mode & 0o777 == 0o600
        assert in_process("audit", "prove", "police-a/log", number, "--key", "log.vkey", "--out", "x.proof").code == 0
        verify = ("audit", "verify", "x.proof", "--key", "log.vkey", "--salt", "x.salt", "--query")
        assert "the person in the query" in in_process(*verify, "x.jsonl").out
        (tmp_path / "other.jsonl").write_text(json.dumps(person("a3", "Ilvira Quandrosse", born="1975")), encoding="utf-8")
        assert in_process(*verify, "other.jsonl").code == 7
    several = in_process("audit", "open", places[-1], "--node", "police-a")
    assert "wanted a3" in several.out
    refused = in_process("audit", "open", places[-1], "--salt", "x.salt", "--node", "police-a")
    assert (refused.code, "say with --record which" in refused.err) == (3, True)
    assert in_process("audit", "open", 0, "--node", "police-a").code == 3


def _entries(node: Node) -> list[object]:
    from tallystick.audit.entries import Entry

    return [*node.log(Entry)]
