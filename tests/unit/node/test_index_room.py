"""Which manifests are taken over where an index may take so much room and no more."""

import pytest

from lib import circles
from lib.circles import NOW_S, Said, seed
from tallystick.errors import RemoteProtocolError
from tallystick.exchange import canonical
from tallystick.exchange.manifest import Base, Chain, DeltaLine, Manifest
from tallystick.node.index_room import Step, size, within

CIRCLE = circles.circle()
DAY_S = 86_400
NOW = NOW_S + 86 * DAY_S


def base(number: int, notches: int, delta: int = 0) -> Base:
    segments = -(-notches // 65_536)
    return Base(number=number, notches=notches, segments=segments, root=canonical.digest(b"root"), delta=delta)


def at(days: float) -> str:
    return canonical.moment_of(round(NOW_S + days * DAY_S))


FIRST = circles.manifest(CIRCLE, "holder", base(1, 2560), seed("key 1"))
HUGE = circles.next_manifest(FIRST, base=base(2, 256_000), published_at=at(85))
SECOND_EPOCH: dict[str, Said] = {
    "epoch": 2, "public_key": seed("key 2").hex(), "base": base(1, 2560), "valid_from": at(85), "valid_until": at(175),
    "closes_at": at(182), "published_at": at(85),
}  # fmt: skip
OTHER = circles.next_manifest(HUGE, **SECOND_EPOCH)
FIRST_EPOCH: dict[str, Said] = {
    "epoch": 1, "public_key": FIRST.public_key, "valid_from": FIRST.valid_from, "valid_until": FIRST.valid_until,
}  # fmt: skip
SMALL_AGAIN = circles.next_manifest(OTHER, **FIRST_EPOCH, closes_at=FIRST.closes_at, base=base(3, 2560), published_at=at(86))
KNOWN, _ = Chain().after(circles.publish(FIRST), CIRCLE, "holder", NOW)
MOST = 4 * FIRST.size


def batch(*said: Manifest, chain: Chain = KNOWN) -> list[Step]:
    steps = []
    for each in said:
        signed = circles.publish(each)
        chain, manifest = chain.after(signed, CIRCLE, "holder", NOW)
        steps.append(Step(chain, manifest, signed))
    return steps


def done(*said: Manifest, most: int = MOST) -> tuple[list[tuple[int, bool]], int]:
    due, too_large = within(batch(*said), most, NOW)
    return [(step.manifest.number, step.is_link) for step in due], too_large


def test_nothing_is_taken_over_after_one_that_is_too_large() -> None:
    assert done(HUGE, OTHER) == ([], HUGE.size + OTHER.size)
    delta = DeltaLine(number=1, added=256, removed=256, digest=canonical.digest(b"1"))
    little = circles.next_manifest(FIRST, deltas=[delta], published_at=at(85))
    huge = circles.next_manifest(little, deltas=[], base=base(2, 256_000, delta=1))
    other = circles.next_manifest(huge, **SECOND_EPOCH)
    assert done(little, huge, other) == ([(2, False)], huge.size + other.size), "what came before it is"


def test_one_that_is_too_large_and_superseded_is_a_link_and_the_next_of_its_epoch_follows_on_it() -> None:
    assert done(HUGE, OTHER, SMALL_AGAIN) == ([(2, True), (3, False), (4, False)], 0)
    without = Chain(3, canonical.digest(canonical.encode(OTHER)), OTHER.published_at, 2, {1: FIRST, 2: OTHER})
    with pytest.raises(RemoteProtocolError, match="takes back"):  # what forgetting the link would make of an honest partner
        batch(SMALL_AGAIN, chain=without)


def test_the_newest_of_an_epoch_is_taken_over_though_it_fits_only_with_what_comes_later() -> None:
    larger = circles.next_manifest(FIRST, base=base(2, 7680), published_at=at(85))
    other = circles.next_manifest(larger, **{**SECOND_EPOCH, "base": base(1, 5120)})
    smaller = circles.next_manifest(other, base=base(2, 2560), published_at=at(86))
    most = larger.size + smaller.size
    assert done(larger, other, smaller, most=most) == ([(2, False), (3, True), (4, False)], 0)


def test_what_fits_is_all_taken_over_and_nothing_of_nothing() -> None:
    assert done(HUGE, OTHER, most=1 << 40) == ([(2, False), (3, False)], 0)
    assert done() == ([], 0)


def test_what_is_of_a_closed_epoch_is_left_out_and_counts_for_nothing() -> None:
    late = NOW_S + 100 * DAY_S
    steps = batch(HUGE, OTHER)
    due, too_large = within(steps, MOST, late)
    assert ([step.manifest.number for step in due], too_large) == ([3], 0)
    assert size(steps[-1].chain, late) == OTHER.size
