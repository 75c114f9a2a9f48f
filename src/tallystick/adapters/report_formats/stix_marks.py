"""What STIX 2.1 has for handling codes, and the extension for what it has no word for.

Rules
 1. TLP 2.0 levels are the marking definitions of the OASIS common objects; the four of TLP 1 in the standard are read, too.
 2. Codes of Europol are statement markings with ids of ours. Any other statement counts as H3 with that text: nothing of a code
    that we do not understand is dropped. A marking that is none of these is not understood, and the report is refused.

Sources: STIX 2.1 (OASIS, 2021), sections 7.2 and 7.3; OASIS common object repository, TLP 2.0.
"""

from typing import Any, Final

from tallystick.adapters.report_formats.parsing import made_id, mapping
from tallystick.errors import InputError
from tallystick.review.handling import EUROPOL, Handling, read_handling

SINCE: Final = "2026-01-01T00:00:00.000Z"
EXTENSION: Final = f"extension-definition--{made_id('extension')}"
AUTHOR: Final = f"identity--{made_id('product')}"
_TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP: Final = {
    "CLEAR": "94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_FORMER_TLP: Final = {
    "CLEAR": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "GREEN": "34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "AMBER": "f88d31f6-486f-44da-b317-01333bde0b82",
    "RED": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
_LEVELS: Final = {f"marking-definition--{key}": level for table in (_TLP, _FORMER_TLP) for level, key in table.items()}
_FORMER_LEVELS: Final = {"white": "CLEAR", "green": "GREEN", "amber": "AMBER", "red": "RED"}
_EUROPOL: Final = {
    "H1": "Europol handling code H1: not to be used in judicial proceedings without the leave of the provider.",
    "H2": "Europol handling code H2: not to be passed on without the leave of the provider.",
}
_H3: Final = "Europol handling code H3: "


def definitions() -> list[dict[str, Any]]:
    """Return the extension and who defines it, as every bundle carries them."""
    author = {
        "type": "identity", "spec_version": "2.1", "id": AUTHOR, "created": SINCE, "modified": SINCE, "name": "tallystick",
        "identity_class": "system",
    }  # fmt: skip
    extension = {
        "type": "extension-definition", "spec_version": "2.1", "id": EXTENSION, "created_by_ref": AUTHOR, "created": SINCE,
        "modified": SINCE, "name": "tallystick reports", "version": "1.0.0", "extension_types": ["property-extension"],
        "description": "Reports with their sources, chains, claims, mentions, grades and assessments.",
        "schema": "docs/reference/report-formats.md of tallystick",
    }  # fmt: skip
    return [author, extension]


def markings(code: str) -> list[dict[str, Any]]:
    """Return the marking definitions of a handling code; an object has them all."""
    handling = read_handling(code)
    out = [
        {
            "type": "marking-definition", "spec_version": "2.1", "id": f"marking-definition--{_TLP[handling.tlp]}",
            "created": "2022-10-01T00:00:00.000Z", "name": f"TLP:{handling.tlp}",
            "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": handling.tlp.lower()}},
        }
    ]  # fmt: skip
    for each in sorted(handling.europol):
        statement = _EUROPOL.get(each) or f"{_H3}{handling.text}"
        out.append({
            "type": "marking-definition", "spec_version": "2.1", "id": f"marking-definition--{made_id('marking', statement)}",
            "created": SINCE, "name": f"Europol {each}", "definition_type": "statement", "definition": {"statement": statement},
        })  # fmt: skip
    return out


def code_of(refs: list[str], known: dict[str, dict[str, Any]]) -> Handling:
    """Return the handling code that markings say; TLP:AMBER where they say none.

    Args:
        refs: ids of marking definitions.
        known: objects of the bundle, by id.

    Raises:
        InputError: one of them is not understood.
    """
    found, has_level = Handling(tlp="CLEAR"), False
    for ref in refs:
        marking = known.get(ref, {})
        level = _level(ref, marking)
        has_level |= bool(level)
        found = found.joined(Handling(tlp=level) if level else _statement(marking))
    return found if has_level else found.joined(Handling())


def _level(ref: str, marking: dict[str, Any]) -> str:
    """Return the TLP level that a marking is; empty where it is none."""
    definition, extensions = mapping(marking.get("definition")), mapping(marking.get("extensions"))
    level = _LEVELS.get(ref)
    if level is None:
        said = mapping(extensions.get(_TLP_EXTENSION)).get("tlp_2_0") or _FORMER_LEVELS.get(str(definition.get("tlp")), "")
        level = str(said).upper()
    return level if level in _TLP else ""


def _statement(marking: dict[str, Any]) -> Handling:
    statement = mapping(marking.get("definition")).get("statement")
    if not isinstance(statement, str) or not statement.strip():
        raise InputError("a report has a marking that is not understood here", hint="ask the sender for TLP or Europol codes")
    words = " ".join(statement.split())
    for code, known in _EUROPOL.items():
        if words == known:
            return Handling(europol=frozenset({code}), tlp="CLEAR")
    text = words.removeprefix(_H3)
    if any(word in EUROPOL or word.startswith("TLP:") for word in text.split()):
        raise InputError("a marking names codes within a text", hint="ask the sender for the codes as markings of their own")
    return Handling(europol=frozenset({"H3"}), tlp="CLEAR", text=text)
