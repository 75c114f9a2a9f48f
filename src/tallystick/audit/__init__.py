"""A tamper-evident log: entries, Merkle tree, signed checkpoints, proofs, cosignatures. No I/O, no clock.

    entries        what a log says, and its one writing in bytes
    commitments    a query, committed to with a salt that is kept elsewhere
    tree, tiles    RFC 9162's tree; the files it is kept in
    notes, checkpoints    signed text; the head of a log
    proofs, verification  one entry shown to be in a log; a whole log checked
    witnessing     what a witness answers

Spec: spec/audit-log-v1.md.
"""

from tallystick.audit.checkpoints import Checkpoint, SignedCheckpoint, Trust, sign_checkpoint, verify_checkpoint
from tallystick.audit.commitments import (
    Opening,
    commit,
    commit_all,
    decode_opening,
    encode_opening,
    opening_of,
    salt_of,
    verify_commitment,
)
from tallystick.audit.entries import AnyEntry, Entry, decode, encode
from tallystick.audit.notes import COSIGNATURE, ED25519, Note, SigningKey, VerifierKey, read_verifier_key
from tallystick.audit.proofs import ProvenEntry, prove_entry, verify_proof
from tallystick.audit.verification import VerifiedLog, verify_log

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "AnyEntry",
    "Checkpoint",
    "Entry",
    "Note",
    "Opening",
    "ProvenEntry",
    "SignedCheckpoint",
    "SigningKey",
    "Trust",
    "VerifiedLog",
    "VerifierKey",
    "commit",
    "commit_all",
    "decode",
    "decode_opening",
    "encode",
    "encode_opening",
    "opening_of",
    "prove_entry",
    "read_verifier_key",
    "salt_of",
    "sign_checkpoint",
    "verify_checkpoint",
    "verify_commitment",
    "verify_log",
    "verify_proof",
]
