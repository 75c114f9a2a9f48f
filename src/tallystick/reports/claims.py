"""What a sentence claims, how surely, and how many: quantities with their qualifiers, and modality.

Pure. A claim is a sentence with its source; nothing of it is believed here. Numbers in dates are no quantities.

Rules
 1. `about 500 French nationals` is a number, a qualifier, and a unit; the place is the one the sentence names beside it.
    `40 to 50 boats` are two of them: at least 40, up to 50. `1.5 million`, `two dozen`, `une centaine` are numbers.
 2. The modality of a sentence is the strongest hedge in it: denied, possible, probable, planned; else asserted. The words that
    hedge are kept with it.
 3. Its polarity says whether something is so or is not (`negation`).
 4. `could` in what somebody says hedges for that speaker; whose words they are stands beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from tallystick.reports.attribution import Attribution
from tallystick.reports.negation import Negation, Polarity, negation_in
from tallystick.reports.sentences import sentences

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


def written_quantity(qualifier: str, number: int, unit: str) -> str:
    """Return a quantity as a reader writes it: `about 300 paintings`, and of `hundreds` `200 or more paintings`."""
    return f"{number:,} or more {unit}" if qualifier == "many" else f"{qualifier} {number:,} {unit}"


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
        polarity: whether it says that something is so, or that it is not.
        negations: the words that say so.
        negated: what is not so, as the sentence says it, without those whose words it is.
    """

    start: int
    end: int
    quote: str = field(repr=False)
    modality: Modality
    hedges: tuple[str, ...]
    sources: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    polarity: Polarity = "affirmed"
    negations: tuple[str, ...] = ()
    negated: tuple[str, ...] = field(default=(), repr=False)


_QUALIFIERS: tuple[tuple[Qualifier, str], ...] = (
    (
        "at least",
        (
            r"at least|no fewer than|not less than|no less than|a minimum of|mindestens|nicht weniger als|au moins|pas moins de"
            r"|al menos|por lo menos|no menos de|como mínimo|ما لا يقل عن"
        ),
    ),
    (
        "up to",
        (
            r"up to|as many as|at most|no more than|not more than|a maximum of|bis zu|höchstens|maximal|nicht mehr als|jusqu[’']à"
            r"|au plus|pas plus de|hasta|como máximo|no más de|ما يصل إلى|ما لا يزيد عن"
        ),
    ),
    ("over", r"over|more than|upwards of|über|mehr als|plus de|plus d[’']|más de|أكثر من"),
    ("under", r"fewer than|less than|under|nearly|almost|weniger als|fast|knapp|moins de|près de|menos de|casi|أقل من"),
    (
        "about",
        (
            r"about|around|some|roughly|approximately|circa|etwa|rund|ungefähr|environ|quelque|unos|unas"
            r"|alrededor de|cerca de|نحو|حوالي"
        ),
    ),
)
_NUMBER = r"\d{1,3}(?:[,.  ]\d{3})+(?![\d])|\d+"
_TIMES = {
    "dozen": 12, "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "tausend": 1_000, "millionen": 10**6,
    "milliarde": 10**9, "milliarden": 10**9, "mille": 1_000, "millions": 10**6, "milliard": 10**9, "milliards": 10**9,
    "mil": 1_000, "millón": 10**6, "millones": 10**6, "ألف": 1_000, "مليون": 10**6,
}  # fmt: skip
_FEW = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_SOME = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "centaine": 100, "millier": 1_000, "decena": 10, "docena": 12, "veintena": 20, "treintena": 30,
    "centenar": 100, "millar": 1_000,
}  # fmt: skip
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
_NO_UNIT = (
    r"some|about|around|over|more|fewer|less|at|up|no|they|he|she|it|we|who|which|that|and|or|but|to|in|on|by|for|from|with|was|were"
    r"|has|had|have|left|etwa|rund|über|mehr|und|oder|wurden|waren|sind|haben|environ|plus|et|ou|ont|sont|unos|unas|más|y|fueron"
)
_COUNTED = r"men|women|children|Personen|personnes|personas|people"
_UNIT = (
    r"(?:(?:of|de|d[’']|von|der|des)\s*(?:(?:the|his|her|their|its|these|those|los|las)\s+)?)?"
    rf"(?P<unit>(?:(?!(?:{_NO_UNIT})\b)[^\W\d_][\w’'-]*\s+){{0,2}}?(?!(?:{_NO_UNIT})\b)(?:[^\W\d_][\w’'-]*[sx]|{_COUNTED})"
    rf"|(?!(?:{_NO_UNIT})\b)[^\W\d_]{{4,}})"
)
_QUALIFIED = rf"(?:(?P<qualifier>{'|'.join(words for _, words in _QUALIFIERS)})\s*)?"
_QUANTITY = re.compile(
    rf"(?<![\w,.:])(?:(?:between|zwischen|entre)\s+)?{_QUALIFIED}(?:(?P<least>{_NUMBER})\s?(?:to|and|or|bis|und|à|et|a|y|[-–])\s?)?"
    rf"(?P<number>{_NUMBER}|\d+[.,]\d+(?=\s+(?:{'|'.join(_TIMES)})\b))(?:\s+(?P<times>{'|'.join(_TIMES)})\b)?\s+{_UNIT}(?!\w)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    rf"(?<!\w){_QUALIFIED}(?:(?P<few>{'|'.join(_FEW)})\s+(?P<times>dozen|hundred|thousand|million|billion)"
    rf"|(?:une?|una)\s+(?P<some>{'|'.join(_SOME)}))\s+{_UNIT}(?!\w)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_YEAR = re.compile(
    r"(?:in|im|since|seit|en|depuis|desde|until|bis|early|late|of|summer|spring|autumn|winter|année|año|jahr|عام)\s+$",
    re.IGNORECASE,
)
_MANY_OF = re.compile(rf"(?<!\w)(?P<many>{'|'.join(_MANY)})\s+{_UNIT}(?!\w)", re.IGNORECASE)
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
_LETTER = re.compile(r"[^\W\d_]")
_PLACE = re.compile(r"\b(?:in|from|en|à|au)\s+(?P<place>[A-ZÀ-Þ]\w+(?:(?:,\s|\s(?:and|und|et|y)\s|\s)[A-ZÀ-Þ]\w+)*)")
_HEDGE_WORDS: dict[Modality, str] = {
    "possible": (
        r"could|may|might|possibly|perhaps|(?:is|are) (?:said|believed|alleged) to|allegedly|reportedly|unconfirmed|unlikely"
        r"|(?:not|n[’']t) rul(?:e|ed|ing) out|nicht aus(?:geschlossen|zuschließen)|schl(?:oss|ießt|ossen)\b[^.;]{0,60}\bnicht aus"
        r"|n[’']exclu\w+ (?:pas|aucune?)|no descart\w+|لم [يت]ستبعد"
        r"|(?:did|could|would|can) ?not (?:be )?confirm(?:ed)?|cannot (?:be )?confirm(?:ed)?"
        r"|könnte|könnten|möglicherweise|vielleicht|angeblich|mutmaßlich|unbestätigt\w*|unwahrscheinlich|nicht bestätig\w+"
        r"|pourrait|pourraient|peut-être|aurait|auraient|peu probable|non confirmée?s?|podría|podrían|quizás|presuntamente"
        r"|supuestamente|al parecer|poco probable|sin confirmar|ربما|قد"
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
    found = [one for each in _QUANTITY.finditer(text, start, last) for one in _counted(text, each, start, last)]
    found += [_written(text, each, start, last) for each in _WRITTEN.finditer(text, start, last)]
    found += [_many(text, each, start, last) for each in _MANY_OF.finditer(text, start, last)]
    return sorted(found, key=lambda each: each.start)


def _counted(text: str, found: re.Match[str], start: int, end: int) -> list[Quantity]:
    unit = found["unit"]
    first = found.start("least") if found["least"] else found.start("number")
    before = text[max(start, first - 12) : first]
    words = before.split()
    if _TIME.match(unit.split()[0]) or (not found["qualifier"] and words and _MONTH.match(words[-1])):
        return []
    if not found["qualifier"] and _YEAR.fullmatch(found["number"]) and _BEFORE_YEAR.search(before):
        return []
    times = _TIMES[found["times"].lower()] if found["times"] else 1
    place = _place(text, found, start, end)
    said: list[tuple[str, Qualifier]] = [(found["number"], _qualifier(found["qualifier"]))]
    if found["least"]:
        said = [(found["least"], "at least"), (found["number"], "up to")]
    return [Quantity(*found.span(), _number(number, times), qualifier, unit, place) for number, qualifier in said]


def _number(written: str, times: int) -> int:
    """Return a number; before `million` a single part behind a point or comma is decimals."""
    if times > 1 and re.fullmatch(r"\d+[.,]\d{1,2}", written):
        return round(float(written.replace(",", ".")) * times)
    return int(re.sub(r"\D", "", written)) * times


def _qualifier(words: str | None) -> Qualifier:
    return next((each for each, known in _QUALIFIERS if re.fullmatch(known, words or "", re.IGNORECASE)), "exactly")


def _written(text: str, found: re.Match[str], start: int, end: int) -> Quantity:
    if found["some"]:
        number, qualifier = _SOME[found["some"].lower()], "about"
    else:
        number, qualifier = _FEW[found["few"].lower()] * _TIMES[found["times"].lower()], "exactly"
    said = _qualifier(found["qualifier"]) if found["qualifier"] else qualifier
    return Quantity(*found.span(), number, said, found["unit"], _place(text, found, start, end))  # type: ignore[arg-type]


def _many(text: str, found: re.Match[str], start: int, end: int) -> Quantity:
    return Quantity(*found.span(), _MANY[found["many"].lower()], "many", found["unit"], _place(text, found, start, end))


def _place(text: str, found: re.Match[str], start: int, end: int) -> str:
    """The place named behind a quantity, or before it in the sentence."""
    near = _PLACE.search(text, found.end(), end) or _PLACE.search(text, start, found.start())
    return near["place"] if near else ""


def claims(text: str, attributions: Sequence[Attribution], code: str) -> list[Claim]:
    """Return the sentences of a main text in a language as claims."""
    out = []
    here: dict[int, list[Attribution]] = {}
    for each in attributions:
        here.setdefault(each.start, []).append(each)
    for start, end in sentences(text):
        said = here.get(start, [])
        negation = negation_in(text, start, end, code, said)
        modality, hedges = _modality(text[start:end], negation)
        sources = tuple(dict.fromkeys(each.source for each in said if each.kind != "author"))
        numbers = tuple(quantities(text, start, end))
        is_so = negation.polarity, negation.words, negation.clauses
        out.append(Claim(start, end, text[start:end], modality, hedges, sources, numbers, *is_so))
    return out


def _modality(sentence: str, negation: Negation) -> tuple[Modality, tuple[str, ...]]:
    """Return how surely a sentence is said: denied by a denial, possible at most where a source does not say it."""
    found: dict[Modality, list[str]] = {"denied": list(negation.denials), "possible": list(negation.unsaid)}
    for modality, pattern in _HEDGES.items():
        words = [each[0] for each in pattern.finditer(sentence) if not _is_name(sentence, each)]
        apart = [each for each in words if not any(each in other for other in found.get(modality, ()))]
        found[modality] = [*found.get(modality, []), *apart]
    strongest: Modality = next((modality for modality, words in found.items() if words), "asserted")
    return strongest, tuple(word for words in found.values() for word in words)


def _is_name(sentence: str, hedge: re.Match[str]) -> bool:
    """Tell whether what looks like a hedge is a name: `in May`, `May 3`, `Will Example`."""
    opens = not _LETTER.search(sentence, 0, hedge.start())
    return hedge[0][0].isupper() and (not opens or sentence[hedge.end() :].lstrip()[:1].isdigit())
