"""What a language says about its cues: the shape of the tables in `cues`.

Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """The cues of one language, as alternatives of a regular expression.

    Attributes:
        code: ISO 639-1.
        before: cues that stand before a source (`according to`).
        verbs: verbs of saying, in the forms news has them in; the source stands before them.
        helpers: what may stand between a source and its verb, and is no part of either (`has repeatedly`).
        behind: verbs of saying that stand before their source (`said X`); empty where that is not done.
        leak: cues that stand before the one to whom something was leaked.
        pronouns: words for a source named before.
        openers: words a group of nouns begins with.
        no_openers: words no source begins with, though it may be a capital letter.
        stops: words behind a source that are no part of it.
        relatives: words that open a clause about the source (`who asked not to be named`).
        nouns: what somebody says, as nouns (`claim`): whose it is stands before them, or behind a `by`; empty: not looked for.
    """

    code: str
    before: str
    verbs: str
    helpers: str
    behind: str
    leak: str
    pronouns: frozenset[str]
    openers: frozenset[str]
    no_openers: frozenset[str]
    stops: str
    relatives: frozenset[str]
    nouns: str = ""


def words_of(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


def any_of(words: str) -> str:
    """Return alternatives of a regular expression out of words; `_` stands for a blank."""
    return "|".join(sorted((word.replace("_", r"\s") for word in words.split()), key=lambda word: (-len(word), word)))
