"""Reads the reports of a STIX 2.1 bundle: ours back as they were, anybody's as far as STIX says what we have a word for.

Of a foreign report count: name, description, time, language, markings, an artifact with its bytes, identities it points at as
sources, and notes and opinions about it as notes.

Rules
 1. Every `report` is one report; one that is no good is told, and the others are read.
 2. A code is the least one that covers every marking of the report, of its parts, of all it points at, and of the extension.
 3. What points at nothing in the bundle is left out; an artifact whose bytes do not fit their hash makes its report no good.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from tallystick.adapters.report_formats.parsing import MOST_OBJECTS, decoded, fitting, listed, mapping, moment, short_text
from tallystick.adapters.report_formats.stix_marks import EXTENSION, code_of
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
_Object = dict[str, Any]


class _Bundle(msgspec.Struct):
    type: str
    objects: list[_Object] = []


def read_stix(content: bytes) -> Iterator[SharedReport | Faulty]:
    """Yield the reports of a bundle; one that is no good is told in its place.

    Raises:
        InputError: this is no bundle, or too large.
    """
    bundle = decoded(content, _Bundle, "STIX bundle")
    if bundle.type != "bundle" or not bundle.objects:
        raise InputError("this is no STIX bundle", hint="a bundle has a type and objects")
    if len(bundle.objects) > MOST_OBJECTS:
        raise InputError(f"a bundle has more than {MOST_OBJECTS:,} objects", hint="let it be exported in parts")
    known = {each["id"]: each for each in bundle.objects if isinstance(each.get("id"), str)}
    reports = [each for each in known.values() if each.get("type") == "report"]
    if len(reports) > MOST_REPORTS:
        raise InputError(f"a bundle has more than {MOST_REPORTS:,} reports", hint="let it be exported in parts")
    about = _about(known)
    for number, each in enumerate(reports, 1):
        try:
            yield _Reader(each, known, about.get(each["id"], [])).report()
        except InputError as error:
            yield Faulty(short_text(each["id"]) if each["id"].isprintable() else f"report {number}", str(error), error.hint)


def _about(known: dict[str, _Object]) -> dict[str, list[str]]:
    """Return, by what they are about, the notes and opinions of a bundle."""
    out: dict[str, list[str]] = {}
    for key, each in known.items():
        if each.get("type") in {"note", "opinion"}:
            for ref in _refs(each, "object_refs"):
                out.setdefault(ref, []).append(key)
    return out


def _refs(value: _Object, name: str) -> list[str]:
    return [each for each in listed(value.get(name)) if isinstance(each, str)]


def _extension(value: _Object) -> _Object:
    return mapping(mapping(value.get("extensions")).get(EXTENSION))


class _Reader:
    """Reads one report."""

    def __init__(self, report: _Object, known: dict[str, _Object], about: Iterable[str]) -> None:
        self._report = report
        self._known = known
        refs = dict.fromkeys([*_refs(report, "object_refs"), *about])
        self._inside = [known[each] for each in refs if each in known and each != report["id"]]

    def report(self) -> SharedReport:
        """Return it.

        Raises:
            InputError: it is no good.
        """
        said = _extension(self._report)
        is_ours = said.get("role") == "report"
        original = self._original()
        digest = said.get("digest", "") if is_ours else hashlib.sha256(original).hexdigest() if original is not None else ""
        name = short_text(self._report.get("name"))
        return _checked(
            sender=self._sender(), id=digest, ref="" if is_ours and digest else short_text(self._report.get("id")),
            name=short_text(said.get("file_name")), at=_said_at(self._report, "published", "created"),
            as_of=moment(self._report.get("modified")), headline=said.get("headline", "") if is_ours else name,
            language=short_text(self._report.get("lang"), 16).partition("-")[0].lower(), handling=self._handling(said).written,
            withdrawn=self._withdrawn(said), rests_on=tuple(listed(said.get("rests_on"))), text=self._text(), original=original,
            **self._parts(),
        )  # fmt: skip

    def _sender(self) -> str:
        author = self._known.get(str(self._report.get("created_by_ref")), {})
        return short_text(author.get("name"), 200) or _NOWHERE

    def _withdrawn(self, said: _Object) -> str:
        if self._report.get("revoked") is not True:
            return ""
        return short_text(said.get("withdrawn"), 2_000) or "revoked by its sender"

    def _text(self) -> str:
        found = self._report.get("description")
        if isinstance(found, str) and len(found) > MOST_TEXT:
            raise InputError(f"a report has more than {MOST_TEXT:,} characters", hint="let the sender export its original")
        return found if isinstance(found, str) else ""

    def _handling(self, said: _Object) -> Handling:
        refs = [ref for each in (self._report, *self._inside) for ref in self._markings(each)]
        code = code_of(list(dict.fromkeys(refs)), self._known)
        written = said.get("handling")
        if said.get("role") != "report" or not isinstance(written, str):
            return code
        return code.joined(read_handling(written))

    @staticmethod
    def _markings(value: _Object) -> list[str]:
        parts = [str(mapping(each).get("marking_ref")) for each in listed(value.get("granular_markings"))]
        return [*_refs(value, "object_marking_refs"), *(each for each in parts if each != "None")]

    def _original(self) -> bytes | None:
        for each in self._inside:
            if each.get("type") != "artifact" or not isinstance(each.get("payload_bin"), str):
                continue
            try:
                content = base64.b64decode(each["payload_bin"], validate=True)
            except (binascii.Error, ValueError):
                raise InputError("an artifact is no base64", hint="let the sender export it again") from None
            stated = mapping(each.get("hashes")).get("SHA-256")
            if stated is not None and stated != hashlib.sha256(content).hexdigest():
                raise InputError("an artifact does not fit its hash", hint="let the sender export it again")
            return content
        return None

    def _parts(self) -> _Object:
        """Return what is said of the report, by member."""
        keys: dict[str, str] = {}
        out: dict[str, list[Any]] = {each: [] for each in ("sources", "edges", "claims", "mentions", "notes", "assessments")}
        for each in self._inside:
            said = _extension(each)
            match said.get("role"), each.get("type"):
                case "source", "identity":
                    out["sources"].append(fitting(SharedSource, said, "source"))
                case "edge", "relationship":
                    out["edges"].append(fitting(SharedEdge, said, "step"))
                case "claim", "note":
                    out["claims"].append(fitting(SharedClaim, {**said, "quote": each.get("content")}, "claim"))
                case "mention", "note":
                    out["mentions"].append(fitting(SharedMention, said, "mention"))
                case "assessment", "note":
                    out["assessments"].append(_assessment(each, said))
                case _, "note" | "opinion":
                    out["notes"].append(self._note(each))
                case _, "identity" if each["id"] != self._report.get("created_by_ref") and each["id"] not in keys:
                    keys[each["id"]] = ""
                    out["sources"].append(_foreign_source(each))
                case _:
                    pass
        return {name: tuple(found) for name, found in out.items()}

    def _note(self, value: _Object) -> SharedNote:
        authors = [short_text(each) for each in listed(value.get("authors"))]
        creator = short_text(self._known.get(str(value.get("created_by_ref")), {}).get("name"))
        words = value.get("content") or value.get("explanation") or value.get("opinion")
        by = ", ".join(filter(None, authors))[:500] or creator
        return fitting(SharedNote, {"at": _said_at(value, "created"), "by": by, "text": words}, "note")


def _said_at(value: _Object, *names: str) -> datetime | None:
    """Return the first of its moments; None where our own writer had none to give."""
    is_dated = _extension(value).get("undated") is not True
    return next(filter(None, (moment(value.get(name)) for name in names)), None) if is_dated else None


def _assessment(value: _Object, said: _Object) -> SharedAssessment:
    authors = [short_text(each) for each in listed(value.get("authors"))]
    members = {**said, "at": _said_at(value, "created"), "by": ", ".join(authors), "judgement": value.get("content")}
    return fitting(SharedAssessment, members, "assessment")


def _foreign_source(value: _Object) -> SharedSource:
    kind = {"individual": "person", "organization": "organisation"}.get(str(value.get("identity_class")), "organisation")
    name = short_text(value.get("name")) or "-"
    return SharedSource(key=f"{kind}:{' '.join(name.lower().split())}", name=name, kind=kind)


def _checked(**members: object) -> SharedReport:
    return fitting(SharedReport, members, "report")
