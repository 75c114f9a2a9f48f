"""A sealed index under random changes: what its readers find is what its maker put in, and it keeps to the rules of its form."""

import hashlib
from array import array
from dataclasses import dataclass, field
from os import urandom

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import exchange_twin as twin
from lib.circles import QUANTUM, seed
from tallystick.errors import LocalProtocolError, RemoteProtocolError
from tallystick.exchange import index, key_secrets, ledger
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.key_secrets import KeySecrets
from tallystick.exchange.ledger import Built, Change, Ledger
from tallystick.exchange.requester import hits
from tallystick.exchange.watch import Watch

Register = dict[int, frozenset[int]]
"""Record -> its keys. Few keys, so that many records share one."""

_keys = st.frozensets(st.integers(0, 9) | st.just(3), max_size=5)
registers = st.dictionaries(st.integers(0, 40), _keys, max_size=40)
edits = st.lists(st.dictionaries(st.integers(0, 40), _keys, max_size=15), max_size=5)


def secret(key: int) -> bytes:
    return hashlib.sha256(f"key {key}".encode()).digest()


def secrets(keys: frozenset[int]) -> bytes:
    return b"".join(secret(key) for key in sorted(keys))


def build(register: Register, name: str = "base") -> tuple[Built, bytes]:
    builder = ledger.Builder()
    for number, keys in enumerate(register.values()):
        builder.add_secrets(secrets(keys), array("I", [number] * len(keys)))
    handles = key_secrets.new_handles(len(register), seed(f"handles {name}"))
    return builder.build(handles, QUANTUM, seed(name)), handles


@dataclass
class Holder:
    """A responder with a register, and the store beside its ledger."""

    register: Register
    state: Ledger
    handles: dict[int, bytes]
    tags: dict[int, bytes]
    made: list[index.Delta] = field(default_factory=list)

    @classmethod
    def of(cls, register: Register) -> "Holder":
        built, handles = build(register)
        assert not built.left_out
        names = dict(zip(register, key_secrets.rows(handles, 7), strict=True))
        return cls(dict(register), built.ledger, names, dict(zip(register, built.tags_by_record(), strict=True)))

    def change(self, wanted: Register) -> index.Delta:
        """Give records the keys wanted: new ones come, those without keys go."""
        number = len(self.made) + 1
        for record in wanted:
            self.handles.setdefault(record, hashlib.sha256(f"{record} {number}".encode()).digest()[:7])
        changes = [Change(self.handles[record], self.tags.get(record, b""), secrets(keys)) for record, keys in wanted.items()]
        made = ledger.make_delta(self.state, changes, (1, number), QUANTUM, seed(f"delta {number}"))
        assert not any(made.left_out)
        self.state = made.ledger
        self.tags |= dict(zip(wanted, made.tags, strict=True))
        by_handle = {handle: record for record, handle in self.handles.items()}
        for move in made.moved:
            record = by_handle[move.handle]
            assert move.former in list(key_secrets.rows(self.tags[record], 8))
            self.tags[record] = self.tags[record].replace(move.former, move.new)
        for record, keys in wanted.items():
            self.register[record] = keys
            if not keys:
                del self.handles[record], self.register[record], self.tags[record]
        self.made.append(made.delta)
        return made.delta


def expected(holder: Holder, own: Register) -> set[tuple[int, bytes]]:
    return {(x, holder.handles[y]) for x, a in own.items() for y, b in holder.register.items() if a & b}


def own_keys(own: Register) -> KeySecrets:
    flat = [(record, key) for record, keys in own.items() for key in sorted(keys)]
    return KeySecrets(
        b"".join(secret(key) for _, key in flat),
        array("I", [record for record, _ in flat]),
        array("H", [140 + key for _, key in flat]),
    )


def found(watch: Watch) -> set[tuple[int, bytes]]:
    return {(hit.record, hit.handle) for hit in watch.hits}


def check_form(holder: Holder, reader: SealedIndex) -> None:
    """Everything that sections 4 and 5.1 say about an index."""
    state = holder.state
    data = twin.read_base(bytes(state.notches))
    assert index.ascending(state.notches, 15)
    assert len(data) * 15 == len(bytes(state.notches))
    assert len(reader) == len(state) == len(data)
    chaff = set(key_secrets.rows(state.chaff, 8))
    real = [tag for tags in holder.tags.values() for tag in key_secrets.rows(tags, 8)]
    assert len(set(real)) == len(real) == state.real
    assert set(real) | chaff == set(data)
    assert not set(real) & chaff
    assert len(data) % twin.q(len(real), QUANTUM) == 0
    assert len(chaff) >= QUANTUM
    assert all(twin.runs_are_closed(data, secret(key)) for key in range(10))
    crowded = {key for key in range(10) if sum(key in keys for keys in holder.register.values()) > twin.RUN}
    kept = list(key_secrets.rows(state.crowded, 32))
    assert len(set(kept)) == len(kept)
    assert {secret(key) for key in crowded} <= set(kept)


@given(registers, registers, edits)
@settings(max_examples=150)
def test_a_watch_sees_the_plain_intersection_through_every_delta(
    register: Register, own: Register, steps: list[Register]
) -> None:
    holder = Holder.of(register)
    reader = SealedIndex(holder.state.notches)
    plain = twin.read_base(bytes(holder.state.notches))
    watch, news = Watch().more(own_keys(own), reader)
    assert {(hit.record, hit.handle) for hit in news.found} == expected(holder, own)
    for wanted in steps:
        before = found(watch)
        delta = holder.change(wanted)
        reader = reader.after(delta)
        plain = twin.apply(plain, index.encode_delta(delta))
        watch, news = watch.after(delta, reader)
        check_form(holder, reader)
        now = expected(holder, own)
        assert found(watch) == now
        assert {(hit.record, hit.handle) for hit in news.found} == now - before
        assert {(hit.record, hit.handle) for hit in news.withdrawn} == before - now
        assert twin.base(plain) == bytes(holder.state.notches)
        assert hits(reader, own_keys(own)) == list(watch.hits) == hits(SealedIndex(holder.state.notches), own_keys(own))


@given(registers)
@settings(max_examples=50)
def test_a_base_is_what_the_second_implementation_reads(register: Register) -> None:
    holder = Holder.of(register)
    check_form(holder, SealedIndex(holder.state.notches))
    data = twin.read_base(bytes(holder.state.notches))
    for key in range(10):
        assert twin.look_up(data, secret(key)) == {holder.handles[each] for each, keys in register.items() if key in keys}
    assert twin.root(bytes(holder.state.notches)).hex() == index.root(map(index.leaf, index.segments(holder.state.notches)))


@given(registers, registers, registers)
@settings(max_examples=50)
def test_own_records_come_and_go(register: Register, first: Register, second: Register) -> None:
    holder = Holder.of(register)
    reader = SealedIndex(holder.state.notches)
    later = {record + 100: keys for record, keys in second.items()}
    watch, _ = Watch().more(own_keys(first), reader)
    watch, news = watch.more(own_keys(later), reader)
    assert not news.withdrawn
    assert found(watch) == expected(holder, {**first, **later})
    watch = watch.without(first)
    assert found(watch) == expected(holder, later)
    assert watch.after(holder.change({}), reader.after(holder.made[-1]))[0] == watch


@given(registers, st.dictionaries(st.integers(0, 40), _keys, min_size=1, max_size=10))
@settings(max_examples=50)
def test_one_seed_gives_one_delta(register: Register, wanted: Register) -> None:
    assert Holder.of(register).change(wanted) == Holder.of(register).change(wanted)


def test_a_record_keeps_the_entries_of_the_keys_it_keeps() -> None:
    holder = Holder.of({1: frozenset({1, 2, 3}), 2: frozenset({2})})
    before = set(key_secrets.rows(holder.tags[1], 8))
    handle = holder.handles[1]
    holder.change({1: frozenset({2, 3, 4})})
    after = set(key_secrets.rows(holder.tags[1], 8))
    assert (len(before & after), len(after), holder.handles[1]) == (2, 3, handle)


def test_a_place_is_not_used_twice_while_there_is_another() -> None:
    holder = Holder.of({1: frozenset({1})})
    used = [holder.tags[1]]
    for record in range(2, 5):
        holder.change({record - 1: frozenset(), record: frozenset({1})})
        used.append(holder.tags[record])
    assert len(set(used)) == 4


def test_a_full_key_leaves_records_out_and_says_so() -> None:
    built, _ = build({record: frozenset({3}) for record in range(70)})
    assert sorted(built.left_out) == list(range(64, 70))
    change = Change(b"handle7", b"", secret(3) + secret(4))
    made = ledger.make_delta(built.ledger, [change], (1, 1), QUANTUM, seed("full"))
    assert (made.left_out, len(made.tags[0])) == ([1], 8)


def test_many_changes_fit_in_one_delta_and_none_makes_one_of_chaff_alone() -> None:
    holder = Holder.of({1: frozenset({1})})
    delta = holder.change({})
    assert (len(delta.added), len(delta.removed)) == (QUANTUM * 15, QUANTUM * 8)
    reader = SealedIndex(holder.state.notches)
    many = [
        Change(key_secrets.new_handles(1, seed(str(i))), b"", hashlib.sha256(str(i).encode()).digest()) for i in range(20_000)
    ]
    made = ledger.make_delta(holder.state, many, (1, 2), QUANTUM, seed("many"))
    after = reader.after(made.delta)
    assert len(after) == len(made.ledger)
    assert made.ledger.real == 20_001
    assert len(made.ledger) % twin.q(20_001, QUANTUM) == 0


@given(registers, registers, edits)
@settings(max_examples=50)
def test_a_further_base_is_the_index_as_it_is_with_chaff_enough(register: Register, own: Register, steps: list[Register]) -> None:
    holder = Holder.of(register)
    for wanted in [*steps, {}]:
        before, holder.state = holder.state, ledger.as_base(holder.state, QUANTUM, urandom)
        reader = SealedIndex(holder.state.notches)
        check_form(holder, reader)
        assert twin.read_base(bytes(before.notches)).items() <= twin.read_base(bytes(holder.state.notches)).items()
        assert hits(reader, own_keys(own)) == hits(SealedIndex(before.notches), own_keys(own))
        delta = holder.change(wanted)
        check_form(holder, reader.after(delta))


def test_a_further_base_gets_chaff_where_little_is_left() -> None:
    holder = Holder.of({1: frozenset({1})})
    many = [Change(key_secrets.new_handles(1, seed(str(i))), b"", hashlib.sha256(str(i).encode()).digest()) for i in range(600)]
    held = ledger.make_delta(holder.state, many, (1, 1), QUANTUM, seed("many")).ledger
    assert len(held.chaff) < 4 * QUANTUM * 8
    made = ledger.as_base(held, QUANTUM, urandom)
    notches, chaff = twin.read_base(bytes(made.notches)), list(key_secrets.rows(made.chaff, 8))
    assert len(chaff) == len(set(chaff)) >= 4 * QUANTUM
    assert sorted(chaff) == chaff
    assert set(chaff) <= set(notches)
    assert (made.real, len(made) % QUANTUM) == (601, 0)
    assert twin.read_base(bytes(held.notches)).items() <= notches.items()


def test_nothing_is_taken_out_that_is_not_in() -> None:
    built, handles = build({1: frozenset({1})})
    with pytest.raises(LocalProtocolError, match="not in this index"):
        ledger.make_delta(built.ledger, [Change(handles, b"absent77")], (1, 1), QUANTUM, seed("x"))
    with pytest.raises(LocalProtocolError, match="twice"):
        ledger.make_delta(built.ledger, [Change(handles), Change(handles)], (1, 1), QUANTUM, seed("x"))


@given(registers, st.data())
@settings(max_examples=100)
def test_a_delta_that_does_not_fit_is_refused_and_changes_nothing(register: Register, data: st.DataObject) -> None:
    holder = Holder.of(register)
    reader = SealedIndex(holder.state.notches)
    good = holder.change({1: frozenset({1}), 2: frozenset({2, 3})})
    state = (reader.base, reader.added, reader.removed)
    tags = list(key_secrets.rows(good.removed, 8))
    absent = sorted([*tags[1:], bytes(8)])
    present = sorted(
        [
            *list(key_secrets.rows(good.added, 15))[1:],
            next(row for row in key_secrets.rows(bytes(reader.base), 15) if row[:8] not in tags),
        ]
    )
    bad = data.draw(
        st.sampled_from(
            [
                index.Delta(1, 1, good.added, b"".join(absent)),
                index.Delta(1, 1, b"".join(present), good.removed),
                index.Delta(1, 1, good.added + good.added[:15], good.removed),
                index.Delta(1, 1, good.added, good.removed[8:] + good.removed[:8]),
            ]
        )
    )
    with pytest.raises(RemoteProtocolError):
        reader.after(bad)
    assert state == (reader.base, reader.added, reader.removed)
    with pytest.raises(RemoteProtocolError):
        reader.after(good).after(good)


@given(st.integers(5, 30), st.lists(st.lists(st.integers(0, 29), max_size=20, unique=True), min_size=1, max_size=6))
@settings(max_examples=200)
def test_a_crowded_key_keeps_its_runs_closed_whoever_goes(count: int, steps: list[list[int]]) -> None:
    holder = Holder.of({record: frozenset({3, 4 + record % 3}) for record in range(count)})
    reader = SealedIndex(holder.state.notches)
    own = {100: frozenset({3}), 101: frozenset({4, 9})}
    watch, _ = Watch().more(own_keys(own), reader)
    for turn, records in enumerate(steps):
        wanted = {record: frozenset() if record in holder.register else frozenset({3}) for record in records}
        if turn % 2 == 0:  # those that came first go, which empties the first runs
            wanted |= {record: frozenset() for record in sorted(holder.register)[: count // 2]}
        delta = holder.change({record: keys for record, keys in wanted.items() if keys or record in holder.register})
        reader = reader.after(delta)
        watch, _ = watch.after(delta, reader)
        check_form(holder, reader)
        assert found(watch) == expected(holder, own)
        tags = {row[:8] for row in key_secrets.rows(bytes(holder.state.notches), 15)}
        later = {
            key for key in range(10) if any(twin.tag_and_pad(secret(key), c)[0] in tags for c in range(twin.RUN, twin.COUNTERS))
        }
        assert set(key_secrets.rows(holder.state.crowded, 32)) == set(map(secret, later))
