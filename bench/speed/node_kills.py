"""A node under load is killed at random moments, and started again: 200 times without an answer that its log does not hold.

After each kill the log is verified, every answer the asker has is looked for in it, once, and what is left of the budget is
compared with what the log says was spent. In the end the standing watch finds what the holder learns, without asking again. A
third of the rounds ends in peace, so that the next start begins with a snapshot (tests/node/test_killed_node.py).
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
from bench.lib.report import Figure, Result

KILLS = 200
_TEST = "tests/node/test_killed_node.py::test_no_answer_without_its_entry_and_no_point_lost_or_doubled"


def run(options: Options) -> Result:
    """Kill it; a book that does not agree ends the run."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "kills.json"
        around = {**os.environ, "NODE_KILLS": str(options.size or KILLS), "NODE_KILLS_OUT": str(out)}
        began = time.perf_counter()
        words = [sys.executable, "-m", "pytest", "-q", _TEST]
        done = subprocess.run(words, cwd=places.ROOT, env=around, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode:
            raise CommandError(done.stdout[-2000:])
        told = json.loads(out.read_text(encoding="utf-8"))
    return Result(
        name="node-kills",
        figures=[
            Figure(name="kills after which log, answers and budget agree", ours=told["kills"], bar=KILLS, checked=False),
            Figure(name="answers received, each with its entry", ours=told["answers"], checked=False),
            Figure(name="entries whose answer did not arrive", ours=told["entries"] - told["answers"], checked=False),
            Figure(name="points spent, all of them in the log", ours=told["points"], checked=False),
        ],
        notes=[f"{told['stops']} stops in peace between them; {seconds:,.0f} seconds on a busy machine"],
    )
