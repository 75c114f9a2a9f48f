"""Reads written names a second time, by the words and tables of spec/match-keys-v1.md, section 2; slowly.

Knows the letters of the specification's own table and those that lose their accents to ASCII; for others it would need the
tables of `any_ascii`. Names without blanks (Han, Hangul) are not its business.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SPEC = (Path(__file__).parents[2] / "spec" / "match-keys-v1.md").read_text(encoding="utf-8")
TABLES: dict[str, str] = dict(re.findall(r"```text ([a-z ]+)\n(.*?)```", _SPEC, flags=re.DOTALL))
"""The tables printed in the specification, by the word after `text`."""

_TITLES, _ARTICLES, _PARTICLES, _CLOSES = (
    frozenset(TABLES[name].split()) for name in ("titles", "articles", "particles", "closes")
)
_OPENS = {word: row.partition(":")[0] for row in TABLES["opens"].splitlines() for word in row.partition(":")[2].split()}
_CELLS = TABLES["romanization"].split()
LETTERS = {letter: latin.strip("-") for latin, row in zip(_CELLS[::2], _CELLS[1::2], strict=True) for letter in row}
"""The specification's own romanization table."""

_INSIDE = frozenset("\"'`ʹʻʼʾʿ׳״\u200c\u200d‘’′ー")
_DIN = "uddin eddin eddine uddine oddin adin udin addin aldin eldin uldin aldyn iddin eldeen uddeen"
_ULLAH = "oullah ollah allah ullah ulla olla oulla"
_AYN = "\u0639"
_MOST_PARTS = 12


class Token(NamedTuple):
    """A run of letters: romanized, and the script of its first letter."""

    form: str
    script: str


def _script(letter: str) -> str:
    for row in TABLES["scripts"].splitlines():
        script, *ranges = row.split()
        if any(
            int(first, 16) <= ord(letter) <= int(last or first, 16) for first, _, last in (each.partition("-") for each in ranges)
        ):
            return script
    return "other"


def _characters(written: str) -> Iterator[str]:
    """2.1, steps 1 and 2."""
    for character in unicodedata.normalize("NFKC", written):
        for lower in character.lower():
            alphabetic = _script(lower) in {"latin", "greek"}
            for each in unicodedata.normalize("NFD", lower) if alphabetic else lower:
                if not unicodedata.category(each).startswith("M"):
                    yield each


def _tokens(written: str) -> list[Token]:
    """2.1, steps 3 and 4; 2.2."""
    runs: list[str] = [""]
    commas = []
    for character in _characters(written):
        if character in ",،":
            commas.append(sum(map(bool, runs)))
        if character in _INSIDE:
            continue
        if unicodedata.category(character)[0] in "LN":
            runs[-1] += character
        else:
            runs.append("")
    runs = [run for run in runs if run]
    if len(commas) == 1:
        runs = runs[commas[0] :] + runs[: commas[0]]
    tokens = (Token(_romanized(run), _script(run[0])) for run in runs)
    return [token for token in tokens if token.form]


def _romanized(run: str) -> str:
    letters = [letter if letter.isascii() else LETTERS[letter] for letter in run]
    return "".join(["a" if run[0] == _AYN else letters[0], *letters[1:]])


def _joined(form: str) -> str:
    """2.5."""
    form = re.sub("^(adbul|abudl|adbel|abedl)", "abdul", form)
    kept = _kept(form)
    if len(kept) > 2:
        form = "abd" + kept
    form = _with_tail(form, _DIN, "din", before=2)
    return form if form.startswith("abd") else _with_tail(form, _ULLAH, "ullah", before=3)


def _kept(form: str) -> str:
    if form.startswith("abd"):
        rest = form[3:]
    elif form.startswith("bdl") and len(form) >= 6:
        rest = form[2:]
    else:
        return ""
    stem = rest.lstrip("aeiou")
    if stem == rest and not stem.startswith("l"):
        return rest
    return stem[1:] if re.match(r"(?=.{4})(l[^a]|(.)\2)", stem) else stem


def _with_tail(form: str, tails: str, canonical: str, *, before: int) -> str:
    for tail in tails.split():
        if form.endswith(tail) and len(form) - len(tail) >= before:
            return form[: -len(tail)] + canonical
    return form


def _is_title(token: Token) -> bool:
    return token.form in _TITLES or (token.script == "arabic" and len(token.form) == 1)


_ENDINGS, _BEGINNINGS, _ENGLISH = (TABLES[f"slavic {name}"].split() for name in ("endings", "beginnings", "exceptions"))
_SLAVIC = TABLES["slavic letters"].split()
_READ_AS = dict(zip(_SLAVIC[::2], _SLAVIC[1::2], strict=True))


def _shows_slavic(token: Token) -> bool:
    form = token.form
    marked = form.endswith(tuple(_ENDINGS)) or form.startswith(tuple(_BEGINNINGS))
    return token.script == "latin" and len(form) >= 5 and marked and form not in _ENGLISH


def transcribed(parts: list[Token]) -> list[Token] | None:
    """2.6: the reading of a Slavic name in German or Polish letters; None for any other."""
    if not any(map(_shows_slavic, parts)):
        return None
    pattern = "|".join(_READ_AS)
    return [
        part._replace(form=re.sub(pattern, lambda found: _READ_AS[found[0]], part.form)) if part.script == "latin" else part
        for part in parts
    ]


def read(written: str) -> list[Token]:
    """Return the parts of the plain reading; empty if there is none."""
    tokens = _tokens(written)
    named = [token for token in tokens if not _is_title(token)]
    if any(len(token.form) > 1 for token in named):
        tokens = named
    out: list[Token] = []
    prefix = ""
    for position, (written_form, script) in enumerate(tokens):
        last = position == len(tokens) - 1
        form = re.sub(r"^al(?=[^yaw]..)", "", written_form) if script == "arabic" else written_form
        if not last and not prefix and form in _OPENS:
            prefix = _OPENS[form]
        elif form in _ARTICLES and (not last or (len(form) < 3 and out)):
            continue
        elif not prefix and form in _CLOSES and out:
            out[-1] = out[-1]._replace(form=out[-1].form + ("ullah" if form.endswith("h") else "din"))
        else:
            form, prefix = prefix + form, ""
            if (form not in _PARTICLES or len(tokens) == 1) and len(out) < _MOST_PARTS:
                out.append(Token(_joined(form), script))
    return out
