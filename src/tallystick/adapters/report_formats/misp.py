"""Writes shared reports as MISP events, one for each; several of them as a MISP instance exports them.

The text is an event report, the original an attachment, notes are notes on the event. Sources, steps of the chain, claims,
mentions and assessments are objects of ours; grades and likelihoods are tags of the taxonomies of MISP besides.

Rules
 1. The same thing has the same UUID in every export.
 2. The event is tagged with its code. It is distributed no further than its community, and only TLP:CLEAR to all.

Source: MISP core format (draft-dulaunoy-misp-core-format).
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tallystick.adapters.report_formats.misp_words import OBJECTS, PREFIX, tags_of, tags_of_code
from tallystick.adapters.report_formats.parsing import made_id
from tallystick.reports.chain import PAGE
from tallystick.reports.sharing import SharedReport, short
from tallystick.review.handling import read_handling

_PARTS: Final = {"source": "sources", "edge": "edges", "claim": "claims", "mention": "mentions", "assessment": "assessments"}
_SAID: Final = ("id", "ref", "name", "at", "as_of", "headline", "language", "handling", "withdrawn", "rests_on")
_DISTRIBUTED: Final = {"CLEAR": "3", "GREEN": "1"}
_INHERITED: Final = "5"
_Object = dict[str, Any]


def write_misp(reports: Sequence[SharedReport], _sender: str, at: datetime) -> bytes:
    """Return reports as events.

    Args:
        reports: what is said of documents, by whomever.
        at: when they are exported.
    """
    events = [{"Event": _Writer(each, at).event()} for each in reports]
    return msgspec.json.format(msgspec.json.encode(events[0] if len(events) == 1 else {"response": events}), indent=1) + b"\n"


class _Writer:
    """Writes one event."""

    def __init__(self, report: SharedReport, at: datetime) -> None:
        self._report = report
        self._at = at
        self._time = str(int((report.as_of or at).timestamp()))
        self._id = self._named("event")

    def _named(self, *words: str) -> str:
        return made_id(self._report.key, "misp", *words)

    def event(self) -> _Object:
        """Return it."""
        report = self._report
        parts: _Object = {"Attribute": list(self._attributes()), "Object": list(self._objects())}
        if report.text:
            parts["EventReport"] = [self._text()]
        if report.notes:
            parts["Note"] = list(self._notes())
        organisation = {"name": report.sender, "uuid": made_id("organisation", report.sender)}
        return {
            "uuid": self._id, "info": report.headline or report.name or "report",
            "date": f"{(report.at or self._at).astimezone(UTC):%Y-%m-%d}",  # MISP wants one of everybody
            "threat_level_id": "4", "analysis": "2", "published": False, "timestamp": self._time,
            "distribution": _DISTRIBUTED.get(read_handling(report.handling).tlp, "0"), "Orgc": organisation,
            "Tag": tags_of_code(report.handling), **parts,
        }  # fmt: skip

    def _text(self) -> _Object:
        name = self._report.headline or self._report.name or "report"
        return {
            "uuid": self._named("text"), "name": name, "content": self._report.text, "distribution": _INHERITED,
            "timestamp": self._time, "deleted": False,
        }  # fmt: skip

    def _notes(self) -> Iterator[_Object]:
        for number, each in enumerate(self._report.notes):
            at = f"{each.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if each.at else ""
            yield {
                "uuid": self._named("note", str(each.at or ""), each.by, str(number)), "note": each.text, "authors": each.by,
                **({"created": at, "modified": at} if at else {}),
                "object_type": "Event", "object_uuid": self._id, "distribution": _INHERITED,
            }  # fmt: skip

    def _attributes(self) -> Iterator[_Object]:
        if self._report.original is None:
            return
        yield {
            **self._attribute("attachment", "External analysis", self._report.name or "report", "original"),
            "data": base64.b64encode(self._report.original).decode(),
        }

    def _attribute(self, kind: str, category: str, value: str, *named: str) -> _Object:
        return {
            "uuid": self._named("attribute", *named), "type": kind, "category": category, "value": value, "to_ids": False,
            "distribution": _INHERITED, "timestamp": self._time, "comment": "", "disable_correlation": True,
        }  # fmt: skip

    def _objects(self) -> Iterator[_Object]:
        said = msgspec.to_builtins(self._report.said)
        yield self._object("report", "0", {name: said[name] for name in _SAID if said.get(name)}, self._references(PAGE))
        for what in OBJECTS:
            for number, each in enumerate(said.get(_PARTS[what], ())):
                references = self._references(each["key"]) if what == "source" else []
                yield self._object(what, str(number), each, references)

    def _references(self, taker: str) -> list[_Object]:
        """Return what shows the chain in a graph: from whoever passed something on to whoever gave it."""
        numbers = {each.key: str(number) for number, each in enumerate(self._report.sources)}
        out = []
        for number, edge in enumerate(self._report.edges):
            if edge.taker == taker and edge.giver in numbers:
                basis = f"explicit: {edge.cue}" if edge.explicit else "inferred"
                out.append({
                    "uuid": self._named("reference", str(number)), "relationship_type": "attributed-to", "comment": short(basis),
                    "referenced_uuid": self._named("source", numbers[edge.giver]), "timestamp": self._time,
                })  # fmt: skip
        return out

    def _object(self, what: str, number: str, members: _Object, references: list[_Object]) -> _Object:
        attributes = []
        for name, value in members.items():
            for place, each in enumerate(value if isinstance(value, list | tuple) else [value]):
                text = each if isinstance(each, str) else str(each).lower()
                made = self._attribute("text", "Other", text, what, number, name, str(place))
                attributes.append({**made, "object_relation": name.replace("_", "-")})
        tags = tags_of(members, what)
        if attributes and tags:
            attributes[0]["Tag"] = tags
        return {
            "uuid": self._named(what, number), "name": f"{PREFIX}{what}", "meta-category": "misc", "template_version": "1",
            "template_uuid": made_id("misp template", what), "description": "See docs/reference/report-formats.md of tallystick.",
            "timestamp": self._time, "distribution": _INHERITED, "comment": "", "Attribute": attributes,
            "ObjectReference": references,
        }  # fmt: skip
