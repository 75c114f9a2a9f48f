"""Programs that look persons up in the own registers: who may, how much at once, and the entry in the log that says so.

Rules
 1. An entry is in the audit log before anything is looked up: who asked, by which token, of how many persons, in which register.
    Nothing of whom.
 2. A token asks about so many persons a minute; who asks for more is told when to come again.

Does no I/O: recording and the clock are passed in.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from tallystick.audit.entries import AnyEntry, Other
from tallystick.errors import QueryBudgetError
from tallystick.node.pace import Pace
from tallystick.node.staff_ports import Account, Token
from tallystick.review.roles import Action

AT_ONCE = 1200
"""Persons that one token may look up without a pause."""
EVERY_S = 0.05
"""After those there is one more in so many seconds: 1,200 a minute."""


class Lookups:
    """What programs look up at one node."""

    def __init__(self, record: Callable[[list[AnyEntry]], int], now: Callable[[], datetime]) -> None:
        self._record = record
        self._now = now
        self._paces: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def begin(self, token: Token, account: Account, register: str, persons: int) -> None:
        """Let a program look persons up by what it knows of them.

        Raises:
            NotAuthorizedError: the role of its account may not search.
            QueryBudgetError: it asked about too many lately.
        """
        account.actor.need(Action.SEARCH_REGISTER)
        self._begin("register-searched", token, register, persons)

    def show(self, token: Token, account: Account, register: str, records: int) -> None:
        """Let a program read records by their ids; errors as for `begin`."""
        account.actor.need(Action.SEE_PERSON)
        self._begin("records-read", token, register, records)

    def _begin(self, kind: str, token: Token, register: str, persons: int) -> None:
        self._charge(token.id, persons)
        self._record(
            [
                Other(
                    time=self._now().replace(microsecond=0), kind=kind,
                    text=f"{persons} in {register} by {token.name} with token {token.id}",
                )
            ]
        )  # fmt: skip

    def _charge(self, token_id: str, persons: int) -> None:
        with self._lock:
            now_s = self._now().timestamp()
            wait_s = self._paces.setdefault(token_id, Pace(AT_ONCE, EVERY_S, now_s)).take(now_s, persons)
        if wait_s:
            error = QueryBudgetError("this token has asked about too many persons lately", hint="wait, and ask for fewer at once")
            error.retry_after_s = int(wait_s) + 1
            raise error
