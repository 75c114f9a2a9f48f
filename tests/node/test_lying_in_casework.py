"""A partner that breaks the rules of casework: what it says is refused, or held against nobody but the case it is of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.casework import Desk, fresh_pair
from lib.nodes import person
from tallystick.errors import Error
from tallystick.exchange import canonical, case_messages, signing

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", phones=["+33 1 23 45 67 89"])
TWIN = {**MAN, "id": "b2"}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with fresh_pair(tmp_path, MAN, TWIN) as desks:
        yield desks


def test_handles_that_are_opened_under_one_reference_are_two_alerts(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    west.node.ask("Tomasin Verhoovel", "1981-04-17")
    for hit in (1, 2):
        west.node.open.participation.redeeming.redeem(hit, purpose="border", officer="liar", reason="r", reference="5e" * 16)
    rows = north.do("case_list")
    assert {each["record_id"] for each in rows} == {"b1", "b2"}
    assert len({each["reference"] for each in rows}) == 2
    assert north.do("case_round")["problems"] == [], "what comes after it is not held up"


def said(sender: Desk, receiver: Desk, case: str, body: case_messages.Body) -> None:
    """Send whatever body in a case, signed as it should be."""
    book = sender.node.open.casework._book
    circle = book.circles.in_force("border")
    message = case_messages.CaseMessage(
        at=canonical.moment_of(book.node.seconds()), body=body, case=case, circle="border", format="x1", officer="liar",
        receiver=receiver.node.id, sender=sender.node.id,
    )  # fmt: skip
    signed = case_messages.make(message, book.node.signing_seed)
    path, fields = "/v1/circles/border/cases", {"tallystick-circle": "border"}
    peer = book.node.peer(circle.members[receiver.node.id])
    peer.post(path, signing.encode_signed(signed), most_bytes=32 << 10, fields=fields)


def notice_of(desk: Desk, hit: int) -> case_messages.Notice:
    row = desk.node.open.participation.node.state.hit(hit)
    return case_messages.Notice(
        country="be", encounter_country="", encounter_kind="", encounter_time="", epoch=row.epoch, handle=row.handle.hex(),
        purpose="border", reason="r", two_persons=False, urgency="routine",
    )  # fmt: skip


def test_a_notice_under_the_id_of_another_hit_s_case_is_refused(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    west.node.ask("Tomasin Verhoovel", "1981-04-17")
    said(west, north, "5e" * 16, notice_of(west, 1))
    with pytest.raises(Error):
        said(west, north, "5e" * 16, notice_of(west, 2))
    said(west, north, "5e" * 16, notice_of(west, 1))
    assert len(north.do("case_list")) == 1


@pytest.mark.parametrize(
    "record",
    [
        '{"names":5}',
        '{"names":[]}',
        '{"names":["\\u001b[2JX"]}',
        '{"names":["A"],"birth_dates":["never"]}',
        '{"names":[' + "[" * 900 + "]" * 900 + "]}",
    ],
)
def test_a_disclosure_that_is_no_record_is_refused_and_spoils_no_page(pair: tuple[Desk, Desk], record: str) -> None:
    west, north = pair
    mine = west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))["cases"][0]
    reference = west.do("case_show", case=mine)["row"]["reference"]
    west.do("case_decide", case=mine, verdict="same", reason="r")
    west.do("case_request", case=mine, fields=["names", "birth_dates"], reason="r")
    asked = next(each for each in west.node.open.casework._book.state.messages(mine) if each.kind == "request")
    now = north.node.open.participation.node.seconds()
    lie = case_messages.Disclosure(
        approved_at=canonical.moment_of(now), expires_at=canonical.moment_of(now + 86_400), fields=["birth_dates", "names"],
        former="", handling="TLP:GREEN", officers=["liar"], owner="north", record=record, request=asked.digest,
    )  # fmt: skip
    with pytest.raises(Error):
        said(north, west, reference, lie)
    assert west.do("case_show", case=mine)["copies"] == []
    west.do("subject_gather", role="approver", person='{"id":"q","names":["Tomasin Verhoovel"],"birth_dates":["1981-04-17"]}')
