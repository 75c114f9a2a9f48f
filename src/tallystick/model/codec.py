"""The native record format: one JSON object per person and line, UTF-8.

    {"id": "r1", "names": ["Mounir El Touzani"], "birth_dates": ["1974-09-03"], "nationalities": ["ma"]}

Rules
 1. Size is checked before anything is parsed.
 2. An unknown field is an error, inside a part too: a misspelt one would be lost silently.
 3. Text is cleaned (NFC, no control or bidirectional formatting characters, single blanks); what is empty then is dropped.
 4. `encode(decode(line))` is canonical: `decode(encode(r)) == r`, and equal records give equal bytes.
 5. No error names a value, only the field; an unknown field is not named, as its name may be a value out of its column.
 6. Of a field that is given twice the last counts; one that is null is not there.
 7. Countries and genders are read in any case, and `male` and `female` in words; they are written as `fr`, `m`, `f`.
"""

import re
import unicodedata
from datetime import date
from typing import Any, TypeVar

import msgspec

from tallystick.errors import RecordError
from tallystick.model.dates import parse_birth_date
from tallystick.model.record import GENDERS, Address, Custody, Identifier, Record

MAX_LINE_BYTES = 1 << 20
MAX_VALUES = 1000
"""At most so many names, dates, ... in one field; the longest published entry has under 200."""
MAX_TEXT_CHARS = 1000

# Control characters, bidirectional marks and overrides, invisible separators, tags, BOM, lone surrogates. The joiners
# U+200C and U+200D stay out of names too: Persian and Indic spelling uses them, comparison never does.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_COUNTRY = re.compile(r"[a-z]{2}\Z")
_GENDERS = {**{code: code for code in GENDERS}, "female": "f", "male": "m"}
_UNKNOWN = re.compile(r"unknown field `.*?`( - at `\$\.(?:(?:identifiers|addresses)\[[0-9.]*\]|custody)`)?\Z", re.DOTALL)


class _Identifier(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    type: str
    country: str | None = None
    number: str


class _Address(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None


class _Custody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    owner: str | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    handling_code: str | None = None
    review_on: date | None = None
    expires_on: date | None = None


class _Row(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    names: list[str] | None = None
    weak_names: list[str] | None = None
    birth_dates: list[str] | None = None
    birth_places: list[str] | None = None
    nationalities: list[str] | None = None
    identifiers: list[_Identifier] | None = None
    gender: str | None = None
    addresses: list[_Address] | None = None
    phones: list[str] | None = None
    emails: list[str] | None = None
    custody: _Custody | None = None


_decoder = msgspec.json.Decoder(_Row)
_encoder = msgspec.json.Encoder()
_N = TypeVar("_N")
_S = TypeVar("_S", bound=msgspec.Struct)


def clean_text(text: str) -> str:
    """Return text in NFC, without control and formatting characters, blanks single and trimmed."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub(" ", text)).split())


def decode(line: bytes) -> Record:
    """Read one line of the native format.

    Raises:
        RecordError: too long, not JSON, an unknown or ill-typed field, or a value `check` refuses.
    """
    if len(line) > MAX_LINE_BYTES:
        raise RecordError(f"line is longer than {MAX_LINE_BYTES} bytes", hint="split the record or drop the oversized field")
    try:
        row = _decoder.decode(line)
    except msgspec.DecodeError as error:  # names the path, never the value
        raise RecordError(
            _UNKNOWN.sub(r"unknown field\1", str(error).lower()), hint="see docs/reference/record-format.md"
        ) from None
    except UnicodeDecodeError:
        raise RecordError("line is not UTF-8", hint="convert the file to UTF-8") from None
    return check(
        Record(
            id=row.id,
            names=tuple(row.names or ()),
            weak_names=tuple(row.weak_names or ()),
            birth_dates=tuple(row.birth_dates or ()),
            birth_places=tuple(row.birth_places or ()),
            nationalities=tuple(row.nationalities or ()),
            identifiers=tuple(_noun(Identifier, part) for part in row.identifiers or ()),
            gender=row.gender,
            addresses=tuple(_noun(Address, part) for part in row.addresses or ()),
            phones=tuple(row.phones or ()),
            emails=tuple(row.emails or ()),
            custody=None if row.custody is None else _noun(Custody, row.custody),
        )
    )


def encode(record: Record) -> bytes:
    """Write a record as one canonical line (no line break at the end); empty fields are left out."""
    return _encoder.encode(
        _Row(
            id=record.id,
            names=list(record.names) or None,
            weak_names=list(record.weak_names) or None,
            birth_dates=list(record.birth_dates) or None,
            birth_places=list(record.birth_places) or None,
            nationalities=list(record.nationalities) or None,
            identifiers=[_form(_Identifier, part) for part in record.identifiers] or None,
            gender=record.gender,
            addresses=[_form(_Address, part) for part in record.addresses] or None,
            phones=list(record.phones) or None,
            emails=list(record.emails) or None,
            custody=None if record.custody is None else _form(_Custody, record.custody),
        )
    )


def check(record: Record) -> Record:
    """Return the record cleaned and in canonical form.

    Raises:
        RecordError: no id, no name, too many or too long values, or a date, code or gender outside its format.
    """
    identity = clean_text(record.id)
    if not identity or len(identity) > MAX_TEXT_CHARS:
        raise RecordError("record has no usable id", hint="give each record a short unique id")
    names = _texts("names", record.names)
    if not names:
        raise RecordError("record has no name", hint="a record needs at least one written name")
    for birth_date in record.birth_dates:
        parse_birth_date(birth_date)
    return Record(
        id=identity,
        names=names,
        weak_names=_texts("weak_names", record.weak_names),
        birth_dates=_texts("birth_dates", record.birth_dates),
        birth_places=_texts("birth_places", record.birth_places),
        nationalities=tuple(dict.fromkeys(_country(code) for code in _texts("nationalities", record.nationalities))),
        identifiers=_bounded("identifiers", tuple(filter(None, map(_identifier, record.identifiers)))),
        gender=_gender(record.gender),
        addresses=_bounded("addresses", tuple(filter(None, map(_address, record.addresses)))),
        phones=_texts("phones", record.phones),
        emails=_texts("emails", record.emails),
        custody=None if record.custody is None else _custody(record.custody),
    )


def _texts(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return _bounded(name, tuple(text for text in (_short(name, value) for value in values) if text))


def _short(name: str, value: str) -> str:
    text = clean_text(value)
    if len(text) > MAX_TEXT_CHARS:  # counted after cleaning: normalization may lengthen a text
        raise RecordError(f"{name} holds a value of more than {MAX_TEXT_CHARS} characters", hint="shorten or drop it")
    return text


def _bounded(name: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(values) > MAX_VALUES:
        raise RecordError(f"{name} holds more than {MAX_VALUES} values", hint="a person has fewer; check the source")
    return tuple(dict.fromkeys(values))


def _country(code: str) -> str:
    folded = code.lower() if code.isascii() else code
    if _COUNTRY.match(folded) is None:
        raise RecordError("country is not an ISO 3166-1 alpha-2 code", hint="write fr, not FRA or France")
    return folded


def _gender(written: str | None) -> str | None:
    word = clean_text(written or "").casefold()
    if word and word not in _GENDERS:
        raise RecordError("gender is none of f, m, x", hint="leave the field out when it is unknown")
    return _GENDERS.get(word)


def _country_or_none(code: str | None) -> str | None:
    return _country(clean_text(code)) if code and clean_text(code) else None


def _identifier(value: Identifier) -> Identifier | None:
    number = _short("identifiers", value.number)
    if not number:
        return None
    kind = _short("identifiers", value.type) or "other"
    return Identifier(type=kind, country=_country_or_none(value.country), number=number)


def _address(value: Address) -> Address | None:
    street, city, postcode = (_short("addresses", part or "") or None for part in (value.street, value.city, value.postcode))
    address = Address(street=street, city=city, postcode=postcode, country=_country_or_none(value.country))
    return None if address == Address() else address


def _custody(value: Custody) -> Custody | None:
    owner, purpose, legal_basis, handling_code = (
        _short("custody", text or "") or None for text in (value.owner, value.purpose, value.legal_basis, value.handling_code)
    )
    custody = Custody(
        owner=owner,
        purpose=purpose,
        legal_basis=legal_basis,
        handling_code=handling_code,
        review_on=value.review_on,
        expires_on=value.expires_on,
    )
    return None if custody == Custody() else custody


def _noun(kind: type[_N], part: msgspec.Struct) -> _N:
    """Read a part from its form on the line; both name their fields alike."""
    return kind(**{name: getattr(part, name) for name in part.__struct_fields__})


def _form(kind: type[_S], noun: object) -> _S:
    """Write a part in its form on the line."""
    return kind(**{name: getattr(noun, name) for name in kind.__struct_fields__})
