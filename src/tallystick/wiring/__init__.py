"""Settings in, working parts out: the only place where adapters and use cases meet.

Loads an adapter when it is chosen, not before. Decides nothing else.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tallystick.errors import ConfigError, InputError

if TYPE_CHECKING:
    from tallystick.adapters.audit_folder import AuditFiles
    from tallystick.adapters.record_files import Advance, RecordFile
    from tallystick.adapters.report_folder import ReportFolder
    from tallystick.audit import VerifierKey
    from tallystick.matching import Parameters
    from tallystick.model import Record
    from tallystick.node.finding import Found
    from tallystick.node.linking import MakeEngine
    from tallystick.node.ports import Indexer, RegisterStore
    from tallystick.node.rehearsing import Machine


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set.

    Attributes:
        variable: the environment variable.
        option: the option of the commands that does the same; empty when there is none.
        default: what holds when nothing is set.
        meaning: what it is for.
    """

    variable: str
    option: str
    default: str
    meaning: str


STORE = Setting(
    "TALLYSTICK_STORE",
    "--store",
    "tallystick.db",
    "where the registers are: a file (SQLite), or postgresql://user@host/database",
)
MEMORY = Setting("TALLYSTICK_MEMORY", "--memory", "2GB", "how much memory a join on disk may take (`link --engine duckdb`)")
KEY = Setting(
    "TALLYSTICK_KEY",
    "",
    "",
    "what opens a sealed store: the file of its key or passphrase, `run:PROGRAM` for a program that prints it, or `ask:`",
)
NODE = Setting("TALLYSTICK_NODE", "--node", "node", "folder of the node: its keys, its log, what it knows of circles")
DESK = Setting("TALLYSTICK_DESK", "--desk", "", "where `node serve` also serves the desk: a port of the loopback, or HOST:PORT")
METRICS = Setting(
    "TALLYSTICK_METRICS", "--metrics", "", "where `node serve` also serves metrics and health: a port of the loopback"
)
REPORTS = Setting("TALLYSTICK_REPORTS", "--reports", "reports", "folder of the reports: each document as it came")
LISTS = Setting("TALLYSTICK_DATA", "--lists", "", "folder of published lists, which `demo` and the tests of this project use")
SETTINGS = (
    STORE,
    REPORTS,
    NODE,
    KEY,
    DESK,
    METRICS,
    MEMORY,
    Setting("TALLYSTICK_DEBUG", "", "", "1 shows the whole trace of an error; it may hold personal data"),
    Setting("NO_COLOR", "", "", "any text: no colour, also on a terminal"),
    LISTS,
)
"""Every setting there is; docs/reference/settings.md is held to it by a test."""


def now() -> datetime:
    """Return the time, in UTC; nothing below the wiring asks a clock."""
    return datetime.now(UTC)


@contextmanager
def opened_store(location: str) -> Iterator["RegisterStore"]:
    """Open a store that has been made before.

    Raises:
        ConfigError: there is none.
    """
    path = file_of(location)
    if path is not None and not path.is_file():
        raise ConfigError(
            f"there is no store at {location}", hint="make one with `tallystick init`, or say with --store where it is"
        )
    with created_store(location) as store:
        yield store


def file_of(location: str) -> Path | None:
    """Return the file a store lives in; None for a server."""
    if "://" not in location:
        return Path(location)
    return Path(unquote(location.removeprefix("sqlite:///"))) if location.startswith("sqlite:///") else None


@contextmanager
def created_store(location: str) -> Iterator["RegisterStore"]:
    """Open a store; make it where there is none."""
    from tallystick.adapters.stores import open_store

    with closing(open_store(location, key_secret)) as store:
        yield store


@cache
def key_secret(source: str = "") -> str:
    """Fetch the key of a sealed store from where it is kept; nobody is asked twice.

    Args:
        source: where; the setting if not given.

    Raises:
        ConfigError: there is none.
    """
    from tallystick.adapters.secret_sources import read_secret

    return read_secret(source or os.environ.get(KEY.variable, ""))


def files_digest(paths: Sequence[Path]) -> bytes:
    """Return what tells one edition's files from another's (SHA-256, 32 bytes)."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.digest()


def indexer() -> "Indexer":
    """Return what computes by which keys a record is found, with the shipped parameters."""
    from tallystick.matching import default_parameters
    from tallystick.matching.indexing import Searcher
    from tallystick.node.ports import IndexEntry

    searcher = Searcher(default_parameters())
    return lambda lines: [IndexEntry(keys=keys, parts=parts, forms=forms) for keys, parts, forms in searcher.entries(lines)]


def chosen_parameters(file: Path | None, frequencies: Path | None) -> "Parameters":
    """Return the shipped parameters, with either file in place of the shipped one.

    Raises:
        ConfigError: a file cannot be read, or holds no parameters.
    """
    from tallystick.matching import default_parameters, read_parameters

    shipped = default_parameters()
    if file is None and frequencies is None:
        return shipped
    text = shipped.text if file is None else _text_of(file)
    return read_parameters(text, shipped.frequencies if frequencies is None else _text_of(frequencies))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"parameter file {file} cannot be read", hint=(error.strerror or "check the path").lower()) from None
    except UnicodeDecodeError:
        raise ConfigError(f"parameter file {file} is not UTF-8", hint="give a file that `tallystick weights` wrote") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """How to link.

    Attributes:
        name: "native", "duckdb", "memory", or "keys" (by match keys alone).
        work: folder that keeps finished batches; None for none.
        memory: how much memory the join of "duckdb" may take.
    """

    name: str = "native"
    work: Path | None = None
    memory: str = MEMORY.default


@contextmanager
def linking_engine(choice: EngineChoice) -> Iterator["MakeEngine"]:
    """Open what makes the engine of a linking run.

    Raises:
        ConfigError: the engine keeps nothing in a work folder, or the folder belongs to another run.
    """
    from tallystick.linkage import KeysOnlyLinking, MemoryLinking

    alone: dict[str, MakeEngine] = {"keys": KeysOnlyLinking, "memory": MemoryLinking}
    if choice.name not in alone:
        with _bulk_engine(choice) as make:
            yield make
        return
    if choice.work is not None:
        raise ConfigError(f"linking by {choice.name} keeps nothing in a work folder", hint="leave --work out")
    yield alone[choice.name]


@contextmanager
def _bulk_engine(choice: EngineChoice) -> Iterator["MakeEngine"]:
    from tallystick.adapters.work_folder import opened_work_folder
    from tallystick.linkage import NativeLinking

    with ExitStack() as stack:
        aside = stack.enter_context(opened_work_folder(choice.work)) if choice.work else None
        join = None
        if choice.name == "duckdb":
            from tallystick.adapters.duckdb_linking import opened_join

            folder = aside.join_folder() if aside else Path(stack.enter_context(TemporaryDirectory(prefix="tallystick-")))
            join = stack.enter_context(opened_join(folder, choice.memory))
        yield partial(NativeLinking, join=join, aside=aside)


def finder(location: str, register: str) -> "Callable[[Record], list[Found]]":
    """Return what finds one person at a time in a register of a store; the store stays open as long as it is used."""
    from tallystick.adapters.stores import open_store
    from tallystick.node.finding import StoredRegister

    return StoredRegister(open_store(location, key_secret), register).find


class StoredSide:
    """A register of a store, read as a file of records is; see `node.explaining.Side`."""

    def __init__(self, store: "RegisterStore", name: str) -> None:
        store.register(name)
        self._store = store
        self._name = name

    def chunks(self) -> Iterator[bytes]:
        """Yield the records in chunks of whole lines."""
        from tallystick.adapters.record_files import joined

        return joined(self._store.lines(self._name))

    def record(self, record_id: str) -> "Record":
        """Return one record."""
        return self._store.record(self._name, record_id)

    def records(self, ids: Iterable[str]) -> "dict[str, Record]":
        """Return the records with these ids."""
        return {each: self.record(each) for each in ids}


@contextmanager
def opened_side(name: str, location: str, advance: "Advance" = lambda _: None) -> "Iterator[StoredSide | RecordFile]":
    """Open a file of records (.jsonl, .jsonl.gz), or else a register of the store."""
    from tallystick.adapters.record_files import RecordFile, is_record_file

    if is_record_file(name):
        yield RecordFile(Path(name), advance)
        return
    with opened_store(location) as store:
        yield StoredSide(store, name)


def report_folder(location: str) -> "ReportFolder":
    """Return the folder of reports."""
    from tallystick.adapters.report_folder import ReportFolder

    return ReportFolder(Path(location))


def rehearsal_machine() -> "Machine":
    """Return the clocks and the randomness of a rehearsal."""
    from tallystick.node.rehearsing import Machine

    return Machine(now_s=int(now().timestamp()), cpu_s=time.process_time, random=os.urandom)


def audit_files(folder: Path) -> "AuditFiles":
    """Return what reads the files of an audit log.

    Raises:
        InputError: there is no such folder.
    """
    from tallystick.adapters.audit_folder import AuditFiles

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder", hint="give the folder of an audit log: the one that holds `checkpoint`")
    return AuditFiles(folder)


def verifier_keys(given: Iterable[str]) -> "list[VerifierKey]":
    """Read verifier keys; each is the key itself, or a file with one in each line.

    Raises:
        InputError: one is neither.
    """
    from tallystick.audit import read_verifier_key

    texts = [line for each in given for line in (_key_lines(Path(each)) if Path(each).is_file() else [each])]
    return [read_verifier_key(text) for text in texts if text.strip()]


def _key_lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{file} holds no verifier keys", hint="one in each line: NAME+0123abcd+BASE64") from None
