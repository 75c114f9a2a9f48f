"""A node whose audit log alone was put back, or begun anew, does not open: nobody shortens it in silence."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.nodes import made_folder
from tallystick.adapters.audit_folder import opened_audit_log
from tallystick.adapters.node_folder import open_node_folder
from tallystick.audit.entries import Other
from tallystick.errors import IntegrityError
from tallystick.wiring.nodes import log_key, opened_node


def used(folder: Path, *texts: str) -> None:
    """Open a node, let something be recorded, close it."""
    with opened_node(folder) as node:
        for text in texts:
            node.log.append([Other(time=datetime.now(UTC).replace(microsecond=0), kind="x", text=text)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = made_folder(tmp_path / "west", "west")
    used(made, "first")
    shutil.copytree(made, tmp_path / "before")
    used(made, "who looked", "at whom")
    return made


def put_back(folder: Path, what: str) -> None:
    shutil.rmtree(folder / what)
    shutil.copytree(folder.parent / "before" / what, folder / what)


def test_a_log_that_was_put_back_is_noticed_until_the_right_one_is_there(folder: Path) -> None:
    shutil.copytree(folder / "log", folder.parent / "right")
    put_back(folder, "log")
    for _ in range(2):
        with pytest.raises(IntegrityError, match="not what this node left it as"):
            used(folder, "as if nothing had happened")
    shutil.rmtree(folder / "log")
    shutil.copytree(folder.parent / "right", folder / "log")
    used(folder, "on")


def test_a_log_that_grew_in_another_way_is_noticed(folder: Path) -> None:
    put_back(folder, "log")
    node = open_node_folder(folder)
    with opened_audit_log(node.log, log_key(node)) as log:
        log.append([Other(time=datetime.now(UTC).replace(microsecond=0), kind="x", text="somebody else")] * 20)
        log.publish()
    with pytest.raises(IntegrityError, match="not what this node left it as"):
        used(folder)


def test_a_log_that_is_gone_is_noticed(folder: Path) -> None:
    shutil.rmtree(folder / "log")
    with pytest.raises(IntegrityError, match="not what this node left it as"):
        used(folder)


def test_a_folder_that_was_put_back_as_a_whole_is_an_older_one(folder: Path) -> None:
    """Its own node cannot know; who cosigned its log does."""
    shutil.rmtree(folder)
    shutil.copytree(folder.parent / "before", folder)
    used(folder, "on")
