import hashlib
import unicodedata
from collections import Counter
from itertools import pairwise

import pytest

from lib.invented import NO_DAMAGE, made
from tallystick.errors import ConfigError
from tallystick.model import decode, encode
from tallystick.synthesis import KinRates, Plan, make_registers


def fingerprint(plan: Plan) -> str:
    digest = hashlib.sha256()
    for batch in make_registers(plan):
        digest.update("\n".join([*batch.lines_a, *batch.lines_b, *map(str, batch.same), *map(str, batch.alike)]).encode())
    return digest.hexdigest()


def test_equal_seeds_make_equal_registers() -> None:
    plan = Plan(size=400, seed=5, cross_script=0.5, aliases=True)
    assert fingerprint(plan) == fingerprint(plan)
    assert fingerprint(plan) != fingerprint(Plan(size=400, seed=6, cross_script=0.5, aliases=True))


@pytest.mark.parametrize(
    ("size", "overlap", "shared"), [(0, 0.2, 0), (1, 0.2, 0), (1, 1.0, 1), (300, 0.2, 60), (300, 0.0, 0), (50, 1, 50)]
)
def test_sizes_are_exact(size: int, overlap: float, shared: int) -> None:
    registers = made(Plan(size=size, overlap=overlap))
    assert len(registers.a) == len(registers.b) == size
    assert len(registers.same) == shared
    assert len({pair.id_a for pair in registers.same}) == len({pair.id_b for pair in registers.same}) == shared


def test_the_last_blocks_hold_every_culture_too() -> None:
    last = [pair.culture for batch in list(make_registers(Plan(size=6000, overlap=1.0)))[-2:] for pair in batch.same]
    assert len(set(last[-800:])) > 30


def test_every_line_is_a_canonical_record() -> None:
    for batch in make_registers(Plan(size=3000, cross_script=0.6, aliases=True)):
        for line in batch.lines_a + batch.lines_b:
            assert encode(decode(line.encode())).decode() == line


def test_ids_of_the_two_sides_are_unrelated() -> None:
    registers = made(Plan(size=2000, overlap=1.0))
    assert not any(pair.id_a[2:] == pair.id_b[2:] for pair in registers.same)
    order_a = sorted(registers.same, key=lambda pair: pair.id_a)
    rising = sum(one.id_b < two.id_b for one, two in pairwise(order_a))
    assert 880 < rising < 1120


def test_kin_and_namesakes_are_no_truth_but_alike() -> None:
    kin = KinRates(siblings=0.4, three_siblings=0.1, father_and_son=0.2, namesakes=0.2, twins=0.3)
    registers = made(Plan(size=800, overlap=0.5, kin=kin, rates=NO_DAMAGE, rates_a=NO_DAMAGE))
    truth = {(pair.id_a, pair.id_b) for pair in registers.same}
    kinds = Counter(pair.kind for pair in registers.alike)
    assert set(kinds) == {"sibling", "twin", "father and son", "namesake"}
    for pair in registers.alike:
        assert (pair.id_a, pair.id_b) not in truth
        one, two = registers.a[pair.id_a], registers.b[pair.id_b]
        if pair.kind == "namesake":
            assert one.names == two.names
        if pair.kind == "twin":
            assert one.birth_dates == two.birth_dates
        if pair.kind == "father and son":
            assert abs(int(one.birth_dates[0][:4]) - int(two.birth_dates[0][:4])) >= 1


def test_siblings_are_some_years_apart() -> None:
    kin = KinRates(siblings=0.9, three_siblings=0, father_and_son=0, namesakes=0, twins=0)
    registers = made(Plan(size=300, overlap=0.9, kin=kin, rates=NO_DAMAGE, rates_a=NO_DAMAGE))
    for pair in registers.alike:
        apart = abs(int(registers.a[pair.id_a].birth_dates[0][:4]) - int(registers.b[pair.id_b].birth_dates[0][:4]))
        assert 1 <= apart <= 10


def test_about_eight_in_a_hundred_have_a_sibling() -> None:
    kin = KinRates()
    persons = 1 + kin.siblings + 2 * kin.three_siblings + kin.father_and_son + kin.namesakes
    assert 0.07 < (2 * kin.siblings + 3 * kin.three_siblings) / persons < 0.09


def test_undamaged_copies_agree_in_everything_but_spelled_towns() -> None:
    registers = made(Plan(size=500, overlap=1.0, rates=NO_DAMAGE, rates_a=NO_DAMAGE))
    for one, two in registers.pairs():
        assert one.names == two.names
        assert one.birth_dates == two.birth_dates
        assert one.nationalities == two.nationalities
        assert one.identifiers == two.identifiers
        assert one.gender == two.gender
        assert one.phones == two.phones
        assert one.emails == two.emails


def test_scripts_are_in_a_and_latin_letters_in_b() -> None:
    registers = made(Plan(size=4000, overlap=0.5, cross_script=0.5, aliases=True))
    scripts = Counter(pair.script_a for pair in registers.same)
    assert len(scripts) >= 14
    assert 900 < sum(count for script, count in scripts.items() if script != "latin") < 1100
    for record in registers.b.values():
        assert is_latin("".join(record.names + record.weak_names)), record.id
    for pair in registers.same:
        assert is_latin("".join(registers.a[pair.id_a].names)) == (pair.script_a == "latin"), pair.id_a


def test_without_a_cross_script_share_everything_is_latin() -> None:
    registers = made(Plan(size=800))
    assert {pair.script_a for pair in registers.same} == {"latin"}
    assert all(is_latin("".join(record.names)) for record in registers.a.values())


def test_aliases_come_only_when_asked_for() -> None:
    plain = made(Plan(size=1000))
    assert all(len(record.names) == 1 and not record.weak_names for record in plain.a.values())
    rich = made(Plan(size=1000, aliases=True))
    assert sum(len(record.names) > 1 for record in rich.a.values()) > 50
    assert sum(bool(record.weak_names) for record in rich.a.values()) > 20


@pytest.mark.parametrize("wrong", [{"size": -1}, {"overlap": 1.5}, {"cross_script": -0.1}])
def test_a_plan_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        Plan(**wrong)  # type: ignore[arg-type]


def is_latin(text: str) -> bool:
    return all(not sign.isalpha() or unicodedata.name(sign).startswith(("LATIN", "MODIFIER")) for sign in text)
