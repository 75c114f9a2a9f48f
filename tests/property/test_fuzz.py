"""Every parser of peer input, fed with good messages, with their mutations, and with what a fuzzer finds in a bounded time.

`scripts/fuzz.py` does the last part for as long as one likes.
"""

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from lib.fuzz_targets import PARSERS, survives

ROOT = Path(__file__).parents[2]
MUTATIONS = 300
SECONDS = 15


@pytest.mark.parametrize("name", PARSERS)
def test_good_messages_and_their_mutations_break_nothing(name: str) -> None:
    target, rng = PARSERS[name], random.Random(name)
    for seed in target.seeds():
        survives(target, seed)
        for _ in range(MUTATIONS if len(seed) < 4096 else MUTATIONS // 10):
            survives(target, mutated(seed, rng))


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Cut, repeat, change or swap some of a message."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, end = sorted((rng.randint(0, len(changed)), rng.randint(0, len(changed))))
        match rng.randrange(6):
            case 0:
                del changed[at:end]
            case 1:
                changed[at:at] = changed[at:end][:1000]
            case 2 if changed:
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
            case 3:
                changed[at : at + 4] = rng.choice([b"\xff" * 4, bytes(4), b"\x00\x00\x01\x00"])
            case 4:
                changed[at:at] = rng.choice([b'"', b"\n", b"{", b"\\ud800", b"-1", b"1e9", "\u202e".encode(), b"\xff"])
            case _:
                changed[at:end] = bytes(reversed(changed[at:end]))
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not built for this machine")
def test_a_guided_fuzzer_breaks_nothing_in_a_bounded_time(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "scripts" / "fuzz.py"), "together", "--seconds", str(SECONDS), "--corpus", str(tmp_path)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert " runs\n" in done.stdout
