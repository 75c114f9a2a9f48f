"""What casework shows: frozen values that a page or a command prints as they are, without asking anything further."""

from dataclasses import dataclass, field
from datetime import datetime

from tallystick.review.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A case in a list.

    Attributes:
        number: at this node.
        reference: the id both sides know it by.
        side, circle, partner: ours, where, with whom.
        stage, waiting_for: how far it is, and who must act: "us", "them" or "nobody".
        due_at, is_overdue: when, and whether that is over.
        urgency, cross_border: of the alert; None where nobody knows.
        weight_bits: of the hit; 0 at the holder.
        register, record_id: our record; empty for a person asked for by hand.
        query, encounter: numbers of ours; 0 for none.
        met: country, kind and time of the encounter; empty texts for none.
        name, latin: of our record or of the person asked for, as written, and in Latin letters where that differs.
        opened_at: when.
    """

    number: int
    reference: str
    side: str
    circle: str
    partner: str
    stage: str
    waiting_for: str
    due_at: datetime | None
    is_overdue: bool
    urgency: str
    cross_border: bool | None
    weight_bits: float
    register: str
    record_id: str
    query: int
    encounter: int
    met: tuple[str, str, str]
    name: str = field(repr=False)
    latin: str = field(repr=False)
    opened_at: datetime

    @property
    def record(self) -> tuple[str, str] | None:
        """Register and id of our record; None where the case is about none."""
        return (self.register, self.record_id) if self.record_id else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of a case's history: what, when, by whom, and in which words.

    Attributes:
        at, what, by: when, the kind of event, and who.
        text: the rest of the event as one line.
        code: of that line what is one of our codes: verdict, outcome, reason of a recall, change of a footing, use
            of a copy; else empty.
        fields, handling, until: what was asked for or approved; empty and None else.
        note: what somebody wrote.
    """

    at: datetime
    what: str
    by: str
    text: str = field(repr=False)
    code: str = ""
    fields: tuple[str, ...] = ()
    handling: str = ""
    until: datetime | None = None
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """A disclosure, sent or received.

    Attributes:
        digest: of its document.
        direction: "in" or "out".
        owner, partner: whose data, and who is on the other side.
        fields, handling, expires_at, officers: as approved.
        state: held, recalled, withheld or expired.
        values: the copy, by field; empty where we disclosed it, where it is gone, or where who looks may not see it.
        is_hidden: whether the last is why.
        delivered_at: when the other side's node had it; where we sent it.
        uses: what the one who looks may do with the copy this node holds, of `review.handling.Use`.
        may_tighten: whether who looks may put it under a tighter code.
        recall: when it was called back, and why; empty and None before.
        recall_delivered_at, acknowledged_at: when the other side's node, and a person there, confirmed.
    """

    digest: str
    direction: str
    owner: str
    partner: str
    case: int
    fields: tuple[str, ...]
    handling: str
    expires_at: datetime
    state: str
    values: dict[str, object] = field(default_factory=dict, repr=False)
    is_hidden: bool = False
    delivered_at: datetime | None = None
    recall: str = ""
    recalled_at: datetime | None = None
    recall_delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    uses: tuple[str, ...] = ()
    may_tighten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCopy:
    """A copy this node holds, in a list: nothing of what it says.

    Attributes:
        case: number of its case.
        circle, partner: from whom it came, in which circle.
        owner: whose data it is.
        fields, handling, expires_at: as approved; the code may have been tightened since.
        uses: what the one who looks may do with it, of `review.handling.Use`.
    """

    case: int
    circle: str
    partner: str
    owner: str
    fields: tuple[str, ...]
    handling: str
    expires_at: datetime
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FootingView:
    """How a report stands on which a case rests.

    Attributes:
        direction: "in" where the other side told us, "out" where we told it.
        report: the random name of the report between the two sides.
        change, credibility, reliability: withdrawn, or graded and how.
        changed_at: since when.
        disclosures: digests of those of the case that rest on it.
        at: when it was told, or heard.
        delivered_at: when the other side's node had it; where we told it.
        heeded_at, heeded_by, note: when a person of the side that heard it had looked, who, and what was done.
    """

    direction: str
    report: str
    change: str
    credibility: str
    reliability: str
    changed_at: datetime
    disclosures: tuple[str, ...]
    at: datetime
    delivered_at: datetime | None
    heeded_at: datetime | None
    heeded_by: str
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """Who was told how a report stands: in which case, of what, when, whether it came, and whether a person has heeded it."""

    case: int
    circle: str
    partner: str
    change: str
    credibility: str
    reliability: str
    disclosures: tuple[str, ...]
    told_at: datetime
    delivered_at: datetime | None
    heeded_at: datetime | None
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Beside:
    """Another case of the same person, with another partner or of another encounter."""

    number: int
    partner: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case whole.

    Attributes:
        row: as in the list.
        case_class, contact: whom to call, and about what kind of case; empty before the holder was told.
        country: of the other organisation.
        notice: why the requester told the holder.
        own: our record, or the person asked for, by field of the record format.
        verdict: what was decided; None before, and while a second person must confirm.
        half_decided: verdict and by, while a second person must say the same; None else.
        two_persons: whether decisions and approvals need two.
        request: fields, purpose, reason, officer and whether the match was confirmed; None before.
        approvals: who approved so far.
        proposed: fields, handling, expires_at, by and is_passed_on, as the first of two approvers said.
        lapsed: by, at, handling and why of approvals that count no more: what they were of is `changed`, `gone`, or `over`.
        offered: handling and days of an approval that says neither, where the next one is the first; None else.
        outcome: code and note; None before.
        copies: what was disclosed, newest last.
        footings: how the reports stand on which it rests, as one side told the other.
        verification: both sides beside each other; None before something was disclosed to us.
        history: everything that happened, oldest first.
        moves: what the actor may do now, by the names of `Casework`'s methods.
        onward: the one of them that carries the case on; empty where it waits for somebody else.
        undelivered: messages that wait to be sent.
        beside: other cases of the same record, or of the same person asked for.
    """

    row: QueueRow
    contact: str
    country: str
    notice: str = field(repr=False)
    own: dict[str, object] = field(repr=False)
    verdict: str | None
    half_decided: dict[str, str] | None
    two_persons: bool
    request: dict[str, object] | None = field(repr=False)
    approvals: tuple[str, ...]
    proposed: dict[str, object] | None = field(repr=False)
    lapsed: dict[str, object] | None
    offered: dict[str, object] | None
    outcome: dict[str, object] | None = field(repr=False)
    copies: tuple[CopyView, ...]
    footings: tuple[FootingView, ...]
    verification: Verification | None
    history: tuple[Happened, ...]
    moves: tuple[str, ...]
    onward: str
    undelivered: int
    beside: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """Who demands two persons in a circle: its agreement, this organisation."""

    circle: bool
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFind:
    """A record of an own register that may be the person."""

    register: str
    record_id: str
    name: str = field(repr=False)
    weight_bits: float
    probability: float
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one partner said to an encounter: case numbers of the hits, or why there is no answer; whom to call, where it said."""

    circle: str
    partner: str
    cases: tuple[int, ...]
    problem: str
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterView:
    """An encounter.

    Attributes:
        number: at this node.
        kind, country, place, time, urgency, purpose, officer, at: as recorded.
        person: the identity as presented, by field of the record format.
        circles: which were asked.
        own: what the own registers have, where they were searched for it.
        asked: what partners said when they were asked.
        cases: numbers of the cases it led to.
    """

    number: int
    kind: str
    country: str
    place: str = field(repr=False)
    time: str
    urgency: str
    purpose: str
    officer: str
    at: datetime
    person: dict[str, object] = field(repr=False)
    circles: tuple[str, ...]
    own: tuple[OwnFind, ...] = ()
    asked: tuple[Asked, ...] = ()
    cases: tuple[int, ...] = ()
