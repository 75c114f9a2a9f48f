"""Changes one register of a PostgreSQL store, inside one transaction.

Does not decide what a row means; that is `node.editions`.

Rules
 1. New records arrive by COPY; the indexes are built at the end by the server, from what the records hold.
 2. What a record put into the indexes is read from the record itself, never computed again.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import LiteralString

from psycopg import sql

from tallystick.adapters.postgres_schema import Connection, one
from tallystick.node.editions import UNREAD, Held, State, Step, has_expired
from tallystick.node.ports import Change, EditionInfo, Form, IndexEntry, Indexer

_STAGING: tuple[LiteralString, ...] = (
    """CREATE TEMP TABLE mentioned (record_no bigint PRIMARY KEY, position bigint NOT NULL, is_written bool NOT NULL)
        ON COMMIT DROP""",
    "CREATE TEMP TABLE leaving (record_no bigint PRIMARY KEY, parts bigint[] NOT NULL, keys bigint[] NOT NULL) ON COMMIT DROP",
    "CREATE TEMP TABLE doomed (record_no bigint PRIMARY KEY) ON COMMIT DROP",
)

_HELD: LiteralString = """
    SELECT record_id, record_no, state, digest FROM record WHERE register_no = %s AND record_id = ANY(%s)"""

# Before the change: the body is the old one. A record that is new has none.
_REVISE: LiteralString = """
    INSERT INTO revision (record_no, change, edition, at, body)
    SELECT u.record_no, u.change, %s, %s, r.body
    FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS u (record_no, change, n)
    JOIN record AS r USING (record_no) ORDER BY u.n"""

_BEGIN_HISTORY: LiteralString = """
    INSERT INTO revision (edition, at, record_no, change, body)
    SELECT %s, %s, u.record_no, u.change, ''
    FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS u (record_no, change, n) ORDER BY u.n"""

_COPY: LiteralString = """
    COPY record (record_no, register_no, record_id, state, edition, expires_on, digest, body, parts, keys)
    FROM STDIN (FORMAT BINARY)"""
_COPY_TYPES = ("int8", "int4", "text", "int2", "int4", "date", "bytea", "bytea", "int8[]", "int8[]")

_CHANGE: LiteralString = """
    UPDATE record SET state = %s, edition = %s, expires_on = %s, digest = %s, body = %s, parts = %s, keys = %s
    WHERE record_no = %s"""

_LEAVE: LiteralString = """
    INSERT INTO leaving SELECT record_no, parts, keys FROM record WHERE record_no = ANY(%s::bigint[]) AND state = 1"""

_UNMENTIONED: LiteralString = """
    INSERT INTO doomed SELECT record_no FROM record
    WHERE register_no = %s AND state = 1 AND NOT EXISTS (SELECT FROM mentioned AS m WHERE m.record_no = record.record_no)"""

_DUE: LiteralString = """
    INSERT INTO doomed SELECT record_no FROM record
    WHERE register_no = %s AND state = 1 AND (expires_on <= %s OR (expires_on IS NULL AND %s))"""

_ALL: LiteralString = """
    INSERT INTO mentioned SELECT record_no, 0, true FROM record WHERE register_no = %s AND state = 1"""

_BODIES: LiteralString = """
    SELECT record_no, body FROM mentioned JOIN record USING (record_no) WHERE record_no > %s ORDER BY record_no LIMIT %s"""

_BATCH = 2000

_COUNT_PARTS: LiteralString = """
    INSERT INTO part_count
    SELECT %s, part, sum(n) FROM (
        SELECT unnest(parts) AS part, -1 AS n FROM leaving
        UNION ALL
        SELECT unnest(r.parts), 1 FROM mentioned AS m JOIN record AS r USING (record_no) WHERE m.is_written AND r.state = 1
    ) AS change GROUP BY part HAVING sum(n) <> 0
    ON CONFLICT (register_no, part) DO UPDATE SET records = part_count.records + excluded.records"""

_ENTER: LiteralString = """
    INSERT INTO record_key
    SELECT %s, key, record_no FROM mentioned JOIN record USING (record_no), unnest(keys) AS key
    WHERE is_written AND state = 1 ORDER BY key, record_no"""

_KEEP_FORMS: LiteralString = """
    INSERT INTO part_form (register_no, part, form, letters, sounds)
    SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING"""

_FORGET_FORMS: LiteralString = """
    DELETE FROM part_form AS f WHERE register_no = %s
    AND NOT EXISTS (SELECT FROM part_count AS c WHERE c.register_no = f.register_no AND c.part = f.part)"""

_MAX_FORMS = 100_000

_COLUMNS = (
    "edition", "origin", "digest", "at", "confirmed_at",
    "added", "changed", "unchanged", "expired", "quarantined", "not_persons", "removed",
)  # fmt: skip


def editions(connection: Connection, register_no: int) -> list[EditionInfo]:
    """Return the editions of a register, newest first."""
    query = sql.SQL("SELECT {} FROM edition WHERE register_no = %s ORDER BY edition DESC")
    found = connection.execute(query.format(sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))), (register_no,))
    return [EditionInfo(**dict(zip(_COLUMNS, row, strict=True))) for row in found]


def newest_edition(connection: Connection, register_no: int) -> int:
    """Return the number of the edition in force; 0 before the first."""
    query: LiteralString = "SELECT coalesce(max(edition), 0) FROM edition WHERE register_no = %s"
    return int(one(connection, query, (register_no,))[0])


class PostgresWriter:
    """Changes one register inside the transaction of its connection; see `store_edition.Writer`."""

    def __init__(self, connection: Connection, register_no: int, *, edition: int, at: datetime) -> None:
        self.connection = connection
        self.register_no = register_no
        self.edition = edition
        self.at = at
        self._forms: dict[int, Form] = {}
        for statement in _STAGING:
            connection.execute(statement)
        # The server knows nothing yet about tables that grow in this transaction and would walk through them for each batch.
        connection.execute("SET LOCAL enable_seqscan = off")

    def held(self, ids: Sequence[str]) -> dict[str, Held]:
        rows = self.connection.execute(_HELD, (self.register_no, list(ids))).fetchall()
        query: LiteralString = "SELECT record_no, position FROM mentioned WHERE record_no = ANY(%s::bigint[])"
        positions: dict[int, int] = dict(self.connection.execute(query, ([row[1] for row in rows],)).fetchall())
        return {name: Held(number, State(state), digest, positions.get(number, 0)) for name, number, state, digest in rows}

    def write(self, steps: Sequence[Step]) -> None:
        if not steps:
            return
        numbers = self._numbers(steps)
        new = [(step, number) for step, number in zip(steps, numbers, strict=True) if step.held is None]
        old = [(step, number) for step, number in zip(steps, numbers, strict=True) if step.held is not None]
        self._revise(_REVISE, old)
        self.connection.execute(_LEAVE, ([number for _, number in old],))
        with self.connection.cursor() as cursor:
            cursor.executemany(_CHANGE, [(*self._values(step), number) for step, number in old])
        self._copy(new)
        self._keep_forms([step.row.entry for step in steps if step.state is State.CURRENT])
        self._revise(_BEGIN_HISTORY, new)
        self._mention(((number, step.row.position) for step, number in zip(steps, numbers, strict=True)), is_written=True)

    def mention(self, numbers: Iterable[tuple[int, int]]) -> None:
        self._mention(numbers, is_written=False)

    def count_unread(self) -> int:
        return int(one(self.connection, "SELECT count(*) FROM mentioned WHERE position = %s", (UNREAD,))[0])

    def remove_unmentioned(self) -> int:
        self.connection.execute("SET LOCAL enable_seqscan = on")
        self.connection.execute("ANALYZE mentioned")
        found = self.connection.execute(_UNMENTIONED, (self.register_no,)).rowcount
        self._take_out("removed", State.REMOVED)
        return found

    def expire_due(self, today: date, register_expires_on: date | None) -> int:
        """Take out what may no longer be used; return how many."""
        found = self.connection.execute(_DUE, (self.register_no, today, has_expired(register_expires_on, today))).rowcount
        self._take_out("expired", State.EXPIRED)
        return found

    def reindex(self, indexer: Indexer, mark: str) -> int:
        """Compute keys and parts of every current record anew; return how many there are."""
        found = self.connection.execute(_ALL, (self.register_no,)).rowcount
        self.connection.execute("DELETE FROM record_key WHERE register_no = %s", (self.register_no,))
        self.connection.execute("DELETE FROM part_count WHERE register_no = %s", (self.register_no,))
        self.connection.execute("DELETE FROM part_form WHERE register_no = %s", (self.register_no,))
        last = 0
        while batch := self.connection.execute(_BODIES, (last, _BATCH)).fetchall():
            self._enter_anew([number for number, _ in batch], indexer([body for _, body in batch]))
            last = batch[-1][0]
        self.connection.execute("UPDATE register SET index_mark = %s WHERE register_no = %s", (mark, self.register_no))
        self.merge()
        return found

    def merge(self) -> None:
        self.connection.execute("SET LOCAL enable_seqscan = on")
        self.connection.execute("ANALYZE mentioned")
        self.connection.execute("ANALYZE leaving")
        self.connection.execute(
            """DELETE FROM record_key AS k USING leaving AS l, unnest(l.keys) AS gone
            WHERE k.register_no = %s AND k.key = gone AND k.record_no = l.record_no""",
            (self.register_no,),
        )
        self.connection.execute(_ENTER, (self.register_no,))
        self.connection.execute(_COUNT_PARTS, (self.register_no,))
        self._flush_forms()
        if self.connection.execute("DELETE FROM part_count WHERE register_no = %s AND records = 0", (self.register_no,)).rowcount:
            self.connection.execute(_FORGET_FORMS, (self.register_no,))

    def record(self, info: EditionInfo) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
        values = sql.SQL(", ").join(sql.Placeholder() * len(_COLUMNS))
        query = sql.SQL("INSERT INTO edition (register_no, {}) VALUES (%s, {})").format(names, values)
        self.connection.execute(query, (self.register_no, *(getattr(info, name) for name in _COLUMNS)))

    def confirm(self, info: EditionInfo) -> EditionInfo | None:
        newest = next(iter(editions(self.connection, self.register_no)), None)
        if newest is not None:
            self.connection.execute(
                "UPDATE edition SET confirmed_at = %s WHERE register_no = %s AND edition = %s",
                (info.confirmed_at, self.register_no, newest.edition),
            )
        return newest

    def _enter_anew(self, numbers: Sequence[int], entries: Sequence[IndexEntry]) -> None:
        rows = [(sorted(entry.parts), sorted(set(entry.keys)), number) for number, entry in zip(numbers, entries, strict=True)]
        with self.connection.cursor() as cursor:
            cursor.executemany("UPDATE record SET parts = %s, keys = %s WHERE record_no = %s", rows)
        self._keep_forms(entries)

    def _keep_forms(self, entries: Iterable[IndexEntry]) -> None:
        self._forms.update((form[0], form) for entry in entries for form in entry.forms)
        if len(self._forms) > _MAX_FORMS:
            self._flush_forms()

    def _flush_forms(self) -> None:
        if self._forms:
            columns = map(list, zip(*sorted(self._forms.values()), strict=True))
            self.connection.execute(_KEEP_FORMS, (self.register_no, *columns))
            self._forms.clear()

    def _numbers(self, steps: Sequence[Step]) -> list[int]:
        new = sum(step.held is None for step in steps)
        query: LiteralString = "SELECT nextval('record_number') FROM generate_series(1, %s)"
        fresh = iter(self.connection.execute(query, (new,)).fetchall())
        return [next(fresh)[0] if step.held is None else step.held.number for step in steps]

    def _values(self, step: Step) -> tuple[object, ...]:
        row, head = step.row, (step.state.value, self.edition, step.row.expires_on, step.digest)
        if step.state is not State.CURRENT:
            return (*head, b"", [], [])
        return (*head, row.line, sorted(row.entry.parts), sorted(set(row.entry.keys)))

    def _copy(self, new: Sequence[tuple[Step, int]]) -> None:
        if not new:
            return
        with self.connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for step, number in new:
                copy.write_row((number, self.register_no, step.row.record_id, *self._values(step)))

    def _revise(self, query: LiteralString, steps: Sequence[tuple[Step, int]]) -> None:
        numbers, changes = [number for _, number in steps], [step.change for step, _ in steps]
        self.connection.execute(query, (self.edition, self.at, numbers, changes))

    def _mention(self, numbers: Iterable[tuple[int, int]], *, is_written: bool) -> None:
        pairs = list(numbers)
        query: LiteralString = """INSERT INTO mentioned
            SELECT u.no, u.position, %s FROM unnest(%s::bigint[], %s::bigint[]) AS u (no, position)
            ON CONFLICT (record_no) DO UPDATE SET position = excluded.position, is_written = excluded.is_written"""
        self.connection.execute(query, (is_written, [number for number, _ in pairs], [position for _, position in pairs]))

    def _take_out(self, change: Change, state: State) -> None:
        self.connection.execute(
            """INSERT INTO revision (record_no, change, edition, at, body)
            SELECT record_no, %s, %s, %s, body FROM doomed JOIN record USING (record_no) ORDER BY record_no""",
            (change, self.edition, self.at),
        )
        self.connection.execute("INSERT INTO leaving SELECT record_no, parts, keys FROM doomed JOIN record USING (record_no)")
        self.connection.execute(
            """UPDATE record SET state = %s, edition = %s, body = '', parts = '{}', keys = '{}'
            FROM doomed WHERE doomed.record_no = record.record_no""",
            (state.value, self.edition),
        )
