"""Reads the reports of a folder."""

from collections.abc import Callable, Sequence

from tallystick.adapters.documents.extraction import blocks_of
from tallystick.adapters.report_folder import Arrival
from tallystick.reports import Reading, read_report
from tallystick.wiring import report_folder


def read_reports(location: str, names: Sequence[str], told: Callable[[int], None]) -> list[tuple[Arrival, Reading]]:
    """Read reports, all of them where none is named, earliest first.

    Args:
        location: the folder of reports.
        names: ids, or what they begin with.
        told: hears how many are read.

    Raises:
        InputError: no report, or several, have a name.
        IntegrityError: an original was changed.
    """
    folder = report_folder(location)
    arrivals = {each.id: each for each in (map(folder.named, names) if names else folder.all())}
    read = []
    for arrival in sorted(arrivals.values(), key=lambda each: (each.added_at, each.id)):
        read.append((arrival, read_report(blocks_of(folder.document(arrival)))))
        told(len(read))
    return read
