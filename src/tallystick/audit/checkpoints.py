"""Checkpoints: what a log says about its whole tree, signed by the log and cosigned by witnesses.

Rules
 1. The text is the origin, the size in decimal, the root hash in base64, and extension lines if any; no line is empty.
 2. A checkpoint counts only with a signature of the log's own key, whose name is the origin.
 3. A cosignature counts if its key is a trusted witness's and its time lies within what is asked.
 4. Two checkpoints of one log with one size have one root; of two sizes, the smaller is the beginning of the larger.

Source: C2SP tlog-checkpoint, tlog-cosignature.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.audit.notes import (
    COSIGNATURE,
    ED25519,
    MAX_NAME_BYTES,
    Note,
    SigningKey,
    Verified,
    VerifierKey,
    decode_note,
    from_base64,
    is_key_name,
    to_base64,
    verify_note,
)
from tallystick.audit.tree import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from tallystick.errors import InputError, IntegrityError

_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z")
_LINES = 3
_HINT = "do not trust this log; keep the checkpoint as evidence and ask the log's owner"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log's tree. `str()` writes the text that is signed.

    Attributes:
        origin: which log.
        size: how many entries.
        root: 32 bytes.
        extensions: further lines, which mean nothing to us; our own logs write none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extensions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose signatures count, and which cosignatures are recent enough.

    Attributes:
        log: verifier keys of the log, ED25519; more than one while a log changes its key.
        witnesses: verifier keys of witnesses, COSIGNATURE.
        quorum: how many different witnesses must have cosigned.
        oldest_s: cosignatures before this time do not count (seconds since 1970).
        newest_s: nor do those after this time.
    """

    log: Sequence[VerifierKey]
    witnesses: Sequence[VerifierKey] = ()
    quorum: int = 0
    oldest_s: int | None = None
    newest_s: int | None = None

    def __post_init__(self) -> None:
        """Refuse what can never be fulfilled."""
        if not self.log or any(key.algorithm != ED25519 for key in self.log):
            raise InputError("no verifier key of the log is given", hint="give the log's own Ed25519 key")
        if any(key.algorithm != COSIGNATURE for key in self.witnesses):
            raise InputError("the key of a witness is no cosignature key", hint="give the key the witness cosigns with")
        if not 0 <= self.quorum <= len({key.public for key in self.witnesses}):
            raise InputError(f"{self.quorum} witnesses are asked for", hint="trust at least as many as must have cosigned")


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose signatures were checked.

    Attributes:
        checkpoint: what it says.
        note: as it was read.
        cosignatures: those of trusted witnesses that count.
    """

    checkpoint: Checkpoint
    note: Note
    cosignatures: tuple[Verified, ...] = ()


def decode_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        IntegrityError: it is none.
    """
    lines = text.split("\n")
    if len(lines) <= _LINES or lines.pop() or not all(lines):
        raise IntegrityError("this is no checkpoint: it has too few lines, or an empty one", hint=_HINT)
    origin, size, root = lines[0], lines[1], from_base64(lines[2])
    if len(origin.encode()) > MAX_NAME_BYTES:
        raise IntegrityError("the origin of a checkpoint is too long", hint=_HINT)
    if _SIZE.match(size) is None or int(size) > MAX_SIZE:
        raise IntegrityError("the size in a checkpoint is no number", hint=_HINT)
    if root is None or len(root) != HASH_BYTES:
        raise IntegrityError("the root hash in a checkpoint is no hash", hint=_HINT)
    return Checkpoint(origin, int(size), root, tuple(lines[_LINES:]))


def sign_checkpoint(size: int, root: bytes, key: SigningKey) -> Note:
    """Make and sign the checkpoint of the log that the key belongs to."""
    text = str(Checkpoint(key.name, size, root))
    return Note(text, (key.sign(text),))


def verify_checkpoint(content: bytes, trust: Trust) -> SignedCheckpoint:
    """Check the signatures of a checkpoint.

    Raises:
        IntegrityError: it is no checkpoint, it is not of a log whose key is given, one signature does not verify, or too few
            witnesses cosigned it in time.
    """
    note = decode_note(content)
    checkpoint = decode_checkpoint(note.text)
    own = [key for key in trust.log if key.name == checkpoint.origin]
    if not own:
        raise IntegrityError("the checkpoint is of another log than the verifier key", hint="check the key; " + _HINT)
    verified = verify_note(note, own)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise IntegrityError("an empty log has another root hash than the empty tree", hint=_HINT)
    verified += _of_witnesses(note, trust.witnesses)
    counted = tuple(each for each in verified if _counts(each, trust))
    if len({each.key.public for each in counted}) < trust.quorum:
        raise IntegrityError(
            f"{len({each.key.public for each in counted})} of {trust.quorum} witnesses cosigned the checkpoint in time",
            hint="ask the log's owner for a checkpoint that its witnesses have seen",
        )
    return SignedCheckpoint(checkpoint, note, counted)


def _of_witnesses(note: Note, witnesses: Sequence[VerifierKey]) -> tuple[Verified, ...]:
    ids = {(key.name, key.key_id) for key in witnesses}
    known = any((each.name, each.key_id) in ids for each in note.signatures)
    return verify_note(note, witnesses) if known else ()


def _counts(verified: Verified, trust: Trust) -> bool:
    at_s = verified.at_s
    if at_s is None:
        return False
    return (trust.oldest_s is None or at_s >= trust.oldest_s) and (trust.newest_s is None or at_s <= trust.newest_s)


def check_origin(origin: str) -> None:
    """Check that a text can be the origin of one of our logs: it is the name of its key, too.

    Raises:
        InputError: it cannot.
    """
    if not is_key_name(origin):
        raise InputError("the origin of a log is not usable", hint="write it like node.example/audit: no spaces, no plus sign")
