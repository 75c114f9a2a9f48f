"""The bootstrap on machines that lack something: says what and why, installs only that, and gives up with advice."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "system-packages"
TOOLS = ("sh", "cut", "sort", "head", "awk", "sed", "tee", "mkdir", "env", "ls", "true")


@dataclass
class Machine:
    """A machine made of nothing but a folder of programs."""

    bin: Path

    def has(self, name: str, script: str = "exit 0") -> None:
        program = self.bin / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    def run(self, task: str) -> tuple[int, str]:
        done = subprocess.run(
            [SCRIPT, task],
            env={"PATH": str(self.bin), "RUST_SIDE_BY_SIDE": f"{self.bin}/rust-*/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    @property
    def installed(self) -> str:
        log = self.bin / "log"
        return log.read_text(encoding="utf-8") if log.exists() else ""


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """Return a Debian without anything, used by root; its apt-get writes down what it was asked for."""
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / tool).symlink_to(found)
    machine = Machine(tmp_path)
    machine.has("id", "echo 0")
    machine.has("dpkg", "exit 1")
    machine.has("apt-get", f'case "$1" in install) echo "$@" >> {tmp_path}/log ;; esac')
    machine.has("apt-cache", 'case "$2" in cargo) echo "  Candidate: 1.90.0+dfsg1-2" ;; *) echo "  Candidate: (none)" ;; esac')
    return machine


@pytest.fixture
def whole(bare: Machine) -> Machine:
    """Return the same machine with everything there."""
    for name in ("python3", "c++", "pkg-config", "cargo", "cargo-fmt", "cargo-clippy", "initdb", "chromium"):
        bare.has(name)
    bare.has("rustc", "echo rustc 1.90.0")
    return bare


@pytest.mark.parametrize("task", ["build", "test", "check"])
def test_nothing_missing_nothing_done(whole: Machine, task: str) -> None:
    (whole.bin / "apt-get").unlink()
    assert whole.run(task) == (0, f"system: nothing is missing to {task}\n")


def test_a_bare_machine_gets_what_it_lacks_and_is_told_why(bare: Machine) -> None:
    code, said = bare.run("build")
    for package in ("python3", "python3-venv", "python3-dev", "build-essential", "pkg-config", "libicu-dev", "cargo"):
        assert f"system: {package} is missing: " in said
        assert f" {package}" in bare.installed
    # This apt-get installs nothing, so there is no compiler afterwards, and that is noticed.
    assert code == 1
    assert "no rustc >= 1.85 is found" in said


def test_only_what_is_missing_is_installed(whole: Machine) -> None:
    (whole.bin / "initdb").unlink()
    code, said = whole.run("test")
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        assert "system: postgresql is missing: " in said
        assert whole.installed.split()[-1] == "postgresql"
    assert code == 0


def test_the_browser_is_installed_where_there_is_none(whole: Machine) -> None:
    (whole.bin / "chromium").unlink()
    code, said = whole.run("test")
    assert code == 0
    assert "system: chromium is missing: " in said
    assert whole.installed.split()[-1] == "chromium"


def test_an_old_compiler_is_no_compiler(whole: Machine) -> None:
    whole.has("rustc", "echo rustc 1.63.0")
    whole.has("apt-cache", 'case "$2" in cargo) echo "  Candidate: 0.66.0" ;; *) echo "  Candidate: (none)" ;; esac')
    code, said = whole.run("build")
    assert code == 1
    assert "no package of this system holds Rust >= 1.85" in said
    assert "rustup" in said
    assert not whole.installed


def test_ubuntus_newest_side_by_side_compiler_is_taken(whole: Machine) -> None:
    whole.has("rustc", "echo rustc 1.75.0")
    candidates = "cargo) v=1.75.0 ;; cargo-1.8) v=1.80.0 ;; cargo-1.89) v=1.89.0 ;; cargo-1.100) v=1.100.0 ;; *) v='(none)' ;;"
    whole.has(
        "apt-cache",
        f'if [ "$1" = search ]; then printf "cargo-1.8 - x\\ncargo-1.89 - x\\ncargo-1.100 - x\\n"; exit 0; fi\n'
        f'case "$2" in {candidates} esac; echo "  Candidate: $v"',
    )
    whole.run("build")
    assert whole.installed.split()[-1] == "cargo-1.100"
    # Ubuntu puts it beside the old one, not on the path.
    beside = Machine(whole.bin / "rust-1.100" / "bin")
    beside.bin.mkdir(parents=True)
    beside.has("cargo")
    beside.has("rustc", "echo rustc 1.100.0")
    assert whole.run("build") == (0, "system: nothing is missing to build\n")


def test_an_old_python_is_said(whole: Machine) -> None:
    whole.has("python3", 'case "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac')
    code, said = whole.run("build")
    assert code == 1
    assert "Python 3.9.2 is too old: Python 3.11 or newer is needed" in said
    assert "make PYTHON=" in said


def test_no_debian_no_guess(bare: Machine) -> None:
    (bare.bin / "apt-get").unlink()
    code, said = bare.run("build")
    assert code == 1
    assert "this is no Debian or Ubuntu" in said
    assert "python3-venv" in said


def test_without_root_and_sudo_the_command_is_told(whole: Machine) -> None:
    whole.has("id", "echo 1000")
    (whole.bin / "c++").unlink()
    code, said = whole.run("build")
    assert code == 1
    assert "as root, run: apt-get install build-essential" in said
    assert not whole.installed


def test_sudo_is_used_where_there_is_one(whole: Machine) -> None:
    whole.has("id", "echo 1000")
    whole.has("sudo", 'exec "$@"')
    (whole.bin / "c++").unlink()
    code, _ = whole.run("build")
    assert code == 0
    assert whole.installed.split()[-1] == "build-essential"


def test_make_lists_its_tasks() -> None:
    environment = {**os.environ, "MAKEFLAGS": ""}
    done = subprocess.run(["make", "-C", ROOT, "help"], capture_output=True, text=True, check=True, env=environment)
    for task in ("demo", "demo-linking", "test", "check", "fix", "bench", "clean"):
        assert f"make {task} " in done.stdout
