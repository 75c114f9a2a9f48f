"""Writes shared reports as a STIX 2.1 bundle.

A report is a `report`, its original an `artifact`, its sources are `identity` objects and the steps of its chain `relationship`
objects; claims, mentions, notes and assessments are `note` objects. What STIX has no word for stands in one property extension.

Rules
 1. The same thing has the same id in every export: who gets it twice has it once.
 2. Every object says which organisation says it, and bears the markings of the report.
 3. Where STIX has a scale, `confidence` has its value too: Admiralty credibility of a claim, ICD 203 words of an assessment.

Source: STIX 2.1 (OASIS, 2021); appendix A for confidence.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from tallystick.adapters.report_formats.parsing import made_id
from tallystick.adapters.report_formats.stix_marks import EXTENSION, SINCE, definitions, markings
from tallystick.reports.chain import PAGE
from tallystick.reports.sharing import SharedAssessment, SharedClaim, SharedEdge, SharedReport, SharedSource

_OBSERVABLES: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""Under which the standard makes ids of observables."""
_CREDIBILITY: Final = {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
_LIKELIHOOD: Final = {
    "almost no chance": 5, "very unlikely": 15, "unlikely": 30, "roughly even chance": 50, "likely": 70, "very likely": 85,
    "almost certain": 95,
}  # fmt: skip
_CLASSES: Final = {"person": "individual", "organisation": "organization", "agency": "organization", "outlet": "organization"}
_Object = dict[str, Any]


def write_stix(reports: Sequence[SharedReport], sender: str, at: datetime) -> bytes:
    """Return a bundle with reports.

    Args:
        reports: what is said of documents, by whomever.
        sender: the organisation that exports.
        at: when.
    """
    objects: dict[str, _Object] = {each["id"]: each for each in (*definitions(), _organisation(sender))}
    for report in reports:
        for each in _Writer(report, at).objects():
            objects[each["id"]] = each
    key = made_id("bundle", sender, at.isoformat(), *(each.key for each in reports))
    bundle = {"type": "bundle", "id": f"bundle--{key}", "objects": list(objects.values())}
    return msgspec.json.format(msgspec.json.encode(bundle), indent=1) + b"\n"


def _organisation(name: str) -> _Object:
    return {
        "type": "identity", "spec_version": "2.1", "id": f"identity--{made_id('organisation', name)}", "created": SINCE,
        "modified": SINCE, "name": name, "identity_class": "organization",
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


class _Writer:
    """Writes the objects of one report."""

    def __init__(self, report: SharedReport, exported_at: datetime) -> None:
        self._report = report
        self._exported_at = exported_at
        self._marks = markings(report.handling)
        self._author = _organisation(report.sender)
        self._id = f"report--{made_id('report', report.key)}"
        self._sources = {each.key: self._named("identity", "source", each.key) for each in report.sources}
        self._claims = {
            each.id: self._named("note", "claim", each.id or str(number)) for number, each in enumerate(report.claims)
        }  # fmt: skip

    def objects(self) -> Iterator[_Object]:
        """Yield them, what is pointed at first."""
        yield from self._marks
        yield self._author
        inside = list(self._inside())
        yield from inside
        yield self._whole([each["id"] for each in inside])

    def _named(self, kind: str, *words: str) -> str:
        return f"{kind}--{made_id(self._report.key, *words)}"

    def _object(self, key: str, said_at: datetime | None, extension: _Object, **members: object) -> _Object:
        at = said_at or self._exported_at  # STIX wants a date of everything; the extension says that it is not the sender's
        as_of = max(at, self._report.as_of or at)
        undated = {} if said_at else {"undated": True}
        return {
            "type": key.partition("--")[0], "spec_version": "2.1", "id": key, "created_by_ref": self._author["id"],
            "created": _moment(at), "modified": _moment(as_of), **members,
            "object_marking_refs": [each["id"] for each in self._marks],
            "extensions": {EXTENSION: {"extension_type": "property-extension", **_filled(extension), **undated}},
        }  # fmt: skip

    def _whole(self, inside: list[str]) -> _Object:
        report = self._report
        extension = {
            "role": "report", "digest": report.id, "file_name": report.name, "headline": report.headline,
            "handling": report.handling, "rests_on": report.rests_on, "withdrawn": report.withdrawn,
        }  # fmt: skip
        members: _Object = {
            "name": report.headline or report.name or "report",
            "published": _moment(report.at or self._exported_at),
            "object_refs": inside or [self._author["id"]],
        }
        if report.text:
            members["description"] = report.text
        if report.language:
            members["lang"] = report.language
        if report.withdrawn:
            members["revoked"] = True
        if report.ref:
            members["external_references"] = [{"source_name": report.sender, "external_id": report.ref}]
        return self._object(self._id, report.at, extension, **members)

    def _inside(self) -> Iterator[_Object]:
        report = self._report
        if report.original is not None:
            yield self._artifact(report.original)
        yield from map(self._source, report.sources)
        yield from map(self._edge, range(len(report.edges)), report.edges)
        yield from map(self._claim, report.claims)
        for number, mention in enumerate(report.mentions):
            key = self._named("note", "mention", str(number), mention.record)
            said = {"role": "mention", **_plain(mention)}
            yield self._note(key, report.at, mention.text or "-", said, abstract="mention of a person")
        for number, note in enumerate(report.notes):
            key = self._named("note", "note", str(note.at or ""), note.by, str(number))
            yield self._note(key, note.at, note.text, {"role": "note"}, authors=[note.by])
        for number, each in enumerate(report.assessments):
            yield self._assessment(self._named("note", "assessment", str(number)), each)

    def _artifact(self, original: bytes) -> _Object:
        hashes = {"SHA-256": hashlib.sha256(original).hexdigest()}
        payload = base64.b64encode(original).decode()
        naming = msgspec.json.encode({"hashes": hashes, "payload_bin": payload}).decode()
        return {
            "type": "artifact", "spec_version": "2.1", "id": f"artifact--{uuid5(_OBSERVABLES, naming)}",
            "mime_type": "application/octet-stream", "payload_bin": payload, "hashes": hashes,
            "object_marking_refs": [each["id"] for each in self._marks],
        }  # fmt: skip

    def _source(self, source: SharedSource) -> _Object:
        extension = {"role": "source", **_plain(source)}
        kind = _CLASSES.get(source.kind, "unknown")
        return self._object(self._sources[source.key], self._report.at, extension, name=source.name or "-", identity_class=kind)

    def _edge(self, number: int, edge: SharedEdge) -> _Object:
        ends = {PAGE: self._id, **self._sources}
        extension = {"role": "edge", **_plain(edge)}
        return self._object(
            self._named("relationship", "edge", str(number)), self._report.at, extension, relationship_type="attributed-to",
            source_ref=ends.get(edge.taker, self._id), target_ref=ends.get(edge.giver, self._id),
        )  # fmt: skip

    def _claim(self, claim: SharedClaim) -> _Object:
        extension = {"role": "claim", **_plain(claim)}
        extension.pop("quote")
        members: _Object = {"confidence": _CREDIBILITY[claim.grade]} if claim.grade in _CREDIBILITY else {}
        if claim.withdrawn:
            members["revoked"] = True
        return self._note(self._claims[claim.id], self._report.at, claim.quote or "-", extension, **members)

    def _assessment(self, key: str, each: SharedAssessment) -> _Object:
        extension = {"role": "assessment", **_plain(each)}
        for name in ("at", "by", "judgement"):
            extension.pop(name, None)
        members: _Object = {"authors": [each.by]}
        if each.likelihood:
            members |= {"abstract": each.likelihood, "confidence": _LIKELIHOOD[each.likelihood]}
        about = [self._claims[one] for one in (*each.speaks_for, *each.speaks_against) if one in self._claims]
        return self._note(key, each.at, each.judgement, extension, about=about, **members)

    def _note(
        self, key: str, at: datetime | None, content: str, extension: _Object, *, about: Sequence[str] = (), **members: object
    ) -> _Object:  # fmt: skip
        refs = list(about) or [self._id]
        return self._object(key, at, extension, content=content, object_refs=refs, **members)


def _filled(extension: _Object) -> _Object:
    """Return what is there of an extension: STIX has no empty lists."""
    return {name: value for name, value in extension.items() if value not in ([], ())}


def _plain(value: msgspec.Struct) -> _Object:
    found: _Object = msgspec.to_builtins(value)
    return found
