"""Sends made-up requests, good and bad, to every operation of a desk, and checks each answer against the description.

    .venv/bin/python scripts/walk_api.py --examples 500             # all operations
    .venv/bin/python scripts/walk_api.py case-decide --examples 5000

The desk is one of invented persons, in this process. What fails is printed as schemathesis tells it,
with a command that repeats the request; the exit code is 1 then. `make test` does it with few examples.
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))


def main() -> int:
    """Walk over what was named."""
    from lib.api_walk import operations, walk, walked_desk  # noqa: PLC0415 - found by the line above

    found = operations()
    parser = argparse.ArgumentParser(description="Send made-up requests to a desk.")
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help="default: all")
    parser.add_argument("--examples", type=int, default=100, help="of each (default 100)")
    given = parser.parse_args()
    if unknown := set(given.operations) - set(found):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    failed = 0
    with tempfile.TemporaryDirectory() as root, walked_desk(Path(root)) as desk:
        for name in given.operations or found:
            try:
                walk(desk, name, found[name], given.examples)
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever was found
                failed += 1
                print(f"{name}: {error}")
    print(f"{len(given.operations or found)} operations, {given.examples} examples each: {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
