"""`tallystick report watch` and `feed`: keep what is put into a folder, and the entries of feeds."""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tallystick.cli import exits
from tallystick.cli.options import json_option, longest_option, reports_option
from tallystick.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from tallystick.adapters.documents import Document, Unread
    from tallystick.adapters.report_folder import ReportFolder
    from tallystick.adapters.watched_folder import Due, WatchedFolder
    from tallystick.adapters.web import Got

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
@longest_option
@reports_option
@json_option
def watch(folder: Path, every: float, still: float, once: bool, longest: int, reports: str, as_json: bool) -> int:
    """Keep the documents that are put into a folder, until it is interrupted.

    Takes what `tallystick report add` takes and leaves the files where they
    are. Folders, hidden files and those still being written are passed over;
    at most 1,000 files are read at a look. After a restart it goes on where it
    was; a file is read again when it changes. What is no document, or a link,
    is told once, and the others go on. With --once ends with 1 when nothing
    came.

    \b
    Example:
      tallystick report watch /srv/incoming --reports police-a/reports
    """
    from tallystick.adapters.documents import name_of
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
                taken = take(kept, name_of(each.path.name), partial(_documents, watched, each, longest))
                added += taken[0]
                refused += taken[1]
            watched.dealt_with(batch)
        if due or once:
            print_taken(added, refused, as_json=as_json)
        if once:
            return exits.DONE if added else exits.NOTHING_FOUND
        time.sleep(every)


def _documents(watched: "WatchedFolder", due: "Due", longest: int) -> "Iterable[Document | Unread]":
    from tallystick.adapters.documents import name_of
    from tallystick.adapters.documents.reading import handed_in

    return handed_in(name_of(due.path.name), watched.content(due), longest)


@click.command("feed", short_help="Keep the entries of RSS and Atom feeds.")
@click.argument("feeds", metavar="URL_OR_FILE...", nargs=-1, required=True)
@click.option("--plain-http", is_flag=True, help="Let an address be one of plain HTTP, which anybody on the way can change.")
@click.option("--private", is_flag=True, help="Let the host be of this machine or network.")
@click.option("--whole", is_flag=True, help="Ask for the whole feed also when it has not changed.")
@reports_option
@json_option
def feed(feeds: tuple[str, ...], plain_http: bool, private: bool, whole: bool, reports: str, as_json: bool) -> int:
    """Keep the entries of RSS and Atom feeds as reports: one pass, to be run by a timer.

    Each entry is a report of its own, kept once however often it is read; one
    whose words changed is another report. Its link is kept and not followed.
    A feed with new entries is kept beside them as it came, and one that has not
    changed since it was read to its end is not sent again; a host may know its
    reader by that (the tag it gave), unless it is --whole. At most 16 MB and
    1,000 entries are read of a feed. Addresses are HTTPS and public unless
    allowed otherwise; nothing of this machine's proxies or passwords is used.
    A feed that cannot be had is told, and the others go on. Ends with 1 when
    nothing new came.

    \b
    Examples:
      tallystick report feed https://news.example/rss --reports police-a/reports
      tallystick report feed saved.xml
    """
    from tallystick.wiring import report_folder

    kept = report_folder(reports)
    added: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for each in feeds:
        taken = _take_feed(kept, each, plain=plain_http, private=private, whole=whole)
        added += taken[0]
        refused += taken[1]
    print_taken(added, refused, as_json=as_json)
    return exits.DONE if any(each["is_new"] for each in added) else exits.NOTHING_FOUND


def _take_feed(kept: "ReportFolder", name: str, *, plain: bool, private: bool, whole: bool) -> Taken:
    from tallystick.adapters.feeds import entries_of
    from tallystick.errors import InputError, UnavailableError

    try:
        got = _feed(name, {} if whole else kept.known_feed(name), plain=plain, private=private)
    except (InputError, UnavailableError) as error:
        return [], [{"file": name, "reason": str(error), "hint": error.hint}]
    if got.content is None:
        return [], []
    added, refused = take(kept, name, partial(entries_of, name, got.content))
    if any(each["is_new"] for each in added):
        kept.keep_feed(got.content)
    if got.version.headers and not refused and not whole:  # what was left out is told again the next time
        kept.know_feed(name, asdict(got.version))
    return added, refused


def _feed(name: str, said: dict[str, str], *, plain: bool, private: bool) -> "Got":
    from tallystick.adapters import web
    from tallystick.adapters.feeds import MAX_FEED_BYTES
    from tallystick.errors import InputError

    if "://" in name:
        known = web.Version(said.get("url", ""), said.get("tag", ""), said.get("date", ""))
        return web.get(name, MAX_FEED_BYTES, known=known, plain=plain, private=private)
    try:
        with Path(name).open("rb") as file:
            return web.Got(file.read(MAX_FEED_BYTES + 1), web.Version(name))
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}", hint="give a file, or an address as https://...") from None


def print_taken(added: list[dict[str, Any]], refused: list[dict[str, str]], *, as_json: bool) -> None:
    """Say what was kept, and what was left out and why."""
    for each in refused:
        say(f"{each['file']} is left out: {each['reason']} ({each['hint']})")
    if as_json:
        print_json({"added": added, "refused": refused})
    else:
        print_table(("report", "name", "new"), [(each["id"][:12], each["name"], each["is_new"]) for each in added])


COMMANDS = (watch, feed)
