"""What casework asks of reports: what those are worth that encounters were made of, and where a record is mentioned.

Changes nothing.

Rule: what was worked out is kept until there is another act or another day, since grades of sources count from a day on.
"""

import threading
from collections.abc import Iterator
from datetime import date

from tallystick.node.casework.footing_ports import Followed
from tallystick.node.casework.people_ports import MentionRow
from tallystick.node.reporting.book import ActBook
from tallystick.node.reporting.claims import claims_of
from tallystick.reports.acts import Anchor, Mentioned, MentionFollowed
from tallystick.reports.judging import Judgements, SeenMention
from tallystick.reports.worth import worth_at
from tallystick.review import footings

_ENCOUNTER = "encounter"


class Following:
    """Fulfils `node.casework.footing_ports.FollowedReports`."""

    def __init__(self, book: ActBook) -> None:
        self._book = book
        self._lock = threading.Lock()
        self._read: dict[str, tuple[Anchor, ...]] = {}
        self._kept: tuple[tuple[int, date], tuple[Followed, ...]] | None = None

    def __call__(self) -> tuple[Followed, ...]:
        """Return each encounter that was made of a mention, with what the report was worth then and is worth now."""
        with self._lock:
            followed = self._book.followed()
            key = (self._book.count, self._book.now().date())
            if not followed:
                return ()
            if self._kept is None or self._kept[0] != key:
                judged = self._book.judgements()
                mentions = [judged.mentions[number] for number in sorted(followed)]
                self._kept = (key, tuple(each for one in mentions for each in self._of(judged, one, key[1])))
            return self._kept[1]

    def worth(self, seen: Mentioned) -> footings.Worth:
        """Return what the place of a mention is worth now."""
        with self._lock:
            return self._worth(self._book.judgements(), seen, self._book.now().date())

    def mentions_of(self, place: tuple[str, str]) -> list[MentionRow]:
        """Return the recorded mentions of a record, by its register and id."""
        with self._lock:
            found = [
                each for each in self._book.judgements().mentions.values() if (each.seen.register, each.seen.record_id) == place
            ]
        return [MentionRow(number=each.number, report=each.seen.report, text=each.seen.text, state=each.state) for each in found]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _of(self, judged: Judgements, mention: SeenMention, day: date) -> Iterator[Followed]:
        now = self._worth(judged, mention.seen, day)
        for each in mention.followed:
            if each.how == _ENCOUNTER:
                yield Followed(encounter=int(each.number), report=mention.seen.report, before=_then(each), now=now)

    def _worth(self, judged: Judgements, seen: Mentioned, day: date) -> footings.Worth:
        report = seen.report
        if report not in self._read:
            self._read[report] = tuple(each.anchor for each in claims_of(self._book.shelf, report).values())
        found = worth_at(judged, self._read[report], (report, seen.start, seen.end), day)
        if found.is_withdrawn:
            return footings.Worth("withdrawn")
        return footings.Worth("graded", found.credibility, found.reliability)


def _then(followed: MentionFollowed) -> footings.Worth:
    return footings.Worth("graded", followed.credibility, followed.reliability)
