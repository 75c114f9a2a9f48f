"""What a sentence claims, how surely, and how many: quantities with their qualifiers, and modality.

Pure. A claim is a sentence with its source; nothing of it is believed here. Numbers in dates are no quantities.

Rules
 1. `about 500 French nationals` is a number, a qualifier, and a unit; the place is the one the sentence names beside it.
 2. The modality of a sentence is the strongest hedge in it: denied, planned, possible, probable; else asserted. The words that
    hedge are kept with it.
 3. `could` in what somebody says hedges for that speaker; whose words they are stands beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from tallystick.reports.attribution import Attribution, sentences

Modality = Literal["asserted", "probable", "possible", "denied", "planned"]
Qualifier = Literal["exactly", "about", "over", "at least", "up to", "under", "many"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something.

    Attributes:
        start, end: characters of the text.
        number: the figure; of `hundreds` the least it can be.
        qualifier: how exact it is.
        unit: what is counted, as the text says it.
        place: where, as the text says it; empty where it does not.
    """

    start: int
    end: int
    number: int
    qualifier: Qualifier
    unit: str
    place: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the main text.

    Attributes:
        start, end: characters of the text.
        quote: the sentence.
        modality: how surely it is said.
        hedges: the words that say so.
        sources: whose statement it is; empty for the author's own.
        quantities: the numbers in it.
    """

    start: int
    end: int
    quote: str = field(repr=False)
    modality: Modality
    hedges: tuple[str, ...]
    sources: tuple[str, ...]
    quantities: tuple[Quantity, ...]


_QUALIFIERS: tuple[tuple[Qualifier, str], ...] = (
    ("at least", r"at least|no fewer than|mindestens|au moins|al menos|por lo menos|ما لا يقل عن"),
    ("up to", r"up to|as many as|bis zu|jusqu[’']à|hasta|ما يصل إلى"),
    ("over", r"over|more than|upwards of|über|mehr als|plus de|más de|أكثر من"),
    ("under", r"fewer than|less than|under|nearly|almost|weniger als|fast|knapp|moins de|près de|menos de|casi|أقل من"),
    (
        "about",
        (
            r"about|around|some|roughly|approximately|circa|etwa|rund|ungefähr|environ|quelque|unos|unas"
            r"|alrededor de|cerca de|نحو|حوالي"
        ),
    ),
)
_NUMBER = r"\d{1,3}(?:[,.  ]\d{3})+|\d+"
_MANY = {
    "dozens": 24,
    "hundreds": 200,
    "thousands": 2000,
    "dutzende": 24,
    "hunderte": 200,
    "tausende": 2000,
    "centaines": 200,
    "milliers": 2000,
}
_UNIT = r"(?P<unit>(?:[^\W\d_][\w’'-]*\s+){0,2}?[^\W\d_][\w’'-]*s|Personen|personnes|personas|people|[^\W\d_]{4,})"
_QUANTITY = re.compile(
    rf"(?<![\w,.])(?:(?P<qualifier>{'|'.join(words for _, words in _QUALIFIERS)})\s+)?(?P<number>{_NUMBER})\s+{_UNIT}(?!\w)",
    re.IGNORECASE,
)
_MANY_OF = re.compile(rf"(?<!\w)(?P<many>{'|'.join(_MANY)})\s+(?:of|von|de|d[’'])?\s*{_UNIT}(?!\w)", re.IGNORECASE)
_TIME = re.compile(
    (
        r"(years?|months?|days?|hours?|weeks?|minutes?|jahre?n?|monate?n?|tage?n?|uhr|stunden|ans|mois"
        r"|jours|heures|años|meses|días|horas|per ?cent|percent)\b"
    ),
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|août|ene|abr|ago|dic)", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:in|from|en|à|au)\s+(?P<place>[A-ZÀ-Þ]\w+(?:(?:,\s|\s(?:and|und|et|y)\s|\s)[A-ZÀ-Þ]\w+)*)")
_HEDGE_WORDS: dict[Modality, str] = {
    "denied": (
        r"denied|denies|deny|rejected the (?:claim|allegation)s?|never met|bestritt|bestreitet|dementierte"
        r"|a démenti|dément|negó|niega|نفى|نفت"
    ),
    "possible": (
        r"could|may|might|possibly|perhaps|is (?:said|believed) to|könnte|könnten|möglicherweise"
        r"|vielleicht|pourrait|pourraient|peut-être|podría|podrían|quizás|ربما|قد"
    ),
    "probable": (
        r"probably|likely|it is estimated|estimated|is expected to|presumably|most likely|wahrscheinlich"
        r"|vermutlich|probablement|sans doute|probablemente|على الأرجح"
    ),
    "planned": (
        r"(?:is|are|was|were) (?:planning|preparing|going) to|plans? to|planned to|intends? to|seeks? to"
        r"|plan(?:t|en)|will|prévoit de|prépare|planea|prepara|plans to strike|are being made|ينوي|يخطط"
    ),
}
_HEDGES = {each: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for each, words in _HEDGE_WORDS.items()}


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Return the quantities of a stretch of text, in its order."""
    last = len(text) if end is None else end
    found = [_counted(text, each, start, last) for each in _QUANTITY.finditer(text, start, last)]
    found += [_many(text, each, start, last) for each in _MANY_OF.finditer(text, start, last)]
    return sorted((each for each in found if each is not None), key=lambda each: each.start)


def _counted(text: str, found: re.Match[str], start: int, end: int) -> Quantity | None:
    unit = found["unit"]
    before = text[max(start, found.start() - 12) : found.start("number")].split()
    if _TIME.match(unit.split()[0]) or (not found["qualifier"] and before and _MONTH.match(before[-1])):
        return None
    number = int(re.sub(r"\D", "", found["number"]))
    qualifier = next((each for each, words in _QUALIFIERS if re.fullmatch(words, found["qualifier"] or "", re.IGNORECASE)), None)
    return Quantity(*found.span(), number, qualifier or "exactly", unit, _place(text, found, start, end))


def _many(text: str, found: re.Match[str], start: int, end: int) -> Quantity:
    return Quantity(*found.span(), _MANY[found["many"].lower()], "many", found["unit"], _place(text, found, start, end))


def _place(text: str, found: re.Match[str], start: int, end: int) -> str:
    """The place named behind a quantity, or before it in the sentence."""
    near = _PLACE.search(text, found.end(), end) or _PLACE.search(text, start, found.start())
    return near["place"] if near else ""


def claims(text: str, attributions: Sequence[Attribution]) -> list[Claim]:
    """Return the sentences of a main text as claims."""
    out = []
    said: dict[int, dict[str, None]] = {}
    for each in attributions:
        if each.kind != "author":
            said.setdefault(each.start, {})[each.source] = None
    for start, end in sentences(text):
        modality, hedges = _modality(text[start:end])
        sources = tuple(said.get(start, ()))
        out.append(Claim(start, end, text[start:end], modality, hedges, sources, tuple(quantities(text, start, end))))
    return out


def _modality(sentence: str) -> tuple[Modality, tuple[str, ...]]:
    found = [(modality, tuple(each[0] for each in pattern.finditer(sentence))) for modality, pattern in _HEDGES.items()]
    strongest: Modality = next((modality for modality, words in found if words), "asserted")
    return strongest, tuple(word for _, words in found for word in words)
