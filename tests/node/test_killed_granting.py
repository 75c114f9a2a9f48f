"""A node that is killed while a grant is approved has granted it once or not at all."""

import shutil
from pathlib import Path
from typing import Never

import pytest

from lib.nodes import agree, fill, logged, nodes, offer, person
from tallystick.audit.entries import BudgetGranted
from tallystick.errors import InputError
from tallystick.wiring.nodes import opened_node


class KilledError(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("before", ["put_grant", "put_value"])
def test_what_the_log_says_was_granted_is_granted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    def killed(*_given: object) -> Never:
        raise KilledError

    with nodes(tmp_path / "alive", "police-a", "police-b") as (a, b):
        fill(b.folder, person("b1", "Tomasin Verhoovel", born="1981-04-17"))
        agree(a, b)
        offer(b)
        given = {"circle": "border", "member": "police-a", "days": 1, "officer": "officer-1", "points": 5_000}
        number = b.do("circle_grant", **given)["number"]
        with monkeypatch.context() as patch:
            patch.setattr(type(b.open.participation.node.state), before, killed)
            with pytest.raises(KilledError):
                b.do("circle_approve", number=number, officer="officer-2")
        dead = tmp_path / "dead"
        shutil.copytree(b.folder, dead, ignore=shutil.ignore_patterns("*.sock"))
    for _ in range(2):
        with opened_node(dead) as node:
            participation = node.participation
            assert participation.granting.waiting("border") == []
            with pytest.raises(InputError, match="no grant 1 waits"):
                participation.granting.approve(number, "officer-3")
            assert participation.answering.left("border", "police-a", "bulk") == 5_000
            [row] = participation.node.state.grants("border")
            assert (row.points, row.officers) == (5_000, ("officer-1", "officer-2"))
    assert [entry.points for entry in logged(dead, BudgetGranted)] == [5_000]
