"""`tallystick screen`: which persons of a register do these documents mention?"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli import exits
from tallystick.cli.bad_lines import BadLines, refuse_overwriting, say_bad
from tallystick.cli.options import FILE, json_option, longest_option, names_option, parameters_options, store_option
from tallystick.cli.output import print_json, print_table, progress, say
from tallystick.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tallystick.adapters.outputs import Write
    from tallystick.linkage.engine import Chunks
    from tallystick.matching import Parameters
    from tallystick.screening import Screened, Screener


@click.command(short_help="Find persons of a register in documents.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--register", required=True, metavar="REGISTER", help="A register of the store, or a native file (.jsonl, .jsonl.gz)."
)
@click.option(
    "--out",
    type=FILE,
    help="CSV file to write: document,start,end,text,record_id,weight_bits,verdict; .gz compresses. Default: standard output.",
)
@names_option
@longest_option
@parameters_options
@store_option
@json_option
def screen(
    files: tuple[Path, ...],
    register: str,
    out: Path | None,
    with_names: bool,
    longest: int,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
) -> int:
    """Find the persons of a register that documents may mention.

    A FILE may be a folder: all that lies below it. Documents are plain text, HTML, e-mail (.eml), message exports (JSON lines),
    PDF, DOCX, PPTX or OpenDocument, in any script; attachments and messages are documents of their own.
    start and end count characters of the document's text as it stands in the
    file, so that text is exactly what lies between them; of all but text and HTML,
    characters of the text that was read out of it. The
    verdict is likely, possible or namesake-likely; whether it is the person, a
    human says. A document that cannot be read is told, and the others go on.
    Ends with 1 when nobody is mentioned; with 3 when nobody is, and a document
    could not be read, which may mention anybody.

    \b
    Examples:
      tallystick screen article.html --register un --out mentions.csv
      tallystick screen reports --register people.jsonl.gz --with-names
    """
    from tallystick.adapters.outputs import standard_output, written
    from tallystick.wiring import chosen_parameters, opened_side

    if as_json and out is None:
        raise click.UsageError("--json tells about the file of mentions: say with --out which")
    refuse_overwriting((register, *files), out)
    with ExitStack() as stack:
        side = stack.enter_context(opened_side(register, store))
        screener = _screener(side.chunks(), register, chosen_parameters(parameters, frequencies))
        say_bad([BadLines("register", register, screener.bad, screener.records, side.chunks)], None)
        write = stack.enter_context(written(out) if out else standard_output())
        counts = _Counts()
        rows: list[bytes] = []
        _run(files, screener, counts, rows.append if with_names else write, longest)
        for named in _named(rows, side.chunks) if with_names else ():
            write(named)
    counts.tell(register, screener.records, out, as_json=as_json)
    if counts.mentions:
        return exits.DONE
    return exits.CODES[InputError] if counts.refused else exits.NOTHING_FOUND


def _named(rows: list[bytes], chunks: "Callable[[], Chunks]") -> "Iterator[bytes]":
    from tallystick.node.naming import Named, with_names

    return with_names(rows, [Named("record_id", "name", chunks)])


def _screener(chunks: Iterable[bytes], register: str, parameters: "Parameters") -> "Screener":
    from tallystick.screening import Screener

    with progress(f"reading {register}"):
        return Screener(chunks, parameters)


@dataclass(slots=True)
class _Counts:
    """What came out of one run."""

    documents: int = 0
    likely: int = 0
    possible: int = 0
    namesake_likely: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)

    @property
    def mentions(self) -> int:
        return self.likely + self.possible + self.namesake_likely

    def add(self, screened: "Screened") -> None:
        self.documents += 1
        self.likely += screened.likely
        self.possible += screened.possible
        self.namesake_likely += screened.namesake_likely

    def refuse(self, document: str, reason: str, hint: str) -> None:
        say(f"{document} is left out: {reason} ({hint})")
        self.refused.append({"document": document, "reason": reason, "hint": hint})

    def tell(self, register: str, records: int, out: Path | None, *, as_json: bool) -> None:
        told = {
            "records": records,
            "documents": self.documents,
            "mentions": self.mentions,
            "likely": self.likely,
            "possible": self.possible,
            "namesake_likely": self.namesake_likely,
        }
        if as_json:
            print_json({"register": register, "out": str(out), **told, "refused": self.refused})
            return
        rows = [(name.replace("_", " "), f"{value:,}") for name, value in told.items()]
        print_table(("screen", register), [*rows, ("refused", f"{len(self.refused):,}")], err=True)
        if out:
            say(f"the mentions are in {out}")


def _run(files: tuple[Path, ...], screener: "Screener", counts: _Counts, write: "Write", longest: int) -> None:
    from tallystick.adapters.documents import Unread, documents_of, files_below, name_of
    from tallystick.screening import HEADER
    from tallystick.wiring import now

    this_year = now().year
    write(HEADER)
    below = files_below(files)
    with progress("screening", len(below)) as advance:
        for number, path in enumerate(below, 1):
            try:
                for document in documents_of(path, files, longest):
                    if isinstance(document, Unread):
                        counts.refuse(document.name, document.reason, document.hint)
                        continue
                    screened = screener.screened(document.name, document.text, markup=document.markup, this_year=this_year)
                    write(screened.rows)
                    counts.add(screened)
            except InputError as error:
                counts.refuse(name_of(path), str(error), error.hint)
            advance(number)
