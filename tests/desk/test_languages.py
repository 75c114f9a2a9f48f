"""The catalogues of the desk: every message of every page in every language, with the same places for values."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment

from tallystick.audit.entries import TYPES
from tallystick.desk import languages, menus, naming
from tallystick.matching.evidence import FIELDS as COMPARED
from tallystick.matching.evidence import Decision, Level
from tallystick.matching.parameters import default_parameters
from tallystick.model.encounter import KINDS
from tallystick.names import SCRIPTS
from tallystick.node.casework.ports import CopyState
from tallystick.node.circles import Standing as Circled
from tallystick.node.ports import Change as Revised
from tallystick.reports.acts import Likelihood
from tallystick.reports.claims import Modality, Qualifier
from tallystick.reports.cues import Kind as SourceKind
from tallystick.reports.judging import Standing as Judged
from tallystick.review.cases import Stage
from tallystick.review.clocks import Urgency
from tallystick.review.disclosures import FIELDS
from tallystick.review.events import AnyEvent, OutcomeCode, RecallReason, Verdict
from tallystick.review.footings import Change
from tallystick.review.handling import Use
from tallystick.review.roles import Role
from tallystick.screening.screener import Verdict as Mentioned

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


REMARKS = sorted(
    {
        name.partition(".")[2]
        for name in json.loads(default_parameters().text)["weights"]
        if not name.startswith(("name.", "alone."))
    }
)
"""What decided of a field, but of names."""
CODES = (
    *get_args(Stage), *get_args(Verdict), *get_args(OutcomeCode), *get_args(RecallReason), *get_args(Change),
    *FIELDS, *KINDS, *SCRIPTS, *TYPES,
    *(str(each.__struct_config__.tag) for each in get_args(AnyEvent)), *(each.value for each in (*Role, *Urgency, *Use)),
    *get_args(Revised), *get_args(Level), *get_args(Decision), *get_args(Modality), *get_args(Qualifier), *get_args(SourceKind),
    *get_args(Likelihood), *get_args(Judged), *get_args(Circled), *get_args(CopyState), *get_args(Mentioned),
    *COMPARED, *REMARKS,
    "record", "case", "disclosed", "encounter", "mention", "query", "received", "not-me",
)  # fmt: skip
"""What pages show as words: codes of ours, by what they are called there."""


@pytest.mark.parametrize("language", OTHERS)
def test_every_code_that_a_page_shows_is_translated(language: str) -> None:
    assert not {naming.kind(each, str) for each in CODES} - set(catalogue(language))


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
