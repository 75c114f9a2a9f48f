"""Remembers beside an audit log how far it had grown, so that one that is put back, or begun anew, is noticed by its own node.

Whoever can write the whole folder of a node can put all of it back; that, only others' cosignatures show.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tallystick.adapters.audit_folder import AuditFolder
from tallystick.adapters.node_state import SqliteNodeState
from tallystick.audit.checkpoints import SignedCheckpoint, decode_checkpoint
from tallystick.audit.notes import Note, decode_note
from tallystick.audit.verification import verify_growth
from tallystick.errors import IntegrityError

_HEAD = "log-head"


@contextmanager
def remembered_head(state: SqliteNodeState, log: AuditFolder) -> Iterator[None]:
    """Check that a log grew out of what it was when its node had it last; remember what it is at the end of the block.

    Raises:
        IntegrityError: it did not.
    """
    kept = state.value(_HEAD)
    if kept:
        _check(decode_note(kept), log)
    try:
        yield
    finally:
        state.put_value(_HEAD, str(log.checkpoint()).encode())


def _check(kept: Note, log: AuditFolder) -> None:
    before = decode_checkpoint(kept.text)
    note = log.checkpoint()
    now = SignedCheckpoint(decode_checkpoint(note.text), note)
    try:
        verify_growth(log.read, before.size, before.root, now)
    except IntegrityError:
        raise IntegrityError(
            f"the audit log, of {now.checkpoint.size} entries, is not what this node left it as, with {before.size}",
            hint="keep it as evidence, and put the folder of the node back as a whole, from one backup",
        ) from None
