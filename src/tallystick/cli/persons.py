"""`tallystick person` and `not-me`: a record with its timeline, and innocent namesakes who agreed to be remembered."""

from typing import Any

import click

from tallystick.cli import exits
from tallystick.cli.cases import VERDICTS, role_option
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option, officer_option
from tallystick.cli.output import print_json, print_table, short_moment


@click.group(short_help="Show a record with its timeline; say who was met.")
def person() -> None:
    """Show a record with what happened around it, and say who was met."""


@person.command("show")
@click.argument("place", metavar="REGISTER/ID")
@officer_option
@role_option("officer")
@node_option
@json_option
def show(place: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Show a record: who met the person where, to whom it is offered and was disclosed.

    \b
    Example:
      tallystick person show wanted/17 --officer officer-7 --node police-a
    """
    _show(carry_out(node, "person", {**_place(place), "officer": officer, "role": role}), as_json=as_json)


@person.command("identify")
@click.argument("encounter", type=click.IntRange(min=1))
@click.argument("place", metavar="REGISTER/ID")
@click.argument("verdict", type=click.Choice(VERDICTS))
@click.option("--reason", required=True, help="Why.")
@officer_option
@role_option("officer")
@node_option
@json_option
def identify(
    encounter: int, place: str, verdict: str, reason: str, officer: str, role: str, node: str, as_json: bool
) -> None:  # fmt: skip
    """Say whether who was met is a record of an own register. Said again, it revises.

    \b
    Example:
      tallystick person identify 4 wanted/17 same --reason "passport seen" --officer officer-7 --node police-a
    """
    given = {"encounter": encounter, **_place(place), "verdict": verdict, "reason": reason, "officer": officer, "role": role}
    _show(carry_out(node, "person_identify", given), as_json=as_json)


@click.group("not-me", short_help="Remember innocent namesakes, with their consent.")
def not_me() -> None:
    """Remember innocent namesakes, with their consent, so that the same false hit stops nobody twice."""


@not_me.command("add")
@click.argument("number", metavar="CASE", type=click.IntRange(min=1))
@click.argument("name")
@click.option("--born", metavar="DATE", default="", help="His own birth date.")
@click.option("--number", "document", default="", help="Number of his own passport or another document.")
@click.option("--consent", required=True, help="How and when he agreed.")
@officer_option
@role_option("officer")
@node_option
@json_option
def add(
    number: int, name: str, born: str, document: str, consent: str, officer: str, role: str, node: str, as_json: bool
) -> None:  # fmt: skip
    """Remember that a case decided not-same is about a namesake.

    The next time he is asked for, the same false hit raises no alert.

    \b
    Example:
      tallystick not-me add 3 "Munir Tuzani" --born 1991-02-04 --number X4410 --consent "signed form 12, today" \\
          --officer officer-7 --node police-b
    """
    from tallystick.cli.find_one import query
    from tallystick.model import encode

    typed = {"born": born, "number": document, "country": "", "gender": None, "place": "", "city": ""}
    given = {"case": number, "person": encode(query(name, typed)).decode(), "consent": consent, "officer": officer, "role": role}
    _namesakes([carry_out(node, "not_me_add", given)], as_json=as_json)


@not_me.command("list")
@officer_option
@role_option("officer")
@node_option
@json_option
def list_(officer: str, role: str, node: str, as_json: bool) -> int:
    """Show the namesakes that are remembered. Ends with 1 when there are none.

    \b
    Example:
      tallystick not-me list --officer officer-7 --node police-b
    """
    found = carry_out(node, "not_me_list", {"officer": officer, "role": role})
    _namesakes(found, as_json=as_json)
    return exits.DONE if found else exits.NOTHING_FOUND


@not_me.command("revoke")
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1))
@officer_option
@role_option("officer")
@node_option
@json_option
def revoke(number: int, officer: str, role: str, node: str, as_json: bool) -> None:
    """Forget a namesake at his wish. What was suppressed waits for a person again.

    \b
    Example:
      tallystick not-me revoke 1 --officer officer-7 --node police-b
    """
    given = {"number": number, "officer": officer, "role": role}
    _namesakes([carry_out(node, "not_me_revoke", given)], as_json=as_json)


def _place(text: str) -> dict[str, str]:
    register, slash, record_id = text.partition("/")
    if not slash or not register or not record_id:
        raise click.UsageError("say a record as REGISTER/ID")
    return {"register": register, "record_id": record_id}


def _show(view: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    names = [f"{written} ({latin})" if latin else written for written, latin in view["names"]]
    lines = [
        ("names", "; ".join(names)), *((name, str(value)) for name, value in view["custody"].items()),
        ("offered to", "; ".join(f"{each['circle']}: {', '.join(each['partners'])}" for each in view["offered"])),
        ("disclosed to", ", ".join(f"{partner} ({count})" for partner, count in view["disclosed"].items())),
        ("cases", ", ".join(map(str, view["cases"]))), ("restricted", view["restriction"]),
    ]  # fmt: skip
    print_table((view["register"], view["record_id"]), [line for line in lines if line[1]], folding=(1,))
    if view["timeline"]:
        rows = [
            (each["time"], each["country"], each["place"], each["kind"], each["by"], each["verdict"] or "")
            for each in view["timeline"]
        ]
        print_table(("met", "in", "place", "kind", "by", "the person"), rows, folding=(2,))


def _namesakes(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each["id"], each["case"], each["circle"], each["partner"], "; ".join(each["names"]), each["consent"],
            short_moment(each["at"]), short_moment(each["revoked_at"] or ""),
        )
        for each in found
    ]  # fmt: skip
    columns = ("not-me", "case", "circle", "partner", "names", "consent", "since (UTC)", "revoked (UTC)")
    print_table(columns, rows, folding=(4, 5))
