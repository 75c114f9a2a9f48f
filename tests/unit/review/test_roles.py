"""Who may do what: default deny, and the page in docs says what the table says."""

import re
from pathlib import Path

import pytest

from tallystick.errors import InputError, NotAuthorizedError
from tallystick.review.roles import ALLOWED, PERSON_DATA, Action, Actor, Role

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "roles.md"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_an_action_is_allowed_exactly_as_the_table_says(role: Role, action: Action) -> None:
    actor = Actor("officer-7", role)
    assert actor.may(action) == (action in ALLOWED[role])
    if action in ALLOWED[role]:
        actor.need(action)
    else:
        with pytest.raises(NotAuthorizedError, match=f"may not {action.value}"):
            actor.need(action)


def test_every_role_has_its_row_and_every_action_somebody() -> None:
    assert set(ALLOWED) == set(Role)
    assert frozenset().union(*ALLOWED.values()) == set(Action)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR])
def test_who_keeps_keys_or_reads_the_log_sees_no_person(role: Role) -> None:
    assert not ALLOWED[role] & PERSON_DATA


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 64, "ü", "a\n"])
def test_a_name_that_no_entry_can_hold_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no pseudonym"):
        Actor(name, Role.OFFICER)


def test_the_page_shows_the_table() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|(.+)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    shown = {name: [cell.strip() == "yes" for cell in cells.split("|")] for name, cells in rows}
    assert shown == {action.value: [action in ALLOWED[role] for role in Role] for action in Action}
