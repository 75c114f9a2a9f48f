"""Values of persons in a node's database are unreadable without the key of its registers."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.adapters.sealing import Sealer
from tallystick.errors import ConfigError, IntegrityError
from tallystick.node.casework.people_ports import IdentificationRow, NotMeRow, RestrictionRow
from tallystick.node.casework.ports import Direction, DisclosedRow, EncounterRow, MessageRow
from tallystick.node.exchange_ports import QueryRow, RedemptionRow

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CANARY = b'{"names":["Zq7canary"]}'
MET = EncounterRow(
    line=CANARY,
    kind="border",
    country="be",
    place="Zq7canary station",
    time="2026",
    urgency="urgent",
    circles=("c",),
    purpose="p",
    officer="o",
    at=NOW,
)
SAID = MessageRow(digest="m", case=1, direction="in", kind="disclosure", signed=CANARY, at=NOW)
COPY = DisclosedRow(
    digest="d", case=1, direction="in", circle="c", partner="p", owner="p", fields=("names",), handling="TLP:RED", expires_at=NOW,
    values=CANARY,
)  # fmt: skip
NAMESAKE = NotMeRow(
    case=1, circle="c", partner="p", epoch=1, handle=b"h", line=CANARY, consent=CANARY.decode(), officer="o", at=NOW
)


WHY = CANARY.decode()
QUERY = QueryRow(circle="c", purpose="p", officer="o", reason=WHY, secret=b"s" * 32, line=CANARY, at=NOW)
OPENED = RedemptionRow(
    circle="c", member="p", epoch=1, handle=b"h", register="wanted", record_id="r1", purpose="p", reason=WHY, officer="o",
    reference="x", at=NOW,
)  # fmt: skip
SAME = IdentificationRow(encounter=1, register="wanted", record_id="r1", verdict="same", reason=WHY, officer="o", at=NOW)
GROUND = RestrictionRow(register="wanted", record_id="r1", ground=WHY, officer="o", at=NOW)


def sealed(key: bytes = b"k" * 32) -> Seal:
    return Seal(lambda: Sealer(key))


def fill(state: SqliteCaseworkState) -> None:
    state.put_encounter(MET)
    state.put_message(SAID)
    state.put_disclosed(COPY)
    state.put_not_me(NAMESAKE)
    state.add_event(1, CANARY)
    state.put_query(QUERY)
    state.put_redemption(OPENED)
    state.put_identification(SAME)
    state.put_restriction(GROUND)


def assert_readable(state: SqliteCaseworkState) -> None:
    assert state.encounter(1) == replace(MET, id=1)
    assert state.message("m") == SAID
    assert state.disclosed("d") == COPY
    assert state.not_me(1) == replace(NAMESAKE, id=1)
    assert state.events(1) == [CANARY]
    assert state.queries("c") == [replace(QUERY, id=1)]
    assert state.asked_for(1) == ("p", CANARY)
    assert state.redemptions() == state.redemptions_without_case() == [OPENED]
    assert (state.identifications(encounter=1), state.restrictions()) == ([SAME], [GROUND])


def content(file: Path) -> bytes:
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def test_sealed_values_are_read_with_the_key_and_not_without(tmp_path: Path) -> None:
    file = tmp_path / "node.db"
    with closing(SqliteCaseworkState(file, sealed())) as state:
        fill(state)
        assert_readable(state)
        assert b"Zq7canary" not in content(file)
    with closing(SqliteCaseworkState(file)) as state, pytest.raises(ConfigError, match="sealed"):
        state.encounter(1)
    with closing(SqliteCaseworkState(file, sealed(b"x" * 32))) as state, pytest.raises(IntegrityError):
        state.disclosed("d")


def test_what_was_stored_before_stays_readable(tmp_path: Path) -> None:
    file = tmp_path / "node.db"
    with closing(SqliteCaseworkState(file)) as state:
        fill(state)
        assert b"Zq7canary" in content(file)
    with closing(SqliteCaseworkState(file, sealed())) as state:
        assert_readable(state)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_what_was_recalled_is_nowhere_in_the_file(tmp_path: Path, direction: Direction) -> None:
    file = tmp_path / "node.db"
    with closing(SqliteCaseworkState(file)) as state:
        state.put_message(replace(SAID, digest="d", direction=direction, delivered_at=NOW if direction == "in" else None))
        state.put_disclosed(replace(COPY, direction=direction, values=CANARY if direction == "in" else b""))
        state.change_disclosed("d", "recalled", "TLP:RED")
        assert state.disclosed("d") == replace(COPY, direction=direction, values=b"", state="recalled")
        if direction == "out":
            assert state.outbox() == [], "it never leaves; its recall does"
        found = state.message("d")
        assert found
        assert found.signed == b""
    assert b"Zq7canary" not in content(file)
