"""The folder of a node: who it is, its keys, and where everything of it lies.

    node.toml                who the node is, where it listens, where its registers are
    keys/                    private keys and certificates, readable by their owner only
    node.db                  what the node knows of circles, epochs, hits (adapters/node_state.py)
    log/                     its audit log (adapters/audit_folder.py)
    indexes/CIRCLE/MEMBER/EPOCH/   own and fetched sealed indexes, key secrets of the watch
    reports/                 the reports its people read (adapters/report_folder.py)
    imports/                 lists that were handed in at the desk (adapters/import_folder.py)

Rules
 1. A private key is written once, with mode 0600, and never overwritten.
 2. `node.toml` holds no secret.
 3. Nothing here speaks to anybody.
"""

import os
import re
import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from tallystick.adapters.outputs import private_folder
from tallystick.adapters.pki import Credential, issue, make_authority, to_der
from tallystick.errors import ConfigError, RefusedError

SEED_BYTES = 32
_LIMITS = (
    "# What all of one partner's index may take in one circle, in MB: that of a million records takes some 230.",
    "[limits]",
    "largest_index_mb = 4096",
    "# Of how many hits one partner may tell in one circle on a day: each is an alert for people.",
    "notices_a_day = 2000",
    "# How large a list may be that is handed in at the desk, in MB.",
    "largest_upload_mb = 1024",
    "# How many characters a report may have that is handed in: of 20 million most are read in about a minute.",
    "report_chars = 20000000",
)
_COUNTRY = re.compile(r"(?:[a-z]{2})?\Z")
_SEEDS = ("signing", "log", "witness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a node is.

    Attributes:
        id: member id, as cards say it.
        name: the organisation as people call it.
        url: base URL partners reach it at.
        contact: whom partners call after a hit.
        listen: host and port it listens on.
        case_class: what partners are told of the kind of its cases at level 1.
        store: where its registers are (`--store`).
        country: where the organisation is, ISO 3166-1 alpha-2 in lower case; empty where nobody said.
    """

    id: str
    name: str
    url: str
    contact: str
    listen: str
    case_class: str
    store: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a node bears; an operator may set it under `[limits]`.

    Attributes:
        largest_index_mb: what all of one partner's index may take in one circle, in MB (1,000,000 bytes).
        notices_a_day: of how many hits one partner may tell in one circle on a day, and how many handles it may open.
        largest_upload_mb: how large a list may be that is handed in at the desk, in MB.
        report_chars: how many characters the text of a report may have that is handed in.
    """

    largest_index_mb: Annotated[int, msgspec.Meta(ge=1, le=1 << 30)] = 4096
    notices_a_day: Annotated[int, msgspec.Meta(ge=1, le=1 << 30)] = 2000
    largest_upload_mb: Annotated[int, msgspec.Meta(ge=1, le=1 << 30)] = 1024
    report_chars: Annotated[int, msgspec.Meta(ge=1, le=1 << 28)] = 20_000_000


_NEEDED = [name for name in Identity.__dataclass_fields__ if name != "country"]


class NodeFolder:
    """An opened node folder."""

    def __init__(self, folder: Path, identity: Identity, limits: Limits = Limits()) -> None:
        self.folder = folder
        self.identity = identity
        self.limits = limits

    @property
    def database(self) -> Path:
        """The node's own database."""
        return self.folder / "node.db"

    @property
    def log(self) -> Path:
        """The audit log."""
        return self.folder / "log"

    @property
    def reports(self) -> Path:
        """The reports its people read."""
        return self.folder / "reports"

    @property
    def imports(self) -> Path:
        """The lists that were handed in at its desk."""
        return self.folder / "imports"

    @property
    def certificate(self) -> Path:
        """The node's TLS certificate, PEM."""
        return self.folder / "keys" / "tls.pem"

    @property
    def key(self) -> Path:
        """The private key of that certificate, PEM."""
        return self.folder / "keys" / "tls.key"

    @property
    def store(self) -> str:
        """Where the node's registers are; a relative path counts from the folder."""
        location = self.identity.store
        return location if "://" in location else str(self.folder / location)

    def root(self) -> bytes:
        """Return the organisation's root certificate, DER."""
        return to_der(self._read("ca.pem"))

    def seed(self, name: str) -> bytes:
        """Return a 32-byte secret: "signing", "log" or "witness".

        Raises:
            ConfigError: it is gone or damaged.
        """
        seed = self._read(f"{name}.seed")
        if len(seed) != SEED_BYTES:
            raise ConfigError(f"keys/{name}.seed is damaged", hint="restore it from the backup of this node")
        return seed

    def index_folder(self, circle: str, member: str, epoch: int) -> Path:
        """Return where an index lies; ids were checked when they came in."""
        return self.folder / "indexes" / circle / member / str(epoch)

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / "keys" / name).read_bytes()
        except OSError:
            raise ConfigError(f"keys/{name} cannot be read", hint="restore it from the backup of this node") from None


def make_node_folder(folder: Path, identity: Identity, hosts: list[str], now: datetime) -> NodeFolder:
    """Make the folder of a new node, with fresh keys and a small certification authority.

    Args:
        folder: where; made if absent.
        identity: who.
        hosts: names and addresses its certificate is good for.
        now: the time certificates begin.

    Raises:
        RefusedError: there is a node already.
    """
    if (folder / "node.toml").exists():
        raise RefusedError(
            f"there is a node in {folder} already", hint="give another folder; a node's keys are never overwritten"
        )
    keys = folder / "keys"
    private_folder(keys)
    folder.chmod(0o700)
    authority = make_authority(identity.name, now)
    _write_credential(keys, "ca", authority)
    _write_credential(keys, "tls", issue(authority, hosts, now))
    for name in _SEEDS:
        _write_secret(keys / f"{name}.seed", secrets.token_bytes(SEED_BYTES))
    _write_secret(folder / "node.toml", _toml(identity).encode())
    return NodeFolder(folder, identity)


def open_node_folder(folder: Path) -> NodeFolder:
    """Open the folder of a node.

    Raises:
        ConfigError: there is none, or its settings cannot be read.
    """
    try:
        settings = tomllib.loads((folder / "node.toml").read_text(encoding="utf-8"))
        node = settings["node"]
        values = {"country": node.get("country", ""), **{name: node[name] for name in _NEEDED}}
    except FileNotFoundError:
        raise ConfigError(
            f"there is no node in {folder}", hint="make one with `tallystick node init`, or say --node DIR"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ConfigError(f"{folder / 'node.toml'} cannot be read", hint="correct the file, or restore it") from None
    except (KeyError, TypeError) as error:
        raise ConfigError(f"{folder / 'node.toml'} lacks a setting", hint=f"add {error} under [node]") from None
    if not all(isinstance(value, str) for value in values.values()):
        raise ConfigError(f"{folder / 'node.toml'} has a setting that is no text", hint="put every value in quotes")
    if _COUNTRY.match(values["country"]) is None:
        raise ConfigError("`country` in node.toml is no country code", hint="write its two letters in lower case, such as fr")
    return NodeFolder(folder, Identity(**values), _limits(settings.get("limits", {})))


def _limits(said: object) -> Limits:
    try:
        return msgspec.convert(said, Limits)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"`[limits]` in node.toml cannot be used: {error}", hint="write for example `largest_index_mb = 4096`"
        ) from None


def renew_certificate(node: NodeFolder, hosts: list[str], now: datetime) -> None:
    """Issue the node's TLS certificate anew; partners pin the root, so nobody needs to be told."""
    keys = node.folder / "keys"
    authority = Credential((keys / "ca.key").read_bytes(), (keys / "ca.pem").read_bytes())
    fresh = issue(authority, hosts, now)
    for name, content in (("tls.key", fresh.key), ("tls.pem", fresh.certificate)):
        _write_secret(keys / f"{name}.new", content)
        (keys / f"{name}.new").replace(keys / name)


def _toml(identity: Identity) -> str:
    lines = [f"{name} = {_quoted(getattr(identity, name))}" for name in Identity.__dataclass_fields__]
    first = "# Who this node is. Partners know id, name, url and contact from its card."
    return "\n".join([first, "[node]", *lines, "", *_LIMITS, ""])


def _quoted(text: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < ord(" ") or c in '"\\\x7f' else c for c in text)
    return f'"{escaped}"'


def _write_credential(folder: Path, name: str, credential: Credential) -> None:
    _write_secret(folder / f"{name}.key", credential.key)
    _write_secret(folder / f"{name}.pem", credential.certificate)


def _write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, durably; an existing one stays."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
