"""The desk of a node under twenty people at once: 100,000 records, 10,000 hits in all states, on SQLite and on PostgreSQL.

Node and desk are one served process, reached over TLS on the loopback by people who have signed in; they walk the pages of their
role (bench/lib/visitors.py) from another process, on the same cores. What the desk shows was made by the product's own code
(bench/lib/offices.py), once, and is kept. The growth is shown by a tenth of the hits in the same run, the limit by people who do
not wait between two pages.

Bar: p95 below 150 ms, for each page, on both stores.
"""

import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.lib import inside, metrics, nodes, offices, places, postgres, product
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from bench.lib.visitors import Spec, Told, visit

HITS = 10_000
P95_MS = 150.0
PEOPLE = {"officer": 14, "approver": 4, "auditor": 2}
THINK_S = 1.0
SECONDS = 60.0
SOME = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """One load: what people saw, and what the node used meanwhile."""

    told: Told
    cpu_s: float
    mb: float

    def quantile(self, page: str, share: float) -> float:
        """Return a quantile of the times of a page."""
        return metrics.quantile(self.told.times_ms.get(page, []), share)

    @property
    def worst_p95(self) -> float:
        """The p95 of the slowest page."""
        return max(self.quantile(page, 0.95) for page in self.told.times_ms)

    @property
    def all_ms(self) -> list[float]:
        """The times of all pages."""
        return [time for times in self.told.times_ms.values() for time in times]


def run(options: Options) -> Result:
    """Measure three stores, and the limit."""
    hits, seconds = options.size or HITS, options.soak_s or SECONDS
    made, less = offices.prepared(hits), offices.prepared(max(hits // 10, 100))
    with _desk(less, "") as desk:
        small = desk.load(seconds / 2, THINK_S)
    with _desk(made, "") as desk:
        sqlite, limit = desk.load(seconds, THINK_S), desk.load(seconds / 3, 0.0)
    with postgres.server() as url, _desk(made, _filled(url, made)) as desk:
        postgresql = desk.load(seconds, THINK_S)
    return _result(made, {"a tenth": small, "SQLite": sqlite, "PostgreSQL": postgresql}, limit)


def _result(made: offices.Prepared, measured: dict[str, Measured], limit: Measured) -> Result:
    figures = [
        _most("errors", sum(len(each.told.errors) for each in (*measured.values(), limit)), 0),
        *(_most(f"p95 ms of the slowest page, {name}", measured[name].worst_p95, P95_MS) for name in ("SQLite", "PostgreSQL")),
        *(
            _most(f"p{share} ms of all pages, {name}", metrics.quantile(measured[name].all_ms, share / 100))
            for name in ("SQLite", "PostgreSQL")
            for share in (50, 95, 99)
        ),
        *(_most(f"processor ms of the node for a page, {name}", _cost(each)) for name, each in measured.items()),
        Figure(name="pages a second when nobody waits, SQLite", ours=limit.told.asked / limit.told.seconds, checked=False),
        _most("p95 ms of all pages when nobody waits", metrics.quantile(limit.all_ms, 0.95)),
        _most("p95 ms of a sign-in, twenty at once", metrics.quantile(measured["SQLite"].told.sign_in_ms, 0.95)),
        _most("MB of the node after it", measured["SQLite"].mb),
    ]
    people = ", ".join(f"{count} {role}s" for role, count in PEOPLE.items())
    stages = ", ".join(f"{count:,} {stage}" for stage, count in made.stages.items())
    notes = [
        f"{people}; between two pages each waits {THINK_S:g} s on average",
        f"{made.cases:,} cases: {stages}",
        f"a page costs the people's own process {1000 * measured['SQLite'].told.cpu_s / measured['SQLite'].told.asked:.1f} ms",
        *sorted({why for each in measured.values() for why in each.told.errors})[:5],
    ]
    return Result(name="desk-load", figures=figures, tables=[_by_page(measured)], notes=notes)


def _by_page(measured: dict[str, Measured]) -> Table:
    pages = sorted(measured["SQLite"].told.times_ms, key=lambda page: -measured["SQLite"].quantile(page, 0.95))
    rows: list[list[str | float | None]] = [
        [
            page, len(measured["SQLite"].told.times_ms[page]), measured["a tenth"].quantile(page, 0.95),
            *(measured[name].quantile(page, share) for name in ("SQLite", "PostgreSQL") for share in (0.5, 0.95, 0.99)),
        ]
        for page in pages
    ]  # fmt: skip
    heads = ("page", "asked", "p95 with a tenth", *(f"{name} p{share}" for name in ("SQLite", "PG") for share in (50, 95, 99)))
    return Table("Milliseconds by page", heads, rows)


def _cost(measured: Measured) -> float:
    return 1000 * measured.cpu_s / measured.told.asked


def _most(name: str, ours: float, bar: float | None = None) -> Figure:
    return Figure(name=name, ours=ours, bar=bar, more_is_better=False, checked=False)


# --- the desk -------------------------------------------------------------------------------------------------------------


class _Desk:
    """A served desk, and who may sign in there."""

    def __init__(self, node: Path, process: "subprocess.Popen[bytes]", spec: Spec) -> None:
        self._node, self._process, self._spec = node, process, spec

    def load(self, seconds: float, think_s: float) -> Measured:
        """Let everybody walk."""
        before = nodes.cpu_s(self._process.pid)
        told = visit(replace(self._spec, seconds=seconds, think_s=think_s), self._node.parent)
        return Measured(told, nodes.cpu_s(self._process.pid) - before, nodes.resident_mb(self._process.pid))


@contextmanager
def _desk(made: offices.Prepared, store: str) -> Iterator[_Desk]:
    """Serve a copy of a prepared node; `store`: where its registers are, if not where they were made."""
    node = places.scratch("desk", "run", "asker")
    shutil.rmtree(node.parent, ignore_errors=True)
    shutil.copytree(made.folder, node)
    if store:
        settings = node / "node.toml"
        settings.write_text(settings.read_text(encoding="utf-8").replace("registers.db", store), encoding="utf-8")
    people, [port] = [*_people(node)], nodes.free_ports(1)
    spec = Spec(
        port=port, root=str(node / "keys" / "ca.pem"), people=people, circle=nodes.CIRCLE, partner=offices.PARTNER,
        cases=made.cases, entries=inside.log_size(node), records=_some(made), think_s=0.0, seconds=0.0,
    )  # fmt: skip
    with nodes.served(node, "--desk", f"0.0.0.0:{port}") as process:
        yield _Desk(node, process, spec)


def _people(node: Path) -> Iterator[list[str]]:
    for role, count in PEOPLE.items():
        for number in range(count):
            name, password = f"{role}-{number}", secrets.token_hex(8)
            inside.command("staff", "add", name, "--role", role, "--password-stdin", "--node", node, said=f"{password}\n")
            secret = ""
            if role == "approver":
                said = inside.command("staff", "second-factor", name, "--node", node, "--json")
                secret = parse_qs(urlsplit(json.loads(said)["authenticator"]).query)["secret"][0]
            yield [name, password, secret, role]


def _some(made: offices.Prepared) -> list[list[str]]:
    """Return register, id and a name of some records of both registers."""
    found = []
    for register, file in (("people", made.people), ("wanted", made.wanted)):
        some = islice(product.read_records(file), SOME)
        found += [[register, str(record["id"]), str(record["names"][0])] for record in some]
    return found


def _filled(url: str, made: offices.Prepared) -> str:
    """Return a database with the same registers, filled now where it is new."""
    name = made.folder.parent.name.join(("desk_", ""))
    store = url.format(name)
    if postgres.database(url, name):
        for register, file in (("people", made.people), ("wanted", made.wanted)):
            offices.fill(register, file, store)
    return store
