"""A requester, step by step: match keys in, request bytes out; response bytes in, key secrets and hits out.

Rules
 1. A question is answered once. Its blinds are forgotten with the first response, good or bad: a repetition is a new question.
 2. A response is used whole or not at all.
 3. Match keys are bytes whose meaning this module does not know; weights are the requester's own numbers.

Spec: spec/exchange-v1.md, sections 6 and 7.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from tallystick.errors import LocalProtocolError, VerifyError
from tallystick.exchange import messages
from tallystick.exchange.index import Opened, SealedIndex
from tallystick.exchange.key_secrets import OUTPUT_BYTES, SECRET_BYTES, KeySecrets, key_secrets

PADDING_BYTES: Final = 32
_DRAWN_BYTES: Final = 16

Random = Callable[[int], bytes]
"""Gives so many random bytes: `os.urandom`, or a seeded one in tests."""
_B = TypeVar("_B")


class Blinder(Protocol[_B]):
    """Blinds and finalizes in VOPRF mode under one public key: `tallystick.oprf.Client` is one."""

    def blind_batch(self, inputs: Sequence[bytes]) -> tuple[_B, bytes]:
        """Blind inputs: what to keep, and what to send."""
        ...

    def finalize_batch(self, blinds: _B, evaluated: bytes, proof: bytes | None = None) -> bytes:
        """Return the outputs, once the proof verifies.

        Raises:
            DeserializeError: an element or the proof is none.
            VerifyError: the proof does not verify.
        """
        ...


class AskedKey(NamedTuple):
    """A match key to ask about: its bytes, its weight in tenths of a bit, the number of the own record it is of."""

    key: bytes
    weight_tenths: int
    record: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """An own record and a handle that share a match key.

    Attributes:
        record: number of the own record.
        handle: the handle, 7 bytes.
        weight_tenths: the greatest weight of the own keys that led to it.
        tags: tags of the notches found.
        secrets: key secrets that opened them, to look it up again after a delta.
    """

    record: int
    handle: bytes
    weight_tenths: int
    tags: tuple[bytes, ...] = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)


class AskedKeys:
    """Many match keys to ask about, in columns. Shows none of them.

    Attributes:
        keys: their bytes.
        weights: what each weighs, in tenths of a bit.
        records: number of the own record that each is of.
    """

    __slots__ = ("keys", "records", "weights")

    def __init__(self, keys: list[bytes], weights_tenths: Iterable[int], records: Iterable[int]) -> None:
        """Take columns of one length.

        Raises:
            LocalProtocolError: they are not, or a weight cannot be.
        """
        try:
            self.weights, self.records = array("H", weights_tenths), array("I", records)
        except OverflowError:
            raise LocalProtocolError("a key has a weight that cannot be") from None
        if not len(keys) == len(self.weights) == len(self.records):
            raise LocalProtocolError("not as many keys as weights and records")
        self.keys = keys

    @classmethod
    def of(cls, keys: Iterable[AskedKey]) -> "AskedKeys":
        """Return them in columns."""
        given = [*keys]
        return cls([each.key for each in given], [each.weight_tenths for each in given], [each.record for each in given])

    def __len__(self) -> int:
        return len(self.keys)

    def __repr__(self) -> str:
        return f"AskedKeys({len(self)})"


class Places(NamedTuple):
    """Which own keys a question is about: for each, the place of its point on the wire, its record and its weight."""

    points: "array[int]"
    records: "array[int]"
    weights: "array[int]"


class Question(Generic[_B]):
    """One request under way. Shows nothing of what is asked."""

    def __init__(self, blinder: Blinder[_B], inputs: list[bytes], places: Places, suite: str) -> None:
        """Blind the inputs, padding included; callers use `ask`."""
        self._blinder = blinder
        self._suite = suite
        self._places = places
        self._count = len(inputs)
        blinds, blinded = blinder.blind_batch(inputs)
        self._blinds: _B | None = blinds
        self.body = messages.encode_request(suite, blinded)

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"Question({len(self)})"

    @property
    def records(self) -> list[int]:
        """Numbers of the own records that are asked about, in order."""
        return sorted(set(self._places.records))

    def take(self, response: bytes, epoch: int) -> KeySecrets:
        """Verify a response, and return the key secrets of all that was asked.

        Args:
            response: the body.
            epoch: the one that was asked for.

        Raises:
            RemoteProtocolError: the response does not fit the request, holds something that is no element, or does not verify.
            LocalProtocolError: a response was taken before.
        """
        blinds, self._blinds = self._blinds, None
        if blinds is None:
            raise LocalProtocolError("a question takes one response", hint="ask again, with new blinds")
        said = messages.decode_response(response, self._suite, len(self), epoch)
        outputs = self._blinder.finalize_batch(blinds, said.evaluated, said.proof)
        if len(outputs) != len(self) * OUTPUT_BYTES:
            raise VerifyError("a response gave not as many outputs as points")
        secrets, at = key_secrets(outputs), SECRET_BYTES
        of_keys = b"".join([secrets[point * at : (point + 1) * at] for point in self._places.points])
        return KeySecrets(of_keys, self._places.records, self._places.weights)


def ask(
    keys: AskedKeys | Iterable[AskedKey], blinder: Blinder[_B], suite: str, random: Random, *, bulk: bool = False
) -> Iterator[Question[_B]]:
    """Yield the questions about match keys, the heaviest first. Of a whole register, hand in some thousand keys at a time.

    Args:
        keys: what to ask; a key that several records share is asked once.
        blinder: blinds under the responder's public key.
        suite: the suite of the agreement.
        random: source of padding and order.
        bulk: use the sizes that a bulk grant allows.
    """
    sizes = messages.BULK_SIZES if bulk else messages.SIZES
    given = keys if isinstance(keys, AskedKeys) else AskedKeys.of(keys)
    points, point_of, order = _points(given)
    for start in range(0, len(points), sizes[-1]):
        chunk = points[start : start + sizes[-1]]
        size = next(each for each in sizes if each >= len(chunk))
        wire = _shuffled(size, random)
        place = _inverse(wire)
        inputs = [*chunk, *(random(PADDING_BYTES) for _ in range(size - len(chunk)))]
        asked = order[bisect_left(order, start, key=point_of) : bisect_left(order, start + size, key=point_of)]
        places = Places(
            array("I", [place[point_of(at) - start] for at in asked]),
            array("I", map(given.records.__getitem__, asked)),
            array("H", map(given.weights.__getitem__, asked)),
        )
        yield Question(blinder, [inputs[at] for at in wire], places, suite)


def hits(index: SealedIndex, keys: KeySecrets) -> list[Hit]:
    """Look key secrets up, and return the hits by record, the heaviest first."""
    return grouped(index.open(keys.secrets), keys)


def grouped(opened: Iterable[Opened], keys: KeySecrets) -> list[Hit]:
    """Return what was opened as hits: one for each own record and handle."""

    def place(one: Opened) -> tuple[int, bytes]:
        return keys.records[one.position], one.handle

    found = [_hit(record, handle, list(each), keys) for (record, handle), each in groupby(sorted(opened, key=place), place)]
    return sorted(found, key=lambda hit: (hit.record, -hit.weight_tenths, hit.handle))


def _hit(record: int, handle: bytes, opened: list[Opened], keys: KeySecrets) -> Hit:
    positions = sorted({one.position for one in opened})
    return Hit(
        record,
        handle,
        max(keys.weights[at] for at in positions),
        tuple(sorted(one.tag for one in opened)),
        tuple(keys.secret(at) for at in positions),
    )


def _points(keys: AskedKeys) -> tuple[list[bytes], Callable[[int], int], list[int]]:
    """Return distinct keys, the heaviest first; which of them each asked key is; and the asked keys in that order."""
    heaviest = sorted(range(len(keys)), key=keys.weights.__getitem__, reverse=True)
    number: dict[bytes, int] = {}
    for key in map(keys.keys.__getitem__, heaviest):
        number.setdefault(key, len(number))
    point_of = array("I", map(number.__getitem__, keys.keys)).__getitem__
    return [*number], point_of, sorted(heaviest, key=point_of)


def _shuffled(count: int, random: Random) -> list[int]:
    """Every order as likely as the others, up to 2^-64: sorted by random numbers, drawn again if two are the same."""
    while True:
        raw = random(_DRAWN_BYTES * count)
        drawn = [raw[at : at + _DRAWN_BYTES] for at in range(0, len(raw), _DRAWN_BYTES)]
        if len(set(drawn)) == count:
            return sorted(range(count), key=drawn.__getitem__)


def _inverse(order: list[int]) -> list[int]:
    """Return at which place of an order each number stands."""
    places = [0] * len(order)
    for place, at in enumerate(order):
        places[at] = place
    return places
