"""Who says, thinks or demands something in a German sentence: cue and source, by weights learned from parliament speeches.

Pure. A linear model: what a word looks like and what stands around it adds up to how likely it is a cue, and the same for each
group of words that may be its source. It finds what no list of words has (`ist der Auffassung`, `lehnen ... ab`), and is less
sure than a list: nothing but the marking of a text rests on it.

Rules
 1. A source is a pronoun, a possessive or a group of nouns of the same sentence; a cue without one is no attribution.
 2. An attribution counts from the least chance on that the weights name: of cue times source.
 3. Features are counted alike when weights are learned and when they are used: both use this module.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from tallystick.errors import ConfigError


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"\w+(?:[-’']\w+)*|[^\w\s]")
_DETERMINERS = _words(
    """
    der die das dem den des ein eine einer eines einem einen dieser diese dieses diesem diesen jener jene jenes alle viele
    einige manche keine kein mehrere beide unser unsere unserer unseres unserem unseren mein meine meiner meines meinem
    meinen ihr ihre ihrer ihres ihrem ihren sein seine seiner seines seinem seinen jeder jede jedes zwei drei
    """
)
_PRONOUNS = _words(
    """
    ich wir sie er es man wer niemand jeder jemand keiner alle viele einige manche andere ihr du die der das mir uns mich
    ihnen ihm beide etliche
    """
)
_POSSESSIVES = _words(
    """
    unser unsere unserer unseres unserem unseren mein meine meiner meines meinem meinen ihr ihre ihrer ihres ihrem ihren
    sein seine seiner seines seinem seinen deren dessen
    """
)
_CONJUNCTIONS = _words(
    """
    dass weil wenn ob als da und aber denn sondern oder wie was wo warum damit obwohl sodass bevor nachdem während
    """
)
_AUXILIARIES = _words(
    """
    haben hat habe hatte hatten wird werden wurde muss müssen kann können will wollen sollte möchte ist sind worden
    """
)
_SPEECH = _words(
    """
    absicht acht akzept anerkenn angst anlieg anordn anpranger ansicht antrag antwort anzeig appell argument auffass aussag
    bat beantrag beauftrag bedauer befahl befehl befrag befürwort begreif begriff begründ behaupt bekannt beleidig bericht
    beriet beschimpf beschreib beschuldig beschwer bestand besteh beton betracht billig bitt bohr brandmark brief dacht dank
    darleg darstell debatt definier dement denk deut diffam diskut droh droht einbar einig einräum einseh einsicht eintret
    einwand empfahl empfehl empfohl entscheid entschied entwurf erfahr erfuhr erkann erkenn erklär erkundig erlass erlaub
    erließ erwart erwähn erzähl fand find flüster folger forder frag freu furcht fürcht gab gedacht geißel genehm gesproch
    gess gestand gestatt gesteh glaub grund grüß gutacht hak haltung handel heb hetz hetzt hinweis hob hoff hör idee inform
    inner insist interpret interview jubel kenntnis klag kommentar kritis künd leg lehn lehr leit lern les leugn lob log lüg
    mach mahn mail mein meinung melde melder mut mängel nachdenk nahm nannt nehm nenn nick plan plädier pocht position post
    protest rat raun rechn rechtfertig red rede respekt rief ruf rüg sag sah scherz schilder schlag schließ schloss schlug
    schluss schläg schrei schreib schrieb schwieg schwindel schwor schwör schätz seh sieh skizz sorg spott sprach sprech
    sprich stell stellung stimm studie stätig tadel teil telefon these tipp träum twitter unterstr unterstütz unterzeichn
    urteil verbiet verbot verdamm verharmlos verkünd verlang verlaut verleumd verschweig versprach versprech versproch
    verstand versteh verständ verteidig vertrat vertrau vertret verurteil veto vorhab vorlag vorwurf warf warn weiger weis
    weiß werf wert wider wies wiss wort worte wunsch wuss wörter wünsch zeichn ziel zit zugeb zugest zusammenfass zweifel
    äußer örter überleg überzeug
    """
)
_STEMS = re.compile(
    r"(?:ab|an|auf|aus|bei|da|dar|ein|ent|er|fest|fort|ge|her|hervor|hin|mit|nach|über|um|ver|vor|wider|zu|zurück|be|miss|un)*"
    rf"(?:{'|'.join(sorted(_SPEECH))})"
)
"""How words begin that are about saying, thinking, demanding and deciding, behind whatever prefixes."""
_SUBJECTS = _words("ich wir sie man er")
_JOINING = _words("der des und von aus im in für bei als")
_ENDINGS = ("e", "en", "er", "em", "es")
_MARKS = ",:;.!?–-"
_NONE = "<>"
_LONGEST = 10
_AT_MOST_ADJECTIVES, _AT_MOST_NOUNS = 3, 6
_NEAR = 12
_ONE_CUE = 2
"""Words that are this near and have one source are one cue: `bin fest überzeugt`."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A learned model.

    Attributes:
        cue, source: what each feature adds to the logit of a cue, and of a source.
        least: the least chance that counts.
    """

    cue: Mapping[str, float] = field(repr=False)
    source: Mapping[str, float] = field(repr=False)
    least: float


@dataclass(frozen=True, slots=True)
class Learned:
    """A cue and its source, as characters of the text; how likely the two are right, 0 to 1."""

    cue: tuple[int, int]
    source: tuple[int, int]
    chance: float


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with the package."""
    return read_weights((files(__package__) / "parameters" / "cues-de-1.tsv").read_text(encoding="utf-8"))


def read_weights(text: str) -> Weights:
    """Read weights: lines of `cue` or `source`, a feature and its weight, between tabs; `least` and the least chance.

    Raises:
        ConfigError: a line is of another shape.
    """
    parts: dict[str, dict[str, float]] = {"cue": {}, "source": {}, "least": {}}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            part, name, weight = line.split("\t")
            parts[part][name] = float(weight)
        except (ValueError, KeyError):
            raise ConfigError(f"line {number} of the weights of learned cues is none", hint="reinstall the package") from None
    return Weights(parts["cue"], parts["source"], parts["least"].get("chance", 1.0))


def words_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the words and marks of a sentence, as characters of the text."""
    return [found.span() for found in _WORD.finditer(text, start, end)]


def learned(text: str, start: int, end: int, weights: Weights) -> Iterator[Learned]:
    """Yield the attributions of one sentence, in its order."""
    spans = words_of(text, start, end)
    words = [text[slice(*span)] for span in spans]
    groups = candidates(words)
    before: tuple[int, tuple[int, int]] | None = None
    for at in range(len(words)):
        if groups and words[at][0].isalnum() and (found := _weighed(words, at, groups, weights)):
            chance, group = found
            if before is None or before[1] != group or at - before[0] > _ONE_CUE:
                yield Learned(spans[at], (spans[group[0]][0], spans[group[1] - 1][1]), chance)
            before = at, group


def _weighed(
    words: Sequence[str], at: int, groups: Sequence[tuple[int, int]], weights: Weights
) -> tuple[float, tuple[int, int]] | None:
    """Return the likeliest source of a word, as numbers of words, if it is likely enough that the word is a cue."""
    cue = _logistic(_sum(cue_features(words, at), weights.cue))
    if cue <= weights.least:
        return None
    apart = [each for each in groups if not each[0] <= at < each[1]]
    logits = [_sum(source_features(words, at, each), weights.source) for each in apart]
    none = _sum(none_features(words, at), weights.source)
    if not apart:
        return None
    best = max(range(len(apart)), key=logits.__getitem__)
    most = max(none, logits[best])
    share = math.exp(logits[best] - most) / (math.exp(none - most) + sum(math.exp(each - most) for each in logits))
    return (cue * share, apart[best]) if cue * share > weights.least else None


def _sum(features: Sequence[str], weights: Mapping[str, float]) -> float:
    return sum(weights.get(each, 0.0) for each in features)


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _at(words: Sequence[str], number: int) -> str:
    return words[number] if 0 <= number < len(words) else _NONE


def _shape(word: str) -> str:
    return "X" if word[0].isupper() else "d" if word[0].isdigit() else "x" if word[0].isalnum() else "p"


def cue_features(words: Sequence[str], at: int) -> list[str]:
    """Return what speaks for or against a word as a cue."""
    word, left, right = words[at].lower(), _at(words, at - 1).lower(), _at(words, at + 1).lower()
    shape = _shape(words[at])
    out = ["b", f"w={word}", f"W={words[at]}", f"sh={shape}{at == 0}", f"l={left}", f"r={right}"]
    out += [f"s{n}={word[-n:]}" for n in (2, 3, 4, 5)]
    out += [f"p{n}={word[:n]}" for n in (3, 4, 5, 6)]
    out += [f"l2={_at(words, at - 2).lower()}", f"r2={_at(words, at + 2).lower()}", f"lw={left}_{word}", f"wr={word}_{right}"]
    out += [f"shl={_shape(_at(words, at - 1))}{shape}{_shape(_at(words, at + 1))}", f"ls={left[-2:]}", f"rs={right[-2:]}"]
    if _STEMS.match(word):
        out += ["stem", f"stem={shape}{word[-2:]}"]
    if not right.isalnum():
        out.append(f"ss={shape}{word[-3:]}|{right}")
    out += _clause_features(words, at, word)
    rest = [each.lower() for each in words[at + 1 : at + _NEAR]]
    if "dass" in rest:
        out += ["dass", f"dassw={word[:5]}"]
    if ":" in rest[:6]:
        out += ["colon", f"colonw={word[:5]}"]
    if "," in rest[:3]:
        out.append("comma")
    near = {each.lower() for each in words[max(at - _NEAR, 0) : at]} | set(rest[:3])
    return out + [f"aux={each}{shape}{word[-2:]}" for each in sorted(_AUXILIARIES & near)]


def _clause_features(words: Sequence[str], at: int, word: str) -> list[str]:
    """Return which subject stands next to a word in its clause, before it and behind it."""
    out: list[str] = []
    for side, numbers in (("l", range(at - 1, max(at - 9, -1), -1)), ("r", range(at + 1, min(at + 5, len(words))))):
        for number in numbers:
            if words[number] in _MARKS:
                break
            if words[number].lower() in _SUBJECTS:
                subject = words[number].lower()
                out += [f"p{side}={subject}", f"p{side}w={subject}_{word[:5]}"]
                break
    return out


def candidates(words: Sequence[str]) -> list[tuple[int, int]]:
    """Return the groups of words that may be a source, as numbers of words: from, up to but not with."""
    out: set[tuple[int, int]] = set()
    for at, word in enumerate(words):
        if word.lower() in _PRONOUNS or word.lower() in _POSSESSIVES:
            out.add((at, at + 1))
        bare = at + 1 if word.lower() in {"von", "seitens", "für"} and at + 1 < len(words) else at
        begin, end = _group(words, bare)
        if end > begin:
            first = {at, bare}
            out |= {(each, end) for each in first}
            out |= {(each, longer) for each in first if (longer := _joined(words, end))}
            if begin > bare:
                out.add((begin, end))
    return sorted(each for each in out if each[1] - each[0] <= _LONGEST)


def _group(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return where the nouns of a group begin and end, its determiner and adjectives left out; equal where there is none."""
    begin = at + (_at(words, at).lower() in _DETERMINERS)
    adjectives = 0
    while adjectives < _AT_MOST_ADJECTIVES and _is_adjective(_at(words, begin)):
        begin, adjectives = begin + 1, adjectives + 1
    end = begin
    while end - begin < _AT_MOST_NOUNS and _shape(_at(words, end)) in "Xd":
        end += 1
    return begin, end


def _is_adjective(word: str) -> bool:
    return word.isalpha() and word[0].islower() and word not in _CONJUNCTIONS and word.endswith(_ENDINGS)


def _joined(words: Sequence[str], end: int) -> int:
    """Return where a group ends that goes on with `der`, `und`, `von` and the like; 0 where it does not."""
    if _at(words, end).lower() not in _JOINING:
        return 0
    begin, further = _group(words, end + 1)
    return further if further > begin else 0


def none_features(words: Sequence[str], at: int) -> list[str]:
    """Return what speaks for a cue whose source the sentence does not name."""
    word = words[at].lower()
    return ["none", f"nw={word[:6]}", f"ncl={_shape(words[at])}{word[-2:]}", f"nw2={word}"]


def source_features(words: Sequence[str], at: int, group: tuple[int, int]) -> list[str]:
    """Return what speaks for or against a group of words as the source of a cue."""
    begin, end = group
    side, between = ("L", words[end:at]) if end <= at else ("R", words[at + 1 : begin])
    far = min(len(between), 3) if len(between) <= 3 else 4 if len(between) < 6 else 5 if len(between) < _LONGEST else 6  # noqa: PLR2004
    commas = min(sum(each in ",;:–" for each in between), 3)
    cue, first, last = words[at].lower(), words[begin].lower(), words[end - 1].lower()
    kind = _kind(first, end - begin)
    sort = kind.partition(":")[0]
    ending, before, behind = f"{_shape(words[at])}{cue[-2:]}", _at(words, begin - 1), _at(words, end)
    opening = "P" if not before[0].isalnum() else "c" if before.lower() in _CONJUNCTIONS else "o"
    between_pronouns = min(sum(each.lower() in _PRONOUNS for each in between), 2)
    return [
        f"k={kind}", f"kd={kind}{side}{far}", f"d={side}{far}{sort}", f"c={side}{commas}{sort}",
        f"dc={side}{far}{commas}{_shape(words[at])}", f"cl={ending}{side}{sort}", f"cls={ending}{kind}{side}",
        f"l={before.lower()}{sort}", f"r={behind.lower()}{sort}", f"ln={min(end - begin, 6)}{sort}",
        f"f={first}{sort}{_shape(words[at])}{side}", f"fl={first}_{min(end - begin, 4)}", f"last={last}", f"ls={last[-3:]}",
        f"st={begin == 0}{sort}", f"pm={between_pronouns}{side}{sort}", f"lp={opening}{sort}{side}{commas}",
        f"w={cue[:6]}{side}{sort}", f"wf={cue[:6]}{first}", f"rsh={_shape(behind)}{behind.lower()[-2:]}{side}{sort}",
        f"lsh={_shape(before)}{before.lower()[-2:]}{side}{sort}",
    ]  # fmt: skip


def _kind(first: str, length: int) -> str:
    if length > 1:
        return "group"
    return f"pronoun:{first}" if first in _PRONOUNS else f"possessive:{first}" if first in _POSSESSIVES else "noun"
