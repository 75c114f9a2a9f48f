"""The judgements of a node with its reports, its database and its log behind them."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tallystick.adapters.documents.reading import Unread
from tallystick.adapters.report_formats import FORMATS
from tallystick.node.context import NodeContext, Report
from tallystick.node.reporting import Judging
from tallystick.node.reporting.book import ActBook
from tallystick.node.reporting.following import Following
from tallystick.node.reporting.ports import ActsState, Mention
from tallystick.node.reporting.sharing import Sharing
from tallystick.reports import Reading
from tallystick.reports.support import Traces
from tallystick.review.roles import Action, Actor, Role
from tallystick.wiring.report_shelf import ReportShelf


class ShelfByIds:
    """A shelf as judging asks it: by ids; fulfils `node.reporting.ports.Shelf`."""

    def __init__(self, shelf: ReportShelf) -> None:
        self._shelf = shelf

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        return self._shelf.ids(after, most)

    def turns(self) -> int:
        return self._shelf.turns()

    def has(self, report: str, /) -> bool:
        return self._shelf.has(report)

    def id_of(self, words: str, /) -> str:
        return self._shelf.named(words).id

    def name(self, report: str, /) -> str:
        return self._shelf.arrival(report).name

    def reading(self, report: str, /) -> Reading:
        return self._shelf.read(self._shelf.arrival(report))[1]

    def mentions(self, report: str, /) -> list[Mention]:
        return self._shelf.summary(self._shelf.arrival(report)).mentions

    def original(self, report: str, /) -> bytes:
        return self._shelf.original(self._shelf.arrival(report))

    def arrived(self, report: str, /) -> datetime:
        return datetime.fromisoformat(self._shelf.arrival(report).added_at)

    def digest_of(self, name: str, content: bytes, /) -> str:
        return self._shelf.digest_of(name, content)

    def put(self, name: str, content: bytes, by: str, /) -> None:
        for _ in self._shelf.add(name, content, by):
            pass


class ShelfCommands:
    """The commands that bring reports to a node, by name; see node/commands.py."""

    def __init__(self, shelf: ReportShelf) -> None:
        self._shelf = shelf

    def table(self) -> Mapping[str, Callable[[Mapping[str, Any], Report], object]]:
        """Return every command by name."""
        return {"report_add": self.report_add}

    def report_add(self, given: Mapping[str, Any], _report: Report) -> object:
        """Keep the documents of a file; what cannot be read is told. The content comes in base64."""
        actor = Actor(given["officer"], Role(given["role"]))
        actor.need(Action.ADD_REPORT)
        added, refused = [], []
        for each in self._shelf.add(given["name"], base64.b64decode(given["content"]), actor.name):
            if isinstance(each, Unread):
                refused.append({"file": each.name, "reason": each.reason, "hint": each.hint})
            else:
                added.append({"id": each.id, "name": each.name})
        return {"added": added, "refused": refused}


def judging(shelf: ReportShelf, state: ActsState, traces: Traces, context: NodeContext) -> Judging:
    """Return the judgements of a node."""
    by_ids = ShelfByIds(shelf)
    book = ActBook(state, by_ids, traces, context.record, context.now, context.random)
    return Judging(book, Sharing(book, by_ids, FORMATS, context.id, shelf.code_of), Following(book))
