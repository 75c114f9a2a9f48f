"""What a sentence says is not so: the clauses it negates, and what somebody denies.

Pure; no parser.

Rules
 1. A clause with a word of negation is negated, however many there are: `no ... nunca`, `ne ... pas`, `weder ... noch` are one.
 2. What follows a denial is negated to its `but` (`denied that he had been in Paris`); with a negation in it, it is said.
 3. What only looks like a negation is none: `not only`, `no doubt`, `nicht zuletzt`, `no menos de`, `لا يزال`.
 4. A source that did not say, did not confirm, did not deny something neither says it nor the contrary: those words hedge.
    Whoever does not believe or expect it says the contrary.
 5. In a negated clause whose words it is, and by which cue, is no part of what is negated.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tallystick.reports.attribution import Attribution
from tallystick.reports.cue_words import Span

Polarity = Literal["affirmed", "negated"]


@dataclass(frozen=True, slots=True)
class Negation:
    """What is negated in a sentence.

    Attributes:
        words: that negate, a denial among them.
        clauses: what they negate, as the sentence says it, sources and cues left out.
        denials: the words that deny.
        unsaid: words by which a source does not say something.
    """

    words: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()

    @property
    def polarity(self) -> Polarity:
        """Whether any clause is negated."""
        return "negated" if self.clauses else "affirmed"


_NEGATIONS = {
    "en": r"not|never|no(?!\.\s?\d)|nobody|none|nothing|nowhere|neither|nor|cannot|\w+n[’']t"
    r"|fail(?:ed|s)? to|(?<=have )yet to|(?<=has )yet to|(?<=had )yet to",
    "de": r"nicht|nie|niemals|niemand(?:em|en|es)?|nichts|nirgends|nirgendwo|kein(?:e[nmrs]?|erlei)?"
    r"|weder|keinesfalls|keineswegs",
    "fr": r"(?:ne\s|n[’'])(?:\S+\s){0,3}?(?:pas|plus|jamais|rien|personne|aucune?|guère|nullement|ni)|pas|jamais|rien|aucune?|ni"
    r"|personne\s(?:ne|n[’']\w+)",
    "es": r"no|nunca|jamás|nadie|nada|ningun[oa]s?|ningún|ni|tampoco",
    "ar": r"[وف]?(?:لم|لن|لا|ليس|ليست|ليسوا)",
}
_NO_NEGATIONS = {
    "en": r"not (?:only|just|merely|least|to mention|until)|no (?:doubt|less|fewer|more than|later than|sooner|matter|wonder)"
    r"|not (?:more|less|fewer) than|(?:whether|if|why|or) not|nothing but|none other than|no more than"
    r"|(?:nobody|no one|none) but|\w+n[’']t (?:it|he|she|they|we|you)(?=\?)|(?:not|n[’']t) rul(?:e|ed|ing) out",
    "de": r"nicht (?:nur|zuletzt|bloß|allein|erst|weniger als|mehr als)|nichts (?:anderes )?als|kein(?:e|en)? Zweifel"
    r"|(?:ob|oder|wenn) nicht|nicht aus(?:geschlossen|zuschließen)?(?=[.,;]|$)",
    "fr": r"(?:pas|non) seulement|pas (?:moins|plus) d[e’']|(?:sans|nul|aucun) doute|ou (?:pas|non)|n[’']est autre que"
    r"|n[’']exclu\w*(?: pas| plus| aucune?)?",
    "es": r"no (?:s[oó]lo|solamente|obstante)|no (?:menos|más) de|no cabe duda|nada m[aá]s|(?:o|si) no(?=[,.?]|$)"
    r"|no descart\w+|no fue hasta",
    "ar": r"لا (?:يزال|تزال|زال|زالت|سيما|بد|شك|ريب|يقل عن|تقل عن|يزيد عن|تزيد عن|محالة)|ليس فقط|لم [يت]ستبعد"
    r"|(?:لم|لا|ليس)(?:\s\S+){1,6}\sإلا",
}
_DENIALS = {
    "en": r"(?<!was )(?<!were )(?<!been )den(?:y|ies|ied|ying)(?! (?:entry|access|bail|asylum|permission|a visa))|refut(?:es|ed)"
    r"|disput(?:es|ed)|(?:reject|dismiss)(?:s|es|ed)? (?:the |any |all |as )?(?:claims?|allegations?|accusations?|suggestions?)",
    "de": r"bestritt(?:en)?|bestreite[tn]|dementier(?:te?|ten|en)|leugne(?:te?|ten|n)"
    r"|(?:wies|weist|wiesen|weisen)(?=\s[^.;]{0,80}\bzurück\b)",
    "fr": r"démenti|dément(?:ent|ait)?|ni(?:e|ent|é|ait|a)|conteste(?:nt)?|contesté|réfut(?:e|ent|é)",
    "es": r"(?<!se )(?:neg(?:ó|aron|ado|aba)|nieg(?:a|an))|desmin(?:tió|tieron)|desmient(?:e|en)|desmentido"
    r"|rechaz(?:ó|a|aron|an)(?= haber| que)",
    "ar": r"[وف]?(?:نفى|نفت|نفوا|ينفي|تنفي|أنكر|أنكرت|ينكر|تنكر)",
}
_SAYINGS = {
    "en": r"say|says|said|confirm(?:ed|s)?|comment(?:ed)?|specify|specified|disclosed?|reveal(?:ed)?|state[ds]?|elaborated?"
    r"|announced?|claim(?:ed|s)?|mention(?:ed)?|explain(?:ed)?",
    "de": r"sag(?:en|t|te|ten)|gesagt|bestätig(?:en|t|te|ten)|erklär(?:en|t|te|ten)|nannten?|genannt|behauptet"
    r"|kommentier(?:en|t|te|ten)|erwähn(?:en|t|te|ten)",
    "fr": r"dit|dire|confirm(?:e|é|er|ent)|précis(?:e|é|er|ent)|indiqu(?:e|é|er|ent)|déclar(?:e|é|er|ent)|expliqu(?:e|é|er|ent)"
    r"|comment(?:e|é|er|ent)",
    "es": r"dijo|dijeron|dicho|dice|confirm(?:ó|a|aron|ado)|precis(?:ó|a|aron|ado)|aclar(?:ó|a|aron|ado)|explic(?:ó|a|aron|ado)"
    r"|coment(?:ó|a|aron|ado)",
    "ar": r"[يت](?:قل|ؤكد|علن|ذكر|وضح|صرح|فصح)",
}
"""What a source may not do without saying the contrary."""
_TABLES: tuple[Literal["negation", "denial", "saying"], ...] = ("negation", "denial", "saying")
_BREAK = re.compile(
    r"[,;:()،؛]|\s[–—-]\s|(?<!\w)(?:but|aber|sondern|jedoch|mais|pero|sino|ولكن|لكن|بل|while|because|although|though|weil|obwohl"
    r"|während|parce que|bien que|alors que|porque|aunque|mientras)(?!\w)"
)
_BUT = re.compile(r"(?<!\w)(?:but|aber|sondern|jedoch|mais|pero|sino|ولكن|لكن|بل)(?!\w)|;")
_OPINION = re.compile(
    r"(?:believ|think|thought|expect|suppos)\w*|glaub\w*|mein(?:t|te|en)|erwarte\w*|denk\w*|croi\w*|croy\w*|pens\w*|cre(?:e|en|ía|yó)"
    r"|piens\w*|esper\w*|[يت]عتقد\w*|[يت]ظن\w*",
    re.IGNORECASE,
)
_NEAR = re.compile(r"\s*(?:[^\W\d_]+[’']?\s?)?", re.IGNORECASE)


@cache
def _pattern(table: Literal["negation", "none", "denial", "saying"], code: str) -> re.Pattern[str]:
    words = {"negation": _NEGATIONS, "none": _NO_NEGATIONS, "denial": _DENIALS, "saying": _SAYINGS}[table][code]
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def negation_in(text: str, start: int, end: int, code: str, attributions: Sequence[Attribution]) -> Negation:
    """Return what is negated in a sentence of a text in a language, with the attributions of that sentence."""
    if code not in _NEGATIONS:
        return Negation()
    shown = _pattern("none", code).sub(lambda found: " " * len(found[0]), text[start:end])
    found, denials, sayings = ([each.span() for each in _pattern(table, code).finditer(shown)] for table in _TABLES)
    unsaid = {near: each for each in sayings for near in found if _is_beside(shown, near, each, code)}
    undenied = {near: each for each in denials for near in found if _is_beside(shown, near, each, code)}
    denied = [each for each in denials if each not in undenied.values()]
    plain = [each for each in found if each not in unsaid and each not in undenied]
    clauses = list(_clauses(shown, plain, denied))
    cut = _without(text[start:end], _framing(start, attributions))
    return Negation(
        tuple(shown[slice(*each)] for each in sorted([*plain, *denied]) if clauses),
        tuple(" ".join(cut[slice(*each)].split()).strip(' .,;:“”„«»"') for each in clauses),
        tuple(shown[slice(*each)] for each in denied),
        tuple(shown[min(near[0], each[0]) : max(near[1], each[1])] for near, each in (unsaid | undenied).items()),
    )


def _is_beside(shown: str, negation: Span, saying: Span, code: str) -> bool:
    """Whether a negation is about saying or denying itself: `did not say`, `bestätigte nicht, dass`, `ne nie pas`."""
    is_within = negation[0] <= saying[0] and saying[1] <= negation[1]
    is_behind = saying[1] < negation[0] and not shown[saying[1] : negation[0]].strip() and shown[negation[1] :][:1] in {",", "."}
    return is_within or (code == "de" and is_behind) or _is_right_before(shown, negation, saying)


def _framing(start: int, attributions: Sequence[Attribution]) -> list[Span]:
    """Return the places of sources and cues in a sentence that begins there; what somebody thinks is part of the claim."""
    said = [each for each in attributions if not each.learned and not _OPINION.match(each.cue)]
    spans = [each for one in said for each in ((one.source_start, one.source_end), (one.cue_start, one.cue_end))]
    return [(first - start, last - start) for first, last in spans]


def _is_right_before(shown: str, negation: Span, denial: Span) -> bool:
    return negation[1] <= denial[0] and bool(_NEAR.fullmatch(shown, negation[1], denial[0]))


def _clauses(shown: str, plain: Sequence[Span], denied: Sequence[Span]) -> Iterator[Span]:
    """Yield the clauses that are negated."""
    until = 0
    for denial in denied:
        but = _BUT.search(shown, denial[1])
        scope = denial[1], but.start() if but else len(shown)
        if not any(scope[0] <= each[0] < scope[1] for each in plain):
            yield scope
        until = max(until, scope[1])
    first = 0
    for mark in [*_BREAK.finditer(shown), None]:
        clause = first, mark.start() if mark else len(shown)
        inside = [
            each for each in plain if clause[0] <= each[0] < clause[1] and not any(one[1] <= each[0] < until for one in denied)
        ]
        if inside:
            yield clause
        first = mark.end() if mark else len(shown)


def _without(words: str, spans: Sequence[Span]) -> str:
    for first, last in spans:
        words = words[:first] + " " * (last - first) + words[last:]
    return words
