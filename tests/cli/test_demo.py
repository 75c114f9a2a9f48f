"""`make demo-linking` runs to its end and finds what it promises."""

import os
import re
import subprocess
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "scripts" / "demo-linking"


@pytest.mark.slow
def test_the_demo_runs_to_its_end(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "TALLYSTICK_DATA"}
    done = subprocess.run([DEMO, folder], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    precision = re.search(r"of them right\s+([0-9.]+)%", done.stdout)
    recall = re.search(r"possible links too.*?([0-9.]+)%", done.stdout)
    assert precision
    assert recall
    # How good exactly is the business of bench/; here only that what the demo shows is worth showing.
    assert float(precision[1]) > 90
    assert float(recall[1]) > 80
    assert "across scripts" in done.stdout
    assert "(left out: the published lists" in done.stdout
