"""One query between two real nodes over HTTPS on loopback, and how many of them one node answers.

Each query is a person of a generated register: match keys made, blinded, padded, recorded, signed, sent, verified, answered with
proof, recorded there, verified here, looked up. The holder is a process of its own.

Bars: 12 ms of processor time on both sides, p50 20 ms, p99 60 ms, at most 3 KB each way; 300 queries a second answered.
"""

import os
import threading
import time
from itertools import islice

from bench.lib import inside, metrics, nodes, product, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result

SIZE = 20_000
QUERIES = 300
PARTNERS = 20
LOAD_S = 20.0


def run(options: Options) -> Result:
    """Ask one after the other; then twenty at once."""
    size = options.size or SIZE
    made = registers.make(size)
    with nodes.opened(f"query_{size}", None, made.first) as pair, inside.opened_node(pair.asker) as asker:
        askable = inside.key_maker().keys_of(lines := [*islice(product.read_lines(made.second), 2 * QUERIES)], "asker")
        queries = [line for line, keys in zip(lines, askable, strict=True) if keys][:QUERIES]
        asker.sync(nodes.CIRCLE)
        asker.ask(nodes.CIRCLE, nodes.PURPOSE, queries[0])
        before, mine = pair.holder_cpu_s(), time.process_time()
        times, points, requests = [], 0, 0
        for line in queries:
            start = time.perf_counter()
            outcome = asker.ask(nodes.CIRCLE, nodes.PURPOSE, line)
            times.append(1000 * (time.perf_counter() - start))
            points += outcome.points
            requests += outcome.requests
        cpu = (pair.holder_cpu_s() - before + time.process_time() - mine) / requests * 1000
        rate, errors = _load(asker, pair)
        memory = pair.holder_mb()
    bytes_each = 8 + 32 * points / requests
    figures = [
        Figure(name="processor ms of one request, both sides", ours=cpu, bar=12, more_is_better=False, checked=False),
        Figure(name="p50 ms of one question", ours=metrics.quantile(times, 0.5), bar=20, more_is_better=False, checked=False),
        Figure(name="p99 ms of one question", ours=metrics.quantile(times, 0.99), bar=60, more_is_better=False, checked=False),
        Figure(name="body bytes of a request", ours=bytes_each, bar=3072, more_is_better=False, checked=False),
        Figure(name="requests a second, 20 at once", ours=rate, bar=300, checked=False),
        Figure(name="errors under load", ours=errors, bar=0, more_is_better=False, checked=False),
        Figure(name="holder MB after it", ours=memory, more_is_better=False, checked=False),
    ]
    notes = [
        f"index of {size:,} records; {len(times)} questions",
        f"each on average {requests / len(times):.2f} requests and {points / len(times):.0f} points",
        f"load: {PARTNERS} connections for {LOAD_S:.0f} s on {os.cpu_count()} cores, which the askers share",
    ]
    return Result(name="node-query", figures=figures, notes=notes)


def _load(asker: "inside.Asker", pair: nodes.Nodes) -> tuple[float, int]:
    """Let many askers send ready-made questions of 32 points for a while; beside sending they sign and verify signatures."""
    done, errors = [0] * PARTNERS, [0] * PARTNERS
    until = time.monotonic() + LOAD_S

    def send(number: int) -> None:
        post = asker.sender(nodes.CIRCLE, nodes.PURPOSE, "holder")
        while time.monotonic() < until:
            try:
                post()
                done[number] += 1
            except Exception:  # noqa: BLE001  # whatever it is, it is counted
                errors[number] += 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(PARTNERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pair.served.poll() is None, "the holder ended under load"
    return sum(done) / LOAD_S, sum(errors)
