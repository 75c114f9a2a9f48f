"""What casework shows of persons and of the whole: timelines, subject reports, coordination. Frozen values, ready to print."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One point of a timeline.

    Attributes:
        time, country, place, kind: as recorded; no place where a partner met the person.
        by: our officer, or the partner.
        encounter, case: numbers of ours; 0 for none.
        verdict: whether it was decided that this is the person; None before.
    """

    time: str
    country: str
    place: str = field(repr=False)
    kind: str
    by: str
    encounter: int
    case: int
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Where a record can be found by others: a circle, its members but us, and whether the record is silent there."""

    circle: str
    partners: tuple[str, ...]
    is_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A record of ours, with what happened around it.

    Attributes:
        register, record_id: which.
        values: by field of the record format.
        names: as written and in Latin letters, where that differs.
        custody: by what right it is held.
        offered: to whom.
        timeline: encounters, earliest first.
        countries: how often it was met in which; of confirmed encounters only.
        cases: numbers of the cases about it.
        disclosed: how often it was disclosed to which partner.
        restriction: the ground for which the person is not told of it; empty for none.
    """

    register: str
    record_id: str
    values: dict[str, object] = field(repr=False)
    names: tuple[tuple[str, str], ...] = field(repr=False)
    custody: dict[str, object]
    offered: tuple[Offered, ...]
    timeline: tuple[Met, ...]
    countries: dict[str, int]
    cases: tuple[int, ...]
    disclosed: dict[str, int]
    restriction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing that this organisation holds of a person.

    Attributes:
        kind: record, case, disclosed, encounter, mention, query, received or not-me.
        where: register and id, or a number.
        at: when; None where it has no time.
        text: what it is, in words; where a ground is recorded, nothing but that.
        values: what is held; empty where a ground is recorded.
        is_restricted: whether one is, or another organisation answers for it.
    """

    kind: str
    where: str
    at: datetime | None
    text: str = field(repr=False)
    values: dict[str, object] = field(repr=False)
    is_restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReport:
    """All that is held, asked and disclosed about a person at this node, for the answer the law demands."""

    organisation: str
    at: datetime
    found: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """How this organisation and one partner work together in a circle.

    Attributes:
        circle, partner: which.
        asked, answered: questions we asked there, and answered to it, by the log.
        offered, register_size: our records this circle may find, and how many the offered registers hold.
        hits: ours there.
        open_alerts: hits on which nobody has decided.
        requests_sent, answers_received: our requests, and how many were answered.
        answer_hours: median time to their answer; None before the first.
        requests_received, answers_given, own_answer_hours: the same the other way round.
        overdue_us, overdue_them: cases whose clock has run out.
        without_outcome: hits told to the holder that have no outcome.
        cross_border: cases across a border.
        recalls_open: our recalls nobody there has acknowledged.
        footings_open: reports of which we told how they stand, and which nobody there has heeded.
        undelivered: messages that wait.
    """

    circle: str
    partner: str
    asked: int
    answered: int
    offered: int
    register_size: int
    hits: int
    open_alerts: int
    requests_sent: int
    answers_received: int
    answer_hours: float | None
    requests_received: int
    answers_given: int
    own_answer_hours: float | None
    overdue_us: int
    overdue_them: int
    without_outcome: int
    cross_border: int
    recalls_open: int
    footings_open: int
    undelivered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationReport:
    """Where nobody asks, nobody answers, nobody hears back; no person data."""

    organisation: str
    at: datetime
    lines: tuple[PartnerLine, ...]
