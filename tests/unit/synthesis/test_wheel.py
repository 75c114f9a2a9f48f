import math
from collections import Counter
from random import Random

from tallystick.synthesis.wheel import Wheel, independent, one_of, zipf

DRAWS = 20_000


def close(count: int, chance: float, draws: int = DRAWS) -> bool:
    return abs(count - draws * chance) <= 5 * math.sqrt(draws * chance * (1 - chance)) + 1


def test_values_come_as_often_as_their_weights_say() -> None:
    wheel = Wheel([("a", 6.0), ("never", 0.0), ("b", 3.0), ("c", 1.0)])
    rng = Random(1)
    seen = Counter(wheel.draw(rng) for _ in range(DRAWS))
    assert set(seen) == {"a", "b", "c"}
    assert close(seen["a"], 0.6)
    assert close(seen["b"], 0.3)
    assert close(seen["c"], 0.1)


def test_a_single_value_is_always_drawn() -> None:
    rng = Random(1)
    assert {Wheel([("a", 0.001)]).draw(rng) for _ in range(100)} == {"a"}


def test_independent_events_meet_as_often_as_chance_says() -> None:
    wheel = independent([(1, 0.5), (2, 0.2), (4, 0.05)])
    rng = Random(2)
    masks = [wheel.draw(rng) for _ in range(DRAWS)]
    assert close(sum(mask & 1 == 1 for mask in masks), 0.5)
    assert close(sum(mask & 2 == 2 for mask in masks), 0.2)
    assert close(sum(mask & 6 == 6 for mask in masks), 0.01)


def test_exclusive_events_leave_the_rest_to_nothing() -> None:
    wheel = one_of([("x", 0.1), ("y", 0.2)], otherwise="nothing")
    rng = Random(3)
    seen = Counter(wheel.draw(rng) for _ in range(DRAWS))
    assert close(seen["x"], 0.1)
    assert close(seen["nothing"], 0.7)


def test_zipf_falls_with_the_rank() -> None:
    weights = [weight for _, weight in zipf("abcd")]
    assert weights == sorted(weights, reverse=True)
    assert math.isclose(weights[0] / weights[3], 6 / 3)
