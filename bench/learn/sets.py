"""The labelled registers that teach, and those that only judge.

They teach: UK and US lists, half of EveryPolitician's name variants, questions asked of both (`asked`), FEBRL 1 and 2, half
of Splink's historical persons, generated registers (plain, and a part in another script). They judge and never teach: UN with
US, UN with UK, politicians_a with _b, FEBRL 4.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from bench.learn import asked
from bench.lib import places, product
from bench.quality import febrl, lists, politicians
from tallystick.node.labelled import RegisterPair

TYPICAL_MATCHES = 2000
"""Every pair of registers counts as if it shared so many persons."""
GENERATED_MATCHES = 2800
"""... and a generated one as if it shared so many: they hold the errors and the kin that published lists lack."""
ASKED_SHARE = 0.03
"""... and questions a small part of that: they say what a short record lacks, and hold nothing else that a register does not."""
VARIANTS = "politicians' variants"
ASKED_LIST, ASKED_POLITICIANS = "asked of the UK list", "asked of politicians"
LISTED_TWICE = (VARIANTS, ASKED_POLITICIANS, ASKED_LIST)
"""Of these the source lists persons under several ids."""
GENERATED = ((100_000, 0.0, 11), (30_000, 0.2, 12), (20_000, 0.0, 13))
"""Size, share in another script, seed; never the seed the benchmarks use."""

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """Records in memory as a register is read."""

    lines: bytes = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the whole register."""
        yield self.lines


def teaching(wanted: Collection[str] | None = None) -> dict[str, RegisterPair]:
    """The pairs that teach, by name; all, or the wanted ones."""
    makers: dict[str, Callable[[], RegisterPair]] = {
        "UK-US": partial(_lists, "uk", "us"),
        VARIANTS: _variants,
        ASKED_LIST: partial(_asked, ASKED_LIST, asked.of_list),
        ASKED_POLITICIANS: partial(_asked, ASKED_POLITICIANS, asked.of_politicians),
        "FEBRL 2": partial(_febrl, 2),
        "FEBRL 1": partial(_febrl, 1),
        "historical persons": _historical,
        **{_generated_name(size, share): partial(_generated, size, share, seed) for size, share, seed in GENERATED},
    }
    return {name: make() for name, make in makers.items() if wanted is None or name in wanted}


def judging() -> dict[str, RegisterPair]:
    """The pairs that only judge, by name."""
    truth = places.data("linkage/truth_politicians_a__politicians_b.csv")
    folder = febrl.convert()
    pairs = [
        _lists("un", "us"),
        _lists("un", "uk"),
        _pair("politicians", politicians_of("a"), politicians_of("b"), _pairs_of(truth)),
        _pair("FEBRL 4", _read(folder / "a.jsonl"), _read(folder / "b.jsonl"), _pairs_of(folder / "truth.csv")),
    ]
    return {pair.name: pair for pair in pairs}


def politicians_of(side: str) -> Register:
    """One side of the politicians."""
    return _read(places.data(politicians.A if side == "a" else politicians.B))


def _pair(
    name: str, a: Register, b: Register, truth: frozenset[tuple[str, str]], undecided: frozenset[tuple[str, str]] = frozenset()
) -> RegisterPair:
    return RegisterPair(name, a, b, truth, undecided, TYPICAL_MATCHES / max(len(truth), 1))


def _lists(first: str, second: str) -> RegisterPair:
    case = lists.case(first, second)
    a, b = (Path(lists.FILES[key]).name for key in (first, second))
    ignored = places.data(f"lists/truth/truth_{a}__{b}.csv").with_name(f"ignore_{a}__{b}.csv")
    undecided = _pairs_of(ignored) if ignored.exists() else frozenset()
    truth = _pairs_of(places.data(f"lists/truth/truth_{a}__{b}.csv"))
    return _pair(case.title, _read(case.first), _read(case.second), truth, undecided)


def _variants(seed: int = 1) -> RegisterPair:
    """Politicians under two of their names: in A as they are listed first, in B rather in another script."""
    rng = Random(seed)
    a: list[Row] = []
    b: list[Row] = []
    truth = set()
    for person in map(json.loads, _text("names/politicians_with_variants.jsonl.gz")):
        place = rng.random()
        one, other = _two_records(person, rng)
        if place < 0.55:  # noqa: PLR2004  more than half are in both
            truth.add((one["id"], other["id"]))
        if place < 0.78:  # noqa: PLR2004
            a.append(one)
        if place < 0.55 or place >= 0.78:  # noqa: PLR2004
            b.append(other)
    return _pair(VARIANTS, _register(a), _register(b), frozenset(truth))


def _asked(name: str, make: Callable[[], asked.Made]) -> RegisterPair:
    questions, listed, truth = make()
    return replace(
        _pair(name, _register(questions), _register(listed), truth), importance=ASKED_SHARE * TYPICAL_MATCHES / len(truth)
    )


def _two_records(person: Row, rng: Random) -> tuple[Row, Row]:
    names = [name["name"] for name in person["names"]]
    native = [name["name"] for name in person["names"] if name["script"] != "LATIN"]
    chosen = rng.choice(native) if native and rng.random() < 0.8 else rng.choice(names[1:] or names)  # noqa: PLR2004
    born = person["birth_date"]
    dates = [born] if born and len(born) in {4, 7, 10} and born[:4] > "1800" else []
    known = rng.random()
    less = [] if known < 0.2 else [dates[0][:4]] if known < 0.4 and dates else dates  # noqa: PLR2004
    gender = {"male": "m", "female": "f"}.get(person["gender"])
    one = {"id": f"a{person['id']}", "names": names[:1], "birth_dates": dates, "gender": gender}
    return one, {"id": f"b{person['id']}", "names": [chosen], "birth_dates": less, "gender": gender}


def _febrl(number: int) -> RegisterPair:
    """Originals against duplicates; three tenths of the persons lack on either side."""
    originals: dict[int, Row] = {}
    copies: list[tuple[int, Row]] = []
    for row in csv.DictReader(_text(f"linkage/febrl_dataset{number}.csv.gz"), skipinitialspace=True):
        person = int(row["rec_id"].split("-")[1])
        place = person * 2_654_435_761 % 100
        if row["rec_id"].endswith("org"):
            if place < 70:  # noqa: PLR2004
                originals[person] = _febrl_record(row)
        elif place >= 30:  # noqa: PLR2004
            copies.append((person, _febrl_record(row)))
    truth = frozenset((originals[person]["id"], row["id"]) for person, row in copies if person in originals)
    return _pair(f"FEBRL {number}", _register(originals.values()), _register(row for _, row in copies), truth)


def _febrl_record(row: Row) -> Row:
    name = f"{row['given_name']} {row['surname']}".strip()
    born = row["date_of_birth"]
    address = [{"city": row["state"]}] if row["state"] else []
    return {"id": row["rec_id"], "names": [name or "?"], "birth_dates": _real_date(born), "addresses": address}


def _real_date(born: str) -> list[str]:
    try:
        return [date(int(born[:4]), int(born[4:6]), int(born[6:])).isoformat()]
    except ValueError:
        return []


def _historical() -> RegisterPair:
    """One record of a person against another of the same, three tenths of the persons lacking on either side."""
    a: dict[str, Row] = {}
    b: dict[str, Row] = {}
    for row in csv.DictReader(_text("linkage/splink_historical_50k_half.csv.gz")):
        person = row["cluster"]
        place = zlib.crc32(person.encode()) % 100
        name = row["full_name"] or row["first_and_surname"]
        if not name.strip():
            continue
        if place < 70 and person not in a:  # noqa: PLR2004
            a[person] = _historical_record(row, name)
        elif place >= 30 and person not in b:  # noqa: PLR2004
            b[person] = _historical_record(row, name)
    truth = frozenset((a[person]["id"], b[person]["id"]) for person in a if person in b)
    return _pair("historical persons", _register(a.values()), _register(b.values()), truth)


def _historical_record(row: Row, name: str) -> Row:
    born = row["dob"]
    return {
        "id": row["unique_id"],
        "names": [name],
        "birth_dates": [born] if len(born) == 10 and born > "1800" and not born.endswith("-00") else [],  # noqa: PLR2004
        "birth_places": [row["birth_place"]] if row["birth_place"] else [],
        "addresses": [{"postcode": row["postcode_fake"]}] if row["postcode_fake"] else [],
        "gender": {"male": "m", "female": "f"}.get(row["gender"]),
    }


def _generated_name(size: int, cross_script: float) -> str:
    return f"generated {size:,}{' in two scripts' if cross_script else ''}"


def _generated(size: int, cross_script: float, seed: int) -> RegisterPair:
    folder = product.registers(size, cross_script=cross_script, seed=seed)
    name = _generated_name(size, cross_script)
    pair = _pair(name, _read(folder / "a.jsonl.gz"), _read(folder / "b.jsonl.gz"), _pairs_of(folder / "truth.csv"))
    return replace(pair, importance=GENERATED_MATCHES / len(pair.truth or ()))


def _register(rows: Iterable[Row]) -> Register:
    return Register("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode())


def _read(path: Path) -> Register:
    return Register(b"".join(product.read_lines(path)))


def _text(name: str) -> Iterator[str]:
    with gzip.open(places.data(name), "rt", encoding="utf-8", newline="") as lines:
        yield from lines


def _pairs_of(path: Path) -> frozenset[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return frozenset((row["id_a"], row["id_b"]) for row in csv.DictReader(lines))
