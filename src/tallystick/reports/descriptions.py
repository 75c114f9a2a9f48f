"""What a sentence says about a source beside its name: `Karin Beispiel, a lawyer for the family, said`.

Pure. Who wants to read the whole of it gets the whole; who counts sources wants the name.

Rules
 1. A description stands behind a comma, a dash or in brackets: an apposition, or a clause with `who`.
 2. The commas of a list (`the mayor, the governor and two judges`) part no description from a name.
 3. A description before a verb is closed by a comma. Where none is, what stands before the last comma is the statement
    (`Most of the money, auditors found`).
 4. An office and its name (`the head of the office, Karin Beispiel,`) are one name.
 5. Behind `according to` and its like at the head of a sentence, what follows a comma is the statement.
"""

import re

from tallystick.reports.source_kinds import is_german_group, is_name

Span = tuple[int, int]
_MARK = re.compile(r"\s*(?:,|[–—]|\s--?\s|\s\()\s*(?=\w)")
_LISTED = re.compile(
    r"(?:[A-ZÀ-Þ]|the |die |der |das |les? |la |l[’']|los |el )[^,;]*(?:,[^,;]*)*\s(?:and|und|et|y|sowie)\s(?!who|whose)"
)
_WORDS = r"[^\s,;:.“”„\"()]+"
_OPENING = r"(?:a|an|the|his|her|their|its|one of|now|then|who|whose|which|formerly|[a-z]+(?:\s[a-z]+)?\s(?:of|for|at|in|with))"
_CAPITALS = r"[A-Z][\w’'.-]*(?:\s[A-Z][\w’'.-]*){1,3}"
_DESCRIPTION = {
    "en": re.compile(rf",\s(?:{_OPENING}(?:\s{_WORDS}){{1,16}}|{_CAPITALS})(?:(?P<closed>,)|(?=\.)|$)"),
    "de": re.compile(
        rf",\s(?P<nouns>(?:der|die|das|ein|eine|einem|einer|dem|[A-ZÄÖÜ]\S*)(?:\s[„“]?{_WORDS}[“”]?){{0,12}})(?:(?P<closed>,)|(?=[.:])|$)"
    ),
}


def place_and_name(text: str, place: Span, cue: Span) -> tuple[Span, Span]:
    """Return the place of a source, a statement before it left out, and where the name is in it."""
    start, end = place
    mark = next((each for each in _MARK.finditer(text, start, end) if each.start() > start), None)
    if mark is None or _LISTED.match(text, mark.end(), end):
        return place, place
    behind = mark.end(), end
    if is_name(text[slice(*behind)]) and not is_name(text[start : mark.start()]):
        return place, place
    is_one = mark[0].strip() == "," and not _MARK.search(text, mark.end(), end)
    if is_one and end <= cue[0] and text[end : end + 1].isspace():
        return behind, behind
    return place, (start, mark.start())


def with_description(text: str, name: Span, sentence: Span, cue: Span, code: str) -> Span:
    """Return the place of a source: its name and what is said about it right behind, in languages that have rules here."""
    pattern = _DESCRIPTION.get(code)
    found = pattern.match(text, name[1], sentence[1]) if pattern else None
    if found is None or (code == "de" and not is_german_group(found["nouns"])):
        return name
    place = name[0], found.end() - len(found["closed"] or "")
    if cue[0] < name[0]:
        is_inside = bool(text[sentence[0] : cue[0]].strip()) or (code == "de" and found["closed"])
        return place if is_inside else name
    return place if found["closed"] and "," not in text[found.end() : cue[0]] else name
