"""Match keys, slowly: a second implementation of spec/match-keys-v1.md that follows its sections word for word.

Begins where names have been read (sections 1 and 2 of the specification are `read_name`'s): takes parts, gives classes, weights,
atoms, threshold-minimal sets and the text of keys. Weights are exact fractions until they are rounded; sets are found by trying
every choice; the shared weight by trying every set of evidence that two records have in common.
"""

import json
import math
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Literal, NamedTuple, TypeAlias

from tallystick import _native
from tallystick.matching import Parameters
from tallystick.model import Record

Role: TypeAlias = Literal["holder", "asker"]
Kind: TypeAlias = Literal["n", "h", "a", "b"]
Grain: TypeAlias = Literal[0, 1, 2]
"""Of one part: left out, its coarse class, its fine class."""

KINDS: tuple[Kind, ...] = ("n", "h", "a", "b")
KEY_PARTS, KEY_NAMES, KEY_DATES, KEY_YEARS, KEY_PLACES, KEY_PLACE_WORDS, MOST_KEYS = 6, 40, 12, 6, 4, 2, 4096

# --- section 3: classes -----------------------------------------------------------------------------------------------

# fmt: off
_SOUNDS = {
    **dict.fromkeys(("shch", "tsch", "sch", "tch"), "S"),
    "dzh": "J",
    **dict.fromkeys(("szcz", "sz", "cz", "sh", "ch"), "S"),
    **dict.fromkeys(("zh", "dj", "dg", "gj"), "J"),
    "kh": "k", "gh": "g", "ph": "f", "th": "t", "dh": "d", "bh": "b", "ck": "k", "qu": "k", "ts": "s", "tz": "s",
    "ou": "u", "oo": "u", "ee": "i", "ei": "ai", "ey": "ai", "ay": "ai", "ie": "i", "iy": "i", "yi": "i", "ij": "i",
    "ae": "a", "aa": "a", "ue": "u", "oe": "u",
}
# fmt: on
_SPLIT = re.compile("|".join(_SOUNDS) + "|c(?=[eiy])|.")
_ONE = {"q": "k", "x": "ks"}
_FINE = str.maketrans("eyow", "iiuu")
_COARSE = str.maketrans("eiouywpvzSJgq", "aaaaaabfssjkk")
_PLACE_WORDS = {
    *("district", "province", "village", "city", "region", "area", "state", "republic", "oblast"),
    *("near", "town", "governorate", "county", "prefecture", "and", "in"),
}


def _sounds(form: str) -> str:
    out = []
    for found in _SPLIT.finditer(form):
        letters = found.group()
        soft_c = letters == "c" and form[found.end() : found.end() + 1] in {"e", "i", "y"}
        alone = ("s" if soft_c else "k") if letters == "c" else _ONE.get(letters, letters)
        out.append(_SOUNDS.get(letters, alone))
    return "".join(out)


def fine(form: str) -> str:
    """Return the fine class of a part."""
    text = re.sub(r"(.)\1+", r"\1", _sounds(form).translate(_FINE))
    return text[:2] + text[2:].rstrip("h")


def coarse(form: str) -> str:
    """Return the coarse class of a part."""
    return skeleton(_sounds(form))


def skeleton(sounds: str) -> str:
    """Return the coarse class of sounds, or of a fine class: what the fine class forgets, the coarse one forgets too."""
    text = re.sub(r"(.)\1+", r"\1", sounds.translate(_COARSE))
    return text[:1] + re.sub("[ah]", "", text[1:])


# --- sections 3 and 4: weights and atoms -------------------------------------------------------------------------------------


class Part(NamedTuple):
    """One part of a name as keys see it: two classes, two weights in tenths of a bit."""

    fine: str
    coarse: str
    fine_tenths: int
    coarse_tenths: int

    def tenths(self, grain: Grain) -> int:
        return (0, self.coarse_tenths, self.fine_tenths)[grain]

    def text(self, grain: Grain) -> str:
        return ("", self.coarse, self.fine)[grain]


Name: TypeAlias = tuple[Part, ...]
Choice: TypeAlias = tuple[Grain, ...]
Atoms: TypeAlias = dict[str, int]
"""Text of an atom and its weight in tenths of a bit."""


@dataclass(frozen=True)
class Evidence:
    """All that a record offers in one role."""

    names: frozenset[Name]
    dates: Atoms
    places: Atoms
    numbers: frozenset[str]


@dataclass(frozen=True)
class Twin:
    """Makes match keys under one parameter set."""

    parameters: Parameters
    weights: dict[str, Fraction] = field(init=False)
    bits: dict[str, Fraction] = field(init=False)

    def __post_init__(self) -> None:
        numbers = json.loads(self.parameters.text)["keys"]
        object.__setattr__(self, "weights", {name: Fraction(str(number)) for name, number in numbers.items()})
        lines = [line.split("\t") for line in self.parameters.frequencies.splitlines() if line and not line.startswith("#")]
        object.__setattr__(self, "bits", {name: Fraction(bits) for name, bits in lines})

    def __getitem__(self, name: str) -> int:
        return int(self.weights[name])

    def kind_tenths(self, kind: Kind) -> int:
        return self[{"n": "complete_neither", "h": "complete_one", "a": "complete_one", "b": "complete_both"}[kind]]

    def part(self, form: str) -> Part:
        f, c = "f" + fine(form), "c" + coarse(form)
        rough = self._tenths("coarse", self.bits.get(c, self.bits["c?"]))
        return Part(f, c, max(rough, self._tenths("fine", self.bits.get(f, self.bits["f?"]))), rough)

    def _tenths(self, grain: str, bits: Fraction) -> int:
        exact = 10 * (self.weights[f"{grain}_slope"] * bits + self.weights[f"{grain}_offset"])
        return max(1, math.floor(exact + Fraction(1, 2)))

    def name(self, forms: Iterable[str]) -> Name:
        parts = sorted((self.part(form) for form in forms if len(form) > 1), key=lambda p: (-p.coarse_tenths, p.coarse, p.fine))
        first = {part.coarse: part for part in reversed(parts)}
        return tuple(part for part in parts if first[part.coarse] is part)[:KEY_PARTS]

    def evidence(self, record: Record, role: Role) -> Evidence:
        readings = (reading for written in record.names[:KEY_NAMES] for reading in _native.read_name(written))
        names = frozenset(self.name(form for form, _, _, _ in reading) for reading in readings) - {()}
        return Evidence(names, self.dates(record, role), self.places(record), frozenset(_numbers(record)))

    # Section 4.2: dates.

    def dates(self, record: Record, role: Role) -> Atoms:
        known = [date for text in record.birth_dates[:KEY_DATES] if (date := Date.read(text))]
        out: Atoms = {}
        if role == "asker" or not known:
            out["none"] = 0
        if (role == "holder") == bool(known):
            out["any"] = 0
        if known:
            out["other"] = self["birth_conflict"]
        for date in known:
            out.update(self._whole(date, role) if date.whole else dict.fromkeys(date.years(role), self["birth_year"]))
        return out

    def _whole(self, date: "Date", role: Role) -> Atoms:
        y, m, d = f"{date.first:04}", f"{date.month:02}", f"{date.day:02}"
        out = {f"d{y}{m}{d}": self["birth_day"], ("fy" if role == "holder" else "y") + y: self["birth_year"]}
        if date.day <= 12 and m != d and self["birth_swapped"] > 0:
            out[f"x{y}{min(m, d)}{max(m, d)}"] = self["birth_swapped"]
        if self["birth_two_of_three"] > 0:
            out.update(dict.fromkeys((f"ym{y}{m}", f"yd{y}{d}", f"md{m}{d}"), self["birth_two_of_three"]))
        return out

    def places(self, record: Record) -> Atoms:
        most = self["place_most"]
        texts = [*record.birth_places, *(address.city for address in record.addresses if address.city is not None)]
        if most <= 0:
            return {}
        out: Atoms = {}
        for text in texts[:KEY_PLACES]:
            forms = [form for form, _, _, _ in (_native.read_name(text) or [[]])[0]]
            for word in [w for w in forms if len(w) > 1 and w not in _PLACE_WORDS][:KEY_PLACE_WORDS]:
                tenths = min(most, max(1, int(self.weights["place_slope"] * 10 * min(len(word), 8))))
                out["p" + fine(word)] = max(tenths, out.get("p" + fine(word), 0))
        return out

    # Section 5: choices and keys.

    def keys(self, record: Record, role: Role) -> list[str]:
        """Return the match keys, sorted; what MOST_KEYS would cut is still there."""
        evidence = self.evidence(record, role)
        sets = cache(lambda name, need, kind: frozenset(self.sets(name, need, kind, role)))
        made = {f"k1;i;{number};;" for number in evidence.numbers}
        for name, date, kind in product(evidence.names, evidence.dates, KINDS):
            need = self["threshold"] - evidence.dates[date] - self.kind_tenths(kind)
            plain = sets(name, need, kind)
            made.update(_text(name, choice, kind, date) for choice in plain)
            for place, tenths in evidence.places.items():
                placed = sets(name, need - tenths, kind) - plain
                made.update(_text(name, choice, kind, date, place) for choice in placed)
        return sorted(made)

    def sets(self, name: Name, need: int, kind: Kind, role: Role) -> Iterator[Choice]:
        """Yield the minimal sets: enough for this kind, not enough for a lesser kind, with nothing to spare."""
        lesser = {"n": None, "h": "n", "a": "n", "b": "h"}[kind]
        spare = math.inf if lesser is None else need + self.kind_tenths(kind) - self.kind_tenths(lesser)  # type: ignore[arg-type]
        grains: tuple[Grain, ...] = (1, 2) if _is_whole(kind, role) else (0, 1, 2)
        for choice in product(grains, repeat=len(name)):
            if any(choice) and need <= self.tenths(name, choice) < spare:
                less = _coarser(choice, or_fewer=kind == "n")
                if all(self.tenths(name, other) < need for other in less):
                    yield choice

    def tenths(self, name: Name, choice: Choice) -> int:
        alone = self["single"] if sum(map(bool, choice)) == 1 else 0
        return sum(part.tenths(grain) for part, grain in zip(name, choice, strict=True)) - alone

    # Section 7: the property.

    def shared_weight(self, asker: Record, holder: Record) -> int | None:
        """Return the weight of the heaviest set of evidence both records have, in tenths of a bit; None without a shared part."""
        x, y = self.evidence(asker, "asker"), self.evidence(holder, "holder")
        if x.numbers & y.numbers:
            return self["threshold"]
        names = [weight for a, h in product(x.names, y.names) for weight in self._shared_names(a, h)]
        dates = [x.dates[text] for text in x.dates.keys() & y.dates.keys()]
        places = [0, *(x.places[text] for text in x.places.keys() & y.places.keys())]
        return max(names) + max(dates) + max(places) if names else None

    def _shared_names(self, asker: Name, holder: Name) -> Iterator[int]:
        theirs = {part.coarse: part for part in holder}
        options: list[tuple[Grain, ...]] = []
        for part in asker:
            other = theirs.get(part.coarse)
            options.append((0,) if other is None else (0, 1, 2) if other.fine == part.fine else (0, 1))
        for choice in product(*options):
            taken = sum(map(bool, choice))
            if taken:
                whole = (taken == len(asker), taken == len(holder))
                kind: Kind = {(True, True): "b", (True, False): "a", (False, True): "h", (False, False): "n"}[whole]  # type: ignore[assignment]
                yield self.tenths(asker, choice) + self.kind_tenths(kind)


class Date(NamedTuple):
    """A birth date; nought stands for what is not known."""

    first: int
    last: int
    month: int
    day: int
    about: bool

    @property
    def whole(self) -> bool:
        """Day, month and year are known; the first of January stands for an unknown day."""
        return self.day > 0 and (self.month, self.day) != (1, 1)

    def years(self, role: Role) -> Iterator[str]:
        """Yield the year atoms of a date that is not whole."""
        reach = int(self.about and role == "asker")
        for year in range(self.first - reach, min(self.last, self.first + KEY_YEARS) + reach + 1):
            yield from [f"y{year:04}"] if role == "holder" else [f"y{year:04}", f"fy{year:04}"]

    @classmethod
    def read(cls, text: str) -> "Date | None":
        start, slash, end = text.partition("/")
        first, last = cls._one(start), cls._one(end if slash else start)
        if first is None or last is None or last.first < first.first:
            return None
        return cls(first.first, last.first, 0, 0, first.about or last.about) if slash else first

    @classmethod
    def _one(cls, text: str) -> "Date | None":
        found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?(~?)", text)
        if not found:
            return None
        year, month, day = (int(group or 0) for group in found.groups()[:3])
        if not 1800 <= year <= 2100 or (found[2] is not None and not 1 <= month <= 12):
            return None
        if found[3] is not None and not 1 <= day <= monthrange(year, month)[1]:
            return None
        return cls(year, year, month, day, found[4] == "~")


def _is_whole(kind: Kind, role: Role) -> bool:
    return kind == "b" or (kind, role) in {("h", "holder"), ("a", "asker")}


def _coarser(choice: Choice, *, or_fewer: bool) -> Iterator[Choice]:
    """Yield every choice one step below: a part with its coarse class for its fine one, or left out."""
    for at, grain in enumerate(choice):
        if grain == 2:
            yield (*choice[:at], 1, *choice[at + 1 :])
        if or_fewer and grain and sum(map(bool, choice)) > 1:
            yield (*choice[:at], 0, *choice[at + 1 :])


def _text(name: Name, choice: Choice, kind: Kind, date: str, place: str = "") -> str:
    classes = sorted(part.text(grain) for part, grain in zip(name, choice, strict=True) if grain)
    return f"k1;{kind};{'+'.join(classes)};{date};{place}"


def _numbers(record: Record) -> Iterator[str]:
    for identifier in record.identifiers:
        plain = "".join(c.lower() for c in identifier.number if c.isalnum())
        if len(plain.encode()) >= 5:
            yield "i" + plain
    for phone in record.phones:
        digits = "".join(c for c in phone if c in "0123456789")
        if len(digits) >= 7:
            yield "t" + digits[-9:]
    for email in record.emails:
        plain = email.strip().lower()
        if len(plain.encode()) >= 5:
            yield "e" + plain
