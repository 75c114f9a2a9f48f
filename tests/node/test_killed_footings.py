"""A node is killed between judging a report and telling a partner, at each place there is: after a restart it is told once.

The process ends itself with SIGKILL at the place, so that every run is killed there and nowhere else.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.casework import Desk, disclosed_to, first_claim, followed, fresh_pair
from lib.killing import killed_at
from lib.nodes import fill, logged, person, serving
from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.node_folder import open_node_folder
from tallystick.audit import Trust, verify_log
from tallystick.audit.entries import CaseAct, CaseHeard
from tallystick.wiring.nodes import log_key

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")
TEXT = "VIENNA – Police asked Tomasin Verhoovel about four grey boats on Monday, the ministry said."
PLACES = {
    "before anything is told": "tallystick.node.casework.casework:Casework.tell_footings",
    "after the entry in the log": "tallystick.node.casework.book:CaseBook._store",
    "after it was stored": "tallystick.node.casework.delivering:Delivering.of_cases",
    "after it came, before the receipt is kept": "tallystick.adapters.casework_state:SqliteCaseworkState.set_delivered",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Desk, str, int, int]]:
    """West has a case that rests on a report, and is not running; north is."""
    root = tmp_path_factory.mktemp("killed")
    with fresh_pair(root, MAN) as (west, north):
        fill(west.node.folder, {**MAN, "id": "w1"})
        report, mine, theirs = followed(west, north, TEXT)
        disclosed_to(west, north, mine, theirs)
        claim = first_claim(west, report)
    with serving(root / "north") as again:
        yield root / "west", Desk(again), claim, mine, theirs
        again.hang_up()


@pytest.mark.slow
def test_a_node_that_is_killed_anywhere_tells_once(told: tuple[Path, Desk, str, int, int]) -> None:
    folder, north, claim, mine, theirs = told
    for count, (place, grade) in enumerate(zip(PLACES, "5432", strict=True), 1):
        killed_at(PLACES[place], folder, "report_grade", {"claim": claim, "grade": grade, "reason": "r"})
        came_before = [each["credibility"] for each in footings(north, theirs)] == [grade]
        assert came_before == (place == "after it came, before the receipt is kept"), place
        with serving(folder) as again:
            again.do("sync", circle="")
            assert [each["credibility"] for each in footings(north, theirs)] == [grade], place
            assert happened(north, theirs).count("footing-heard") == count, f"not heard once: {place}"
            assert happened(Desk(again), mine).count("footing-told") == count, f"not told once: {place}"
            assert Desk(again).do("case_show", case=mine)["undelivered"] == 0, place
            assert again.do("sync", circle="")["casework"]["footings"] == [], f"said again: {place}"
            again.hang_up()
    files = AuditFiles(folder / "log")
    verify_log(files.read, Trust(log=[log_key(open_node_folder(folder)).verifier_key()]))
    sent = [each.document for each in logged(folder, CaseAct) if each.act == "footing"]
    heard = [each.document for each in north.node.log(CaseHeard) if each.act == "footing"]
    assert len(heard) == len(PLACES)
    assert set(heard) <= set(sent), "nothing came that is not in the sender's log"
    assert len(sent) == len(PLACES) + 1, "an entry without effect where it was killed behind it, and nowhere else"


def footings(desk: Desk, case: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = desk.do("case_show", case=case)["footings"]
    return found


def happened(desk: Desk, case: int) -> list[str]:
    return [each["what"] for each in desk.do("case_show", case=case)["history"]]
