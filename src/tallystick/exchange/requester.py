"""A requester, step by step: match keys in, request bytes out; response bytes in, key secrets and hits out.

Rules
 1. A question is answered once. Its blinds are forgotten with the first response, good or bad: a repetition is a new question.
 2. A response is used whole or not at all.
 3. Match keys are bytes whose meaning this module does not know; weights are the requester's own numbers.

Spec: spec/exchange-v1.md, sections 6 and 7.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from tallystick.errors import LocalProtocolError, VerifyError
from tallystick.exchange import messages
from tallystick.exchange.index import Opened, SealedIndex
from tallystick.exchange.key_secrets import OUTPUT_BYTES, SECRET_BYTES, KeySecrets, key_secrets

PADDING_BYTES: Final = 32
MAX_WEIGHT_TENTHS: Final = 0xFFFF

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


class Question(Generic[_B]):
    """One request under way. Shows nothing of what is asked."""

    def __init__(self, blinder: Blinder[_B], points: list[tuple[bytes, list[AskedKey]]], suite: str) -> None:
        """Blind the points; callers use `ask`."""
        self._blinder = blinder
        self._suite = suite
        self._asked = [asked for _, asked in points]
        blinds, blinded = blinder.blind_batch([key for key, _ in points])
        self._blinds: _B | None = blinds
        self.body = messages.encode_request(suite, blinded)

    def __len__(self) -> int:
        return len(self._asked)

    def __repr__(self) -> str:
        return f"Question({len(self)})"

    @property
    def records(self) -> list[int]:
        """Numbers of the own records that are asked about, in order."""
        return sorted({key.record for asked in self._asked for key in asked})

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
        return _secrets(self._asked, outputs)


def ask(
    keys: Iterable[AskedKey], blinder: Blinder[_B], suite: str, random: Random, *, bulk: bool = False
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
    points = _points(keys)
    for start in range(0, len(points), sizes[-1]):
        chunk = points[start : start + sizes[-1]]
        size = next(each for each in sizes if each >= len(chunk))
        padding: list[tuple[bytes, list[AskedKey]]] = [(random(PADDING_BYTES), []) for _ in range(size - len(chunk))]
        yield Question(blinder, _shuffled([*chunk, *padding], random), suite)


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


def _points(keys: Iterable[AskedKey]) -> list[tuple[bytes, list[AskedKey]]]:
    points: dict[bytes, list[AskedKey]] = {}
    for asked in keys:
        if not 0 <= asked.weight_tenths <= MAX_WEIGHT_TENTHS:
            raise LocalProtocolError("a key has a weight that cannot be")
        points.setdefault(asked.key, []).append(asked)
    return sorted(points.items(), key=lambda point: (-max(asked.weight_tenths for asked in point[1]), point[0]))


def _shuffled(points: list[tuple[bytes, list[AskedKey]]], random: Random) -> list[tuple[bytes, list[AskedKey]]]:
    """Every order as likely as the others, up to 2^-64: sorted by random numbers, drawn again if two are the same."""
    while True:
        drawn = [random(16) for _ in points]
        if len(set(drawn)) == len(drawn):
            return [point for _, point in sorted(zip(drawn, points, strict=True), key=lambda pair: pair[0])]


def _secrets(asked: list[list[AskedKey]], outputs: bytes) -> KeySecrets:
    if len(outputs) != len(asked) * OUTPUT_BYTES:
        raise VerifyError("a response gave not as many outputs as points")
    places = [(at, each) for at, keys in enumerate(asked) for each in keys]
    whole = key_secrets(outputs)
    return KeySecrets(
        b"".join(whole[at * SECRET_BYTES : (at + 1) * SECRET_BYTES] for at, _ in places),
        array("I", [each.record for _, each in places]),
        array("H", [each.weight_tenths for _, each in places]),
    )
