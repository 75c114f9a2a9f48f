"""Random steps of casework under every fault, an invariant looked at after each: 100,000 without a broken one.

Three organisations with the real casework, database and documents; messages and receipts are lost, nodes are killed between any
two writes (tests/lib/case_actions.py). Bar: 100,000 steps, none of which reaches a disclosure without an approval, an action
before its log entry, or a handling code loosened downstream.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.lib import places
from bench.lib.options import Options
from bench.lib.process import CommandError
from bench.lib.report import Figure, Result, Table

STEPS = 100_000


def run(options: Options) -> Result:
    """Take the steps; a broken invariant ends them."""
    steps = options.size or STEPS
    with TemporaryDirectory() as folder:
        out = Path(folder) / "steps.json"
        words = [sys.executable, "-m", "pytest", "-q", "-k", "many", "tests/property/test_casework.py"]
        around = {**os.environ, "CASE_STEPS": str(steps), "CASE_STEPS_OUT": str(out)}
        began = time.perf_counter()
        done = subprocess.run(words, cwd=places.ROOT, env=around, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode:
            raise CommandError(done.stdout[-2000:])
        taken = json.loads(out.read_text(encoding="utf-8"))
    return Result(
        name="case-steps",
        figures=[Figure(name="steps without a broken invariant", ours=taken.pop("steps"), bar=STEPS, checked=False)],
        tables=[Table("Moves that were allowed; the others were refused whole", ("move", "times"), sorted(taken.items()))],
        notes=[f"{seconds:,.0f} seconds on a busy machine"],
    )
