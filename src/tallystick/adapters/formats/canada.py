"""Reads Canada's Consolidated Autonomous Sanctions List (SEMA), XML.

Takes names, aliases and dates of birth; the country in the list is the regulation's, not the person's.

Rules
 1. A record with a LastName or GivenName is a person; one with EntityOrShip is not.
 2. The list has no numbers of its own: country, schedule and item together are the id.
 3. Aliases in one field are separated by commas or semicolons, and may be lettered (a), (b).
"""

import re
from collections.abc import Iterator

from lxml import etree

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.draft import Draft, not_a_person, refused
from tallystick.adapters.formats.files import FileSource, opened
from tallystick.adapters.formats.written_names import written_names
from tallystick.adapters.formats.xml_entries import Entry, text_of, xml_entries
from tallystick.node.ports import SourceRow

ROOT = "data-set"
_ALIASES = re.compile(r"[;,،\n]|(?:^|\s)\([a-z0-9]\)\s")
_NOT_IN_ID = re.compile(r"[^a-z0-9.]+")


class CanadaSource(FileSource):
    """An edition of the Canadian list."""

    def rows(self) -> Iterator[SourceRow]:
        path = self.paths[0]
        with opened(path, self._meter) as stream:
            for entry in xml_entries(stream, path.name, roots=frozenset({ROOT}), entries=frozenset({"record"})):
                yield _row(entry)


def _row(entry: Entry) -> SourceRow:
    if entry.element is None:
        return refused(entry.position, entry.reason, entry.original)
    record = entry.element
    given, family = text_of(record, "GivenName"), text_of(record, "LastName")
    if not given and not family and text_of(record, "EntityOrShip"):
        return not_a_person(entry.position)
    draft = Draft(_record_id(record))
    draft.name(given, family)
    for alias in _ALIASES.split(text_of(record, "Aliases")):
        for name in written_names(alias):
            draft.name(name)
    draft.born(read_birth_date(text_of(record, "DateOfBirthOrShipBuildDate")))
    return draft.row(entry.position, entry.original)


def _record_id(record: etree._Element) -> str:
    country = text_of(record, "Country").partition("/")[0]
    parts = (
        _NOT_IN_ID.sub("-", part.lower()).strip("-") for part in (country, text_of(record, "Schedule"), text_of(record, "Item"))
    )
    known = [part for part in parts if part]
    return "ca:" + ":".join(known) if known else ""
