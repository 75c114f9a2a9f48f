"""The dictionary attack of the benchmarks in small: it works where it must, so that its failure says something."""

import pytest
from bench.quality.dictionary import SIGMAS, SealedRegister, Thief, keyed_hashes

PERSONS = [[f"person {number} key {key}".encode() for key in range(1 + number % 9)] for number in range(800)]
HELD, OTHERS = PERSONS[:400], PERSONS[400:]
ALL, NOBODY = (1.0, 0.0), (0.0, 0.0)


@pytest.fixture(scope="module")
def thief() -> Thief:
    return Thief(HELD, OTHERS)


@pytest.fixture(scope="module")
def index() -> SealedRegister:
    return SealedRegister.of(HELD)


def test_a_member_reads_an_index_of_keyed_hashes(thief: Thief) -> None:
    assert thief.tries_hashes(keyed_hashes(HELD)) == ALL


def test_a_sealed_index_is_read_by_whoever_has_its_key(thief: Thief, index: SealedRegister) -> None:
    assert thief.opens(index, index.key) == ALL
    assert thief.beyond_chance(index, index.key) > 10 * SIGMAS


def test_without_the_key_a_sealed_index_tells_nobody_anything(thief: Thief, index: SealedRegister) -> None:
    for name, guess in index.guesses().items():
        assert thief.opens(index, guess) == NOBODY, name
        assert thief.beyond_chance(index, guess) < SIGMAS + 1, name
