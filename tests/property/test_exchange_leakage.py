"""A curious asker and a thief: what an index, its deltas and the messages give away is what the specification says, and no more.

Statistics are over fixed seeds, with bounds at more than four standard deviations: they hold or they do not.
"""

import hashlib
from array import array
from collections import Counter
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import exchange_twin as twin
from lib.circles import QUANTUM, seed
from lib.exchanging import AskerNode, HolderNode, match_key, server
from tallystick.exchange import key_secrets, ledger, requester
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.ledger import Built, Change
from tallystick.exchange.responder import Answer

RECORDS, KEYS = 2_000, 20


def secret(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def build(epoch: int = 1, name: str = "leakage") -> tuple[Built, list[bytes]]:
    """An index of records with keys of their own and one that all share with few others."""
    builder = ledger.Builder()
    for record in range(RECORDS):
        keys = [f"{epoch} own {record} {key}" for key in range(KEYS - 1)] + [f"{epoch} shared {record // 50}"]
        builder.add_secrets(b"".join(map(secret, keys)), array("I", [record] * KEYS))
    handles = key_secrets.new_handles(RECORDS, seed(f"{name} {epoch}"))
    return builder.build(handles, QUANTUM, seed(name)), list(key_secrets.rows(handles, 7))


BUILT, HANDLES = build()
ROWS = list(key_secrets.rows(bytes(BUILT.ledger.notches), 15))
CHAFF = set(key_secrets.rows(BUILT.ledger.chaff, 8))
OWNER = {tag: record for record, tags in enumerate(BUILT.tags_by_record()) for tag in key_secrets.rows(tags, 8)}


def skew(rows: list[bytes]) -> float:
    """The largest deviation of a bit from one half, in standard deviations."""
    ones = Counter(bit for row in rows for bit in range(len(row) * 8) if row[bit // 8] >> (7 - bit % 8) & 1)
    return max(abs(ones[bit] - len(rows) / 2) for bit in range(len(rows[0]) * 8)) / (sqrt(len(rows)) / 2)


def test_chaff_and_notches_look_alike() -> None:
    chaff, real = [row for row in ROWS if row[:8] in CHAFF], [row for row in ROWS if row[:8] not in CHAFF]
    assert (len(chaff), len(real)) == (len(CHAFF), len(ROWS) - len(CHAFF))
    assert skew(chaff) < 4.5
    assert skew(real) < 4.5
    gaps = [int(row[:8] in CHAFF) for row in ROWS]
    share = len(chaff) / len(ROWS)
    together = sum(a and b for a, b in pairwise(gaps))
    expected = len(ROWS) * share**2
    assert abs(together - expected) < 4.5 * sqrt(expected)


def test_a_record_s_notches_are_neighbours_by_chance_only() -> None:
    pairs = sum(OWNER.get(a[:8], -1) == OWNER.get(b[:8], -2) for a, b in pairwise(ROWS))
    expected = RECORDS * KEYS * (KEYS - 1) / len(ROWS)
    assert abs(pairs - expected) < 4.5 * sqrt(expected)


def test_nothing_repeats_in_an_index_though_keys_and_handles_do() -> None:
    assert len({row[:8] for row in ROWS}) == len(ROWS)
    sealed = Counter(row[8:] for row in ROWS)
    assert max(sealed.values()) == 1


def test_what_opens_is_what_was_asked_for_and_no_other() -> None:
    reader = SealedIndex(BUILT.ledger.notches)
    asked = [f"1 own {record} 0" for record in range(100)] + ["1 shared 3", "nobody"]
    opened = reader.open(b"".join(map(secret, asked)))
    assert {one.handle for one in opened if one.position < 100} == set(HANDLES[:100])
    assert {one.handle for one in opened if one.position == 100} == set(HANDLES[150:200])
    assert not [one for one in opened if one.position == 101]
    known = {one.tag: one.handle for one in opened}
    pads = {twin.xor(row[8:], known[row[:8]]) for row in ROWS if row[:8] in known}
    rest = [row for row in ROWS if row[:8] not in known]
    guesses = {twin.xor(row[8:], pad) for row in rest for pad in list(pads)[:20]}
    assert not guesses & set(HANDLES)  # no pad seals two notches
    rest_of_record = [row for row in rest if OWNER.get(row[:8]) == 0]
    assert len(rest_of_record) == KEYS - 1
    assert all(twin.xor(row[8:], HANDLES[0]) not in pads for row in rest)  # nor does a handle show which others are its own


def test_two_epochs_have_nothing_in_common() -> None:
    other, handles = build(epoch=2, name="other")
    rows = list(key_secrets.rows(bytes(other.ledger.notches), 15))
    assert not {row[:8] for row in rows} & {row[:8] for row in ROWS}
    assert not {row[8:] for row in rows} & {row[8:] for row in ROWS}
    assert not set(handles) & set(HANDLES)
    outputs = [server(epoch).evaluate_batch([match_key(1)]) for epoch in (1, 2)]
    assert outputs[0] != outputs[1]


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_delta_tells_an_upper_bound_and_the_size_does_not_move(removed: int, added: int) -> None:
    tags = list(BUILT.tags_by_record())
    changes = [Change(HANDLES[record], tags[record]) for record in range(removed // 10)]
    changes += [Change(seed(f"new {i}")[:7], b"", secret(f"new {i}")) for i in range(added)]
    made = ledger.make_delta(BUILT.ledger, changes, (1, 1), QUANTUM, seed("any"))
    assert (len(made.delta.added) // 15, len(made.delta.removed) // 8) == (QUANTUM, QUANTUM)
    assert len(made.ledger) == len(BUILT.ledger)


def test_the_chaff_that_goes_is_any_chaff() -> None:
    gone: Counter[bytes] = Counter()
    for i in range(40):
        gone.update(key_secrets.rows(ledger.make_delta(BUILT.ledger, [], (1, 1), QUANTUM, seed(f"draw {i}")).delta.removed, 8))
    expected = 40 * QUANTUM / len(CHAFF)
    assert set(gone) <= CHAFF
    assert max(gone.values()) < expected + 6 * sqrt(expected)
    half = sorted(CHAFF)[: len(CHAFF) // 2]
    low = sum(gone[tag] for tag in half)
    assert abs(low - 20 * QUANTUM) < 4.5 * sqrt(10 * QUANTUM)


@pytest.mark.parametrize("count", [1, 5, 31, 32])
def test_a_question_tells_neither_how_many_keys_nor_where_they_are(count: int) -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    places: Counter[int] = Counter()
    for i in range(60):
        [question] = asker.questions({1: frozenset(range(count))}, f"{count} {i}")
        assert len(question.body) == 8 + 32 * 32
        places.update(question._places.points)
    assert sum(places.values()) == 60 * count
    expected = 60 * count / 32
    assert max(abs(places[at] - expected) for at in range(32)) < 4.5 * sqrt(expected) + 1


def test_the_same_question_twice_has_no_point_in_common() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    bodies = [next(asker.questions({1: frozenset(range(32))}, "same")).body for _ in range(5)]
    points = [point for body in bodies for point in key_secrets.rows(body[8:], 32)]
    assert len(set(points)) == len(points)


def test_an_answer_is_as_long_whether_it_hits_or_not() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    lengths, hits = set(), []
    for key in (1, 2):
        [question] = asker.questions({1: frozenset({key})})
        answer = holder.answer(question.body)
        assert isinstance(answer, Answer)
        lengths.add(len(answer.body))
        hits.append(len(requester.hits(asker.index, question.take(answer.body, 1))))
    assert (len(lengths), hits) == (1, [1, 0])


def test_nothing_shows_a_secret_by_chance() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    keys = asker.ask({1: frozenset({1})}, holder)
    [hit] = requester.hits(asker.index, keys)
    shown = "".join(map(repr, (keys, hit, holder.ledger, asker.index, Change(hit.handle, b"t" * 8, keys.secrets))))
    assert repr(keys.secrets)[2:20] not in shown
    assert keys.secrets.hex() not in shown
