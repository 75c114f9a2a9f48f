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

import difflib
import os
import re
import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tallystick.adapters.outputs import private_folder, written
from tallystick.adapters.pki import Credential, expires_at, hosts_of, issue, make_authority, to_der
from tallystick.errors import ConfigError, InputError, RefusedError
from tallystick.exchange.agreement import Url
from tallystick.exchange.canonical import Id, Name, Text500

SEED_BYTES = 32
RENEWED_WITHIN = timedelta(days=60)
"""How long before its end a certificate is issued anew when its node is started."""
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
_AT_LINE = re.compile(r"\(at line (\d+)")
_STORE_LINE = re.compile(r"""^[ \t]*(?P<mark>["']?)store(?P=mark)[ \t]*=.*$""", re.MULTILINE)
_LAST_PORT = 65_535
_TOLD: dict[str, Any] = {"id": Id, "name": Name, "url": Url, "contact": Text500}
_TOLD_HINTS = {
    "id": "a-z, 0-9 and hyphens, beginning with a letter or digit, such as police-a",
    "name": "the organisation as people call it, on one line",
    "url": "https://host or https://host:port, in small letters, with nothing behind it",
    "contact": "whom a partner calls, on one line",
}
"""What a card says of a node that somebody typed (`exchange.agreement.Card`), and how it is written."""


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

    def authority(self, name: str) -> bytes:
        """Return the organisation's root certificate or its key, "ca.pem" or "ca.key", PEM.

        Raises:
            ConfigError: it is gone.
        """
        return self._read(name)

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
        InputError: a partner could not use what the card would say, or the node not listen there; nothing is made then.
        RefusedError: there is a node already.
    """
    check_identity(identity)
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


def check_identity(identity: Identity) -> None:
    """Check what partners will be told of a node, before it is made: a card cannot be corrected silently later.

    Raises:
        InputError: something of it that the specification does not allow.
    """
    for name, kind in _TOLD.items():
        said = getattr(identity, name)
        try:
            msgspec.convert(said if said.strip() else None, kind)
        except msgspec.ValidationError:
            raise InputError(f"--{name} is not what a card can say", hint=_TOLD_HINTS[name]) from None
    read_listen(identity.listen)


def read_listen(text: str) -> tuple[str, int]:
    """Return host and port of where a node listens.

    Raises:
        ConfigError: the text is not of that form.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        raise ConfigError("where the node listens (`listen`) is no host and port", hint="write 0.0.0.0:7443")
    return host.strip("[]"), int(port)


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
    except tomllib.TOMLDecodeError as error:
        place = _AT_LINE.search(str(error))
        raise ConfigError(
            f"{folder / 'node.toml'} is no TOML" + (f", at line {place[1]}" if place else ""), hint="correct it, or restore it"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{folder / 'node.toml'} cannot be read", hint="correct the file, or restore it") from None
    except (KeyError, TypeError) as error:
        raise ConfigError(f"{folder / 'node.toml'} lacks a setting", hint=f"add {error} under [node]") from None
    _refuse_unknown(settings)
    if not all(isinstance(value, str) for value in values.values()):
        raise ConfigError(f"{folder / 'node.toml'} has a setting that is no text", hint="put every value in quotes")
    if _COUNTRY.match(values["country"]) is None:
        raise ConfigError("`country` in node.toml is no country code", hint="write its two letters in lower case, such as fr")
    return NodeFolder(folder, Identity(**values), _limits(settings.get("limits", {})))


def _refuse_unknown(settings: dict[str, Any]) -> None:
    """Refuse a setting that nobody reads: it is a slip of the pen, and whoever wrote it believes that it holds."""
    known = {"node": Identity.__dataclass_fields__, "limits": Limits.__dataclass_fields__}
    for section, said in settings.items():
        if section not in known or not isinstance(said, dict):
            raise ConfigError(f"node.toml has `{section}`, which is no section", hint="there are [node] and [limits]")
        for name in said:
            if name not in known[section]:
                near = difflib.get_close_matches(name, known[section], 1)
                hint = f"`{near[0]}` is one" if near else "known are " + ", ".join(known[section])
                raise ConfigError(f"`{name}` in node.toml is no setting of [{section}]", hint=hint)


def _limits(said: object) -> Limits:
    try:
        return msgspec.convert(said, Limits)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"`[limits]` in node.toml cannot be used: {error}", hint="write for example `largest_index_mb = 4096`"
        ) from None


def renew_certificate(node: NodeFolder, hosts: list[str], now: datetime) -> None:
    """Issue the node's TLS certificate anew, for the hosts of the one before as well; partners pin the root, so nobody is told.

    Args:
        node: its folder.
        hosts: names and addresses it is good for beside those.
        now: when it begins.

    Raises:
        ConfigError: the organisation's root, or its key, is gone.
    """
    keys = node.folder / "keys"
    authority = Credential(node.authority("ca.key"), node.authority("ca.pem"))
    fresh = issue(authority, list(dict.fromkeys([*hosts, *_hosts_so_far(node)])), now)
    for name, content in (("tls.key", fresh.key), ("tls.pem", fresh.certificate)):
        _write_secret(keys / f"{name}.new", content)
        (keys / f"{name}.new").replace(keys / name)


def renew_if_due(node: NodeFolder, now: datetime) -> bool:
    """Issue the node's certificate anew where it ends within RENEWED_WITHIN; return whether it was.

    An organisation that keeps the key of its root elsewhere renews by itself: without that key nothing is done.
    """
    try:
        is_due = expires_at(node.certificate.read_bytes()) - now < RENEWED_WITHIN
    except (OSError, ValueError):
        return False  # what is wrong with it, whoever uses it says
    if not is_due or not (node.folder / "keys" / "ca.key").is_file():
        return False
    renew_certificate(node, [], now)
    return True


def _hosts_so_far(node: NodeFolder) -> list[str]:
    try:
        return hosts_of(node.certificate.read_bytes())
    except (OSError, ValueError):  # it is gone, or damaged: that may be why it is issued anew
        return []


def point_to_store(folder: Path, store: str) -> None:
    """Have a node find its registers elsewhere, by the line `store` of its settings.

    Args:
        folder: of the node.
        store: the URL.

    Raises:
        ConfigError: the settings cannot be read, or their line `store` cannot be changed; nothing is changed then.
    """
    open_node_folder(folder)
    path = folder / "node.toml"
    text = _STORE_LINE.sub(lambda _: f"store = {_quoted(store)}", path.read_text(encoding="utf-8"), count=1)
    if _store_in(text) != store:
        raise ConfigError(f"the line `store` in {path} cannot be changed", hint="write there where the registers are now")
    with written(path, durable=True) as write:
        write(text.encode())


def _store_in(settings: str) -> object:
    """Return the store that settings name; None where they cannot be read."""
    try:
        return tomllib.loads(settings)["node"]["store"]
    except tomllib.TOMLDecodeError:
        return None


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
