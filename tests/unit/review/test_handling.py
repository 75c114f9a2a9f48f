"""Handling codes: what each allows, and that nothing makes one looser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.errors import InputError, RefusedError
from tallystick.review.handling import TLP, Handling, Use, read_handling

CODES = st.builds(
    lambda europol, tlp, text: Handling(frozenset(europol), tlp, text if "H3" in europol else ""),
    st.sets(st.sampled_from(["H1", "H2", "H3"])), st.sampled_from(TLP), st.sampled_from(["ask unit 4", "ask unit 5"]),
)  # fmt: skip


@given(CODES, CODES, st.sampled_from(Use))
def test_a_joined_code_allows_nothing_that_either_forbids(a: Handling, b: Handling, use: Use) -> None:
    joined = a.joined(b)
    assert joined.covers(a)
    assert joined.covers(b)
    for each in (a, b):
        try:
            each.check(use)
        except RefusedError:
            with pytest.raises(RefusedError):
                joined.check(use)


@given(CODES, CODES)
def test_two_codes_that_cover_each_other_are_one(a: Handling, b: Handling) -> None:
    assert (a.covers(b) and b.covers(a)) == (a == b)
    assert a.joined(a) == a
    assert a.joined(b).covers(b.joined(a))


@given(CODES)
def test_a_code_is_read_as_it_is_written(code: Handling) -> None:
    assert read_handling(code.written) == code


@pytest.mark.parametrize(
    ("code", "use", "allowed"),
    [
        ("H0 TLP:CLEAR", Use.PUBLISH, True), ("H0 TLP:GREEN", Use.PUBLISH, False), ("H0 TLP:GREEN", Use.PASS_ON, True),
        ("H2 TLP:GREEN", Use.PASS_ON, False), ("TLP:AMBER", Use.PASS_ON, False), ("TLP:AMBER+STRICT", Use.PASS_ON, False),
        ("H0 TLP:AMBER", Use.PROCEEDINGS, True), ("H1 TLP:CLEAR", Use.PROCEEDINGS, False), ("H1 TLP:GREEN", Use.PASS_ON, True),
        ("H3 TLP:GREEN ask first", Use.PASS_ON, False), ("TLP:RED", Use.LOOK_COLLEAGUE, False), ("TLP:RED", Use.LOOK, True),
        ("H2 TLP:AMBER", Use.LOOK_COLLEAGUE, True),
    ],
)  # fmt: skip
def test_a_use_is_allowed_or_refused(code: str, use: Use, allowed: bool) -> None:  # noqa: FBT001
    if allowed:
        read_handling(code).check(use)
    else:
        with pytest.raises(RefusedError, match="does not allow"):
            read_handling(code).check(use)


@pytest.mark.parametrize(
    "text", ["", "TLP:PINK", "H4", "H0 H1", "TLP:RED TLP:GREEN", "H1 of our own", "H3", "secret", "H3 " + "x" * 301]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_handling(text)
