"""Which store a URL opens."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tallystick.adapters.stores import open_store, without_password
from tallystick.errors import ConfigError


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_a_path_and_a_sqlite_url_open_the_same_file(tmp_path: Path, prefix: str) -> None:
    path = tmp_path / "my registers.db"
    with closing(open_store(f"{prefix}{path}" if not prefix else f"{prefix}{path}".replace(" ", "%20"))):
        assert path.exists()


def test_a_relative_url_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store("sqlite:///registers.db")):
        assert (tmp_path / "registers.db").exists()


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "sqlite://host/path", "mysql://ada:hunter2@host/x"])
def test_what_names_no_store_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value) + caught.value.hint
    assert caught.value.hint


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("registers.db", "registers.db"),
        ("sqlite:////srv/registers.db", "sqlite:////srv/registers.db"),
        ("postgresql://ada:p%40ss@db:5432/x?sslmode=require", "postgresql://ada@db:5432/x"),
        ("postgresql:///x?password=hunter2", "postgresql:///x"),
    ],
)
def test_a_url_can_be_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_a_sqlite_store_does_not_load_the_postgresql_driver(tmp_path: Path) -> None:
    code = (
        "import sys; from tallystick.adapters.stores import open_store; open_store(sys.argv[1]); print('psycopg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r.db")], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
