"""What an operator watches a node by: how many, how much is left, how old. Numbers of circles, partners and this node only.

Rules
 1. Nothing here is of a person: no pseudonym, no id, no count so fine that it stands for one act of one officer.
 2. A figure that cannot be told now is left out; it is never 0 instead.

Does no I/O: what is outside the participation is passed in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tallystick.errors import Error
from tallystick.node.casework import Casework
from tallystick.node.participation import Participation


@dataclass(frozen=True, slots=True)
class Figure:
    """One number under a name.

    Attributes:
        name: what it is, with its unit at the end.
        value: the number.
        labels: of which circle, which partner.
        is_total: it only ever grows while the node runs.
    """

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What the log of a node says and is.

    Attributes:
        asked, answered: questions by circle and partner.
        refused: by circle, partner and the code of the reason.
        entries, covered: how many entries it has; how many are under the newest checkpoint.
        checkpoint_at: when that was made.
        certificate_ends_at: when partners take its certificate no more.
    """

    asked: Mapping[tuple[str, str], int]
    answered: Mapping[tuple[str, str], int]
    refused: Mapping[tuple[str, str, str], int]
    entries: int
    covered: int
    checkpoint_at: datetime
    certificate_ends_at: datetime


MEANINGS = {
    "questions_asked": "Questions this node asked and had answered.",
    "questions_answered": "Questions of partners this node answered.",
    "questions_refused": "Requests of partners this node refused, by the code of the reason.",
    "budget_left_points": "Points a partner may still ask for now.",
    "index_age_seconds": "Time since the copy of a partner's index was last compared with the partner's.",
    "alerts_open": "Cases that wait for their first human.",
    "cases_waiting": "Open cases, by whom they wait for.",
    "cases_overdue": "Cases that wait for us and whose clock has run out.",
    "log_entries": "Entries of the audit log.",
    "log_uncovered_entries": "Entries that are under no checkpoint yet.",
    "log_checkpoint_age_seconds": "Time since the newest checkpoint was made; it is made when there is something to cover.",
    "certificate_left_seconds": "Time until partners take the node's certificate no more.",
}
"""Every figure and what it says; docs/how-to/operate.md is held to it by a test."""


def figures(node: Participation, casework: Casework, logged: Logged) -> Iterator[Figure]:
    """Yield all figures of a node, as they are now."""
    yield from _questions(logged)
    yield from _log(logged, node.node.now())
    for name in node.circles.names():
        yield from _circle(node, name)
    for circle, numbers in casework.numbers().items():
        yield Figure("alerts_open", numbers.alerts, {"circle": circle})
        yield Figure("cases_overdue", numbers.overdue, {"circle": circle})
        yield Figure("cases_waiting", numbers.waiting_for_us, {"circle": circle, "for": "us"})
        yield Figure("cases_waiting", numbers.waiting_for_them, {"circle": circle, "for": "them"})


def _questions(logged: Logged) -> Iterator[Figure]:
    for name, counts in (("questions_asked", logged.asked), ("questions_answered", logged.answered)):
        for (circle, partner), count in counts.items():
            yield Figure(name, count, {"circle": circle, "partner": partner}, is_total=True)
    for (circle, partner, reason), count in logged.refused.items():
        yield Figure("questions_refused", count, {"circle": circle, "partner": partner, "reason": reason}, is_total=True)


def _log(logged: Logged, now: datetime) -> Iterator[Figure]:
    yield Figure("log_entries", logged.entries)
    yield Figure("log_uncovered_entries", max(logged.entries - logged.covered, 0))
    yield Figure("log_checkpoint_age_seconds", max((now - logged.checkpoint_at).total_seconds(), 0.0))
    yield Figure("certificate_left_seconds", (logged.certificate_ends_at - now).total_seconds())


def _circle(node: Participation, name: str) -> Iterator[Figure]:
    view = node.circles.view(name)
    if view.circle is None or view.standing != "in force":
        return
    now = node.node.now()
    for row in node.node.state.copies(name):
        labels = {"circle": name, "partner": row.member, "epoch": str(row.epoch)}
        yield Figure("index_age_seconds", max((now - row.checked_at).total_seconds(), 0.0), labels)
    partners = [each for each in view.circle.members if each != node.node.id and each not in view.circle.left]
    for partner in partners:
        for purpose in view.agreement.purposes:
            try:
                left = node.answering.left(name, partner, purpose.code)
            except Error:  # rule 2
                continue
            yield Figure("budget_left_points", left, {"circle": name, "partner": partner, "purpose": purpose.code})
