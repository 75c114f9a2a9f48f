"""Throws changed messages at every parser of what a peer sends, guided by what they make it execute.

    .venv/bin/python scripts/fuzz.py --list
    .venv/bin/python scripts/fuzz.py --seconds 600              # all, one after the other; the time is shared
    .venv/bin/python scripts/fuzz.py together --seconds 15      # all in one process: what the tests do
    .venv/bin/python scripts/fuzz.py delta --seconds 3600       # one, for an hour

The parsers and their good messages are in tests/lib/fuzz_targets.py. What was found is kept in .bench/fuzz/TARGET, and begun with
next time; bytes that broke a parser are left there as crash-*, and make the exit code 1. Needs atheris, which `make test`
installs where it is built.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / ".bench" / "fuzz"
MOST_BYTES = 1 << 16
INSIDE = "--inside"


def main() -> int:
    """Fuzz what was named."""
    parser = argparse.ArgumentParser(description="Fuzz the parsers of peer input.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all")
    parser.add_argument("--list", action="store_true", help="list the targets and end")
    parser.add_argument("--seconds", type=int, default=60, help="in all (default 60)")
    parser.add_argument("--corpus", type=Path, default=SCRATCH, help="where what was found is kept (default .bench/fuzz)")
    given = parser.parse_args()
    names = list(_targets())
    if given.list:
        print("\n".join(names))
        return 0
    if unknown := set(given.targets) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    chosen = given.targets or [name for name in names if name != "together"]
    broken = [name for name in chosen if not _fuzz(name, given.corpus, max(1, given.seconds // len(chosen)))]
    print(f"{len(chosen)} parsers, broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


def inside(name: str, folder: Path) -> None:
    """Fuzz one target in this process, for ever or until libFuzzer has enough."""
    import atheris  # noqa: PLC0415  only here, where it is needed

    with atheris.instrument_imports(include=["tallystick"]):
        targets = _targets()
    from lib.fuzz_targets import survives  # noqa: PLC0415  after the instrumentation

    target = targets[name]
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[4:], str(corpus)], lambda data: survives(target, data))
    atheris.Fuzz()


def _targets() -> Any:  # noqa: ANN401  the type is behind the import
    sys.path[:0] = [str(ROOT / "tests")]
    from lib.fuzz_targets import TARGETS  # noqa: PLC0415  imported under instrumentation where that matters

    return TARGETS


def _fuzz(name: str, folder: Path, seconds: int) -> bool:
    limits = [
        "-print_final_stats=1",
        f"-artifact_prefix={folder / name}/",
        f"-max_total_time={seconds}",
        f"-max_len={MOST_BYTES}",
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-verbosity=0",
    ]
    words = [
        sys.executable,
        __file__,
        INSIDE,
        name,
        str(folder),
        *limits,
        "-print_final_stats=1",
        f"-artifact_prefix={folder / name}/",
    ]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    runs = next((line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line), "0")
    print(f"{name:22}{int(runs):>10,} runs{'' if done.returncode == 0 else '  BROKEN'}", flush=True)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-4000:], sep="\n", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        inside(sys.argv[2], Path(sys.argv[3]))
    sys.exit(main())
