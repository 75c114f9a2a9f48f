"""Questions asked of a list: a short record (a name, often a birth date, a nationality) against whole ones.

Made out of registers that teach: the UK list, and the half of EveryPolitician. Each person is asked for under one of the names,
half of the time changed as people change names. Strangers are asked for beside them, most of them out of the other register,
the others under the name of a person with a part that somebody else of the country bears. Nothing of the queries that
`bench.quality.screening` and `cross_script` judge by is read here.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, TypeAlias

from rigour.territories import lookup_territory

from bench.learn import alone
from bench.lib import places
from bench.lib.scripts import script

SEED = 17
STRANGERS = 3
"""Strangers asked for beside each person."""
KIN = "kin"
"""How the ids of questions begin that mean nobody for certain; a stranger from elsewhere may be on both lists."""
_ASKED = 20
"""So many persons of a country are looked at for one whose name is written in the same script."""
_SHARE_KIN = 0.2
_SHARE_CHANGED = 0.5
_SHARE_NAME_ONLY = 0.15
_SHARE_YEAR_ONLY = 0.35
_SHARE_NATION = 0.8
_SHARE_GENDER = 0.5
_SHARE_PLACE = 0.3

Row: TypeAlias = Mapping[str, Any]
Made: TypeAlias = tuple[Sequence[Row], Sequence[Row], frozenset[tuple[str, str]]]
"""Questions, the list they are asked of, and which question means which record."""


def of_list(seed: int = SEED) -> Made:
    """Questions asked of the UK list."""
    people = _people()
    return _asked(people, people, _politicians(), Random(seed))


def of_politicians(seed: int = SEED) -> Made:
    """Questions asked of politicians listed under their first name: rather under one in another script."""
    people = _politicians()
    listed = [{**person, "names": person["names"][:1]} for person in people]
    elsewhere = [{**person, "names": person["names"][1:] or person["names"]} for person in people]
    return _asked(elsewhere, listed, _people(), Random(seed))


def _asked(people: Sequence[Row], listed: Sequence[Row], abroad: Sequence[Row], rng: Random) -> Made:
    equivalents = alone.equivalents()
    by_country = _by_country(people)
    questions: list[Row] = []
    truth = set()
    for number, person in enumerate(people):
        name = _changed(rng.choice(person["names"]), equivalents, rng)
        questions.append(_question(f"q{number}", name, person, rng))
        truth.add((f"q{number}", person["id"]))
        for stranger in range(STRANGERS):
            kin = _kin(person, by_country, rng) if rng.random() < _SHARE_KIN else None
            other = kin or rng.choice(abroad)
            questions.append(_question(f"{KIN if kin else 's'}{number}.{stranger}", rng.choice(other["names"]), other, rng))
    return questions, listed, frozenset(truth)


def _question(identity: str, name: str, person: Row, rng: Random) -> Row:
    dates = person["birth_dates"] if rng.random() >= _SHARE_NAME_ONLY else []
    born = [rng.choice(dates)] if dates else []
    if rng.random() < _SHARE_YEAR_ONLY:
        born = [date[:4] for date in born]
    nations = person["nationalities"][:1] if dates and rng.random() < _SHARE_NATION else []
    gender = person["gender"] if rng.random() < _SHARE_GENDER else None
    places_ = person["birth_places"][:1] if rng.random() < _SHARE_PLACE else []
    return {
        "id": identity, "names": [name], "birth_dates": born, "nationalities": nations, "gender": gender, "birth_places": places_,
    }  # fmt: skip


def _changed(name: str, equivalents: Mapping[str, list[str]], rng: Random) -> str:
    parts = alone.usable_parts(name)
    if not parts or not name.isascii() or rng.random() >= _SHARE_CHANGED:
        return name
    return " ".join(rng.choice(alone.slight(equivalents))(parts, rng))


def _kin(person: Row, by_country: Mapping[str, list[Row]], rng: Random) -> Row | None:
    """Somebody who may live in a person's country: one part of the name, and the birth date, are another's."""
    name = rng.choice(person["names"])
    known = {part.lower() for each in person["names"] for part in each.split()}
    neighbours = [other for other in by_country[_country(person)] if other is not person]
    for other in rng.sample(neighbours, min(_ASKED, len(neighbours))):
        last = rng.choice(other["names"]).split()[-1]
        if script(last) == script(name) and last.lower() not in known:
            return {**other, "names": [" ".join([*(name.split()[:-1] or [name]), last])]}
    return None


def _country(person: Row) -> str:
    return next(iter(person["nationalities"]), "")


def _by_country(people: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for person in people:
        found[_country(person)].append(person)
    return found


def _people() -> list[Row]:
    return [row for row in map(json.loads, _text("lists/uk/uk_2025.records.jsonl.gz")) if row["names"]]


def _politicians() -> list[Row]:
    return [_politician(row) for row in map(json.loads, _text("names/politicians_with_variants.jsonl.gz"))]


def _politician(row: Row) -> Row:
    born = row["birth_date"] or ""
    territory = lookup_territory(row["country"])
    return {
        "id": row["id"],
        "names": [name["name"] for name in row["names"]],
        "gender": {"male": "m", "female": "f"}.get(row["gender"]),
        "birth_dates": [born] if len(born) in {4, 7, 10} and born > "1800" else [],
        "nationalities": [territory.code] if territory and len(territory.code) == 2 else [],  # noqa: PLR2004  ISO 3166-1
        "birth_places": [],
    }


def _text(name: str) -> Iterator[str]:
    with gzip.open(places.data(name), "rt", encoding="utf-8", newline="") as lines:
        yield from lines
