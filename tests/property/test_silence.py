"""Invariant 2: whatever goes wrong, no value of a record reaches the screen; only the quarantine has it."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.strategies import records
from lib.transcripts import Said, in_process
from tallystick.model import Record, check, encode

CANARY = "zq7canary"
CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")
NATIVE = {"id": "r1", "names": [CANARY], "phones": [CANARY], "birth_dates": ["1964"]}
SPOILT: dict[str, object] = {
    "birth_dates": [CANARY],
    "gender": CANARY,
    "nationalities": [CANARY],
    "names": CANARY,
    "custody": {"expires_on": CANARY},
    "identifiers": [{"type": "passport", "number": [CANARY]}],
    "addresses": [{CANARY: CANARY}],
    CANARY: CANARY,
}
FTM = [
    {"id": "e1", "schema": "Person", "properties": {"name": CANARY, "birthDate": [CANARY], "nationality": [[CANARY]]}},
    {"id": "e2", "schema": CANARY, "properties": {"name": [CANARY]}},
]
FILES = {
    "native, one field spoilt": "".join(json.dumps({**NATIVE, field: value}) + "\n" for field, value in SPOILT.items()),
    "native, cut off": json.dumps(NATIVE)[:-5] + '\n{"id":"r2","names":["N"]}\n',
    "ftm, spoilt": "".join(json.dumps(each) + "\n" for each in FTM),
    "un, spoilt": "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME></FIRST_NAME>"
    f"<INDIVIDUAL_DATE_OF_BIRTH><DATE>{CANARY}</DATE></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>",
    "un, cut off": f"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>{CANARY}</FIRST_NAME>",
    "xml, not well-formed": f"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>{CANARY}</{CANARY}>",
    "no format at all": CANARY * 10,
    "a table without a mapping": f"name,born\n{CANARY},{CANARY}\n",
}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALLYSTICK_DEBUG", raising=False)
    monkeypatch.delenv("TALLYSTICK_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert in_process("init").code == 0


def silent(said: Said) -> Said:
    assert CANARY not in said.out + said.err
    assert said.code != 70, said.err
    return said


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_an_import_says_no_value(tmp_path: Path, content: str) -> None:
    (tmp_path / "list").write_text(content, encoding="utf-8")
    for words in ((), ("--json",), ("--format", "native"), ("--format", "ftm"), ("--format", "un"), ("--format", "table")):
        silent(in_process("import", "watch", "list", *CUSTODY, *words))


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_files_read_straight_say_no_value(tmp_path: Path, content: str) -> None:
    (tmp_path / "list.jsonl").write_text(content, encoding="utf-8")
    (tmp_path / "good.jsonl").write_text('{"id":"g1","names":["Li Wei"]}\n', encoding="utf-8")
    silent(in_process("link", "list.jsonl", "good.jsonl", "--out", "pairs.csv"))
    silent(in_process("find", "list.jsonl", "Li Wei", "--born", "1964"))
    silent(in_process("find", "good.jsonl", "--queries", "list.jsonl", "--out", "hits.csv"))


def test_the_typed_query_is_not_repeated_in_an_error(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text('{"id":"g1","names":["Li Wei"]}\n', encoding="utf-8")
    for words in (["--born", CANARY], ["--country", CANARY], ["--number", CANARY * 2000], ["--place", CANARY * 2000]):
        assert silent(in_process("find", "good.jsonl", "Li Wei", *words)).code == 3


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records, place=st.floats(0, 1), noise=st.binary(min_size=1, max_size=6))
def test_any_damage_to_any_record_is_silent(tmp_path: Path, record: Record, place: float, noise: bytes) -> None:
    line = encode(check(record)).replace(b"}", b',"emails":["%s"]}' % CANARY.encode())
    at = int(place * len(line))
    (tmp_path / "list.jsonl").write_bytes(line[:at] + noise + line[at:] + b"\n")
    silent(in_process("import", "watch", "list.jsonl", "--format", "native", *CUSTODY))
    silent(in_process("link", "list.jsonl", "list.jsonl", "--out", "pairs.csv"))
