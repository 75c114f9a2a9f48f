"""The catalogues of the desk: every message of every page in every language, with the same places for values."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment

from tallystick.desk import languages, menus

TEMPLATES = sorted((Path(languages.__file__).parent / "templates").glob("*.html"))
OTHERS = [each for each in languages.LANGUAGES if each != "en"]
_PLACE = re.compile(r"%\((\w+)\)s")


def messages() -> set[str]:
    reader = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True, autoescape=True)
    found = {item.label for item in menus.ITEMS}
    for file in TEMPLATES:
        for _, _, said in reader.extract_translations(file.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            one = said if isinstance(said, str) or said is None else said[0]
            found |= {one} if one else set()
    return found


def catalogue(language: str) -> dict[str, Message]:
    with (languages.FOLDER / f"{language}.po").open("rb") as file:
        return {(each.id if isinstance(each.id, str) else each.id[0]): each for each in read_po(file, locale=language) if each.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str) -> None:
    assert messages() <= set(catalogue(language))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_no_place_that_there_is_none(language: str) -> None:
    for text, message in catalogue(language).items():
        known = set(_PLACE.findall(text)) | {"count", "partner"} if not isinstance(message.id, str) else set(_PLACE.findall(text))
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for each in said:
            assert each
            assert set(_PLACE.findall(each)) <= known, text
            if isinstance(message.id, str):
                assert set(_PLACE.findall(each)) == known, text


@pytest.mark.parametrize("language", OTHERS)
def test_every_form_of_a_plural_is_there(language: str) -> None:
    words = languages.catalogue(language)
    for number in range(200):
        said = words.ngettext("%(count)s record", "%(count)s records", number)
        assert "record" not in said
