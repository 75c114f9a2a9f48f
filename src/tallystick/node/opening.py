"""Opens the log's commitments for a supervisor: that this entry is about this person, and nothing about other entries.

Rules
 1. One entry at a time, one record of it at a time.
 2. What is handed out was checked against the entry first.

Spec: spec/audit-log-v1.md, section 4.
"""

from dataclasses import dataclass, field

import msgspec

from tallystick.audit import Opening, commit, opening_of, salt_of
from tallystick.errors import InputError
from tallystick.node.context import NodeContext
from tallystick.node.exchange_ports import QueryRow, SaltRow

_DIGEST_BYTES = 32
Place = tuple[str, str]


class _HasId(msgspec.Struct):
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Whom an entry is about.

    Attributes:
        about: own records it is about, register and id; empty of a person asked for by hand.
        query: number of the question by hand; 0 for own records.
        officer, reason: who asked for the person by hand, and why.
        opening: what opens the entry for the person, or for the one record that was named or is the only one; else None.
        line: that person or record as it was asked for; empty where the record is not as it was.
    """

    about: tuple[Place, ...] = ()
    query: int = 0
    officer: str = ""
    reason: str = field(default="", repr=False)
    opening: Opening | None = None
    line: bytes = field(default=b"", repr=False)


class Openings:
    """What opens the entries of one node."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node

    def open(self, circle: str, request: bytes, commitment: bytes, record: Place | None = None) -> Opened:
        """Open an entry.

        Args:
            circle: of the entry.
            request: hash of the request, as the entry holds it.
            commitment: as the entry holds it.
            record: which of the own records it is about; needed where there are several.

        Raises:
            InputError: nothing is kept that opens it, or it is about other records.
        """
        kept = self._node.state.salts(request)
        if kept:
            return self._of_records(kept, record)
        for row in self._node.state.queries(circle):
            salt = salt_of(row.secret, request)
            if commit(salt, row.line) == commitment:
                return _of_person(row, Opening(salt))
        raise InputError(
            "nothing is kept here that opens this entry",
            hint="is it this node's? what opens an entry is forgotten after the retention",
        )

    def _of_records(self, kept: SaltRow, record: Place | None) -> Opened:
        if record is None and len(kept.records) > 1:
            return Opened(about=kept.records)
        place = record or kept.records[0]
        if place not in kept.records:
            raise InputError("the entry is not about that record", hint="without --record it is said which it is about")
        index = kept.records.index(place)
        commitments = [kept.commitments[at : at + _DIGEST_BYTES] for at in range(0, len(kept.commitments), _DIGEST_BYTES)]
        salt = salt_of(kept.secret, kept.request, index)
        line = self._line(place)
        if not line or commit(salt, line) != commitments[index]:
            line = b""  # it was changed or removed since; whoever has it as it was can still check it
        return Opened(about=kept.records, opening=opening_of(commitments, index, salt), line=line)

    def _line(self, place: Place) -> bytes:
        register, record_id = place
        lines = self._node.records.lines(register)
        return next((line for line in lines if msgspec.json.decode(line, type=_HasId).id == record_id), b"")


def _of_person(row: QueryRow, opening: Opening) -> Opened:
    return Opened(query=row.id, officer=row.officer, reason=row.reason, opening=opening, line=row.line)
