"""Opens the store a URL names. Knows which stores there are, nothing about what is in them."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tallystick.errors import ConfigError
from tallystick.node.ports import RegisterStore


def open_store(url: str) -> RegisterStore:
    """Open the register store at a URL.

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


def _open_sqlite(path: str) -> RegisterStore:
    if not path:
        raise ConfigError("store has no path", hint="write a path, sqlite:///path, or postgresql://user@host/database")
    from tallystick.adapters.sqlite import SqliteStore  # noqa: PLC0415 - as above

    return SqliteStore(Path(path))
