"""OpenMined PSI: processor seconds of what corresponds to the steps of an OPRF, on P-256.

python openmined_oprf.py COUNT ROUNDS

Prints the best round: "evaluate" (the server's own set, encrypted), "blind", "blind_evaluate" (a request answered).
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from private_set_intersection.python import DataStructure, client, server

REVEAL_INTERSECTION = True


def timed(call: Callable[..., Any], *arguments: object) -> tuple[Any, float]:
    """Return what the call returns, and its processor seconds."""
    start = time.process_time()
    made = call(*arguments)
    return made, time.process_time() - start


def one_round(count: int) -> dict[str, float]:
    """Measure every step once."""
    inputs = [f"k1;n;zorvek+marek;{i:08}" for i in range(count)]
    holder, asker = server.CreateWithNewKey(REVEAL_INTERSECTION), client.CreateWithNewKey(REVEAL_INTERSECTION)
    _, evaluate = timed(holder.CreateSetupMessage, 1e-9, count, inputs, DataStructure.RAW)
    request, blind = timed(asker.CreateRequest, inputs)
    _, blind_evaluate = timed(holder.ProcessRequest, request)
    return {"evaluate": evaluate, "blind": blind, "blind_evaluate": blind_evaluate}


if __name__ == "__main__":
    count, rounds = map(int, sys.argv[1:3])
    found = [one_round(count) for _ in range(rounds)]
    print(json.dumps({step: min(each[step] for each in found) for step in found[0]}))
