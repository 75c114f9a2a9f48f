"""A proof that one entry is in a log: a text that can be checked offline, with the log's verifier key and nothing else.

Rules
 1. The form is that of C2SP tlog-proof; the extra data is the entry itself, so that the proof says what it proves.
 2. The extra data is believed only after its hash has led to the root of a checkpoint that verifies.

Source: C2SP tlog-proof. Spec: spec/audit-log-v1.md, section 6.
"""

import re
from dataclasses import dataclass

from tallystick.audit.checkpoints import SignedCheckpoint, Trust, verify_checkpoint
from tallystick.audit.entries import AnyEntry, decode
from tallystick.audit.notes import MAX_NOTE_BYTES, from_base64, to_base64
from tallystick.audit.tiles import MAX_ENTRY_BYTES, WIDTH, Read, Tile, TiledTree, read_bundle
from tallystick.audit.tree import HASH_BYTES, MAX_PROOF_HASHES, inclusion_proof, leaf_hash, verify_inclusion
from tallystick.errors import InputError, IntegrityError

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_ENTRY_BYTES + 64 * MAX_PROOF_HASHES
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})\Z")
_EXTRA = "extra "
_HINT = "do not trust it; ask the log's owner for another"


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry that is in a log.

    Attributes:
        index: its place in the log, from 0.
        entry: what it says.
        signed: the checkpoint it is proven against.
    """

    index: int
    entry: AnyEntry
    signed: SignedCheckpoint


def read_entry(read: Read, index: int, size: int) -> bytes:
    """Read one entry of a log of `size` entries; nothing is verified.

    Raises:
        InputError: the log has no such entry.
        IntegrityError: its bundle is missing or damaged.
    """
    if not 0 <= index < size:
        raise InputError(f"there is no entry {index} in a log of {size}", hint="entries are counted from 0")
    number = index // WIDTH
    return read_bundle(read, Tile(None, number, min(WIDTH, size - number * WIDTH)))[index % WIDTH]


def prove_entry(read: Read, index: int, signed: SignedCheckpoint) -> str:
    """Return the proof that an entry is in a log.

    Raises:
        InputError: the log has no such entry.
        IntegrityError: the log's tiles do not lead to the root of the checkpoint.
    """
    checkpoint = signed.checkpoint
    entry = read_entry(read, index, checkpoint.size)
    path = inclusion_proof(index, checkpoint.size, TiledTree(read, checkpoint.size))
    verify_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root)
    lines = [HEADER, _EXTRA + to_base64(entry), f"index {index}", *map(to_base64, path), "", str(signed.note)]
    return "\n".join(lines)


def verify_proof(content: bytes, trust: Trust) -> ProvenEntry:
    """Check a proof and return what it proves.

    Raises:
        IntegrityError: it is no proof, or does not verify.
    """
    index, entry, path, note = _parts(content)
    signed = verify_checkpoint(note, trust)
    verify_inclusion(leaf_hash(entry), index, signed.checkpoint.size, path, signed.checkpoint.root)
    return ProvenEntry(index, decode(entry), signed)


def _parts(content: bytes) -> tuple[int, bytes, list[bytes], bytes]:
    head, blank, note = content.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        lines = []
    index = _INDEX.match(lines[2]) if len(lines) > 2 else None  # noqa: PLR2004  header, extra, index
    if len(content) > MAX_PROOF_BYTES or not blank or index is None or lines[0] != HEADER or not lines[1].startswith(_EXTRA):
        raise IntegrityError("this is no proof of an entry", hint=_HINT)
    entry = from_base64(lines[1].removeprefix(_EXTRA))
    if entry is None:
        raise IntegrityError("the entry in the proof cannot be read", hint=_HINT)
    return int(index[1]), entry, decode_hashes(lines[3:]), note


def decode_hashes(lines: list[str]) -> list[bytes]:
    """Read the hashes of a proof, one in a line.

    Raises:
        IntegrityError: a line is no hash, or there are more than a proof can have.
    """
    hashes = [found for line in lines if (found := from_base64(line)) is not None and len(found) == HASH_BYTES]
    if len(hashes) != len(lines) or len(lines) > MAX_PROOF_HASHES:
        raise IntegrityError("a line of the proof is no hash, or there are too many", hint=_HINT)
    return hashes
