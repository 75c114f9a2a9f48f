"""Lookups of persons in the own registers, by programs and by people: who may, how much at once, and the entry in the log.

Rules
 1. An entry is in the audit log before anything is shown: who asked, by which token or at the desk, of how many persons, in which
    register. Nothing of whom.
 2. A token asks about so many persons a minute; who asks for more is told when to come again.
 3. A lookup at the desk leaves a digest, too, under a key of the node: whoever has the log alone cannot tell about whom it was,
    the node can tell who opened a record (node/tracing.py; spec/audit-log-v1.md, section 3.4). So does each record that a program
    reads, and each case that is opened.

Does no I/O: recording and the clock are passed in.
"""

import hmac
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import QueryBudgetError
from tallystick.model import Record, encode
from tallystick.node.pace import Pace
from tallystick.node.staff_ports import Account, Token
from tallystick.review.roles import Action, Actor

AT_ONCE = 1200
"""Persons that one token may look up without a pause."""
EVERY_S = 0.05
"""After those there is one more in so many seconds: 1,200 a minute."""
SEARCHED, READ, CASE_READ, TRACED = "register-searched", "records-read", "case-read", "lookups-traced"
DESK, COMMAND_LINE = "at the desk", "on the command line"
_LABEL = b"tallystick/lookups/v1"


def lookup_key(seed: bytes) -> bytes:
    """Return the key under which a node digests what its people looked up, made from the secret of its log."""
    return hmac.digest(seed, _LABEL, "sha256")


def query_digest(key: bytes, query: Record) -> bytes:
    """Return the digest of somebody that was searched for (32 bytes)."""
    return hmac.digest(key, b"query\n" + encode(query), "sha256")


def record_digest(key: bytes, register: str, record_id: str) -> bytes:
    """Return the digest of a record that was opened (32 bytes)."""
    return hmac.digest(key, f"record\n{register}\n{record_id}".encode(), "sha256")


class Lookups:
    """What programs and people look up at one node."""

    def __init__(self, record: Callable[[list[AnyEntry]], int], now: Callable[[], datetime], key: bytes) -> None:
        """Take what records entries, the clock, and the key of the digests (see `lookup_key`)."""
        self._record = record
        self._now = now
        self._key = key
        self._paces: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def begin(self, token: Token, account: Account, register: str, persons: int) -> None:
        """Let a program look persons up by what it knows of them.

        Raises:
            NotAuthorizedError: the role of its account may not search.
            QueryBudgetError: it asked about too many lately.
        """
        account.actor.need(Action.SEARCH_REGISTER)
        self._charge(token.id, persons)
        self._say(SEARCHED, f"{persons} in {register} by {token.name} with token {token.id}")

    def show(self, token: Token, account: Account, register: str, record_ids: Sequence[str]) -> None:
        """Let a program read records by their ids; errors as for `begin`."""
        account.actor.need(Action.SEE_PERSON)
        self._charge(token.id, len(record_ids))
        text = f"1 in {register} by {token.name} with token {token.id}"
        self._record([self._entry(READ, text, record_digest(self._key, register, each)) for each in record_ids])

    def search_at_desk(self, actor: Actor, register: str, query: Record) -> None:
        """Let somebody search a register, or all of them where none is named.

        Raises:
            NotAuthorizedError: the role may not search.
        """
        actor.need(Action.SEARCH_REGISTER)
        self._say(SEARCHED, f"1 in {register or 'all registers'} by {actor.name} at the desk", query_digest(self._key, query))

    def open_record(self, actor: Actor, register: str, record_id: str, *, where: str = DESK, case: str = "") -> None:
        """Let somebody open a record; errors as for `search_at_desk`.

        Args:
            actor: who.
            register: of the record.
            record_id: which record.
            where: `DESK` or `COMMAND_LINE`.
            case: reference of the case it is opened from; empty where from none.
        """
        actor.need(Action.SEE_PERSON)
        text = f"1 in {register} by {actor.name} {where}{f' for case {case}' if case else ''}"
        self._say(READ, text, record_digest(self._key, register, record_id))

    def open_case(self, actor: Actor, case: str, record: tuple[str, str] | None, *, where: str = DESK) -> None:
        """Let somebody open a case, which shows the record it is about; `record`: None where it is none of ours."""
        actor.need(Action.SEE_CASE)
        self._say(CASE_READ, f"case {case} by {actor.name} {where}", record_digest(self._key, *record) if record else None)

    def trace(self, actor: Actor, case: str, record: tuple[str, str] | None, *, where: str = DESK) -> bytes | None:
        """Let somebody see who opened a record, or a case; return the digest of that record.

        Raises:
            NotAuthorizedError: the role may not.
        """
        actor.need(Action.TRACE_LOOKUPS)
        digest = record_digest(self._key, *record) if record else None
        self._say(TRACED, f"{f'case {case}' if case else '1 record'} by {actor.name} {where}", digest)
        return digest

    def browse_at_desk(self, actor: Actor, register: str, records: int) -> None:
        """Let somebody see the first records of a register; errors as for `search_at_desk`."""
        actor.need(Action.SEARCH_REGISTER)
        self._say(READ, f"the first {records} in {register} by {actor.name} at the desk")

    def _say(self, kind: str, text: str, document: bytes | None = None) -> None:
        self._record([self._entry(kind, text, document)])

    def _entry(self, kind: str, text: str, document: bytes | None) -> Other:
        return Other(time=self._now().replace(microsecond=0), kind=kind, text=text, document=document)

    def _charge(self, token_id: str, persons: int) -> None:
        with self._lock:
            now_s = self._now().timestamp()
            wait_s = self._paces.setdefault(token_id, Pace(AT_ONCE, EVERY_S, now_s)).take(now_s, persons)
        if wait_s:
            error = QueryBudgetError("this token has asked about too many persons lately", hint="wait, and ask for fewer at once")
            error.retry_after_s = int(wait_s) + 1
            raise error
