"""What stands around English cues and sources: the features that `learned_cues` weighs, as news needs them.

Pure. A source is a pronoun or a group of words between words that belong to no noun (`of`, `is`, `that`, `not`), with what is
joined to it (`the head of the office in the capital`). A cue makes further groups: from the beginning of a group to the cue, so
that a clause about the source does not hide it (`Weber, who runs the port, said`), and from behind the cue to the end of a group.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from tallystick.reports.cue_words import NONE, Group, Words, shape, word_at
from tallystick.reports.english_words import (
    ADVERBS,
    ALONE,
    APART,
    AUXILIARIES,
    COMMAS,
    CONJUNCTIONS,
    DETERMINERS,
    JOINING,
    MARK_CUES,
    NO_CUES,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    QUOTES,
    RELATIVES,
    behind_source,
    bucket,
    is_helper,
    is_like_source,
    is_listed,
    stem,
    words,
)

__all__ = [
    "ONE_CUE",
    "cue_features",
    "groups",
    "heads",
    "may_be_cue",
    "none_features",
    "source_features",
    "sources",
    "word_features",
    "words",
]

ONE_CUE = 3
_SPEAKER_WORDS = 6
"""A colon behind so many words may name who speaks next."""
_MOST_JOINED = 3
_LONGEST, _LONGEST_MADE = 16, 32
_HALTS = ",.;:"
_NEAR, _NEARER, _NEAR_OWNER = 8, 7, 3


def may_be_cue(sentence: Words, at: int) -> bool:
    """Whether a word is worth weighing as a cue."""
    word = sentence.small[at]
    if word in MARK_CUES and not sentence.quoted[at]:
        return word != ":" or at < _SPEAKER_WORDS
    return word[0].isalpha() and word not in NO_CUES and (not word.endswith("ly") or is_listed(word))


def heads(sentence: Words, cue: Sequence[int]) -> Sequence[int]:
    """Return the one word of a marked cue that is learned: the first that the tables have, or else the first with a meaning."""
    likely = [at for at in cue if may_be_cue(sentence, at) and sentence.small[at] not in ADVERBS | {"to"}]
    return ([at for at in likely if is_listed(sentence.small[at])] or likely or list(cue))[:1]


def word_features(sentence: Words, at: int) -> list[str]:
    """Return what a word itself has that speaks for or against it as a cue."""
    word, quoted = sentence.small[at], "q" if sentence.quoted[at] else ""
    out = ["b", f"w={word}", f"st={stem(word)}", f"w{quoted}={word}", f"sh={shape(sentence.words[at])}{at == 0}", f"q{quoted}"]
    return out + [f"s{n}={word[-n:]}" for n in (2, 3, 4)] + [f"p{n}={word[:n]}" for n in (4, 6)]


def cue_features(sentence: Words, at: int) -> list[str]:
    """Return what stands around a word that speaks for or against it as a cue."""
    small, word = sentence.small, sentence.small[at]
    left, right, left2, right2 = (word_at(small, at + step) for step in (-1, 1, -2, 2))
    form, before, behind = (shape(word_at(sentence.words, at + step)) for step in (0, -1, 1))
    out = [f"l={left}", f"r={right}", f"l2={left2}", f"r2={right2}", f"lw={left}_{word}", f"wr={word}_{right}"]
    out += [f"rr2={right}_{right2}", f"shs={before}{form}{behind}", f"ls={left[-3:]}", f"rs={right[-3:]}"]
    out += [f"str={stem(word)}_{right}", f"own={_is_owned(sentence, at)}{right if right in PREPOSITIONS | CONJUNCTIONS else ''}"]
    if is_listed(word):
        out += ["tab", f"tabl={left}", f"tabr={right}", f"tab{before}{behind}{'q' if sentence.quoted[at] else ''}"]
    if left == "to":
        out += ["inf", f"infw={word}", f"infl={left2}_{word}"]
    return out + _subject_features(sentence, at) + _near_features(small, at) + _sentence_features(sentence, at)


def _subject_features(sentence: Words, at: int) -> list[str]:
    """Return what the word is that may end the subject of a cue, and which helpers stand between."""
    small, word = sentence.small, sentence.small[at]
    end = behind_source(small, at)
    subject = word_at(small, end - 1)
    kind = _kind_of_subject(subject, word_at(sentence.words, end - 1))
    helpers = "_".join(each for each in small[end:at] if each in AUXILIARIES)
    out = [f"subj={kind}", f"subjw={kind}_{word[:5]}", f"aux={helpers}", f"auxw={helpers}_{word[-2:]}", f"subjW={subject}"]
    out += [f"subjaux={kind}_{helpers}_{word[-2:]}", f"subjst={kind}_{stem(word)}"]
    return [*out, "srclike", f"srclikew={word[:5]}"] if is_like_source(subject) else out


def _is_owned(sentence: Words, at: int) -> str:
    """Return whether a word may be the noun of somebody: `Weber's repeated claim`, `their claim`; and what it ends in."""
    before = sentence.small[max(0, at - _NEAR_OWNER) : at]
    is_owned = any(each == "'s" or each in POSSESSIVES or each.endswith(("s'", "'s")) for each in before)
    return f"{is_owned}{sentence.small[at][-2:]}"


def _kind_of_subject(small: str, written: str) -> str:
    if small == NONE:
        return "^"
    if small in PRONOUNS:
        return f"pron={small}"
    for kind, all_ in (("det", DETERMINERS), ("prep", PREPOSITIONS), ("conj", CONJUNCTIONS)):
        if small in all_:
            return kind
    return shape(written)


def _near_features(small: Sequence[str], at: int) -> list[str]:
    """Return how near a quotation, a clause or a mark is on both sides."""
    first, out = small[at][:5], []
    for far, each in enumerate(small[at + 1 : at + 1 + _NEARER]):
        if each in ("“", '"'):
            out += [f"rq{bucket(far)}", f"rqw={first}"]
        elif each == "that":
            out += [f"rthat{bucket(far)}", f"rthatw={first}"]
        elif each in _HALTS:
            out.append(f"rpunct{each}{bucket(far)}")
        else:
            continue
        break
    for far, each in enumerate(reversed(small[max(0, at - _NEAR) : at])):
        if each in ("”", '"'):
            return [*out, f"lq{bucket(far)}", f"lqw={first}"]
        if each in _HALTS or each in "–—":
            return [*out, f"lpunct{each}{bucket(far)}"]
    return [*out, "lstart" if at < _NEAR else "lnone"]


def _sentence_features(sentence: Words, at: int) -> list[str]:
    """Return which words of the tables stand before and behind a word, and where in its sentence it is."""
    small, own = sentence.small, is_listed(sentence.small[at])
    quoted = "q" if sentence.quoted[at] else ""
    before = sentence.listed[: bisect_left(sentence.listed, at)]
    behind = len(sentence.listed) - bisect_right(sentence.listed, at)
    out = [f"ntl={min(len(before), 2)}{own}", f"ntr={min(behind, 2)}{own}"]
    out += [f"nt={min(len(before), 2)}{min(behind, 2)}{own}{quoted}", f"hasq{sentence.quoting}{own}"]
    out += [f"pos={bucket(at)}{own}", f"rpos={bucket(len(small) - at)}{own}"]
    if before:
        between = small[before[-1] : at]
        joined = "".join(each for each in (",", "and", "that") if each in between)
        out += [f"dl={bucket(at - before[-1])}{own}", f"dlc={joined}{own}"]
    return out


def _is_nominal(small: Sequence[str], at: int) -> bool:
    word = small[at]
    if word in "()":
        return at > 0
    return (word[0].isalnum() and word not in APART and word not in PRONOUNS) or word in ("-", "&")


def _begins(small: Sequence[str], at: int) -> bool:
    return at < len(small) and (small[at] in DETERMINERS or _is_nominal(small, at))


def groups(sentence: Words) -> list[Group]:
    """Return the groups of words that may be a source."""
    small = sentence.small
    out: set[Group] = set()
    for at, word in enumerate(small):
        if word in PRONOUNS or word in POSSESSIVES:
            out.add((at, at + 1))
        if not _begins(small, at):
            continue
        is_first = at == 0 or not _begins(small, at - 1)
        if is_first or word in DETERMINERS or shape(sentence.words[at]) == "X":
            out |= {(at, end) for end in _ends(sentence, at) if end - at <= _LONGEST}
    return sorted(out)


def _end(small: Sequence[str], at: int) -> int:
    """Return where the nouns of a group end."""
    end = at + (small[at] in DETERMINERS)
    while end < len(small) and _is_nominal(small, end):
        end += 1
    return end


def _ends(sentence: Words, at: int) -> list[int]:
    """Return where a group that begins here may end: before what may be a verb, behind its nouns, behind what is joined to it."""
    small = sentence.small
    end = _end(small, at)
    if end == at + 1 and small[at] in DETERMINERS and small[at] not in ALONE:
        return []
    out = [each for each in range(at + 1, end) if _may_end(sentence, each)] + [end]
    for _ in range(_MOST_JOINED):
        further = _joined(small, end)
        if not further:
            break
        if small[end] != ",":
            out += [each for each in range(end + 2, further) if is_listed(small[each]) or small[each].endswith(("ed", "s"))]
        out.append(further)
        end = further
    return out


def _may_end(sentence: Words, at: int) -> bool:
    """Whether a word inside a group may be no part of it: a verb, or a capital letter behind small ones, or a small one."""
    small, words = sentence.small, sentence.words
    changes = words[at][0].islower() != words[at - 1][0].islower()
    return (is_listed(small[at]) or small[at].endswith(("ed", "s", "ing")) or changes) and small[at - 1] not in DETERMINERS


def _joined(small: Sequence[str], end: int) -> int:
    """Return where a group ends that goes on with `of`, `and`, a comma and the like; 0 where it does not."""
    if end >= len(small) - 1:
        return 0
    if small[end] == "," and small[end + 1] == "who":
        return end + 2
    if (small[end] not in JOINING and small[end] != ",") or not _begins(small, end + 1):
        return 0
    further = _end(small, end + 1)
    return further if further > end + 2 or small[end + 1] not in DETERMINERS else 0


def sources(sentence: Words, at: int, groups: Sequence[Group]) -> list[Group]:
    """Return the groups that may be the source of a cue: those of the sentence, and those that reach to it or begin behind it.

    Nobody inside a quotation says what is outside of it.
    """
    small = sentence.small
    outside = groups if sentence.quoted[at] else [each for each in groups if not sentence.quoted[each[0]]]
    out = {each for each in outside if not each[0] <= at < each[1]}
    end = behind_source(small, at)
    if end > 0 and small[end - 1] not in '“"':
        end -= small[end - 1] in ",–—"
        out |= {(begin, end) for begin, _ in outside if begin < end and end - begin <= _LONGEST_MADE}
    if _begins(small, at + 1):
        out |= {(at + 1, last) for begin, last in outside if begin > at + 1 and last - at - 1 <= _LONGEST_MADE}
    return sorted(out)


def source_features(sentence: Words, at: int, groups: Sequence[Group]) -> list[list[str]]:
    """Return what speaks for or against each group of words as the source of a cue."""
    between = _Between.of(sentence)
    return [_source_features(sentence, at, each, between) for each in groups]


@dataclass(frozen=True, slots=True)
class _Between:
    """How many words of a kind stand before each word of a sentence: what is between two of them is a difference."""

    commas: tuple[int, ...]
    quotes: tuple[int, ...]
    listed: tuple[int, ...]
    prepositions: tuple[int, ...]
    helpers: tuple[int, ...]
    capitals: tuple[int, ...]

    @classmethod
    def of(cls, sentence: Words) -> "_Between":
        small = sentence.small
        kinds = (
            [each in COMMAS for each in small], [each in QUOTES for each in small], [is_listed(each) for each in small],
            [each in PREPOSITIONS for each in small], [is_helper(each) for each in small],
            [each[0].isupper() for each in sentence.words],
        )  # fmt: skip
        return cls(*(tuple(accumulate(each, initial=0)) for each in kinds))


def _source_features(sentence: Words, at: int, group: Group, between: _Between) -> list[str]:
    small, (begin, end) = sentence.small, group
    side, first, last = ("L", end, at) if end <= at else ("R", at + 1, begin)
    cue, sort = small[at], _sort(sentence, group)
    kind = f"P:{small[begin]}" if sort == "P" else sort
    far, commas = bucket(last - first), min(between.commas[last] - between.commas[first], 3)
    quotes = min(between.quotes[last] - between.quotes[first], 2)
    bare = between.helpers[last] - between.helpers[first] == last - first
    clause = "C" if at and small[at - 1] in ',”"' else ""
    listed = min(between.listed[last] - between.listed[first], 2)
    prepositions = min(between.prepositions[last] - between.prepositions[first], 2)
    capitals = min(between.capitals[max(begin, at)] - between.capitals[min(end, at)], 2)
    is_source = "S" if any(map(is_like_source, small[begin:end])) else ""
    out = [
        f"k={kind}", f"kd={sort}{side}{far}", f"d={side}{far}{commas}{quotes}", f"dk={side}{far}{commas}{sort}",
        f"c={side}{commas}{sort}{clause}", f"w={cue}{side}{bare}", f"ws={cue[-3:]}{side}{far}{sort}", f"wf={cue[:6]}{sort}{side}",
        f"ao={bare}{side}{sort}{is_listed(cue)}", f"tb={listed}{side}{commas}", f"pb={prepositions}{side}{sort}{commas}",
        f"nb={capitals}{side}{commas}{quotes}", f"src={is_source}{side}{far}", f"src2={is_source}{sort}",
        f"q={sentence.quoted[begin]}{sentence.quoted[at]}", f"cl={clause}{side}{far}", f"lcue={word_at(small, at - 1)}{side}",
        f"rcue={word_at(small, at + 1)}{side}{far}", f"sq={side}{quotes}{commas}",
    ]  # fmt: skip
    reach = _reach(small, at, group)
    return out + _edge_features(sentence, at, group, side, sort, reach) + _inner_features(sentence, group, side, sort, reach)


def _sort(sentence: Words, group: Group) -> str:
    """Return what sort of words a group is: P a pronoun, N a name, D behind a determiner, X or x others."""
    begin, end = group
    first = sentence.small[begin]
    if end - begin == 1 and (first in PRONOUNS or first in POSSESSIVES):
        return "P"
    if first in DETERMINERS:
        return "the" if first == "the" else "D"
    pairs = zip(sentence.words[begin:end], sentence.small[begin:end], strict=True)
    if all(shape(written) == "X" or small in JOINING for written, small in pairs):
        return "N"
    return "X" if shape(sentence.words[begin]) == "X" else "x"


def _edge(word: str) -> str:
    return "," if word in COMMAS else "q" if word in QUOTES else "^" if word == NONE else word if word in APART else "w"


def _edge_features(sentence: Words, at: int, group: Group, side: str, sort: str, reach: str) -> list[str]:
    """Return what stands at both ends of a group."""
    small, (begin, end) = sentence.small, group
    size, first, last = end - begin, small[begin], small[end - 1]
    before, behind = word_at(small, begin - 1), word_at(small, end)
    left = _edge(before)
    right = "CUE" if end == at else "." if behind in ".?!" else _edge(behind)
    return [
        f"bef={left}{side}{sort}", f"beh={right}{side}{sort}", f"bb={left}|{right}|{side}", f"n={min(size, 8)}{sort}{side}",
        f"len={min(size, 8)}|{right}", f"first={first}{side}", f"last={last}{side}", f"ls={last[-3:]}",
        f"st={begin == 0}{sort}{side}",
        f"bw={before}", f"ew={behind}{side}", f"lsh={shape(word_at(sentence.words, end))}{shape(sentence.words[end - 1])}{right}",
        f"sec={word_at(small, begin + 1)}", f"reb={reach}{left}{sort}",
    ]  # fmt: skip


def _reach(small: Sequence[str], at: int, group: Group) -> str:
    """Return whether a group reaches to its cue: R0 the word before it, R1 before helpers, R2 before a comma; B behind it."""
    begin, end = group
    helped = behind_source(small, at)
    if end in (at, helped):
        return "R0" if end == at else "R1"
    if end == helped - 1 and small[end] in ",–—":
        return "R2"
    return "B" if begin == at + 1 else ""


def _inner_features(sentence: Words, group: Group, side: str, sort: str, reach: str) -> list[str]:
    """Return what a group holds: commas, a clause, words that may be verbs."""
    inner = sentence.small[slice(*group)]
    size = len(inner)
    commas, listed = min(inner.count(","), 3), min(sum(map(is_listed, inner)), 2)
    clause = "" if RELATIVES.isdisjoint(inner) else "w"
    verb = any(each.endswith(("ed", "ing")) for each in inner[1:])
    return [
        f"ing={verb}{size > 3}", f"tin={any(map(is_listed, inner[1:]))}{min(size, 16)}", f"re={reach}{sort}",  # noqa: PLR2004
        f"rei={reach}{commas}{clause}{listed}", f"rel={clause}{commas}{side}", f"bal={inner.count('(') == inner.count(')')}",
        f"inn={commas}{listed}{min(size // 3, 6)}", f"ren={reach}{min(size // 2, 8)}",
    ]  # fmt: skip


def none_features(sentence: Words, at: int) -> list[str]:
    """Return what speaks for a cue whose source the sentence does not name."""
    small, word = sentence.small, sentence.small[at]
    pronoun = "P" if any(each in PRONOUNS for each in small[:at]) else ""
    name = "X" if any(shape(each) == "X" for each in sentence.words[1:at]) else ""
    return [
        "none", f"nw={word}", f"nl={word_at(small, at - 1)}", f"nr={word_at(small, at + 1)}", f"ns={word[-3:]}",
        f"nq={sentence.quoted[at]}", f"npos={at == 0}", f"nsubj={pronoun}{name}",
    ]  # fmt: skip
