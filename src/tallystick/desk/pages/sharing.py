"""Sharing at the desk: a report's handling code, reports given out as a file, and reports taken over from one.

Giving out changes something, the log and what is said of the report; so it is asked for by a form, and answered by a file.
"""

import base64
from typing import Any, Literal, TypedDict

import msgspec

from tallystick.desk.pages.reports import MOST_BYTES
from tallystick.desk.visits import Answer, DeskRoute, Download, Moved, Page, Visit
from tallystick.errors import InputError
from tallystick.node.reporting.sharing import Faulty, Taken

_ID_CHARS = 64
_FILES = {
    "stix": ("json", "application/stix+json;version=2.1"),
    "misp": ("json", "application/json"),
    "ftm": ("jsonl", "application/jsonl"),
    "prov": ("json", "application/json"),
}
FORMATS = tuple(_FILES)


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A handling code as it is typed, such as `H1 TLP:AMBER`, and why."""

    handling: str
    reason: str


class Give(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which format a report is given out, and for whom."""

    form: Literal["stix", "misp", "ftm", "prov"]
    to: str = ""


class Take(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Reports of others; files are sent beside it, in the field `file`. `form`: their format; found by looking where empty."""

    form: Literal["", "stix", "misp", "ftm"] = ""


class GivenOut(TypedDict):
    """A file, in base64, and what is in it: reports by id, those left out, how much was kept back, the code that covers it."""

    name: str
    content: str
    reports: list[str]
    left_out: list[dict[str, Any]]
    mentions_kept_back: int
    assessments_kept_back: int
    handling: str


class TakenOver(TypedDict):
    """What was taken over, and what is no good."""

    taken: list[dict[str, Any]]
    refused: list[dict[str, Any]]


def _id(visit: Visit) -> str:
    return visit.node.reports.named(visit.path["report"][: _ID_CHARS + 1]).id


def mark(visit: Visit) -> Answer:
    """Give a report a handling code; it holds unless the report came under a tighter one."""
    typed: Mark = visit.given
    report = _id(visit)
    holds = visit.node.judging.sharing.mark(visit.actor, report, typed.handling, typed.reason)
    return Moved(to=f"/reports/{report}/judged", data={"report": report, "handling": holds})


def export(visit: Visit) -> Answer:
    """Give a report out as a file, with what was said of it, where its handling code allows passing on."""
    typed: Give = visit.given
    report = _id(visit)
    done = visit.node.judging.sharing.export(visit.actor, typed.form, [report], typed.to)
    ending, media_type = _FILES[typed.form]
    name = f"report-{report[:12]}-{typed.form}.{ending}"
    said = GivenOut(
        name=name, content=base64.b64encode(done.content).decode(), reports=list(done.reports),
        left_out=msgspec.to_builtins(done.left_out), mentions_kept_back=done.mentions_kept_back,
        assessments_kept_back=done.assessments_kept_back, handling=done.handling,
    )  # fmt: skip
    return Download(name=name, media_type=media_type, content=done.content, data=dict(said))


def take(visit: Visit) -> Answer:
    """Take over the reports of files from others, under codes that are never loosened; what is no good is told."""
    typed: Take = visit.given
    files = visit.files.get("file", ())
    if not files:
        raise InputError("no report was handed in", hint="choose a file, or write its text")
    taken: list[Taken] = []
    refused: list[Faulty] = []
    for name, content in files:
        try:
            found, faulty = visit.node.judging.sharing.receive(visit.actor, name, content.read(), typed.form)
        except InputError as error:
            refused.append(Faulty(name, str(error), error.hint))
            continue
        taken += found
        refused += faulty
    shown = TakenOver(taken=msgspec.to_builtins(taken), refused=msgspec.to_builtins(refused))
    return Page(template="taken", data=dict(shown), status=200 if taken else 400)


ROUTES = (
    DeskRoute("report-mark", "POST", "/reports/{report}/mark", mark, Mark),
    DeskRoute("report-export", "POST", "/reports/{report}/export", export, Give, gives=GivenOut),
    DeskRoute("report-import", "POST", "/reports/import", take, Take, gives=TakenOver, most_bytes=MOST_BYTES, takes_files=True),
)
