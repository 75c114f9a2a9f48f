"""Reads the United States' SDN list (OFAC) in the "advanced XML" format, SDN_ADVANCED.XML.

Takes names, dates and places of birth, nationalities, documents, addresses, gender and contacts; not titles,
relationships, sanctions entries, or other features.

Rules
 1. The file speaks in reference numbers; its own ReferenceValueSets, which come first, say what they mean.
 2. Locations and documents come before the parties that use them and wait on disk, so that memory stays constant.
 3. A party whose sub-type belongs to party type Individual is a person; FixedRef is the number the CSV files give it.
 4. An alias with LowQuality true is weak; a documented name is its parts in natural order.
 5. Dates in another calendar than the Gregorian are left out.

Schema: sdn_advanced.xsd, version 1.0, after the United Nations' exchange model.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from lxml import etree

from tallystick.adapters.formats.birth_dates import OTHER_CALENDAR, Reading, read_days
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.files import FileSource, opened
from tallystick.adapters.formats.ofac_enhanced import FAMILY_FIRST
from tallystick.adapters.formats.spool import TOO_MANY_PARTS, Spool
from tallystick.adapters.formats.xml_entries import Entry, elements_of, local_name, text_of, xml_entries
from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

ROOT = "Sanctions"
_REFERENCES = frozenset(
    {"AreaCode", "CalendarType", "Country", "DetailReference", "FeatureType", "IDRegDocType", "LocPartType", "NamePartType"}
    | {"PartySubType", "PartyType", "Script"}
)
_MAX_REFERENCES = 200_000
_NATURAL_ORDER = {
    "first name": 0,
    "middle name": 1,
    "patronymic": 2,
    "last name": 3,
    "maiden name": 4,
    "matronymic": 5,
    "nickname": 6,
}
_LAST_NAME = _NATURAL_ORDER["last name"]


class OfacAdvancedSource(FileSource):
    """An edition of the SDN list, advanced XML."""

    def rows(self) -> Iterator[SourceRow]:
        path = self.paths[0]
        entries = _REFERENCES | {"Location", "IDRegDocument", "DistinctParty"}
        with Spool() as spool, opened(path, self._meter) as stream:
            reader = _Reader(spool, path.name)
            for entry in xml_entries(stream, path.name, roots=frozenset({ROOT}), entries=entries):
                row = reader.take(entry)
                if row is not None:
                    yield row


class _Reader:
    """Remembers what references mean; turns parties into rows."""

    def __init__(self, spool: Spool, name: str) -> None:
        self._spool, self._file = spool, name
        self._meanings: dict[str, dict[str, str]] = defaultdict(dict)
        self._known = 0
        self._party = 0

    def take(self, entry: Entry) -> SourceRow | None:
        """Remember, put away, or return the row of an entry."""
        if entry.element is None:
            return refused(entry.position, entry.reason, entry.original)
        match entry.tag:
            case "DistinctParty":
                self._party += 1
                return self._row(entry.element, entry.original)
            case "Location":
                self._spool.put(f"location {entry.element.get('ID')}", 0, self._location(entry.element))
            case "IDRegDocument":
                self._put_document(entry.element)
            case tag:
                self._remember(tag, entry.element)
        return None

    def _remember(self, tag: str, element: etree._Element) -> None:
        self._known += 1
        if self._known > _MAX_REFERENCES:
            raise InputError(
                f"{self._file} holds more than {_MAX_REFERENCES} reference values", hint="get the file from its publisher"
            )
        number, text = element.get("ID") or "", (element.text or "").strip()
        self._meanings[tag][number] = text
        if tag == "AreaCode":
            self._meanings[tag][number] = element.get("Description") or text
        if tag == "PartySubType":
            self._meanings[tag][number] = element.get("PartyTypeID") or ""

    def _meaning(self, tag: str, number: str | None) -> str:
        return self._meanings[tag].get(number or "", "")

    def _location(self, location: etree._Element) -> list[str]:
        """Return street, city, postcode and country of a location."""
        parts: dict[str, str] = {}
        for part in elements_of(location, "LocationPart"):
            kind = self._meaning("LocPartType", part.get("LocPartTypeID")).upper()
            parts.setdefault(kind, text_of(part, "LocationPartValue/Value"))
        street = ", ".join(filter(None, (parts.get(line) for line in ("ADDRESS1", "ADDRESS2", "ADDRESS3"))))
        city = parts.get("CITY") or parts.get("STATE/PROVINCE") or parts.get("REGION") or parts.get("UNKNOWN") or ""
        countries = [self._meaning("Country", each.get("CountryID")) for each in elements_of(location, "LocationCountry")]
        areas = [self._meaning("AreaCode", each.get("AreaCodeID")) for each in elements_of(location, "LocationAreaCode")]
        return [street, city, parts.get("POSTAL CODE", ""), next(filter(None, (*countries, *areas)), "")]

    def _put_document(self, document: etree._Element) -> None:
        kind = self._meaning("IDRegDocType", document.get("IDRegDocTypeID"))
        number, country = text_of(document, "IDRegistrationNo"), self._meaning("Country", document.get("IssuedBy-CountryID"))
        self._spool.put(f"document {document.get('IdentityID')}", 0, [kind, number, country])

    def _row(self, party: etree._Element, original: bytes) -> SourceRow:
        profiles = list(elements_of(party, "Profile"))
        kinds = {self._meaning("PartyType", self._meaning("PartySubType", profile.get("PartySubTypeID"))) for profile in profiles}
        if "Individual" not in kinds:
            return other_kind(self._party, "".join(kinds), original)
        number = (party.get("FixedRef") or "").strip()
        draft = Draft(f"ofac:{number}" if number else "")
        for profile in profiles:
            for identity in elements_of(profile, "Identity"):
                self._names(draft, identity)
                documents = self._spool.get(f"document {identity.get('ID')}")
                if documents.cut:
                    return refused(self._party, TOO_MANY_PARTS, original)
                for document in documents.parts:
                    draft.identifier(document_kind(document.cells[0]), document.cells[1], document.cells[2])
            for feature in elements_of(profile, "Feature"):
                self._feature(draft, feature)
        return draft.row(self._party, original)

    def _names(self, draft: Draft, identity: etree._Element) -> None:
        groups = {
            group.get("ID"): _NATURAL_ORDER.get(self._meaning("NamePartType", group.get("NamePartTypeID")).lower(), _LAST_NAME)
            for group in elements_of(identity, "NamePartGroups/MasterNamePartGroup/NamePartGroup")
        }
        aliases = sorted(elements_of(identity, "Alias"), key=lambda alias: alias.get("Primary") != "true")
        for alias in aliases:
            for name in elements_of(alias, "DocumentedName"):
                values = list(elements_of(name, "DocumentedNamePart/NamePartValue"))
                draft.name(*self._parts(values, groups), weak=alias.get("LowQuality") == "true")

    def _parts(self, values: list[etree._Element], groups: dict[str | None, int]) -> list[str]:
        family_first = any(self._meaning("Script", value.get("ScriptID")).lower() in FAMILY_FIRST for value in values)
        ordered = sorted(values, key=lambda value: groups.get(value.get("NamePartGroupID"), _LAST_NAME))
        texts = [(value.text or "").strip() for value in (reversed(ordered) if family_first else ordered)]
        return ["".join(texts)] if family_first else texts

    def _feature(self, draft: Draft, feature: etree._Element) -> None:
        kind = self._meaning("FeatureType", feature.get("FeatureTypeID")).strip(" :").lower()
        for version in elements_of(feature, "FeatureVersion"):
            details = [
                _detail(detail, self._meaning("DetailReference", detail.get("DetailReferenceID")))
                for detail in elements_of(version, "VersionDetail")
            ]
            places = [
                part.cells
                for reference in elements_of(version, "VersionLocation")
                for part in self._spool.get(f"location {reference.get('LocationID')}").parts
            ]
            if kind == "birthdate":
                for period in elements_of(version, "DatePeriod"):
                    draft.born(self._birth_date(period))
            else:
                _add(draft, kind, details, places)

    def _birth_date(self, period: etree._Element) -> Reading:
        calendar = self._meaning("CalendarType", period.get("CalendarTypeID")) or "Gregorian"
        if calendar != "Gregorian":
            return Reading("", OTHER_CALENDAR)
        points = [point for bound in period if local_name(bound) in {"Start", "End"} for point in bound]
        days = [(_number(point, "Year"), _number(point, "Month"), _number(point, "Day")) for point in points]
        about = any(bound.get("Approximate") == "true" for bound in period)
        return read_days(min(days), max(days), about=about) if days else Reading("")


def _detail(detail: etree._Element, meaning: str) -> str:
    return meaning or (detail.text or "").strip()


def _number(element: etree._Element, tag: str) -> int:
    text = text_of(element, tag)[:9]
    return int(text) if text.isdecimal() else 0


def _add(draft: Draft, kind: str, details: list[str], places: list[list[str]]) -> None:
    if kind == "location":
        for street, city, postcode, country in places:
            draft.address(street=street, city=city, postcode=postcode, country=country)
    elif kind == "place of birth":
        for place in places:
            draft.birth_place(*place[:2], place[3])
    elif kind in _NATIONALITY:
        details = [*details, *(place[3] for place in places)]
    if kind in _ADDERS:
        for text in details:
            _ADDERS[kind](draft, text)


_NATIONALITY = ("nationality country", "citizenship country", "nationality", "citizenship")
_ADDERS: dict[str, Callable[[Draft, str], None]] = {
    **dict.fromkeys(_NATIONALITY, Draft.nationality),
    "place of birth": Draft.birth_place,
    "gender": Draft.gender,
    "email address": Draft.email,
    "phone number": Draft.phone,
}
