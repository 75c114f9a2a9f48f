"""A witness, as a state machine: what it last cosigned of each log, and its answer to a request to cosign more.

Does no I/O and keeps no clock: the caller passes what the witness knows of the log, stores what comes back, and only then sends
the answer (record, then send). Between reading and storing nobody else may answer for the same log.

Rules (C2SP tlog-witness, add-checkpoint; in the order in which they are checked)
 1. 400: the request cannot be read.
 2. 404: the log is unknown. 403: no good signature of it, or one that does not verify.
 3. 400: the old size is larger than the checkpoint's.
 4. 409: the old size is not that of the checkpoint cosigned last; the body says which size is.
 5. 422: an empty log with another root than the empty tree's; the proof does not show that the log only grew.
 6. 200: cosigned; the body is the cosignature.

Spec: spec/audit-log-v1.md, section 7.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tallystick.audit.checkpoints import Checkpoint, decode_checkpoint
from tallystick.audit.notes import (
    MAX_NOTE_BYTES,
    Note,
    SigningKey,
    VerifierKey,
    decode_note,
    decode_signatures,
    to_base64,
    verify_note,
    with_signatures,
)
from tallystick.audit.proofs import decode_hashes
from tallystick.audit.tree import EMPTY_ROOT, MAX_PROOF_HASHES, MAX_SIZE, verify_consistency
from tallystick.errors import IntegrityError

OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 400, 403, 404, 409, 422
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 64 * MAX_PROOF_HASHES
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})\Z")
_HINT = "keep the answer as evidence and ask the witness"


@dataclass(frozen=True, slots=True)
class Request:
    """A request to cosign.

    Attributes:
        old_size: size of the checkpoint that the witness is thought to have cosigned last; 0 when none.
        proof: consistency proof from there.
        note: the signed checkpoint to cosign.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        return "".join([f"old {self.old_size}\n", *(f"{to_base64(each)}\n" for each in self.proof), "\n", str(self.note)])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness says.

    Attributes:
        status: HTTP status.
        body: what is sent.
        content_type: how it is labelled.
        reason: why not, for the witness's own records; empty when it cosigned.
        origin: the log it is about; empty where none could be read, or none known.
        cosigned: what must be stored before the answer is sent: the checkpoint with the signatures of log and witness. None:
            nothing changed.
    """

    status: int
    body: bytes
    content_type: str = TEXT
    reason: str = ""
    origin: str = ""
    cosigned: Note | None = None


def origin_of(body: bytes) -> str:
    """Return which log a request is about, so that what is known of it can be looked up; empty when it cannot be read."""
    try:
        return decode_checkpoint(_decode(body).note.text).origin
    except IntegrityError:
        return ""


def answer(body: bytes, last: Note | None, *, log_keys: Collection[VerifierKey], key: SigningKey, at_s: int) -> Answer:
    """Answer a request.

    Args:
        body: the request, as it came.
        last: what the witness stored last for this log (see `origin_of`); None when it never cosigned it.
        log_keys: verifier keys of all logs this witness knows; the name of a key is the origin.
        key: what to cosign with.
        at_s: now, in seconds since 1970.
    """
    try:
        request = _decode(body)
        checkpoint = decode_checkpoint(request.note.text)
    except IntegrityError as error:
        return _refused(BAD_REQUEST, str(error))
    keys = [each for each in log_keys if each.name == checkpoint.origin]
    if not keys:
        return _refused(NOT_FOUND, "log is unknown")
    refusal = _distrusted(request, checkpoint, keys) or _refusal(request, checkpoint, last)
    if refusal:
        return refusal
    signature = key.cosign(request.note.text, at_s=at_s)
    own = tuple(each.signature for each in verify_note(request.note, keys))
    cosigned = Note(request.note.text, (*own, signature))
    return Answer(OK, str(signature).encode(), origin=checkpoint.origin, cosigned=cosigned)


def _decode(body: bytes) -> Request:
    if len(body) > MAX_REQUEST_BYTES:
        raise IntegrityError("request is too long", hint=_HINT)
    head, blank, note = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        lines = [""]
    old = _OLD.match(lines[0])
    if not blank or old is None or int(old[1]) > MAX_SIZE:
        raise IntegrityError("request does not begin with the old size", hint=_HINT)
    return Request(int(old[1]), tuple(decode_hashes(lines[1:])), decode_note(note))


def _distrusted(request: Request, checkpoint: Checkpoint, keys: Sequence[VerifierKey]) -> Answer | None:
    try:
        verify_note(request.note, keys)
    except IntegrityError as error:
        return _refused(FORBIDDEN, str(error), checkpoint)
    return None


def _refusal(request: Request, checkpoint: Checkpoint, last: Note | None) -> Answer | None:
    seen = Checkpoint(checkpoint.origin, 0, EMPTY_ROOT) if last is None else decode_checkpoint(last.text)
    if request.old_size > checkpoint.size:
        return _refused(BAD_REQUEST, "old size is larger than the checkpoint's", checkpoint)
    if request.old_size != seen.size:
        body = f"{seen.size}\n".encode()
        return Answer(CONFLICT, body, SIZE, f"old size is {request.old_size}, not {seen.size}", checkpoint.origin)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        return _refused(UNPROCESSABLE, "an empty log has another root hash than the empty tree", checkpoint)
    try:
        verify_consistency(seen.size, seen.root, checkpoint.size, checkpoint.root, request.proof)
    except IntegrityError as error:
        return _refused(UNPROCESSABLE, str(error), checkpoint)
    return None


def _refused(status: int, reason: str, checkpoint: Checkpoint | None = None) -> Answer:
    return Answer(status, f"{reason}\n".encode(), TEXT, reason, checkpoint.origin if checkpoint else "")


def take_cosignatures(note: Note, body: bytes, witnesses: Collection[VerifierKey]) -> Note:
    """Put what a witness answered (status 200) under the checkpoint it was asked to cosign.

    Args:
        note: the checkpoint that was sent.
        body: the answer.
        witnesses: verifier keys of the witnesses that are trusted; cosignatures of others are left out.

    Raises:
        IntegrityError: the answer is no cosignature, it does not verify, or none is by a trusted witness.
    """
    try:
        lines = body.decode() if len(body) <= MAX_NOTE_BYTES else ""
    except UnicodeDecodeError:
        lines = ""
    found = verify_note(Note(note.text, decode_signatures(lines)), witnesses)
    return with_signatures(note, [each.signature for each in found])
