"""The tables printed in spec/match-keys-v1.md are the tables the code works with: every word and letter of them is tried."""

import unicodedata
from collections.abc import Iterator

import pytest

from lib import keys_twin
from lib.names_twin import TABLES
from tallystick._native import read_name

AYN = "\u0639"


def words(table: str) -> list[str]:
    found: list[str] = TABLES[table].split()
    assert found
    return found


def forms(written: str) -> list[str]:
    return [form for form, _, _, _ in (read_name(written) or [[]])[0]]


def stems() -> Iterator[tuple[str, str]]:
    for row in TABLES["opens"].splitlines():
        stem, _, openers = row.partition(":")
        yield from ((word, stem) for word in openers.split())


def letters() -> Iterator[tuple[str, str]]:
    cells = words("romanization")
    for latin, originals in zip(cells[::2], cells[1::2], strict=True):
        yield from ((letter, latin.strip("-")) for letter in originals)


def test_every_table_is_tried() -> None:
    assert set(TABLES) == {
        "scripts",
        "romanization",
        "titles",
        "articles",
        "particles",
        "opens",
        "closes",
        "sounds",
        "slavic endings",
        "slavic beginnings",
        "slavic exceptions",
        "slavic letters",
        "tamil sonorants",
        "tamil stops",
    }


@pytest.mark.parametrize("word", words("titles"))
def test_titles_are_dropped_unless_nothing_else_is_there(word: str) -> None:
    assert forms(f"Marek {word} Zorvek") == ["marek", "zorvek"]
    assert len(forms(word)) == 1


@pytest.mark.parametrize("word", words("articles"))
def test_articles_are_dropped_before_a_part(word: str) -> None:
    assert forms(f"Marek {word} Zorvek") == ["marek", "zorvek"]
    assert forms(f"Marek {word}") == (["marek"] if len(word) < 3 else ["marek", word])


@pytest.mark.parametrize("word", words("particles"))
def test_particles_are_dropped(word: str) -> None:
    assert forms(f"Marek {word} Zorvek") == ["marek", "zorvek"]
    assert forms(word) == [word]


@pytest.mark.parametrize(("word", "stem"), [*stems()])
def test_openers_join_the_next_part(word: str, stem: str) -> None:
    assert forms(f"Marek {word} Zorvek") == ["marek", f"{stem}zorvek"]


@pytest.mark.parametrize("word", words("closes"))
def test_closers_join_the_part_before(word: str) -> None:
    assert forms(f"Marek Zorvek {word}") == ["marek", "zorvek" + ("ullah" if word.endswith("h") else "din")]


@pytest.mark.parametrize(("letter", "latin"), [*letters()])
def test_letters_are_romanized_so(letter: str, latin: str) -> None:
    found = [form for form, _, _, _ in read_name(f"{letter}zorvek")[0]]
    assert found == [("a" if letter == AYN else latin) + "zorvek"]


def transcribed(written: str) -> list[str]:
    return [form for form, _, _, _ in (read_name(written)[1:] or [[]])[0]]


@pytest.mark.parametrize("ending", words("slavic endings"))
def test_endings_show_a_slavic_name(ending: str) -> None:
    assert transcribed(f"Juran Zork{ending}")[0] == "yuran"
    assert not transcribed(f"Juran {ending}"[:10])


@pytest.mark.parametrize("beginning", words("slavic beginnings"))
def test_beginnings_show_a_slavic_name(beginning: str) -> None:
    assert transcribed(f"Juran {beginning}zork")[0] == "yuran"


@pytest.mark.parametrize("word", words("slavic exceptions"))
def test_exceptions_show_none(word: str) -> None:
    assert not transcribed(f"Juran {word}")


@pytest.mark.parametrize(("written", "read"), [*zip(words("slavic letters")[::2], words("slavic letters")[1::2], strict=True)])
def test_slavic_letters_are_read_so(written: str, read: str) -> None:
    assert transcribed(f"a{written}o Zorkow") == [f"a{read}o", "zorkov"]


def test_sounds_are_those_of_the_second_implementation() -> None:
    cells = words("sounds")
    assert list(zip(cells[::2], cells[1::2], strict=True)) == list(keys_twin._SOUNDS.items())


@pytest.mark.parametrize("row", TABLES["scripts"].splitlines())
def test_scripts_are_these_ranges(row: str) -> None:
    script, *ranges = row.split()
    ends = [(int(first, 16), int(last or first, 16)) for first, _, last in (each.partition("-") for each in ranges)]
    letters = [chr(code) for first, last in ends for code in range(first, last + 1) if _is_its_own_form(chr(code))]
    assert {found for letter in letters for reading in read_name(letter) for _, found, _, _ in reading} == {script}


def _is_its_own_form(letter: str) -> bool:
    return letter.isalpha() and unicodedata.is_normalized("NFKC", letter) and letter.lower() == letter
