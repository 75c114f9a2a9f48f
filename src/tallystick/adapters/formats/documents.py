"""Sorts the names lists give to documents into a few kinds of identifiers.

One table for all lists, so that the same document has the same kind wherever it comes from. The first kind with
a word in the text wins: the order goes from the particular to the general.
"""

import re

_KINDS = (
    ("birth_certificate", r"birth certificate|acte de naissance"),
    ("driving_licence", r"driv\w*[' s]*licen[cs]e|driv\w+ licen[cs]e|driver|f[uü]hrerschein|permis de conduire"),
    ("tax_id", r"\btax(?:payer)?\b|\btin\b|\binn\b|fiscal|\br\.?f\.?c\.?(?![a-z])|\bnit\b|\bruc\b|\bnif\b|steuer"),
    ("social_security", r"\bssn\b|social security|sozialversicherung"),
    ("voter_id", r"elector\w*|\bi\.?f\.?e\.?(?![a-z])|voter"),
    ("residence_permit", r"residen\w+|immigration|alien|foreign id|refugee|titre de s[eé]jour|aufenthalt"),
    ("travel_document", r"travel document|laissez"),
    ("passport", r"pass(e)?port|pasaporte|reisepass|passaporto|паспорт|جواز"),
    ("registration", r"registration|\bogrn(?:ip)?\b|business|mercantil|gazette|military|licen[cs]e|certificate"),
    (
        "national_id",
        (
            r"national|identity|identification|\bid\b|c[eé]dula|\bc\.?u\.?r\.?p\.?(?![a-z])|\bd\.?n\.?i\.?(?![a-z])"
            r"|\bn\.?i\.?e\.?(?![a-z])|tazkira|citizen|personal|ausweis|\ble number\b|idnumber|carnet|\bni number\b"
        ),
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_MAX_CHARS = 200


def document_kind(text: str) -> str:
    """Return the kind of identifier a document of that name carries; "other" when no word is known."""
    text = text[:_MAX_CHARS].replace("_", " ")
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), "other")
