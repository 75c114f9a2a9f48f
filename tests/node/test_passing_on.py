"""Three nodes: what west has from north, west passes on to east as the code allows; a recall follows it all the way."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from lib.casework import Desk, carried
from lib.nodes import agree, fill, made_folder, offer, person, serving
from tallystick.errors import RefusedError

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", phones=["+33 1 23 45 67 89"])


def test_a_copy_is_passed_on_under_a_code_that_covers_its_own_and_recalled_from_everybody(tmp_path: Path) -> None:
    with ExitStack() as stack:
        members = ("east", "north", "west")
        east, north, west = (Desk(stack.enter_context(serving(made_folder(tmp_path / each, each, each[:2])))) for each in members)
        for desk in (east, north, west):
            stack.callback(desk.node.hang_up)
        fill(north.node.folder, MAN)
        fill(west.node.folder, {**MAN, "id": "w1", "phones": []})
        agree(east.node, north.node, west.node)
        for desk in (north, west):
            offer(desk.node)
        for desk in (east, north, west, east):
            desk.node.do("sync", circle="")

        first = carried(west, north, "r1")
        north.do("case_approve", case=first[1], role="approver", reason="r", handling="H1 TLP:GREEN", days=30)
        second = carried(east, west, "r2")
        loose = {"case": second[1], "role": "approver", "reason": "r", "pass_on": first[0], "handling": "TLP:CLEAR"}
        with pytest.raises(RefusedError, match="only tightened"):
            west.do("case_approve", **loose)
        with pytest.raises(RefusedError, match="longer"):
            west.do("case_approve", **{**loose, "handling": "", "days": 31})
        west.do("case_approve", **{**loose, "handling": ""})
        [copy] = east.do("case_show", case=second[0])["copies"]
        assert (copy["owner"], copy["partner"], copy["handling"]) == ("north", "west", "H1 TLP:GREEN")
        assert copy["values"] == {"names": ["Tomasin Verhoovel"], "phones": ["+33 1 23 45 67 89"]}
        [source] = west.do("case_show", case=first[0])["copies"]
        assert copy["expires_at"] <= source["expires_at"]

        north.do("case_recall", case=first[1], role="approver", reason="corrected")
        west.node.do("sync", circle="")
        assert [each["state"] for each in east.do("case_show", case=second[0])["copies"]] == ["recalled"]


def test_what_may_not_leave_its_circle_is_not_passed_on_in_another(tmp_path: Path) -> None:
    with ExitStack() as stack:
        members = ("east", "north", "west")
        east, north, west = (Desk(stack.enter_context(serving(made_folder(tmp_path / each, each, each[:2])))) for each in members)
        for desk in (east, north, west):
            stack.callback(desk.node.hang_up)
        fill(north.node.folder, MAN)
        fill(west.node.folder, {**MAN, "id": "w1", "phones": []})
        agree(west.node, north.node)
        agree(east.node, west.node, circle="other")
        north.node.do("offer", circle="border", register="wanted", purpose="border")
        west.node.do("offer", circle="other", register="wanted", purpose="border")
        for desk in (north, west, east):
            desk.node.do("sync", circle="")
        first, second = carried(west, north, "r1"), carried(east, west, "r2", circle="other")
        for handling in ("TLP:GREEN", "TLP:CLEAR"):
            north.do("case_approve", case=first[1], role="approver", reason="r", handling=handling, days=30)
            given = {"case": second[1], "role": "approver", "reason": "r", "pass_on": first[0]}
            if handling == "TLP:GREEN":
                with pytest.raises(RefusedError, match="publish"):
                    west.do("case_approve", **given)
                assert east.do("case_show", case=second[0])["copies"] == []
                north.do("case_recall", case=first[1], role="approver", reason="handling")
                west.do("case_acknowledge", case=first[0], note="done")
                west.do("case_request", case=first[0], fields=["names", "phones"], reason="again")
        west.do("case_approve", **given)
        [copy] = east.do("case_show", case=second[0])["copies"]
        assert (copy["owner"], copy["handling"]) == ("north", "H0 TLP:CLEAR")
