"""Transcripts of screening documents: what is found, where it is, what is refused."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from lib.transcripts import Run

REGISTER = """\
{"id":"m","names":["Munir Al-Tuzani","منير التوزاني"],"birth_dates":["1974-11-26"],"nationalities":["ma"]}
{"id":"q","names":["Abd al-Rahman Yasin Qassab"]}
{"id":"k","names":["Петр Иванович Коваленчук"]}
"""
PAGE = (
    "<html><head><title>x</title><script>var a = 'Munir Al-Tuzani';</script></head><body><h1>Man held</h1>"
    "<p>Police named <b>Munir</b> Al&#8209;T&uacute;zani, 49, a Moroccan. &copy; 2024</p></body></html>"
)


@pytest.fixture
def people(folder: Path) -> Path:
    path = folder / "people.jsonl"
    path.write_text(REGISTER, encoding="utf-8")
    return path


def found(run: Run, people: Path, *documents: Path) -> list[dict[str, str]]:
    said = run("screen", *documents, "--register", people, "--out", "mentions.csv")
    assert said.code in {0, 1}, said.err
    with Path("mentions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(folder: Path, content: str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    ("content", "record", "said"),
    [
        ("Police stopped Munir Al-Tuzani on Monday.", "m", "Munir Al-Tuzani"),
        ("Police stopped al-Tuzani Munir on Monday.", "m", "Tuzani Munir"),
        ("Officials named him as TUZANI, Munir on Monday.", "m", "TUZANI, Munir"),
        ("They held Munir al Tuzzani there.", "m", "Munir al Tuzzani"),
        ("They held Munir al Tuzanis there.", "m", "Munir al Tuzanis"),
        ("the chat said munir al-tuzani is here", "m", "munir al-tuzani"),
        ("قالت الشرطة إن منير التوزاني غادر البلاد", "m", "منير التوزاني"),
        ("The flat of Abdurrahman Qassab was empty.", "q", "Abdurrahman Qassab"),
        ("Abdul Rahman Y. Qassab left.", "q", "Abdul Rahman Y. Qassab"),
        ("Письмо Петра Коваленчука нашли.", "k", "Петра Коваленчука"),
        ("A letter of Petr Kovalenchuk was found.", "k", "Petr Kovalenchuk"),
    ],
)
def test_a_name_is_found_however_it_is_written(
    run: Run, folder: Path, people: Path, content: str, record: str, said: str
) -> None:
    (row,) = found(run, people, text(folder, content))
    assert (row["record_id"], row["text"]) == (record, said)
    assert content[int(row["start"]) : int(row["end"])] == said
    assert row["verdict"] != "namesake-likely"


@pytest.mark.parametrize(
    "content",
    [
        "Munir and Tuzani are two villages.",
        "The Munir. Al-Tuzani said nothing.",
        "Munir Haddad met Karim Tuzani.",
        "Nothing is said of anybody here.",
    ],
)
def test_parts_that_do_not_stand_together_are_no_mention(run: Run, folder: Path, people: Path, content: str) -> None:
    assert not [row for row in found(run, people, text(folder, content)) if row["verdict"] != "namesake-likely"]


def test_what_stands_beside_a_name_tells_a_namesake_apart(run: Run, folder: Path, people: Path) -> None:
    same = text(folder, "Munir Al-Tuzani, 49, a Moroccan national, was held in May 2024.", "same.txt")
    other = text(folder, "Munir Al-Tuzani, 22, a Belgian footballer, scored in May 2024.", "other.txt")
    verdicts = {Path(row["document"]).name: row["verdict"] for row in found(run, people, same, other)}
    assert verdicts == {"same.txt": "likely", "other.txt": "namesake-likely"}


def test_places_in_a_page_are_those_of_its_source(run: Run, folder: Path, people: Path) -> None:
    (row,) = found(run, people, text(folder, PAGE, "page.html"))
    assert row["text"] == "Munir</b> Al&#8209;T&uacute;zani" == PAGE[int(row["start"]) : int(row["end"])]
    assert row["verdict"] == "likely"


def test_places_count_characters_of_the_file_as_it_is(run: Run, folder: Path, people: Path) -> None:
    path = folder / "old.txt"
    path.write_bytes("Zoé\r\n“Munir\r\nAl-Tuzani”".encode("cp1252"))
    (row,) = found(run, people, path)
    assert (row["start"], row["text"]) == ("6", "Munir\r\nAl-Tuzani")


def test_a_document_that_is_no_text_is_told_and_the_others_go_on(run: Run, folder: Path, people: Path) -> None:
    good = text(folder, "Munir Al-Tuzani", "good.txt")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7\n\x00\x01")
    (folder / "noise").write_bytes(bytes(range(256)) * 20)
    bomb = folder / "bomb.txt.gz"
    with gzip.open(bomb, "wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
    documents = (folder / "bad.pdf", folder / "noise", bomb, folder / "absent.txt", good)
    said = run("screen", *documents, "--register", people, "--out", "mentions.csv", "--json")
    told = json.loads(said.out)
    assert said.code == 0
    assert (told["documents"], told["mentions"]) == (1, 1)
    assert [Path(each["document"]).name for each in told["refused"]] == ["bad.pdf", "noise", "bomb.txt.gz", "absent.txt"]


def test_of_a_folder_all_below_it_is_read_but_what_is_hidden_and_links(run: Run, folder: Path, people: Path) -> None:
    (folder / "papers" / "old").mkdir(parents=True)
    (folder / "papers" / ".git").mkdir()
    for name in ("papers/b.txt", "papers/old/a.txt", "papers/.hidden", "papers/.git/c.txt", "outside.txt"):
        text(folder, "Munir Al-Tuzani", name)
    (folder / "papers" / "link.txt").symlink_to(folder / "outside.txt")
    said = run("screen", "papers", "--register", people, "--out", "mentions.csv", "--json")
    rows = list(csv.DictReader((folder / "mentions.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["document"] for row in rows] == ["papers/b.txt", "papers/old/a.txt"]
    (refused,) = json.loads(said.out)["refused"]
    assert (refused["document"], "link" in refused["reason"]) == ("papers/link.txt", True)


def test_a_file_whose_name_is_no_utf_8_is_read_like_any_other(run: Run, folder: Path, people: Path) -> None:
    (folder / "papers").mkdir()
    for name in ("caf\udce9.txt", "no\udcff.pdf"):
        text(folder, "Munir Al-Tuzani", f"papers/{name}")
    (folder / "papers" / "no\udcff.pdf").write_bytes(b"%PDF-1.7\n\x00\x01")
    said = run("screen", "papers", "--register", people, "--out", "mentions.csv", "--json")
    rows = list(csv.DictReader((folder / "mentions.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["document"] for row in rows] == ["papers/caf\N{REPLACEMENT CHARACTER}.txt"]
    assert [each["document"] for each in json.loads(said.out)["refused"]] == ["papers/no\N{REPLACEMENT CHARACTER}.pdf"]
    for words in (("watch", "papers", "--once", "--still", "0"), ("add", *sorted((folder / "papers").iterdir()))):
        told = json.loads(run("report", *words, "--json").out)
        assert (len(told["added"]), len(told["refused"])) == (1, 1)
    assert json.loads(run("report", "list", "--json").out)[0]["name"] == "caf\N{REPLACEMENT CHARACTER}.txt"


def test_names_stand_beside_the_mentions_for_who_looks_at_them(run: Run, folder: Path, people: Path) -> None:
    document = text(folder, "\u201cMunir,\r\nAl-Tuzani\u201d and Abd al-Rahman Yasin Qassab")
    run("screen", document, "--register", people, "--with-names", "--out", "m.csv")
    with (folder / "m.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert {(row["record_id"], row["name"]) for row in found} >= {("q", "Abd al-Rahman Yasin Qassab")}
    assert all(row["name"] for row in found)


def test_nobody_found_where_a_document_could_not_be_read_is_no_answer(run: Run, folder: Path, people: Path) -> None:
    assert run("screen", "absent.txt", "--register", people).code == 3
    assert run("screen", text(folder, "Nobody."), "absent.txt", "--register", people).code == 3
    assert run("screen", text(folder, "Munir Al-Tuzani"), "absent.txt", "--register", people).code == 0


def test_nobody_mentioned_is_an_answer(run: Run, folder: Path, people: Path) -> None:
    said = run("screen", text(folder, "Nobody."), "--register", people)
    assert (said.code, said.out) == (1, "document,start,end,text,record_id,weight_bits,verdict\n")


def test_a_register_of_the_store_serves_as_well(run: Run, folder: Path, register: object) -> None:  # noqa: ARG001
    said = run("screen", text(folder, "Mounir El Touzani"), "--register", "watch")
    assert said.code == 0
    assert ",a1," in said.out


def test_the_register_is_never_written_over(run: Run, folder: Path, people: Path) -> None:
    assert run("screen", text(folder, "x"), "--register", people, "--out", people).code == 3
