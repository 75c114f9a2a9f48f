"""One import that somebody began at the desk, from the file that came in to the counts at its end.

Does no I/O: what is on a disk, and the thread that reads, are in the wiring.

    columns ──confirmed──▶ waiting ──▶ reading ──▶ indexing ──▶ done
       (only a table of columns)          └────────────┴──▶ failed

Rules
 1. An import that failed has changed nothing; one that was under way when the node stopped has failed.
 2. What is kept of an import is counts, names of columns and codes; no value of a record.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from tallystick.errors import Error, InputError
from tallystick.model import Custody
from tallystick.node.ports import EditionSummary

State = Literal["columns", "waiting", "reading", "indexing", "done", "failed"]
UNDER_WAY: frozenset[State] = frozenset({"waiting", "reading", "indexing"})
KEPT_FOR = timedelta(days=30)
"""How long an import and its quarantine are kept after its end; the file itself goes at the end."""
CONFIRMED_WITHIN = timedelta(days=1)
"""How long a file waits for somebody to say what its columns are."""
_WHOLE = 100


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants imported.

    Attributes:
        register: into which register.
        name: of the file, as people know it.
        partial: whether records it does not mention stay.
        replace: whether it may take out most of the register.
        custody: of a register that is to be made; empty for one that is there.
        by: a pseudonym.
    """

    register: str
    name: str
    by: str
    partial: bool = False
    replace: bool = False
    custody: Custody = Custody()


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import.

    Attributes:
        id: its name in paths.
        wanted: what it is to do.
        at: when the file came.
        format: of the file.
        state: how far it is.
        percent: of the file that was read, 0 to 100.
        rows: read so far.
        fields: which column of a table is what, in the order of the columns.
        family_first, month_first: how names and dates of a table are written.
        counts: at its end, what happened to how many.
        dropped, repaired: fields left out and corrections, by name.
        warnings: what a person should know of the file; no value.
        quarantined: whether there are rows to look at.
        ended_at: when it ended.
        problem, hint: why it failed.
    """

    id: str
    wanted: Wanted
    at: datetime
    format: str
    state: State
    percent: int = 0
    rows: int = 0
    fields: dict[str, str] = {}
    family_first: bool = False
    month_first: bool = False
    counts: Mapping[str, int] = {}
    dropped: Mapping[str, int] = {}
    repaired: Mapping[str, int] = {}
    warnings: tuple[str, ...] = ()
    quarantined: bool = False
    ended_at: datetime | None = None
    problem: str = ""
    hint: str = ""

    @property
    def is_under_way(self) -> bool:
        """Whether it will go on by itself."""
        return self.state in UNDER_WAY

    def is_over(self, now: datetime) -> bool:
        """Tell whether nothing of it needs to be kept any more."""
        if self.ended_at is not None:
            return now >= self.ended_at + KEPT_FOR
        return self.state == "columns" and now >= self.at + CONFIRMED_WITHIN


COUNTED = ("added", "changed", "unchanged", "removed", "expired", "quarantined", "kept", "not_persons")


def confirmed(found: Import, fields: dict[str, str], *, family_first: bool, month_first: bool) -> Import:
    """Return an import whose columns somebody has confirmed.

    Raises:
        InputError: it waits for nobody.
    """
    if found.state != "columns":
        raise InputError("this import does not wait for its columns", hint="look at how far it is")
    return msgspec.structs.replace(found, state="waiting", fields=fields, family_first=family_first, month_first=month_first)


def advanced(found: Import, stage: Literal["reading", "indexing"], rows: int, *, read: int, of: int) -> Import:
    """Return an import that is further: so many rows, `read` bytes `of` all."""
    percent = min(_WHOLE, read * _WHOLE // of) if of else _WHOLE
    return msgspec.structs.replace(found, state=stage, rows=rows, percent=percent)


def finished(found: Import, summary: EditionSummary, warnings: list[str], at: datetime) -> Import:
    """Return an import that came to its end."""
    counts = {"edition": summary.edition, **{name: getattr(summary, name) for name in COUNTED}}
    return msgspec.structs.replace(
        found, state="done", percent=_WHOLE, counts=counts, dropped=dict(summary.dropped_fields),
        repaired=dict(summary.repaired), warnings=tuple(warnings), quarantined=summary.quarantined > 0, ended_at=at,
    )  # fmt: skip


def failed(found: Import, error: Error, at: datetime) -> Import:
    """Return an import that broke off; the register is as it was."""
    return msgspec.structs.replace(found, state="failed", problem=str(error), hint=error.hint, ended_at=at)
