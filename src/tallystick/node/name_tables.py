"""Count name classes over registers and learn edit channels from pairs of writings, into a parameter set.

Does no I/O: registers and pairs are passed in.
"""

from collections.abc import Iterable, Iterator, Sequence

from tallystick.errors import InputError, RecordError
from tallystick.matching import Parameters
from tallystick.matching.name_learning import (
    LEAST_PAIRS,
    Channels,
    Pair,
    class_shares,
    learn_channels,
    mixed_table,
    read_table,
    sorted_pairs,
)
from tallystick.matching.parameter_text import changed, content
from tallystick.model import decode
from tallystick.node.labelled import Readable


def with_frequencies(parameters: Parameters, sides: Iterable[Readable], share: float) -> tuple[Parameters, int]:
    """Return the set with a frequency table that is the registers' own to a stated share, and how many persons were counted.

    Args:
        parameters: whose table makes up the rest.
        sides: the registers; every record counts once.
        share: of the registers in the new table, 0 to 1.

    Raises:
        InputError: the registers hold no names.
    """
    shares, persons = class_shares(_names(sides))
    if not persons:
        raise InputError("there are no records to count name parts in", hint="give registers or files with records")
    table = mixed_table([(shares, share), (read_table(parameters.frequencies), 1 - share)])
    return changed(parameters, frequencies=table), persons


def _names(sides: Iterable[Readable]) -> Iterator[Sequence[str]]:
    for side in sides:
        for chunk in side.chunks():
            for line in chunk.split(b"\n"):
                try:
                    record = decode(line)
                except RecordError:  # the engine counts it
                    continue
                yield (*record.names, *record.weak_names)


def with_channels(parameters: Parameters, writings: Iterable[Pair]) -> tuple[Parameters, Channels]:
    """Return the set with channels learned from pairs of writings; scripts with too few pairs keep theirs.

    Raises:
        InputError: no script has enough pairs.
    """
    by_script, skipped = sorted_pairs(writings)
    channels = learn_channels(by_script, skipped=skipped)
    if not channels.costs:
        raise InputError(
            f"no script has {LEAST_PAIRS} pairs of single name parts, one of them in Latin letters",
            hint="give one name part in each column, such as a given name in two scripts",
        )
    file = content(parameters)
    learned = changed(
        parameters,
        channels={**file.get("channels", {}), **channels.costs},
        usual_cost={**file.get("usual_cost", {}), **channels.usual_cost},
    )
    return learned, channels
