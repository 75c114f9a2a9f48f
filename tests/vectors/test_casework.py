"""Casework against spec/vectors/casework-v1.json: messages byte for byte, what must be refused, and histories of footings."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import casework_vectors
import exchange_vectors
import msgspec
import pytest

from tallystick.errors import RefusedError, RemoteProtocolError, VerifyError
from tallystick.exchange import agreement, canonical, case_messages, signing
from tallystick.review import cases, events, footings
from tallystick.review.cases import Case, Side
from tallystick.review.clocks import Urgency

FILE = Path(__file__).parents[2] / "spec" / "vectors" / "casework-v1.json"
REFUSALS = {"malformed": RemoteProtocolError, "not-verified": VerifyError}
AT = datetime(2027, 1, 15, 8, tzinfo=UTC)


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field nobody knows is a vector nobody understands."""


class GoodMessage(Strict, frozen=True):
    name: str
    sender: str
    wire: str
    digest: str


class HostileMessage(Strict, frozen=True):
    name: str
    sender: str
    wire: str
    refusal: Literal["malformed", "not-verified"]


class HistoryStep(Strict, frozen=True):
    by: Literal["us", "them"] = msgspec.field(name="from")
    message: str
    body: case_messages.Footing | case_messages.Heed
    taken: bool


class History(Strict, frozen=True):
    name: str
    side: Side
    steps: list[HistoryStep]
    waits: list[str]
    worth: dict[str, str]


class ReceiptVector(Strict, frozen=True):
    of: str
    wire: str


class Vectors(Strict, frozen=True):
    spec: str
    source: str
    now: str
    counts: dict[str, int]
    signing_keys: dict[str, str]
    agreement: str
    case: str
    disclosed: str
    receipt: ReceiptVector
    messages: list[GoodMessage]
    hostile_messages: list[HostileMessage]
    histories: list[History]


VECTORS = msgspec.json.decode(FILE.read_bytes(), type=Vectors)
CIRCLE = agreement.adopt(signing.decode_signed(VECTORS.agreement.encode(), 1 << 20))
OTHER = {"asker": "holder", "holder": "asker"}


def each(vectors: Sequence[GoodMessage | HostileMessage | History]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector.name for vector in vectors])


def read(vector: GoodMessage | HostileMessage) -> case_messages.CaseMessage:
    signed = signing.decode_signed(vector.wire.encode(), case_messages.MAX_MESSAGE_BYTES)
    return case_messages.read(signed, CIRCLE, sender=vector.sender, receiver=OTHER[vector.sender])


def test_no_vector_is_skipped() -> None:
    lists = {name: value for name, value in json.loads(FILE.read_bytes()).items() if isinstance(value, list)}
    assert VECTORS.spec == "casework-v1"
    assert VECTORS.counts == {name: len(value) for name, value in lists.items()}
    assert all(len({vector["name"] for vector in value}) == len(value) for value in lists.values())
    kinds = {read(vector).kind for vector in VECTORS.messages}
    assert kinds == {body.__struct_config__.tag for body in case_messages.Body.__args__}, "every kind has a good one"


def test_the_file_is_what_its_script_writes() -> None:
    assert exchange_vectors.text(casework_vectors.vectors()) == FILE.read_text(encoding="utf-8")
    assert re.fullmatch(r"[\x20-\x7e\n]*", FILE.read_text(encoding="utf-8"))


@each(VECTORS.messages)
def test_a_message_is_written_as_it_is_read(vector: GoodMessage) -> None:
    message = read(vector)
    assert canonical.digest(canonical.encode(message)) == vector.digest
    made = case_messages.make(message, bytes.fromhex(VECTORS.signing_keys[vector.sender]))
    assert signing.encode_signed(made) == vector.wire.encode()


def test_a_receipt_is_of_one_message() -> None:
    of = {vector.name: read(vector) for vector in VECTORS.messages}
    receipt = case_messages.read_receipt(VECTORS.receipt.wire.encode(), CIRCLE, of[VECTORS.receipt.of])
    assert receipt.country == "fr"
    for name, message in of.items():
        if name != VECTORS.receipt.of:
            with pytest.raises(RemoteProtocolError):
                case_messages.read_receipt(VECTORS.receipt.wire.encode(), CIRCLE, message)


@each(VECTORS.hostile_messages)
def test_what_a_node_must_refuse_it_refuses(vector: HostileMessage) -> None:
    with pytest.raises(REFUSALS[vector.refusal]):
        read(vector)


@each(VECTORS.histories)
def test_a_history_comes_to_what_it_says(vector: History) -> None:
    case = disclosed(vector.side)
    for step in vector.steps:
        event = happened(step)
        if step.taken:
            case = cases.step(case, event)
        else:
            with pytest.raises(RefusedError):
                cases.step(case, event)
    assert sorted(one.message for one in footings.to_heed(case.footings)) == vector.waits
    assert (case.stage == "footing") == bool(vector.waits)
    heard = {one.report: one.worth for one in case.footings if one.is_heard}
    assert {key: f"{one.reliability}{one.credibility}" or one.change for key, one in heard.items()} == vector.worth


def disclosed(side: Side) -> Case:
    more: dict[str, Any] = {"at": AT, "by": "x"}
    history: list[events.AnyEvent] = [
        events.Opened(urgency=Urgency.ROUTINE, **more), events.Told(two_persons=False, **more),
        events.Decided(verdict="same", reason="r", **more),
        events.Requested(fields=("names",), purpose="p", reason="r", urgency=Urgency.ROUTINE, confirmed=True, **more),
        events.Approved(fields=("names",), handling="TLP:GREEN", expires_at=AT + timedelta(days=9), reason="r", **more),
        events.Disclosed(disclosure=VECTORS.disclosed, **more),
    ]  # fmt: skip
    return cases.replay(side, history)


def happened(step: HistoryStep) -> events.AnyEvent:
    if isinstance(step.body, case_messages.Heed):
        return events.FootingHeeded(at=AT, by="x", message=step.body.footing, heard=step.by == "us", note=step.body.note)
    body, kind = step.body, events.FootingTold if step.by == "us" else events.FootingHeard
    return kind(
        at=AT, by="x", report=body.report, change=body.change, credibility=body.credibility, reliability=body.reliability,
        changed_at=AT, disclosures=tuple(body.disclosures), message=step.message,
    )  # fmt: skip
