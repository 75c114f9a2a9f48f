"""The interface of the desk is as its description says: every route is in it, made-up requests are answered as it promises."""

from collections.abc import Iterator

import pytest

from lib.api_walk import operations, walk, walked_desk
from lib.desks import Desk
from tallystick.desk.access import NEEDS
from tallystick.errors import InputError, RefusedError
from tallystick.review.roles import Actor, Role

OPERATIONS = operations()
EXAMPLES = 2
"""Of each operation; scripts/walk_api.py sends as many as one likes."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with walked_desk(tmp_path_factory.mktemp("interface")) as made:
        yield made


def test_every_route_is_described_and_nothing_else() -> None:
    assert set(OPERATIONS) == set(NEEDS)


def test_the_description_is_served_to_whoever_asks(desk: Desk) -> None:
    said = desk.client().get("/openapi.json")
    assert said.status_code == 200
    assert {each["operationId"] for path in said.json()["paths"].values() for each in path.values()} == set(NEEDS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_made_up_is_answered_as_described(desk: Desk, name: str) -> None:
    walk(desk, name, OPERATIONS[name], EXAMPLES)


def test_a_button_that_is_pressed_twice_does_it_once(desk: Desk) -> None:
    casework, node, actor = desk.open.casework, desk.open.participation.node, Actor("officer-1", Role.OFFICER)
    casework.tell(actor, 5, reason="met at post 4")
    clock, at = node.now, node.now()
    object.__setattr__(node, "now", lambda: at)
    casework.report_outcome(actor, 5, "other-person")
    before = desk.open.log.size
    with pytest.raises(RefusedError, match="in this second"):
        casework.report_outcome(actor, 5, "other-person")
    assert desk.open.log.size == before
    object.__setattr__(node, "now", clock)


def test_a_reason_that_cannot_be_sent_is_the_fault_of_who_typed_it_and_a_place_has_an_end(desk: Desk) -> None:
    with pytest.raises(InputError, match="reason"):
        desk.open.participation.redeeming.redeem(5, purpose="border", officer="officer-1", reason="met\x9dhere", reference="5")
    assert desk.signed_in("officer").get("/cases?show=overdue&after=273810978495532902645760").status_code == 400
