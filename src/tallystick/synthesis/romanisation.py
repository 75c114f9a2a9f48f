"""Writes a name of any script in Latin letters, by the romanisations in real use.

Independent of the matcher's own tables, on purpose: a matcher must not be judged by the rules it was made from.

Rules
 1. A romanisation is a list of replacements (`data/romanisations.tsv`); at each place the longest that fits is taken, what no
    rule covers stays.
 2. The rules read the name in lower case, every word between `^` and `$`, so a rule can ask for a word's start or end.
 3. Three rows are directives: `@base` takes over another romanisation's rules, `@join` says what stands between the syllables of
    one part (the `·` of a sound), `@case` = keep leaves letter case alone.
 4. Afterwards every word, also after a hyphen, begins with a capital.
"""

import re
from functools import cache

from tallystick.synthesis.tables import Part, romanisation_rows

_WORD_START = re.compile(r"(?:^|(?<=[ \-]))['ʿʻ’‘]?[^\W\d_]")


class Romanisation:
    """One way of writing sounds in Latin letters."""

    def __init__(self, name: str) -> None:
        """Read the rules of a romanisation and of those it builds on."""
        self.name = name
        rules, self._join = _collect(name)
        self._keep = rules.pop("@case", "") == "keep"
        self._rules = rules
        longest_first = sorted(rules, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def write(self, part: Part) -> str:
        """Return the part in Latin letters."""
        done = part.romanised.get(self.name)
        if done is None:
            done = self.write_text(part.sound)
            if part.listed:
                part.romanised[self.name] = done
        return done

    def write_text(self, sound: str) -> str:
        """Return a sound, or a text in another script, in Latin letters."""
        rules = self._rules
        framed = f"^{sound if self._keep else sound.lower()}$".replace(" ", "$ ^").replace("·", "$·^").replace("-", "$-^")
        text = self._pattern.sub(lambda found: rules[found[0]], framed)
        text = text.replace("^", "").replace("$", "").replace("·", self._join)
        return _WORD_START.sub(lambda found: found[0].upper(), text)


@cache
def romanisation(name: str) -> Romanisation:
    """Return a romanisation by its name in the table."""
    return Romanisation(name)


def _collect(name: str) -> tuple[dict[str, str], str]:
    rules: dict[str, str] = {}
    join = ""
    for old, new in romanisation_rows()[name]:
        if old == "@base":
            rules, join = _collect(new)
        elif old == "@join":
            join = new.replace("_", " ")
        else:
            rules[old] = new
    return rules, join
