"""The book of acts on reports: what was done, what it comes to, and the one door through which an act gets in.

Rules
 1. Check, then the entry in the audit log, then the act. After a kill between the two last ones the log says more than was done,
    never less, and the act is not there: whoever did it sees so and does it again.
 2. Acts done together are one entry and are kept all or none.
 3. Acts of another process of this node are seen before the next one is checked.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import IntegrityError
from tallystick.node.context import whole
from tallystick.node.reporting.ports import ActRow, ActsState, Shelf
from tallystick.reports.acts import Act, AnyAct, MentionFollowed, check_lengths
from tallystick.reports.judging import Judgements
from tallystick.reports.sharing_acts import SharingAct
from tallystick.reports.support import ReadLineage, Traces

SALT_BYTES: Final = 32
_AT_ONCE: Final = 1_000
_decoder: msgspec.json.Decoder[AnyAct | SharingAct] = msgspec.json.Decoder(AnyAct | SharingAct)
_encoder = msgspec.json.Encoder(order="sorted")


def decode_act(line: bytes) -> Act:
    """Read an act as it is kept.

    Raises:
        IntegrityError: it is none, or of a kind that only a newer version knows.
    """
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        hint = "take node.db from a backup, or update tallystick"
        raise IntegrityError("an act on a report cannot be read", hint=hint) from None


def document_of(salt: bytes, lines: Iterable[bytes]) -> bytes:
    """Return the digest by which the log knows acts, 32 bytes: salted, since a short reason could be guessed."""
    return hashlib.sha256(salt + b"\n".join(lines)).digest()


@dataclass(frozen=True, slots=True)
class Taken:
    """What acts came to: the number of the last one, and the assessments that are to be looked at again."""

    last: int
    look_again: tuple[int, ...]


class ActBook:
    """The acts of one node; safe for several threads."""

    def __init__(
        self,
        state: ActsState,
        shelf: Shelf,
        traces: Traces,
        record: Callable[[list[AnyEntry]], int],
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._state = state
        self._record = record
        self._random = random
        self._lock = threading.RLock()
        self._traces = traces
        self._lineage = ReadLineage(traces)
        self._turns = -1
        self._judged = Judgements(self._lineage)
        self._followed: set[int] = set()
        self.count = 0
        self.shelf = shelf
        self._now = now

    def now(self) -> datetime:
        """Return the time in whole seconds, UTC."""
        return whole(self._now())

    def followed(self) -> frozenset[int]:
        """Return the numbers of the mentions that something was made of; reads acts alone, and no report.

        Afterwards `count` says how many acts there are.
        """
        with self._lock:
            for row in self._state.report_acts(self.count):
                self.count += 1
                act = decode_act(row.line)
                if isinstance(act, MentionFollowed):
                    self._followed.add(act.mention)
            return frozenset(self._followed)

    def judgements(self) -> Judgements:
        """Return what all acts come to, those of other processes included."""
        with self._lock:
            self._follow_shelf()
            for row in self._state.report_acts(self._judged.count):
                self._judged.apply(decode_act(row.line))
            return self._judged

    def take(self, acts: Sequence[Act]) -> Taken:
        """Do acts, in their order, all or none.

        Raises:
            as `Judgements.check`.
        """
        return self.take_made(lambda: acts)

    def take_made(self, make: Callable[[], Sequence[Act]]) -> Taken:
        """Do acts that are made in the transaction that keeps them, with whatever else `make` stores in it.

        Raises:
            as `Judgements.check`.
        """
        self.judgements()  # what is long to read is read before others are kept from writing
        with self._lock, self._state.together():
            judged = self.judgements()
            try:
                acts = make()
                for act in acts:
                    check_lengths(act)
                reached = [number for act in acts for number in judged.take(act)]
                self._keep(acts)
            except BaseException:
                self._judged = Judgements(self._lineage)  # what was applied is undone by reading what is kept
                raise
            return Taken(judged.count, tuple(dict.fromkeys(reached)))

    def _follow_shelf(self) -> None:
        """Trace what came; where one went, or came between others, it is found out anew whose text is derived."""
        turns = self.shelf.turns()
        if turns != self._turns and not self._is_in_order():
            self._traces.clear()
            self._judged = Judgements(self._lineage)
        self._turns, start = turns, len(self._traces)
        while some := self.shelf.ids(start, _AT_ONCE):
            for each in some:
                self._lineage.add(each, self.shelf.reading(each))
            start += len(some)

    def _is_in_order(self) -> bool:
        """Tell whether what is traced is what came first, in its order."""
        places = range(0, len(self._traces), _AT_ONCE)
        traced = ((start, self._traces.ids(start, _AT_ONCE)) for start in places)
        return all(some == self.shelf.ids(start, len(some)) for start, some in traced)

    def _keep(self, acts: Sequence[Act]) -> None:
        lines = [_encoder.encode(act) for act in acts]
        salt = self._random(SALT_BYTES)
        last = acts[-1]
        said = f"by {last.by}" if len(acts) == 1 else f"by {last.by}, {len(acts)} acts"
        document = document_of(salt, lines)
        entry = self._record([Other(time=last.at, kind=f"report-{last.name}", text=said, document=document)])
        self._state.add_report_acts([ActRow(line, salt, entry) for line in lines])
