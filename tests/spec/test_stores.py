"""What every register store does, told on SQLite and on a real PostgreSQL server."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice

import pytest

from lib.registers import NOON, Given, Remembered, Rows, by_words, load, make, number, on, person
from lib.stores import ALL_KINDS, NewUrl, opened_kind
from tallystick.adapters import sqlite_writer
from tallystick.errors import InputError, RefusedError
from tallystick.model import Custody, Record, Register, decode
from tallystick.node import registers
from tallystick.node.ports import Coverage, EditionRow, EditionSummary, IndexEntry, Order, RegisterStore, Revision, SourceRow
from tallystick.node.registers import (
    create_register,
    empty_register,
    expire,
    export_lines,
    history,
    import_edition,
    show_record,
    show_register,
)

LAST_DAY = date(2026, 12, 31)


@pytest.fixture(params=ALL_KINDS)
def store(request: pytest.FixtureRequest, new_url: NewUrl) -> Iterator[RegisterStore]:
    """Yield an empty store of each kind, sealed ones included: a seal changes nothing that its owner sees."""
    with closing(opened_kind(request.param, new_url)) as opened:
        yield opened


def ids(store: RegisterStore, register: str = "lists") -> list[str]:
    return [decode(line).id for line in export_lines(store, register)]


def told(revisions: list[Revision]) -> list[tuple[str, str, int, bool]]:
    return [(r.record_id, r.change, r.edition, bool(r.body)) for r in revisions]


def counts(summary: EditionSummary) -> tuple[int, int, int, int, int]:
    return (summary.added, summary.changed, summary.unchanged, summary.expired, summary.removed)


def test_a_register_comes_back_as_it_was_made(store: RegisterStore) -> None:
    custody = Custody(owner="Büro", purpose="list", handling_code="OPEN", review_on=LAST_DAY, expires_on=LAST_DAY)
    create_register(store, Register(name="b", custody=custody), at=NOON)
    create_register(store, Register(name="a", custody=Custody()), at=NOON)
    assert store.register("b") == Register(name="b", custody=custody)
    assert [register.name for register in store.registers()] == ["a", "b"]


def test_a_name_is_given_once(store: RegisterStore) -> None:
    make(store)
    with pytest.raises(InputError, match="register lists is in this store already"):
        make(store)


@pytest.mark.parametrize("name", ["", "Lists", "../etc", "a b", "-x", "x" * 64, "liste\n"])
def test_a_register_name_is_fit_for_files_and_addresses(store: RegisterStore, name: str) -> None:
    with pytest.raises(InputError, match="register name is not usable"):
        make(store, name)


def test_what_is_not_there_is_said_by_name(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"))
    for call in (
        store.register,
        store.count,
        store.editions,
        lambda name: list(store.lines(name)),
        lambda name: store.record(name, "p1"),
    ):
        with pytest.raises(InputError, match="register nowhere is not in this store"):
            call("nowhere")
    with pytest.raises(InputError, match="record p9 is not in register lists"):
        store.record("lists", "p9")
    with pytest.raises(InputError, match="register lists never held record p9"):
        list(history(store, "lists", "p9"))
    with pytest.raises(InputError, match="not in this store"):
        load(store, person("p1", "Ada"), register="nowhere")


def test_records_come_back_in_order_of_id_by_code_point(store: RegisterStore) -> None:
    make(store)
    people = [person(name, "Ada") for name in ("b", "B", "ä", "a-1", "a1", "Z", "10", "9", "𐎠", "ﬀ")]
    load(store, *people)
    assert ids(store) == sorted((p.id for p in people), key=lambda text: text.encode())
    assert store.count("lists") == len(people)


def test_a_record_shows_the_custody_that_holds_for_it(store: RegisterStore) -> None:
    make(store, custody=Custody(owner="Office", handling_code="OPEN"))
    load(store, Record(id="p1", names=("Ada",), custody=Custody(owner="Court")), person("p2", "Ben"))
    assert show_record(store, "lists", "p1").custody == Custody(owner="Court", handling_code="OPEN")
    assert show_record(store, "lists", "p2").custody == Custody(owner="Office", handling_code="OPEN")


def test_a_new_edition_adds_changes_and_removes(store: RegisterStore) -> None:
    make(store)
    assert counts(load(store, person("p1", "Ada"), person("p2", "Ben"), person("p3", "Cem"))) == (3, 0, 0, 0, 0)
    summary = load(store, person("p2", "Benjamin"), person("p3", "Cem"), person("p4", "Dan"))
    assert counts(summary) == (1, 1, 1, 0, 1)
    assert summary.edition == 2
    assert ids(store) == ["p2", "p3", "p4"]
    assert store.record("lists", "p2").names == ("Benjamin",)
    assert told(list(history(store, "lists", "p1"))) == [("p1", "added", 1, False), ("p1", "removed", 2, True)]
    changed = list(history(store, "lists", "p2"))[-1]
    assert (changed.change, decode(changed.body).names, changed.at) == ("changed", ("Ben",), NOON)


def test_a_record_whose_row_cannot_be_read_stays_as_it_was(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"), person("p3", "Cy"))
    bad = Remembered()
    summary = load(store, ("record has no name", "p1"), person("p2", "Benn"), ("line is cut", ""), quarantine=bad)
    assert counts(summary) == (0, 1, 0, 0, 1)
    assert (summary.kept, summary.quarantined, len(bad.rows)) == (1, 2, 2)
    assert store.record("lists", "p1").names == ("Ada",)
    assert ids(store) == ["p1", "p2"]
    assert [each.change for each in history(store, "lists", "p1")] == ["added"]
    later = load(store, person("p2", "Benn"))
    assert later.removed == 1  # what is mentioned nowhere goes, as before


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_row_that_can_be_read_counts_wherever_one_of_its_id_cannot(
    store: RegisterStore, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "BATCH_ROWS", batch)
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"), person("p3", "Cy"))
    bad = Remembered()
    cut = [("record has no name", each) for each in ("p1", "p2", "p3", "p1")]
    summary = load(store, person("p3", "Cyd"), *cut, person("p1", "Adah"), cut[0], quarantine=bad)
    assert (counts(summary), summary.kept, len(bad.rows)) == ((0, 2, 0, 0, 0), 1, 5)
    assert [store.record("lists", each).names for each in ids(store)] == [("Adah",), ("Ben",), ("Cyd",)]


def test_an_unreadable_row_brings_nobody_back(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    load(store, person("p2", "Ben"))
    assert load(store, person("p2", "Ben"), ("record has no name", "p1"), ("record has no name", "p9")).kept == 0
    assert ids(store) == ["p2"]


def test_an_edition_that_would_take_out_most_is_refused_until_that_is_said(store: RegisterStore) -> None:
    make(store)
    people = [person(f"p{n:02}", "Ada King") for n in range(30)]
    load(store, *people)
    with pytest.raises(RefusedError, match="would take out 16 of 30 records of lists"):
        load(store, *people[:14], person("new", "Ben"))
    assert len(ids(store)) == 30
    assert [each.edition for each in store.editions("lists")] == [1]
    assert load(store, *people[:15]).removed == 15  # half is not most
    assert load(store, *people[:3], coverage=Coverage.PARTIAL).removed == 0
    assert load(store, *people[:1], may_replace=True).removed == 14


def test_a_register_is_emptied_and_remembers(store: RegisterStore) -> None:
    make(store)
    load(store, *(person(f"p{n:02}", "Ada King") for n in range(30)))
    assert empty_register(store, "lists", at=NOON, indexer=by_words) == 30
    assert ids(store) == []
    assert store.part_counts("lists", [number("Ada")]) == {number("Ada"): 0}
    assert [each.change for each in history(store, "lists", "p07")] == ["added", "removed"]
    assert empty_register(store, "lists", at=NOON, indexer=by_words) == 0
    assert load(store, person("p07", "Ada King")).added == 1


def test_what_was_repaired_is_told_entry_by_entry(store: RegisterStore) -> None:
    make(store)
    quarantine = Remembered()
    rows = [
        SourceRow(position=1, record=person("p1", "Ada"), original=b"one", repaired=("gender dropped: unknown", "x")),
        SourceRow(position=2, record=person("p2", "Ben"), original=b"two"),
        SourceRow(position=3, record=person("p1", "Ada"), original=b"three", repaired=("x",)),
    ]
    order = Order(register="lists", origin="x", at=NOON)
    import_edition(store, order, Given(rows), indexer=by_words, quarantine=quarantine)
    assert quarantine.repairs == [(1, "gender dropped: unknown; x", b"one")]
    assert [position for position, *_ in quarantine.rows] == [3]


def test_few_records_may_go_whatever_part_they_are(store: RegisterStore) -> None:
    make(store)
    load(store, *(person(f"p{n:02}", "Ada King") for n in range(11)))
    assert load(store, person("p00", "Ada King")).removed == 10


def test_a_removed_record_can_come_back(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    load(store, person("p2", "Ben"))
    assert counts(load(store, person("p1", "Ada"), person("p2", "Ben"))) == (1, 0, 1, 0, 0)
    assert [r.change for r in history(store, "lists", "p1")] == ["added", "removed", "added"]


def test_the_same_edition_again_changes_nothing(store: RegisterStore) -> None:
    make(store)
    people = [person(f"p{n}", f"Name{n}") for n in range(30)]
    load(store, *people)
    before = list(history(store, "lists")), ids(store), store.candidates("lists", [number("Name3")], limit=5)
    summary = load(store, *people, at=NOON + timedelta(days=1))
    assert counts(summary) == (0, 0, 30, 0, 0)
    assert (list(history(store, "lists")), ids(store), store.candidates("lists", [number("Name3")], limit=5)) == before
    (edition,) = store.editions("lists")
    assert (summary.edition, edition.edition, edition.added, edition.unchanged) == (1, 1, 30, 0)
    assert (edition.at, edition.confirmed_at) == (NOON, NOON + timedelta(days=1))


def test_an_empty_edition_of_an_empty_register_is_no_edition(store: RegisterStore) -> None:
    make(store)
    assert load(store).edition == 0
    assert show_register(store, "lists").edition is None


def test_a_partial_edition_removes_nothing(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    assert counts(load(store, person("p2", "Benjamin"), coverage=Coverage.PARTIAL)) == (0, 1, 0, 0, 0)
    assert ids(store) == ["p1", "p2"]


def test_an_empty_complete_edition_removes_everything(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    assert counts(load(store)) == (0, 0, 0, 0, 2)
    assert ids(store) == []
    assert store.candidates("lists", [number("Ada")], limit=5) == []
    assert store.part_counts("lists", [number("Ada")]) == {number("Ada"): 0}


def test_a_source_that_breaks_off_leaves_no_trace(store: RegisterStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "BATCH_ROWS", 2)
    make(store)
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    before = (list(history(store, "lists")), store.editions("lists"), list(store.lines("lists")))
    broken = Rows([person("p1", "Changed"), *(person(f"n{i}", "New") for i in range(9))], breaks=True)
    order = Order(register="lists", origin="list.xml", at=NOON)
    with pytest.raises(InputError, match="file ends in the middle"):
        import_edition(store, order, broken, indexer=by_words, quarantine=Remembered())
    assert (list(history(store, "lists")), store.editions("lists"), list(store.lines("lists"))) == before
    assert store.candidates("lists", [number("New"), number("Changed")], limit=5) == []
    assert store.part_counts("lists", [number("New")]) == {number("New"): 0}
    assert counts(load(store, person("p1", "Ada"), person("p2", "Ben"))) == (0, 0, 2, 0, 0)


def test_an_edition_left_without_finish_is_undone(store: RegisterStore) -> None:
    make(store)
    row = EditionRow(position=1, record_id="p1", line=b"{}", expires_on=None, entry=IndexEntry(keys=[1], parts=[1]))
    with store.edition(Order(register="lists", origin="x", at=NOON), index_mark="") as edition:
        edition.put([row])
    assert (store.count("lists"), list(store.history("lists")), store.candidates("lists", [1], limit=1)) == (0, [], [])


def test_nobody_sees_an_edition_before_its_end(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"))
    seen: list[list[str]] = []
    order = Order(register="lists", origin="list.xml", at=NOON)
    source = Rows([person("p1", "Ada"), person("p2", "Ben")])
    import_edition(
        store, order, source, indexer=by_words, quarantine=Remembered(), progress=lambda _stage, _done: seen.append(ids(store))
    )
    assert seen == [["p1"], ["p1"]]
    assert ids(store) == ["p1", "p2"]


def test_a_stream_reads_the_state_at_its_beginning(store: RegisterStore) -> None:
    make(store)
    load(store, *(person(f"p{n:05}", "Ada") for n in range(5000)))
    stream = export_lines(store, "lists")
    first = list(islice(stream, 10))
    load(store, person("q", "Ben"), may_replace=True)
    assert len(first) + len(list(stream)) == 5000
    assert ids(store) == ["q"]


def test_of_two_rows_with_one_id_the_first_stays(store: RegisterStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "BATCH_ROWS", 3)
    make(store)
    for again in (False, True):
        bad = Remembered()
        rows = [person("p1", "Ada"), person("p1", "Other"), person("p2", "Ben"), person("p3", "Cem"), person("p2", "Third")]
        summary = load(store, *rows, quarantine=bad)
        assert summary.quarantined == 2
        assert counts(summary) == ((0, 0, 3, 0, 0) if again else (3, 0, 0, 0, 0))
        assert bad.rows == [
            (2, "duplicate id; first at line 1", b"original 2"),
            (5, "duplicate id; first at line 3", b"original 5"),
        ]
        assert store.record("lists", "p2").names == ("Ben",)


def test_bad_rows_and_companies_are_counted_and_do_not_stop(store: RegisterStore) -> None:
    make(store)
    bad = Remembered()
    surrogate = Record(id="p2", names=("half \ud800",))
    summary = load(store, person("p1", "Ada"), "record has no name", "not a person", surrogate, quarantine=bad)
    assert (summary.added, summary.quarantined, summary.not_persons) == (1, 2, 1)
    assert [row[:2] for row in bad.rows] == [(2, "record has no name"), (4, "record holds text that is not Unicode")]
    (edition,) = store.editions("lists")
    assert (edition.added, edition.quarantined, edition.not_persons, edition.origin, edition.digest) == (
        1,
        2,
        1,
        "list.xml",
        b"\x01\x02",
    )


def test_expired_records_go_and_their_history_stays(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada", expires_on=LAST_DAY), person("p2", "Ben"), person("p3", "Cem", expires_on=date(2027, 6, 1)))
    assert expire(store, "lists", now=on(date(2026, 12, 30))) == 0
    assert expire(store, "lists", now=on(LAST_DAY)) == 1
    assert expire(store, "lists", now=on(LAST_DAY)) == 0
    assert ids(store) == ["p2", "p3"]
    gone = list(history(store, "lists", "p1"))
    assert told(gone) == [("p1", "added", 1, False), ("p1", "expired", 1, True)]
    assert gone[1].at == on(LAST_DAY)
    assert store.candidates("lists", [number("Ada")], limit=5) == []
    assert store.part_counts("lists", [number("Ada"), number("Ben")]) == {number("Ada"): 0, number("Ben"): 1}


def test_revisions_tell_whether_any_record_changed(store: RegisterStore) -> None:
    make(store)
    seen = [store.revisions()]
    load(store, person("p1", "Ada", expires_on=LAST_DAY), person("p2", "Ben"))
    seen.append(store.revisions())
    load(store, person("p1", "Ada", expires_on=LAST_DAY), person("p2", "Ben"))
    assert store.revisions() == seen[-1], "nothing changed"
    load(store, person("p1", "Ada", expires_on=LAST_DAY), person("p2", "Bea"))
    seen.append(store.revisions())
    expire(store, "lists", now=on(LAST_DAY))
    seen.append(store.revisions())
    assert len(set(seen)) == len(seen)


def test_expired_records_stay_expired_until_they_change(store: RegisterStore) -> None:
    make(store)
    old = person("p1", "Ada", expires_on=LAST_DAY)
    load(store, old, person("p2", "Ben"))
    expire(store, "lists", now=on(LAST_DAY))
    assert counts(load(store, old, person("p2", "Ben"))) == (0, 0, 1, 1, 0)  # imported with an earlier date: still expired
    assert counts(load(store, person("p2", "Ben"))) == (0, 0, 1, 0, 0)  # and not removed either
    assert ids(store) == ["p2"]
    renewed = person("p1", "Ada", expires_on=date(2028, 1, 1))
    assert counts(load(store, renewed, person("p2", "Ben"), at=on(LAST_DAY))) == (0, 1, 1, 0, 0)
    assert ids(store) == ["p1", "p2"]
    assert [r.change for r in history(store, "lists", "p1")] == ["added", "expired", "changed"]


def test_a_row_whose_time_is_over_is_not_held(store: RegisterStore) -> None:
    make(store)
    late = on(date(2027, 1, 1))
    over = person("p1", "Ada", expires_on=LAST_DAY)
    assert counts(load(store, over, at=late)) == (0, 0, 0, 1, 0)
    assert counts(load(store, over, at=late)) == (0, 0, 0, 1, 0)
    assert ids(store) == []
    assert told(list(history(store, "lists"))) == [("p1", "expired", 1, False)]


def test_the_expiry_of_the_register_holds_for_records_without_one(store: RegisterStore) -> None:
    make(store, custody=Custody(expires_on=LAST_DAY))
    load(store, person("p1", "Ada"), person("p2", "Ben", expires_on=date(2027, 6, 1)))
    assert expire(store, "lists", now=on(LAST_DAY)) == 1
    assert ids(store) == ["p2"]


def test_candidates_come_by_shared_keys_then_by_age(store: RegisterStore) -> None:
    make(store)
    load(store, person("z", "Ada King"), person("m", "Ada Lovelace"), person("a", "Ada King Noel"), person("x", "Ben"))
    keys = [number(word) for word in ("Ada", "King", "King", "Noel", "Nobody")]
    found = [decode(line).id for line in store.candidates("lists", keys, limit=10)]
    assert found == ["a", "z", "m"]
    assert [decode(line).id for line in store.candidates("lists", keys, limit=2)] == ["a", "z"]
    assert [decode(line).id for line in store.candidates("lists", keys[:1], limit=2)] == ["z", "m"]
    assert store.candidates("lists", [], limit=10) == []


def test_candidates_follow_every_change(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada King"), person("p2", "Ada Byron"))
    load(store, person("p1", "Ada Lovelace"))
    assert [decode(line).names for line in store.candidates("lists", [number("Ada")], limit=9)] == [("Ada Lovelace",)]
    assert store.candidates("lists", [number("King"), number("Byron")], limit=9) == []
    assert store.part_counts("lists", map(number, ("Ada", "King", "Lovelace"))) == {
        number("Ada"): 1,
        number("King"): 0,
        number("Lovelace"): 1,
    }


def test_a_part_counts_as_often_as_the_indexer_says(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada Ada", "Ada"), person("p2", "Ada"))
    assert store.part_counts("lists", [number("Ada")]) == {number("Ada"): 4}
    load(store, person("p1", "Ada Ben"), person("p2", "Ada"))
    assert store.part_counts("lists", [number("Ada")]) == {number("Ada"): 2}


def test_parts_counted_in_many_portions_add_up(store: RegisterStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "BATCH_ROWS", 2)
    monkeypatch.setattr(sqlite_writer, "_MAX_COUNTED_PARTS", 1)
    make(store)
    words = ("Ada", "Ben", "Cem", "Dan", "Eve")
    load(store, *(person(f"p{n}", f"{words[n % 5]} {words[n % 3]}") for n in range(15)))
    load(store, *(person(f"p{n}", f"{words[n % 5]} {words[n % 2]}") for n in range(10)))
    held = [(words[n % 5], words[n % 2]) for n in range(10)]
    assert store.part_counts("lists", map(number, words)) == {
        number(word): sum(each.count(word) for each in held) for word in words
    }


def test_the_smallest_and_the_largest_key_are_kept(store: RegisterStore) -> None:
    make(store)
    order = Order(register="lists", origin="x", at=NOON)
    edges = [-(1 << 63), -1, 0, (1 << 63) - 1]
    source = Rows([person(f"p{n}", "Ada") for n in range(4)])

    def index(_lines: Sequence[bytes]) -> list[IndexEntry]:
        return [IndexEntry(keys=[edge], parts=[edge]) for edge in edges]

    import_edition(store, order, source, indexer=index, quarantine=Remembered())
    assert [decode(store.candidates("lists", [edge], limit=5)[0]).id for edge in edges] == ["p0", "p1", "p2", "p3"]
    assert store.part_counts("lists", edges) == dict.fromkeys(edges, 1)


def test_registers_do_not_see_each_other(store: RegisterStore) -> None:
    make(store, "one")
    make(store, "two")
    load(store, person("p1", "Ada"), person("p2", "Ada"), register="one")
    load(store, person("p1", "Ada"), register="two")
    load(store, register="one")
    assert (ids(store, "one"), ids(store, "two")) == ([], ["p1"])
    assert store.part_counts("two", [number("Ada")]) == {number("Ada"): 1}
    assert [r.change for r in history(store, "two")] == ["added"]
    assert [edition.edition for edition in store.editions("one")] == [2, 1]
    load(store, person("p9", "Ada", expires_on=LAST_DAY), register="one")
    load(store, person("p9", "Ada", expires_on=LAST_DAY), register="two")
    assert expire(store, "one", now=on(LAST_DAY)) == 1
    assert (ids(store, "one"), ids(store, "two")) == ([], ["p9"])


def test_a_register_at_a_glance(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", "Ada"))
    load(store, person("p1", "Ada"), person("p2", "Ben"))
    overview = show_register(store, "lists")
    assert (overview.register.name, overview.records) == ("lists", 2)
    assert overview.edition is not None
    assert (overview.edition.edition, overview.edition.added, overview.edition.unchanged) == (2, 1, 1)


def test_moments_come_back_in_utc(store: RegisterStore) -> None:
    make(store)
    east = datetime(2026, 3, 2, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    load(store, person("p1", "Ada"), at=east)
    (revision,) = history(store, "lists")
    assert revision.at == east
    assert (revision.at.tzinfo, store.editions("lists")[0].at.tzinfo) == (UTC, UTC)
    with pytest.raises(InputError, match="without time zone"):
        load(store, person("p1", "Ada"), at=datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point


def test_large_batches_are_split_by_size(store: RegisterStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "BATCH_BYTES", 5000)
    make(store)
    steps: list[tuple[str, int]] = []
    rows = Rows([person(f"p{n}", *(f"{'x' * 900}{n}-{m}" for m in range(3))) for n in range(5)])
    order = Order(register="lists", origin="x", at=NOON)
    import_edition(
        store, order, rows, indexer=by_words, quarantine=Remembered(), progress=lambda stage, done: steps.append((stage, done))
    )
    assert steps == [("reading", 2), ("reading", 4), ("reading", 5), ("indexing", 5)]
