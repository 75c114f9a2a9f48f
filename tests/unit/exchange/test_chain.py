"""Manifests in a row: two epochs, an epoch cut short, a reader that was away."""

from dataclasses import replace

import pytest

from lib import circles
from lib.circles import NOW_S, seed
from tallystick.errors import IntegrityError, RemoteProtocolError, VerifyError
from tallystick.exchange import canonical
from tallystick.exchange.manifest import Base, Chain, DeltaLine, Manifest

CIRCLE = circles.circle()
DAY_S = 86_400
BASE = Base(number=1, notches=2560, segments=1, root=canonical.digest(b"root"), delta=0)
FIRST = circles.manifest(CIRCLE, "holder", BASE, seed("key 1"))


def line(number: int) -> DeltaLine:
    return DeltaLine(number=number, added=256, removed=256, digest=canonical.digest(b"%d" % number))


def at(days: float) -> str:
    return canonical.moment_of(round(NOW_S + days * DAY_S))


def follow(chain: Chain, *said: Manifest, now_s: int = NOW_S + 90 * DAY_S) -> Chain:
    for each in said:
        chain, _ = chain.after(circles.publish(each), CIRCLE, "holder", now_s)
    return chain


SECOND = circles.next_manifest(FIRST, deltas=[line(1)], published_at=at(1))
THIRD = circles.next_manifest(
    SECOND,
    epoch=2,
    public_key=seed("key 2").hex(),
    deltas=[],
    base=BASE,
    valid_from=at(85),
    valid_until=at(175),
    closes_at=at(182),
    published_at=at(85),
)
OLD_AGAIN = circles.next_manifest(
    THIRD,
    epoch=1,
    public_key=FIRST.public_key,
    deltas=[line(1), line(2)],
    valid_from=FIRST.valid_from,
    valid_until=FIRST.valid_until,
    closes_at=FIRST.closes_at,
    published_at=at(86),
)


def test_two_epochs_are_continued_side_by_side() -> None:
    chain = follow(Chain(), FIRST, SECOND, THIRD, OLD_AGAIN)
    assert {number: each.last_delta for number, each in chain.newest.items()} == {1: 2, 2: 0}
    assert chain.epoch == 2
    assert list(chain.open_epochs(NOW_S + 96 * DAY_S)) == [1, 2]
    assert list(chain.open_epochs(NOW_S + 97 * DAY_S)) == [2]


def test_whoever_was_away_for_epochs_takes_them_as_links() -> None:
    chain = follow(Chain(), FIRST, SECOND, THIRD, OLD_AGAIN, now_s=NOW_S + 500 * DAY_S)
    assert chain == follow(Chain(), FIRST, SECOND, THIRD, OLD_AGAIN)
    assert chain.open_epochs(NOW_S + 500 * DAY_S) == {}


def test_whoever_comes_late_begins_where_it_is() -> None:
    assert follow(Chain(), SECOND).number == 2
    with pytest.raises(RemoteProtocolError, match="does not follow"):
        follow(Chain(), SECOND, OLD_AGAIN)


def test_an_epoch_may_be_cut_short_and_not_prolonged_again() -> None:
    short = circles.next_manifest(FIRST, valid_until=at(2), closes_at=at(2), published_at=at(1))
    chain = follow(Chain(), FIRST, short)
    assert not chain.open_epochs(NOW_S + 2 * DAY_S)
    long = circles.next_manifest(short, valid_until=at(3), closes_at=at(3))
    with pytest.raises(RemoteProtocolError, match="has begun"):
        follow(chain, long)


def test_a_closed_epoch_is_not_gone_back_to() -> None:
    short = circles.next_manifest(FIRST, valid_until=at(2), closes_at=at(2), published_at=at(1))
    new = circles.next_manifest(
        short, epoch=2, public_key=seed("key 2").hex(), valid_from=at(3), valid_until=at(50), closes_at=at(50), published_at=at(3)
    )
    back = circles.next_manifest(
        new, epoch=1, public_key=seed("key 1").hex(), valid_from=at(3), valid_until=at(50), closes_at=at(50), published_at=at(4)
    )
    with pytest.raises(RemoteProtocolError, match="goes back"):
        follow(Chain(), FIRST, short, new, back)


def test_a_new_base_goes_on_with_the_numbers_of_deltas() -> None:
    rebased = circles.next_manifest(SECOND, base=Base(number=2, notches=2560, segments=1, root=BASE.root, delta=1), deltas=[])
    chain = follow(Chain(), FIRST, SECOND, rebased, circles.next_manifest(rebased, deltas=[line(2)]))
    assert chain.newest[1].last_delta == 2
    with pytest.raises(RemoteProtocolError, match="leaves out"):
        follow(Chain(), FIRST, SECOND, rebased, circles.next_manifest(rebased, deltas=[line(1)]))


def test_two_faces_are_kept_as_evidence() -> None:
    chain = follow(Chain(), FIRST, SECOND)
    other = circles.next_manifest(FIRST, deltas=[], published_at=at(1))
    with pytest.raises(IntegrityError, match="two different manifests"):
        follow(chain, other)


def test_what_is_refused_changes_nothing() -> None:
    chain = follow(Chain(), FIRST)
    before = replace(chain)
    with pytest.raises(RemoteProtocolError):
        follow(chain, circles.next_manifest(FIRST, log2_records=41))
    with pytest.raises(RemoteProtocolError, match="no member"):
        chain.after(circles.publish(SECOND), CIRCLE, "stranger", NOW_S)
    with pytest.raises(VerifyError):
        chain.after(circles.publish(SECOND), CIRCLE, "asker", NOW_S)
    assert chain == before
