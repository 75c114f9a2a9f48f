"""What the audit log says at the desk, in the language of who reads it: every kind, act and member, and the details as well."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from lib.desks import HTML, Desk, a_desk
from tallystick import errors
from tallystick.audit.entries import AnyEntry, Other
from tallystick.desk import languages, naming
from tallystick.desk.log_sayings import BEGINNINGS, PATTERNS, told
from tallystick.node import auditing
from tallystick.reports import acts
from tallystick.review.handling import Use
from tallystick.review.roles import Role

ROOT = Path(errors.__file__).parent
OTHERS = [each for each in languages.LANGUAGES if each != "en"]
ALL = sorted({each for found in (*PATTERNS.values(), *BEGINNINGS.values()) for each in found})
_PLACE = re.compile(r"%\((\w+)\)s")


def _codes() -> Iterator[str]:
    """Yield the codes of entries as the sources name them: what acts and what kinds there are."""
    for file in [*(ROOT / "node").rglob("*.py"), *(ROOT / "wiring").rglob("*.py")]:
        for call in (each for each in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(each, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            for given in call.keywords:
                if given.arg == "act" or (given.arg == "kind" and name == "Other"):
                    yield from _text(given.value)
            if name in {"_record", "_change", "_say", "_act"}:
                for argument in call.args[:2]:
                    yield from _text(argument)


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z][a-z-]+", node.value):
        yield node.value


def _kinds_of(kind: type[acts.Act]) -> Iterator[type[acts.Act]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds_of(each)


CODES = sorted(
    {*_codes(), "request", "refusal"}
    | {f"use-{each.value}" for each in Use}
    | {f"report-{each.__struct_config__.tag}" for each in _kinds_of(acts.Act)}
    | {"type", *(name for kind in get_args(AnyEntry) for name in kind.__struct_fields__)}
)


def test_the_sources_name_codes() -> None:
    assert {"withholding", "staff-session-ended", "register-imported", "subject-access", "tightening", "not-me"} <= set(CODES)


@pytest.mark.parametrize("language", OTHERS)
def test_every_act_kind_and_member_of_an_entry_has_a_word(language: str) -> None:
    words = languages.catalogue(language)
    known = words._catalog  # type: ignore[attr-defined]  # a word may be the same in two languages
    assert not {each for each in CODES if naming.kind(each, str) not in known}


@pytest.mark.parametrize("pattern", ALL)
@pytest.mark.parametrize("language", OTHERS)
def test_the_details_of_an_entry_are_said_again_with_what_stands_in_their_places(language: str, pattern: str) -> None:
    kind = next(name for name, each in (*PATTERNS.items(), *BEGINNINGS.items()) if pattern in each)
    kind = f"{kind}x" if kind in BEGINNINGS else kind
    values = {name: f"<{number}>" for number, name in enumerate(_PLACE.findall(pattern))}
    assert told(pattern % values, kind, language) == languages.catalogue(language).gettext(pattern) % values
    assert told(pattern % values, kind, "en") == pattern % values


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_what_nobody_translated_stands_as_it_is(language: str) -> None:
    for kind in ("staff-added", "nobody-knows", "broken-rule"):
        assert told("something else: 100 % of %(nothing)s", kind, language) == "something else: 100 % of %(nothing)s"


def test_every_detail_a_desk_writes_is_one_that_is_known(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        write(desk)
        found = [each.entry for each in auditing.entries(desk.node.log_files(), 0) if isinstance(each.entry, Other)]
        kinds = {each.kind for each in found}
        assert {"staff-added", "staff-disabled", "token-made", "token-revoked", "records-read", "register-searched"} <= kinds
        unsaid = [(each.kind, each.text) for each in found if each.text and told(each.text, each.kind, "de") == each.text]
        assert unsaid == []
        page = desk.signed_in("auditor").get("/log?lang=ar", headers=HTML).text
        assert "في المكتب" in page
        assert "at the desk" not in page


def write(desk: Desk) -> None:
    """Do at a desk what leaves entries with details."""
    administrator, officer = desk.signed_in("administrator"), desk.signed_in("officer")
    administrator.post("/staff", {"name": "officer-2", "role": Role.OFFICER.value})
    administrator.post("/staff/officer-2", {"what": "disable"})
    key, token = desk.open.tokens.make("officer-1", days=2, by="operator")
    for path in ("/entities/p1", "/entities/nobody", "/search/wanted?q=Verhoovel"):
        desk.client().get(path, headers={"authorization": f"Bearer {key}"})
    desk.open.tokens.revoke(token.id, by="operator")
    opened = ("/search?name=Verhoovel", "/search?name=Verhoovel&register=wanted", "/registers/wanted/records/p1")
    for path in (*opened, "/registers/wanted"):
        assert officer.get(path).status_code == 200
    desk.signed_in("auditor").get("/log/lookups?register=wanted&record=p1")
