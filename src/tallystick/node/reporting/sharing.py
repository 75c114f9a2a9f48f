"""Reports given to others and taken over from others, in whatever format; and the handling codes under which that is done.

Rules
 1. Exporting is passing on: a report whose code does not allow that is left out, and told. One that nobody marked is TLP:AMBER.
 2. What came from another keeps at least the code it came under, whatever anybody here says later. TLP:RED is for named
    recipients; here every officer reads reports, so it is not taken over.
 3. Nothing is written before the log says who exports what. Nothing is shown of what was taken over before its entry is there.
 4. What a sender says of a report stays the sender's word. It grades, notes and decides nothing here.
 5. In a file of many a report that is no good is told, and the others are taken. The same report in the same words is taken once.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from tallystick.errors import InputError, NotAuthorizedError, RefusedError
from tallystick.node.reporting.book import ActBook
from tallystick.node.reporting.codes import handling_of, joined
from tallystick.node.reporting.composing import Composer
from tallystick.node.reporting.ports import SharingShelf
from tallystick.reports import lengths
from tallystick.reports.acts import Act
from tallystick.reports.judging import Judgements
from tallystick.reports.sharing import MOST_REPORTS, SharedReport, checked, weight
from tallystick.reports.sharing_acts import Exported, Marked, Received
from tallystick.review.handling import TLP, Handling, Use, read_handling
from tallystick.review.roles import Action, Actor

MOST_BYTES: Final = 64 << 20
"""Of a file that is taken over, and of one that is written."""
MOST_UNPACKED: Final = 4 * MOST_BYTES
"""Of all reports of a file: in some formats what stands there once counts for many of them."""
_RED: Final = TLP[-1]


@dataclass(frozen=True, slots=True)
class Faulty:
    """A report of a file that is no good: what it is called there, why, and what to do."""

    name: str
    reason: str
    hint: str


Writer = Callable[[Sequence[SharedReport], str, datetime], bytes]
"""Writes shared reports: the reports, this organisation, the time."""
Reader = Callable[[bytes], Iterable[SharedReport | Faulty]]
"""Reads a file; raises InputError where it is none of its format."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats there are.

    Attributes:
        writers, readers: by name.
        look: tells from the first bytes which format a file is in; raises InputError where it is none.
    """

    writers: Mapping[str, Writer]
    readers: Mapping[str, Reader]
    look: Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A report that was not given, and why."""

    report: str
    reason: str


@dataclass(frozen=True, slots=True)
class Export:
    """What was written.

    Attributes:
        content: the file.
        reports: ids of those in it.
        left_out: those that are not, with the reason.
        mentions_kept_back: how many mentions the codes of their records keep here.
        assessments_kept_back: how many assessments rest on a report whose code keeps them here.
        handling: the least code that covers all that is in it.
    """

    content: bytes = field(repr=False)
    reports: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    mentions_kept_back: int
    assessments_kept_back: int
    handling: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A report that was taken over: its id here, the sender, the code it has here, and whether it was new."""

    report: str
    name: str
    sender: str
    handling: str
    is_new: bool


class Sharing:
    """Reports of one node on their way out and in."""

    def __init__(
        self, book: ActBook, shelf: SharingShelf, formats: Formats, sender: str, code_of: Callable[[str, str], str]
    ) -> None:  # fmt: skip
        self._book = book
        self._shelf = shelf
        self._formats = formats
        self._sender = sender
        self._code_of = code_of

    # --- codes -------------------------------------------------------------------------------------------------------

    def handling(self, report: str) -> Handling:
        """Return the code that holds for a report."""
        return handling_of(self._book.judgements(), report)

    def mark(self, actor: Actor, report: str, handling: str, reason: str) -> str:
        """Give a report a code; return the one that holds now: at least as tight as those it came under.

        Raises:
            InputError: this is no code.
            NotAuthorizedError: it would be looser than now, and the role may not share reports.
        """
        actor.need(Action.JUDGE_REPORTS)
        code, whole = read_handling(handling), self._shelf.id_of(report)
        if not reason.strip():
            raise InputError("reason does not fit the act marked", hint=lengths.HINT)
        if not code.covers(self.handling(whole)) and not actor.may(Action.SHARE_REPORTS):
            hint = "somebody who may share reports loosens a code; see docs/reference/roles.md"
            raise NotAuthorizedError(f"{actor.name} may not loosen the code of a report", hint=hint)
        act = Marked(at=self._book.now(), by=actor.name, report=whole, handling=code.written, reason=reason)
        self._book.take([act])
        return self.handling(whole).written

    # --- out ---------------------------------------------------------------------------------------------------------

    def export(self, actor: Actor, form: str, reports: Sequence[str], to: str = "") -> Export:
        """Write reports, and what people here and their senders said of them.

        Args:
            actor: who exports; a role that may share reports.
            form: name of the format.
            reports: ids, or what they begin with; all where none is named.
            to: for whom; recorded.

        Raises:
            InputError: there is no such format or report, or it is too much for one file.
            RefusedError: no report may be passed on.
        """
        actor.need(Action.SHARE_REPORTS)
        writer = self._formats.writers.get(form)
        if writer is None:
            raise InputError("there is no such format to write", hint=f"take one of: {', '.join(self._formats.writers)}")
        at, judged = self._book.now(), self._book.judgements()
        named = list(dict.fromkeys(self._shelf.id_of(each) for each in reports)) or self._shelf.ids()
        given, left_out = _sorted_out(judged, named)
        if not given:
            reason = left_out[0].reason if left_out else "there are no reports"
            raise RefusedError(f"no report can be exported: {reason}", hint="see `tallystick report mark`")
        composer = Composer(judged, self._shelf, self._sender, self._code_of)
        shared = self._gathered(judged, composer, given, at)
        content = writer(shared, self._sender, at)
        if len(content) > MOST_BYTES:
            raise _too_much()
        file = hashlib.sha256(content).hexdigest()
        self._book.take([Exported(at=at, by=actor.name, report=each, file=file, format=form, to=to[:300]) for each in given])
        code = joined(handling_of(judged, each) for each in given)
        kept_back = composer.mentions_kept_back, composer.assessments_kept_back
        return Export(content, tuple(given), tuple(left_out), *kept_back, code.written)

    def _gathered(self, judged: Judgements, composer: Composer, reports: Iterable[str], at: datetime) -> list[SharedReport]:
        """Return what is said of reports; as soon as it is too much for a file that anybody would read, it is refused."""
        shared: list[SharedReport] = []
        room = 2 * MOST_BYTES
        for report in reports:
            said = self._said_of(judged, composer, report, at)
            shared += said
            room -= sum(map(weight, said))
            if room < 0 or len(shared) > MOST_REPORTS:
                raise _too_much()
        return shared

    @staticmethod
    def _said_of(judged: Judgements, composer: Composer, report: str, at: datetime) -> list[SharedReport]:
        """Return what this node says of a report, and what its senders said, each as its own word, under the code that holds."""
        code = handling_of(judged, report).written
        own = composer.report(report, code, at)
        newest = {each.said.sender: each.said for each in judged.sharings.received.get(report, ())}
        return [own, *(_with_document(each, own, code) for each in newest.values())]

    # --- in ----------------------------------------------------------------------------------------------------------

    def receive(self, actor: Actor, name: str, content: bytes, form: str = "") -> tuple[list[Taken], list[Faulty]]:
        """Take over the reports of a file.

        Args:
            actor: who takes them over.
            name: of the file.
            content: its bytes.
            form: name of its format; found by looking where it is empty.

        Raises:
            InputError: it is too large, or of no format that is read here.
        """
        actor.need(Action.ADD_REPORT)
        if len(content) > MOST_BYTES:
            raise InputError(f"{name} has more than {MOST_BYTES >> 20} MB", hint="let it be exported in parts")
        chosen = form or self._formats.look(content)
        reader = self._formats.readers.get(chosen)
        if reader is None:
            raise InputError("there is no such format to read", hint=f"take one of: {', '.join(self._formats.readers)}")
        file = hashlib.sha256(content).hexdigest()
        taken: list[Taken] = []
        faulty: list[Faulty] = []
        unpacked = 0
        for each in reader(content):
            if isinstance(each, Faulty):
                faulty.append(each)
                continue
            unpacked += weight(each)
            if unpacked > MOST_UNPACKED:
                reason = (
                    f"the reports of the file come to more than {MOST_UNPACKED >> 20} MB; this one and all behind it are not read"
                )
                faulty.append(Faulty(each.name or each.ref or each.id[:12], reason, "let it be exported in parts"))
                break
            try:
                taken.append(self._take_over(actor, checked(each), file, chosen))
            except (InputError, RefusedError) as error:
                faulty.append(Faulty(each.name or each.ref or each.id[:12], str(error), error.hint))
        return taken, faulty

    def _take_over(self, actor: Actor, said: SharedReport, file: str, form: str) -> Taken:
        if said.sender == self._sender:
            raise RefusedError("this is our own word that came back", hint="what was said here is here")
        document, called = _document(said), said.name or f"{said.sender}.txt"
        report = self._shelf.digest_of(called, document)
        if said.original is not None and report != said.id:
            raise InputError("the original is not the one its id says", hint="let the sender export it again")
        judged, code = self._book.judgements(), read_handling(said.handling)
        if code.tlp == _RED:
            raise RefusedError("TLP:RED is for named recipients, and here every officer reads reports", hint="keep it elsewhere")
        is_here = self._shelf.has(report)
        if is_here or report in judged.sharings.received:
            code = code.joined(handling_of(judged, report))
        before = [each.said for each in judged.sharings.received.get(report, ()) if each.said.sender == said.sender]
        if not before or not before[-1].says_as(said):
            act: Act = Received(
                at=self._book.now(), by=actor.name, report=report, said=said.said, handling=code.written, file=file, format=form
            )
            self._book.take([act])
        if not is_here:
            self._shelf.put(called, document, actor.name)
        return Taken(report, called, said.sender, self.handling(report).written, not is_here)


def _too_much() -> InputError:
    most = f"{MOST_BYTES >> 20} MB or {MOST_REPORTS:,} reports"
    return InputError(f"this makes more than {most} in one file", hint="export fewer reports at once")


def _sorted_out(judged: Judgements, reports: Iterable[str]) -> tuple[list[str], list[LeftOut]]:
    given, left_out = [], []
    for each in reports:
        try:
            handling_of(judged, each).check(Use.PASS_ON)
        except RefusedError as error:
            left_out.append(LeftOut(each, str(error)))
        else:
            given.append(each)
    return given, left_out


def _with_document(said: SharedReport, own: SharedReport, code: str) -> SharedReport:
    """Return what a sender said, with the document where it is the sender's, too, and under the code that holds."""
    if said.id != own.id:
        return replace(said, handling=code)
    return replace(said, text=own.text, original=own.original, handling=code)


def _document(said: SharedReport) -> bytes:
    """Return the document of a report: the original, or a text of what was given."""
    if said.original is not None:
        return said.original
    if not said.text.strip():
        raise InputError("a report without text or original cannot be read", hint="let the sender export one of them")
    return "\n\n".join(filter(None, (said.headline, said.text))).encode("utf-8", "replace")
