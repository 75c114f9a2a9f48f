"""`tallystick staff` as people use it."""

import json
from pathlib import Path

import pytest

from lib.nodes import made_folder
from lib.transcripts import in_process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_folder(tmp_path / "police-a", "police-a")


def test_somebody_is_added_listed_and_disabled(folder: Path) -> None:
    added = in_process("staff", "add", "officer-7", "--role", "officer", "--person", "Somebody", "--node", folder)
    assert added.code == 0, added.err
    assert "starting password" in added.out
    assert "shown once" in added.err
    listed = in_process("staff", "list", "--node", folder)
    assert "officer-7" in listed.out
    assert "may sign in" in listed.out
    assert in_process("staff", "disable", "officer-7", "--node", folder).code == 0
    assert "disabled" in in_process("staff", "list", "--node", folder).out
    assert in_process("staff", "disable", "officer-7", "--again", "--node", folder).code == 0
    again = in_process("staff", "password", "officer-7", "--json", "--node", folder)
    assert '"starting_password":"' in again.out
    factor = in_process("staff", "second-factor", "officer-7", "--node", folder)
    assert [line for line in factor.out.splitlines() if line.startswith("otpauth://totp/") and line.endswith("period=30")]
    assert in_process("staff", "second-factor", "officer-7", "--drop", "--node", folder).code == 0


def test_a_program_is_given_a_token_which_is_listed_and_revoked(folder: Path) -> None:
    assert in_process("staff", "add", "crm", "--role", "officer", "--node", folder).code == 0
    made = in_process("staff", "token", "crm", "--days", "30", "--label", "customers", "--json", "--node", folder)
    said = json.loads(made.out)
    assert said["token"].startswith(f"tallystick-{said['id']}-")
    shown = in_process("staff", "token", "crm", "--node", folder)
    assert "tallystick-" in shown.out
    assert "shown once" in shown.err
    listed = in_process("staff", "tokens", "--node", folder)
    assert (said["id"] in listed.out, said["token"] in listed.out) == (True, False)
    assert in_process("staff", "revoke", said["id"], "--node", folder).code == 0
    assert said["id"] not in in_process("staff", "tokens", "--json", "--node", folder).out
    assert in_process("staff", "revoke", said["id"], "--node", folder).code == 3
    assert in_process("staff", "token", "crm", "--days", "400", "--node", folder).code == 2


def test_a_name_that_no_log_could_hold_is_refused(folder: Path) -> None:
    assert in_process("staff", "add", "Some body", "--role", "officer", "--node", folder).code == 3
    assert in_process("staff", "disable", "nobody", "--node", folder).code == 3
    assert in_process("staff", "add", "x", "--role", "king", "--node", folder).code == 2
