"""Writes shared reports as FollowTheMoney entities, JSON lines, and reads documents, mentions, sources and notes of such a file.

A report is a PlainText with its text, a mention a Mention, a source a Person, Organization or LegalEntity, a step of the chain
an UnknownLink between two of them, a note a Note. The format has no word for codes and withdrawals: they stand among the
keywords of the document, with the digest of the original. It carries no originals, claims, assessments or places.

Rules
 1. Every document with a text is one report; a line that is no entity is told, and the others are read.
 2. The code of a document covers every TLP level among its keywords; one that names none is TLP:AMBER.
 3. Entities that belong to no document of the file are not taken.

Model: https://followthemoney.tech/explorer/
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tallystick.adapters.report_formats.misp_words import code_of
from tallystick.adapters.report_formats.parsing import MOST_BYTES, MOST_OBJECTS, fitting, made_id, moment, short_text
from tallystick.errors import InputError
from tallystick.node.reporting.sharing import Faulty
from tallystick.reports.chain import PAGE
from tallystick.reports.sharing import (
    MOST_REPORTS,
    SharedEdge,
    SharedMention,
    SharedNote,
    SharedReport,
    SharedSource,
)
from tallystick.review.handling import Handling, read_handling

_NOWHERE: Final = "a foreign organisation"
_DOCUMENTS: Final = frozenset({"Document", "PlainText", "HyperText", "Pages", "Article", "Email", "Message"})
_SCHEMATA: Final = {"person": "Person", "organisation": "Organization", "agency": "Organization", "outlet": "Organization"}
_KINDS: Final = {"Person": "person", "Organization": "organisation", "Company": "organisation", "PublicBody": "organisation"}
_ENTITY: Final = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?")
_CODE, _DIGEST, _KEY, _WITHDRAWN = "handling code: ", "sha256: ", "key: ", "withdrawn: "
_UNNAMED: Final = "unnamed"


class _Entity(msgspec.Struct):
    id: str
    schema: str
    properties: dict[str, list[Any]] = {}

    def all(self, name: str) -> list[str]:
        """Return the texts of a property."""
        return [each for each in self.properties.get(name, ()) if isinstance(each, str)]

    def first(self, name: str, most: int = 500) -> str:
        """Return the first text of a property; empty where there is none, or it is too long."""
        return next((short_text(each, most) for each in self.all(name)), "")

    def keyword(self, begins: str) -> str:
        """Return what stands behind some words in the keywords."""
        return next((each.removeprefix(begins) for each in self.all("keywords") if each.startswith(begins)), "")


_decoder = msgspec.json.Decoder(_Entity)


# --- writing ---------------------------------------------------------------------------------------------------------------


def write_ftm(reports: Sequence[SharedReport], _sender: str, _at: datetime) -> bytes:
    """Return reports as entities, one a line, those of a report together."""
    return b"".join(msgspec.json.encode(each) + b"\n" for report in reports for each in _entities(report))


def _entities(report: SharedReport) -> Iterator[dict[str, Any]]:
    from rigour.langs import iso_639_alpha3  # noqa: PLC0415 - loads its table

    document = made_id(report.key, "ftm")
    keys = {PAGE: document, **{each.key: made_id(report.key, "ftm source", each.key) for each in report.sources}}
    yield _written(
        document, "PlainText", title=[report.headline], fileName=[report.name or "report.txt"], bodyText=[report.text],
        language=[iso_639_alpha3(report.language) or ""], publisher=[report.sender], date=[_moment(report.at)],
        modifiedAt=[_moment(report.as_of or report.at)], mimeType=["text/plain"],
        keywords=[f"{_CODE}{report.handling}", f"{_DIGEST}{report.id}" if report.id else "",
                  f"{_WITHDRAWN}{report.withdrawn}" if report.withdrawn else ""],
    )  # fmt: skip
    for each in report.sources:
        about = [f"Admiralty reliability {each.grade}, says {report.sender}"] if each.grade else []
        kinds = [f"{_KEY}{each.key}", each.kind, "" if each.named else _UNNAMED]
        schema = _SCHEMATA.get(each.kind, "LegalEntity")
        yield _written(keys[each.key], schema, name=[each.name], keywords=kinds, proof=[document], notes=about)
    for number, edge in enumerate(report.edges):
        yield _written(
            made_id(report.key, "ftm edge", str(number)), "UnknownLink", subject=[keys.get(edge.giver, document)],
            object=[keys.get(edge.taker, document)], role=["explicit" if edge.explicit else "inferred"], summary=[edge.cue],
            proof=[document],
        )  # fmt: skip
    for number, mention in enumerate(report.mentions):
        record = [mention.record] if _ENTITY.fullmatch(mention.record) else []
        yield _written(
            made_id(report.key, "ftm mention", str(number)), "Mention", document=[document], name=[mention.text], resolved=record,
            detectedSchema=["Person"],
        )  # fmt: skip
    for number, note in enumerate(report.notes):
        yield _written(
            made_id(report.key, "ftm note", str(number)), "Note", entity=[document], description=[note.text], publisher=[note.by],
            createdAt=[_moment(note.at)],
        )  # fmt: skip


def _written(key: str, schema: str, **properties: list[str]) -> dict[str, Any]:
    kept = {name: found for name, values in properties.items() if (found := [each for each in values if each])}
    return {"id": key, "schema": schema, "properties": kept}


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if at else ""


# --- reading ---------------------------------------------------------------------------------------------------------------


def read_ftm(content: bytes) -> Iterator[SharedReport | Faulty]:
    """Yield the documents of a file of entities, and what belongs to them; a line that is no good is told.

    Raises:
        InputError: it is too large, or none of its lines is an entity.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"a file has more than {MOST_BYTES >> 20} MB", hint="let it be exported in parts")
    if content.count(b"\n") > MOST_OBJECTS:
        raise InputError(f"a file has more than {MOST_OBJECTS:,} entities", hint="let it be exported in parts")
    documents, parts, faulty = _sorted_out(content)
    if not documents and faulty:
        raise InputError("these are no FollowTheMoney entities", hint="formats are in docs/reference/report-formats.md")
    if len(documents) > MOST_REPORTS:
        raise InputError(f"a file has more than {MOST_REPORTS:,} documents", hint="let it be exported in parts")
    yield from faulty
    for number, (key, document) in enumerate(documents.items(), 1):
        try:
            yield _report(document, parts.get(key, []))
        except InputError as error:
            yield Faulty(f"document {number}", str(error), error.hint)


def _sorted_out(content: bytes) -> tuple[dict[str, _Entity], dict[str, list[_Entity]], list[Faulty]]:
    """Return the documents by id, what belongs to each, and the lines that are no good."""
    documents: dict[str, _Entity] = {}
    parts: dict[str, list[_Entity]] = {}
    faulty: list[Faulty] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entity = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            faulty.append(Faulty(f"line {number}", "it is no FollowTheMoney entity", "an entity has id, schema and properties"))
            continue
        if entity.schema in _DOCUMENTS:
            documents[entity.id] = entity
        for key in dict.fromkeys((*entity.all("document"), *entity.all("entity"), *entity.all("proof"))):
            parts.setdefault(key, []).append(entity)
    return documents, parts, faulty


def _report(document: _Entity, parts: Sequence[_Entity]) -> SharedReport:
    digest = document.keyword(_DIGEST)
    pages = sorted((each for each in parts if each.schema == "Page"), key=lambda each: each.first("index").zfill(9))
    text = "\n\n".join(document.all("bodyText") or [one for each in pages for one in each.all("bodyText")])
    sources = {each.id: _source(each) for each in parts if each.schema in _KINDS or each.schema == "LegalEntity"}
    members = {
        "sender": document.first("publisher", 200) or _NOWHERE, "id": digest, "ref": "" if digest else short_text(document.id),
        "name": document.first("fileName"), "at": moment(document.first("date") or document.first("publishedAt")),
        "as_of": moment(document.first("modifiedAt")), "headline": document.first("title"), "language": _language(document),
        "handling": _handling(document).written, "withdrawn": document.keyword(_WITHDRAWN),
        "text": text, "sources": tuple(sources.values()),
        "edges": tuple(_edge(each, document.id, sources) for each in parts if each.schema == "UnknownLink"),
        "mentions": tuple(
            fitting(SharedMention, {"text": each.first("name"), "record": each.first("resolved")}, "mention")
            for each in parts if each.schema == "Mention"
        ),
        "notes": tuple(_note(each) for each in parts if each.schema == "Note"),
    }  # fmt: skip
    return fitting(SharedReport, members, "report")


def _handling(document: _Entity) -> Handling:
    written = document.keyword(_CODE)
    levels = [each for each in document.all("keywords") if each.lstrip().lower().startswith("tlp")]
    code = code_of(levels, "") if levels or not written else Handling(tlp="CLEAR")
    return code.joined(read_handling(written)) if written else code


def _language(document: _Entity) -> str:
    from rigour.langs import iso_639_alpha2  # noqa: PLC0415 - loads its table

    said = document.first("language", 8)
    return (iso_639_alpha2(said) or "") if said else ""


def _source(entity: _Entity) -> SharedSource:
    keywords = entity.all("keywords")
    kind = keywords[1] if entity.keyword(_KEY) and len(keywords) > 1 else _KINDS.get(entity.schema, "organisation")
    name = entity.first("name") or "-"
    key = entity.keyword(_KEY) or f"{kind}:{' '.join(name.lower().split())}"
    return fitting(SharedSource, {"key": key, "name": name, "kind": kind, "named": _UNNAMED not in keywords[2:]}, "source")


def _edge(entity: _Entity, document: str, sources: dict[str, SharedSource]) -> SharedEdge:
    ends = {document: PAGE, **{key: each.key for key, each in sources.items()}}
    members = {
        "giver": ends.get(entity.first("subject"), PAGE), "taker": ends.get(entity.first("object"), PAGE),
        "cue": entity.first("summary"), "explicit": "explicit" in entity.all("role"),
    }  # fmt: skip
    return fitting(SharedEdge, members, "step")


def _note(entity: _Entity) -> SharedNote:
    members = {
        "at": moment(entity.first("createdAt")), "by": entity.first("publisher"), "text": "\n".join(entity.all("description")),
    }  # fmt: skip
    return fitting(SharedNote, members, "note")
