"""Words that stand around subjects, and those no subject has, by language.

Data only, our own; `source_spans` finds sources with them.
"""

import re

REMARK = re.compile(r"\d+|\w{2,}(?:ed|ing)|without|despite|including|like|once|now|then|himself|herself|themselves|too|however")
"""How an English clause about a source begins: `State media, without naming anybody, said`, `a letter, dated 4 June, says`."""
OBJECT = re.compile(r"(?:dem|den|des|einem|einen|(?:der|einer)\s[a-zäöüß-]+en)\s", re.IGNORECASE)
"""What a German subject never begins with."""
LEADING = {
    "de": re.compile(
        r"(?:doch|aber|und|schon|auch|während|als(?=\s+(?:d[aei][rs]|eine?)\s)|zudem|jedoch|denn|selbst|sogar)\s+", re.IGNORECASE
    ),
    "en": re.compile(r"(?:as|while|when|but|and|though|although|because|whether|if|where|once)\s+(?=\w)", re.IGNORECASE),
    "ar": re.compile(r"(?:[وف]?(?:كان|كانت)|[وف]?لكن|هكذا)(?:\s+|$)"),
}
"""Stands before a subject, and is no part of it."""
BEHIND_HEAD = re.compile(r"of|for|in|at|from|with|on|near|to|who|whose|\w+ing")
"""Behind the head of an English group of nouns: `residents of the valley`."""
FINITE = re.compile(r"\b(?:is|are|was|were|has|had|have|will|would|can|could)\b")
"""Such an English verb is in no subject."""
VERBAL = {
    "en": re.compile(r"\b(?:is|are|was|were|has|had|have|will|would|can|could|and|or|he|she|they|it|we|i)\b", re.IGNORECASE),
    "fr": re.compile(
        r"\b(?:est|sont|a|ont|avait|avaient|était|étaient|sera|seront|et|ou|il|elle|ils|elles|on|je|nous)\b", re.IGNORECASE
    ),
    "es": re.compile(
        r"\b(?:es|son|ha|han|había|habían|era|eran|fue|fueron|está|están|será|y|o|él|ella|ellos|se|no)\b", re.IGNORECASE
    ),
}
"""What many words of one group have not before a clause with `who`."""
WHO = {"en": " who ", "fr": " qui ", "es": " quien "}
OF = re.compile(r"\s(?:of|de|du|des|del|d[’'])")
"""Joins the nouns of one group."""
ADVERBS = re.compile(
    r"(?:\s(?:heute|gestern|später|daraufhin|dazu|zudem|auch|unterdessen|inzwischen|jedoch|weiter|bereits|hierzu|damals|zuvor|nun"
    r"|am\s\w+tag(?:abend|morgen|nachmittag|vormittag)?))+(?=\s)"
)
"""Stands between a German verb and the source behind it."""
SUBJECTS = {
    "de": re.compile(
        r"(?P<subject>Er|Sie|(?:(?:Der|Die|Das|Ein|Eine)\s(?:[a-zäöüß]+e[rn]?\s){0,2})?[A-ZÄÖÜ][\w-]*(?:\s[A-ZÄÖÜ][\w-]*){0,3})"
        r"\s(?:[a-zäöüß]+t(?:e|en)?|war|waren|sprach|sprachen|ging|kam|gab|rief|nahm|hielt|hob|wies|lag|stand|sah|traf)\s"
    ),
    "en": re.compile(
        r"(?:[A-Z][^,]{3,60},\s)?(?P<subject>[Hh]e|[Ss]he|[Tt]hey|(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir)(?:\s[\w’'-]+){1,4}?"
        r"|[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){0,3})\s(?:\w{3,}ed|was|were|had|has|did|is|are|went|came|took|left|gave|made|got|shook"
        r"|stood|sat|ran|rose|fell|met|held|kept|brought|thought|wrote|spoke|began|drew|sent|showed|saw|won|lost|paid|read)\s"
    ),
}
"""The subject that a sentence begins with, and behind it its verb."""
