"""Puts into a form again what somebody had typed there, so that a mistake in one field costs nothing of the others.

Rules
 1. Of several forms with one action it is the first whose hidden fields say the same; a form that is not there changes nothing.
 2. Passwords, files, the token and the mark of the form are never filled in.
 3. Every value is escaped: a page shows it as text, as it shows any other.
"""

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

from tallystick.desk.reading import FORM_FIELDS

_TYPED = frozenset({"", "text", "search", "number", "date"})
_CHOSEN = frozenset({"radio", "checkbox"})
_Attributes = dict[str, str | None]
_Change = tuple[int, int, str]


def refilled(page: str, action: str, given: Mapping[str, Sequence[str]]) -> str:
    """Return a page with a form filled in as it was sent, and what folds it away unfolded.

    Args:
        page: HTML of ours.
        action: path the form is sent to.
        given: what was sent: the values of each field.
    """
    reader = _Reader(page, action, given)
    reader.feed(page)
    reader.close()
    for begin, end, text in sorted(reader.found, reverse=True):
        page = page[:begin] + text + page[end:]
    return page


class _Reader(HTMLParser):
    """Reads a page and notes what changes of the form that was sent: from where, to where, and what stands there then."""

    def __init__(self, page: str, action: str, given: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.found: list[_Change] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]
        self._action, self._given = action, given
        self._folds: list[_Change] = []
        self._changes: list[_Change] = []
        self._fits = False
        self._within = ""
        self._begins = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that folds something away, a form, a field."""
        known: _Attributes = dict(attrs)
        if tag == "details":
            self._folds.append(self._instead(tag, known | {"open": None}))
        elif tag == "form":
            self._fits = known.get("action") == self._action and not self.found
            self._changes = list(self._folds) if self._fits else []
        elif self._fits:
            self._field(tag, known)

    def handle_endtag(self, tag: str) -> None:
        """Note where an element ends."""
        if tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "form":
            self.found, self._fits = self.found or (self._changes if self._fits else []), False
        elif tag == "textarea" and self._fits and self._within in self._given:
            self._changes.append((self._begins, self._place(), "\n" + escape(self._given[self._within][0])))

    def _field(self, tag: str, known: _Attributes) -> None:
        name, kind, value = known.get("name") or "", known.get("type") or "", known.get("value")
        values = self._given.get(name, ())
        match tag:
            case "select":
                self._within = name
            case "textarea":
                self._within, self._begins = name, self._place() + len(self.get_starttag_text() or "")
            case "option":
                self._mark(tag, known, "selected", is_so=(value or "") in self._given.get(self._within, ("",)))
            case "input" if kind == "hidden":
                self._fits = name in FORM_FIELDS or list(values) == [value or ""]
            case "input" if kind in _CHOSEN:
                self._mark(tag, known, "checked", is_so=value in values)
            case "input" if kind in _TYPED and values:
                self._changes.append(self._instead(tag, known | {"value": values[0]}))

    def _mark(self, tag: str, known: _Attributes, mark: str, *, is_so: bool) -> None:
        others = {name: value for name, value in known.items() if name != mark}
        self._changes.append(self._instead(tag, others | {mark: None} if is_so else others))

    def _instead(self, tag: str, attributes: _Attributes) -> _Change:
        begin = self._place()
        said = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes.items())
        return begin, begin + len(self.get_starttag_text() or ""), f"<{tag}{said}>"

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
