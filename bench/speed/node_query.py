"""One query between two real nodes over HTTPS on loopback, and how many of them one node answers, for as long as is wanted.

Each query is a person of a generated register: match keys made, blinded, padded, recorded, signed, sent, verified, answered with
proof, recorded there, verified here, looked up. The holder is a process of its own. The load is twenty partners in another one
(bench/lib/askers.py); what they spend is told apart, since they stand on the same cores as the node they ask.

The holder's register has a million records; it is sealed once, and the nodes are kept in `.bench/nodes` for the next run.

Bars: 12 ms of processor time on both sides, p50 20 ms, p99 60 ms, at most 3 KB each way; 300 queries a second answered for ten
minutes (`--soak 600`), no error, flat memory: after the warm-up less than 2 % more in ten minutes (bench/lib/course.py).
"""

import os
import time
from dataclasses import dataclass
from itertools import islice

from bench.lib import askers, course, inside, metrics, nodes, product, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result

SIZE = 1_000_000
QUERIES = 300
PARTNERS = 20
LOAD_S = 20.0
MOST_POINTS = 64
"""Of one request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question after the other took."""

    times_ms: list[float]
    points: int
    requests: int
    cpu_ms: float


def run(options: Options) -> Result:
    """Ask one after the other; then twenty at once."""
    size = options.size or SIZE
    made = registers.make(size)
    with nodes.opened(f"query_{size}", None, made.first, PARTNERS, keep=True) as pair:
        return measured(pair, nodes.CIRCLE, product.read_lines(made.second), f"index of {size:,} records", options)


def measured(pair: nodes.Nodes, circle: str, lines: "product.Lines", what: str, options: Options) -> Result:
    """Measure the holder of a pair as it stands."""
    asked = asked_one_by_one(pair, circle, lines)
    told, cpu_s, moments = _load(pair, circle, options.soak_s or LOAD_S)
    bytes_each = 8 + 32 * asked.points / asked.requests
    figures = [
        _most("processor ms of one request, both sides", asked.cpu_ms, 12),
        _most("p50 ms of one question", metrics.quantile(asked.times_ms, 0.5), 20),
        _most("p99 ms of one question", metrics.quantile(asked.times_ms, 0.99), 60),
        _most("body bytes of a request", bytes_each, 3072),
        _most("body bytes of the largest answer", inside.answer_bytes(MOST_POINTS), 3072),
        _most("requests of one question", asked.requests / len(asked.times_ms)),
        Figure(name="requests a second, 20 at once", ours=told.done / told.at_s, bar=300, checked=False),
        _most("errors under load", told.errors, 0),
        _most("processor ms of the node for each", 1000 * cpu_s / told.done),
        _most("processor ms of the asker for each", 1000 * told.cpu_s / told.done),
        _most("p50 ms under load", told.p50_ms),
        _most("p99 ms under load", told.p99_ms),
        _most("holder MB after it", moments[-1].mb),
        _most("% it grew after the warm-up, in ten minutes", course.growth_percent(moments), course.BAR_PERCENT),
    ]
    each = f"{asked.requests / len(asked.times_ms):.2f} requests, {asked.points / asked.requests:.0f} points a request"
    notes = [
        f"{what}; {len(asked.times_ms)} questions, each on average {each}",
        f"load: {PARTNERS} partners for {told.at_s:.0f} s, {askers.POINTS} points each, {os.cpu_count()} cores for all",
        *told.why,
    ]
    return Result(name="node-query", figures=figures, tables=[course.table(moments)], notes=notes)


def _most(name: str, ours: float | None, bar: float | None = None) -> Figure:
    return Figure(name=name, ours=ours, bar=bar, more_is_better=False, checked=False)


def asked_one_by_one(pair: nodes.Nodes, circle: str, lines: "product.Lines") -> Asked:
    """Ask about some hundred persons, one after the other."""
    with inside.opened_node(pair.asker) as asker:
        some = [*islice(lines, 2 * QUERIES)]
        queries = [line for line, keys in zip(some, inside.key_maker().keys_of(some, "asker"), strict=True) if keys][:QUERIES]
        asker.ask(circle, nodes.PURPOSE, queries[0])  # fetches the index
        before, mine = pair.holder_cpu_s(), time.process_time()
        times, points, requests = [], 0, 0
        for line in queries:
            start = time.perf_counter()
            outcome = asker.ask(circle, nodes.PURPOSE, line)
            times.append(1000 * (time.perf_counter() - start))
            points += outcome.points
            requests += outcome.requests
        cpu_s = pair.holder_cpu_s() - before + time.process_time() - mine
        return Asked(times, points, requests, 1000 * cpu_s / requests)


def _load(pair: nodes.Nodes, circle: str, seconds: float) -> tuple[askers.Told, float, list[course.Moment]]:
    """Return what the askers told in the end, what the holder spent, and how it went."""
    spec = askers.Spec([*map(str, pair.partners)], circle, "holder", nodes.PURPOSE, seconds)
    moments = [course.Moment(0.0, 0, 0, pair.holder_mb())]
    with askers.asking(spec, pair.holder.parent) as telling:
        next(telling)  # connected, and about to ask
        before = pair.holder_cpu_s()
        told = None
        for told in telling:
            moments.append(course.Moment(told.at_s, told.done, told.errors, pair.holder_mb()))
    assert pair.served.poll() is None, "the holder ended under load"
    assert told is not None
    return told, pair.holder_cpu_s() - before, moments
