"""What stands around German cues and sources: the features that `learned_cues` weighs, as parliament speeches need them.

Pure. A source is a pronoun, a possessive or a group of nouns, which German writes with capitals.
"""

import re
from collections.abc import Sequence

from tallystick.reports.cue_words import Group, Words, shape, word_at


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
_LONGEST = 10
_AT_MOST_ADJECTIVES, _AT_MOST_NOUNS = 3, 6
_NEAR = 12


ONE_CUE = 2


def words(text: str, start: int, end: int) -> Words:
    """Return the words of a sentence of a text."""
    found = list(_WORD.finditer(text, start, end))
    written = tuple(each[0] for each in found)
    return Words(tuple(each.span() for each in found), written, tuple(each.lower() for each in written))


def may_be_cue(sentence: Words, at: int) -> bool:
    """Whether a word is worth weighing as a cue: whatever is no mark."""
    return sentence.words[at][0].isalnum()


def heads(sentence: Words, cue: Sequence[int]) -> Sequence[int]:
    """Return which words of a marked cue are learned as one: all of them."""
    del sentence
    return cue


def word_features(sentence: Words, at: int) -> list[str]:
    """Return what a word itself has that speaks for or against it as a cue: nothing that is told apart here."""
    del sentence, at
    return []


def cue_features(sentence: Words, at: int) -> list[str]:
    """Return what speaks for or against a word as a cue."""
    words = sentence.words
    word, left, right = words[at].lower(), word_at(words, at - 1).lower(), word_at(words, at + 1).lower()
    form = shape(words[at])
    out = ["b", f"w={word}", f"W={words[at]}", f"sh={form}{at == 0}", f"l={left}", f"r={right}"]
    out += [f"s{n}={word[-n:]}" for n in (2, 3, 4, 5)]
    out += [f"p{n}={word[:n]}" for n in (3, 4, 5, 6)]
    out += [
        f"l2={word_at(words, at - 2).lower()}",
        f"r2={word_at(words, at + 2).lower()}",
        f"lw={left}_{word}",
        f"wr={word}_{right}",
    ]
    out += [f"shl={shape(word_at(words, at - 1))}{form}{shape(word_at(words, at + 1))}", f"ls={left[-2:]}", f"rs={right[-2:]}"]
    if _STEMS.match(word):
        out += ["stem", f"stem={form}{word[-2:]}"]
    if not right.isalnum():
        out.append(f"ss={form}{word[-3:]}|{right}")
    out += _clause_features(words, at, word)
    rest = [each.lower() for each in words[at + 1 : at + _NEAR]]
    if "dass" in rest:
        out += ["dass", f"dassw={word[:5]}"]
    if ":" in rest[:6]:
        out += ["colon", f"colonw={word[:5]}"]
    if "," in rest[:3]:
        out.append("comma")
    near = {each.lower() for each in words[max(at - _NEAR, 0) : at]} | set(rest[:3])
    return out + [f"aux={each}{form}{word[-2:]}" for each in sorted(_AUXILIARIES & near)]


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


def groups(sentence: Words) -> list[Group]:
    """Return the groups of words that may be a source."""
    words = sentence.words
    out: set[Group] = set()
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


def sources(sentence: Words, at: int, groups: Sequence[Group]) -> list[Group]:
    """Return the groups that may be the source of a cue: all that it is not part of."""
    del sentence
    return [each for each in groups if not each[0] <= at < each[1]]


def _group(words: Sequence[str], at: int) -> Group:
    """Return where the nouns of a group begin and end, its determiner and adjectives left out; equal where there is none."""
    begin = at + (word_at(words, at).lower() in _DETERMINERS)
    adjectives = 0
    while adjectives < _AT_MOST_ADJECTIVES and _is_adjective(word_at(words, begin)):
        begin, adjectives = begin + 1, adjectives + 1
    end = begin
    while end - begin < _AT_MOST_NOUNS and shape(word_at(words, end)) in "Xd":
        end += 1
    return begin, end


def _is_adjective(word: str) -> bool:
    return word.isalpha() and word[0].islower() and word not in _CONJUNCTIONS and word.endswith(_ENDINGS)


def _joined(words: Sequence[str], end: int) -> int:
    """Return where a group ends that goes on with `der`, `und`, `von` and the like; 0 where it does not."""
    if word_at(words, end).lower() not in _JOINING:
        return 0
    begin, further = _group(words, end + 1)
    return further if further > begin else 0


def none_features(sentence: Words, at: int) -> list[str]:
    """Return what speaks for a cue whose source the sentence does not name."""
    word = sentence.small[at]
    return ["none", f"nw={word[:6]}", f"ncl={shape(sentence.words[at])}{word[-2:]}", f"nw2={word}"]


def source_features(sentence: Words, at: int, groups: Sequence[Group]) -> list[list[str]]:
    """Return what speaks for or against each group of words as the source of a cue."""
    return [_source_features(sentence.words, at, each) for each in groups]


def _source_features(words: Sequence[str], at: int, group: Group) -> list[str]:
    begin, end = group
    side, between = ("L", words[end:at]) if end <= at else ("R", words[at + 1 : begin])
    far = min(len(between), 3) if len(between) <= 3 else 4 if len(between) < 6 else 5 if len(between) < _LONGEST else 6  # noqa: PLR2004
    commas = min(sum(each in ",;:–" for each in between), 3)
    cue, first, last = words[at].lower(), words[begin].lower(), words[end - 1].lower()
    kind = _kind(first, end - begin)
    sort = kind.partition(":")[0]
    ending, before, behind = f"{shape(words[at])}{cue[-2:]}", word_at(words, begin - 1), word_at(words, end)
    opening = "P" if not before[0].isalnum() else "c" if before.lower() in _CONJUNCTIONS else "o"
    between_pronouns = min(sum(each.lower() in _PRONOUNS for each in between), 2)
    return [
        f"k={kind}", f"kd={kind}{side}{far}", f"d={side}{far}{sort}", f"c={side}{commas}{sort}",
        f"dc={side}{far}{commas}{shape(words[at])}", f"cl={ending}{side}{sort}", f"cls={ending}{kind}{side}",
        f"l={before.lower()}{sort}", f"r={behind.lower()}{sort}", f"ln={min(end - begin, 6)}{sort}",
        f"f={first}{sort}{shape(words[at])}{side}", f"fl={first}_{min(end - begin, 4)}", f"last={last}", f"ls={last[-3:]}",
        f"st={begin == 0}{sort}", f"pm={between_pronouns}{side}{sort}", f"lp={opening}{sort}{side}{commas}",
        f"w={cue[:6]}{side}{sort}", f"wf={cue[:6]}{first}", f"rsh={shape(behind)}{behind.lower()[-2:]}{side}{sort}",
        f"lsh={shape(before)}{before.lower()[-2:]}{side}{sort}",
    ]  # fmt: skip


def _kind(first: str, length: int) -> str:
    if length > 1:
        return "group"
    return f"pronoun:{first}" if first in _PRONOUNS else f"possessive:{first}" if first in _POSSESSIVES else "noun"
