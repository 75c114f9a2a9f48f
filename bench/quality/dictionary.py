"""A dictionary of persons tried against a stolen index: what keyed hashes give away to a member, and ours to whoever has no key.

The thief is as strong as can be: it knows how match keys are made, has everything that is published, and its dictionary holds
every person of the register, written exactly as the register writes them, among as many who are not in it.

Bar: without the epoch's key nothing beyond chance. Beside it the same attack on the same keys hashed under a key that all members
of a circle share: the attack works.
"""

import hashlib
import hmac
import math
import os
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from bench.lib import inside, product, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result

SIZE = 10_000
QUANTUM = 256
TAG_BYTES = 8
SHARED_KEY = b"a key that every member of the circle holds"
SIGMAS = 4.0
"""Chance alone goes beyond this once in 16,000 times."""

Persons = Sequence[Sequence[bytes]]
"""The match keys of persons."""


def run(options: Options) -> Result:
    """Seal a register, steal the index, try the dictionary."""
    made = registers.make(options.size or SIZE)
    shared = {pair[1] for pair in made.truth.same}
    held = keys_of(made.first)
    others = [keys for keys, record in zip(keys_of(made.second), ids(made.second), strict=True) if record not in shared]
    index, thief = SealedRegister.of(held), Thief(held, others)
    found, mistaken = thief.tries_hashes(keyed_hashes(held))
    leaked = thief.opens(index, index.key)
    guessed = {name: thief.opens(index, key) for name, key in index.guesses().items()}
    beyond = max(thief.beyond_chance(index, key) for key in index.guesses().values())
    best, wrong = (max(each[at] for each in guessed.values()) for at in (0, 1))
    figures = [
        _figure("share of the register found", best, 0.0, keyed_hash=found),
        _figure("... of strangers taken for found", wrong, 0.0, keyed_hash=mistaken),
        _figure("standard deviations beyond chance, first bits of tags", beyond, SIGMAS),
        _figure("share found once the epoch's key has leaked, too", leaked[0]),
    ]
    guesses = sum(map(len, thief.members)) + sum(map(len, thief.strangers))
    note = f"{len(held):,} persons held, {len(others):,} others; {guesses:,} guesses under each of {len(guessed)}: "
    return Result(name="dictionary", figures=figures, notes=[note + ", ".join(guessed)])


def _figure(name: str, ours: float, bar: float | None = None, **peers: float) -> Figure:
    shown = {peer.replace("_", " "): share for peer, share in peers.items()}
    return Figure(name=name, ours=ours, bar=bar, more_is_better=False, peers=shown, checked=False)


def keys_of(register: Path) -> list[list[bytes]]:
    """Return the match keys of each record as a holder makes them: what stands in an index."""
    batch = inside.key_maker().batch(list(product.read_lines(register)), "holder")
    return [[key for key, _ in keys] for keys in batch.records()]


def ids(register: Path) -> list[str]:
    """Return the ids of a register's records."""
    return [str(record["id"]) for record in product.read_records(register)]


def keyed_hash(key: bytes) -> bytes:
    """Return what a scheme of hashes under a shared key puts into an index."""
    return hmac.digest(SHARED_KEY, key, "sha256")[:TAG_BYTES]


def keyed_hashes(held: Persons) -> set[bytes]:
    """Return an index of keyed hashes."""
    return {keyed_hash(key) for keys in held for key in keys}


@dataclass(frozen=True)
class SealedRegister:
    """A sealed index, with the key under which it was made.

    Attributes:
        notches: all that is published of the register.
        key: the epoch's secret key; a thief does not have it.
    """

    notches: bytes = field(repr=False)
    key: Any = field(repr=False)

    @classmethod
    def of(cls, held: Persons) -> "SealedRegister":
        """Seal the keys of persons, as a holder does."""
        oprf, exchange = inside.oprf(), inside.exchange()
        key = oprf.SecretKey.derive_key_pair(oprf.Suite.RISTRETTO255_SHA512, oprf.Mode.VOPRF, os.urandom(32), b"bench")
        numbers = array("I", [number for number, keys in enumerate(held) for _ in keys])
        builder = exchange.ledger.Builder()
        builder.add_outputs(_evaluated(key, [each for keys in held for each in keys]), numbers)
        handles = exchange.key_secrets.new_handles(len(held), os.urandom(32))
        return cls(bytes(builder.build(handles, QUANTUM, os.urandom(32)).ledger.notches), key)

    def guesses(self) -> dict[str, Any]:
        """Return what a thief can try in the place of the key: none of it is the key."""
        oprf = inside.oprf()

        def derived(seed: bytes) -> Any:  # noqa: ANN401
            return oprf.SecretKey.derive_key_pair(oprf.Suite.RISTRETTO255_SHA512, oprf.Mode.VOPRF, seed, b"bench")

        public = self.key.public_key
        return {
            "a key of its own": derived(os.urandom(32)),
            "a key from a seed of zeros": derived(bytes(32)),
            "a key from the public key": derived(public),
            "a key from the circle's shared one": derived(hashlib.sha256(SHARED_KEY).digest()),
            "no key": None,
        }


class Thief:
    """Whoever has an index and a dictionary of persons."""

    def __init__(self, members: Persons, strangers: Persons) -> None:
        """Take the dictionary: `members` are in the register, what the thief does not know; `strangers` are not."""
        self.members = members
        self.strangers = strangers

    def tries_hashes(self, index: set[bytes]) -> tuple[float, float]:
        """Return the shares of members and of strangers found in an index of keyed hashes, by a member of the circle."""
        return self._shares(lambda persons: [any(keyed_hash(key) in index for key in keys) for keys in persons])

    def opens(self, index: SealedRegister, key: Any) -> tuple[float, float]:  # noqa: ANN401
        """Return the shares of members and of strangers found in a sealed index, the dictionary being evaluated under a key."""
        sealed = inside.exchange().index.SealedIndex(index.notches)

        def found(persons: Persons) -> list[bool]:
            opened = {one.position for one in sealed.open(_secrets(key, persons))}
            ends = accumulate(map(len, persons), initial=0)
            return [not opened.isdisjoint(range(*place)) for place in pairwise(ends)]

        return self._shares(found)

    def beyond_chance(self, index: SealedRegister, key: Any) -> float:  # noqa: ANN401
        """Return by how many standard deviations members' tags resemble those of the index more than strangers' do.

        So few bits of a tag are looked at that one in sixteen is in the index by chance: often enough to be counted.
        """
        exchange = inside.exchange()
        tags = [notch[:TAG_BYTES] for notch in exchange.key_secrets.rows(index.notches, 15)]
        bits = len(tags).bit_length() + 4

        def first_bits(tag: bytes) -> int:
            return int.from_bytes(tag, "big") >> 8 * TAG_BYTES - bits

        held = set(map(first_bits, tags))
        expected = len(held) / (1 << bits)

        def seen(keys: set[bytes]) -> tuple[int, int]:
            secrets = exchange.key_secrets.rows(_secrets(key, [sorted(keys)]), 32)
            return sum(first_bits(exchange.key_secrets.notch(each, 0, bytes(7))[:TAG_BYTES]) in held for each in secrets), len(
                keys
            )

        members, strangers = ({key for keys in persons for key in keys} for persons in (self.members, self.strangers))
        (inside_, of_members), (outside, of_strangers) = seen(members - strangers), seen(strangers - members)
        spread = math.sqrt(expected * (1 - expected) * (1 / of_members + 1 / of_strangers))
        return abs(inside_ / of_members - outside / of_strangers) / spread

    def _shares(self, found: Callable[[Persons], list[bool]]) -> tuple[float, float]:
        members, strangers = found(self.members), found(self.strangers)
        return sum(members) / len(members), sum(strangers) / len(strangers)


def _evaluated(key: Any, inputs: Sequence[bytes]) -> bytes:  # noqa: ANN401
    oprf = inside.oprf()
    outputs: bytes = oprf.Server(oprf.Suite.RISTRETTO255_SHA512, oprf.Mode.VOPRF, key).evaluate_batch(list(inputs))
    return outputs


def _secrets(key: Any, persons: Persons) -> bytes:  # noqa: ANN401
    """Return key secrets of all keys of persons, under a key or, without one, of the bare hash."""
    inputs = [each for keys in persons for each in keys]
    outputs = _evaluated(key, inputs) if key is not None else b"".join(hashlib.sha512(each).digest() for each in inputs)
    secrets: bytes = inside.exchange().key_secrets.key_secrets(outputs)
    return secrets
