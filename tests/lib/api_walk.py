"""Walks over the interface of a desk as its description says: made-up requests, and what each answer must be like."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from lib.desks import Desk, desk_of, password_of
from lib.nodes import agree, fill, nodes, offer, person
from tallystick.desk import access
from tallystick.desk.guarding import form_token
from tallystick.desk.programs.interface import description
from tallystick.review.roles import Role

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_KNOWN = {"register": "wanted", "record": "a1", "index": "0", "circle": "border", "name": "officer-9"}
"""What there is, beside what is made up."""
_SENT = frozenset({"method", "url", "headers", "params", "json", "content", "data"})
_ORDER = ("open", "enrol", "code")
_FOR_PROGRAMS = ("program-", "reconcile")


@contextmanager
def walked_desk(root: Path) -> Iterator[Desk]:
    """Make a desk where there is something of everything: cases, an encounter, accounts that may be changed."""
    with nodes(root, "police-a", "police-b") as (a, b):
        for node, prefix in ((a, "a"), (b, "b")):
            who = [person(f"{prefix}{n}", f"Tomasin{n * 'a'} Verhoovel", born=f"198{n}-04-17") for n in range(1, 6)]
            fill(node.folder, *who)
        agree(a, b)
        for node in (a, b):
            offer(node)
        for node in (a, b, a, b):
            node.do("sync", circle="")
        with desk_of(a.open) as desk:
            for name, role in (("officer-9", Role.OFFICER), ("approver-9", Role.APPROVER)):
                desk.staff.add(name, role, password=password_of(name), by="test")
            met = {"name": "Tomasina Verhoovel", "kind": "border", "country": "be", "time": "2026-11-25", "reason": "a check"}
            assert desk.signed_in("officer").post("/encounters", met).status_code == 200
            yield desk


def operations() -> dict[str, Any]:
    """Return every operation of the description, by its id."""
    found: list[Any] = [each.ok() for each in schemathesis.openapi.from_dict(description()).get_all_operations()]  # type: ignore[union-attr]
    return {each.definition.raw["operationId"]: each for each in found}


def walk(desk: Desk, name: str, operation: Any, examples: int) -> None:  # noqa: ANN401 - the library's own type
    """Send made-up requests of one operation, and check each answer; cases 5 and 6 are left alone."""
    kinds = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    key = desk.open.tokens.make("officer-1", days=1, by="test")[0] if name.startswith(_FOR_PROGRAMS) else ""

    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(*kinds), number=st.integers(0, 4))
    def one(case: Any, number: int) -> None:  # noqa: ANN401
        if number:
            known = {**_KNOWN, "number": str(number)}
            case.path_parameters = {each: known.get(each, value) for each, value in (case.path_parameters or {}).items()}
        headers = {"Authorization": f"Bearer {key}"} if key else _session(desk, name)
        case.validate_response(_sent(desk, case, headers), checks=_CHECKS)

    one()


def _sent(desk: Desk, case: Any, headers: dict[str, str]) -> httpx.Response:  # noqa: ANN401
    made = case.as_transport_kwargs(base_url="http://127.0.0.1:8480", headers=headers)
    if isinstance(made.get("data"), bytes | str):
        made["content"] = made.pop("data")
    given = {name: value for name, value in made.items() if name in _SENT}
    return desk.client().request(given.pop("method"), given.pop("url"), **given)


def _session(desk: Desk, name: str) -> dict[str, str]:
    """Return the headers of somebody who may, with a session that was just begun; none where nobody needs to sign in."""
    if access.NEEDS[name] == access.OPEN and name not in access.DEMANDS:
        return {}
    role = next(role for role in Role if access.may(name, desk.staff.account(f"{role.value}-1")))
    demand = access.DEMANDS.get(name, frozenset({"open"}))
    account = {"open": f"{role.value}-1", "code": "approver-1", "enrol": "approver-9"}[min(demand - {"change"}, key=_ORDER.index)]
    token, _ = desk.staff._begin(account, code_given="open" in demand)
    return {"Cookie": f"tallystick-{desk.node.card.id}={token}", "X-CSRF-Token": form_token(token)}
