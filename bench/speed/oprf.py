"""Oblivious evaluations per second and core, beside openmined-psi and libsodium; what one query of 32 points costs.

Bar: 30,000 of the holder's own inputs, 1.5 times openmined-psi. Everything in processor seconds of one core, the best of several
rounds each; libsodium is driven from C without any Python, openmined-psi works on P-256 and makes no proofs.
"""

import json

from bench.lib import inside, peers, places
from bench.lib.cores import held_to, timed
from bench.lib.options import Options
from bench.lib.process import CommandError
from bench.lib.process import run as run_command
from bench.lib.report import Figure, Result, Table

COUNT, ROUNDS, POINTS, QUERIES = 20_000, 5, 32, 200
BAR = 30_000
Seconds = dict[str, float]


def run(options: Options) -> Result:
    """Measure every step on one core, in bulk and for one query, then the peers."""
    count = options.size or COUNT
    with held_to(1):
        bulk = {mode: _best(mode, count, ROUNDS) for mode in ("OPRF", "VOPRF")}
        query = {mode: _best(mode, POINTS, QUERIES) for mode in ("OPRF", "VOPRF")}
    openmined = peers.call("openmined", "openmined_oprf.py", count, ROUNDS)[0] if options.peers else None
    sodium, notes = _libsodium(count) if options.peers else (None, [])
    beside = {"openmined-psi": openmined, "libsodium": sodium}
    return Result(
        name="oprf",
        figures=_figures(bulk["OPRF"], beside, count),
        tables=[
            _steps("Microseconds for each of many points, one core", bulk, count),
            _steps("Microseconds for a whole query of 32 points, one core", query, 1),
        ],
        notes=[f"{count:,} points, best of {ROUNDS} rounds; one query: best of {QUERIES}", *notes],
    )


def _figures(ours: Seconds, beside: dict[str, Seconds | None], count: int) -> list[Figure]:
    found = []
    steps = (("own inputs evaluated per second", "evaluate"), ("elements of others per second", "blind_evaluate"))
    for title, step in steps:
        theirs = {peer: count / seconds[step] for peer, seconds in beside.items() if seconds}
        found.append(Figure(name=title, ours=count / ours[step], bar=BAR, peers=theirs, checked=False))
    openmined = beside["openmined-psi"]
    times = openmined["evaluate"] / ours["evaluate"] if openmined else None
    return [*found, Figure(name="own inputs, times openmined-psi", ours=times, bar=1.5, checked=False)]


def _steps(title: str, seconds: dict[str, Seconds], points: int) -> Table:
    rows: list[list[str | float | None]] = [
        [step, *(each[step] / points * 1e6 for each in seconds.values())] for step in next(iter(seconds.values()))
    ]
    return Table(title, ["step", *seconds], rows)


def _best(mode: str, count: int, rounds: int) -> Seconds:
    found = [_round(mode, count) for _ in range(rounds)]
    return {step: min(each[step] for each in found) for step in found[0]}


def _round(mode: str, count: int) -> Seconds:
    part = inside.oprf()
    suite, chosen = part.Suite.RISTRETTO255_SHA512, part.Mode[mode]
    server = part.Server(suite, chosen, part.SecretKey.generate(suite))
    client = part.Client(suite, chosen, server.public_key)
    inputs = [b"k1;n;zorvek+marek;%08d" % i for i in range(count)]
    (blinds, blinded), blind = timed(lambda: client.blind_batch(inputs))
    (evaluated, proof), blind_evaluate = timed(lambda: server.blind_evaluate_batch(blinded))
    outputs, finalize = timed(lambda: client.finalize_batch(blinds, evaluated, proof))
    own, evaluate = timed(lambda: server.evaluate_batch(inputs))
    assert outputs == own
    spent = {"blind": blind, "blind_evaluate": blind_evaluate, "finalize": finalize, "evaluate": evaluate}
    return {step: each.cpu_s for step, each in spent.items()}


def _libsodium(count: int) -> tuple[Seconds | None, list[str]]:
    program = places.scratch("out", "libsodium_oprf")
    try:
        run_command(["cc", "-O2", places.PEERS / "libsodium_oprf.c", "-l:libsodium.so.23", "-o", program])
    except (CommandError, OSError):
        return None, ["libsodium was not measured: it needs cc and the system package libsodium23"]
    found = [json.loads(run_command([program, str(count)], cores=1).output) for _ in range(ROUNDS)]
    seconds = {step: min(each[step] for each in found) for step in ("evaluate", "blind_evaluate")}
    return seconds, [f"libsodium {found[0]['version']}"]
