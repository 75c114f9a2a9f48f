"""Which threshold a register of a size needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.exchange.thresholds import advice, enough_for_records, enough_tenths


@pytest.mark.parametrize(("records", "tenths"), [(0, 50), (1, 50), (512, 140), (1_000_000, 250)])
def test_twice_the_records_need_one_bit_more(records: int, tenths: int) -> None:
    assert enough_tenths(records) == tenths


@given(st.integers(1, 10**9))
def test_what_is_enough_is_enough_and_no_tenth_less_is(records: int) -> None:
    enough = enough_tenths(records)
    assert not advice(enough, records)
    assert "low" in advice(enough - 1, records)
    assert enough_for_records(enough) >= records - 1
    assert enough_for_records(enough - 2) < records
