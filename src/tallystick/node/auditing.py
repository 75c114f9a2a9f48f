"""Keeping an audit log, looking into one, and being a witness of others': the use cases and the ports they need.

Does no I/O: log, witness and files are passed in, and so is the time.

Rules
 1. Record, then send: what an entry says becomes visible only after `append` has returned.
 2. A witness stores what it cosigned before anybody gets the cosignature.
 3. A witness that has seen more of a log than its owner has is evidence, not an inconvenience: IntegrityError.

Spec: spec/audit-log-v1.md, sections 5 to 8.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tallystick.audit.checkpoints import Checkpoint, SignedCheckpoint, Trust, decode_checkpoint, verify_checkpoint
from tallystick.audit.entries import AnyEntry, Entry, WitnessCosigned, decode
from tallystick.audit.notes import Note, SigningKey, VerifierKey, decode_note
from tallystick.audit.proofs import prove_entry
from tallystick.audit.tiles import MAX_BUNDLE_BYTES, WIDTH, Read, Tile, TiledTree, read_bundle
from tallystick.audit.tree import consistency_proof
from tallystick.audit.verification import read_checkpoint
from tallystick.audit.witnessing import CONFLICT, OK, Answer, Request, answer, origin_of, take_cosignatures
from tallystick.errors import IntegrityError, RefusedError, RemoteProtocolError

_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n\Z")


class LogFiles(Protocol):
    """The files of a log, ours or another's."""

    def read(self, path: str, most: int) -> bytes | None:
        """Return the bytes of a file; None when there is none (see `audit.tiles.Read`)."""
        ...

    def pending(self, size: int) -> list[bytes]:
        """Return the entries that a checkpoint of `size` entries does not cover yet."""
        ...


class AuditLog(Protocol):
    """A log of ours, open for writing."""

    @property
    def origin(self) -> str: ...
    @property
    def size(self) -> int: ...
    def append(self, entries: Sequence[Entry], /) -> int:
        """Record entries durably; return the index of the first."""
        ...

    def publish(self) -> Note:
        """Put everything under a checkpoint and return it."""
        ...

    def checkpoint(self) -> Note: ...
    def keep_cosignatures(self, note: Note, /) -> Note:
        """Keep further signatures under the newest checkpoint; RefusedError when it is not the newest any more."""
        ...

    def read(self, path: str, most: int, /) -> bytes | None: ...


class WitnessStore(Protocol):
    """What a witness cosigned last of each log."""

    def turn(self, origin: str, /) -> AbstractContextManager[None]:
        """Keep everybody else from answering for this log until the end of the block."""
        ...

    def last(self, origin: str, /) -> Note | None: ...
    def keep(self, origin: str, note: Note, /) -> None:
        """Store it durably."""
        ...


class Witness(Protocol):
    """A witness, however it is reached: C2SP tlog-witness, add-checkpoint."""

    def add_checkpoint(self, body: bytes, /) -> tuple[int, bytes]:
        """Send a request; return status and body of the answer."""
        ...


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry and its place.

    Attributes:
        index: from 0.
        entry: what it says.
        line: its bytes.
        is_covered: whether the log's checkpoint covers it.
    """

    index: int
    entry: AnyEntry
    line: bytes
    is_covered: bool = True


def cosign(
    store: WitnessStore,
    body: bytes,
    *,
    log_keys: Collection[VerifierKey],
    key: SigningKey,
    at: datetime,
    own_log: AuditLog | None = None,
) -> Answer:
    """Answer, as a witness, a request to cosign; what must be stored is stored when this returns.

    Args:
        store: what was cosigned last of each log.
        body: the request.
        log_keys: verifier keys of the logs this witness knows.
        key: what to cosign with.
        at: now.
        own_log: where the witness records what it cosigned, if it does.
    """
    origin = origin_of(body)
    if all(each.name != origin for each in log_keys):  # nothing is stored or locked for strangers
        return answer(body, None, log_keys=log_keys, key=key, at_s=int(at.timestamp()))
    with store.turn(origin):
        said = answer(body, store.last(origin), log_keys=log_keys, key=key, at_s=int(at.timestamp()))
        if said.cosigned is not None:
            if own_log is not None:
                own_log.append([_cosigned_entry(decode_checkpoint(said.cosigned.text), at)])
            store.keep(origin, said.cosigned)
        return said


def _cosigned_entry(checkpoint: Checkpoint, at: datetime) -> WitnessCosigned:
    return WitnessCosigned(time=at.replace(microsecond=0), log=checkpoint.origin, size=checkpoint.size, root=checkpoint.root)


def collect_cosignature(log: AuditLog, witness: Witness, keys: Collection[VerifierKey], *, old_size: int = 0) -> Note:
    """Have a witness cosign the newest checkpoint, and keep the cosignature; return the checkpoint with it.

    Args:
        log: our log, with a published checkpoint.
        witness: whom to ask.
        keys: its verifier keys.
        old_size: the size it cosigned last, as far as is known; it says so if that is wrong.

    Raises:
        RefusedError: it does not cosign.
        RemoteProtocolError: its answer cannot be read.
        IntegrityError: it has cosigned more than this log holds, or what it sent does not verify.
    """
    note = log.checkpoint()
    size = decode_checkpoint(note.text).size
    status, body = witness.add_checkpoint(_request(log, note, min(old_size, size)))
    if status == CONFLICT:
        status, body = witness.add_checkpoint(_request(log, note, _seen_size(body, size)))
    if status != OK:
        raise RefusedError(
            f"the witness does not cosign log {log.origin} (status {status})",
            hint="ask its operator whether it knows this log's key",
        )
    return log.keep_cosignatures(take_cosignatures(note, body, keys))


def _request(log: AuditLog, note: Note, old_size: int) -> bytes:
    size = decode_checkpoint(note.text).size
    return str(Request(old_size, tuple(consistency_proof(old_size, size, TiledTree(log.read, size))), note)).encode()


def _seen_size(body: bytes, size: int) -> int:
    found = _SIZE.match(body)
    if found is None:
        raise RemoteProtocolError("the witness does not say which size it cosigned last", hint="tell its operator")
    if int(found[1]) > size:
        raise IntegrityError(
            f"the witness has cosigned more than the {size} entries of this log",
            hint="if this log was restored from a copy, entries are lost: stop and ask for help",
        )
    return int(found[1])


def newest_checkpoint(files: LogFiles) -> Checkpoint:
    """Return what a log's checkpoint says; no signature is checked.

    Raises:
        IntegrityError: there is none, or it cannot be read.
    """
    return decode_checkpoint(decode_note(read_checkpoint(files.read)).text)


def entries(
    files: LogFiles, first: int, *, before: int | None = None, reverse: bool = False, holding: bytes = b""
) -> Iterator[LoggedEntry]:
    """Yield the entries of a log from index `first` on, pending ones included; `reverse`: the newest first, down to `first`.

    Args:
        files: of the log.
        first: index of the first entry.
        before: index of the first entry that is not wanted; bundles that hold no other are not read. None: there is no end.
        reverse: whether to begin with the newest.
        holding: bytes that a line must hold; others are passed over, undecoded.

    Raises:
        IntegrityError: a bundle or an entry is missing or damaged; tree and signatures are not checked.
    """
    size, waiting = _state(files)
    lines = [*enumerate(waiting, size)]
    wanted = range(first, size + len(waiting) if before is None else before)
    pending = [
        LoggedEntry(index, decode(line), line, is_covered=False) for index, line in lines if index in wanted and holding in line
    ]
    covered = range(first // WIDTH, -(-min(size, wanted.stop) // WIDTH))
    if reverse:
        yield from reversed(pending)
    for number in reversed(covered) if reverse else covered:
        found = [
            LoggedEntry(index, decode(line), line)
            for index, line in enumerate(_bundle(files.read, number, size, holding), number * WIDTH)
            if index in wanted and holding in line
        ]
        yield from reversed(found) if reverse else found
    if not reverse:
        yield from pending


def _state(files: LogFiles) -> tuple[int, list[bytes]]:
    """Return size and pending entries that belong together, though a writer may publish while we read.

    What a new checkpoint covers is pending no longer: an entry read under neither would be missed without a sign.
    """
    size = newest_checkpoint(files).size
    while True:
        try:
            waiting, damage = files.pending(size), None
        except IntegrityError as error:
            waiting, damage = [], error
        before, size = size, newest_checkpoint(files).size
        if size == before:
            if damage:
                raise damage
            return size, waiting


def _bundle(read: Read, number: int, size: int, holding: bytes) -> list[bytes]:
    """Return the lines of a bundle; none where no line holds what is sought."""
    tile = Tile(None, number, min(WIDTH, size - number * WIDTH))
    content = read(tile.path(), MAX_BUNDLE_BYTES) if holding else None
    return [] if content is not None and holding not in content else read_bundle(read, tile)


def prove(files: LogFiles, index: int, trust: Trust) -> tuple[str, SignedCheckpoint]:
    """Return the proof that an entry is in a log, and the checkpoint it is proven against.

    Raises:
        InputError: the log's checkpoint covers no such entry.
        IntegrityError: the log does not verify.
    """
    signed = verify_checkpoint(read_checkpoint(files.read), trust)
    return prove_entry(files.read, index, signed), signed
