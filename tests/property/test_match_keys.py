"""Two records share a match key if and only if the evidence they share weighs at least the threshold; and keys are the twin's.

Records stay below the caps of the specification (six parts, forty names, twelve dates, seven years, 4096 keys) wherever the
property is tested; what each cap cuts has a test of its own at the end.
"""

import json
import random
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import keys_twin
from lib.keys_twin import KEY_DATES, KEY_NAMES, KEY_PARTS, MOST_KEYS, Role, Twin
from tallystick import _native
from tallystick.errors import ConfigError
from tallystick.matching import KeyMaker, Parameters, default_parameters, read_parameters
from tallystick.model import Identifier, Record, encode

# Common and rare parts; neighbours share a coarse class and differ in the fine one, or are one part written twice.
COMMON = [
    "ali",
    "muhamad",
    "mohammed",
    "hasan",
    "hussein",
    "ivan",
    "petrov",
    "petrow",
    "Юрий",
    "yuri",
    "علي",
    "김",
    "kim",
    "maria",
]
RARE = ["zorvek", "zorvak", "quilmar", "kilmar", "brandovski", "prandowski", "Τζάφος", "ostrelka", "astrelka", "weintrob", "j"]

_names = st.lists(st.sampled_from(COMMON) | st.sampled_from(RARE), min_size=1, max_size=KEY_PARTS - 1).map(" ".join)
_years = st.integers(1970, 1973)
_months = st.sampled_from([1, 3, 5])
_days = st.sampled_from([1, 3, 5, 17])
_dates = st.one_of(
    st.builds("{}-{:02}-{:02}".format, _years, _months, _days),
    st.builds("{}-{:02}".format, _years, _months),
    st.builds("{}".format, _years),
    st.builds("{}~".format, _years),
    st.builds("{}-{:02}-{:02}~".format, _years, _months, _days),
    st.builds("{}/{}".format, _years, _years),
    st.builds("{}~/{}".format, _years, st.integers(1970, 1976)),
    st.sampled_from(["1971-02-30", "1385-05-03", "unknown", "1973/1970", "1971-13"]),
)
_identifiers = st.builds(
    Identifier, type=st.just("passport"), number=st.sampled_from(["AB 123 456", "ab123456", "X-77", "99-1234"])
)
records = st.builds(
    Record,
    id=st.just("r"),
    names=st.lists(_names, min_size=1, max_size=3).map(tuple),
    birth_dates=st.lists(_dates, max_size=2).map(tuple),
    identifiers=st.just(()) | st.lists(_identifiers, max_size=1).map(tuple),
    phones=st.sampled_from([(), (), ("+33 600 000 017",), ("0600000017",), ("12",)]),
    emails=st.sampled_from([(), (), ("Zorvek@example.org ",), ("zorvek@example.org",)]),
)
roles = st.sampled_from(["holder", "asker"])


@cache
def shipped() -> tuple[KeyMaker, Twin]:
    return KeyMaker(default_parameters()), Twin(default_parameters())


@st.composite
def parameter_sets(draw: st.DrawFn) -> tuple[KeyMaker, Twin]:
    """Any parameter set that the specification allows, with a small table; offsets that no rounding can be in doubt about."""
    tenths = st.integers(0, 150)
    neither = draw(st.integers(-80, 20))
    of_holder = neither + draw(tenths)
    keys = {
        "threshold": draw(st.integers(20, 260)),
        "fine_slope": draw(st.integers(0, 1200)) / 1000,
        "fine_offset": draw(st.integers(-400, 200)) / 100 + 0.00023,
        "coarse_slope": draw(st.integers(0, 1200)) / 1000,
        "coarse_offset": draw(st.integers(-400, 200)) / 100 + 0.00023,
        "rough": draw(st.integers(-40, 1)),
        "complete_neither": neither,
        "complete_holder": of_holder,
        "complete_both": of_holder + draw(tenths),
        "single": draw(st.integers(0, 40)),
        "birth_day": draw(tenths),
        "birth_swapped": draw(tenths),
        "birth_other_year": draw(tenths),
        "birth_year": draw(st.integers(-20, 80)),
        "birth_conflict": draw(st.integers(-120, 10)),
    }
    frame = {
        "format": 1,
        "version": "test",
        "calibration": {"slope": 1, "offset": 0},
        "thresholds": {"link": 0.5, "possible": 0.1},
    }
    table = "f?\t12.3\nc?\t9.1\nfali\t4.4\ncal\t4.1\nfivan\t6.2\ncafn\t5.8\nfmuhamad\t3.1\ncmmd\t2.7\ncm\t6.6\nfsurfik\t14.1\n"
    parameters = Parameters(json.dumps(frame | {"keys": keys}), table)
    return KeyMaker(parameters), Twin(parameters)


def keys(maker: KeyMaker, record: Record, role: Role) -> list[str]:
    [made] = maker.keys([encode(record)], role)
    return made


def weighed(maker: KeyMaker, record: Record, role: Role) -> list[tuple[str, int]]:
    [made] = maker.keys_of([encode(record)], role)
    return [(text.decode(), tenths) for text, tenths in made]


def assert_share_iff_heavy(maker: KeyMaker, twin: Twin, asker: Record, holder: Record) -> bool:
    asked, held = dict(weighed(maker, asker, "asker")), dict(weighed(maker, holder, "holder"))
    assert max(len(asked), len(held)) < MOST_KEYS, "cut: the property does not hold for what is missing"
    weight = twin.shared_weight(asker, holder)
    both = asked.keys() & held.keys()
    assert all(twin["threshold"] <= asked[key] == held[key] <= (weight or 0) for key in both), (
        "a key asserts no more than is shared"
    )
    shares = bool(both)
    assert shares == (weight is not None and weight >= twin["threshold"])
    assert maker.shared_weight_bits(asker, holder) == (None if weight is None else weight / 10)
    return shares


@given(records, records)
def test_records_share_a_key_if_and_only_if_they_share_the_weight(asker: Record, holder: Record) -> None:
    assert_share_iff_heavy(*shipped(), asker, holder)


@given(parameter_sets(), records, records)
def test_the_same_under_any_parameter_set(parameters: tuple[KeyMaker, Twin], asker: Record, holder: Record) -> None:
    assert_share_iff_heavy(*parameters, asker, holder)


def test_the_property_is_tried_on_both_sides_of_the_threshold() -> None:
    dice = random.Random(7)

    def person() -> Record:
        parts = [dice.choice(["zorvek", "zorvak"]), *dice.sample(["maria", "ali", "quilmar", "brandovski"], dice.choice([1, 2]))]
        date = f"197{dice.choice('01')}-0{dice.choice('35')}-0{dice.choice('35')}"
        return Record(id="r", names=(" ".join(parts),), birth_dates=dice.choice([(), (date,), (date,), (date[:4],)]))

    shares = [assert_share_iff_heavy(*shipped(), person(), person()) for _ in range(600)]
    assert 60 < sum(shares) < 540


@given(records, roles)
def test_native_keys_are_the_twins(record: Record, role: Role) -> None:
    maker, twin = shipped()
    assert weighed(maker, record, role) == twin.keys(record, role)[:MOST_KEYS]


@given(parameter_sets(), records, roles)
def test_native_keys_are_the_twins_under_any_parameter_set(parameters: tuple[KeyMaker, Twin], record: Record, role: Role) -> None:
    maker, twin = parameters
    assert weighed(maker, record, role) == twin.keys(record, role)[:MOST_KEYS]


@given(records, roles, st.randoms())
def test_keys_are_sorted_distinct_and_know_no_order(record: Record, role: Role, dice: random.Random) -> None:
    maker, _ = shipped()
    made = keys(maker, record, role)
    assert made == sorted(set(made))
    mixed = {field: tuple(dice.sample(getattr(record, field), len(getattr(record, field)))) for field in ("names", "birth_dates")}
    parts = tuple(" ".join(dice.sample(name.split(), len(name.split()))) for name in record.names)
    assert keys(maker, Record(id="other", names=mixed["names"] * 2, birth_dates=mixed["birth_dates"] * 2), role) == keys(
        maker, Record(id="r", names=record.names, birth_dates=record.birth_dates), role
    )
    unmoved = all(
        "김" not in name for name in record.names
    )  # titles, articles and compounds are about order; none is in the words
    assert not unmoved or keys(maker, Record(id="r", names=parts), role) == keys(maker, Record(id="r", names=record.names), role)


@given(st.text("aabcdeeefghhiijklmnoopqrstuuvwxyyz09", min_size=1, max_size=12))
def test_native_classes_are_the_twins(written: str) -> None:
    for reading in _native.read_name(written):
        for form, _, fine, coarse in reading:
            assert (fine, coarse) == (keys_twin.fine(form), keys_twin.coarse(form))
            assert coarse == keys_twin.skeleton(fine), "who shares a fine class shares the coarse one"


def test_no_weight_of_the_shipped_table_is_near_a_half_of_a_tenth() -> None:
    """Then 32-bit floats and exact fractions round alike, on every machine (spec/match-keys-v1.md, section 3)."""
    twin = Twin(default_parameters())
    for name, bits in twin.bits.items():
        grain = {"f": "fine", "c": "coarse"}[name[0]]
        exact = 10 * (twin.weights[f"{grain}_slope"] * bits + twin.weights[f"{grain}_offset"])
        assert exact < 1 or abs(exact % 1 - Fraction(1, 2)) > Fraction(1, 1000), name


def test_every_weight_of_the_shipped_table_is_the_twins() -> None:
    twin = Twin(default_parameters())
    frame = json.loads(default_parameters().text)
    frame["keys"] |= {"complete_both": 0, "complete_holder": 0, "complete_neither": 0}
    for bits in {str(float(rarity)) for rarity in twin.bits.values()}:
        parameters = Parameters(json.dumps(frame), f"f?\t{bits}\nc?\t{bits}\n")
        maker, exact = KeyMaker(parameters), Twin(parameters)
        same, alike = Record(id="a", names=("zorvek",)), Record(id="b", names=("zorvak",))
        assert maker.shared_weight_bits(same, same) == exact.part("zorvek").fine_tenths / 10, bits
        assert maker.shared_weight_bits(same, alike) == exact.part("zorvek").coarse_tenths / 10, bits


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 0},
        {"single": -1},
        {"rough": 2},
        {"complete_neither": 1001, "complete_holder": 1000, "complete_both": 1002},
        {"complete_holder": 1001, "complete_both": 1000},
        {"birth_day": 10_001},
        {"fine_slope": 1e9},
    ],
)
def test_weights_that_would_break_the_property_are_refused(wrong: dict[str, float]) -> None:
    frame = json.loads(default_parameters().text)
    with pytest.raises(ConfigError, match=r"^parameter file: keys: "):
        read_parameters(json.dumps({**frame, "keys": frame["keys"] | wrong}), default_parameters().frequencies)


# --- what the caps cut: lost recall, by rule and not by chance ---------------------------------------------------------


def test_the_lightest_parts_beyond_six_are_left_out() -> None:
    maker, twin = shipped()
    seven = Record(id="r", names=("zorvek quilmar brandovski ostrelka weintrob maria ali",))
    six = Record(
        id="r", names=("zorvek quilmar brandovski ostrelka weintrob ali",)
    )  # as light as maria, and first in the alphabet
    assert len(twin.name(seven.names[0].split())) == KEY_PARTS
    for role in ("holder", "asker"):
        assert weighed(maker, seven, role) == weighed(maker, six, role) == twin.keys(seven, role)


def test_names_beyond_forty_make_no_keys() -> None:
    maker, _ = shipped()
    forty = tuple(f"zorvek {'mnprstlk'[n % 8]}or{'bdgkmnprst'[n // 8]}an" for n in range(KEY_NAMES))
    many = Record(id="r", names=(*forty, "quilmar weintrob"))
    assert keys(maker, many, "holder") == keys(maker, Record(id="r", names=forty), "holder")


def test_dates_beyond_twelve_make_no_keys() -> None:
    maker, _ = shipped()
    twelve = tuple(f"1970-{month:02}-17" for month in range(1, KEY_DATES + 1))
    many = Record(id="r", names=("zorvek quilmar",), birth_dates=(*twelve, "1999-09-09"))
    assert keys(maker, many, "asker") == keys(maker, Record(id="r", names=many.names, birth_dates=twelve), "asker")


@pytest.mark.parametrize("role", ["holder", "asker"])
def test_an_interval_gives_its_first_seven_years(role: Role) -> None:
    _, twin = shipped()
    long, short = (Record(id="r", names=("zorvek",), birth_dates=(date,)) for date in ("1960/1990", "1960/1966"))
    assert twin.dates(long, role) == twin.dates(short, role)
    maker, _ = shipped()
    assert keys(maker, long, role) == keys(maker, short, role)


def test_keys_beyond_the_most_are_cut_from_the_end_of_the_sorted_list() -> None:
    maker, twin = shipped()
    names = tuple(f"zorvek quilmar brandovski ostrelka weintrob {'bdgkmnprst'[n]}orfin" for n in range(6))
    dates = tuple(f"19{n}0-{n:02}-1{n}" for n in range(1, 8))
    many = Record(id="r", names=names, birth_dates=dates)
    everything = twin.keys(many, "asker")
    assert len(everything) > MOST_KEYS
    assert weighed(maker, many, "asker") == everything[:MOST_KEYS]
    assert list(maker.batch([encode(many)], "asker").cut) == [len(everything) - MOST_KEYS]
