"""A private PostgreSQL server for the tests: made in a temporary folder, reached through a Unix socket only, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

_SETTINGS = {
    "listen_addresses": "",  # no network at all
    "fsync": "off",  # what is lost when the machine stops is a test's
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "64MB",
}


class Server:
    """A running server; `database()` makes a fresh database and returns its URL."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user
        self._numbers = count()

    def url(self, database: str) -> str:
        return f"postgresql://{self._user}@/{database}?host={self._folder}"

    def database(self, *, encoding: LiteralString = "UTF8") -> str:
        name = f"t{next(self._numbers)}"
        self._admin(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}").format(sql.Identifier(name), encoding))
        return self.url(name)

    def drop(self, url: str) -> None:
        self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def disconnect(self, url: str) -> None:
        """Cut every connection to a database, as a restart of the server would."""
        self._admin(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(_name(url)))

    def _admin(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def server() -> Iterator[Server]:
    """Run a server; skip without PostgreSQL, but fail where CI is set: there the tests must not be left out silently."""
    programs = _programs()
    if programs is None:
        reason = "needs PostgreSQL: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    user = _unprivileged_user()
    # The path of a Unix socket may have about 100 characters: pytest's own folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="tallystick-pg-"))
    try:
        shutil.chown(folder, user)
        data = folder / "data"
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        _run(
            user,
            [programs / "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", user, "-D", data],
        )
        start = " ".join([*options, f"-k{folder}"])
        _run(user, [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", start, "start"])
        try:
            yield Server(folder, user)
        finally:
            _run(user, [programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """Return the folder of initdb and pg_ctl; Debian keeps them off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _unprivileged_user() -> str:
    """Return who may run the server: ourselves, or `postgres` where we are root, whom it refuses."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _run(user: str, command: list[str | Path]) -> None:
    prefix = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if os.geteuid() == 0 else []
    # stdin and stdout are not inherited: the server would hold pytest's open.
    done = subprocess.run(
        [*prefix, *map(str, command)], cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        pytest.fail(f"{Path(command[0]).name} failed: {done.stderr}")


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
