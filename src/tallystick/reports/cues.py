"""Words by which texts say whose statement something is, in five languages, and words for what kind of source it is.

Data only, our own; `attribution` reads sentences with it.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "unnamed", "organisation", "document", "agency", "outlet", "group"]

# fmt: off
AGENCIES = frozenset({
    "AFP", "AP", "APA", "ATS", "ANI", "ANSA", "Anadolu", "Belga", "CNA", "CTK", "DPA", "dpa", "EFE", "IANS", "IRNA",
    "Interfax", "KCNA", "KUNA", "Kyodo", "MENA", "PAP", "PTI", "RIA", "Reuters", "SANA", "SPA", "TASS", "UPI",
    "Ukrinform", "WAM", "Xinhua", "Yonhap",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Language:
    """The cues of one language, as alternatives of a regular expression.

    Attributes:
        code: ISO 639-1.
        common: words nearly every text of the language has; told apart by them.
        before: cues that stand before a source (`according to`).
        verbs: verbs of saying; the source stands before them.
        behind: verbs of saying that stand before their source (`said X`); empty where that is not done.
        leak: cues that stand before the one to whom something was leaked.
        pronouns: words for a source named before.
    """

    code: str
    common: frozenset[str]
    before: str
    verbs: str
    behind: str
    leak: str
    pronouns: frozenset[str]


LANGUAGES = (
    Language(
        "en",
        frozenset(["the", "of", "and", "to", "in", "that", "is", "was", "for", "with", "on", "as", "by", "from"]),
        r"according to|as reported by|quoting|citing|in the words of",
        r"said|says|told|tells|reported|reports|added|adds|announced|claimed|claims|confirmed|denied|warned|stated|states|wrote"
        r"|writes|argued|explained|insisted|revealed|testified|suggested|admitted|noted",
        r"said|says|added|reported|wrote|explained",
        r"leaks? (?:from|to|by)|documents? leaked to",
        frozenset({"he", "she", "they", "it"}),
    ),
    Language(
        "de",
        frozenset(["der", "die", "das", "und", "ist", "nicht", "mit", "von", "den", "auf", "für", "ein", "im"]),
        r"laut|nach angaben (?:von|der|des)|nach aussage (?:von|der|des)|gemäß",
        (
            r"sagte|sagt|sagten|berichtete|berichtet|berichteten|erklärte|erklärt|teilte|teilt|meldete|meldet"
            r"|behauptete|bestätigte|betonte|schrieb|schreibt|warnte|forderte|fordert|kündigte|meinte|äußerte"
            r"|hat gesagt|fügte"
        ),
        r"sagte|berichtete|erklärte|meldete|betonte|schrieb|so",
        r"von .{1,40} zugespielt",
        frozenset({"er", "sie", "es"}),
    ),
    Language(
        "fr",
        frozenset(["le", "la", "les", "des", "et", "est", "dans", "pour", "que", "une", "du", "par", "sur"]),
        r"selon|d[’']après|de source|citant|aux dires de",
        (
            r"a déclaré|a dit|a affirmé|a indiqué|a annoncé|a rapporté|a expliqué|a confirmé|a démenti"
            r"|a ajouté|déclare|affirme|indique|annonce|rapporte|explique|dit|ont déclaré|ont indiqué"
            r"|ont affirmé"
        ),
        r"a déclaré|a dit|a affirmé|a indiqué|a ajouté|affirme|explique|indique|rapporte|selon",
        r"des fuites (?:de|parvenues à)",
        frozenset({"il", "elle", "ils", "elles"}),
    ),
    Language(
        "es",
        frozenset(["el", "la", "los", "de", "que", "en", "una", "por", "con", "del", "las", "se", "para"]),
        r"según|de acuerdo con|conforme a|citando a|en palabras de",
        (
            r"dijo|dijeron|afirmó|aseguró|informó|informaron|declaró|anunció|señaló|indicó|explicó|confirmó"
            r"|negó|añadió|advirtió|reportó|dice|afirma|asegura|informa|señala|indica"
        ),
        r"dijo|afirmó|aseguró|informó|declaró|señaló|indicó|explicó|añadió",
        r"filtraciones (?:de|a)",
        frozenset({"él", "ella", "ellos", "ellas"}),
    ),
    Language(
        "ar",
        frozenset(["في", "من", "على", "إلى", "أن", "التي", "الذي", "عن", "مع", "هذا"]),
        r"وفقا ل|وفقاً ل|بحسب|حسب|نقلا عن|نقلاً عن|على لسان",
        r"قال|قالت|وقال|وقالت|أعلن|أعلنت|ذكر|ذكرت|أكد|أكدت|أضاف|وأضاف|صرح|أفاد|أفادت|نفى",
        r"قال|قالت|وقال|وقالت|أعلن|أعلنت|ذكر|ذكرت|أكد|أكدت|أضاف|وأضاف|صرح|أفاد|أفادت|نفى",
        r"تسريبات (?:من|إلى)",
        frozenset({"هو", "هي"}),
    ),
)

DOCUMENT = (
    r"\b(report|document|documents|study|memo|memorandum|letter|cable|indictment|dossier|survey"
    r"|bericht|studie|dokument|schreiben|rapport|étude|note|informe|estudio|documento|carta|تقرير"
    r"|وثيقة|دراسة)\b"
)
OUTLET = (
    r"\b(newspaper|daily|weekly|magazine|broadcaster|channel|radio|television|TV|website|news site"
    r"|zeitung|magazin|sender|tageszeitung|journal|quotidien|chaîne|hebdomadaire|periódico|diario"
    r"|revista|cadena|emisora|صحيفة|قناة|مجلة|إذاعة|موقع)\b"
)
OUTLET_NAME = (
    r"\b(News|Times|Post|Herald|Tribune|Guardian|Info|Zeitung|Spiegel|Welt|Monde|Figaro|País|Mundo"
    r"|Gazette|Journal|Chronicle|BBC|CNN|TV|Radio)\b"
)
UNNAMED = (
    r"\b(official|officials|officer|officers|source|sources|diplomat|diplomats|insider|aide|spokesman"
    r"|spokeswoman|spokesperson|witness|witnesses|beamter|beamte|quelle|quellen|sicherheitskreise"
    r"|sprecher|sprecherin|responsable|responsables|fuente|fuentes|funcionario|funcionarios|portavoz"
    r"|porte-parole|(?:ال)?(?:مسؤول|مسؤولون|مصدر|مصادر|متحدث))\b"
)
GROUP = (
    r"\b(detainees|militants|prisoners|residents|migrants|refugees|suspects|many|some|others|häftlinge"
    r"|anwohner|détenus|habitants|detenidos|vecinos)\b"
)
ORGANISATION = (
    r"\b(authority|authorities|ministry|police|court|prosecutors?|government|office|army|customs|company|committee|council|agency"
    r"|polizei|ministerium|behörde|regierung|staatsanwaltschaft|gericht|police|ministère|parquet|gouvernement|préfecture|tribunal"
    r"|policía|ministerio|fiscalía|gobierno|juzgado|(?:ال)?(?:شرطة|وزارة|حكومة|محكمة))\b"
)
