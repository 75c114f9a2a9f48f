"""What MISP has for codes, grades and likelihoods: tags of its taxonomies; and what our objects are called there.

Rules
 1. A tag of the taxonomy `tlp` that is not understood is never passed over.
 2. An event that says nothing of TLP is TLP:AMBER; TLP:AMBER+STRICT where it is for its organisation or a sharing group only.

Sources: MISP taxonomies tlp, admiralty-scale, estimative-language; MISP core format (draft-dulaunoy-misp-core-format).
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from tallystick.adapters.report_formats.parsing import listed, mapping
from tallystick.errors import InputError
from tallystick.review.handling import TLP, Handling, read_handling

OBJECTS: Final = ("source", "edge", "claim", "mention", "assessment")
"""Objects of ours, each `tallystick-NAME`; `tallystick-report` beside them."""
PREFIX: Final = "tallystick-"
REPEATED: Final = frozenset({"sources", "speaks_for", "speaks_against"})
"""Members that an object has several attributes for."""
_RELIABILITY: Final = 'admiralty-scale:source-reliability="'
_CREDIBILITY: Final = 'admiralty-scale:information-credibility="'
_LIKELIHOOD: Final = 'estimative-language:likelihood-probability="'
_CONFIDENCE: Final = 'estimative-language:confidence-in-analytic-judgment="'
_TLP_TAG: Final = re.compile(r"tlp\s*[:=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_DISTRIBUTION: Final = {"0": "AMBER+STRICT", "1": "AMBER", "2": "AMBER", "3": "CLEAR", "4": "AMBER+STRICT"}


def tag(name: str) -> dict[str, Any]:
    """Return a tag."""
    return {"name": name, "exportable": True}


def tags_of_code(code: str) -> list[dict[str, Any]]:
    """Return the tags of a handling code."""
    handling = read_handling(code)
    return [tag(f"tlp:{handling.tlp.lower()}"), *(tag(f'europol-handling:code="{each}"') for each in sorted(handling.europol))]


def tags_of(members: dict[str, Any], what: str) -> list[dict[str, Any]]:
    """Return the tags of one of our objects: its grade, its likelihood."""
    out = []
    if what == "source" and "grade" in members:
        out.append(f'{_RELIABILITY}{members["grade"].lower()}"')
    if what == "claim" and "grade" in members:
        out.append(f'{_CREDIBILITY}{members["grade"]}"')
    if "likelihood" in members:
        out.append(f'{_LIKELIHOOD}{members["likelihood"].replace(" ", "-")}"')
    if what == "assessment" and "confidence" in members:
        out.append(f'{_CONFIDENCE}{members["confidence"]}"')
    return [tag(each) for each in out]


def names_of_tags(value: dict[str, Any]) -> list[str]:
    """Return the tags that something has."""
    names = [mapping(each).get("name") for each in listed(value.get("Tag"))]
    return [each for each in names if isinstance(each, str)]


def reliability_of(tags: Iterable[str]) -> str:
    """Return the reliability that a tag says, A to F; empty where none does."""
    found = [each.removeprefix(_RELIABILITY).rstrip('"').upper() for each in tags if each.startswith(_RELIABILITY)]
    return found[0] if found and found[0] in {*"ABCDEF"} else ""


def code_of(tags: Iterable[str], distribution: object) -> Handling:
    """Return the least code that covers all tags; by the distribution where none says TLP.

    Raises:
        InputError: a TLP tag is not understood.
    """
    found: Handling | None = None
    for each in tags:
        said = _TLP_TAG.fullmatch(each.strip())
        if said is None:
            continue
        level = said[1].strip().strip('"').upper()
        level = "CLEAR" if level == "WHITE" else level
        if level not in TLP:
            raise InputError("an event has a TLP tag that is not understood", hint="ask the sender for a level of TLP 2.0")
        found = Handling(tlp=level) if found is None else found.joined(Handling(tlp=level))
    return found or Handling(tlp="AMBER").joined(Handling(tlp=_DISTRIBUTION.get(str(distribution), "AMBER")))
