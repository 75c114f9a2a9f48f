"""Nonces: taken once within the life of their signature, in any order; forgotten after it, never for want of room."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.circles import NOW_S
from tallystick.errors import NotAuthorizedError, UnavailableError
from tallystick.server.nonces import MOST_NONCES, SPAN_S, NonceCache

SKEW_S = 60
STARTED = datetime.fromtimestamp(NOW_S, UTC)
SKEW = timedelta(seconds=SKEW_S)


class Request(NamedTuple):
    """A request comes, signed before or after our clock; the clock goes on before it, or back."""

    pause_s: float
    skewed_s: int
    key_id: str
    nonce: str


def requests(*pauses_s: float) -> st.SearchStrategy[list[Request]]:
    """Few keys and nonces, so that many come again."""
    keys, nonces = st.sampled_from(["asker/1", "third/2"]), st.sampled_from(["a", "b", "c"])
    return st.lists(
        st.builds(Request, st.sampled_from(pauses_s), st.integers(-SKEW_S, SKEW_S), keys, nonces), min_size=2, max_size=60
    )


def taken(cache: NonceCache, request: Request, made_s: int, now_s: float) -> bool:
    try:
        cache.use(request.key_id, request.nonce, datetime.fromtimestamp(made_s, UTC), datetime.fromtimestamp(now_s, UTC))
    except NotAuthorizedError:
        return False
    return True


@given(requests(0, 0.5, 1, 7, 29.5, 59, 60, 61, 120, 121, 3_600))
def test_it_is_taken_once_in_its_life_and_again_after_it(asked: list[Request]) -> None:
    cache, now_s, known = NonceCache(STARTED, SKEW), float(NOW_S), dict[tuple[str, str], int]()
    for request in asked:
        now_s += request.pause_s
        made_s = min(int(now_s + SKEW_S), max(NOW_S, int(now_s - SKEW_S) + 1, int(now_s) + request.skewed_s))
        last_s = known.get(request[2:], -1)
        accepted = taken(cache, request, made_s, now_s)
        if accepted:
            assert last_s < now_s - SKEW_S, "taken twice while both signatures hold"
            known[request[2:]] = made_s
        else:
            assert last_s >= now_s - SKEW_S - SPAN_S, "refused though it was not used for long"
        alive = sum(each >= now_s - SKEW_S - SPAN_S for each in known.values())
        assert len(cache) <= alive, "remembered longer than for its life"


@given(requests(-3_600, -120, -61, -5, 0, 5, 61, 120, 3_600))
def test_no_signed_request_passes_twice_whatever_the_clock_does(asked: list[Request]) -> None:
    cache, now_s, passed = NonceCache(STARTED, SKEW), float(NOW_S), set[tuple[str, str, int]]()
    for request in asked:
        now_s += request.pause_s
        made_s = int(now_s) + request.skewed_s
        if taken(cache, request, made_s, now_s):
            assert made_s >= NOW_S, "it was signed before the start: nobody knows what came then"
            assert (*request[2:], made_s) not in passed
            passed.add((*request[2:], made_s))


@given(requests(-3_600, -61, 0, 61, 3_600))
def test_whoever_signs_later_than_all_others_is_let_in_wherever_the_clock_went(asked: list[Request]) -> None:
    cache, now_s, newest_s = NonceCache(STARTED, SKEW), float(NOW_S), NOW_S
    for request in asked:
        now_s += request.pause_s
        made_s = int(now_s) + request.skewed_s
        taken(cache, request, made_s, now_s)
        newest_s = max(newest_s, made_s)
    assert taken(cache, Request(0, 0, "asker/1", "new"), newest_s + SPAN_S, now_s)


def test_a_full_one_refuses_and_forgets_nothing() -> None:
    cache = NonceCache(STARTED, SKEW, most=3)
    asked = [Request(0, 0, "asker/1", f"n{number}") for number in range(4)]
    assert all(taken(cache, each, NOW_S, NOW_S) for each in asked[:3])
    with pytest.raises(UnavailableError, match="more than 3 requests within 120 s"):
        taken(cache, asked[3], NOW_S, NOW_S)
    assert not any(taken(cache, each, NOW_S, NOW_S + SKEW_S) for each in asked[:3]), "each is still known"
    later_s = NOW_S + SKEW_S + SPAN_S
    assert taken(cache, asked[3], later_s, later_s), "there is room again"
    assert len(cache) == 1


def test_as_many_as_a_node_answers_in_their_life_fit_five_times_over() -> None:
    assert 5 * 2 * SKEW_S * 1_000 <= MOST_NONCES


def test_a_mark_is_of_key_and_nonce_and_of_this_process_only() -> None:
    one, other = NonceCache(STARTED, SKEW), NonceCache(STARTED, SKEW)
    marks = {one._mark("asker/1", "a"), one._mark("third/2", "a"), one._mark("asker/1", "b"), other._mark("asker/1", "a")}
    assert len(marks) == 4
    assert {len(each) for each in marks} == {16}
