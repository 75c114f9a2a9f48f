"""Which request of a partner goes to which use case: the one table of it.

Reads path and header fields, checks that they agree with each other, and hands on; decides nothing.

Spec: spec/node-api-v1.yaml.
"""

import re
from typing import Literal, Protocol

import msgspec

from tallystick.adapters.pki import from_base64
from tallystick.errors import InputError, RemoteProtocolError, UnknownCircleError, UnknownEpochError
from tallystick.exchange import agreement as agreements
from tallystick.exchange import canonical, index, signing
from tallystick.exchange.agreement import Card, Circle
from tallystick.exchange.key_secrets import NOTCH_BYTES
from tallystick.exchange.messages import MAX_REQUEST_BYTES
from tallystick.exchange.responder import Query
from tallystick.node.participation import Participation
from tallystick.server.app import KIB, Call, PeerRoute, Reply

_OFFICER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
_BYTES = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"
_SMALL = 64 * KIB
_DONE = Reply(b"{}")


class ServedLog(Protocol):
    """What partners may see of this node's audit log, and what it does as a witness of theirs."""

    def checkpoint(self) -> bytes: ...
    def tile(self, path: str) -> bytes | None: ...
    def cosign(self, body: bytes) -> tuple[int, str, bytes]:
        """Answer a request to cosign: status, media type, body."""
        ...


def peer_routes(node: Participation, log: ServedLog) -> list[PeerRoute]:
    """Return the routes of the node-to-node interface."""
    serve = _Serve(node, log)
    circle = "/v1/circles/{circle}"
    epoch = circle + "/epochs/{epoch}"
    return [
        PeerRoute("GET", circle + "/agreement", 0, serve.agreement),
        PeerRoute("POST", circle + "/agreement", 2 * agreements.MAX_AGREEMENT_BYTES, serve.take_agreement),
        PeerRoute("POST", circle + "/leaves", _SMALL, serve.take_leave),
        PeerRoute("GET", circle + "/manifests", 0, serve.manifests),
        PeerRoute("GET", epoch + "/bases/{base}/segments/{segment}", 0, serve.segment),
        PeerRoute("GET", epoch + "/deltas/{delta}", 0, serve.delta),
        PeerRoute("POST", circle + "/receipts", _SMALL, serve.take_receipt),
        PeerRoute("GET", circle + "/seen", 0, serve.seen),
        PeerRoute("GET", circle + "/seen/{member}/{number}", 0, serve.held),
        PeerRoute("POST", circle + "/evaluations", MAX_REQUEST_BYTES, serve.evaluate, _BYTES, is_question=True),
        PeerRoute("POST", circle + "/redemptions", _SMALL, serve.redeem),
        PeerRoute("GET", "/v1/log/checkpoint", 0, serve.checkpoint),
        PeerRoute("GET", "/v1/log/tile/{tile:path}", 0, serve.tile),
        PeerRoute("POST", "/v1/log/add-checkpoint", 512 * KIB, serve.cosign, "text/plain"),
    ]


class _Serve:
    """The answers, one method a route."""

    def __init__(self, node: Participation, log: ServedLog) -> None:
        self._node = node
        self._log = log

    # --- circles -----------------------------------------------------------------------------------------------------

    def agreement(self, call: Call) -> Reply:
        self._named(call)
        return Reply(signing.encode_signed(self._node.circles.newest(call.path["circle"])))

    def take_agreement(self, call: Call) -> Reply:
        self._named(call)
        self._node.circles.add_signatures(signing.decode_signed(call.body, agreements.MAX_AGREEMENT_BYTES))
        return Reply(signing.encode_signed(self._node.circles.newest(call.path["circle"])))

    def take_leave(self, call: Call) -> Reply:
        signed = signing.decode_signed(call.body, agreements.MAX_DOCUMENT_BYTES)
        self._node.take_leave(self._circle(call), call.member, signed)
        return _DONE

    # --- the index ---------------------------------------------------------------------------------------------------

    def manifests(self, call: Call) -> Reply:
        circle = self._circle(call)
        after = call.query.get("after", "0")
        documents = self._node.offering.manifests.after(circle.agreement.circle, _number(after))
        return Reply(msgspec.json.encode(documents))

    def segment(self, call: Call) -> Reply:
        start = _number(call.path["segment"]) * index.SEGMENT_BYTES
        raw = self._file(call, "base", start, index.SEGMENT_BYTES)
        if not raw or len(raw) % NOTCH_BYTES:
            raise UnknownEpochError("there is no such segment", hint="fetch the manifest again")
        return Reply(raw, _BYTES)

    def delta(self, call: Call) -> Reply:
        return Reply(self._file(call, "delta", 0, -1), _BYTES)

    def take_receipt(self, call: Call) -> Reply:
        signed = signing.decode_signed(call.body, agreements.MAX_DOCUMENT_BYTES)
        self._node.offering.manifests.take_receipt(self._circle(call), call.member, signed)
        return _DONE

    def seen(self, call: Call) -> Reply:
        return Reply(canonical.encode(self._node.comparing.seen(self._circle(call).agreement.circle)))

    def held(self, call: Call) -> Reply:
        circle, number = self._circle(call), _number(call.path["number"])
        held = self._node.comparing.held(circle.agreement.circle, call.path["member"], number)
        return Reply(signing.encode_signed(held))

    # --- asking ------------------------------------------------------------------------------------------------------

    def evaluate(self, call: Call) -> Reply:
        name = self._circle(call).agreement.circle
        epoch, officer = _number(call.fields.get("tallystick-epoch", "")), _officer(call)
        purpose = call.fields.get("tallystick-purpose", "")
        query = Query(member=call.member, circle=name, epoch=epoch, purpose=purpose, officer=officer, body=call.body)
        body, left = self._node.answering.evaluate(query)
        return Reply(body, _BYTES, {"tallystick-budget": str(left)})

    def redeem(self, call: Call) -> Reply:
        epoch = _number(call.fields.get("tallystick-epoch", ""))
        return Reply(self._node.redeeming.answer(self._circle(call), call.member, epoch, call.body))

    # --- the log -----------------------------------------------------------------------------------------------------

    def checkpoint(self, call: Call) -> Reply:  # noqa: ARG002  # every partner may see it
        return Reply(self._log.checkpoint(), _TEXT)

    def tile(self, call: Call) -> Reply:
        content = self._log.tile(call.path["tile"])
        if content is None:
            raise UnknownEpochError("there is no such tile", hint="fetch the checkpoint again")
        return Reply(content, _BYTES)

    def cosign(self, call: Call) -> Reply:
        status, media_type, body = self._log.cosign(call.body)
        return Reply(body, media_type, status=status)

    # --- what is common to them --------------------------------------------------------------------------------------

    def _named(self, call: Call) -> None:
        named(self._node, call)

    def _circle(self, call: Call) -> Circle:
        return circle_of(self._node, call)

    def _file(self, call: Call, kind: Literal["base", "delta"], start: int, size: int) -> bytes:
        """Read a base or a delta; one that no manifest names yet is not recorded yet, and is not there."""
        circle, epoch, number = self._circle(call), _number(call.path["epoch"]), _number(call.path[kind])
        if epoch not in self._node.epochs.open(circle):
            raise UnknownEpochError("the epoch is not answered", hint="fetch the manifest again")
        published = self._node.offering.manifests.published(circle.agreement.circle, epoch)
        if published is None or number > getattr(published, kind):
            raise UnknownEpochError("there is no such file of the index", hint="fetch the manifest again")
        files = self._node.node.files(circle.agreement.circle, self._node.node.id, epoch)
        try:
            return files.read(f"{kind}-{number}", start, size)
        except InputError:
            raise UnknownEpochError("there is no such file of the index", hint="fetch the manifest again") from None


def named(node: Participation, call: Call) -> None:
    """Refuse a call whose signed header field names another circle than its path, or that is of no member."""
    circle = call.path["circle"]
    if call.fields.get("tallystick-circle") != circle:
        raise RemoteProtocolError("path and header field name different circles", hint="sign the circle that is meant")
    try:
        cards = node.circles.view(circle).cards
    except InputError:
        cards = []
    if not any(_is_of(call, card) for card in cards):
        raise UnknownCircleError("no circle of that id with that member", hint="join it first")


def circle_of(node: Participation, call: Call) -> Circle:
    """Return the circle a call is of, in force, with its sender in it."""
    named(node, call)
    circle = node.circles.in_force(call.path["circle"])
    card = circle.members.get(call.member)
    if card is None or not _is_of(call, card):
        raise UnknownCircleError("the sender has left the circle", hint="a member that left asks nothing more")
    return circle


def _is_of(call: Call, card: Card) -> bool:
    """Whether a call comes from the member of a card: members of two circles may have one id."""
    sender = call.sender
    return (sender.member, sender.signing_key.hex(), sender.root) == (card.id, card.signing_key, from_base64(card.ca))


def _officer(call: Call) -> str:
    officer = call.fields.get("tallystick-officer", "")
    if not _OFFICER.match(officer):
        raise RemoteProtocolError("a request names no officer", hint="send Tallystick-Officer, a pseudonym")
    return officer


def _number(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,9}", text, re.ASCII):
        raise RemoteProtocolError("a number in a request is none", hint="write it in decimal")
    return int(text)
