"""Texts of lookups, read back as they were written: for any pseudonym, register, case and place."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.audit.entries import AnyEntry, encode
from tallystick.errors import InputError
from tallystick.node.auditing import LoggedEntry
from tallystick.node.lookups import COMMAND_LINE, DESK, Lookups, record_digest
from tallystick.node.tracing import _trace, case_reference
from tallystick.review.roles import Actor, Role

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", fullmatch=True)
REGISTERS = st.from_regex(r"[a-z0-9][a-z0-9 ._-]{0,60}", fullmatch=True) | st.sampled_from(
    ["a by b at the desk", "x by y with token z", "1 record by officer at the desk for case " + "0" * 32]
)
CASES = st.from_regex(r"[0-9a-f]{32}", fullmatch=True)
WHERES = st.sampled_from([DESK, COMMAND_LINE])
KEY = bytes(32)


def written(name: str, role: Role, method: str, *words: object, **more: object) -> AnyEntry:
    kept: list[AnyEntry] = []

    def keep(entries: list[AnyEntry]) -> int:
        kept.extend(entries)
        return 0

    lookups = Lookups(keep, lambda: AT, KEY)
    getattr(lookups, method)(Actor(name, role), *words, **more)
    [entry] = kept
    assert encode(entry)
    return entry


@given(NAMES, REGISTERS, st.text(min_size=1, max_size=20), WHERES, CASES | st.just(""))
def test_a_record_that_was_opened(name: str, register: str, record: str, where: str, case: str) -> None:
    entry = written(name, Role.OFFICER, "open_record", register, record, where=where, case=case)
    found = _trace(LoggedEntry(7, entry, b""))
    assert found is not None
    assert (found.index, found.at, found.what, found.by, found.case) == (7, AT, "records-read", name, case)
    assert found.how == where.removeprefix("at the ").removeprefix("on the ")
    assert getattr(entry, "document", None) == record_digest(KEY, register, record)


@given(NAMES, CASES, WHERES, st.booleans())
def test_a_case_that_was_opened_and_asked_about(name: str, case: str, where: str, has_record: bool) -> None:  # noqa: FBT001
    record = ("wanted", "17") if has_record else None
    for role, method, what in ((Role.OFFICER, "open_case", "case-read"), (Role.AUDITOR, "trace", "lookups-traced")):
        found = _trace(LoggedEntry(0, written(name, role, method, case, record, where=where), b""))
        assert found is not None
        assert (found.what, found.by, found.case) == (what, name, case)


@given(st.text())
def test_a_text_is_a_reference_of_a_case_or_refused(text: str) -> None:
    if len(text) == 32 and set(text) <= set("0123456789abcdef"):
        assert case_reference(text) == text
    else:
        with pytest.raises(InputError):
            case_reference(text)
