"""All that people of a node do after a hit, in one object. Every method takes who acts, and holds them to the table of roles.

Pages and commands call this and nothing behind it; what it returns they show as it is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tallystick.errors import InputError, RefusedError
from tallystick.exchange.agreement import Circle
from tallystick.exchange.signing import Signed
from tallystick.model import Record
from tallystick.model.encounter import Encounter
from tallystick.node.casework.alerts import Alerts
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.coordination import Coordination
from tallystick.node.casework.deciding import Deciding
from tallystick.node.casework.delivering import Delivering
from tallystick.node.casework.disclosing import Disclosing, Terms
from tallystick.node.casework.encounters import Encounters, Keep, Search
from tallystick.node.casework.footing_ports import FollowedReports, no_reports
from tallystick.node.casework.footings import Footings
from tallystick.node.casework.hearing import Hearing
from tallystick.node.casework.holding import held_copies
from tallystick.node.casework.namesakes import Namesakes
from tallystick.node.casework.people import People
from tallystick.node.casework.people_ports import Counts, Mentioning, NotMeRow
from tallystick.node.casework.people_views import CoordinationReport, PersonView, SubjectReport
from tallystick.node.casework.ports import CaseCounts, CaseFilter, CaseworkState, Persons
from tallystick.node.casework.recalling import Recalling
from tallystick.node.casework.showing import Showing
from tallystick.node.casework.views import CaseView, EncounterView, HeldCopy, QueueRow, ToldView, TwoPersons
from tallystick.node.participation import Participation
from tallystick.review.clocks import Urgency
from tallystick.review.events import OutcomeCode, RecallReason, Verdict
from tallystick.review.handling import Use
from tallystick.review.roles import Action, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumbers:
    """How many cases of a circle there are.

    Attributes:
        alerts: that wait for their first human.
        overdue: that wait for us, and whose clock has run out.
        waiting_for_us, waiting_for_them: that are open, by who must act.
    """

    alerts: int
    overdue: int
    waiting_for_us: int
    waiting_for_them: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRound:
    """What one round of chores did in casework.

    Attributes:
        alerts: numbers of new cases.
        expired_records: records taken out of registers because their time was over.
        expired_copies, recalled: disclosures that ended.
        footings: numbers of cases whose other side is told how a report stands.
        problems: what could not be told to a partner, and why.
    """

    alerts: tuple[int, ...] = ()
    expired_records: int = 0
    expired_copies: int = 0
    recalled: int = 0
    footings: tuple[int, ...] = ()
    problems: tuple[str, ...] = field(default=())


class Casework:
    """The casework of one node."""

    def __init__(
        self,
        participation: Participation,
        state: CaseworkState,
        persons: Persons,
        counts: Counts,
        country: str = "",
        followed: FollowedReports = no_reports,
    ) -> None:
        """Take what it stands on.

        Args:
            participation: the node among its partners.
            state: what it remembers of cases.
            persons: its registers.
            counts: what the log says of questions.
            country: where this organisation is, ISO 3166-1 alpha-2 in lower case; empty where nobody said.
            followed: which encounters were made of reports, and what those are worth.
        """
        self._book = CaseBook(participation.node, participation.circles, state, persons, country)
        self._namesakes = Namesakes(self._book)
        self._delivering = Delivering(self._book)
        self._alerts = Alerts(self._book, participation.redeeming, self._namesakes, self._delivering)
        self._people = People(self._book)
        self._coordination = Coordination(self._book, counts)
        self._showing = Showing(self._book)
        self._hearing = Hearing(self._book, self._alerts)
        self._encounters = Encounters(self._book, participation.asking, self._alerts)
        self._deciding = Deciding(self._book, self._delivering)
        self._disclosing = Disclosing(self._book, self._delivering)
        self._recalling = Recalling(self._book, self._delivering)
        self._footings = Footings(self._book, self._delivering, followed)

    # --- encounters --------------------------------------------------------------------------------------------------

    def record_encounter(self, actor: Actor, met: Encounter, search: Search, keep: Keep | None = None) -> EncounterView:
        """Record an encounter; ask the own registers and the circles at once, and tell the holders of hits.

        `keep`: keeps it together with what it is made of (see `Encounters.add`).
        """
        actor.need(Action.RECORD_ENCOUNTER)
        return self._encounters.add(actor, met, search, *([keep] if keep else []))

    def same_encounter(self, actor: Actor, numbers: Iterable[int], met: Encounter, search: Search) -> EncounterView | None:
        """Return which of some encounters is this very one; None where none is."""
        actor.need(Action.RECORD_ENCOUNTER)
        return self._encounters.same(actor, numbers, met, search)

    def encounters(self, actor: Actor, most: int = 1000) -> list[EncounterView]:
        """Return encounters, newest first."""
        actor.need(Action.SEE_QUEUE)
        return self._encounters.newest(most)

    def encounter(self, actor: Actor, number: int, look: Callable[[Record], None] | None = None) -> EncounterView:
        """Return one encounter.

        Args:
            actor: who looks.
            number: which.
            look: notes that the own registers are searched for its person; None where they are not.
        """
        actor.need(Action.SEE_CASE)
        return self._encounters.view(number, look)

    # --- cases -------------------------------------------------------------------------------------------------------

    def queue(self, actor: Actor, wanted: CaseFilter | None = None, *, overdue: bool = False) -> list[QueueRow]:
        """Return cases, what is due first before the others.

        Args:
            actor: who looks.
            wanted: which; by default those that wait for us.
            overdue: only those whose clock has run out.
        """
        actor.need(Action.SEE_QUEUE)
        now = self._book.node.now()
        return self._showing.rows(self._book.state.case_rows(self._wanted(wanted, overdue=overdue)), now)

    def count(self, actor: Actor, wanted: CaseFilter | None = None, *, overdue: bool = False) -> int:
        """Return how many cases `queue` would find without its limit."""
        actor.need(Action.SEE_QUEUE)
        return self._book.state.count_cases(self._wanted(wanted, overdue=overdue))

    def counts(self, actor: Actor) -> CaseCounts:
        """Return how many open cases there are of each kind."""
        actor.need(Action.SEE_QUEUE)
        return self._book.state.open_cases(self._book.node.now())

    def case(self, actor: Actor, number: int) -> CaseView:
        """Return a case whole."""
        actor.need(Action.SEE_CASE)
        return self._showing.whole(self._book.open(number), actor)

    def reference(self, number: int) -> str:
        """Return the id both sides know a case by: no person data, so nobody's role is asked for.

        Raises:
            InputError: there is none of that number.
        """
        return self._book.state.case_row(number).reference

    def tell(self, actor: Actor, number: int, *, reason: str, purpose: str = "") -> CaseView:
        """Tell the holder of a hit, and hear whom to call. The holder learns that its record is of interest."""
        actor.need(Action.REDEEM)
        self._alerts.tell(actor, number, reason=reason, purpose=purpose)
        return self.case(actor, number)

    def decide(self, actor: Actor, number: int, verdict: Verdict, reason: str) -> CaseView:
        """Say whether it is the same person, or revise it; where two are demanded, the second says the same."""
        actor.need(Action.DECIDE)
        self._deciding.decide(actor, number, verdict, reason)
        return self.case(actor, number)

    def request(
        self, actor: Actor, number: int, fields: tuple[str, ...], *, reason: str, urgency: Urgency | None = None
    ) -> CaseView:
        """Ask the holder for fields of its record, of `review.disclosures.FIELDS`."""
        actor.need(Action.REQUEST)
        self._deciding.request(actor, number, fields=fields, reason=reason, urgency=urgency)
        return self.case(actor, number)

    def approve(self, actor: Actor, number: int, terms: Terms) -> CaseView:
        """Approve a request, whole or in part; the last approval that is needed discloses."""
        actor.need(Action.APPROVE)
        self._disclosing.approve(actor, number, terms)
        return self.case(actor, number)

    def use_copy(self, actor: Actor, number: int, use: Use, reason: str) -> dict[str, object]:
        """Return a disclosed copy for a use that its handling code allows; the log says who used it, and how."""
        actor.need(Action.SEE_CASE)
        return self._disclosing.use(actor, number, use, reason)

    def held_copies(self, actor: Actor, use: Use | None = None) -> list[HeldCopy]:
        """Return the copies this node holds, or those that may be used so; without what they say."""
        actor.need(Action.SEE_CASE)
        return held_copies(self._book, actor, self._book.node.now(), use)

    def tighten(self, actor: Actor, number: int, handling: str) -> CaseView:
        """Put a disclosed copy under a tighter handling code; nothing makes it looser."""
        actor.need(Action.APPROVE)
        self._disclosing.tighten(actor, number, handling)
        return self.case(actor, number)

    def refuse(self, actor: Actor, number: int, reason: str) -> CaseView:
        """Refuse a request."""
        actor.need(Action.APPROVE)
        self._deciding.refuse(actor, number, reason)
        return self.case(actor, number)

    def report_outcome(self, actor: Actor, number: int, code: OutcomeCode, note: str = "") -> CaseView:
        """Say what came of a hit; the holder hears it, too."""
        actor.need(Action.REPORT_OUTCOME)
        self._deciding.report(actor, number, code, note)
        return self.case(actor, number)

    def close(self, actor: Actor, number: int, reason: str = "") -> CaseView:
        """Close a case; a requester needs an outcome first."""
        actor.need(Action.CLOSE)
        self._deciding.close(actor, number, reason)
        return self.case(actor, number)

    def recall(self, actor: Actor, number: int, reason: RecallReason = "withdrawn") -> CaseView:
        """Call back what was disclosed in a case."""
        actor.need(Action.RECALL)
        self._recalling.recall(actor.name, number, reason)
        return self.case(actor, number)

    def acknowledge(self, actor: Actor, number: int, note: str) -> CaseView:
        """Confirm a recall as a person, and say what was done."""
        actor.need(Action.ACKNOWLEDGE_RECALL)
        self._recalling.acknowledge(actor, number, note)
        return self.case(actor, number)

    def heed(self, actor: Actor, number: int, note: str) -> CaseView:
        """Say as a person that a changed footing has been looked at, and what was done."""
        actor.need(Action.HEED_FOOTING)
        self._footings.heed(actor, number, note)
        return self.case(actor, number)

    def told_of(self, actor: Actor, report: str) -> list[ToldView]:
        """Return who was told how a report stands, and who has heeded it."""
        actor.need(Action.SEE_CASE)
        return self._footings.told_of(report)

    # --- persons, and the whole --------------------------------------------------------------------------------------

    def person(self, actor: Actor, register: str, record_id: str) -> PersonView:
        """Return a record of ours with its timeline: who met the person where, to whom it is offered and was disclosed."""
        actor.need(Action.SEE_PERSON)
        return self._people.view((register, record_id))

    def identify(
        self, actor: Actor, encounter: int, register: str, record_id: str, *, verdict: Verdict, reason: str
    ) -> PersonView:
        """Say whether who was met is a record of ours; it can be revised."""
        actor.need(Action.DECIDE)
        self._people.identify(actor, encounter, (register, record_id), verdict, reason)
        return self._people.view((register, record_id))

    def attach_not_me(self, actor: Actor, number: int, person: Record, consent: str) -> NotMeRow:
        """Remember, with his consent, that a case decided not-same is about a namesake: the same false hit is suppressed."""
        actor.need(Action.ATTACH_NOT_ME)
        return self._namesakes.attach(actor, number, person, consent)

    def revoke_not_me(self, actor: Actor, number: int) -> NotMeRow:
        """Forget a namesake at his wish."""
        actor.need(Action.ATTACH_NOT_ME)
        return self._namesakes.revoke(actor, number)

    def not_me_records(self, actor: Actor) -> list[NotMeRow]:
        """Return the namesakes that are remembered, and those that were."""
        actor.need(Action.SEE_PERSON)
        return self._namesakes.rows()

    def gather_subject(self, actor: Actor, person: Record) -> SubjectReport:
        """Gather all that is held, asked and disclosed about a person, for the answer the law demands."""
        actor.need(Action.GATHER_SUBJECT)
        return self._people.gather(actor, person)

    def read_mentions(self, mentioning: Mentioning) -> None:
        """Say where reports mention a record, for what is gathered of a person; nowhere by default."""
        self._people.mentioning = mentioning

    def restrict_subject(self, actor: Actor, register: str, record_id: str, ground: str) -> None:
        """Record for what ground a person is not told of a record; an empty ground lifts it."""
        actor.need(Action.GATHER_SUBJECT)
        self._people.restrict(actor, (register, record_id), ground)

    def coordination(self, actor: Actor) -> CoordinationReport:
        """Return who asks, who answers, how fast, and what is offered to whom; no person data."""
        actor.need(Action.SEE_REPORT)
        return self._coordination.report()

    def set_two_persons(self, actor: Actor, circle: str, *, demanded: bool) -> None:
        """Say whether decisions and approvals in a circle need two persons; it holds for cases that are opened from now on."""
        actor.need(Action.MANAGE_PARTNERS)
        self._book.circles.view(circle)
        if not demanded and self._book.demanded_by_circle(circle):
            hint = "its members can agree otherwise: `tallystick circle change`"
            raise RefusedError(f"circle {circle} demands two persons", hint=hint)
        self._book.state.put_value(f"two-persons/{circle}", b"1" if demanded else b"0")

    def two_persons(self, circle: str) -> TwoPersons:
        """Return who demands two persons in a circle; no person data."""
        return TwoPersons(self._book.demanded_by_circle(circle), self._book.demanded_here(circle))

    # --- partners and chores -----------------------------------------------------------------------------------------

    def take(self, circle: Circle, sender: str, signed: Signed) -> bytes:
        """Take what a partner says of a case; returns the receipt for the wire."""
        return self._hearing.take(circle, sender, signed)

    def numbers(self) -> dict[str, CaseNumbers]:
        """Return how many cases wait, by circle: numbers alone, so nobody's role is asked for."""
        count, now = self._book.state.count_cases, self._book.node.now()
        return {
            name: CaseNumbers(
                alerts=count(CaseFilter(circle=name, stage="alert", open=True)),
                overdue=count(CaseFilter(circle=name, open=True, waiting_for="us", due_before=now)),
                waiting_for_us=count(CaseFilter(circle=name, open=True, waiting_for="us")),
                waiting_for_them=count(CaseFilter(circle=name, open=True, waiting_for="them")),
            )
            for name in self._book.circles.names()
        }

    def wait_for_partners(self, seconds: float) -> None:
        """Say how long whoever acts waits for a partner that is to be told; as long as it takes by default."""
        self._delivering.patience_s = self._encounters.patience_s = seconds

    def finish(self, within_s: float) -> None:
        """Wait for what partners are being told, so long at most."""
        self._encounters.finish(within_s)
        self._delivering.finish(within_s)

    def mark_footings(self) -> int:
        """Return a mark to give to `tell_footings`, so that it returns what a round of the node told meanwhile as well."""
        return self._footings.mark()

    def tell_footings(self, since: int | None = None) -> tuple[int, ...]:
        """Tell partners how the reports stand now on which cases rest; returns the numbers of the cases told, since a mark."""
        mark = self._footings.mark() if since is None else since
        self._delivering.of_cases(self._footings.store_all())
        return self._footings.told_since(mark)

    def begin_round(self) -> int:
        """Do what must come before partners' indexes are published: take out records that have expired."""
        return self._book.persons.expire(self._book.node.now())

    def go_round(self, expired_records: int = 0) -> CaseRound:
        """Do what is due: alerts, recalls, expiry, footings, and what could not be sent before."""
        alerts = self._alerts.raise_all()
        expired, recalled = self._recalling.expire_copies(), self._recalling.check_records()
        self._encounters.late()
        told = self._footings.store_all()
        problems = tuple(sorted(set(self._delivering.everything().values())))
        self._forget()
        self._coordination.warm()
        return CaseRound(
            alerts=tuple(alerts), expired_records=expired_records, expired_copies=expired, recalled=recalled,
            footings=told, problems=problems,
        )  # fmt: skip

    def _forget(self) -> None:
        """Forget closed cases, and encounters that led nowhere, when the retention of their circle is over."""
        now, circles = self._book.node.now(), self._book.circles
        days = {name: circles.view(name).agreement.retention_days for name in circles.names()}
        for name, kept in days.items():
            if self._book.state.forget_cases(name, now - timedelta(days=kept)):
                self._book.changes.everything()
        for kept in set(days.values()):
            longer = [name for name, others in days.items() if others > kept]
            self._book.state.forget_encounters(now - timedelta(days=kept), longer)

    def _wanted(self, wanted: CaseFilter | None, *, overdue: bool) -> CaseFilter:
        chosen = wanted or CaseFilter(open=True, waiting_for="us")
        if chosen.most < 1 or chosen.after < 0:
            raise InputError("a list of cases has at least one row", hint="ask for one or more")
        return replace(chosen, due_before=self._book.node.now()) if overdue else chosen
