"""What people tell a node to do, by name, with arguments and results that JSON can say.

The same commands are carried out in the process that was given them, or by the running node; so they take and return nothing
that only one process knows. Every result is what `--json` prints.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from tallystick.audit import encode_opening
from tallystick.errors import InputError
from tallystick.exchange import canonical, signing
from tallystick.exchange.agreement import BULK, Agreement, Card, Purpose
from tallystick.exchange.manifest import MAX_MANIFEST_BYTES, Manifest
from tallystick.exchange.thresholds import advice, enough_for_records, enough_tenths
from tallystick.model import decode
from tallystick.node.asking import Asked, Outcome
from tallystick.node.context import Report
from tallystick.node.drafting import Change
from tallystick.node.exchange_ports import HitRow, Offer
from tallystick.node.participation import Participation, Round, read_signed

Plain = dict[str, Any]


class Commands:
    """The commands of one node. Every public method is one; its name is the command's."""

    def __init__(self, node: Participation, threshold_tenths: int) -> None:
        """Take a node, and the T that new circles begin with."""
        self._node = node
        self._threshold_tenths = threshold_tenths

    def table(self) -> Mapping[str, Callable[[Mapping[str, Any], Report], object]]:
        """Return every command by name, to be called with its arguments and whom to report to."""
        names = [name for name in vars(type(self)) if not name.startswith("_") and name != "table"]
        return {name: getattr(self, name) for name in names}

    # --- circles -----------------------------------------------------------------------------------------------------

    def card(self, _given: Mapping[str, Any], _report: Report) -> Plain:
        """Return the card of this node."""
        return _plain(self._node.node.card)

    def circle_create(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Draft a circle: everything but its members. Nothing is signed yet."""
        largest = given.get("largest_register")
        tenths = given["threshold_tenths"]
        if tenths is None:
            tenths = max(self._threshold_tenths, enough_tenths(largest) if largest else 0)
        purposes = [Purpose(**each) for each in given["purposes"]]
        draft = self._node.drafting.create({**given, "threshold_tenths": tenths}, purposes, given["delta_quantum"])
        return {**draft, "enough_for_records": enough_for_records(tenths), "advice": advice(tenths, largest) if largest else ""}

    def circle_invite(self, given: Mapping[str, Any], report: Report) -> Plain:
        """Add members by their cards, and sign; the result is what the others must join."""
        return self.circle_change({"circle": given["circle"], "change": {"cards": given["cards"]}}, report)

    def circle_change(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Propose the next revision of a circle, and sign it; the result is what the others must join."""
        proposal, signed = self._node.drafting.propose(given["circle"], _change(given["change"]))
        return {
            "circle": proposal.circle, "revision": proposal.revision, "members": [card.id for card in proposal.members],
            "changes": self._node.drafting.differences(proposal), "signed": signing.encode_signed(signed).decode(),
            "enough_for_records": enough_for_records(proposal.threshold_tenths),
        }  # fmt: skip

    def circle_read(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Return what an agreement says, and what it changes, before anybody joins it."""
        said = canonical.decode(read_signed(given["signed"].encode()).raw, Agreement, MAX_MANIFEST_BYTES)
        return {**_plain(said), "changes": self._node.drafting.differences(said)}

    def circle_join(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Sign an agreement that its operator has read and accepted."""
        view = self._node.circles.join(read_signed(given["signed"].encode()))
        name = view.agreement.circle
        signed = signing.encode_signed(self._node.circles.newest(name)).decode()
        return {"circle": name, "standing": view.standing, "missing": list(view.missing), "signed": signed}

    def circle_leave(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Leave a circle; what belonged to it here is destroyed."""
        return {"circle": given["circle"], "could_not_be_told": self._node.tell_leave(given["circle"])}

    def circle_show(self, given: Mapping[str, Any], _report: Report) -> list[Plain]:
        """Return circles as this node sees them: members, epochs, indexes, budgets."""
        names = [given["circle"]] if given.get("circle") else self._node.circles.names()
        return [self._shown(name) for name in names]

    def circle_grant(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Approve a bulk budget for a partner, as the first of two officers."""
        proposal = self._node.granting.propose(given["circle"], given["member"], given["points"], given["days"], given["officer"])
        made: Plain = msgspec.to_builtins(proposal)
        return made

    def circle_approve(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Approve a bulk budget as the second officer; it holds from now on."""
        row = self._node.granting.approve(given["number"], given["officer"])
        return {**asdict(row), "until": canonical.moment_of(int(row.until.timestamp()))}

    # --- offering and following --------------------------------------------------------------------------------------

    def offer(self, given: Mapping[str, Any], report: Report) -> Plain:
        """Let a circle find the records of a register, and publish its index."""
        circle = self._node.circles.in_force(given["circle"])
        if circle.purpose(given["purpose"]) is None:
            codes = ", ".join(each.code for each in circle.agreement.purposes)
            raise InputError(f"purpose is none of circle {given['circle']}", hint=f"take one of: {codes}")
        self._node.node.records.count(given["register"])
        if given.get("withdraw"):
            self._node.node.state.drop_offer(given["circle"], given["register"])
        else:
            self._node.node.state.put_offer(self._offered(given))
        done = self._node.offering.publish(circle, report)
        if done is None:
            return {"circle": given["circle"], "manifest": None}
        return {**asdict(done), "advice": advice(circle.agreement.threshold_tenths, done.records)}

    def sync(self, given: Mapping[str, Any], report: Report) -> Plain:
        """Do now what a running node does from time to time."""
        return _round(self._node.go_round(report, given.get("circle", "")))

    def watch(self, given: Mapping[str, Any], report: Report) -> list[Plain]:
        """Return how far the standing watch goes, after a round."""
        self._node.go_round(report, given.get("circle", ""))
        names = [given["circle"]] if given.get("circle") else self._node.circles.names()
        return [line for name in names for line in self._watched(name)]

    def bulk(self, given: Mapping[str, Any], report: Report) -> Plain:
        """Ask a partner about all own records that are not watched for there yet."""
        circle = self._node.circles.in_force(given["circle"])
        asked = Asked(officer=given["officer"], purpose=BULK, reason=given.get("reason", ""))
        return self._outcome(self._node.asking.bulk(circle, given["member"], asked, report))

    # --- one person --------------------------------------------------------------------------------------------------

    def ask(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Ask partners about one person."""
        circle = self._node.circles.in_force(given["circle"])
        asked = Asked(officer=given["officer"], purpose=given["purpose"], reason=given.get("reason", ""))
        person = decode(given["person"].encode())
        query, outcomes = self._node.asking.ask(circle, person, asked, given.get("members", ()))
        return {"query": query, "outcomes": [self._outcome(each) for each in outcomes]}

    def hits(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Return hits of this node, and handles of ours that partners opened."""
        circle = given.get("circle", "")
        opened = [
            {**asdict(row), "handle": row.handle.hex(), "at": _moment(row.at.timestamp())}
            for row in self._node.node.state.redemptions(circle)
        ]
        return {"hits": [_hit(row) for row in self._node.node.state.hits(circle, given.get("state", ""))], "opened": opened}

    def redeem(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Open the handle of a hit at its holder."""
        row = self._node.redeeming.redeem(
            given["hit"], purpose=given["purpose"], officer=given["officer"], reason=given["reason"], reference=given["reference"]
        )
        return _hit(row)

    def opening(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Return whom an entry of the log is about, and what opens its commitment: for a supervisor."""
        request, commitment = (bytes.fromhex(given[each]) for each in ("request", "commitment"))
        register, record_id = given.get("record") or ("", "")
        record = (register, record_id) if record_id else None
        found = self._node.openings.open(given["circle"], request, commitment, record)
        return {
            "about": [{"register": place[0], "record_id": place[1]} for place in found.about],
            "query": found.query, "officer": found.officer, "reason": found.reason,
            "salt": encode_opening(found.opening) if found.opening else "", "line": found.line.decode(),
        }  # fmt: skip

    # --- views -------------------------------------------------------------------------------------------------------

    def _offered(self, given: Mapping[str, Any]) -> Offer:
        """Return an offer; what is not said anew about silence stays as it was: nothing becomes findable by being left out."""
        circle, register = given["circle"], given["register"]
        before = next((each for each in self._node.node.state.offers(circle) if each.register == register), None)
        codes, ids = given.get("silent_codes"), given.get("silent_ids")
        if before:
            codes = before.silent_codes if codes is None else codes
            ids = before.silent_ids if ids is None else ids
        return Offer(
            circle=circle,
            register=register,
            purpose=given["purpose"],
            silent_codes=tuple(codes or ()),
            silent_ids=tuple(ids or ()),
        )

    def _shown(self, name: str) -> Plain:
        view = self._node.circles.view(name)
        agreed = view.agreement
        shown: Plain = {
            "circle": name, "name": agreed.name, "standing": view.standing, "revision": agreed.revision,
            "missing": list(view.missing), "legal_basis": agreed.legal_basis, "threshold_bits": agreed.threshold_tenths / 10,
            "purposes": [_plain(each) for each in agreed.purposes],
            "epoch_days": agreed.epoch_days, "overlap_days": agreed.overlap_days, "retention_days": agreed.retention_days,
            "two_persons": agreed.two_persons,
            "offers": [asdict(row) for row in self._node.node.state.offers(name)],
            "could_not_be_told": self._node.untold(name),
            "contradictions": self._contradictions(name),
            "grants_waiting": [msgspec.to_builtins(each) for each in self._node.granting.waiting(name)],
            "members": [
                {"id": card.id, "name": card.name, "url": card.url, "me": card.id == self._node.node.id}
                for card in agreed.members
            ],
        }  # fmt: skip
        if view.circle is None or view.standing != "in force":
            return shown
        current = self._node.epochs.open(view.circle)
        copies = {(row.member, row.epoch): row for row in self._node.node.state.copies(name)}
        partners = [card for card in view.circle.members if card != self._node.node.id]
        owing = self._node.offering.manifests.owing(name, current, partners)
        for member in shown["members"]:
            member["no_receipt_since"] = owing.get(member["id"], "")
            rows = [row for (who, _), row in copies.items() if who == member["id"]]
            member["left"] = member["id"] in view.circle.left
            member["epoch"] = max(current, default=0) if member["me"] else max((row.epoch for row in rows), default=0)
            member["fetched_at"] = _moment(max(row.checked_at.timestamp() for row in rows)) if rows else ""
            member["points_left"] = {} if member["me"] or member["left"] else self._points_left(name, member["id"], agreed)
        return shown

    def _contradictions(self, name: str) -> list[Plain]:
        """Return what members signed for us and, under the same number, for others: evidence for the circle."""
        found = []
        for ours, theirs in self._node.comparing.conflicts(name):
            said = canonical.decode(ours.raw, Manifest, MAX_MANIFEST_BYTES)
            both = (signing.encode_signed(each).decode() for each in (ours, theirs))
            found.append({"member": said.member, "number": said.number, "manifests": list(both)})
        return found

    def _points_left(self, name: str, member: str, agreed: Agreement) -> dict[str, int]:
        codes = [*(each.code for each in agreed.purposes), BULK]
        return {code: self._node.answering.left(name, member, code) for code in codes}

    def _watched(self, name: str) -> list[Plain]:
        state = self._node.node.state
        lines = []
        for row in state.copies(name):
            document = state.document(name, "manifest", row.member, row.manifest)
            notches = canonical.decode(document.document, Manifest, MAX_MANIFEST_BYTES).notches if document else 0
            found = [hit for hit in state.hits(name) if hit.member == row.member and hit.record_id]
            waiting = self._node.asking.waiting(self._node.circles.in_force(name), row.member)
            lines.append(
                {
                    "circle": name, "member": row.member, "epoch": row.epoch, "notches": notches, "delta": row.delta,
                    "watched": len(state.watched(name, row.member, row.epoch)),
                    "waiting": waiting, "hits": len(found),
                    "fetched_at": _moment(row.checked_at.timestamp()),
                }
            )  # fmt: skip
        return lines

    @staticmethod
    def _outcome(outcome: Outcome) -> Plain:
        return {**asdict(outcome), "hits": [_hit(row) for row in outcome.hits]}


def _hit(row: HitRow) -> Plain:
    said = msgspec.json.decode(row.answer) if row.answer else None
    return {
        "hit": row.id, "circle": row.circle, "member": row.member, "epoch": row.epoch, "handle": row.handle.hex(),
        "register": row.register, "record_id": row.record_id, "query": row.query, "weight_bits": row.weight_tenths / 10,
        "found_by": row.found_by, "seen_at": _moment(row.seen_at.timestamp()), "state": row.state, "answer": said,
    }  # fmt: skip


def _round(done: Round) -> Plain:
    return {
        "published": [asdict(each) for each in done.published],
        "synced": [
            {"circle": circle, **asdict(each), "found": [_hit(row) for row in each.found]} for circle, each in done.synced
        ],
        "asked": [{"circle": circle, "member": member, "records": count} for (circle, member), count in done.asked.items()],
        "problems": [{"circle": circle, "member": member, "problem": why} for circle, member, why in done.problems],
    }


def _change(said: Mapping[str, Any]) -> Change:
    try:
        msgspec.convert(said.get("cards", []), list[Card])
    except msgspec.ValidationError:
        raise InputError("this is no card of a node", hint="its owner makes one with `tallystick node card`") from None
    return msgspec.convert(said, Change)


def _plain(document: Card | Agreement | Purpose) -> Plain:
    made: Plain = msgspec.to_builtins(document)
    return made


def _moment(at_s: float) -> str:
    return canonical.moment_of(int(at_s))
