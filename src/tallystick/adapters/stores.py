"""Opens the store a URL names. Knows which stores there are, nothing about what is in them."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tallystick.errors import ConfigError, RefusedError
from tallystick.node.ports import RegisterStore

if TYPE_CHECKING:
    from tallystick.adapters.sealed_store import SealableStore
    from tallystick.adapters.sealing import Sealer

Secret = Callable[[], str]
"""Fetches the key of a sealed store; called only where a store is sealed."""


def _no_secret() -> str:
    raise ConfigError("the store is sealed and no key is given", hint="set TALLYSTICK_KEY to the file of its key")


def open_store(url: str, secret: Secret = _no_secret) -> RegisterStore:
    """Open the register store at a URL, through its seal where it has one.

    Args:
        url: see `open_unsealed`.
        secret: fetches the key of a sealed store.

    Raises:
        ConfigError: as `open_unsealed`; or the store is sealed and there is no key.
        RefusedError: the key is not one of this store's.
    """
    store = open_unsealed(url)
    try:
        envelope = store.envelope()
        if envelope is None:
            return store
        from tallystick.adapters.sealed_store import SealedStore  # noqa: PLC0415 - as below
        from tallystick.adapters.sealing import Sealer, open_envelope  # noqa: PLC0415 - as below

        return SealedStore(store, Sealer(open_envelope(envelope, secret())))
    except BaseException:
        store.close()
        raise


def opened_sealer(url: str, secret: Secret = _no_secret) -> "Sealer | None":
    """Return what seals the lines of the store at a URL; None where it is not sealed.

    Raises:
        ConfigError: as `open_store`.
        RefusedError: the key is not one of this store's.
    """
    with closing(open_unsealed(url)) as store:
        envelope = store.envelope()
    if envelope is None:
        return None
    from tallystick.adapters.sealing import Sealer, open_envelope  # noqa: PLC0415 - as below

    return Sealer(open_envelope(envelope, secret()))


def seal_store(url: str, secret: Secret, also_for: Sequence[str] = ()) -> None:
    """Seal a store that holds nothing yet; make it where there is none.

    Args:
        url: see `open_unsealed`.
        secret: fetches the key that is to open it.
        also_for: recipients whose keys are to open it, too.

    Raises:
        RefusedError: it is sealed already, or holds registers.
    """
    from tallystick.adapters.sealing import make_envelope, new_data_key  # noqa: PLC0415 - as below

    with closing(open_unsealed(url)) as store:
        if store.envelope() is not None:
            raise RefusedError("the store is sealed already", hint="change its key with `tallystick key change`")
        store.put_envelope(make_envelope(new_data_key(), secret(), also_for))


def is_sealed(url: str) -> bool:
    """Return whether nobody reads the store without its key."""
    with closing(open_unsealed(url)) as store:
        return store.envelope() is not None


def change_seal(url: str, secret: Secret, new_secret: Secret, also_for: Sequence[str] = ()) -> None:
    """Let other keys open a sealed store, and the old ones no more; its records stay as they are.

    Raises:
        RefusedError: the store is not sealed, or the old key is not one of its.
    """
    from tallystick.adapters.sealing import make_envelope, open_envelope  # noqa: PLC0415 - as below

    with closing(open_unsealed(url)) as store:
        envelope = store.envelope()
        if envelope is None:
            raise RefusedError("the store is not sealed", hint="make a sealed one with `tallystick init --sealed`")
        store.put_envelope(make_envelope(open_envelope(envelope, secret()), new_secret(), also_for))


def open_unsealed(url: str) -> "SealableStore":
    """Open the register store at a URL as it lies there.

    Args:
        url: `sqlite:///relative/path`, `sqlite:////absolute/path` or a plain path for a SQLite file, created when it is not
            there; `postgresql://user@host/database` for PostgreSQL.

    Raises:
        ConfigError: no such kind of store, a broken URL, or a store of another program or a newer version.
        StoreBusyError: the store is locked or cannot be reached.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _open_sqlite(url)
    if scheme == "sqlite":
        return _open_sqlite(_sqlite_path(rest))
    if scheme in {"postgresql", "postgres"}:
        # Only who has such a store loads the driver: a short command must start fast.
        from tallystick.adapters.postgres import PostgresStore  # noqa: PLC0415

        return PostgresStore(url)
    raise ConfigError("there is no such kind of store", hint="write a path, sqlite:///path, or postgresql://user@host/database")


def without_password(url: str) -> str:
    """Return a store URL that may be shown: without password and options."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or ""
    return f"{parts.scheme}://{user}{'@' if user else ''}{host}{parts.path}"


def _sqlite_path(rest: str) -> str:
    host, slash, path = rest.partition("/")
    if host or not slash or not path:
        raise ConfigError("store URL names no file", hint="write sqlite:///path, with three slashes; four for an absolute path")
    return unquote(path)


def _open_sqlite(path: str) -> "SealableStore":
    if not path:
        raise ConfigError("store has no path", hint="write a path, sqlite:///path, or postgresql://user@host/database")
    from tallystick.adapters.sqlite import SqliteStore  # noqa: PLC0415 - as above

    return SqliteStore(Path(path))
