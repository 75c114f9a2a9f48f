"""Whether some words of a text can be a source, and what kind of source they name.

Pure.

Rules
 1. A source is a name, a pronoun, a word for a kind of source, or a group of nouns that begins as such groups do.
 2. Somebody who is called by an office or a trade alone (`a nurse`, `the captain`) is unnamed: nobody can be sure who that is.
 3. The author's own `we` and `I` name no source beside the document.
"""

import re

from tallystick.reports.cue_tables import Language
from tallystick.reports.cues import (
    AGENCIES,
    DOCUMENT,
    FIRST_PERSON,
    GROUP,
    LANGUAGES,
    ORGANISATION,
    OUTLET,
    OUTLET_NAME,
    TITLES,
    UNNAMED,
    Kind,
)

ARTICLE = re.compile(
    r"^(the|a|an|der|die|das|dem|den|des|ein|eine|einem|einer|le|la|l[’']|les|un|une|el|los|las|una)\s+", re.IGNORECASE
)
DEFINITE = re.compile(r"^(the|der|die|das|dem|den|le|la|l[’']|les|el|los|las|ال)\s*", re.IGNORECASE)
_SHORTEST_PLURAL = 4
"""`is`, `has` and `los` are none."""
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_TITLED = re.compile(rf"(?:{TITLES})\.?\s(?:\w+\s)*[^\W\d_a-z]")
_BODY = re.compile(
    r"\b(Agency|Bank|Board|Bureau|Centre|Center|Coastguard|Commission|Corps|Council|Department|Embassy|Federation|Force|Forces"
    r"|Foundation|Guard|Guards|Group|Hospital|Institute|Intelligence|Navy|Party|Parliament|Senate|Service|Services|Society|Union"
    r"|United Nations|University|Amt|Bundesamt|Verband|Partei|Universität|Institut|Ministerium|Université|Parti|Syndicat"
    r"|Instituto|Universidad|Partido|Sindicato|Armada|Marina|Ejército|Guardia)\b"
)
"""Words that two capitals with one of them are no given and family name: `Coast Guard`."""
_ONE = "man"
"""The German pronoun; `a man` of English texts is somebody."""
_ELIDED = re.compile(r"^[ld][’']", re.IGNORECASE)
_PRONOUNS = frozenset().union(*(language.pronouns for language in LANGUAGES))
_GERMAN_NOUN = r"(?:[A-ZÄÖÜ\d]\S*|[\w-]+-[A-ZÄÖÜ]\S*|[\w-]+\.(?:de|com|net|org|at|ch)|„[^“”,!?]{1,30}[“”])"
_GERMAN_VERB = (
    r"(?:ist|war|waren|wird|wurden?|werden|worden|haben?|hatten?|können|konnten?|wollen|wollten?|sollen|sollten?|kamen)"
)
_GERMAN_NOUNS = re.compile(
    rf"(?:(?!{_GERMAN_VERB}\s)[^\W\d_]+\s)?(?:(?!(?:{_GERMAN_VERB}|kein(?:e[nmrs]?)?)\s)(?:der|die|das|des|dem|den|und|von|vom|zu|zur|für|in|im|am|aus|bei"
    rf"|beim|[a-zäöüß-]+e[rnms]?|{_GERMAN_NOUN})\s)*{_GERMAN_NOUN}"
)
"""A group of nouns: it ends in a word written large, and has no verb before it that could be told from an adjective."""
_GERMAN_BEGINNING = re.compile(
    r"(?<!\S)(?:(?:der|dem|den|des|einem|einer|eines|einen|einigen|mehreren|vielen|deren|dessen|seinen|ihren)\s"
    r"|(?!(?:In|Im|Aus|Bei|Beim|Von|Vom|Auf)\s)[A-ZÄÖÜ\d„])"
)
_GERMAN_ADVERB = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+(?:lich|weise|gemäß|ig|falls|dessen|mals|tags)$")


def german_nouns(words: str) -> str:
    """Return the group of nouns that German words begin with; all of them where they begin with none."""
    found = _GERMAN_NOUNS.match(words)
    return found[0] if found else words


def is_german_group(words: str) -> bool:
    """Whether German words are one group of nouns, of whatever kind."""
    return bool(_GERMAN_NOUNS.fullmatch(words))


def german_tail(words: str) -> str:
    """Return the longest group of nouns that German words end in; empty where they end in none."""
    starts = (found.start() for found in _GERMAN_BEGINNING.finditer(words))
    return next((words[at:] for at in starts if _GERMAN_NOUNS.fullmatch(words[at:])), "")


def is_source(words: str, language: Language) -> bool:
    """Whether words of a language can name a source."""
    plain = words.lower()
    if plain in _PRONOUNS or plain == _ONE:
        return plain != "it"
    first, *rest = plain.split()
    if first in language.no_openers or (not rest and ARTICLE.match(f"{words} ")):
        return False
    if language.code == "de" and (first in FIRST_PERSON or not _GERMAN_NOUNS.fullmatch(words) or _GERMAN_ADVERB.fullmatch(words)):
        return False
    kinds = (DOCUMENT, OUTLET, UNNAMED, GROUP, ORGANISATION)
    return (
        ARTICLE.sub("", words).lstrip("„")[:1].isupper()
        or (first in language.openers and bool(rest))
        or bool(_ELIDED.match(words))
        or any(re.search(kind, words, re.IGNORECASE) for kind in kinds)
        or bool(_ARABIC.search(words))
    )


def are_several(words: str, language: Language) -> bool:
    """Whether words may be several of a kind without an article: `bank statements`, `auditors`."""
    if language.code not in {"en", "es"} or words.split(maxsplit=1)[0].lower() in language.no_openers | language.pronouns:
        return False
    return any(len(each) >= _SHORTEST_PLURAL and each.endswith("s") for each in words.split()[:2])


def is_name(words: str) -> bool:
    """Whether words are nothing but a name: all in capitals at their head, no article."""
    parts = words.split()
    return 1 < len(parts) <= 4 and all(part[0].isupper() for part in parts) and not ARTICLE.match(words)  # noqa: PLR2004


def kind_of(words: str) -> Kind:
    """Return what kind of source some words name."""
    bare = ARTICLE.sub("", words).strip("„“”")
    parts = bare.split()
    if set(parts) & AGENCIES:
        return "agency"
    if parts and parts[0].lower() in FIRST_PERSON:
        return "author"
    if _TITLED.match(bare) and parts[-1][:1].isupper():
        return "person"
    if words.lower() == _ONE:
        return "group"
    tests: tuple[tuple[str, Kind], ...] = ((GROUP, "group"), (DOCUMENT, "document"), (OUTLET, "outlet"), (UNNAMED, "unnamed"))
    known = next((kind for pattern, kind in tests if re.search(pattern, bare, re.IGNORECASE)), None)
    return known or ("outlet" if re.search(OUTLET_NAME, bare) else _kind_of_name(bare))


def _kind_of_name(bare: str) -> Kind:
    parts = bare.split()
    capitals = [word for word in parts if word[:1].isupper()]
    is_body = bool(re.search(ORGANISATION, bare, re.IGNORECASE) or _BODY.search(bare))
    if len(capitals) == len(parts) == 2 and not is_body:  # noqa: PLR2004  given and family name
        return "person"
    is_office = not capitals and not _ARABIC.search(bare) and not is_body
    return "unnamed" if is_office else "organisation"
