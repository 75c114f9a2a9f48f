"""`tallystick alerts` and `case`: what waits, and everything people do with a hit until it is closed."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tallystick.cli import exits
from tallystick.cli.case_printing import print_case, shown_value
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option, officer_option
from tallystick.cli.output import Cell, number, print_json, print_table, short_moment

_F = TypeVar("_F", bound=Callable[..., Any])
STAGES = ("alert", "decided", "requested", "refused", "disclosed", "recalled", "footing", "outcome", "withdrawn", "closed")
ROLES = ("officer", "approver", "administrator", "auditor", "supervisor")
VERDICTS = ("same", "not-same", "undecided")
OUTCOMES = ("acted", "no-action", "other-person", "not-usable", "no-longer-needed")
USES = ("look", "proceedings", "pass-on", "publish")
URGENCIES = ("urgent", "direct", "routine")
_STYLES = {"alert": "bold green", "requested": "yellow", "recalled": "bold red", "footing": "bold red", "closed": "dim"}


def role_option(default: str) -> Callable[[_F], _F]:
    """Add --role."""
    text = "In which role; what each may do: docs/reference/roles.md."
    return click.option("--role", type=click.Choice(ROLES), default=default, show_default=True, help=text)


def _case_command(role: str) -> Callable[[_F], _F]:
    """Add what every command on one case takes."""

    def decorated(command: _F) -> _F:
        return click.argument("number", metavar="CASE", type=click.IntRange(min=1))(
            officer_option(role_option(role)(node_option(json_option(command))))
        )

    return decorated


_reason_option = click.option("--reason", required=True, help="Why, without personal data; the other side may read it.")


@click.command(short_help="Show what waits, by urgency.")
@click.option("--overdue", is_flag=True, help="Only what somebody has let the clock run out on, on either side.")
@click.option("--all", "everything", is_flag=True, help="What waits for partners, too.")
@officer_option
@role_option("officer")
@node_option
@json_option
def alerts(overdue: bool, everything: bool, officer: str, role: str, node: str, as_json: bool) -> int:
    """Show the cases that wait for this organisation, those due first before the others.

    Every hit of this node is a case, and so is every record of it that a
    partner asked about. Ends with 1 when nothing waits.

    \b
    Example:
      tallystick alerts --officer officer-7 --node police-a
    """
    wanted = {"open": True} if everything or overdue else None
    return _list({"officer": officer, "role": role, "filter": wanted, "overdue": overdue}, node, as_json=as_json)


@click.group(short_help="Carry a hit to its end.")
def case() -> None:
    """Carry a hit to its end: tell, decide, request, approve, report, close.

    The requester tells the holder, decides, requests fields and reports what
    came of it. The holder decides for itself, approves or refuses, and may
    call back what it disclosed. Both see the other's steps.
    """


@case.command("list")
@click.option("--stage", type=click.Choice(STAGES), default=None, help="Only these.")
@click.option("--side", type=click.Choice(["requester", "holder"]), default=None, help="Only where this node is the one.")
@click.option("--partner", default="", metavar="ID", help="Only with this partner.")
@click.option("--circle", default="", metavar="CIRCLE", help="Only of this circle.")
@officer_option
@role_option("officer")
@node_option
@json_option
def list_(
    stage: str | None, side: str | None, partner: str, circle: str, officer: str, role: str, node: str, as_json: bool
) -> int:  # fmt: skip
    """Show cases, open and closed. Ends with 1 when there are none.

    \b
    Example:
      tallystick case list --stage requested --side holder --officer officer-7 --node police-a
    """
    wanted = {"stage": stage or "", "side": side or "", "partner": partner, "circle": circle}
    return _list({"officer": officer, "role": role, "filter": wanted, "overdue": False}, node, as_json=as_json)


@case.command("show")
@_case_command("officer")
def show(number: int, officer: str, role: str, node: str, as_json: bool) -> None:
    """Show a case whole: both sides beside each other, and everything that happened.

    \b
    Example:
      tallystick case show 3 --officer officer-7 --node police-b
    """
    _do("case_show", {"case": number, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("tell")
@_reason_option
@click.option("--purpose", default="", metavar="CODE", help="A purpose of the circle; by default that of the case.")
@_case_command("officer")
def tell(number: int, reason: str, purpose: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Tell the holder of a hit, and hear whom to call. It learns that this record is of interest.

    An encounter does this by itself.

    \b
    Example:
      tallystick case tell 3 --reason "same person met at post 4" --officer officer-7 --node police-b
    """
    given = {"case": number, "reason": reason, "purpose": purpose, "officer": officer, "role": role}
    _do("case_tell", given, node, as_json=as_json)


@case.command("decide")
@_case_command("officer")
@click.argument("verdict", type=click.Choice(VERDICTS))
@_reason_option
def decide(number: int, verdict: str, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Say whether it is the same person. Said again, it revises; nothing is erased.

    Where two persons are demanded, the second says the same.

    \b
    Example:
      tallystick case decide 3 same --reason "passport number agrees" --officer officer-7 --node police-b
    """
    given = {"case": number, "verdict": verdict, "reason": reason, "officer": officer, "role": role}
    _do("case_decide", given, node, as_json=as_json)


@case.command("request")
@click.option(
    "--field", "fields", multiple=True, required=True, metavar="FIELD", help="names, birth_dates, ...; may be repeated."
)
@click.option("--urgency", type=click.Choice(URGENCIES), default=None, help="How soon; by default that of the alert.")
@_reason_option
@_case_command("officer")
def request(
    number: int, fields: tuple[str, ...], urgency: str | None, reason: str, officer: str, role: str, node: str, as_json: bool
) -> None:
    """Ask the holder for fields of its record.

    \b
    Example:
      tallystick case request 3 --field names --field birth_dates --reason "identity at the border" \\
          --officer officer-7 --node police-b
    """
    given = {"case": number, "fields": list(fields), "urgency": urgency, "reason": reason, "officer": officer, "role": role}
    _do("case_request", given, node, as_json=as_json)


@case.command("approve")
@click.option("--field", "fields", multiple=True, metavar="FIELD", help="Only these; by default all that are requested.")
@click.option("--handling", default="", metavar="CODE", help="Such as 'H1 TLP:AMBER'; by default that of the record.")
@click.option("--days", type=click.IntRange(1, 3660), default=None, help="Until the copy must be gone; 90 by default.")
@click.option(
    "--pass-on", type=click.IntRange(min=1), default=None, metavar="CASE", help="Pass on the copy of this case instead."
)
@_reason_option
@_case_command("approver")
def approve(
    number: int, fields: tuple[str, ...], handling: str, days: int | None, pass_on: int | None, reason: str, officer: str,
    role: str, node: str, as_json: bool,
) -> None:  # fmt: skip
    """Approve a request, whole or in part. The last approval that is needed discloses.

    \b
    Example:
      tallystick case approve 2 --field names --handling "H1 TLP:AMBER" --days 30 \\
          --reason "identity only" --officer approver-2 --node police-a
    """
    given = {
        "case": number, "fields": list(fields), "handling": handling, "days": days or 0, "reason": reason, "officer": officer,
        "role": role, "pass_on": pass_on or 0,
    }  # fmt: skip
    _do("case_approve", given, node, as_json=as_json)


@case.command("refuse")
@_reason_option
@_case_command("approver")
def refuse(number: int, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Refuse a request; the requester reads the reason.

    \b
    Example:
      tallystick case refuse 2 --reason "ask by mutual legal assistance" --officer approver-2 --node police-a
    """
    _do("case_refuse", {"case": number, "reason": reason, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("outcome")
@_case_command("officer")
@click.argument("code", type=click.Choice(OUTCOMES))
@click.option("--note", default="", help="In own words, without personal data; the holder reads it.")
def outcome(number: int, code: str, note: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Say what came of a hit. Both owners see it.

    \b
    Example:
      tallystick case outcome 3 acted --note "identified at the border" --officer officer-7 --node police-b
    """
    _do("case_outcome", {"case": number, "code": code, "note": note, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("close")
@click.option("--reason", default="", help="In own words.")
@_case_command("officer")
def close(number: int, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Close a case. A requester reports an outcome first.

    \b
    Example:
      tallystick case close 3 --officer officer-7 --node police-b
    """
    _do("case_close", {"case": number, "reason": reason, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("recall")
@click.option("--because", type=click.Choice(["corrected", "withdrawn", "expired", "handling"]), default="withdrawn",
              show_default=True, help="Why.")  # fmt: skip
@_case_command("approver")
def recall(number: int, because: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Call back what was disclosed. The copy goes at once; a person there acknowledges.

    A record that is corrected or removed recalls by itself.

    \b
    Example:
      tallystick case recall 2 --because handling --officer approver-2 --node police-a
    """
    _do("case_recall", {"case": number, "reason": because, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("copies")
@click.option("--may", type=click.Choice(USES), default=None, help="Only those that may be used so.")
@officer_option
@role_option("officer")
@node_option
@json_option
def copies(may: str | None, officer: str, role: str, node: str, as_json: bool) -> int:
    """Show the copies that are held of what partners disclosed, those that expire soonest first. Ends with 1 when there are none.

    \b
    Examples:
      tallystick case copies --officer officer-7 --node police-b
      tallystick case copies --may pass-on --officer approver-2 --node police-b
    """
    found = carry_out(node, "case_copies", {"use": may or "", "officer": officer, "role": role})
    if as_json:
        print_json(found)
    else:
        heads = ("case", "owner", "from", "fields", "handling", "allowed", "expires (UTC)")
        print_table(heads, [_held(each) for each in found])
    return exits.DONE if found else exits.NOTHING_FOUND


def _held(each: dict[str, Any]) -> tuple[object, ...]:
    fields, uses = (", ".join(each[name]) for name in ("fields", "uses"))
    return (each["case"], each["owner"], each["partner"], fields, each["handling"], uses, short_moment(each["expires_at"]))


@case.command("acknowledge")
@click.option("--note", required=True, help="What was done with what had come of the data; the holder reads it.")
@_case_command("officer")
def acknowledge(number: int, note: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Confirm a recall, as a person.

    \b
    Example:
      tallystick case acknowledge 3 --note "removed from file 12" --officer officer-7 --node police-b
    """
    _do("case_acknowledge", {"case": number, "note": note, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("heed")
@click.option("--note", required=True, help="What was done with what rests on the report; the other side reads it.")
@_case_command("officer")
def heed(number: int, note: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Say, as a person, that you have looked at how the report stands now that is behind a case.

    The other side tells it when a report is withdrawn or graded otherwise on
    which the case, or what was disclosed in it, rests. `case show` shows it.

    \b
    Example:
      tallystick case heed 3 --note "struck from file 12" --officer officer-7 --node police-b
    """
    _do("case_heed", {"case": number, "note": note, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("use")
@_case_command("officer")
@click.argument("use", type=click.Choice(["look", "proceedings", "publish"]))
@_reason_option
def use_(number: int, use: str, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Take out a disclosed copy for a use its handling code allows. The log says who did.

    \b
    Example:
      tallystick case use 3 proceedings --reason "file 12" --officer officer-7 --node police-b
    """
    given = {"case": number, "use": use, "reason": reason, "officer": officer, "role": role}
    values = carry_out(node, "case_use", given)
    if as_json:
        print_json(values)
    else:
        print_table(("field", "value"), [(name, shown_value(value)) for name, value in values.items()], folding=(1,))


@case.command("tighten")
@_case_command("approver")
@click.argument("handling", metavar="CODE")
def tighten(number: int, handling: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Put a disclosed copy under a tighter handling code. Nothing makes it looser.

    \b
    Example:
      tallystick case tighten 3 "H2 TLP:RED" --officer approver-1 --node police-b
    """
    _do("case_tighten", {"case": number, "handling": handling, "officer": officer, "role": role}, node, as_json=as_json)


@case.command("two-persons")
@click.argument("circle", metavar="CIRCLE")
@click.option("--off", is_flag=True, help="One person is enough again.")
@officer_option
@role_option("administrator")
@node_option
@json_option
def two_persons(circle: str, off: bool, officer: str, role: str, node: str, as_json: bool) -> None:
    """Demand two persons for decisions and approvals in a circle, on both sides of a case.

    It holds for cases that are opened from now on, and where the partner
    demands it as well.

    \b
    Example:
      tallystick case two-persons border --officer admin-1 --node police-a
    """
    given = {"circle": circle, "demanded": not off, "officer": officer, "role": role}
    done = carry_out(node, "case_two_persons", given)
    if as_json:
        print_json(done)
    else:
        print_table(("circle", circle), [("persons", "one" if off else "two")])


def _list(given: dict[str, Any], node: str, *, as_json: bool) -> int:
    found = carry_out(node, "case_list", given)
    if as_json:
        print_json(found)
    else:
        rows = [_row(each) for each in found]
        columns = ("case", "due (UTC)", "partner", "we are", "stage", "waits for", "bits", "ours", "border", "urgency")
        print_table(columns, rows, folding=(columns.index("ours"),))
    return exits.DONE if found else exits.NOTHING_FOUND


def _row(each: dict[str, Any]) -> tuple[object, ...]:
    due = Cell(short_moment(each["due_at"] or ""), "bold red" if each["is_overdue"] else "")
    own = f"{each['register']} {each['record_id']}".strip() or (
        f"encounter {each['encounter']}" if each["encounter"] else f"query {each['query']}"
    )
    crossing = {True: "across", False: "same", None: ""}[each["cross_border"]]
    weight = number(each["weight_bits"]) if each["weight_bits"] else Cell("", right=True)
    return (
        each["number"], due, each["partner"], each["side"], Cell(each["stage"], _STYLES.get(each["stage"], "")),
        each["waiting_for"], weight, own, crossing, each["urgency"],
    )  # fmt: skip


def _do(command: str, given: dict[str, Any], node: str, *, as_json: bool) -> None:
    view = carry_out(node, command, given)
    if as_json:
        print_json(view)
        return
    print_case(view)
