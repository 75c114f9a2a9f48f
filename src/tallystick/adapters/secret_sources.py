"""Where the key of a sealed store is kept: in a file, with a program, or in somebody's head.

A program that is run and prints the secret (`vault kv get ...`, `pass show ...`) is the way to key managers and to
hardware: whatever keeps the secret needs no code here.

Rules
 1. A secret is an age identity or a passphrase; it is never written, logged or shown.
 2. What a program says to standard error goes to the person who waits; what it prints is the secret and goes nowhere.
"""

import getpass
import os
import shlex
import stat
import subprocess
from pathlib import Path

from tallystick.adapters.sealing import IDENTITY
from tallystick.errors import ConfigError

ASK = "ask:"
RUN = "run:"
PROGRAM_TIMEOUT_S = 60
_MOST_BYTES = 10_000


def read_secret(source: str) -> str:
    """Return the secret that a setting points to.

    Args:
        source: a path, `ask:`, or `run:PROGRAM ARGUMENTS`.

    Raises:
        ConfigError: nothing is set, or there is no secret where it points.
    """
    if not source:
        raise ConfigError("the store is sealed and no key is given", hint="set TALLYSTICK_KEY to the file of its key")
    if source == ASK:
        text = getpass.getpass("passphrase of the store: ")
    elif source.startswith(RUN):
        text = _printed(shlex.split(source.removeprefix(RUN)))
    else:
        text = _kept(Path(source))
    return _secret_in(text)


def write_identity(path: Path, identity: str, recipient: str) -> None:
    """Write an identity to a new file that only its owner reads, as age's own tools write it.

    Raises:
        ConfigError: the file is there already, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} is there already", hint="a key is never overwritten: give another name") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written", hint=(error.strerror or "check the folder").lower()) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# public key: {recipient}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())


def _secret_in(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    identities = [line for line in lines if line.startswith(IDENTITY)]
    secrets = identities or lines
    if len(secrets) != 1:
        raise ConfigError("the key is not one line", hint="give a file with one age identity, or with one passphrase")
    return secrets[0]


def _kept(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IRGRP | stat.S_IROTH):
                raise ConfigError(f"key file {path} can be read by others", hint=f"chmod 600 {path}")
            return file.read(_MOST_BYTES).decode()
    except OSError as error:
        raise ConfigError(f"key file {path} cannot be read", hint=(error.strerror or "check the path").lower()) from None
    except UnicodeDecodeError:
        raise ConfigError(f"key file {path} is no text", hint="give a file that `tallystick key make` wrote") from None


def _printed(command: list[str]) -> str:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=PROGRAM_TIMEOUT_S, check=True)  # noqa: S603 - the setting names it
        return done.stdout[:_MOST_BYTES].decode()
    except (OSError, IndexError, subprocess.SubprocessError, UnicodeDecodeError):
        raise ConfigError(
            "the program that keeps the key did not give it", hint="run what TALLYSTICK_KEY says behind `run:` by hand and see"
        ) from None
