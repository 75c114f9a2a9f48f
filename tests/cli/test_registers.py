"""Transcripts of a register's life: made, imported into, looked at, exported, expired."""

import gzip
import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from lib.transcripts import Run, Said
from tallystick.model import decode

CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")

WATCH = """\
 import           watch
 ──────────────────────
 edition          1
 added            2
 changed          0
 unchanged        0
 removed          0
 expired          0
 quarantined      0
 not persons      0
"""

SHOWN = """\
 field           value
 ──────────────────────────────────
 id              a1
 names           Mounir El Touzani
 names           \u0645\u0646\u064a\u0631 \u0627\u0644\u062a\u0648\u0632\u0627\u0646\u064a
 birth_dates     1974-09-03
 nationalities   ma
 owner           Unit 1
 purpose         tests
 legal_basis     article 1
"""


def lines(text: str) -> list[str]:
    """Return the words of each line: widths of columns are rich's business."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─")]


# --- init ---------------------------------------------------------------------------------------------------------------


def test_init_makes_a_store_for_its_owner_alone(run: Run, folder: Path) -> None:
    assert run("init") == Said("", "store tallystick.db is ready; it holds 0 registers\n", 0)
    assert stat.S_IMODE((folder / "tallystick.db").stat().st_mode) == 0o600


@pytest.mark.usefixtures("register")
def test_init_keeps_what_is_there(run: Run) -> None:
    assert run("init", "--json").out == '{"store":"tallystick.db","registers":1,"sealed":false}\n'


def test_the_store_is_found_by_option_then_variable(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYSTICK_STORE", "variable.db")
    run("init")
    run("init", "--store", f"sqlite:///{folder}/option.db")
    assert sorted(path.name for path in folder.glob("*.db")) == ["option.db", "variable.db"]


def test_a_password_in_a_store_url_is_not_repeated(run: Run) -> None:
    said = run("init", "--store", "postgresql://user:zq7canary@127.0.0.1:1/none")
    assert said.code == 6
    assert "zq7canary" not in said.err + said.out


@pytest.mark.parametrize("words", [("register", "list"), ("show", "r", "1"), ("export", "r"), ("import", "r", "f")])
def test_without_a_store_nothing_is_made(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert said.code == 4
    assert "tallystick init" in said.err
    assert not list(folder.iterdir())


@pytest.mark.usefixtures("register")
def test_a_store_of_a_newer_version_is_refused_and_left_alone(run: Run, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "tallystick.db")) as database:
        database.execute("PRAGMA user_version = 9999")
    before = (folder / "tallystick.db").read_bytes()
    for words in (("register", "list"), ("init",), ("import", "watch", "watch.jsonl")):
        said = run(*words)
        assert said.code == 4
        assert "newer" in said.err
    assert (folder / "tallystick.db").read_bytes() == before


def test_a_file_that_is_no_store_is_refused_and_left_alone(run: Run, folder: Path) -> None:
    for content in (b"zq7canary, a diary", b"SQLite format 3\x00" + bytes(100)):
        (folder / "tallystick.db").write_bytes(content)
        for words in (("register", "list"), ("init",)):
            said = run(*words)
            assert said.code in {4, 7}, said.err
            assert "zq7canary" not in said.err
        assert (folder / "tallystick.db").read_bytes() == content


@pytest.mark.usefixtures("register")
def test_a_store_that_is_being_written_is_busy(run: Run, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "tallystick.db")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert run("register", "list").code == 0
        said = run("import", "watch", "watch.jsonl")
    assert said.code == 6
    assert said.err.count("\n") == 2


# --- import -------------------------------------------------------------------------------------------------------------


def test_import_counts_everything(register: Said) -> None:
    assert lines(register.out) == lines(WATCH)


@pytest.mark.usefixtures("register")
def test_a_second_import_changes_nothing(run: Run) -> None:
    summary = json.loads(run("import", "watch", "watch.jsonl", "--json").out)
    assert summary["unchanged"] == 2
    assert (summary["added"], summary["changed"], summary["removed"], summary["edition"]) == (0, 0, 0, 1)


@pytest.mark.usefixtures("register")
def test_a_new_edition_adds_changes_and_removes(run: Run, folder: Path) -> None:
    (folder / "new.jsonl").write_text('{"id":"a1","names":["M. El Touzani"]}\n{"id":"a3","names":["Li Wei"]}\n', encoding="utf-8")
    summary = json.loads(run("import", "watch", "new.jsonl", "--json").out)
    assert (summary["added"], summary["changed"], summary["removed"], summary["edition"]) == (1, 1, 1, 2)


@pytest.mark.usefixtures("register")
def test_a_partial_edition_removes_nothing(run: Run, folder: Path) -> None:
    (folder / "new.jsonl").write_text('{"id":"a3","names":["Li Wei"]}\n', encoding="utf-8")
    summary = json.loads(run("import", "watch", "new.jsonl", "--partial", "--json").out)
    assert (summary["added"], summary["removed"]) == (1, 0)


@pytest.mark.usefixtures("register")
def test_bad_rows_go_to_the_quarantine_and_stop_nothing(run: Run, folder: Path) -> None:
    bad = '{"id":"b1","names":[]}'
    (folder / "bad.jsonl").write_text(f'{{"id":"b2","names":["N"]}}\n{bad}\nnonsense\n', encoding="utf-8")
    said = run("import", "watch", "bad.jsonl")
    assert said.code == 0
    assert "quarantined 2" in lines(said.out)
    assert said.err == "see watch-quarantine.jsonl for what was quarantined, and why\n"
    kept = [json.loads(line) for line in (folder / "watch-quarantine.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["line"], row["original"].rstrip("\n")) for row in kept] == [(2, bad), (3, "nonsense")]
    assert stat.S_IMODE((folder / "watch-quarantine.jsonl").stat().st_mode) == 0o600


@pytest.mark.usefixtures("register")
def test_a_source_is_never_its_own_quarantine(run: Run, folder: Path) -> None:
    said = run("import", "watch", "watch.jsonl", "--quarantine", folder / "watch.jsonl")
    assert said.code == 3
    assert (folder / "watch.jsonl").stat().st_size


@pytest.mark.parametrize(
    ("first", "second", "mapping"),
    [
        ('{"id":"1","names":["Ada"]}\n{"id":"2","names":["Ben"]}\n', '{"id":"1","names":[]}\n{"id":"2","names":["Ben"]}\n', ""),
        ("nr;name;born\n1;Ada;1970\n2;Ben;1980\n", "nr;name;born\n1;?;1970\n2;Ben;1980\n", 'id = "nr"\nnames = ["name"]\n'),
        ("nr;name\n1;Ada\n2;Ben\n", "nr;name\n1;Ada;King;x\n2;Ben\n", 'id = "nr"\nnames = ["name"]\n'),
    ],
)
def test_a_bad_row_takes_nobody_out(run: Run, folder: Path, first: str, second: str, mapping: str) -> None:
    (folder / "first").write_text(first)
    (folder / "second").write_text(second)
    (folder / "m.toml").write_text(mapping)
    how = ("--mapping", "m.toml") if mapping else ("--format", "native")
    run("init")
    assert run("import", "a", "first", *how, *CUSTODY).code == 0
    said = run("import", "a", "second", *how)
    assert "kept as they were, for their row is quarantined 1" in lines(said.out)
    assert {"removed 0", "quarantined 1", "unchanged 1"} <= set(lines(said.out))
    assert run("show", "a", "1").code == 0


def test_a_list_cut_short_is_refused_until_somebody_says_it_may_replace(run: Run, folder: Path) -> None:
    people = [f'{{"id":"{number}","names":["Ada King"]}}\n' for number in range(40)]
    (folder / "whole.jsonl").write_text("".join(people))
    (folder / "cut.jsonl").write_text("".join(people[:9]))
    run("init")
    run("import", "a", "whole.jsonl", *CUSTODY)
    said = run("import", "a", "cut.jsonl")
    assert said.code == 5
    assert said.err.startswith("error: this edition would take out 31 of 40 records of a; nothing was changed\n")
    assert json.loads(run("register", "list", "--json").out)[0]["records"] == 40
    assert json.loads(run("import", "a", "cut.jsonl", "--replace", "--json").out)["removed"] == 31


def test_which_rows_were_repaired_is_written_down_on_request(run: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("nr;name;born\n1;Ada King;31.31.1970\n2;Ben King;1980\n")
    (folder / "m.toml").write_text('id = "nr"\nnames = ["name"]\nbirth_dates = ["born"]\n')
    run("init")
    said = run("import", "a", "a.csv", "--mapping", "m.toml", *CUSTODY)
    assert "--repairs FILE" in said.err
    assert not (folder / "repairs.jsonl").exists()
    run("import", "a", "a.csv", "--mapping", "m.toml", "--repairs", "repairs.jsonl")
    (kept,) = [json.loads(line) for line in (folder / "repairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (kept["line"], kept["reason"]) == (2, "birth date dropped: no day of the calendar")
    assert run("import", "a", "a.csv", "--mapping", "m.toml", "--repairs", "a.csv").code == 3


@pytest.mark.parametrize(
    "wanted", [("--repairs", "m.toml"), ("--quarantine", "m.toml"), ("--quarantine", "b.jsonl", "--repairs", "b.jsonl"),
               ("--repairs", "a-quarantine.jsonl"), ("--quarantine", "registers.db")],
)  # fmt: skip
def test_nothing_is_written_over_what_is_read_or_kept(run: Run, folder: Path, wanted: tuple[str, ...]) -> None:
    (folder / "a.csv").write_text("nr;name;born\n1;Ada King;31.31.1970\n2;;1980\n")
    mapping = 'id = "nr"\nnames = ["name"]\nbirth_dates = ["born"]\n'
    (folder / "m.toml").write_text(mapping)
    (folder / "b.jsonl").write_text("kept")
    store = ("--store", "registers.db")
    run("init", *store)
    said = run("import", "a", "a.csv", "--mapping", "m.toml", *CUSTODY, *wanted, *store)
    assert (said.code, said.err.count("cannot be read and written at once")) == (3, 1)
    assert ((folder / "m.toml").read_text(), (folder / "b.jsonl").read_text()) == (mapping, "kept")
    assert run("register", "list", "--json", *store).out == "[]\n"


@pytest.mark.usefixtures("register")
def test_a_register_is_emptied_after_a_yes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.confirm", lambda *_words, **_more: False)
    assert run("register", "empty", "watch").code == 5
    assert json.loads(run("register", "list", "--json").out)[0]["records"] == 2
    assert run("register", "empty", "watch", "--yes").err == "2 records were taken out of watch\n"
    assert json.loads(run("register", "list", "--json").out)[0]["records"] == 0
    assert run("register", "empty", "nowhere", "--yes").code == 3


def test_a_new_register_must_say_why_it_is_held(run: Run, folder: Path) -> None:
    (folder / "x.jsonl").write_text('{"id":"a1","names":["N"]}\n', encoding="utf-8")
    run("init")
    said = run("import", "new", "x.jsonl", "--purpose", "tests")
    assert said == Said("", "error: register new is new and does not say why it is held\nhint:  give --owner, --legal-basis\n", 3)
    assert run("register", "list", "--json").out == "[]\n"


def test_a_first_import_that_fails_leaves_no_register(run: Run, folder: Path) -> None:
    body = gzip.compress(b'{"id":"1","names":["Ada"]}\n' * 100, 0)
    (folder / "cut.jsonl.gz").write_bytes(body[:-10])
    run("init")
    assert run("import", "new", "cut.jsonl.gz", *CUSTODY).code == 3
    assert run("register", "list", "--json").out == "[]\n"
    (folder / "whole.jsonl.gz").write_bytes(body)
    said = run("import", "new", "whole.jsonl.gz", "--owner", "Unit 2", *CUSTODY[2:])
    assert said.code == 0, said.err
    assert json.loads(run("register", "show", "new", "--json").out)["custody"]["owner"] == "Unit 2"


def test_a_file_is_not_written_where_there_is_no_folder(run: Run, folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"id":"1","names":["Ada"]}\n')
    said = run("link", "a.jsonl", "a.jsonl", "--out", "nowhere/pairs.csv")
    assert said.code == 3
    assert said.err == (
        "error: nowhere/pairs.csv cannot be written: there is no folder nowhere\nhint:  make the folder, or name another\n"
    )


def test_a_mapping_with_a_guessed_encoding_says_so(run: Run, folder: Path) -> None:
    (folder / "a.csv").write_bytes("Nr;Name\n1;J\u00f6rg\n2;J\u00fcrgen\n".encode("cp1252"))
    said = run("import", "a", "a.csv", "--suggest-mapping")
    assert (said.code, said.err) == (0, "a.csv is not UTF-8: the encoding in the mapping is a guess\n")
    assert 'encoding = "cp1252"' in said.out


def test_a_first_import_without_a_record_leaves_no_register(run: Run, folder: Path) -> None:
    (folder / "none.jsonl").write_text('{"id":"1"}\n')
    run("init")
    said = run("import", "new", "none.jsonl", "--format", "native", *CUSTODY)
    assert "none.jsonl holds no record: register new is not made\n" in said.err
    assert "see new-quarantine.jsonl" in said.err
    assert run("register", "list", "--json").out == "[]\n"


@pytest.mark.usefixtures("register")
def test_an_import_does_not_change_the_custody_in_passing(run: Run) -> None:
    assert run("import", "watch", "watch.jsonl", *CUSTODY).code == 0
    said = run("import", "watch", "watch.jsonl", "--purpose", "something else")
    assert said.code == 3
    assert json.loads(run("register", "show", "watch", "--json").out)["custody"]["purpose"] == "tests"


def test_a_file_that_is_not_there_makes_no_register(run: Run) -> None:
    run("init")
    said = run("import", "watch", "nowhere.jsonl", *CUSTODY)
    assert said.code == 3
    assert "nowhere.jsonl" in said.err
    assert run("register", "list", "--json").out == "[]\n"


@pytest.mark.usefixtures("register")
def test_a_register_is_exported_for_spreadsheets(run: Run, folder: Path) -> None:
    assert run("export", "watch", "--format", "csv", "--out", "watch.csv").code == 0
    rows = (folder / "watch.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert rows[0].startswith("id,name,alias")
    assert len(rows) == 4  # a header, two persons, and the end of the last line


# --- looking ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("register")
def test_show_prints_a_record_and_its_custody(run: Run) -> None:
    assert lines(run("show", "watch", "a1").out) == lines(SHOWN)


@pytest.mark.usefixtures("register")
def test_show_json_holds_the_record_as_it_is(run: Run) -> None:
    said = json.loads(run("show", "watch", "a2", "--json").out)
    assert said["record"]["names"] == ["Maria Ivanova"]
    assert said["custody"] == {"owner": "Unit 1", "purpose": "tests", "legal_basis": "article 1", "expires_on": "2030-01-01"}


@pytest.mark.usefixtures("register")
def test_markup_in_a_record_is_only_text(run: Run, folder: Path) -> None:
    (folder / "m.jsonl").write_text('{"id":"[red]m[/red]","names":["[bold]M[/bold] :smile:"]}\n', encoding="utf-8")
    assert run("import", "watch", "m.jsonl", "--partial").code == 0
    assert "names [bold]M[/bold] :smile:" in lines(run("show", "watch", "[red]m[/red]").out)


@pytest.mark.parametrize("words", [("show", "watch", "a9"), ("show", "nothing", "a1"), ("register", "history", "watch", "a9")])
@pytest.mark.usefixtures("register")
def test_what_is_not_there_is_an_input_error(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert (said.code, said.out) == (3, "")
    assert said.err.count("\n") == 2


@pytest.mark.usefixtures("register")
def test_register_list_and_show(run: Run) -> None:
    assert "watch 2 Unit 1 tests" in lines(run("register", "list").out)
    shown = lines(run("register", "show", "watch").out)
    assert "legal basis article 1" in shown
    assert "records 2" in shown
    assert any(line.startswith("1 ") and line.endswith(" watch.jsonl 2 added") for line in shown)
    told = json.loads(run("register", "show", "watch", "--json").out)
    assert told["editions"][0]["added"] == 2


@pytest.mark.usefixtures("register")
def test_history_tells_what_happened_and_what_was(run: Run, folder: Path) -> None:
    (folder / "new.jsonl").write_text('{"id":"a1","names":["M. El Touzani"]}\n', encoding="utf-8")
    run("import", "watch", "new.jsonl")
    told = [json.loads(line) for line in run("register", "history", "watch", "--json").out.splitlines()]
    changes = sorted((each["edition"], each["id"], each["change"]) for each in told)
    assert changes == [(1, "a1", "added"), (1, "a2", "added"), (2, "a1", "changed"), (2, "a2", "removed")]
    before = {each["id"]: each["before"] for each in told if each["edition"] == 2}
    assert before["a1"]["names"][0] == "Mounir El Touzani"
    assert "Touzani" not in run("register", "history", "watch").out


# --- expiry and export --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("register")
def test_expire_takes_out_what_is_over(run: Run) -> None:
    assert run("register", "expire", "watch", "--on", "2029-12-31").err == "0 records of watch expired\n"
    assert run("register", "expire", "watch", "--on", "2030-01-01", "--json").out == '{"register":"watch","expired":1}\n'
    assert run("show", "watch", "a2").code == 3


@pytest.mark.usefixtures("register")
def test_an_index_of_another_version_is_refused_and_made_anew(run: Run, folder: Path) -> None:
    assert run("register", "reindex", "watch").err == "the index of watch is up to date\n"
    with closing(sqlite3.connect(folder / "tallystick.db")) as database, database:
        database.execute("UPDATE register SET index_mark = 'of another version'")
        database.execute("DELETE FROM part_form")
    refused = run("find", "watch", "Touzani")
    assert refused.code == 4
    assert refused.err.splitlines()[-1].endswith("bring it up to date with `tallystick register reindex`")
    assert run("register", "reindex").err == "2 records of watch indexed anew\n"
    assert run("register", "reindex", "--json").out == '[{"register":"watch","indexed":0}]\n'
    assert "a1" in run("find", "watch", "Touzani").out
    assert run("register", "reindex", "nobody").code == 3


@pytest.mark.usefixtures("register")
def test_export_gives_back_the_lines(run: Run) -> None:
    exported = run("export", "watch").out.splitlines()
    assert [decode(line.encode()).id for line in exported] == ["a1", "a2"]


@pytest.mark.usefixtures("register")
def test_export_to_a_file_is_private_whole_and_repeatable(run: Run, folder: Path) -> None:
    said = run("export", "watch", "--out", "w.jsonl.gz")
    assert said == Said("", "2 records of watch are in w.jsonl.gz\n", 0)
    written = folder / "w.jsonl.gz"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    first = written.read_bytes()
    assert gzip.decompress(first).decode() == run("export", "watch").out
    run("export", "watch", "--out", "w.jsonl.gz", "--json")
    assert written.read_bytes() == first


@pytest.mark.usefixtures("register")
def test_a_failed_export_leaves_the_old_file(run: Run, folder: Path) -> None:
    (folder / "old.jsonl").write_text("old", encoding="utf-8")
    assert run("export", "nothing", "--out", "old.jsonl").code == 3
    assert (folder / "old.jsonl").read_text(encoding="utf-8") == "old"
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("register")
def test_export_reads_back_in_both_formats(run: Run) -> None:
    for form in ("native", "ftm"):
        assert run("export", "watch", "--format", form, "--out", f"{form}.jsonl").code == 0
        summary = json.loads(run("import", f"again-{form}", f"{form}.jsonl", *CUSTODY, "--json").out)
        assert summary["added"] == 2, form


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("register")
def test_an_unwritable_place_is_an_input_error(run: Run, folder: Path) -> None:
    (folder / "locked").mkdir(mode=0o500)
    said = run("export", "watch", "--out", "locked/w.jsonl")
    assert said.code == 3
    assert "permission denied" in said.err
