"""A node is killed while a mention becomes an encounter, at each place there is: said again, it is one, asked about once.

The process ends itself with SIGKILL at the place, so that every run is killed there and nowhere else.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.casework import Desk, fresh_pair, hand_in
from lib.killing import killed_at
from lib.nodes import fill, person, serving

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")
TEXT = "VIENNA – Police asked Tomasin Verhoovel about four grey boats on Monday, the ministry said."
PLACES = {
    "after the entry, before the encounter": "tallystick.adapters.casework_state:SqliteCaseworkState.put_encounter",
    "after the encounter, before the link": "tallystick.adapters.casework_state:SqliteCaseworkState.add_report_acts",
    "after both, before anybody is asked": "tallystick.node.asking:Asking.ask",
    "after the question was made": "tallystick.adapters.casework_state:SqliteCaseworkState.put_query_of",
    "after it was kept, before it is asked": "tallystick.node.asking:Asking._ask_all",
    "after the answer, before the alert": "tallystick.node.casework.alerts:Alerts.raise_all",
    "before the holder is told": "tallystick.node.casework.alerts:Alerts.tell",
    "after it was told": "tallystick.node.casework.encounters:values_of",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Desk, int]]:
    """West has a mention, and is not running; north is, and knows the person."""
    root = tmp_path_factory.mktemp("killed")
    with fresh_pair(root, MAN) as (west, _):
        fill(west.node.folder, {**MAN, "id": "w1"})
        report = hand_in(west, TEXT)
        [mention] = west.do("report_rescreen", reports=[report])
    with serving(root / "north") as again:
        yield root / "west", Desk(again), mention["number"]
        again.hang_up()


@pytest.mark.slow
def test_a_mention_becomes_one_encounter_wherever_the_node_is_killed(pair: tuple[Path, Desk, int]) -> None:
    folder, north, mention = pair
    for month, (place, killing) in enumerate(PLACES.items(), 1):
        given: dict[str, object] = {
            "mention": mention, "person": '{"id":"q","names":["Tomasin Verhoovel"],"birth_dates":["1981-04-17"]}',
            "country": "be", "time": f"2026-{month:02}", "circles": ["border"], "purpose": "border", "reason": "named there",
        }  # fmt: skip
        killed_at(killing, folder, "report_follow", given)
        with serving(folder) as again:
            west = Desk(again)
            done = west.do("report_follow", **given)
            [encounter] = [each for each in west.do("encounter_list") if each["time"] == given["time"]]
            assert encounter["number"] == done["encounter"]["number"], place
            links = [each["reason"] for each in done["mention"]["history"] if each["what"] == "encounter"]
            assert links == [str(each + 1) for each in range(month)], f"not linked once: {place}"
            [case] = encounter["cases"]
            row = west.do("case_show", case=case)["row"]
            happened = [(each["what"], each["by"]) for each in west.do("case_show", case=case)["history"]]
            assert happened.count(("told", "officer-7")) == 1, f"the holder was not told once: {place}"
            assert [each["reference"] for each in north.do("case_list", filter={})].count(row["reference"]) == 1, place
            assert len(west.do("case_list", filter={"side": "requester"})) == month, f"asked about twice: {place}"
            again.hang_up()
