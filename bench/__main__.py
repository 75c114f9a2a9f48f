"""`python -m bench NAME ...`: runs benchmarks, prints one table each, keeps the figures.

`--check` compares quality figures with the committed baseline; `--freeze` writes that baseline.
"""

import argparse
import importlib
import sys
import traceback
from collections.abc import Sequence

from bench.lib import baseline, places, report
from bench.lib.options import Options
from bench.lib.process import CommandError

BENCHMARKS = {
    "lists": "quality.lists",
    "politicians": "quality.politicians",
    "name-pairs": "quality.name_pairs",
    "febrl": "quality.febrl",
    "cross-script": "quality.cross_script",
    "screening": "quality.screening",
    "mentions": "quality.mentions",
    "extraction": "quality.extraction",
    "attribution": "quality.attribution",
    "languages": "quality.languages",
    "polarity": "quality.polarity",
    "derived": "quality.derived",
    "threshold": "quality.threshold",
    "calibration": "quality.calibration",
    "keys": "quality.keys",
    "rehearse": "quality.rehearse",
    "strangers": "quality.strangers",
    "both-sides": "quality.both_sides",
    "dictionary": "quality.dictionary",
    "link-million": "speed.link_million",
    "find-batch": "speed.find_batch",
    "find-million": "speed.find_million",
    "pairs-per-second": "speed.pairs_per_second",
    "articles": "speed.articles",
    "screening-speed": "speed.screening_speed",
    "names-per-second": "speed.names_per_second",
    "oprf": "speed.oprf",
    "exchange-index": "speed.exchange_index",
    "cold-start": "speed.cold_start",
    "audit-log": "speed.audit_log",
    "node-query": "speed.node_query",
    "node-index": "speed.node_index",
    "seal": "speed.seal",
    "bulk": "speed.bulk",
    "desk-load": "speed.desk_load",
    "case-steps": "speed.case_steps",
    "node-kills": "speed.node_kills",
}
CHECKED = ("lists", "politicians", "name-pairs", "febrl", "cross-script", "screening", "threshold", "calibration")
"""Quality only, minutes at most: what a check after a change runs."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what was named; 0 = all well, 1 = worse than the baseline or failed."""
    given = _arguments(words)
    if given.list:
        for name, module in BENCHMARKS.items():
            document = (importlib.import_module(f"bench.{module}").__doc__ or "").strip().splitlines()
            report.say(f"{name:18}{document[0]}")
        return 0
    names = given.names or list(CHECKED)
    quick = given.check or given.freeze  # both take the same figures, or the comparison would miss some
    options = Options(
        peers=not (given.no_peers or quick), size=given.size, cores=given.cores, brief=given.brief or quick, soak_s=given.soak
    )
    results = [result for name in names if (result := _run(name, options)) is not None]
    failed = len(results) < len([name for name in names if name not in _skipped])
    if given.freeze:
        baseline.freeze(results)
    if given.check:
        worse = baseline.compare(results)
        report.say("\n".join(worse) if worse else f"\nno figure is worse than the baseline ({len(results)} benchmarks)")
        failed = failed or bool(worse)
    return 1 if failed else 0


_skipped: list[str] = []


def _run(name: str, options: Options) -> report.Result | None:
    try:
        result: report.Result = importlib.import_module(f"bench.{BENCHMARKS[name]}").run(options)
    except places.SkippedError as missing:
        report.say(f"\n## {name}: skipped, {missing}")
        _skipped.append(name)
        return None
    except CommandError as error:
        report.say(f"\n## {name}: failed, {error}")
        return None
    except Exception:  # noqa: BLE001  one broken benchmark must not hide the others
        report.say(f"\n## {name}: failed\n{traceback.format_exc()}")
        return None
    report.show(result)
    report.keep(result)
    return result


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Quality and speed of tallystick, beside its peers.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)} (default: the quick quality ones)"
    )
    parser.add_argument("--list", action="store_true", help="list the benchmarks and end")
    parser.add_argument("--no-peers", action="store_true", help="run tallystick only")
    parser.add_argument("--brief", action="store_true", help="leave out the peers that take minutes")
    parser.add_argument("--size", type=int, help="records a side, for the benchmarks on generated registers")
    parser.add_argument("--cores", type=int, default=1, help="hold every tool to so many cores (default 1)")
    parser.add_argument("--soak", type=float, metavar="SECONDS", help="for how long `node-query` holds a node under load")
    parser.add_argument("--check", action="store_true", help="compare quality with bench/baseline.json; peers are not run")
    parser.add_argument("--freeze", action="store_true", help="write the figures of this run into bench/baseline.json")
    given = parser.parse_args(words)
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
