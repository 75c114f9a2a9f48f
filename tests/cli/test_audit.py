"""Transcripts of looking into logs and checking them: ours, a partner's, a copy that somebody changed."""

import json
import shutil
from pathlib import Path

import pytest

from lib.log_twin import KEY, TIME
from lib.transcripts import Run
from tallystick.adapters.audit_folder import opened_audit_log
from tallystick.audit import COSIGNATURE, SigningKey, commit, entries, sign_checkpoint
from tallystick.audit.notes import with_signatures

WITNESS = SigningKey("bank.example/w1", COSIGNATURE, bytes([1] * 32))
AT_S = 1_772_366_400
SALT = bytes(range(32))
QUERY = b'{"id":"q1","names":["Zorvek Illumar"]}'
ASKED = entries.QueryAsked(
    time=TIME,
    peer="police.example",
    circle="border-2026",
    agreement=bytes(32),
    epoch=3,
    purpose="border-check",
    legal_basis="Example Act, section 5",
    officer="O-1729",
    points=32,
    request=bytes([1] * 32),
    commitment=commit(SALT, QUERY),
)
STARTED = entries.NodeStarted(time=TIME, software="tallystick 0.1.0")

SHOWN = """\
 log                        node.example/audit
 ───────────────────────────────────────────────────────────────────────────────────────────────
 entries under a checkpoint 2
 root hash ROOT
 entry time (UTC) type peer circle purpose officer points
 ──────────────────────────────────────────────────────────────────────────────────────────────
 0 2026-03-01 12:00:00 node-started
 1 2026-03-01 12:00:00 query-asked police.example border-2026 border-check O-1729 32
 2* 2026-03-01 12:00:00 node-started
"""

VERIFIED = """\
 log node.example/audit
 ─
 entries 2, all in their canonical writing
 root hash ROOT
 tiles and bundles 2, all as the checkpoint says
 signed by the log yes
 cosigned by bank.example/w1, 2026-03-01T12:00:00Z
 earlier checkpoint is its beginning; 2 entries since
 verdict verified
 entries type
 ─
 1 query-asked
 1 node-started
"""


def words(text: str) -> list[str]:
    """Return the words of each line: widths of columns are rich's business."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─")]


@pytest.fixture
def log(folder: Path) -> Path:
    """Make a log of two entries, cosigned, and one that is pending; and files with the keys, the query, the salt."""
    place = folder / "audit"
    with opened_audit_log(place, KEY) as opened:
        (folder / "before.checkpoint").write_text(str(opened.checkpoint()), encoding="utf-8")
        opened.append([STARTED, ASKED])
        note = opened.publish()
        opened.keep_cosignatures(with_signatures(note, [WITNESS.cosign(note.text, at_s=AT_S)]))
        opened.append([STARTED])
    (folder / "log.vkey").write_text(f"{KEY.verifier_key()}\n", encoding="utf-8")
    (folder / "person.jsonl").write_bytes(QUERY + b"\n")
    (folder / "1.salt").write_text(SALT.hex() + "\n", encoding="utf-8")
    return place


def root(log: Path) -> str:
    import base64

    return base64.b64decode((log / "checkpoint").read_text(encoding="utf-8").split("\n")[2]).hex()


def test_show_prints_the_entries(run: Run, log: Path) -> None:
    said = run("audit", "show", log)
    assert said.code == 0
    assert words(said.out) == words(SHOWN.replace("ROOT", root(log)))
    assert said.err == "entries with a * are recorded, but under no checkpoint yet\n"


def test_show_can_choose(run: Run, log: Path) -> None:
    assert "node-started" not in run("audit", "show", log, "--type", "query-asked").out
    assert len(run("audit", "show", log, "--last", 1, "--json").out.splitlines()) == 1
    assert run("audit", "show", log, "--type", "nonsense").code == 3


def test_show_one_entry(run: Run, log: Path) -> None:
    said = run("audit", "show", log, "--entry", 1)
    assert "legal basis Example Act, section 5" in words(said.out)
    assert f"commitment {ASKED.commitment.hex()}" in words(said.out)
    pending = run("audit", "show", log, "--entry", 2)
    assert pending.err == "this entry is recorded, but under no checkpoint yet\n"
    assert run("audit", "show", log, "--entry", 3).code == 3


def test_show_json_gives_the_bytes_of_the_log(run: Run, log: Path) -> None:
    lines = run("audit", "show", log, "--json").out.splitlines()
    assert [json.loads(line)["covered"] for line in lines] == [True, True, False]
    assert lines[1] == f'{{"index":1,"covered":true,"entry":{entries.encode(ASKED).decode()}}}'
    assert json.loads(run("audit", "show", log, "--entry", 1, "--json").out)["index"] == 1


def test_verify_says_what_was_checked(run: Run, log: Path) -> None:
    words_ = ("--key", "log.vkey", "--witness", WITNESS.verifier_key(), "--previous", "before.checkpoint")
    said = run("audit", "verify", log, *words_)
    assert (said.code, said.err) == (0, "")
    assert words(said.out) == words(VERIFIED.replace("ROOT", root(log)))
    found = json.loads(run("audit", "verify", log, *words_, "--json").out)
    assert (found["size"], found["root"], found["grown_by"]) == (2, root(log), 2)
    assert found["cosigned"] == [{"witness": "bank.example/w1", "at": "2026-03-01T12:00:00Z"}]
    assert found["types"] == {"query-asked": 1, "node-started": 1}


def test_a_key_can_be_given_as_text(run: Run, log: Path) -> None:
    assert run("audit", "verify", log, "--key", KEY.verifier_key()).code == 0
    assert run("audit", "verify", log, "--key", "nonsense").code == 3
    assert run("audit", "verify", log).code == 2


def test_a_changed_log_ends_with_code_7(run: Run, log: Path) -> None:
    bundle = log / "tile" / "entries" / "000.p" / "2"
    bundle.write_bytes(bundle.read_bytes().replace(b"O-1729", b"O-1730"))
    said = run("audit", "verify", log, "--key", "log.vkey")
    assert (said.code, said.out) == (7, "")
    assert said.err == (
        "error: tile/0/000.p/2 does not hold the hashes of what lies below it\n"
        "hint:  this copy of the log is damaged or was changed; get another and keep this one as evidence\n"
    )


@pytest.mark.parametrize(
    "words_",
    [
        ("--witness", SigningKey("bank.example/w2", COSIGNATURE, bytes([2] * 32)).verifier_key()),
        ("--witness", WITNESS.verifier_key(), "--cosigned-since", "2026-03-02"),
    ],
)
def test_too_few_cosignatures_end_with_code_7(run: Run, log: Path, words_: tuple[object, ...]) -> None:
    said = run("audit", "verify", log, "--key", "log.vkey", *words_)
    assert said.code == 7
    assert "0 of 1 witnesses" in said.err
    assert run("audit", "verify", log, "--key", "log.vkey", *words_, "--quorum", 0).code == 0


def test_a_log_that_forgot_something_ends_with_code_7(run: Run, log: Path, folder: Path) -> None:
    (folder / "later.checkpoint").write_text(str(sign_checkpoint(5, bytes(32), KEY)), encoding="utf-8")
    said = run("audit", "verify", log, "--key", "log.vkey", "--previous", "later.checkpoint")
    assert said.code == 7
    assert "shrank from 5 to 2" in said.err


def test_a_proof_goes_to_somebody_without_the_log(run: Run, log: Path) -> None:
    assert (
        run("audit", "prove", log, 1, "--key", "log.vkey", "--out", "1.tlog-proof").err
        == "the proof of entry 1 is in 1.tlog-proof\n"
    )
    assert run("audit", "prove", log, 1, "--key", "log.vkey").out == Path("1.tlog-proof").read_text(encoding="utf-8")
    shutil.rmtree(log)
    said = run("audit", "verify", "1.tlog-proof", "--key", "log.vkey")
    assert said.code == 0
    assert "officer O-1729" in words(said.out)
    assert "verdict verified" in words(said.out)
    assert "about" not in said.out


def test_with_the_salt_a_supervisor_sees_whom_it_was_about(run: Run, log: Path, folder: Path) -> None:
    run("audit", "prove", log, 1, "--key", "log.vkey", "--out", "1.tlog-proof")
    about = ("audit", "verify", "1.tlog-proof", "--key", "log.vkey", "--salt", "1.salt", "--query")
    assert "about the person in the query" in words(run(*about, "person.jsonl").out)
    assert json.loads(run(*about, "person.jsonl", "--json").out)["about_query"] is True
    (folder / "other.jsonl").write_text('{"id":"q1","names":["Maria Ivanova"]}\n', encoding="utf-8")
    said = run(*about, "other.jsonl")
    assert said.code == 7
    assert "not about this query" in said.err
    (folder / "1.salt").write_text("not hexadecimal", encoding="utf-8")
    assert run(*about, "person.jsonl").code == 3


def test_only_a_query_is_about_somebody(run: Run, log: Path) -> None:
    run("audit", "prove", log, 0, "--key", "log.vkey", "--out", "0.tlog-proof")
    both = ("--query", "person.jsonl", "--salt", "1.salt")
    assert run("audit", "verify", "0.tlog-proof", "--key", "log.vkey", *both).code == 3
    assert run("audit", "verify", log, "--key", "log.vkey", *both).code == 3
    assert run("audit", "verify", "0.tlog-proof", "--key", "log.vkey", "--query", "person.jsonl").code == 3


def test_a_changed_proof_ends_with_code_7(run: Run, log: Path, folder: Path) -> None:
    run("audit", "prove", log, 1, "--key", "log.vkey", "--out", "1.tlog-proof")
    proof = (folder / "1.tlog-proof").read_text(encoding="utf-8")
    (folder / "1.tlog-proof").write_text(proof.replace("index 1", "index 0"), encoding="utf-8")
    assert run("audit", "verify", "1.tlog-proof", "--key", "log.vkey").code == 7


def test_there_is_no_proof_of_what_no_checkpoint_covers(run: Run, log: Path) -> None:
    said = run("audit", "prove", log, 2, "--key", "log.vkey")
    assert (said.code, said.out) == (3, "")
    assert json.loads(run("audit", "prove", log, 1, "--key", "log.vkey", "--json").out)["index"] == 1


@pytest.mark.parametrize("command", ["show", "verify"])
def test_a_folder_that_is_no_log(run: Run, folder: Path, command: str) -> None:
    key = ("--key", KEY.verifier_key()) if command == "verify" else ()
    assert run("audit", command, folder, *key).code == 7
    assert run("audit", command, folder / "nowhere", *key).code == 3
