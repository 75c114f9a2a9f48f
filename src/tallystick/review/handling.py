"""Handling codes: how disclosed data may be used and passed on. Downstream a code is only ever tightened.

Decides from codes alone; who somebody is, and whether a human said yes, others know.

Rules
 1. Of two codes, `joined` is the least one that is at least as tight as both; nothing makes a code looser.
 2. What is not allowed here is refused, whoever asks.

Source: Europol handling codes H0 to H3; FIRST, Traffic Light Protocol 2.0.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tallystick.errors import InputError, RefusedError

EUROPOL: Final = ("H0", "H1", "H2", "H3")
"""No restriction; not in judicial proceedings; not passed on; as the text says (each but H0 without the owner's leave)."""
TLP: Final = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
"""From nobody's secret to the named recipients alone; each is tighter than the one before."""
MAX_TEXT_CHARS: Final = 300


class Use(StrEnum):
    """What somebody wants to do with disclosed data."""

    LOOK = "look"
    """Read it on the desk, as the officer or approver of this case."""
    LOOK_COLLEAGUE = "look-colleague"
    """Read it on the desk, as another officer of the organisation."""
    PROCEEDINGS = "proceedings"
    """Bring it before a court."""
    PASS_ON = "pass-on"  # noqa: S105 - no password
    """Disclose it to another member of the circle."""
    PUBLISH = "publish"
    """Let it leave the circle."""


@dataclass(frozen=True, slots=True)
class Handling:
    """A handling code.

    Attributes:
        europol: codes of EUROPOL without H0; empty is H0.
        tlp: one of TLP.
        text: what H3 asks for; empty without H3.
    """

    europol: frozenset[str] = frozenset()
    tlp: str = "AMBER"
    text: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no code.

        Raises:
            InputError: an unknown code, or a text without H3 and the other way round.
        """
        if self.tlp not in TLP or not self.europol <= set(EUROPOL[1:]):
            raise InputError("this is no handling code", hint=f"write {'/'.join(EUROPOL)} and TLP:{'/'.join(TLP)}")
        if bool(self.text) != ("H3" in self.europol) or len(self.text) > MAX_TEXT_CHARS:
            raise InputError("H3 needs a text of its own, and only H3 has one", hint=f"at most {MAX_TEXT_CHARS} characters")

    def __str__(self) -> str:
        return " ".join([*(sorted(self.europol) or ["H0"]), f"TLP:{self.tlp}"])

    @property
    def written(self) -> str:
        """The code whole, as `read_handling` reads it."""
        return f"{self} {self.text}".strip()

    def covers(self, other: "Handling") -> bool:
        """Tell whether this is at least as tight as another code."""
        texts = set(other.text.split(_AND)) <= set(self.text.split(_AND)) if other.text else True
        return self.europol >= other.europol and TLP.index(self.tlp) >= TLP.index(other.tlp) and texts

    def joined(self, other: "Handling") -> "Handling":
        """Return the least code that covers both.

        Raises:
            InputError: both have a text of H3, and together they are too long.
        """
        texts = dict.fromkeys(part for text in (self.text, other.text) if text for part in text.split(_AND))
        return Handling(self.europol | other.europol, max(self.tlp, other.tlp, key=TLP.index), _AND.join(texts))

    def check(self, use: Use) -> None:
        """Refuse a use that the code does not allow.

        Raises:
            RefusedError: it does not.
        """
        if self._forbids(use):
            raise RefusedError(f"handling code {self} does not allow: {use.value}", hint="ask the owner of the data for leave")

    def _forbids(self, use: Use) -> bool:
        level = TLP.index(self.tlp)
        if use is Use.LOOK_COLLEAGUE:
            return self.tlp == "RED"
        if use is Use.PROCEEDINGS:
            return bool(self.europol & {"H1", "H3"}) or self.tlp == "RED"
        if use is Use.PASS_ON:
            return bool(self.europol & {"H2", "H3"}) or level >= TLP.index("AMBER")
        if use is Use.PUBLISH:
            return bool(self.europol) or level > TLP.index("CLEAR")
        return False


_AND: Final = " | "


def read_handling(text: str) -> Handling:
    """Read a code as a person writes it: `H1 TLP:AMBER`, `H2`, `TLP:RED`, `H3 TLP:AMBER ask unit 4 first`.

    Raises:
        InputError: it is none.
    """
    words = text.split()
    codes = [word for word in words if word in EUROPOL]
    tlps = [word.removeprefix("TLP:") for word in words if word.startswith("TLP:")]
    rest = " ".join(word for word in words if word not in EUROPOL and not word.startswith("TLP:"))
    if len(tlps) > 1 or not words or (len(codes) > 1 and "H0" in codes):
        raise InputError("this is no handling code", hint="write H0 to H3 and one TLP level, such as `H1 TLP:AMBER`")
    return Handling(frozenset(codes) - {"H0"}, tlps[0] if tlps else Handling().tlp, rest)
