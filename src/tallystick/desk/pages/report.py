"""One report: its zones with mentions marked, the chain by which it came, and what it claims.

Nothing a report says is believed here: it is shown with its source and its place. Asking about somebody who is named is an
officer's act, one person at a time, by the form of an encounter.
"""

from dataclasses import asdict
from typing import Any, TypedDict

from tallystick.adapters.report_folder import Arrival
from tallystick.adapters.report_table import Summary
from tallystick.desk.pages.reports import Line, line_of
from tallystick.desk.visits import Answer, DeskRoute, Page, Visit
from tallystick.errors import UnknownIdError
from tallystick.node.reporting.ports import Mention
from tallystick.reports import Chain, Claim, Reading, origins_of
from tallystick.reports.marking import marked

_ID_CHARS = 64


class Part(TypedDict):
    """A passage: its zone, its place in the document, its text in pieces with the numbers of the mentions they are part of."""

    zone: str
    start: int
    end: int
    pieces: list[dict[str, Any]]


class Seen(TypedDict):
    """A mention: where, of which record, how much speaks for it and what."""

    number: int
    start: int
    end: int
    text: str
    register: str
    record_id: str
    record_name: str
    weight_bits: float
    verdict: str
    reasons: list[dict[str, Any]]


class Shown(TypedDict):
    """A report with its passages and mentions, and what an officer can ask about somebody named in it."""

    report: Line
    passages: list[Part]
    mentions: list[Seen]
    purposes: dict[str, str]


class Drawn(TypedDict):
    """The chain of a report: sources, edges, origins, what they rest on, and the interval of origins of this report alone."""

    report: Line
    sources: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    origins: list[str]
    rests_on: list[str]
    at_least: int
    at_most: int
    reasons: list[dict[str, Any]]


class Claimed(TypedDict):
    """What a report claims, sentence by sentence."""

    report: Line
    claims: list[dict[str, Any]]


def _opened(visit: Visit) -> tuple[Arrival, Summary, Reading, str]:
    words = visit.path["report"]
    if len(words) > _ID_CHARS:
        raise UnknownIdError("this is no id of a report", hint="see the list", id=words)
    arrival = visit.node.reports.named(words)
    document, reading = visit.node.reports.read(arrival)
    return arrival, visit.node.reports.summary(arrival), reading, document.text


def report(visit: Visit) -> Answer:
    """Show a report: what it says apart from what stands around it, and whom it may mention."""
    arrival, summary, reading, text = _opened(visit)
    places = [(each.start, each.end) for each in summary.mentions]
    passages = [
        Part(zone=each.zone, start=each.start, end=each.end, pieces=[
            {"text": piece.text, "mentions": [number + 1 for number in piece.marks]} for piece in marked(text, each, places)
        ])
        for each in reading.passages
    ]  # fmt: skip
    agreed = [each for each in visit.do("circle_show", circle="") if each["standing"] == "in force"]
    purposes = {each["code"]: each["text"] for circle in agreed for each in circle["purposes"]}
    mentions = [_seen(visit, number, each) for number, each in enumerate(summary.mentions, 1)]
    shown = {"report": line_of(arrival, summary), "passages": passages, "mentions": mentions, "purposes": purposes}
    return Page(template="document", data=shown)


def _seen(visit: Visit, number: int, mention: Mention) -> Seen:
    return Seen(
        number=number, start=mention.start, end=mention.end, text=mention.text, register=mention.register,
        record_id=mention.record_id, record_name=visit.node.reports.record_name(mention), weight_bits=mention.weight_bits,
        verdict=mention.verdict, reasons=[{"what": each.what, "bits": each.bits} for each in mention.reasons],
    )  # fmt: skip


def chain(visit: Visit) -> Answer:
    """Show by which steps the statements of a report came, and how many independent origins it has."""
    arrival, summary, reading, _ = _opened(visit)
    interval, _ = origins_of([reading])
    return Page(
        template="chain",
        data={
            "report": line_of(arrival, summary), **_plain(reading.chain), "at_least": interval.at_least,
            "at_most": interval.at_most, "reasons": [{"report": each.report, "why": each.why} for each in interval.reasons],
        },
    )  # fmt: skip


def _plain(found: Chain) -> dict[str, Any]:
    return {
        "sources": [asdict(each) for each in found.sources.values()], "edges": [asdict(each) for each in found.edges],
        "origins": [each.key for each in found.origins()], "rests_on": list(found.rests_on),
    }  # fmt: skip


def claims(visit: Visit) -> Answer:
    """Show what a report claims, how surely, by whom, and its numbers with their qualifiers."""
    arrival, summary, reading, _ = _opened(visit)
    said = [_claim(reading, each) for each in reading.claims]
    return Page(template="claims", data={"report": line_of(arrival, summary), "claims": said})


def _claim(reading: Reading, claim: Claim) -> dict[str, Any]:
    start, end = reading.place(claim.start, claim.end)
    return {**asdict(claim), "start": start, "end": end, "quantities": [
        {"number": each.number, "qualifier": each.qualifier, "unit": each.unit, "place": each.place} for each in claim.quantities
    ]}  # fmt: skip


ROUTES = (
    DeskRoute("report-read", "GET", "/reports/{report}", report, gives=Shown),
    DeskRoute("report-chain", "GET", "/reports/{report}/chain", chain, gives=Drawn),
    DeskRoute("report-claims", "GET", "/reports/{report}/claims", claims, gives=Claimed),
)
