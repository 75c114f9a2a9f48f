"""Country names, demonyms and codes to ISO 3166-1 alpha-2, on top of rigour's table of territories.

Loads that table when the first text needs it (it takes a second), never for a plain code it has seen.

Rules
 1. Parts of a state count as the state (Scotland is gb); states that are gone have no code and give None.
 2. Remarks in brackets and words such as "former" or "possibly" are taken off before the second try.
"""

import re
from functools import lru_cache

_MAX_CHARS = 120
_BRACKETS = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")
_FRAME = re.compile(
    r"\b(possibly|probably|presumably|believed to be|stateless|unresolved|dual|nationality|national|citizenship|citizen"
    r"|passport|number|withdrawn in \d{4}|origin|of|region)\b[:.]?",
    re.IGNORECASE,
)
_OURS = {
    "congo (democratic republic)": "cd",
    "congo (democratic republic of)": "cd",
    "congo democratic republic": "cd",
    "congo drc": "cd",
    "dr congo": "cd",
    "drc": "cd",
    "britain": "gb",
    "belrus": "by",  # as the United Kingdom's list spells it
    "repubic of moldova": "md",  # the same
    "usa": "us",
    "u.s.a.": "us",
    "u.k.": "gb",
}
_ALPHA2 = 2


@lru_cache(maxsize=1 << 14)
def country_code(text: str) -> str | None:
    """Return the alpha-2 code in lower case for a country as lists write it, or None when it is none we know.

    Args:
        text: a name in any common language, a demonym, an ISO code, with or without remarks.
    """
    if len(text) > _MAX_CHARS:
        return None
    plain = " ".join(text.split()).strip(" .,;:-–")
    if not any(char.isalpha() for char in plain):
        return None
    bare = " ".join(_FRAME.sub(" ", _BRACKETS.sub(" ", plain)).split()).strip(" .,;:-–")
    for candidate in dict.fromkeys((plain, bare)):
        code = _lookup(candidate)
        if code is not None:
            return code
    return None


def _lookup(text: str) -> str | None:
    if not text:
        return None
    ours = _OURS.get(text.lower())
    if ours is not None:
        return ours
    from rigour.territories import lookup_territory  # noqa: PLC0415  # loads its table; see the module docstring

    territory = lookup_territory(text)
    if territory is None:
        return None
    code = territory.code.partition("-")[0].lower()
    return code if len(code) == _ALPHA2 and code.isascii() else None
