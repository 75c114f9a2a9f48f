"""Who opened a record or a case, when, and what for: found in the audit log by whom only the node can look for.

Reads the entries that lookups leave (node/lookups.py; spec/audit-log-v1.md, section 3.4) and those of what was done in a case. An
entry that is about something else is passed over unread, so that a long log takes seconds.

Does no I/O: the log is passed in.
"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from tallystick.audit.entries import AnyEntry, CaseAct, CaseHeard, Other
from tallystick.errors import InputError
from tallystick.node import auditing
from tallystick.node.auditing import LogFiles, LoggedEntry
from tallystick.node.lookups import CASE_READ, DESK, READ, TRACED, Lookups
from tallystick.review.roles import Actor

LOOKED_AT = 100_000
"""So many entries are looked through at once; whoever wants older ones asks again."""
_NUMBER_DIGITS = 9
_CASE = re.compile(r"[0-9a-f]{32}\Z")
_TEXT = re.compile(
    r"(?:case (?P<opened>[0-9a-f]{32})|1 record|1 in .+) by (?P<by>[A-Za-z0-9._-]{1,63})"
    r" (?:at the (?P<desk>desk)|on the (?P<commands>command line)|with token (?P<token>\S{1,64}))"
    r"(?: for case (?P<case>[0-9a-f]{32}))?\Z"
)
_KINDS = frozenset({READ, CASE_READ, TRACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One time somebody opened a record or a case, or acted in the case.

    Attributes:
        index: of the entry.
        at: when.
        what: `records-read`, `case-read` or `lookups-traced`; of an act or a message its code (`decision`, `request`, ...).
        by: pseudonym of who did; `peer`: the organisation that pseudonym is of, where it is not ours.
        how: `desk`, `command line`, `token ID`; empty of acts and messages.
        case: reference of the case it was for; empty where the record was opened by itself.
        purpose: the purpose an act names; empty where it names none.
        is_covered: whether the log's checkpoint covers it.
    """

    index: int
    at: datetime
    what: str
    by: str
    peer: str = ""
    how: str = ""
    case: str = ""
    purpose: str = ""
    is_covered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What was found.

    Attributes:
        case: reference of the case that was asked about; empty of a record.
        traces: newest first.
        older: before which entry to go on looking; None where the log begins.
    """

    case: str
    traces: tuple[Trace, ...]
    older: int | None


class Tracing:
    """Who opened what, at one node."""

    def __init__(self, lookups: Lookups, files: LogFiles, reference: Callable[[int], str]) -> None:
        """Take what may be looked up, the log, and what gives the reference of a case by its number."""
        self._lookups = lookups
        self._files = files
        self._reference = reference

    def record(self, actor: Actor, register: str, record_id: str, *, most: int, before: int | None, where: str = DESK) -> Traced:
        """Return who opened a record, which may be gone by now; that somebody asked is in the log, too.

        Args:
            actor: who asks.
            register: of the record.
            record_id: which record.
            most: how many at most.
            before: an entry of the log; only those before it.
            where: see `Lookups.open_record`.

        Raises:
            NotAuthorizedError: the role may not.
        """
        before = self._size() if before is None else before  # what is asked here is no answer to it
        digest = self._lookups.trace(actor, "", (register, record_id), where=where)
        return self._found("", digest, most, before)

    def case(self, actor: Actor, case: str, *, most: int, before: int | None, where: str = DESK) -> Traced:
        """Return who opened a case and acted in it; `case`: its number or its reference. Otherwise as for `record`.

        Raises:
            InputError: there is no such case, or this is no reference.
        """
        is_number = case.isascii() and case.isdecimal() and len(case) <= _NUMBER_DIGITS
        reference = self._reference(int(case)) if is_number else case_reference(case)
        before = self._size() if before is None else before
        self._lookups.trace(actor, reference, None, where=where)
        return self._found(reference, None, most, before)

    def _size(self) -> int:
        newest = next(auditing.entries(self._files, 0, reverse=True), None)
        return newest.index + 1 if newest else 0

    def _found(self, case: str, digest: bytes | None, most: int, before: int) -> Traced:
        first = max(before - LOOKED_AT, 0)
        found = tuple(islice(traces(self._files, digest=digest, case=case, first=first, before=before), most))
        older = found[-1].index if len(found) == most else first
        return Traced(case=case, traces=found, older=older or None)


def case_reference(text: str) -> str:
    """Return the reference of a case.

    Raises:
        InputError: it is none.
    """
    if _CASE.match(text) is None:
        raise InputError(
            "this is no reference of a case", hint="32 hexadecimal digits, as the log and the page of the case have it"
        )
    return text


def traces(
    files: LogFiles, *, digest: bytes | None = None, case: str = "", first: int = 0, before: int | None = None
) -> Iterator[Trace]:
    """Yield who opened a record, or opened a case and acted in it, newest first.

    Args:
        files: of the log.
        digest: of the record; see `lookups.record_digest`.
        case: reference of the case, where it is about one.
        first: the first entry to look at.
        before: the first that is not looked at; None: there is no end.

    Raises:
        IntegrityError: a bundle or an entry is damaged.
    """
    sought = case.encode() if case else base64.b64encode(digest or b"")
    for logged in auditing.entries(files, first, before=before, reverse=True, holding=sought):
        found = _trace(logged)
        if found is not None and (found.case == case if case else getattr(logged.entry, "document", None) == digest):
            yield found


def _trace(logged: LoggedEntry) -> Trace | None:
    entry: AnyEntry = logged.entry
    match entry:
        case Other(kind=kind, text=str(text)) if kind in _KINDS and (read := _TEXT.match(text)):
            how = read["desk"] or read["commands"] or f"token {read['token']}"
            case = read["opened"] or read["case"] or ""
            return Trace(
                index=logged.index, at=entry.time, what=kind, by=read["by"], how=how, case=case, is_covered=logged.is_covered
            )
        case CaseAct() if entry.case:
            return Trace(
                index=logged.index, at=entry.time, what=entry.act, by=entry.officer, case=entry.case,
                purpose=entry.purpose or "", is_covered=logged.is_covered,
            )  # fmt: skip
        case CaseHeard():
            return Trace(
                index=logged.index, at=entry.time, what=entry.act, by=entry.officer, peer=entry.peer, case=entry.case,
                is_covered=logged.is_covered,
            )  # fmt: skip
    return None
