"""`tallystick report watch`: keep what is put into a folder."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tallystick.cli import exits
from tallystick.cli.options import json_option, reports_option
from tallystick.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from tallystick.adapters.documents import Document, Unread
    from tallystick.adapters.report_folder import ReportFolder
    from tallystick.adapters.watched_folder import Due, WatchedFolder

Taken = tuple[list[dict[str, Any]], list[dict[str, str]]]
A_BATCH: Final = 50


def take(folder: "ReportFolder", name: str, read: "Callable[[], Iterable[Document | Unread]]") -> Taken:
    """Keep the documents of one file; return what was kept, and what was refused with the reason.

    Args:
        folder: where to.
        name: of the file, as it is told where it cannot be read at all.
        read: reads its documents; may raise InputError.
    """
    from tallystick.adapters.documents import Unread
    from tallystick.errors import InputError
    from tallystick.wiring import now

    added: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    try:
        for document in read():
            if isinstance(document, Unread):
                refused.append({"file": document.name, "reason": document.reason, "hint": document.hint})
                continue
            arrival, is_new = folder.add(document, now())
            added.append({"id": arrival.id, "name": arrival.name, "is_new": is_new})
    except InputError as error:
        refused.append({"file": name, "reason": str(error), "hint": error.hint})
    return added, refused


@click.command("watch", short_help="Keep what is put into a folder.")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--every", metavar="SECONDS", type=click.FloatRange(0.1, 86_400), default=10.0, show_default=True, help="How often."
)
@click.option("--still", metavar="SECONDS", type=click.FloatRange(0, 3600), default=2.0, show_default=True,
              help="How long a file must have stood still; one that is being copied is left for later.")  # fmt: skip
@click.option("--once", is_flag=True, help="Look once and end, as from a timer.")
@reports_option
@json_option
def watch(folder: Path, every: float, still: float, once: bool, reports: str, as_json: bool) -> int:
    """Keep the documents that are put into a folder, until it is interrupted.

    Takes what `tallystick report add` takes and leaves the files where they
    are. Links, folders, hidden files and those still being written are passed
    over; at most 1,000 files are read at a look. After a restart it goes on
    where it was; a file is read again when it changes. What is no document is
    told once, and the others go on. With --once ends with 1 when nothing came.

    \b
    Example:
      tallystick report watch /srv/incoming --reports police-a/reports
    """
    from tallystick.adapters.watched_folder import WatchedFolder
    from tallystick.wiring import report_folder

    kept = report_folder(reports)
    watched = WatchedFolder(folder, kept.path)
    while True:
        due = watched.due(time.time(), still)
        added: list[dict[str, Any]] = []
        refused: list[dict[str, str]] = []
        for start in range(0, len(due), A_BATCH):
            batch = due[start : start + A_BATCH]
            for each in batch:
                taken = take(kept, each.path.name, partial(_documents, watched, each))
                added += taken[0]
                refused += taken[1]
            watched.dealt_with(batch)
        if due or once:
            print_taken(added, refused, as_json=as_json)
        if once:
            return exits.DONE if added else exits.NOTHING_FOUND
        time.sleep(every)


def _documents(watched: "WatchedFolder", due: "Due") -> "Iterable[Document | Unread]":
    from tallystick.adapters.documents.reading import handed_in

    return handed_in(due.path.name, watched.content(due))


def print_taken(added: list[dict[str, Any]], refused: list[dict[str, str]], *, as_json: bool) -> None:
    """Say what was kept, and what was left out and why."""
    for each in refused:
        say(f"{each['file']} is left out: {each['reason']} ({each['hint']})")
    if as_json:
        print_json({"added": added, "refused": refused})
    else:
        print_table(("report", "name", "new"), [(each["id"][:12], each["name"], each["is_new"]) for each in added])


COMMANDS = (watch,)
