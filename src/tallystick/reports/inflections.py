"""Forms of regular verbs as news has them, so that the tables of `cues` name each verb once.

Pure. Irregular verbs are no matter of this module: the tables list their forms.
"""


def english(bases: str) -> str:
    """The forms of regular verbs that tell: `warns`, `warned`, and `warn` of several."""
    out = []
    for verb, _, rest in (each.partition("_") for each in bases.split()):
        stem = verb[:-1] if verb.endswith("e") else f"{verb[:-1]}i" if verb.endswith("y") else verb
        stem = f"{verb}{verb[-1]}" if verb == "admit" else stem
        plain = f"{verb[:-1]}ies" if verb.endswith("y") else f"{verb}es" if verb.endswith(("s", "ch")) else f"{verb}s"
        past = {"speak": "spoke", "swear": "swore", "blame": "blamed"}.get(verb, f"{stem}ed")
        out += [f"{form}_{rest}" if rest else form for form in (verb, plain, past)]
    return " ".join(out)


def french(infinitives: str) -> str:
    """Present and imperfect of regular verbs, of one and of several."""
    out = []
    for own, _, verb in (each.rpartition("’") for each in infinitives.split() if "_" not in each):
        before = f"{own}[’']" if own else ""
        stem = verb[:-2]
        open_ = stem[:-2] + "è" + stem[-1] if stem[-2:-1] == "é" and stem[-1] in "rltn" else stem
        stem = f"{stem}e" if stem.endswith("g") else stem
        soft = f"{stem[:-1]}ç" if stem.endswith("c") else stem
        out += [f"{before}{open_}e", f"{before}{open_}ent", f"{before}{soft}ait", f"{before}{soft}aient"]
    return " ".join(out)


def french_participles(infinitives: str) -> str:
    """Past participles of regular verbs."""
    return " ".join(f"{verb[:-2]}é" for verb in infinitives.split() if verb.endswith("er") and "’" not in verb)


def spanish(infinitives: str) -> str:
    """Present, past and imperfect of regular verbs, of one and of several."""
    out = []
    for infinitive in infinitives.split():
        before, verb = ("se_", infinitive[:-2]) if infinitive.endswith("se") else ("", infinitive)
        stem, first = verb[:-2], verb.endswith("ar")
        ends = ("a", "an", "ó", "aron", "aba", "aban") if first else ("e", "en", "ió", "ieron", "ía", "ían")
        out += [f"{before}{stem}{end}" for end in ends]
    return " ".join(out)


def spanish_participles(infinitives: str) -> str:
    """Past participles of regular verbs."""
    return " ".join(
        f"{each[:-2]}{'ado' if each.endswith('ar') else 'ido'}" for each in infinitives.split() if not each.endswith("se")
    )


def _softened(stem: str) -> str:
    """Put an `e` before the ending where German does: `meldete`, `bezeichnete`, `entgegnete`; but `warnte`, `räumte`."""
    is_hard = stem.endswith(("t", "d", "chn")) or (stem[-1] in "mn" and stem[-2] not in "aeiouäöülrmnh")
    return f"{stem}e" if is_hard else stem


def german(infinitives: str) -> str:
    """Present and past of regular verbs, of one and of several."""
    out = []
    for verb in infinitives.split():
        stem = verb[:-2] if verb.endswith("en") else verb[:-1]
        soft = _softened(stem)
        out += [f"{soft}t", f"{soft}te", f"{soft}ten", verb]
    return " ".join(out)


def german_participles(infinitives: str) -> str:
    """Past participles of regular verbs without a prefix that is stressed."""
    out = []
    for verb in infinitives.split():
        stem = verb[:-2] if verb.endswith("en") else verb[:-1]
        soft = _softened(stem)
        bare = verb.endswith("ieren") or verb.startswith(("be", "er", "ver", "ent", "zer", "miss", "wider", "unter", "über"))
        out.append(f"{soft}t" if bare else f"ge{soft}t")
    return " ".join(out)


def german_parted(verbs: str) -> str:
    """Verbs that part with a particle (`teilte/mit`: `teilte der Minister mit`), as regular expressions."""
    return "|".join(
        rf"(?:{forms})(?=[^.;:]{{0,120}}?\b(?:{particles})\b)"
        for forms, _, particles in (each.partition("/") for each in verbs.split())
    )


def arabic(verbs: str) -> str:
    """Forms of verbs, each named as past and present of one man (`قال/يقول`): of one and several, with and without `و`, `ف`."""
    out = []
    for past, _, present in (each.partition("/") for each in verbs.split()):
        stem = past[:-1] + "ا" if past.endswith("ى") else past
        feminine = past[:-1] + "ت" if past.endswith("ى") else f"{past}ت"
        out += [past, feminine, f"{stem}وا" if stem == past else f"{past[:-1]}وا"]
        if present:
            out += [present, f"ت{present[1:]}", f"{present}ون"]
    return " ".join(f"{before}{each}" for each in out for before in ("", "و", "ف", "كما_"))
