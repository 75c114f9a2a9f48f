"""An explanation says what linking said: the same weight to the last bit, for files and for registers of a store."""

import csv
import io
import json
from pathlib import Path
from typing import cast

import pytest

from lib.linkings import EVERYTHING
from lib.made import made
from lib.transcripts import Run, in_process
from tallystick.adapters.stores import open_store
from tallystick.linkage import LinkPlan
from tallystick.matching import Explainer
from tallystick.model import decode
from tallystick.node.finding import MemoryRegister, StoredRegister
from tallystick.node.linking import Linking

SIZE = 300
CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Make two registers with places, cities and postcodes, as files and in a store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TALLYSTICK_STORE", raising=False)
    pair = made(SIZE)
    in_process("init")
    for name, side in (("a", pair.a), ("b", pair.b)):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(side.chunks()))
        assert in_process("import", name, f"{name}.jsonl", *CUSTODY).code == 0
    return in_process


def linked(run: Run, a: str, b: str) -> list[tuple[str, str, float]]:
    rows = csv.reader(io.StringIO(run("link", a, b, "--min-bits", str(EVERYTHING)).out))
    assert next(rows)
    return [(x, y, float(bits)) for x, y, bits, _, _ in rows]


def explained(run: Run, a: str, b: str) -> dict[str, object]:
    said = run("explain", a, b, "--json")
    assert said.code == 0, said.err
    return cast("dict[str, object]", json.loads(said.out))


def test_an_explanation_weighs_what_linking_weighs_to_the_last_bit() -> None:
    pair = made(SIZE)
    a, b = b"".join(pair.a.chunks()), b"".join(pair.b.chunks())
    linking = Linking([a], [b], plan=LinkPlan(least_bits=EVERYTHING))
    assert list(linking.rows())
    records = [{record.id: record for record in map(decode, side.splitlines())} for side in (a, b)]
    explainer = Explainer([a], [b])
    seen: set[str] = set()
    for id_a, id_b, weight_bits, _ in linking.links():
        found = explainer.explain(records[0][id_a], records[1][id_b], prior_bits=0.0)
        assert found.weight_bits == weight_bits, (id_a, id_b)
        seen.update(field.field for field in found.fields if field.level == "same")
    assert seen >= {"place", "city", "nationality"}


@pytest.mark.parametrize(("a", "b"), [("a.jsonl", "b.jsonl"), ("a", "b"), ("a", "b.jsonl"), ("b", "b")])
def test_explain_prints_the_weight_that_link_writes(run: Run, a: str, b: str) -> None:
    pairs = linked(run, a, b)
    assert len(pairs) > (SIZE / 20 if a == b else SIZE / 10), "within one register fewer are alike"
    for id_a, id_b, bits in pairs[:: len(pairs) // 7]:
        told = explained(
            run, *(f"{side}{':' if side.endswith('.jsonl') else '/'}{name}" for side, name in ((a, id_a), (b, id_b)))
        )
        assert told["weight_bits"] == pytest.approx(bits, abs=0.0051), (id_a, id_b)


def test_bits_of_the_fields_add_up(run: Run) -> None:
    id_a, id_b, bits = linked(run, "a", "b")[0]
    told = explained(run, f"a/{id_a}", f"b/{id_b}")
    fields = cast("list[dict[str, float]]", told["fields"])
    assert sum(field["bits"] for field in fields) == pytest.approx(bits, abs=0.006)


@pytest.mark.usefixtures("run")
def test_find_weighs_alike_in_a_store_and_in_memory() -> None:
    a, b = ((Path(f"{name}.jsonl")).read_bytes() for name in "ab")
    memory = MemoryRegister([b])
    places = compared = 0
    stored = StoredRegister(open_store("tallystick.db"), "b")
    for query in map(decode, a.splitlines()):
        found = {each.record: each.weight_bits for each in stored.find(query, least_bits=0.0)}
        weighed = {identity: bits for identity, bits, *_ in memory.search(query, least_bits=0.0)[0]}
        for record, bits in found.items():
            if record.id in weighed:
                assert bits == pytest.approx(weighed[record.id], abs=1e-4), (query.id, record.id)
                places += bool({*record.birth_places} & {*query.birth_places})
                compared += 1
    assert compared > SIZE / 10
    assert places > SIZE / 50
