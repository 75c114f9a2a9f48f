"""Transcripts of looking for one person: what may be typed, where it is looked for, what is shown."""

import json
from pathlib import Path

import pytest

from lib.transcripts import Run, as_program
from tallystick.cli.typed import read_born, read_country
from tallystick.errors import InputError
from tallystick.matching import default_parameters

CUSTODY = ("--owner", "Unit 2", "--purpose", "tests", "--legal-basis", "article 2")
GREEK = "\u039c\u03b1\u03c1\u03af\u03b1 \u0399\u03b2\u03ac\u03bd\u03bf\u03b2\u03b1"
CYRILLIC = "\u041c\u0430\u0440\u0438\u044f \u0418\u0432\u0430\u043d\u043e\u0432\u0430"
GUESTS = """\
{"id":"g1","names":["Marija Ivanova","Mimi"],"birth_dates":["1970-02-01","1970","1971","1972"]}
{"id":"g2","names":["Petra Novotna"]}
"""


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─")]


@pytest.fixture
def guests(register: object, run: Run, folder: Path) -> Path:  # noqa: ARG001
    """Make a second register, `guests`, with a person who is in `watch`, too."""
    path = folder / "guests.jsonl"
    path.write_text(GUESTS, encoding="utf-8")
    assert run("import", "guests", path, *CUSTODY).code == 0
    return path


# --- what is typed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("", ""),
        ("1974", "1974"),
        ("1974-09", "1974-09"),
        ("1974-09-03", "1974-09-03"),
        ("3.9.1974", "1974-09-03"),
        ("03/09/1974", "1974-09-03"),
        ("09/23/1974", "1974-09-23"),
        ("3 September 1974", "1974-09-03"),
        ("around 1974", "1974~"),
        ("1974~", "1974~"),
        ("1985/1990", "1985/1990"),
        ("1985-1990", "1985/1990"),
        ("1980s", "1980/1989"),
    ],
)
def test_a_birth_date_is_read_as_people_write_it(typed: str, edtf: str) -> None:
    assert read_born(typed)[0] == edtf


@pytest.mark.parametrize("typed", ["yesterday", "31.2.1974", "1410-05-03", "12345", " . "])
def test_what_is_no_date_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        read_born(typed)
    assert typed not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("typed", ["1375", "1375-05-03", "1375~", "1385/05/03"])
def test_a_year_of_another_calendar_is_refused_with_advice(run: Run, typed: str) -> None:
    said = run("find", "Maria Ivanova", "--born", typed)
    assert said.code == 3
    assert said.err.startswith("error: --born cannot be used: ")
    assert "hint:  " in said.err


@pytest.mark.parametrize(
    ("typed", "other"),
    [("3.9.1974", "1974-03-09"), ("9/3/1974", "1974-09-03"), ("3.3.1974", ""), ("23.9.1974", ""), ("1974", "")],
)
def test_a_date_of_two_readings_is_said(typed: str, other: str) -> None:
    remark = read_born(typed)[1]
    assert (other in remark) if other else not remark


@pytest.mark.parametrize(("typed", "code"), [("", ""), ("ma", "ma"), ("MA", "ma"), ("Morocco", "ma"), ("Moroccan", "ma")])
def test_a_country_is_a_code_or_a_name(typed: str, code: str) -> None:
    assert read_country(typed) == code


@pytest.mark.usefixtures("register")
def test_the_reading_of_a_date_is_told_and_used(run: Run) -> None:
    said = run("find", "watch", "Munir al Tuzani", "--born", "3.9.1974", "--json")
    assert said.err == "born is read as 1974-09-03, the day first; write 1974-03-09 if that is meant\n"
    [swapped] = json.loads(run("find", "watch", "Munir al Tuzani", "--born", "1974-03-09", "--json").out)
    assert json.loads(said.out)[0]["weight_bits"] > swapped["weight_bits"]


# --- where it is looked for ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize("name", ["Maria Ivanova", CYRILLIC, GREEK])
def test_without_a_register_all_of_them_are_asked(run: Run, name: str) -> None:
    found = json.loads(run("find", name, "--born", "1970", "--json").out)
    assert {(each["register"], each["id"]) for each in found} == {("watch", "a2"), ("guests", "g1")}
    assert [each["probability"] for each in found] == sorted((each["probability"] for each in found), reverse=True)


@pytest.mark.usefixtures("guests")
def test_a_register_alone_is_no_question(run: Run) -> None:
    said = run("find", "watch")
    assert said.code == 2
    assert "watch is a register" in said.err


@pytest.mark.usefixtures("guests")
def test_a_name_without_quotes_is_explained(run: Run) -> None:
    said = run("find", "watch", "Maria", "Ivanova")
    assert said.code == 2
    assert "in quotes" in said.err


def test_an_empty_store_is_said(run: Run) -> None:
    run("init")
    said = run("find", "Maria Ivanova")
    assert said.code == 3
    assert "tallystick import" in said.err


def test_a_file_without_our_ending_is_a_file_all_the_same(run: Run, guests: Path) -> None:
    guests.rename("visitors")
    assert json.loads(run("find", "visitors", "Petra Novotna", "--json").out)[0]["id"] == "g2"


@pytest.mark.usefixtures("guests")
def test_nobody_is_told_with_how_many_were_asked(run: Run) -> None:
    said = run("find", "Wolfgang Amadeus Zzyzx")
    hint = "weaker resemblances are shown with --min-bits 0"
    assert (said.out, said.err, said.code) == ("", f"nobody is found in guests and watch (4 records)\n{hint}\n", 1)
    assert hint not in run("find", "Wolfgang Amadeus Zzyzx", "--min-bits", "0").err


# --- what is shown ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("guests")
def test_the_table_names_the_record_as_explain_takes_it(run: Run) -> None:
    shown = words(run("find", "guests", "Maria Ivanova", "--born", "1970").out)
    assert shown[0] == "record name born bits probability decision"
    assert shown[1].startswith("guests/g1 Marija Ivanova 1970-02-01; 1970; 1971; 1 more ")
    assert run("explain", "guests/g1", "watch/a2").code == 0
    assert run("show", "guests/g1") == run("show", "guests", "g1")


@pytest.mark.usefixtures("guests")
def test_the_name_that_is_nearest_is_shown_beside_the_first(run: Run, folder: Path) -> None:
    (folder / "many.jsonl").write_text('{"id":"m","names":["Unknown Soldier","Petra Novotna"]}\n', encoding="utf-8")
    said = run("find", "many.jsonl", "Novotna, Petra", "--min-bits", "0")
    assert "many.jsonl:m Unknown Soldier; Petra Novotna" in words(said.out)[1]
    [found] = json.loads(run("find", "many.jsonl", "Novotna, Petra", "--min-bits", "0", "--json").out)
    assert found["nearest_name"] == "Petra Novotna"


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("where", ["watch", "watch.jsonl"])
def test_weaker_resemblances_are_shown_on_request(run: Run, folder: Path, where: str) -> None:
    text = json.loads(default_parameters().text)
    text["thresholds"] = {"link": 0.99999, "possible": 0.9999}
    (folder / "strict.json").write_text(json.dumps(text), encoding="utf-8")
    asked = ("find", where, "Maria Ivanova", "--parameters", "strict.json", "--json")
    assert run(*asked).code == 1
    [found] = json.loads(run(*asked, "--min-bits", "1").out)
    assert (found["id"], found["decision"]) == ("a2", "non-link")
    assert run(*asked, "--min-bits", "90").code == 1


@pytest.mark.usefixtures("guests")
def test_no_more_is_shown_than_asked_for(run: Run) -> None:
    assert len(json.loads(run("find", "Maria Ivanova", "--born", "1970", "--top", "1", "--json").out)) == 1


@pytest.mark.usefixtures("guests")
def test_find_as_a_program(folder: Path) -> None:
    said = as_program("find", CYRILLIC, "--born", "around 1970", folder=folder)
    assert said.code == 0, said.err
    assert "guests/g1" in said.out
    assert said.err == ""


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize("option", [("--out", "x.csv"), ("--quarantine", "x.jsonl")])
def test_options_of_a_batch_are_refused_for_one_person(run: Run, option: tuple[str, str]) -> None:
    assert run("find", "watch", "Maria Ivanova", *option).code == 2


@pytest.mark.usefixtures("guests")
def test_options_of_one_person_are_refused_for_a_batch(run: Run) -> None:
    said = run("find", "watch", "--queries", "guests.jsonl", "--born", "1970", "--city", "Sofia")
    assert said.code == 2
    assert "--born, --city" in said.err


# --- by one part of a name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "bearer"),
    [("Marija", "g1"), ("Ivanova", "g1"), (CYRILLIC.split()[1], "g1"), (GREEK.split()[1], "g1"), ("Petra", "g2")],
)
def test_one_part_finds_who_bears_it(run: Run, guests: Path, typed: str, bearer: str) -> None:
    for where in ("guests", guests):
        found = json.loads(run("find", where, typed, "--json").out)
        assert found[0]["id"] == bearer, where
        assert found[0]["decision"] == "possible"


@pytest.mark.usefixtures("register")
def test_of_many_bearers_it_is_said_how_many_there_are(run: Run, folder: Path) -> None:
    crowd = "".join(f'{{"id":"c{n}","names":["Maria Number{n}"]}}\n' for n in range(30))
    (folder / "crowd.jsonl").write_text(crowd, encoding="utf-8")
    assert run("import", "crowd", "crowd.jsonl", *CUSTODY).code == 0
    for where in ("crowd", "crowd.jsonl"):
        said = run("find", where, "Maria", "--top", "4", "--json")
        assert len(json.loads(said.out)) == 4
        assert said.err == "about 30 records have such a name part: say more of the name, or --born, or a higher --top\n"
        assert run("find", where, "Maria", "--top", "40").err == ""
