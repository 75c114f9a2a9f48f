"""A sentence as learned cues see it, and what a language says about it: shared by `learned_cues` and the modules of languages.

Pure. Features are counted alike when weights are learned and when they are used: both use the module of the language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Span = tuple[int, int]
Group = tuple[int, int]
"""A group of words, as numbers of words: from, up to but not with."""
NONE = "<>"
"""Stands for a word before the first one or behind the last one."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words and marks of a sentence.

    Attributes:
        spans: as characters of the text.
        words, small: as written, and in small letters.
        quoted: whether each is inside a quotation.
        quoting: whether any of it is inside a quotation.
        listed: numbers of the words outside quotations that the tables of cues have; empty where a language does not ask for it.
    """

    spans: tuple[Span, ...]
    words: tuple[str, ...]
    small: tuple[str, ...]
    quoted: tuple[bool, ...] = ()
    quoting: bool = False
    listed: tuple[int, ...] = ()


class Reader(Protocol):
    """What the module of a language has to say about cues and their sources."""

    ONE_CUE: int
    """Words that are this near and have one source are one cue: `bin fest überzeugt`."""

    def words(self, text: str, start: int, end: int) -> Words:
        """Return the words of a sentence of a text."""

    def may_be_cue(self, sentence: Words, at: int) -> bool:
        """Whether a word is worth weighing as a cue."""

    def heads(self, sentence: Words, cue: Sequence[int]) -> Sequence[int]:
        """Return which words of a marked cue are learned as one; from its others nothing is learned."""

    def word_features(self, sentence: Words, at: int) -> list[str]:
        """Return what a word itself has that speaks for or against it as a cue."""

    def cue_features(self, sentence: Words, at: int) -> list[str]:
        """Return what stands around a word that does."""

    def groups(self, sentence: Words) -> list[Group]:
        """Return the groups of words that may be a source."""

    def sources(self, sentence: Words, at: int, groups: Sequence[Group]) -> list[Group]:
        """Return the groups that may be the source of a cue: of those of the sentence, and others that the cue makes."""

    def source_features(self, sentence: Words, at: int, groups: Sequence[Group]) -> list[list[str]]:
        """Return what speaks for or against each group of words as the source of a cue."""

    def none_features(self, sentence: Words, at: int) -> list[str]:
        """Return what speaks for a cue whose source the sentence does not name."""


def word_at(words: Sequence[str], number: int) -> str:
    """Return a word, or `NONE` where there is none."""
    return words[number] if 0 <= number < len(words) else NONE


def shape(word: str) -> str:
    """Return what a word or mark begins with: X a capital letter, x another one, d a digit, p a mark."""
    return "X" if word[0].isupper() else "d" if word[0].isdigit() else "x" if word[0].isalnum() else "p"
