"""Checkpoints while partners cosign: none takes the place of one that is being cosigned."""

from pathlib import Path

import pytest

from lib.nodes import Node, nodes
from tallystick.audit.entries import Other
from tallystick.errors import PeerUnavailableError
from tallystick.wiring import now


class Busy:
    """A partner that takes its time: meanwhile something is recorded, and covered if it may be."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.changed = False

    def submit(self, _path: str, _body: bytes, *, most_bytes: int) -> tuple[int, bytes]:
        assert most_bytes > 0
        witness = self.node.open.witness
        before = witness.checkpoint()
        recorded(self.node)
        witness.cover()
        self.changed = witness.checkpoint() != before
        raise PeerUnavailableError("gone", hint="wait")


def recorded(node: Node) -> None:
    node.open.witness.record([Other(time=now().replace(microsecond=0), kind="note", text="x", document=None)])


def test_what_is_recorded_meanwhile_waits_for_the_next_checkpoint(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        witness, busy, partner = a.open.witness, Busy(a), b.card
        recorded(a)
        with pytest.raises(PeerUnavailableError):
            witness.collect(partner, busy)  # type: ignore[arg-type]  # only `submit` is asked of it
        assert not busy.changed
        before = witness.checkpoint()
        witness.cover()
        assert witness.checkpoint() != before, "then it is covered"
