"""`tallystick find`: looks for one person, typed as a person types, or for a file of persons."""

import math
from pathlib import Path

import click

from tallystick.cli.options import FILE, json_option, min_bits_option, parameters_options, quarantine_option, store_option

_ONE = 1
_TWO = 2


@click.command(short_help="Look for a person, or for a file of persons.")
@click.argument("words", metavar="[REGISTER] NAME", nargs=-1)
@click.option("--born", metavar="DATE", default="", help="1974, 1974-09-03, 3.9.1974, 'around 1974', 1985/1990.")
@click.option("--country", metavar="CODE", default="", help="Nationality: two letters (ma), or a name (Morocco).")
@click.option("--gender", type=click.Choice(["f", "m", "x"]), default=None, help="As in a passport.")
@click.option("--place", default="", help="Birth place.")
@click.option("--number", default="", help="Number of a passport or another document.")
@click.option("--city", default="", help="Where the person lives.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Show at most so many records.")
@click.option("--queries", type=FILE, help="Look for every record of this native file instead of a NAME.")
@click.option(
    "--out",
    type=FILE,
    help="With --queries: write query_id,record_id,weight_bits,probability,decision to this CSV file; .gz compresses. "
    "Default: standard output.",
)
@min_bits_option
@quarantine_option
@parameters_options
@store_option
@json_option
def find(
    words: tuple[str, ...],
    queries: Path | None,
    out: Path | None,
    min_bits: float | None,
    quarantine: Path | None,
    top: int,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
    **typed: str | None,
) -> int:
    """Look for a person in a register, in a file, or in every register of the store.

    What is not typed is unknown, never different. The name may be in any
    script, in any order, with initials; one part of it alone finds whoever
    bears it. REGISTER may be a file in the native
    format. Ends with 1 when nobody is found.

    \b
    Examples:
      tallystick find "Munir al Tuzani" --born 1974
      tallystick find un "Munir al Tuzani" --born "around 1974" --country Morocco
      tallystick find un Tuzani --top 50
      tallystick find people.jsonl.gz --queries visitors.jsonl --out hits.csv
    """
    from tallystick.wiring import chosen_parameters

    if queries is not None:
        from tallystick.cli.find_batch import Batch

        given = sorted(f"--{name}" for name, text in typed.items() if text)
        if len(words) != _ONE or given:
            raise click.UsageError(
                f"with --queries say a REGISTER or a file, and no NAME{' nor ' if given else ''}{', '.join(given)}"
            )
        batch = Batch(words[0], queries, out, min_bits, quarantine, chosen_parameters(parameters, frequencies), store)
        return batch.run(as_json=as_json)
    if not _ONE <= len(words) <= _TWO:
        raise click.UsageError('say a NAME, in quotes if it has several parts: tallystick find "Munir al Tuzani"')
    if out or quarantine:
        raise click.UsageError("--out and --quarantine go with --queries")
    from tallystick.cli.find_one import Search, query

    asked = query(words[-1], typed)
    search = Search(asked, top, math.inf if min_bits is None else min_bits, chosen_parameters(parameters, frequencies))
    return search.run(words[0] if len(words) == _TWO else None, store, as_json=as_json)
