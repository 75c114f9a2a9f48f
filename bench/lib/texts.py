"""Made-up news texts with planted names: persons of a register as texts write them, their namesakes, and strangers.

Nobody real is in them. What was planted is known to the judge alone.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

THIS_YEAR = 2024
STRANGERS, NAMESAKES, WITH_CONTEXT = 0.25, 0.45, 0.6
"""Shares of the planted names: strangers up to the first, namesakes up to the second; of the rest, with age and nation beside."""
AGES_APART = 7
_TWO = 2
_NATIONS = {
    "fr": ("French", "französischen", "français", "francés"),
    "de": ("German", "deutschen", "allemand", "alemán"),
    "es": ("Spanish", "spanischen", "espagnol", "español"),
    "ma": ("Moroccan", "marokkanischen", "marocain", "marroquí"),
    "ru": ("Russian", "russischen", "russe", "ruso"),
    "tr": ("Turkish", "türkischen", "turc", "turco"),
    "gb": ("British", "britischen", "britannique", "británico"),
    "pl": ("Polish", "polnischen", "polonais", "polaco"),
    "it": ("Italian", "italienischen", "italien", "italiano"),
    "eg": ("Egyptian", "ägyptischen", "égyptien", "egipcio"),
    "ir": ("Iranian", "iranischen", "iranien", "iraní"),
    "in": ("Indian", "indischen", "indien", "indio"),
    "cn": ("Chinese", "chinesischen", "chinois", "chino"),
    "ua": ("Ukrainian", "ukrainischen", "ukrainien", "ucraniano"),
    "ng": ("Nigerian", "nigerianischen", "nigérian", "nigeriano"),
    "pk": ("Pakistani", "pakistanischen", "pakistanais", "paquistaní"),
}
_WITH_CONTEXT = (
    (0, "{name}, {age}, a {nation} national, was stopped at the airport on Monday, two officials said."),
    (0, "The {nation} businessman {name} ({age}) denied the report through a lawyer."),
    (0, "According to the indictment, {name}, a {nation} citizen born in {year}, rented the flat in May."),
    (1, "Der {age}-jährige {name}, der einen {nation} Pass trägt, wurde am Montag festgenommen, teilte die Polizei mit."),
    (2, "{name}, {age} ans, ressortissant {nation}, a été interpellé lundi matin, selon le parquet."),
    (3, "{name}, de {age} años y pasaporte {nation}, fue detenido el lunes, informó la policía."),
)
_BARE = (
    "Investigators told the court that {name} had left the country a week earlier.",
    "Two of the letters were signed by {name}.",
    "“We never met {name},” the mayor said on Tuesday.",
    "The flat in the old town had been rented by {name} for eleven months.",
    "Nach Angaben der Staatsanwaltschaft war {name} nicht zu Hause.",
    "Selon les enquêteurs, {name} avait quitté la ville la veille.",
    "Según la fiscalía, {name} no estaba en casa.",
)
_SMALL = {
    "arabic": ("وقالت الشرطة إن {name} غادر البلاد قبل أسبوع.", "وكان المتهم {name} قد استأجر الشقة."),
    "cyrillic": ("По данным полиции, {name} покинул страну в понедельник.", "Письмо подписал {name}."),
}
_FILLER = (
    "The committee will meet again on Thursday to discuss the budget of the port authority.",
    "Heavy rain closed the road to the valley for most of the morning.",
    "Prices rose by two per cent in March, the statistics office said.",
    "A spokesman for the Ministry of Transport declined to comment.",
    "The museum, which opened in 1962, is being restored.",
    "Residents of North Street have waited for the bridge since last summer.",
    "Die Verhandlung wird am Freitag vor dem Landgericht fortgesetzt.",
    "Le conseil municipal se prononcera le mois prochain.",
    "El partido terminó sin goles ante quince mil espectadores.",
    "Central Bank officials expect growth to slow next year.",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """One name in a text.

    Attributes:
        start, end: characters.
        record_id: whom it means; empty for a namesake or a stranger.
        kind: exact, slip, short, initial, possessive, capitals; namesake, stranger.
    """

    start: int
    end: int
    record_id: str
    kind: str


@dataclass(slots=True)
class Text:
    """One made-up document."""

    text: str = ""
    planted: list[Planted] = field(default_factory=list)

    def add(self, sentence: str, name: str, record_id: str = "", kind: str = "") -> None:
        """Append a sentence with a name in it."""
        before, _, behind = sentence.partition("{name}")
        start = len(self.text) + len(before)
        self.text += before + name + behind + " "
        self.planted.append(Planted(start, start + len(name), record_id, kind))


def _slip(name: str, dice: random.Random) -> str:
    words = name.split()
    at = max(range(len(words)), key=lambda i: len(words[i]))
    word = words[at]
    i = dice.randrange(1, len(word) - 1) if len(word) > _TWO + 1 else 0
    if i == 0:
        return name
    letter = dice.choice("aeiourstln")
    words[at] = dice.choice(
        (word[:i] + word[i + 1 :], word[:i] + letter + word[i + 1 :], word[:i] + word[i + 1] + word[i] + word[i + 2 :])
    )
    return " ".join(words)


def _short(name: str, _: random.Random) -> str:
    words = name.split()
    return f"{words[0]} {words[-1]}" if len(words) > _TWO else name


def _initial(name: str, dice: random.Random) -> str:
    words = name.split()
    if len(words) <= _TWO:
        return f"{words[0]} {dice.choice('ABDEGHKLMRST')}. {' '.join(words[1:])}"
    return f"{words[0]} {words[1][0]}. {' '.join(words[2:])}"


def _capitals(name: str, _: random.Random) -> str:
    words = name.split()
    return f"{words[-1].upper()}, {' '.join(words[:-1])}"


WRITINGS: Mapping[str, Callable[[str, random.Random], str]] = {
    "exact": lambda name, _: name,
    "slip": _slip,
    "short": _short,
    "initial": _initial,
    "possessive": lambda name, _: name + "’s",
    "capitals": _capitals,
    "upper": lambda name, _: name.upper(),
    "reversed": lambda name, _: " ".join([name.split()[-1], *name.split()[:-1]]),
}


def _script(name: str) -> str:
    if any("\u0600" <= c <= "\u06ff" for c in name):
        return "arabic"
    if any("\u0400" <= c <= "\u04ff" for c in name):
        return "cyrillic"
    return "latin" if all(c < "\u0250" or c in "’‘ʻʼ" or "\u1e00" <= c <= "\u1eff" for c in name) else ""


def made(records: Sequence[dict[str, Any]], strangers: Sequence[dict[str, Any]], count: int, seed: int) -> Iterator[Text]:
    """Make `count` texts; each mentions some persons of `records`, namesakes of some, and some of `strangers`."""
    dice = random.Random(seed)
    writable = [r for r in records if any(_script(n) and len(n.split()) > 1 for n in r["names"])]
    for _ in range(count):
        text = Text(f"{dice.choice(('PARIS', 'BERLIN', 'MADRID', 'LONDON'))}, 3 May {THIS_YEAR} – ")
        for _ in range(dice.randrange(2, 6)):
            text.text += dice.choice(_FILLER) + dice.choice((" ", "\n\n"))
            _plant(text, dice.choice(writable), strangers, dice)
        yield text


def _plant(text: Text, record: dict[str, Any], strangers: Sequence[dict[str, Any]], dice: random.Random) -> None:
    name = dice.choice([n for n in record["names"] if _script(n) and len(n.split()) > 1])
    script = _script(name)
    chance = dice.random()
    if chance < STRANGERS:
        other = dice.choice(strangers)["names"][0]
        if _script(other) == "latin" and len(other.split()) > 1:
            text.add(dice.choice(_BARE), other, "", "stranger")
        return
    if script != "latin":
        text.add(dice.choice(_SMALL[script]), name, record["id"], script)
        return
    year = int(record["birth_dates"][0][:4]) if record.get("birth_dates") else 0
    if chance < NAMESAKES and year:
        _plant_namesake(text, record, name, dice)
        return
    kind = dice.choice(list(WRITINGS))
    written = WRITINGS[kind](name, dice)
    nation = next((n for n in record.get("nationalities", ()) if n in _NATIONS), "")
    if year and nation and dice.random() < WITH_CONTEXT:
        language, sentence = dice.choice(_WITH_CONTEXT)
        text.add(_filled(sentence, THIS_YEAR - year, year, _NATIONS[nation][language]), written, record["id"], kind)
    else:
        text.add(dice.choice(_BARE), written, record["id"], kind)


def _plant_namesake(text: Text, record: dict[str, Any], name: str, dice: random.Random) -> None:
    year = int(record["birth_dates"][0][:4])
    other = next(y for y in iter(lambda: dice.randrange(1935, 2004), None) if abs(y - year) > AGES_APART)
    nations = [n for n in _NATIONS if n not in record.get("nationalities", ())]
    language, sentence = dice.choice(_WITH_CONTEXT)
    text.add(_filled(sentence, THIS_YEAR - other, other, _NATIONS[dice.choice(nations)][language]), name, "", "namesake")


def _filled(sentence: str, age: int, year: int, nation: str) -> str:
    return sentence.replace("{age}", str(age)).replace("{year}", str(year)).replace("{nation}", nation)
