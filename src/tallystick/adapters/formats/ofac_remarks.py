"""Reads the remarks of the United States' SDN list: attributes in one text, separated by semicolons.

    DOB 03 May 1964; POB Tripoli, Libya; nationality Libya; Gender Male; Passport B/123 (Libya); a.k.a. 'NAME'.

Rules
 1. A name in remarks is what the list calls a weak a.k.a.
 2. "alt." before an attribute changes nothing. Attributes not known here (Linked To, titles, programmes) are not taken.
 3. A document is a known word, a number, and perhaps the issuing state in brackets.
"""

import re

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft
from tallystick.adapters.formats.written_names import turned, written_names

_ATTRIBUTE = re.compile(
    r"\s*(?:alt\. )?"
    r"(?P<label>DOB|POB|nationality:?|citizen|Gender|Phone Number|Email Address|Email:|[afn]\.k\.a\.)"
    r"\s*(?P<value>.*)",
    re.DOTALL,
)
_DOCUMENT = re.compile(
    r"\s*(?:alt\. )?"
    r"(?P<label>(?:[A-Z][\w.' ]*?)?"
    r"(?:\bNo\.?|Number|#|C\.U\.R\.P\.|R\.F\.C\.|D\.N\.I\.|I\.F\.E\.|N\.I\.E\.|SSN|Passport|Card)(?: Number)?)"
    r"\s+(?P<number>[^\s(;]*\d[^(;]*|[A-Z]{1,4} ?[^\s(;]*\d[^(;]*)"
    r"(?:\((?P<country>[^()]+)\))?",
)
_NOT_NUMBER = re.compile(r",|\s+(?:issued|expires|expired|exp)\b.*", re.DOTALL)
_MAX_CHARS = 1000
_NO_DOCUMENT = ("serial", "digital", "vessel", "swift", "phone")


def read_remarks(draft: Draft, remarks: str) -> None:
    """Add to a draft what the remarks of its entry say."""
    for part in _parts(remarks):
        attribute = _ATTRIBUTE.match(part)
        if attribute is not None:
            _attribute(draft, attribute["label"].strip(":"), attribute["value"].strip(" ."))
            continue
        document = _DOCUMENT.match(part)
        if document is not None and not document["label"].lower().startswith(_NO_DOCUMENT):
            number = _NOT_NUMBER.split(document["number"], maxsplit=1)[0].strip(" .")
            draft.identifier(document_kind(document["label"]), number, document["country"])


def _parts(remarks: str) -> list[str]:
    return [part[:_MAX_CHARS].strip().removesuffix(".") for part in remarks.split(";")]


def _attribute(draft: Draft, label: str, value: str) -> None:
    match label:
        case "DOB":
            draft.born(read_birth_date(value))
        case "POB":
            draft.birth_place(value)
        case "nationality" | "citizen":
            draft.nationality(value)
        case "Gender":
            draft.gender(value)
        case "Phone Number":
            draft.phone(value)
        case "Email Address" | "Email":
            draft.email(value)
        case _:
            for name in written_names(value.strip("' ")):
                draft.name(turned(name), weak=True)
