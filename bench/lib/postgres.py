"""A PostgreSQL server of the benchmarks' own, with the settings it comes with: made once below .bench, reached by a socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.lib import places


@contextmanager
def server() -> Iterator[str]:
    """Run it; yields the beginning and the end of the URL of a database, to be filled in with its name: `.format(name)`.

    Raises:
        SkippedError: there is no PostgreSQL here.
    """
    programs = _programs()
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    data = places.scratch("postgres", "data")
    with tempfile.TemporaryDirectory(prefix="tallystick-pg-") as place:
        for folder in (place, data.parent):
            shutil.chown(folder, user)
        if not (data / "PG_VERSION").exists():
            _run(user, programs / "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", user, "-D", data)
        options = f"-clisten_addresses= -k{place}"
        _run(user, programs / "pg_ctl", "-D", data, "-w", "-l", f"{place}/log", "-o", options, "start")
        try:
            yield f"postgresql://{user}@/{{}}?host={place}"
        finally:
            _run(user, programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def database(url: str, name: str) -> bool:
    """Make a database where there is none; returns whether it was made now."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url.format("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return False
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        return True


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise places.SkippedError("there is no PostgreSQL: apt-get install postgresql")
    return (found[-1] if found else Path(str(on_path))).parent


def _run(user: str, *words: str | Path) -> None:
    prefix = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, words)], cwd="/", check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
