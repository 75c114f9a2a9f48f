"""Written names in many scripts, and what they are read as."""

import doctest
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.strategies import TROUBLE, texts
from tallystick import names
from tallystick.names import SCRIPTS, Part, Reading, read_columns, read_name, read_names, reading

latin = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)


def forms(written: str) -> list[str]:
    return [each.normal_form for each in read_name(written)]


@pytest.mark.parametrize(
    ("written", "normal_forms"),
    [
        ("Marek Zorvek", ["marek zorvek"]),
        ("Sergej Zorwekow", ["sergej zorwekow", "sergey zorvekov"]),
        ("ZORVEK, Marek", ["marek zorvek"]),
        ("Quilmar, Marek, Zorvek", ["quilmar marek zorvek"]),
        ("al-Rahman Zorvek, Abd", ["abdrahman zorvek"]),
        ("Adbul Rahman, Abudlrahim", ["abdrahim abdrahman"]),
        ("Jørgen Ñúñez", ["jorgen nunez"]),
        ("Sean O'Quilmar", ["sean oquilmar"]),
        ("Anne-Marie", ["anne marie"]),
        ("Prof. Dr. Otto von der Quilmau", ["otto quilmau"]),
        ("Юрий Зорвеков", ["yuriy zorvekov"]),
        ("Γιώργος", ["giorgos"]),
        ("გიორგი", ["giorgi"]),
        ("Արամ", ["aram"]),
        ("عبد الرحمن", ["abdrhmn"]),
        ("پرویز", ["prwyz"]),
        ("יוסף", ["yvsp"]),
        ("अनिल कुमार", ["anil kumar"]),
        ("ヤマダ・タロー", ["yamada taro"]),
        ("王小明", ["wang xiaoming", "wangxiaoming", "wang xiao ming", "wang hsiao ming", "wong siu ming", "wang so myeong"]),
        (
            "高橋 翔太",
            [
                "gao qiao xiang tai",
                "gaoqiao xiangtai",
                *(f"takahashi {given}" for given in ("shouta", "tota", "kata", "shouhiro")),
            ],
        ),
        ("தமிழன்", ["tamizhan", "damilan"]),
        ("김조빅", ["gim jo big", "gim jobig", "gimjobig"]),
        ("ＺＯＲＶＥＫ", ["zorvek"]),
        ("Zor\u200dvek", ["zorvek"]),
        ("Zor\ud800vek", ["zor vek"]),
        ("", []),
        ("😀 --- \u202e", []),
    ],
)
def test_names_are_read_so(written: str, normal_forms: list[str]) -> None:
    assert forms(written) == normal_forms


@pytest.mark.parametrize("other", ["Abd al-Rahman", "Abdul Rahman", "Abdurrahman", "ABDEL-RAHMAN", "Abd ur Rahman"])
def test_compounds_are_one_part_however_written(other: str) -> None:
    assert forms(other) == ["abdrahman"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Yusuf", "Youssouf"), ("Mohammed", "Mohamed"), ("Zorvek", "Зорвек"), ("Philip", "Filip"), ("Ayoub", "Ayub")],
)
def test_spellings_of_one_name_share_a_fine_class(first: str, second: str) -> None:
    [one], [other] = read_name(first), read_name(second)
    assert one.parts[0].fine == other.parts[0].fine


@pytest.mark.parametrize(
    ("first", "second"), [("Zorvek", "زورفك"), ("Yusuf", "يوسف"), ("Qadari", "Qadiri"), ("Zakaria", "زكريا")]
)
def test_rough_spellings_share_the_coarse_class(first: str, second: str) -> None:
    [one], [other] = read_name(first), read_name(second)
    assert one.parts[0].coarse == other.parts[0].coarse


def test_a_part_remembers_its_script() -> None:
    [mixed] = read_name("Zorvek Зорвек زورفك")
    assert [part.script for part in mixed.parts] == ["latin", "cyrillic", "arabic"]


def test_no_name_shows_in_a_repr() -> None:
    shown = repr(read_name("Zorvek Марек"))
    assert shown == repr((Reading((Part("", "latin", "", ""), Part("", "cyrillic", "", ""))),))


def test_many_names_are_read_like_one() -> None:
    written = ["Marek Zorvek", "", "王小明", "Marek Zorvek"]
    assert read_names(written) == [read_name(each) for each in written]
    assert read_names([]) == []


def test_columns_hold_every_part_once_and_every_name_in_its_place() -> None:
    columns = read_columns(["Zorvek Marek", "", "김조빅", "Marek", "Zor\ud800vek"])
    assert len(columns.parts) == len(set(columns.parts))
    readings = [[columns.parts[n].form for n in columns.part[a:b]] for a, b in pairwise([0, *columns.reading_end])]
    assert readings == [["zorvek", "marek"], ["gim", "jo", "big"], ["gim", "jobig"], ["gimjobig"], ["marek"], ["zor", "vek"]]
    assert list(columns.name_end) == [1, 1, 4, 5, 6]


def test_no_name_shows_in_the_repr_of_columns() -> None:
    assert "zorvek" not in repr(read_columns(["Zorvek"])).lower()


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(reading).attempted == 4
    assert doctest.testmod(reading).failed == 0
    assert set(names.__all__) == {"SCRIPTS", "Columns", "Part", "Reading", "read_columns", "read_name", "read_names"}


@given(texts | st.text() | st.text(TROUBLE + "aé漢김ا"))
def test_any_text_is_read_and_gives_ascii_forms_and_classes(written: str) -> None:
    for each in read_name(written):
        assert each.parts
        for part in each.parts:
            assert part.script in SCRIPTS
            for text in (part.form, part.fine, part.coarse):
                assert text
                assert text.isascii()
                assert text.isalnum()
            assert part.form == part.form.lower()


@given(latin)
def test_letter_case_and_accents_do_not_matter(word: str) -> None:
    assert forms(word) == forms(word.upper()) == forms("".join(letter + "\u0301" for letter in word))


# Compounds (Abd-, Abu, -din, -ullah, Mac, O') are made of these letters or of single ones; see the next test.
plain = st.text("cefghijkmnopqrstvwxyz", min_size=3, max_size=10)


@given(st.lists(plain, min_size=1, max_size=4).map(" ".join))
def test_reading_a_normal_form_again_changes_nothing(written: str) -> None:
    once = forms(written)
    assert list(dict.fromkeys(again for form in once for again in forms(form))) == once


@pytest.mark.parametrize(
    "written", ["Abdul Rahman Zorvek", "Abu Zorvek", "Zorvek ud-Din", "Zorvekullah", "Sean O'Quilmar", "Mac Zorvek"]
)
def test_nor_does_it_for_compounds(written: str) -> None:
    once = forms(written)
    assert [again for form in once for again in forms(form)] == once


def test_but_compounds_are_made_alike_only_once() -> None:
    """Said in the specification: a form that two endings could follow from would go on shrinking."""
    assert forms("Xkamaladin") == ["xkamaldin"]
    assert forms("xkamaldin") == ["xkamdin"]
