"""Rehearse a private match: both sides of the exchange on one machine, with the code and the bytes of two nodes.

A asks in bulk, B holds. What is missing beside two nodes: TLS, signed requests, and the audit logs; nothing is kept. Pure of
I/O: chunks of native-format lines in, CSV rows out; clocks and randomness are passed in.

Rules
 1. What A finds it finds with what A would have: its own records, and bytes that B would send. That a handle is one of B's
    records only whoever rehearses knows; A would learn it by a redemption, hit by hit.
 2. A key that more records share than an index can hold (64) does not find the others: they are counted as left out.

Spec: spec/exchange-v1.md.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeVar

from tallystick.errors import RefusedError
from tallystick.exchange import index, ledger, manifest, requester, signing
from tallystick.exchange.agreement import BULK
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.key_secrets import HANDLE_BYTES, KeySecrets, concatenated, new_handles, rows
from tallystick.exchange.manifest import Chain, Manifest
from tallystick.exchange.requester import Hit, Question
from tallystick.exchange.responder import Query, Refusal, Responder
from tallystick.linkage.engine import BadLine, Chunks, DroppedValues, Side, csv_field
from tallystick.linkage.reading import Reading
from tallystick.matching import KeyMaker, Parameters, default_parameters
from tallystick.matching.parameter_text import key_threshold
from tallystick.node.batching import BULK_KEYS, KEYED_TOGETHER, batches
from tallystick.node.context import Report, silent
from tallystick.node.offering import BATCH
from tallystick.node.rehearsed_circle import ASKER, EPOCH, HOLDER, QUANTUM, Rehearsed, rehearsed_circle
from tallystick.oprf import Blinds, Client, Mode, Suite

HEADER = b"id_a,id_b,weight_bits\n"
_TENTHS = 10
_ROWS = 5_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a rehearsal needs from outside.

    Attributes:
        now_s: the moment, in seconds since 1970.
        cpu_s: processor seconds this process has used so far, all threads together.
        random: secure random bytes.
    """

    now_s: int
    cpu_s: Callable[[], float]
    random: Callable[[int], bytes]


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """What both sides did and would learn; complete once the rows are exhausted.

    Attributes:
        threshold_bits: what shared evidence must weigh at least (T).
        records_a, records_b, bad_a, bad_b: as read.
        keys_a, keys_b: match keys of A as asker, of B as holder; a key that two records share counts twice.
        without_key_a, without_key_b: records that have none: A cannot ask about them, B's cannot be found.
        cut_a, cut_b: records whose keys were cut by the cap on keys.
        left_out: times that a record of B is not under one of its keys, because too many share it.
        index_notches, index_bytes, manifest_bytes: what A fetches of B, whatever it asks.
        requests, points: what B learns of A's questions, padding included.
        request_bytes, response_bytes: bodies, without what TLS and headers add.
        hits: pairs (record of A, handle of B): what A learns.
        found_a, found_b: records in them.
        cpu_s_a, cpu_s_b: processor seconds.
    """

    threshold_bits: float
    records_a: int = 0
    records_b: int = 0
    bad_a: int = 0
    bad_b: int = 0
    keys_a: int = 0
    keys_b: int = 0
    without_key_a: int = 0
    without_key_b: int = 0
    cut_a: int = 0
    cut_b: int = 0
    left_out: int = 0
    index_notches: int = 0
    index_bytes: int = 0
    manifest_bytes: int = 0
    requests: int = 0
    points: int = 0
    request_bytes: int = 0
    response_bytes: int = 0
    hits: int = 0
    found_a: int = 0
    found_b: int = 0
    cpu_s_a: float = 0.0
    cpu_s_b: float = 0.0


@dataclass(slots=True)
class _Holder:
    """B after it has published."""

    made: Rehearsed
    manifest: bytes = b""
    segments: list[bytes] = field(default_factory=list, repr=False)
    handles: list[bytes] = field(default_factory=list, repr=False)


class Rehearsing:
    """One rehearsal. Write every chunk of `rows()`, then look at `summary`, `bad` and `dropped_values`."""

    def __init__(
        self, a: Chunks, b: Chunks, machine: Machine, *, parameters: Parameters | None = None, report: Report = silent
    ) -> None:
        """Take in what will be rehearsed.

        Args:
            a: the register of the asker.
            b: the register of the holder.
            machine: the world outside.
            parameters: the parameter set of both, with the threshold of the circle.
            report: told how far it is.
        """
        chosen = parameters or default_parameters()
        self._chunks: dict[Side, Chunks] = {"a": a, "b": b}
        self._parameters = chosen
        self._machine = machine
        self._report = report
        self._reading = Reading(chosen, report)
        self._keys = KeyMaker(chosen)
        self.summary = Rehearsal(threshold_bits=key_threshold(chosen) / _TENTHS)

    def rows(self) -> Iterator[bytes]:
        """Read, publish, fetch, ask; yield the header and then a row for each hit, by records of A, then by ids of B.

        Raises:
            InputError: a side breaks off.
        """
        for side in ("a", "b"):
            with self._by(side):
                self._reading.read(side, self._chunks[side])
        self._count_what_was_read()
        with self._by("b"):
            holder = self._publish(rehearsed_circle(self._parameters, self._machine.now_s, self._machine.random))
        with self._by("a"):
            said, sealed = self._fetch(holder)
        secrets = self._ask(holder, said)
        with self._by("a"):
            self._report("looking up", 0, 0)
            found = requester.hits(sealed, secrets)
        yield HEADER
        yield from self._told(found, holder.handles)

    @property
    def bad(self) -> list[BadLine]:
        """Lines that were no record: side, line number, reason."""
        return self._reading.bad

    @property
    def dropped_values(self) -> list[DroppedValues]:
        """What could not be read and is taken for unknown, of which records."""
        return self._reading.dropped_values()

    # --- the holder --------------------------------------------------------------------------------------------------

    def _publish(self, made: Rehearsed) -> _Holder:
        """Seal B's register, and sign what B says about it."""
        count = len(self._reading.lines("b"))
        handles = new_handles(count, self._machine.random(ledger.SEED_BYTES))
        built = self._sealed(made).build(handles, QUANTUM, self._machine.random(ledger.SEED_BYTES))
        notches = memoryview(built.ledger.notches)
        self.summary.left_out = len(built.left_out)
        holder = _Holder(made, signing.encode_signed(made.manifest(notches, count)))
        holder.segments = [bytes(part) for part in index.segments(notches)]
        holder.handles = list(rows(handles, HANDLE_BYTES))
        return holder

    def _sealed(self, made: Rehearsed) -> ledger.Builder:
        lines = self._reading.lines("b")
        builder = ledger.Builder()
        for start in range(0, len(lines), BATCH):
            self._report("sealing", start, len(lines))
            batch = self._keys.batch(lines[start : start + BATCH], "holder")
            numbers = array("I", [start + at for at in range(len(batch.record_ends)) for _ in batch.range_of(at)])
            if numbers:
                builder.add_outputs(made.server.evaluate_batch([batch.key(at) for at in range(len(batch))]), numbers)
            self.summary.keys_b += len(batch)
            self.summary.cut_b += sum(map(bool, batch.cut))
            self.summary.without_key_b += len(batch.record_ends) - len(set(numbers))
        return builder

    def _answer(self, responder: Responder, holder: _Holder, body: bytes) -> bytes:
        """Return what B sends to a request of A.

        Raises:
            RefusedError: B would refuse it.
        """
        name, now_s = holder.made.circle.agreement.circle, self._machine.now_s
        query = Query(member=ASKER, circle=name, epoch=EPOCH, purpose=BULK, officer="rehearsal", body=body)
        admitted = responder.admit(query, now_s)
        answer = admitted if isinstance(admitted, Refusal) else responder.evaluate(admitted)
        if isinstance(answer, Refusal):
            raise RefusedError(f"b would refuse a request: {answer.problem}", hint="rehearse with smaller registers")
        responder.recorded(answer)
        return answer.body

    # --- the asker ---------------------------------------------------------------------------------------------------

    def _fetch(self, holder: _Holder) -> tuple[Manifest, SealedIndex]:
        """Verify what B says about its index, and the index."""
        signed = signing.decode_signed(holder.manifest, manifest.MAX_MANIFEST_BYTES)
        _, said = Chain().after(signed, holder.made.circle, HOLDER, self._machine.now_s)
        base = b"".join(holder.segments)
        manifest.check_base(said.base, [index.leaf(part) for part in holder.segments], base)
        sealed = SealedIndex(base)
        self.summary.index_notches, self.summary.index_bytes = len(sealed), len(base)
        self.summary.manifest_bytes = len(holder.manifest)
        return said, sealed

    def _ask(self, holder: _Holder, said: Manifest) -> KeySecrets:
        """Have B evaluate the keys of all records of A."""
        client = Client(Suite(said.suite), Mode.VOPRF, bytes.fromhex(said.public_key))
        responder = holder.made.responder()
        lines = self._reading.lines("a")
        secrets: list[KeySecrets] = []
        done, filled = 0, batches(self._keyed(lines), BULK_KEYS)
        while (batch := self._next(filled)) is not None:
            self._report("asking", done, len(lines))
            with self._by("a"):
                questions = requester.ask(batch.asked(done), client, said.suite, self._machine.random, bulk=True)
            while (question := self._next(questions)) is not None:
                with self._by("b"):
                    body = self._answer(responder, holder, question.body)
                with self._by("a"):
                    secrets.append(question.take(body, said.epoch))
                self._count(question, body)
            done += len(batch.records)
        with self._by("a"):
            return concatenated(secrets)

    def _next(self, made: Iterator[_T]) -> _T | None:
        with self._by("a"):  # keys are made and blinded here
            return next(made, None)

    def _keyed(self, lines: Sequence[bytes]) -> Iterator[tuple[int, list[tuple[bytes, int]]]]:
        """Yield the number of each record of A with its keys."""
        for start in range(0, len(lines), KEYED_TOGETHER):
            batch = self._keys.batch(lines[start : start + KEYED_TOGETHER], "asker")
            self.summary.keys_a += len(batch)
            self.summary.cut_a += sum(map(bool, batch.cut))
            for number, keys in enumerate(batch.records(), start):
                self.summary.without_key_a += not keys
                yield number, keys

    # --- what is told ------------------------------------------------------------------------------------------------

    def _told(self, found: list[Hit], handles: list[bytes]) -> Iterator[bytes]:
        number_of = {handle: number for number, handle in enumerate(handles)}
        pairs = [(hit.record, number_of[hit.handle], hit.weight_tenths) for hit in found]
        self.summary.hits = len(pairs)
        self.summary.found_a, self.summary.found_b = (len({pair[at] for pair in pairs}) for at in (0, 1))
        id_of = self._reading.record_id
        named = sorted((a, id_of("b", b), tenths) for a, b, tenths in pairs)
        lines = (f"{csv_field(id_of('a', a))},{csv_field(b)},{tenths / _TENTHS:.1f}\n" for a, b, tenths in named)
        while batch := list(islice(lines, _ROWS)):
            yield "".join(batch).encode()

    def _count(self, question: Question[Blinds], body: bytes) -> None:
        self.summary.requests += 1
        self.summary.points += len(question)
        self.summary.request_bytes += len(question.body)
        self.summary.response_bytes += len(body)

    def _count_what_was_read(self) -> None:
        read = self._reading.summary()
        self.summary.records_a, self.summary.records_b = read.records_a, read.records_b
        self.summary.bad_a, self.summary.bad_b = read.bad_a, read.bad_b

    @contextmanager
    def _by(self, side: Literal["a", "b"]) -> Iterator[None]:
        """Charge what happens inside to a side."""
        started = self._machine.cpu_s()
        yield
        used = self._machine.cpu_s() - started
        if side == "a":
            self.summary.cpu_s_a += used
        else:
            self.summary.cpu_s_b += used
