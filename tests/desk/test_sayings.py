"""What errors say at the desk: translated, each a message that some error has, with its ids in their places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lib.desks import HTML, Desk, a_desk
from tallystick import errors
from tallystick.desk import languages
from tallystick.desk.sayings import AT_DESK, PATTERNS, said
from tallystick.desk.whole_sayings import WHOLE

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
    trees = [ast.parse(file.read_text("utf-8")) for file in SOURCES if not file.name.endswith("sayings.py")]
    found = [_text(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.expr)]
    return {each for each in found if each}


def test_every_message_is_one_that_an_error_has(written: set[str]) -> None:
    known = written | set(AT_DESK.values())
    assert not [each for each in (*PATTERNS, *WHOLE) if _PLACE.sub(_ANY, each) not in known]
    assert set(AT_DESK) <= written
    assert set(AT_DESK.values()) <= set(WHOLE)


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


# --- every error an officer can meet ----------------------------------------------------------------------------------------

MET = (
    "desk/guarding.py", "desk/reading.py", "desk/uploads.py", "desk/answering.py", "desk/app.py", "desk/sendings.py",
    "desk/visits.py", "desk/pages", "node/casework",
    "node/lookups.py", "node/tracing.py", "node/staff.py", "node/tokens.py", "node/security_keys.py", "node/provided.py",
    "node/registers.py", "node/importing.py", "node/redeeming.py", "node/reporting/judging.py", "review", "reports/judging.py",
    "reports/grades.py", "wiring/imports.py", "adapters/import_folder.py", "adapters/casework_state.py",
    "adapters/casework_people.py", "adapters/store_values.py", "model/dates.py", "model/encounter.py",
)  # fmt: skip
"""What runs when somebody does something at the desk, as far as it may say no."""
UNMET = {
    "node/casework/hearing.py": "what a partner is told of its message",
    "node/casework/commands.py": "for the command line",
}
NOBODYS = {
    "a moment without time zone was given", "pass an aware datetime",  # a program's mistake
    "a case begins with an alert", "a stored event of a case cannot be read", "restore node.db from a backup",  # a damaged store
    "an act 7 is not known", "the file was written by a newer version",
    "this store holds registers that were written in the open, and cannot be sealed",  # said when a store is made
    "make a sealed store with `tallystick init --sealed`, and import into that",
    "this token has asked about too many persons lately", "wait, and ask for fewer at once",  # to programs
}  # fmt: skip
"""What is said to operators and programs only."""
CLASSES = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Error)}
ROOT = Path(errors.__file__).parent


def _met() -> list[Path]:
    files = [file for each in MET for file in ([ROOT / each] if each.endswith(".py") else sorted((ROOT / each).rglob("*.py")))]
    return [file for file in files if file.relative_to(ROOT).as_posix() not in UNMET]


def _said_by(file: Path) -> Iterator[str]:
    """Yield messages and hints of the errors a file makes; what is put together elsewhere has no text here."""
    tree = ast.parse(file.read_text("utf-8"))
    known = {
        target.id: text
        for node in tree.body
        if isinstance(node, ast.Assign) and (text := _text(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        told: list[ast.expr] = []
        if node.func.id in CLASSES:
            told = [*node.args[:1], *(each.value for each in node.keywords if each.arg == "hint")]
        elif node.func.id == "_need" and len(node.args) == 3:
            told = node.args[1:]
        for each in told:
            text = known.get(each.id) if isinstance(each, ast.Name) else _text(each)
            if text and text.replace(_ANY, "").strip():
                yield text


@pytest.mark.parametrize("file", _met(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_error_somebody_can_meet_at_the_desk_is_translated(file: Path) -> None:
    told = {AT_DESK.get(each, each).replace(_ANY, "7") for each in _said_by(file)} - NOBODYS
    assert not {each for each in told if said(each, "de") == each}
