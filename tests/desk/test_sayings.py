"""What errors say at the desk: translated, each a message that some error has, with its ids in their places."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lib.desks import HTML, Desk, a_desk
from tallystick import errors
from tallystick.desk import languages
from tallystick.desk.sayings import PATTERNS, WHOLE, said

OTHERS = [each for each in languages.LANGUAGES if each != "en"]
SOURCES = sorted(Path(errors.__file__).parent.rglob("*.py"))
_PLACE = re.compile(r"%\(\w+\)s")
_ANY = "\0"


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else _ANY for each in node.values)
    return None


@pytest.fixture(scope="module")
def written() -> set[str]:
    """Every text of the sources, with a mark where a value stands."""
    trees = [ast.parse(file.read_text("utf-8")) for file in SOURCES if file.name != "sayings.py"]
    found = [_text(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.expr)]
    return {each for each in found if each}


def test_every_message_is_one_that_an_error_has(written: set[str]) -> None:
    assert not [each for each in (*PATTERNS, *WHOLE) if _PLACE.sub(_ANY, each) not in written]


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str) -> None:
    with (languages.FOLDER / f"{language}.po").open("rb") as file:
        known = {each.id for each in read_po(file, locale=language) if each.string}
    assert not {*PATTERNS, *WHOLE} - known


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("language", OTHERS)
def test_ids_stand_in_the_places_of_a_translation(language: str, pattern: str) -> None:
    names = _PLACE.findall(pattern)
    values = {each[2:-2]: f"<{number}>%s" for number, each in enumerate(names)}
    told = said(pattern % values, language)
    assert told == languages.catalogue(language).gettext(pattern) % values
    assert told != pattern % values


@pytest.mark.parametrize("text", ["", "nobody has said this", "100 % of %(nothing)s", "circle  demands two persons"])
@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_what_nobody_translated_is_said_as_it_is(language: str, text: str) -> None:
    assert said(text, language) == text


def test_a_problem_is_shown_in_the_language_of_who_reads_it(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        assert "hier gibt es keinen Kreis nirgends" in _problem(desk, "/circles/nirgends?lang=de")
        assert "cette page n’est pas pour votre rôle" in _problem(desk, "/staff?lang=fr")


def _problem(desk: Desk, path: str) -> str:
    return desk.signed_in("officer").get(path, headers=HTML).text
