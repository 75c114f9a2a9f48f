"""How long a text is, counted as a reader counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.reports.lengths import MOST_CHARS, MOST_CODE_POINTS, characters, fits

ONE = {
    "letter": "e",
    "letter and mark": "e\u0301",
    "letter and marks": "a\u0328\u0301\u0323",
    "hangul of three": "\u1112\u1161\u11ab",
    "flag": "\U0001f1e7\U0001f1ea",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "hand of a colour": "\U0001f44d\U0001f3fd",
    "heart as a picture": "\u2764\ufe0f",
    "key": "1\ufe0f\u20e3",
    "devanagari conjunct": "\u0915\u094d\u0937\u093f",
    "arabic with marks": "\u0645\u0651\u064e",
    "line break": "\r\n",
}


@pytest.mark.parametrize("one", ONE.values(), ids=ONE.keys())
def test_what_a_reader_sees_as_one_counts_as_one(one: str) -> None:
    assert characters(one) == 1
    assert (fits(one * MOST_CHARS), fits(one * (MOST_CHARS + 1))) == (True, False)


def test_nobody_piles_a_book_on_one_letter() -> None:
    assert fits("e" + "\u0301" * (MOST_CODE_POINTS - 1))
    assert not fits("e" + "\u0301" * MOST_CODE_POINTS)


@given(st.text(max_size=50), st.integers(1, 60))
def test_what_is_short_fits_and_a_reader_never_sees_more_than_there_is(text: str, times: int) -> None:
    whole = text * times
    assert characters(whole) <= len(whole)
    assert fits(whole) == (characters(whole) <= MOST_CHARS and len(whole) <= MOST_CODE_POINTS)
