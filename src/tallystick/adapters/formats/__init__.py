"""What governments and the field publish, read as streams of rows; one module per format.

    source = open_source(Path("consolidated.xml"))
    for row in source.rows():
        ...                         # row.record, or row.reason; see node.ports.SourceRow

A source has `bytes_total` and `bytes_read` for a progress bar, and `paths`, the files it reads.

Rules
 1. A bad entry never stops an import: it comes out as a row with a reason and its original.
 2. A file that cannot be read to its end is an InputError, after the rows before the break.
 3. Only what `model.Record` has a field for is taken; special categories of personal data are dropped and counted.
 4. The reference numbers of other lists never become evidence.

Reference: docs/reference/import-formats.md.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from tallystick.adapters.formats.canada import CanadaSource
from tallystick.adapters.formats.detect import FORMATS, detect, unknown_format
from tallystick.adapters.formats.eu import EuXmlSource
from tallystick.adapters.formats.eu_csv import EuCsvSource
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.ftm import FtmSource, write_ftm
from tallystick.adapters.formats.mapping import Mapping, dump_mapping, load_mapping
from tallystick.adapters.formats.native import NativeSource
from tallystick.adapters.formats.ofac_advanced import OfacAdvancedSource
from tallystick.adapters.formats.ofac_csv import OfacCsvSource
from tallystick.adapters.formats.ofac_enhanced import OfacEnhancedSource
from tallystick.adapters.formats.suggest import suggest_mapping
from tallystick.adapters.formats.table import TableSource
from tallystick.adapters.formats.uk import UkSource, UkWorkbookSource
from tallystick.adapters.formats.un import UnSource
from tallystick.errors import InputError

__all__ = [
    "FORMATS",
    "FileSource",
    "Mapping",
    "detect",
    "dump_mapping",
    "load_mapping",
    "open_source",
    "suggest_mapping",
    "write_ftm",
]

_SOURCES: dict[str, Callable[[Path], FileSource]] = {
    "native": NativeSource,
    "ftm": FtmSource,
    "un": UnSource,
    "ofac-csv": OfacCsvSource,
    "ofac-enhanced": OfacEnhancedSource,
    "ofac-advanced": OfacAdvancedSource,
    "uk-csv": UkSource,
    "uk-xlsx": UkWorkbookSource,
    "eu-xml": EuXmlSource,
    "eu-csv": EuCsvSource,
    "canada": CanadaSource,
}


def open_source(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002  # the word people use for it
    mapping: Path | Mapping | None = None,
    siblings: Sequence[Path] = (),
) -> FileSource:
    """Return the source that reads a file.

    Args:
        path: the file, plain, gzip or zip.
        format: a key of FORMATS; found by content when None.
        mapping: for a table, which column is which: a mapping file, or the mapping itself. Given, the file is a table.
        siblings: for ofac-csv, the files that belong to sdn.csv; found beside it when none is given.

    Raises:
        InputError: no such file, none of the known formats, or a table without mapping.
        ConfigError: the mapping cannot be used.
    """
    if format is not None and format not in FORMATS:
        raise unknown_format(f"no format is named {format}")
    kind = format or ("table" if mapping is not None else detect(path))
    if kind == "table":
        if mapping is None:
            raise InputError(
                f"{path.name} is a table of no known list" if format is None else f"{path.name} needs a column mapping",
                hint="give a column mapping; `tallystick import ... --suggest-mapping` proposes one. "
                "Known lists: " + ", ".join(each for each in FORMATS if each != "table"),
            )
        return TableSource(path, mapping if isinstance(mapping, Mapping) else load_mapping(mapping))
    if kind == "ofac-csv":
        return OfacCsvSource(path, *siblings)
    return _SOURCES[kind](path)
