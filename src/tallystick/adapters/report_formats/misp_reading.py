"""Reads MISP events as shared reports: ours back as they were, anybody's as far as MISP says what we have a word for.

Of a foreign event count: its information, date and organisation, event reports as the text, the first attachment with its
bytes as the original, notes, and a tag of reliability as that of its organisation. Indicators are not taken.

Rules
 1. Every event is one report; one that is no good is told, and the others are read.
 2. A code is the least one that covers all TLP tags of the event and of everything in it, and what our own object says.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tallystick.adapters.report_formats.misp_words import OBJECTS, PREFIX, REPEATED, code_of, names_of_tags, reliability_of
from tallystick.adapters.report_formats.parsing import MOST_OBJECTS, decoded, fitting, listed, mapping, moment, short_text
from tallystick.errors import InputError
from tallystick.node.reporting.sharing import Faulty
from tallystick.reports.sharing import (
    MOST_REPORTS,
    MOST_TEXT,
    SharedAssessment,
    SharedClaim,
    SharedEdge,
    SharedMention,
    SharedNote,
    SharedReport,
    SharedSource,
)
from tallystick.review.handling import Handling, read_handling

_NOWHERE: Final = "a foreign organisation"
_KINDS: Final[dict[str, tuple[str, type[msgspec.Struct]]]] = {
    "source": ("sources", SharedSource),
    "edge": ("edges", SharedEdge),
    "claim": ("claims", SharedClaim),
    "mention": ("mentions", SharedMention),
    "assessment": ("assessments", SharedAssessment),
}
_Object = dict[str, Any]


def read_misp(content: bytes) -> Iterator[SharedReport | Faulty]:
    """Yield the reports of MISP events; one that is no good is told in its place.

    Raises:
        InputError: these are no events, or too many.
    """
    found = decoded(content, object, "MISP event")
    events = found if isinstance(found, list) else listed(mapping(found).get("response")) or [found]
    if len(events) > MOST_REPORTS:
        raise InputError(f"a file has more than {MOST_REPORTS:,} events", hint="let it be exported in parts")
    read = [mapping(mapping(each).get("Event")) for each in events]
    if not any(read):
        raise InputError("this is no MISP event", hint="an event is a mapping with the member Event")
    for number, each in enumerate(read, 1):
        try:
            yield _Reader(each).report()
        except InputError as error:
            yield Faulty(f"event {number}", str(error), error.hint)


class _Reader:
    """Reads one event."""

    def __init__(self, event: _Object) -> None:
        self._event = event
        self._objects = [each for each in map(mapping, listed(event.get("Object"))) if each]
        if sum(1 + len(listed(each.get("Attribute"))) for each in self._objects) > MOST_OBJECTS:
            raise InputError(f"an event has more than {MOST_OBJECTS:,} objects", hint="let it be exported in parts")

    def report(self) -> SharedReport:
        """Return it.

        Raises:
            InputError: it is no good.
        """
        said = self._said()
        original = self._original()
        digest = said.get("id", "") if said else hashlib.sha256(original[1]).hexdigest() if original else ""
        event = self._event
        members: _Object = {
            "id": digest, "name": original[0] if original else "", "at": None if said else moment(event.get("date")),
            "ref": "" if said else short_text(event.get("uuid")), "headline": "" if said else short_text(event.get("info")),
            **said,
        }  # fmt: skip
        members |= {
            "sender": self._sender(), "handling": self._handling(said).written, "text": self._text(), "notes": self._notes(),
            "original": original[1] if original else None, **self._parts(has_own=bool(said)),
        }  # fmt: skip
        return fitting(SharedReport, members, "report", strict=False)

    def _said(self) -> _Object:
        own = [each for each in self._objects if each.get("name") == f"{PREFIX}report"]
        if not own:
            return {}
        return {
            name: values if name == "rests_on" else values[0]
            for name, values in _members(own[0]).items()
            if name in {"id", "ref", "name", "at", "as_of", "headline", "language", "handling", "withdrawn", "rests_on"}
        }

    def _sender(self) -> str:
        organisation = mapping(self._event.get("Orgc")) or mapping(self._event.get("Org"))
        return short_text(organisation.get("name"), 200) or _NOWHERE

    def _handling(self, said: _Object) -> Handling:
        inside = [*map(mapping, listed(self._event.get("Attribute"))), *self._objects]
        inside += [mapping(one) for each in self._objects for one in listed(each.get("Attribute"))]
        inside += [mapping(each) for name in ("EventReport", "Note", "Opinion") for each in listed(self._event.get(name))]
        tags = [name for each in (self._event, *inside) for name in names_of_tags(each)]
        code = code_of(dict.fromkeys(tags), self._event.get("distribution"))
        return code.joined(read_handling(said["handling"])) if "handling" in said else code

    def _text(self) -> str:
        reports = [mapping(each) for each in listed(self._event.get("EventReport"))]
        found = [each.get("content") for each in reports if each.get("deleted") is not True]
        text = "\n\n".join(each for each in found if isinstance(each, str))
        if len(text) > MOST_TEXT:
            raise InputError(f"a report has more than {MOST_TEXT:,} characters", hint="let the sender export its original")
        return text

    def _original(self) -> tuple[str, bytes] | None:
        for each in map(mapping, listed(self._event.get("Attribute"))):
            data = each.get("data")
            if each.get("type") == "attachment" and isinstance(data, str) and data and each.get("deleted") is not True:
                try:
                    return short_text(each.get("value")), base64.b64decode(data, validate=True)
                except (binascii.Error, ValueError):
                    raise InputError("an attachment is no base64", hint="let the sender export it again") from None
        return None

    def _notes(self) -> tuple[SharedNote, ...]:
        return tuple(
            fitting(
                SharedNote, {"at": moment(each.get("created")), "by": each.get("authors") or "", "text": each.get("note")}, "note"
            )
            for each in map(mapping, listed(self._event.get("Note")))
        )

    def _parts(self, *, has_own: bool) -> _Object:
        out: dict[str, list[msgspec.Struct]] = {name: [] for name, _ in _KINDS.values()}
        for each in self._objects:
            what = str(each.get("name")).removeprefix(PREFIX)
            if what not in OBJECTS or not str(each.get("name")).startswith(PREFIX):
                continue
            name, kind = _KINDS[what]
            members = {key: values if key in REPEATED else values[0] for key, values in _members(each).items()}
            out[name].append(fitting(kind, members, what, strict=False))
        grade = reliability_of(names_of_tags(self._event))
        if grade and not has_own:
            sender = self._sender()
            key = f"organisation:{' '.join(sender.lower().split())}"
            out["sources"].append(
                fitting(SharedSource, {"key": key, "name": sender, "kind": "organisation", "grade": grade}, "source")
            )
        return {name: tuple(found) for name, found in out.items()}


def _members(value: _Object) -> dict[str, list[str]]:
    """Return the values of an object's attributes, by relation."""
    out: dict[str, list[str]] = {}
    for each in map(mapping, listed(value.get("Attribute"))):
        relation, said = each.get("object_relation"), each.get("value")
        if isinstance(relation, str) and isinstance(said, str) and each.get("deleted") is not True:
            out.setdefault(relation.replace("-", "_"), []).append(said)
    return out
