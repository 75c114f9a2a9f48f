"""Cases, clocks, and disclosures that cannot be made without an approval."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from tallystick.errors import InputError, IntegrityError, NotApprovedError, RefusedError
from tallystick.review import cases, events
from tallystick.review.cases import Case, Side
from tallystick.review.clocks import Urgency
from tallystick.review.disclosures import Approval, Copy, Disclosure, Request, disclose, passed_on
from tallystick.review.handling import Use, read_handling
from tallystick.review.moves import moves, onward
from tallystick.review.roles import Actor, Role

F = TypeVar("F", events.FootingTold, events.FootingHeard)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
REQUEST = Request(fields=("names", "phones"), purpose="p", reason="r", urgency=Urgency.DIRECT, by="o", confirmed=False, at=NOW)
APPROVAL = Approval(
    request=REQUEST, fields=("names",), handling=read_handling("TLP:GREEN"), expires_at=NOW + 30 * DAY, officers=("a1",),
    two_persons=False, reason="r", at=NOW,
)  # fmt: skip


def opened(side: Side = "requester", **more: Any) -> Case:  # noqa: ANN401
    return cases.opened(events.Opened(at=NOW, by="node", urgency=Urgency.URGENT, **more), side)


def after(case: Case, *happened: events.AnyEvent) -> Case:
    for event in happened:
        case = cases.step(case, event)
    return case


TOLD = events.Told(at=NOW, by="o", two_persons=False)
ASKED = events.Requested(at=NOW, by="o", fields=("names",), purpose="p", reason="r", urgency=Urgency.DIRECT, confirmed=True)
YES = events.Approved(at=NOW, by="a1", fields=("names",), handling="TLP:RED", expires_at=NOW + DAY, reason="r")
SENT = events.Disclosed(at=NOW, by="a1", disclosure="d")


def decided(verdict: events.Verdict, by: str = "o") -> events.Decided:
    return events.Decided(at=NOW, by=by, verdict=verdict, reason="r")


def test_clocks_are_those_of_the_law() -> None:
    assert opened().due_at == NOW + timedelta(hours=8)
    asked = after(opened("holder"), TOLD, ASKED)
    assert asked.due_at == NOW + timedelta(hours=48), "a confirmed match is due after 48 hours"
    unsure = after(opened("holder"), TOLD, events.Requested(**{**fields_of(ASKED), "confirmed": False}))
    assert unsure.due_at == NOW + 3 * DAY
    assert not asked.is_overdue(NOW + 2 * DAY)
    assert asked.is_overdue(NOW + 2 * DAY + timedelta(seconds=1))
    assert after(asked, YES, SENT).due_at == NOW + 7 * DAY


def fields_of(event: events.AnyEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


@pytest.mark.parametrize(
    "happened",
    [(SENT,), (TOLD, SENT), (TOLD, ASKED, SENT), (TOLD, ASKED, events.Refused(at=NOW, by="a", reason="r"), SENT)],
    ids=len,
)
def test_nothing_is_disclosed_without_an_approval(happened: tuple[events.AnyEvent, ...]) -> None:
    *before, last = happened
    with pytest.raises(NotApprovedError):
        cases.step(after(opened("holder"), *before), last)


def test_a_disclosure_is_made_of_an_approval_and_of_nothing_else() -> None:
    made = disclose(APPROVAL, {"names": ["N"], "phones": ["1"], "id": "x"}, owner="north")
    assert made.values == {"names": ["N"]}
    with pytest.raises(NotApprovedError, match="without an approval"):
        Disclosure(approval=REQUEST, values={}, owner="north")  # type: ignore[arg-type]
    with pytest.raises(NotApprovedError, match="not approved"):
        Disclosure(approval=APPROVAL, values={"phones": ["1"]}, owner="north")
    with pytest.raises(TypeError):
        Disclosure(values={}, owner="north")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"fields": ("gender",)}, InputError), ({"fields": ()}, InputError), ({"expires_at": NOW}, InputError),
        ({"expires_at": NOW + 3661 * DAY}, InputError), ({"officers": ()}, NotApprovedError),
        ({"two_persons": True}, NotApprovedError), ({"two_persons": True, "officers": ("a", "a")}, NotApprovedError),
    ],
)  # fmt: skip
def test_an_approval_that_is_none_cannot_be_made(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        replace(APPROVAL, **changes)


def test_what_is_passed_on_is_never_looser_nor_longer_lived() -> None:
    copy = Copy(owner="north", handling=read_handling("H1 TLP:GREEN"), expires_at=NOW + 20 * DAY, readers=("o",))
    tight = replace(APPROVAL, handling=read_handling("H1 TLP:AMBER"), expires_at=NOW + 20 * DAY)
    assert passed_on(copy, tight, {"names": ["N"]}, now=NOW).owner == "north"
    with pytest.raises(RefusedError, match="only tightened"):
        passed_on(copy, replace(tight, handling=read_handling("TLP:RED")), {}, now=NOW)
    with pytest.raises(RefusedError, match="longer"):
        passed_on(copy, replace(tight, expires_at=NOW + 21 * DAY), {}, now=NOW)
    with pytest.raises(RefusedError, match="expired"):
        passed_on(copy, tight, {}, now=NOW + 20 * DAY)
    with pytest.raises(RefusedError, match="pass-on"):
        passed_on(replace(copy, handling=read_handling("H2 TLP:GREEN")), tight, {}, now=NOW)
    with pytest.raises(RefusedError, match="only tightened"):
        copy.tightened(read_handling("TLP:RED"))
    assert copy.tightened(read_handling("H1 H2 TLP:RED")).handling.written == "H1 H2 TLP:RED"


def test_red_is_for_its_readers() -> None:
    copy = Copy(owner="north", handling=read_handling("TLP:RED"), expires_at=NOW + DAY, readers=("o",))
    copy.check(Use.LOOK, "o", NOW)
    with pytest.raises(RefusedError):
        copy.check(Use.LOOK, "somebody", NOW)


def test_a_decision_is_revised_and_nothing_is_erased() -> None:
    case = after(opened(), decided("same"), events.OutcomeReported(at=NOW, by="o", code="acted", note=""))
    closed = after(case, events.Closed(at=NOW, by="o", reason=""))
    assert (closed.stage, closed.waiting_for, closed.due_at) == ("closed", "nobody", None)
    again = after(closed, decided("not-same"))
    assert (again.verdict, again.closed_at, len(again.decisions)) == ("not-same", None, 2)


def test_two_persons_are_two_different_ones() -> None:
    case = opened(two_persons=True)
    assert after(case, decided("same"), decided("same")).verdict is None
    assert after(case, decided("same"), decided("same", "p")).verdict == "same"
    assert after(case, decided("same"), decided("not-same", "p")).verdict is None
    assert after(case, decided("undecided")).verdict == "undecided"


def test_a_second_approval_says_the_same() -> None:
    case = after(opened("holder", two_persons=True), TOLD, ASKED, YES)
    assert case.stage == "requested"
    other = events.Approved(**{**fields_of(YES), "by": "a2", "handling": "TLP:GREEN"})
    with pytest.raises(NotApprovedError, match="differs"):
        cases.step(case, other)
    assert after(case, events.Approved(**{**fields_of(YES), "by": "a2"}), SENT).stage == "disclosed"


def test_a_suppressed_alert_waits_for_nobody_until_it_is_restored() -> None:
    case = after(opened(), events.Suppressed(at=NOW, by="node", not_me=1))
    assert (case.stage, case.waiting_for, case.due_at) == ("suppressed", "nobody", None)
    assert after(case, events.Restored(at=NOW, by="o")).stage == "alert"
    with pytest.raises(RefusedError):
        after(opened(), TOLD, events.Suppressed(at=NOW, by="node", not_me=1))


@pytest.mark.parametrize("event", [TOLD, decided("same"), ASKED, YES, SENT])
def test_an_event_is_stored_and_read_again(event: events.AnyEvent) -> None:
    assert events.decode(events.encode(event)) == event


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"event":"opened"}', b'{"event":"unheard-of","at":"2026-11-25T12:00:00Z","by":"o"}']
)
def test_a_damaged_event_is_evidence_that_does_not_verify(line: bytes) -> None:
    with pytest.raises(IntegrityError):
        events.decode(line)


def test_a_recall_that_crosses_a_new_request_ends_nothing_but_what_is_gone() -> None:
    gone = after(opened("holder"), TOLD, ASKED, YES, SENT, events.Expired(at=NOW, by="node", disclosure="d"), ASKED)
    late = cases.step(gone, events.Recalled(at=NOW, by="north", disclosure="d", reason="corrected"))
    assert late == gone
    with pytest.raises(RefusedError, match="nothing to recall"):
        cases.step(gone, events.Recalled(at=NOW, by="north", disclosure="e", reason="corrected"))


def test_a_recall_is_acknowledged_before_anything_is_asked_again() -> None:
    recalled = events.Recalled(at=NOW, by="north", disclosure="d", reason="corrected")
    case = after(opened(), TOLD, decided("same"), ASKED, YES, SENT, recalled)
    with pytest.raises(RefusedError, match="acknowledged first"):
        cases.step(case, ASKED)
    assert after(case, events.Acknowledged(at=NOW, by="o", note=""), ASKED).past == ("d",)


@pytest.mark.parametrize("side", ["requester", "holder"])
def test_nobody_closes_while_an_answer_may_be_on_its_way(side: Side) -> None:
    outcome = events.OutcomeReported(at=NOW, by="o", code="no-longer-needed", note="")
    case = after(opened(side), TOLD, decided("same"), ASKED, outcome)
    assert case.stage == "requested"
    closing = events.Closed(at=NOW, by="o", reason="")
    with pytest.raises(RefusedError, match="waits for an answer"):
        cases.step(case, closing)
    assert after(case, YES, SENT, closing).stage == "closed"


def test_a_request_opens_a_closed_case_of_the_holder() -> None:
    closed = after(opened("holder"), TOLD, events.Closed(at=NOW, by="o", reason=""))
    assert after(closed, ASKED).stage == "requested"


def test_the_move_that_carries_a_case_on_is_named_to_whoever_may_make_it() -> None:
    officer, other, approver = Actor("o", Role.OFFICER), Actor("p", Role.OFFICER), Actor("a1", Role.APPROVER)
    alert = opened(two_persons=True)
    assert onward(alert, officer) == "tell"
    told = after(alert, TOLD)
    assert onward(told, officer) == "decide"
    half = after(told, decided("same"))
    assert half.half_decided == decided("same")
    assert (onward(half, officer), onward(half, other)) == ("", "decide"), "a second person has to say the same"
    whole = after(half, decided("same", by="p"))
    assert (whole.half_decided, onward(whole, officer)) == (None, "request")
    assert onward(after(told, decided("not-same"), decided("not-same", by="p")), officer) == "outcome"
    asked = after(opened("holder", two_persons=True), TOLD, ASKED)
    assert (onward(asked, approver), onward(asked, officer)) == ("approve", "")
    assert onward(after(asked, YES), approver) == ""
    assert onward(after(asked, YES), Actor("a2", Role.APPROVER)) == "approve"
    closing = after(opened("holder"), TOLD, ASKED, YES, SENT, events.OutcomeReported(at=NOW, by="o", code="acted", note=""))
    assert onward(closing, officer) == "close"
    recalled = after(
        opened(), TOLD, decided("same"), ASKED, YES, SENT, events.Recalled(at=NOW, by="x", reason="corrected", disclosure="d")
    )
    assert onward(recalled, officer) == "acknowledge"


def footing(kind: type[F], **more: Any) -> F:  # noqa: ANN401
    said = {
        "at": NOW, "by": "x", "report": "0" * 32, "change": "withdrawn", "credibility": "", "reliability": "",
        "changed_at": NOW, "disclosures": (), "message": "m1",
    }  # fmt: skip
    return kind(**{**said, **more})


HEEDED = events.FootingHeeded(at=NOW, by="o", message="m1", heard=True, note="struck from file 12")


def test_a_changed_footing_makes_even_a_closed_case_wait_for_a_person() -> None:
    closed = after(opened("holder"), TOLD, events.Closed(at=NOW, by="o", reason=""))
    assert (closed.stage, closed.waiting_for) == ("closed", "nobody")
    heard = after(closed, footing(events.FootingHeard))
    assert (heard.stage, heard.waiting_for, heard.due_at) == ("footing", "us", NOW + 2 * DAY)
    assert "heed" in moves(heard, Actor("o", Role.OFFICER))
    assert "heed" not in moves(heard, Actor("a", Role.AUDITOR))
    heeded = after(heard, HEEDED)
    assert (heeded.stage, heeded.footings[0].note) == ("closed", "struck from file 12")
    with pytest.raises(RefusedError, match="heeded already"):
        after(heeded, HEEDED)


def test_a_footing_puts_off_no_answer_that_is_due_before_it() -> None:
    asked = after(opened("holder"), TOLD, ASKED, footing(events.FootingHeard, at=NOW + DAY))
    assert (asked.stage, asked.due_at) == ("footing", NOW + timedelta(hours=48))
    with pytest.raises(RefusedError, match="heeded first"):
        after(opened("holder"), TOLD, footing(events.FootingHeard), events.Closed(at=NOW, by="o", reason=""))


def test_who_tells_a_footing_waits_for_nobody() -> None:
    told = after(opened(), TOLD, footing(events.FootingTold))
    assert (told.stage, told.waiting_for) == ("alert", "us")
    assert told.due_at == NOW + timedelta(hours=8)
    by_them = after(told, events.FootingHeeded(at=NOW, by="north", message="m1", heard=False, note="n"))
    assert by_them.footings[0].heeded_by == "north"


@pytest.mark.parametrize(
    ("side", "happened", "said", "message"),
    [
        ("holder", (), footing(events.FootingHeard), "not told of the hit"),
        ("holder", (TOLD, ASKED, YES, SENT), footing(events.FootingTold), "nothing that was disclosed"),
        ("requester", (TOLD,), footing(events.FootingHeard), "nothing that was disclosed"),
        ("holder", (TOLD, ASKED, YES, SENT), footing(events.FootingTold, disclosures=("e",)), "none of this case"),
        ("holder", (TOLD, footing(events.FootingHeard)), footing(events.FootingHeard), "said of the report already"),
        ("holder", (TOLD, footing(events.FootingHeard)), footing(events.FootingHeard, change="graded"), "graded no more"),
        ("holder", (TOLD,), HEEDED, "no such footing"),
        ("requester", (TOLD, footing(events.FootingTold)), HEEDED, "no such footing"),
    ],
)
def test_a_footing_that_cannot_be_is_refused(
    side: Side, happened: tuple[events.AnyEvent, ...], said: events.AnyEvent, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        cases.step(after(opened(side), *happened), said)


def test_a_disclosure_that_is_gone_can_still_be_named() -> None:
    gone = after(opened("holder"), TOLD, ASKED, YES, SENT, events.Recalled(at=NOW, by="a", disclosure="d", reason="handling"))
    again = after(gone, events.Acknowledged(at=NOW, by="west", note="n"), ASKED, footing(events.FootingTold, disclosures=("d",)))
    assert again.footings[0].disclosures == ("d",)
