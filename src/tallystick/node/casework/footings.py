"""Tells whoever a case stands with how the report behind it stands now, and what was passed on of it; lets people heed.

Rules
 1. Who follows a mention tells the holders of its hits when the report is withdrawn or graded otherwise. Who passed on what was
    disclosed to it tells its receivers, as it found out by itself or as it heard.
 2. What the other side was told last is compared with what holds: a node that was killed, or could not reach somebody, goes on by
    that. What was told is not told again.
 3. Of the report its random name is told, and nothing else that names it. The node tells; nobody's role is asked for.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tallystick.errors import InputError, RefusedError
from tallystick.exchange import canonical, case_messages
from tallystick.node.casework.book import NODE, CaseBook, OpenCase, Step, digest_of
from tallystick.node.casework.delivering import Delivering
from tallystick.node.casework.footing_ports import Followed, FollowedReports
from tallystick.node.casework.ports import DisclosedRow
from tallystick.node.casework.views import ToldView
from tallystick.review import events, footings
from tallystick.review.cases import Case
from tallystick.review.footings import Footing, Worth
from tallystick.review.roles import Actor

NAME_BYTES = 16
_READER = "footings"
_KEPT = 10_000  # tellings that `told_since` can look back on


@dataclass(frozen=True, slots=True)
class _News:
    """What is to be told of a report, and which disclosures of the case rest on it."""

    report: str
    worth: Worth
    changed_at: datetime
    disclosures: tuple[str, ...]


class Footings:
    """How the reports stand on which the cases of one node rest."""

    def __init__(self, book: CaseBook, delivering: Delivering, followed: FollowedReports) -> None:
        self._book = book
        self._delivering = delivering
        self._followed = followed
        self._known: Mapping[int, Followed] = {}
        self._told = deque[int](maxlen=_KEPT)
        self._tellings = 0

    def mark(self) -> int:
        """Return a mark of now, for `told_since`."""
        return self._tellings

    def told_since(self, mark: int) -> tuple[int, ...]:
        """Return the numbers of the cases whose other side was told since a mark, by whatever round it was."""
        with self._book.lock:
            recent = min(self._tellings - mark, len(self._told))
            return tuple(dict.fromkeys(self._told[at] for at in range(-recent, 0)))

    def store_all(self) -> tuple[int, ...]:
        """Record and store what is to be told; returns the numbers of the cases. It is sent from the outbox."""
        followed = {each.encounter: each for each in reversed(self._followed())}  # it may read reports: nobody waits for that
        with self._book.lock:
            changed = self._book.changes.take(_READER)
            try:
                told = [*self._tell_holders(followed, changed)]
                told += self._tell_receivers(None if changed is None else changed | {*told})
            except BaseException:
                self._book.changes.everything(_READER)
                raise
            self._known = followed
        return tuple(dict.fromkeys(told))

    def heed(self, actor: Actor, number: int, note: str) -> OpenCase:
        """Say as a person that what was heard has been looked at, and what was done.

        Raises:
            InputError: nothing is said, or too much.
            RefusedError: nothing was heard that waits.
        """
        if not note.strip():
            raise InputError("a reason is missing", hint="say what was done, without personal data")
        waiting = footings.to_heed(self._book.open(number).case.footings)
        if not waiting:
            raise RefusedError(f"no footing of case {number} waits for anybody", hint="see `tallystick case show`")
        for each in waiting:
            done = self._book.change(number, lambda found, each=each: self._heeding(found, actor, each, note))  # type: ignore[misc]
        self._delivering.of_case(number)
        return done

    def told_of(self, report: str) -> list[ToldView]:
        """Return who was told of a report, and who has heeded it: holders of hits first, then receivers."""
        encounters = [each.encounter for each in self._followed() if each.report == report]
        met = self._book.state.cases_met(encounters)
        numbers = [number for each in dict.fromkeys(encounters) for number in met.get(each, ())]
        first = {number: self._book.open(number) for number in numbers}
        names = {each.report for found in first.values() for each in found.case.footings if not each.is_heard}
        later = {number: self._book.open(number) for number in self._resting_on(first)}
        return [view for found in {**first, **later}.values() for view in self._views(found, names)]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _tell_holders(self, followed: Mapping[int, Followed], changed: set[int] | None) -> Iterator[int]:
        """Tell the holders of hits, in cases that have changed, or whose report has; in all where None is given."""
        again = followed if changed is None else {key: each for key, each in followed.items() if self._known.get(key) != each}
        numbers = {number: key for key, each in self._book.state.cases_met(again).items() for number in each} if again else {}
        for number in changed or () if followed else ():
            numbers[number] = self._book.state.case_row(number).encounter
        for number, encounter in numbers.items():
            news = self._of_report(self._book.open(number), followed[encounter]) if encounter in followed else None
            if news and self._tell(number, news):
                yield number

    def _of_report(self, found: OpenCase, followed: Followed) -> _News | None:
        """Return what the holder of a hit is to be told; None where it was told nothing yet, or knows it all."""
        case = found.case
        before = footings.told(case.footings)
        known = before.worth if before else followed.before
        if case.told_at is None or followed.now == known or known.change == "withdrawn":
            return None
        name = before.report if before else self._book.node.random(NAME_BYTES).hex()
        resting = tuple(each for each in (*case.past, case.disclosure) if each)[-case_messages.MAX_RESTING :]
        return _News(name, followed.now, self._book.node.now(), resting)

    def _tell_receivers(self, changed: set[int] | None) -> Iterator[int]:
        """Tell the receivers of what was passed on, in cases that have changed, or whose source has; in all as above."""
        resting = dict[tuple[int, str], tuple[Footing, list[str]]]()
        for row, source in self._passed_on(changed):
            for each in source.footings:
                if not each.is_heard or row.former in each.disclosures:
                    resting.setdefault((row.case, each.report), (each, []))[1].append(row.digest)
        for (number, _), (footing, digests) in resting.items():
            newest = tuple(digests[-case_messages.MAX_RESTING :])
            if self._tell(number, _News(footing.report, footing.worth, footing.changed_at, newest)):
                yield number

    def _passed_on(self, changed: set[int] | None) -> Iterator[tuple[DisclosedRow, Case]]:
        """Yield what was passed on with the case it came from; of a case either all of it or nothing."""
        if changed is not None and not changed:
            return
        rows = self._book.state.disclosures(direction="out", passed_on=True)
        sources = {row.former: source.case for row in rows if (source := self._book.state.disclosed(row.former))}
        due = {row.case for row in rows if changed is None or changed & {row.case, sources.get(row.former, row.case)}}
        opened = dict[int, Case]()
        for row in rows:
            if row.case in due and row.former in sources and row.state != "withheld":
                number = sources[row.former]
                opened[number] = opened.get(number) or self._book.open(number).case
                yield row, opened[number]

    def _tell(self, number: int, news: _News) -> bool:
        """Tell the other side, where it does not know it; a later round does what cannot be said now."""
        before = footings.told(self._book.open(number).case.footings, news.report)
        if before and (before.worth, before.disclosures) == (news.worth, news.disclosures):
            return False
        try:
            self._book.change(number, lambda found: self._telling(found, news))
        except RefusedError:
            self._book.changes.add(number)
            return False
        self._told.append(number)
        self._tellings += 1
        return True

    def _telling(self, found: OpenCase, news: _News) -> Step:
        worth, at = news.worth, self._book.node.now()
        body = case_messages.Footing(
            change=worth.change, changed_at=canonical.moment_of(int(news.changed_at.timestamp())),
            credibility=worth.credibility,  # type: ignore[arg-type]
            disclosures=list(news.disclosures), reliability=worth.reliability,  # type: ignore[arg-type]
            report=news.report,
        )  # fmt: skip
        message = self._book.message(found.row, NODE, body)
        event = events.FootingTold(
            at=at, by=NODE, report=news.report, change=worth.change, credibility=worth.credibility,
            reliability=worth.reliability, changed_at=news.changed_at, disclosures=news.disclosures, message=digest_of(message),
        )  # fmt: skip
        return Step(event=event, act="footing", officer=NODE, message=message)

    def _heeding(self, found: OpenCase, actor: Actor, footing: Footing, note: str) -> Step:
        event = events.FootingHeeded(at=self._book.node.now(), by=actor.name, message=footing.message, heard=True, note=note)
        body = case_messages.Heed(footing=footing.message, note=note)
        return Step(event=event, act="heed", officer=actor.name, message=self._book.message(found.row, actor.name, body))

    def _resting_on(self, cases: Mapping[int, OpenCase]) -> Collection[int]:
        """Return the numbers of the cases in which was passed on what came in some cases."""
        state = self._book.state
        came = {row.digest for number in cases for row in state.disclosures(case=number, direction="in")}
        if not came:
            return ()
        return [row.case for row in state.disclosures(direction="out", passed_on=True) if row.former in came]

    def _views(self, found: OpenCase, names: Collection[str]) -> Iterator[ToldView]:
        for each in found.case.footings:
            if each.is_heard or each.report not in names:
                continue
            sent = self._book.state.message(each.message)
            yield ToldView(
                case=found.row.id, circle=found.row.circle, partner=found.row.partner, change=each.worth.change,
                credibility=each.worth.credibility, reliability=each.worth.reliability, disclosures=each.disclosures,
                told_at=each.at, delivered_at=sent.delivered_at if sent else None, heeded_at=each.heeded_at, note=each.note,
            )  # fmt: skip
