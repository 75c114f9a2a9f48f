"""Runs a linking on small registers with any engine, and reads what it wrote."""

import csv
import io
import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallystick.linkage import LinkPlan, LinkSummary
from tallystick.linkage.engine import BadLine, LinkEvidence
from tallystick.matching import default_parameters
from tallystick.node.linking import Linking
from tallystick.wiring import EngineChoice, linking_engine

ENGINES = ("memory", "native", "duckdb")
EVERYTHING = -1000.0
"""A weight below every weight: all weighed pairs are written."""


@dataclass(frozen=True)
class Result:
    """What a linking wrote and said."""

    rows: list[tuple[str, str, float, float, str]]
    summary: LinkSummary
    bad: list[BadLine]
    evidence: list[LinkEvidence]

    def pairs(self, decision: str) -> set[tuple[str, str]]:
        return {(row[0], row[1]) for row in self.rows if row[4] == decision}


def text(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def linked_within(engine: str, register: bytes, *, batch: int = 1000) -> Result:
    """Look in one text of native lines for persons who are there twice, all weighed pairs reported."""
    return linked(engine, register, register, batch=batch, within=True)


def linked(engine: str, a: bytes, b: bytes, *, work: Path | None = None, batch: int = 1000, within: bool = False) -> Result:
    """Link two texts of native lines, all weighed pairs reported."""
    with ExitStack() as stack:
        make = stack.enter_context(linking_engine(EngineChoice(name=engine, work=work, memory="200MB")))
        plan = LinkPlan(least_bits=EVERYTHING, batch=batch, within=within)
        linking = Linking([a], [b], plan=plan, parameters=default_parameters(), engine=make)
        written = b"".join(linking.rows()).decode()
        evidence = list(linking.links())
    read = csv.reader(io.StringIO(written), strict=True)
    assert next(read) == ["id_a", "id_b", "weight_bits", "probability", "decision"]
    rows = [(x, y, float(bits), float(probability), decision) for x, y, bits, probability, decision in read]
    return Result(rows, linking.summary, linking.bad, evidence)


def assert_alike(found: Result, expected: Result) -> None:
    """Hold a result to the definition's: ids and decisions equal, numbers to rounding."""
    assert len(found.rows) == len(expected.rows)
    for row, wanted in zip(found.rows, expected.rows, strict=True):
        assert row[:2] == wanted[:2]
        assert row[2:4] == pytest.approx(wanted[2:4], abs=2e-3), row[:2]
        at_threshold = min(abs(wanted[3] - t) for t in default_parameters().thresholds) < 2e-3
        assert row[4] == wanted[4] or at_threshold, row[:2]
    assert found.bad == expected.bad
    assert found.summary.prior_bits == pytest.approx(expected.summary.prior_bits, abs=1e-3)
    for name in ("records_a", "records_b", "candidates", "oversized_blocks"):
        assert getattr(found.summary, name) == getattr(expected.summary, name), name
