"""Reads the United States' SDN list (OFAC) as CSV: sdn.csv with alt.csv, add.csv and sdn_comments.csv beside it.

Takes names, dates and places of birth, nationalities, documents, addresses, gender and contacts; not titles,
programmes, links to others, or vessels' data.

Rules
 1. SDN_Type "individual" is a person. `LAST, First` is turned round. `-0-` is empty.
 2. Names in alt.csv are names; those in remarks are weak (see `ofac_remarks`).
 3. Remarks of 1,000 characters were cut by the publisher; sdn_comments.csv holds the rest.
 4. The other files are the ones given, else those beside the list: same name with alt, add or comments in the place of
    sdn, or the only one of that kind. A missing file is no error: `paths` says what was read.
 5. The files of one edition belong together. A file whose name bears another date than the list's, and rows whose entry is
    not in the list, are joined as far as they go and told of in `warnings`.

Format: https://ofac.treasury.gov/faqs/topic/1611 (data specification of the legacy files).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tallystick.adapters.formats.csv_rows import CsvRow, csv_rows
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.ofac_remarks import read_remarks
from tallystick.adapters.formats.spool import TOO_MANY_PARTS, Spool
from tallystick.adapters.formats.texts import opened_text
from tallystick.adapters.formats.written_names import turned, written_names
from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

EMPTY = "-0-"
COLUMNS = 12
KINDS = ("alt", "add", "comments")
_WIDTHS = {"alt": 5, "add": 6, "comments": 2}
_CUT_REMARKS_CHARS = 950
"""Remarks at least as long may have been cut at 1,000 characters (counted before the list's own escapes)."""
_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")
_FULL_NAME = re.compile(r"(sdn|cons_prim)(?!_comments)", re.IGNORECASE)
_NAME = re.compile(r"(?:sdn_)?(alt|add|comments)|cons_(alt|add|comments)", re.IGNORECASE)


class OfacCsvSource(FileSource):
    """An edition of the SDN list.

    Args:
        path: sdn.csv.
        siblings: the other files; found beside it when none is given.
    """

    def __init__(self, path: Path, *siblings: Path) -> None:
        super().__init__(path, *(siblings or find_siblings(path)))
        self.warnings = [*_other_dates(*self.paths)]

    def rows(self) -> Iterator[SourceRow]:
        with Spool() as spool:
            for sibling in self.paths[1:]:
                yield from self._gather(sibling, spool)
            with opened_text(self.paths[0], self._meter) as (stream, encoding):
                for row in csv_rows(stream, encoding=encoding):
                    yield _row(row, spool)
            self.warnings += self._ownerless(spool)

    def _gather(self, path: Path, spool: Spool) -> Iterator[SourceRow]:
        """Put the rows of another file away by number; yield those that cannot be read."""
        kind = _kind(path)
        with opened_text(path, self._meter) as (stream, encoding):
            for row in csv_rows(stream, encoding=encoding):
                if row.cells is None:
                    yield refused(row.position, f"{path.name}: {row.reason}", row.original)
                elif len(row.cells) != _WIDTHS[kind]:
                    yield refused(row.position, f"{path.name}: row has {len(row.cells)} cells, not {_WIDTHS[kind]}", row.original)
                else:
                    spool.put(f"{kind} {row.cells[0].strip()}", row.position, _values(row.cells))

    def _ownerless(self, spool: Spool) -> Iterator[str]:
        for sibling in self.paths[1:]:
            count = spool.ownerless(f"{_kind(sibling)} ")
            if count:
                yield f"{sibling.name}: {count:,} row{' has' if count == 1 else 's have'} no entry in {self.paths[0].name}"


def find_siblings(path: Path) -> tuple[Path, ...]:
    """Return the files that belong to an sdn.csv and lie beside it."""
    found = (_sibling(path, kind) for kind in KINDS)
    return tuple(sibling for sibling in found if sibling is not None)


def _sibling(path: Path, kind: str) -> Path | None:
    word = {"alt": "alt", "add": "add", "comments": "sdn_comments"}[kind]
    if path.name.lower().startswith("cons_prim"):
        word = f"cons_{kind}"
    same = path.with_name(_FULL_NAME.sub(word, path.name, count=1))
    if same != path and same.is_file():
        return same
    try:
        names = [each for each in path.parent.iterdir() if each.is_file()]
    except OSError:
        return None
    folder = [each for each in names if each.name.lower().startswith(word) and ".csv" in each.name.lower()]
    return folder[0] if len(folder) == 1 else None


def _other_dates(path: Path, *siblings: Path) -> Iterator[str]:
    """Say which files are of another day than the list, as far as their names tell (rule 5)."""
    day = _date(path)
    for sibling in siblings:
        other = _date(sibling)
        if day and other and other != day:
            yield f"{path.name} is of {day}, but {sibling.name} of {other}: aliases and addresses may be missing or outdated"


def _date(path: Path) -> str:
    found = _DATE.search(path.name)
    return "-".join(found.groups()) if found else ""


def _kind(path: Path) -> str:
    found = _NAME.match(path.name)
    if found is None:
        raise InputError(f"{path.name} is none of alt, add and sdn_comments", hint="name the files as their publisher does")
    return (found[1] or found[2]).lower()


def _values(cells: list[str]) -> list[str]:
    return ["" if cell.strip() == EMPTY else cell.strip() for cell in cells]


def _row(row: CsvRow, spool: Spool) -> SourceRow:
    if row.cells is None:
        return refused(row.position, row.reason, row.original)
    if len(row.cells) != COLUMNS:
        return refused(row.position, f"row has {len(row.cells)} cells, not {COLUMNS}", row.original)
    cells = _values(row.cells)
    number, name, remarks = cells[0], cells[1], cells[11]
    for kind in KINDS:
        spool.own(f"{kind} {number}")
    if cells[2].lower() != "individual":
        return other_kind(row.position, cells[2] or "entity", row.original)
    more = {kind: spool.get(f"{kind} {number}") for kind in KINDS}
    if any(group.cut for group in more.values()):
        return refused(row.position, TOO_MANY_PARTS, row.original, f"ofac:{number}" if number else "")
    draft = Draft(f"ofac:{number}" if number else "")
    for alias in (name, *(part.cells[3] for part in more["alt"].parts)):
        for written in written_names(alias):
            draft.name(turned(written))
    if len(remarks) >= _CUT_REMARKS_CHARS:
        remarks += "".join(part.cells[1] for part in more["comments"].parts)
    read_remarks(draft, remarks)
    for part in more["add"].parts:
        draft.address(street=part.cells[2], city=part.cells[3], country=part.cells[4])
    return draft.row(row.position, row.original)
