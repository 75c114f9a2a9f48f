"""Whatever can be stored can be indexed, and found by itself: the native reader refuses no record that ours accepts."""

from hypothesis import given

from lib.strategies import records
from tallystick.matching import default_parameters
from tallystick.matching.indexing import Searcher
from tallystick.model import Record, check, encode

_searcher = Searcher(default_parameters())


@given(records)
def test_every_record_is_indexed_the_same_each_time(record: Record) -> None:
    line = encode(check(record))
    [(keys, parts, forms)] = _searcher.entries([line])
    assert [(keys, parts, forms)] == _searcher.entries([line])
    assert len(keys) == len(set(keys))
    assert {part for part, *_ in forms} <= set(parts)
    assert set(_searcher.asked(line)) <= set(keys)
    for numbers in (keys, parts, *((part, *starts) for part, _, *starts in forms)):
        assert all(-(1 << 63) <= number < 1 << 63 for number in numbers)


@given(records, records)
def test_an_entry_depends_on_its_record_alone(first: Record, second: Record) -> None:
    a, b = encode(check(first)), encode(check(second))
    assert _searcher.entries([a, b]) == [*_searcher.entries([a]), *_searcher.entries([b])]


@given(records)
def test_weights_of_a_record_with_itself_are_numbers(record: Record) -> None:
    line = encode(check(record))
    [(position, bits, probability, decision)] = _searcher.weigh(line, [line], counts={}, persons=1, prior_bits=-4.0)
    assert position == 0
    assert -1000 < bits < 1000
    assert 0 <= probability <= 1
    assert decision in {"link", "possible", "non-link"}
