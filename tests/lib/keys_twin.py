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
Kind: TypeAlias = Literal["n", "h", "b"]
Grain: TypeAlias = Literal[0, 1, 2, 3]
"""Of one part: left out, its rough class, its coarse class, its fine class."""

KINDS: tuple[Kind, ...] = ("n", "h", "b")
KEY_PARTS, KEY_NAMES, KEY_DATES, KEY_YEARS, ROUGH_SOUNDS, MOST_KEYS = 6, 40, 12, 6, 2, 4096

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
    """One part of a name as keys see it: three classes, three weights in tenths of a bit."""

    fine: str
    coarse: str
    rough: str
    fine_tenths: int
    coarse_tenths: int
    rough_tenths: int

    def tenths(self, grain: Grain) -> int:
        return (0, self.rough_tenths, self.coarse_tenths, self.fine_tenths)[grain]

    def text(self, grain: Grain) -> str:
        return ("", self.rough, self.coarse, self.fine)[grain]


Name: TypeAlias = tuple[Part, ...]
Choice: TypeAlias = tuple[Grain, ...]


class Dated(NamedTuple):
    """What a date atom weighs, and what of a name goes with it: any kind, or the kind of two whole names only."""

    tenths: int
    kinds: tuple[Kind, ...] = KINDS


Dates: TypeAlias = dict[str, Dated]
"""Text of a date atom, and what it is good for."""


@dataclass(frozen=True)
class Evidence:
    """All that a record offers in one role."""

    names: frozenset[Name]
    dates: Dates
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
        return self[{"n": "complete_neither", "h": "complete_holder", "b": "complete_both"}[kind]]

    def part(self, form: str) -> Part:
        f, c = "f" + fine(form), "c" + coarse(form)
        skeleton_tenths = self._tenths("coarse", self.bits.get(c, self.bits["c?"]))
        fine_tenths = max(skeleton_tenths, self._tenths("fine", self.bits.get(f, self.bits["f?"])))
        return Part(f, c, "r" + c[1 : 1 + ROUGH_SOUNDS], fine_tenths, skeleton_tenths, self["rough"])

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
        return Evidence(names, self.dates(record, role), frozenset(_numbers(record)))

    # Section 4.2: dates.

    def dates(self, record: Record, role: Role) -> Dates:
        known = [date for text in record.birth_dates[:KEY_DATES] if (date := Date.read(text))]
        out: Dates = {}
        if role == "asker" or not known:
            out["none"] = Dated(0)
        if (role == "holder") == bool(known):
            out["any"] = Dated(0)
        if known:
            out["other"] = Dated(self["birth_conflict"])
        for date in known:
            out.update(self._whole(date) if date.whole else {})
        years = {text for date in known for text in date.years(role)}
        near = {text for date in known for text in date.near_years()} if role == "asker" else set()
        out.update(dict.fromkeys(near, Dated(self["birth_year"], ("b",))))
        out.update(dict.fromkeys(years, Dated(self["birth_year"])))
        return out

    def _whole(self, date: "Date") -> Dates:
        y, m, d = f"{date.first:04}", f"{date.month:02}", f"{date.day:02}"
        out = {f"d{y}{m}{d}": Dated(self["birth_day"])}
        if date.day <= 12 and m != d and self["birth_swapped"] > 0:
            out[f"x{y}{min(m, d)}{max(m, d)}"] = Dated(self["birth_swapped"])
        if self["birth_other_year"] > 0:
            out[f"md{m}{d}"] = Dated(self["birth_other_year"], ("b",))
        return out

    # Section 5: choices and keys.

    def keys(self, record: Record, role: Role) -> list[tuple[str, int]]:
        """Return the match keys with what each weighs, sorted; what MOST_KEYS would cut is still there."""
        evidence = self.evidence(record, role)
        sets = cache(lambda *asked: frozenset(self.sets(*asked)))
        classes = {part.coarse for name in evidence.names for part in name}
        made = {(f"k1;i;{coarse};{number}", self["threshold"]) for coarse in classes for number in evidence.numbers}
        for name, (date, dated) in product(evidence.names, evidence.dates.items()):
            for kind in dated.kinds:
                beside = dated.tenths + self.kind_tenths(kind)
                found = sets(name, self["threshold"] - beside, kind, role, date[0] == "d", _lesser(kind, date))
                made.update((_text(name, choice, kind, date), self.tenths(name, choice) + beside) for choice in found)
        return sorted(made)

    def sets(self, name: Name, need: int, kind: Kind, role: Role, whole_date: bool, lesser: Kind | None) -> Iterator[Choice]:  # noqa: FBT001
        """Yield the minimal sets: enough for this kind, not enough for a lesser kind, with nothing to spare."""
        spare = math.inf if lesser is None else need + self.kind_tenths(kind) - self.kind_tenths(lesser)
        grains: tuple[Grain, ...] = (1, 2, 3) if whole_date else (2, 3)
        options = grains if kind == "b" or (kind, role) == ("h", "holder") else (0, *grains)
        for choice in product(options, repeat=len(name)):
            if any(choice) and need <= self.tenths(name, choice) < spare:
                less = _coarser(choice, (0, *grains) if kind == "n" else grains)
                if all(self.tenths(name, other) < need for other in less):
                    yield choice

    def tenths(self, name: Name, choice: Choice) -> int:
        alone = self["single"] if sum(map(bool, choice)) == 1 else 0
        return sum(part.tenths(grain) for part, grain in zip(name, choice, strict=True)) - alone

    # Section 7: the property.

    def shared_weight(self, asker: Record, holder: Record) -> int | None:
        """Return the weight of the heaviest set of evidence both records have, in tenths of a bit; None without a shared part."""
        x, y = self.evidence(asker, "asker"), self.evidence(holder, "holder")
        found = [self["threshold"]] if x.numbers & y.numbers and _classes(x) & _classes(y) else []
        shared = {date: set(dated.kinds) & set(y.dates[date].kinds) for date, dated in x.dates.items() if date in y.dates}
        for a, h in product(x.names, y.names):
            for (kind, rough), weight in self._shared_names(a, h).items():
                dates = (
                    x.dates[date].tenths for date, kinds in shared.items() if kind in kinds and (date[0] == "d" or not rough)
                )
                found.extend(weight + date for date in dates)
        return max(found, default=None)

    def _shared_names(self, asker: Name, holder: Name) -> dict[tuple[Kind, bool], int]:
        """What the choices of both weigh at most, by kind and by whether a rough class is in it."""
        every: tuple[Grain, ...] = (0, 1, 2, 3)
        theirs = {_classes_of(holder, choice) for choice in product(every, repeat=len(holder))}
        out: dict[tuple[Kind, bool], int] = {}
        for choice in product(every, repeat=len(asker)):
            taken = sum(map(bool, choice))
            if taken and _classes_of(asker, choice) in theirs:
                kind: Kind = "n" if taken < len(holder) else "h" if taken < len(asker) else "b"
                weight = self.tenths(asker, choice) + self.kind_tenths(kind)
                at = (kind, 1 in choice)
                out[at] = max(weight, out.get(at, weight))
        return out


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
        """Yield the year atoms that go with any kind."""
        reach = int(self.about and role == "asker" and not self.whole)
        for year in range(self.first - reach, min(self.last, self.first + KEY_YEARS) + reach + 1):
            yield from self._year_atoms(year, role)

    def near_years(self) -> Iterator[str]:
        """Yield the asker's atoms that go with whole names only: the years beside; of a whole date its own year, another day."""
        if self.whole:
            yield f"fy{self.first:04}"
        reach = 1 + int(self.about and not self.whole)
        for year in (self.first - reach, min(self.last, self.first + KEY_YEARS) + reach):
            yield from self._year_atoms(year, "asker")

    def _year_atoms(self, year: int, role: Role) -> list[str]:
        if self.whole:
            return [f"fy{year:04}" if role == "holder" else f"y{year:04}"]
        return [f"y{year:04}"] if role == "holder" else [f"y{year:04}", f"fy{year:04}"]

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


def _lesser(kind: Kind, date: str) -> Kind | None:
    """The kind that asks for less; for two whole names none, where the date goes with them alone, or may do so for the asker."""
    with_years_alone = re.match(r"md|y|fy", date) is not None
    return {"n": None, "h": "n", "b": None if with_years_alone else "h"}[kind]


def _coarser(choice: Choice, grains: tuple[Grain, ...]) -> Iterator[Choice]:
    """Yield every choice with one part in a coarser class, or left out if nothing is among the grains and others are left."""
    for at, grain in enumerate(choice):
        for less in grains:
            if less < grain and (less or sum(map(bool, choice)) > 1):
                yield (*choice[:at], less, *choice[at + 1 :])


def _classes_of(name: Name, choice: Choice) -> tuple[str, ...]:
    return tuple(sorted(part.text(grain) for part, grain in zip(name, choice, strict=True) if grain))


def _classes(evidence: Evidence) -> set[str]:
    return {part.coarse for name in evidence.names for part in name}


def _text(name: Name, choice: Choice, kind: Kind, date: str) -> str:
    return f"k1;{kind};{'+'.join(_classes_of(name, choice))};{date}"


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
