"""The memory of a node: what is put in comes out again, together or not at all."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tallystick.adapters.node_schema import STEPS
from tallystick.adapters.node_state import SqliteNodeState
from tallystick.errors import ConfigError, InputError
from tallystick.node.exchange_ports import (
    CopyRow,
    EpochRow,
    GrantRow,
    HitRow,
    LedgerRow,
    Offer,
    QueryRow,
    RedemptionRow,
    SaltRow,
    StoredDocument,
)

AT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
AGREEMENT = StoredDocument(circle="c", kind="agreement", member="", number=1, document=b"{}", signatures={"a": "00"})
EPOCH = EpochRow(
    circle="c", epoch=1, secret=b"k" * 32, public=b"p" * 32, terms="{}", valid_from=AT, valid_until=AT + timedelta(days=90),
    closes_at=AT + timedelta(days=97),
)  # fmt: skip
OFFER = Offer(circle="c", register="r", purpose="p", silent_codes=("x", "y"), silent_ids=("1",))
LEDGER = LedgerRow(register="r", record_id="1", digest=b"d" * 16, handle=b"h" * 7, tags=b"t" * 16)
COPY = CopyRow(circle="c", member="m", epoch=2, base=1, delta=3, manifest=9, checked_at=AT)
HIT = HitRow(
    circle="c", member="m", epoch=2, handle=b"h" * 7, register="r", record_id="1", weight_tenths=171, tags=b"t" * 8,
    secrets=b"k" * 32, found_by="watch", seen_at=AT,
)  # fmt: skip
QUERY = QueryRow(circle="c", purpose="p", officer="o", reason="why", secret=b"s" * 32, line=b"{}", at=AT)
SALTS = SaltRow(
    request=b"q" * 32, circle="c", member="m", secret=b"s" * 32, records=(("r", "1"), ("r", "2")), commitments=b"k" * 64, at=AT
)
OPENED = RedemptionRow(
    circle="c", member="m", epoch=2, handle=b"h" * 7, register="r", record_id="1", purpose="p", reason="why", officer="o",
    reference="ref", at=AT,
)  # fmt: skip
GRANT = GrantRow(circle="c", member="m", epoch=2, points=1000, until=AT, officers=("o1", "o2"))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SqliteNodeState]:
    opened = SqliteNodeState(tmp_path / "node.db")
    yield opened
    opened.close()


def test_every_row_comes_out_as_it_went_in_and_after_a_restart(state: SqliteNodeState, tmp_path: Path) -> None:
    state.put_document(AGREEMENT)
    state.put_epoch(EPOCH)
    state.put_offer(OFFER)
    state.change_ledger("c", 1, put=[LEDGER], drop=[])
    state.put_copy(COPY)
    state.put_watched("c", "m", 2, {("r", "1"): (b"d" * 16, 0)})
    (hit,) = state.put_hits([HIT])
    query = state.put_query(QUERY)
    state.put_salts(SALTS)
    assert state.put_redemption(OPENED)
    state.put_grant(GRANT)
    state.put_value("name", b"value")
    again = SqliteNodeState(tmp_path / "node.db")
    for each in (state, again):
        assert each.documents("c", "agreement") == [AGREEMENT]
        assert each.circles() == ["c"]
        assert each.epochs("c") == [EPOCH]
        assert each.offers("c") == [OFFER]
        assert list(each.ledger("c", 1)) == [LEDGER]
        assert each.record_of("c", 1, LEDGER.handle) == ("r", "1")
        assert each.copies("c") == [COPY]
        assert each.watched("c", "m", 2) == {("r", "1"): (b"d" * 16, 0)}
        assert each.hits() == each.hits("c", "new") == [hit] == [replace(HIT, id=hit.id)]
        assert each.hit(hit.id) == hit
        assert each.queries("c") == [replace(QUERY, id=query)]
        assert each.salts(SALTS.request) == SALTS
        assert each.redemptions() == each.redemptions("c") == [OPENED]
        assert each.grants("c") == [GRANT]
        assert each.value("name") == b"value"
    again.close()


def test_nothing_is_found_of_another_circle(state: SqliteNodeState) -> None:
    state.put_document(AGREEMENT)
    state.put_hits([HIT])
    state.put_redemption(OPENED)
    state.put_copy(COPY)
    assert not state.documents("d", "agreement")
    assert not state.documents("c", "leave")
    assert not state.hits("d")
    assert not state.redemptions("d")
    assert not state.copies("d")
    assert state.record_of("c", 2, b"h" * 7) is None
    assert state.value("nothing") == b""
    for number in (0, 99):
        with pytest.raises(InputError):
            state.hit(number)
    assert not state.queries("d")
    assert state.salts(b"x" * 32) is None


def test_signatures_add_up_for_the_same_document_only(state: SqliteNodeState) -> None:
    state.put_document(AGREEMENT)
    state.put_document(replace(AGREEMENT, signatures={"b": "11"}))
    assert state.documents("c", "agreement")[0].signatures == {"a": "00", "b": "11"}
    state.put_document(replace(AGREEMENT, document=b'{"x":1}', signatures={"b": "22"}))
    assert state.documents("c", "agreement")[0].signatures == {"b": "22"}


def test_the_newest_document_of_each_member_and_any_by_number(state: SqliteNodeState) -> None:
    made = [
        replace(AGREEMENT, kind="manifest", member=member, number=number) for member, number in (("a", 1), ("a", 3), ("b", 2))
    ]
    for each in (*made, replace(made[0], circle="d", number=9)):
        state.put_document(each)
    assert state.newest_documents("c", "manifest") == made[1:]
    assert state.document("c", "manifest", "a", 1) == made[0]
    assert state.document("c", "manifest", "a", 2) is None


def test_a_hit_is_new_once_and_keeps_its_state(state: SqliteNodeState) -> None:
    (hit,) = state.put_hits([HIT])
    state.set_hit(hit.id, "redeemed", "{}")
    assert state.put_hits([HIT]) == []
    assert state.hit(hit.id) == replace(HIT, id=hit.id, state="redeemed", answer="{}")
    assert state.standing_hits("c", "m", 2) == [state.hit(hit.id)]
    assert state.withdraw_hits([hit.id, 99]) == 1
    assert (state.hit(hit.id).state, state.hit(hit.id).secrets) == ("withdrawn", b"")
    assert state.standing_hits("c", "m", 2) == []
    assert [row.id for row in state.put_hits([HIT])] == [hit.id], "it came back: it is told again"
    assert state.put_hits([HIT]) == []
    assert state.standing_hits("c", "m", 2) == [replace(HIT, id=hit.id)]
    state.drop_copy("c", "m", 2)
    assert state.hit(hit.id).secrets == b"", "an epoch that closed leaves no key secret"


def test_an_alert_is_raised_once(state: SqliteNodeState) -> None:
    assert state.put_redemption(OPENED)
    assert not state.put_redemption(replace(OPENED, at=AT + timedelta(days=1)))
    assert state.redemptions() == [OPENED]


def test_what_is_older_is_forgotten(state: SqliteNodeState) -> None:
    state.put_hits([HIT, replace(HIT, record_id="2", seen_at=AT + timedelta(days=2))])
    old, young = state.put_query(QUERY), state.put_query(replace(QUERY, at=AT + timedelta(days=2)))
    state.put_salts(SALTS)
    state.put_salts(replace(SALTS, request=b"y" * 32, at=AT + timedelta(days=2)))
    later = AT + timedelta(days=1)
    assert state.forget_hits("another", later) == state.forget_queries("another", later) == 0
    assert state.forget_hits("c", later) == state.forget_queries("c", later) == 1
    assert state.put_redemption(OPENED)
    assert state.put_redemption(replace(OPENED, handle=b"g" * 7, at=AT + timedelta(days=2)))
    assert (state.forget_redemptions("d", later), state.forget_redemptions("c", later)) == (0, 1)
    assert [row.handle for row in state.redemptions("c")] == [b"g" * 7]
    assert [row.record_id for row in state.hits()] == ["2"]
    assert [row.id for row in state.queries("c")] == [young]
    assert old != young
    assert state.salts(SALTS.request) is None
    assert state.salts(b"y" * 32) is not None


def test_a_copy_goes_with_its_watch(state: SqliteNodeState) -> None:
    state.put_copy(COPY)
    state.put_watched("c", "m", 2, {("r", "1"): (b"d", 0), ("r", "2"): (b"e", 1)})
    state.drop_watched("c", "m", 2, [("r", "1")])
    assert list(state.watched("c", "m", 2)) == [("r", "2")]
    state.drop_copy("c", "m", 2)
    assert not state.copies("c")
    assert not state.watched("c", "m", 2)


def test_documents_ledger_and_offers_can_be_dropped(state: SqliteNodeState) -> None:
    for number in (1, 2, 3):
        state.put_document(replace(AGREEMENT, kind="manifest", number=number))
    state.drop_documents("c", "manifest", below=3)
    assert [row.number for row in state.documents("c", "manifest")] == [3]
    state.change_ledger("c", 1, put=[LEDGER, replace(LEDGER, record_id="2", handle=b"i" * 7)], drop=[])
    state.change_ledger("c", 1, put=[], drop=[("r", "1")])
    assert [row.record_id for row in state.ledger("c", 1)] == ["2"]
    state.clear_ledger("c", 1)
    assert not list(state.ledger("c", 1))
    state.put_offer(OFFER)
    state.drop_offer("c", "r")
    assert not state.offers("c")


class Stopped(BaseException):
    """The moment at which a process is killed."""


def test_what_is_written_together_is_there_or_not(state: SqliteNodeState) -> None:
    def write() -> None:
        with state.together():
            state.put_document(AGREEMENT)
            state.put_value("name", b"value")
            with state.together():
                state.put_copy(COPY)
            raise Stopped

    with pytest.raises(Stopped):
        write()
    assert not state.documents("c", "agreement")
    assert state.value("name") == b""
    assert not state.copies("c")
    with state.together():
        state.put_document(AGREEMENT)
        state.put_copy(COPY)
    assert state.documents("c", "agreement")
    assert state.copies("c")


def test_many_threads_write_at_once(state: SqliteNodeState) -> None:
    def write(thread: int) -> None:
        for at in range(20):
            state.put_hits([replace(HIT, record_id=f"{thread}-{at}")])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({row.id for row in state.hits()}) == 80


def test_the_file_is_for_its_owner_only(state: SqliteNodeState, tmp_path: Path) -> None:
    state.put_epoch(EPOCH)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_destroyed_key_is_not_in_the_file(tmp_path: Path) -> None:
    secret = b"zq7-secret-that-must-go-away-000"
    state = SqliteNodeState(tmp_path / "node.db")
    state.put_epoch(replace(EPOCH, secret=secret))
    state.put_epoch(replace(EPOCH, secret=b""))
    state.close()
    assert [path.name for path in tmp_path.iterdir() if secret in path.read_bytes()] == []


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    SqliteNodeState(tmp_path / "node.db").close()
    connection = sqlite3.connect(tmp_path / "node.db")
    connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    connection.close()
    with pytest.raises(ConfigError, match="newer"):
        SqliteNodeState(tmp_path / "node.db")
