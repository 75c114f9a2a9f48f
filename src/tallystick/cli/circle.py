"""`tallystick circle`: agree with others, see what was agreed, leave."""

import json
from pathlib import Path
from typing import Any

import click

from tallystick.cli.nodes import carry_out, only_circle
from tallystick.cli.options import FILE, circle_option, json_option, node_option, officer_option
from tallystick.cli.output import confirm, number, print_json, print_table, say, short_moment
from tallystick.errors import InputError

_PURPOSE_PARTS = 3


_largest_option = click.option(
    "--largest-register", type=click.IntRange(min=1), metavar="N",
    help="How many records the largest register will have: without --threshold-bits, T follows from it.",
)  # fmt: skip


@click.group(short_help="Agree with others; leave again.")
def circle() -> None:
    """Agree with others on legal basis, purposes and budgets; leave again.

    One node drafts a circle and invites the others by their cards; the file
    that comes out goes to each of them, and is in force when all have joined.
    """


@circle.command("create")
@click.argument("name", metavar="CIRCLE")
@click.option("--title", default="", help="Its name for people; by default its id.")
@click.option("--legal-basis", required=True, help="By what right its members ask each other.")
@click.option(
    "--purpose", "purposes", multiple=True, required=True, metavar="CODE:POINTS:TEXT",
    help="What may be asked for: a code, points a day for each member, and what it means. May be repeated.",
)  # fmt: skip
@click.option(
    "--threshold-bits", type=float, metavar="T", help="Evidence that makes a hit; by default that of the shipped parameters."
)
@_largest_option
@click.option("--epoch-days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long a key is used.")
@click.option(
    "--overlap-days", type=click.IntRange(0, 30), default=7, show_default=True, help="How long it is answered after that."
)
@click.option("--retention-days", type=click.IntRange(0, 36600), default=365, show_default=True, help="How long hits are kept.")
@click.option("--bulk-points", type=click.IntRange(min=0), default=100_000_000, show_default=True, metavar="POINTS",
              help="What two persons may grant a member for bulk in one epoch.")  # fmt: skip
@click.option("--two-persons", is_flag=True, help="Every decision and approval after a hit needs two persons, at all members.")
@click.option("--delta-quantum", type=click.IntRange(256, 65536), default=256, show_default=True, metavar="N",
              help="Changes of an index are published N at a time, filled up; a power of two.")  # fmt: skip
@node_option
@json_option
def create(
    name: str, title: str, legal_basis: str, purposes: tuple[str, ...], threshold_bits: float | None,
    largest_register: int | None, epoch_days: int, overlap_days: int, retention_days: int, bulk_points: int,
    two_persons: bool, delta_quantum: int, node: str, as_json: bool,
) -> None:  # fmt: skip
    """Draft a circle. Nothing is signed until others are invited.

    A large register needs a higher threshold T: of a million records one shares
    14 bits with every fifth stranger, by chance. A higher T finds fewer persons,
    too: `tallystick rehearse` shows how many.

    \b
    Example:
      tallystick circle create border --legal-basis "regulation (EU) 2024/982" --largest-register 50000 \\
          --purpose "border-check:20000:checks at the external border" --node police-a
    """
    given: dict[str, object] = {
        "circle": name, "name": title or name, "legal_basis": legal_basis,
        "purposes": [_purpose(each, epoch_days + overlap_days) for each in purposes],
        "threshold_tenths": None if threshold_bits is None else round(threshold_bits * 10),
        "largest_register": largest_register, "epoch_days": epoch_days, "overlap_days": overlap_days,
        "retention_days": retention_days, "bulk_points_per_epoch": bulk_points,
        "two_persons": two_persons, "delta_quantum": delta_quantum,
    }  # fmt: skip
    draft = carry_out(node, "circle_create", given)
    if as_json:
        print_json(draft)
        return
    rows = [("purpose", f"{each['code']}: {each['points_per_day']:,} points a day") for each in draft["purposes"]]
    enough = f"about {draft['enough_for_records']:,} records: fewer than 1 in 1,000 strangers are hits"
    terms = [("threshold", f"{draft['threshold_tenths'] / 10} bits"), ("enough for registers of", enough)]
    print_table(("circle", name), [*terms, *rows])
    if draft["advice"]:
        say(draft["advice"])
    say(f"next: tallystick circle invite {name} CARD... --out {name}.agreement")


@circle.command("invite")
@click.argument("name", metavar="CIRCLE")
@click.argument("cards", nargs=-1, required=True, type=FILE)
@click.option("--out", type=FILE, required=True, help="Write the agreement, signed by this node, to this file.")
@node_option
@json_option
def invite(name: str, cards: tuple[Path, ...], out: Path, node: str, as_json: bool) -> None:
    """Add members to a circle by their cards, and sign.

    Of a circle in force this makes the next revision, which all members must
    join again.

    \b
    Example:
      tallystick circle invite border police-b.card police-c.card --out border.agreement --node police-a
    """
    done = carry_out(node, "circle_invite", {"circle": name, "cards": [_card(path) for path in cards]})
    out.write_text(done["signed"] + "\n", encoding="utf-8")
    if as_json:
        print_json({key: value for key, value in done.items() if key != "signed"})
        return
    print_table(("circle", name), [("members", ", ".join(done["members"]))])
    say(f"send {out} to the members; each does: tallystick circle join {out.name}")


@circle.command("change", short_help="Propose the next revision of a circle.")
@click.argument("name", metavar="CIRCLE")
@click.option("--title", help="Its name for people.")
@click.option("--legal-basis", help="By what right its members ask each other.")
@click.option("--threshold-bits", type=float, metavar="T", help="Evidence that makes a hit. All begin new epochs.")
@_largest_option
@click.option("--purpose", "purposes", multiple=True, metavar="CODE:POINTS:TEXT", help="A new purpose, or another budget of one.")
@click.option("--drop-purpose", "drop_purposes", multiple=True, metavar="CODE", help="A purpose that goes.")
@click.option("--epoch-days", type=click.IntRange(1, 366), help="How long a key is used.")
@click.option("--overlap-days", type=click.IntRange(0, 30), help="How long it is answered after that.")
@click.option("--retention-days", type=click.IntRange(0, 36600), help="How long hits are kept.")
@click.option("--bulk-points", type=click.IntRange(min=0), metavar="POINTS", help="What two officers may grant in one epoch.")
@click.option(
    "--two-persons/--one-person", default=None, help="Whether decisions and approvals need two persons, at all members."
)
@click.option("--add", "cards", multiple=True, type=FILE, metavar="CARD", help="A new member, or the new card of one.")
@click.option("--remove", multiple=True, metavar="ID", help="A member that goes; it need not sign.")
@click.option("--out", type=FILE, required=True, help="Write the revision, signed by this node, to this file.")
@node_option
@json_option
def change(name: str, out: Path, node: str, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Propose the next revision of a circle in force, and sign it.

    It holds when all its members have joined it; until then the one before
    does. A proposal that was not signed by all is replaced by the next one.

    \b
    Example:
      tallystick circle change border --purpose "border-check:5000:checks at the border" --out border-2.agreement --node police-a
    """
    from tallystick.exchange.thresholds import enough_tenths

    days = carry_out(node, "circle_show", {"circle": name})[0]
    epoch, overlap = (given[each] if given[each] is not None else days[each] for each in ("epoch_days", "overlap_days"))
    bits, largest = given["threshold_bits"], given["largest_register"]
    tenths = round(bits * 10) if bits is not None else enough_tenths(largest) if largest else None
    terms = {
        "name": given["title"], "legal_basis": given["legal_basis"],
        "threshold_tenths": tenths, "epoch_days": given["epoch_days"], "overlap_days": given["overlap_days"],
        "retention_days": given["retention_days"], "bulk_points_per_epoch": given["bulk_points"],
        "two_persons": given["two_persons"],
    }  # fmt: skip
    wanted = {
        "terms": {term: value for term, value in terms.items() if value is not None},
        "purposes": [_purpose(each, epoch + overlap) for each in given["purposes"]],
        "drop_purposes": list(given["drop_purposes"]), "cards": [_card(path) for path in given["cards"]],
        "remove": list(given["remove"]),
    }  # fmt: skip
    done = carry_out(node, "circle_change", {"circle": name, "change": wanted})
    out.write_text(done["signed"] + "\n", encoding="utf-8")
    if as_json:
        print_json({key: value for key, value in done.items() if key != "signed"})
        return
    _print_changes(done["changes"])
    say(f"revision {done['revision']}: send {out} to the members; each does: tallystick circle join {out.name}")


@circle.command("join")
@click.argument("agreement", type=FILE)
@click.option("--yes", is_flag=True, help="Do not ask whether what it says is accepted.")
@click.option("--out", type=FILE, help="Write it with this node's signature to this file, where partners cannot be reached.")
@node_option
@json_option
def join(agreement: Path, yes: bool, out: Path | None, node: str, as_json: bool) -> None:
    """Read an agreement, accept it, sign it.

    It is in force when all members have; running nodes tell each other.

    \b
    Example:
      tallystick circle join border.agreement --node police-b
    """
    signed = _text(agreement)
    if not yes:
        _print_agreement(carry_out(node, "circle_read", {"signed": signed}))
        confirm("Is this accepted and signed?")
    done = carry_out(node, "circle_join", {"signed": signed})
    if out:
        out.write_text(done["signed"] + "\n", encoding="utf-8")
    if as_json:
        print_json({key: value for key, value in done.items() if key != "signed"})
        return
    missing = ", ".join(done["missing"]) or "nobody"
    print_table(("circle", done["circle"]), [("standing", done["standing"]), ("signature missing of", missing)])


@circle.command("leave")
@click.argument("name", metavar="CIRCLE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@node_option
@json_option
def leave(name: str, yes: bool, node: str, as_json: bool) -> None:
    """Leave a circle at once: keys, own index and copies of others' are destroyed here.

    The other members refuse this node from then on, and begin new epochs.

    \b
    Example:
      tallystick circle leave border --node police-b
    """
    if not yes:
        confirm(f"Leave circle {name}, and destroy what belongs to it here?")
    done = carry_out(node, "circle_leave", {"circle": name})
    if as_json:
        print_json(done)
        return
    untold = ", ".join(done["could_not_be_told"])
    say(f"circle {name} is left" + (f"; told again until they answer, by a served node: {untold}" if untold else ""))


@circle.command("show")
@click.argument("name", metavar="[CIRCLE]", default="")
@node_option
@json_option
def show(name: str, node: str, as_json: bool) -> None:
    """Show circles: members, epochs, age of indexes, points left.

    \b
    Example:
      tallystick circle show --node police-a
    """
    found = carry_out(node, "circle_show", {"circle": name})
    if as_json:
        print_json(found)
        return
    for each in found:
        _print_circle(each)
    if not found:
        say("this node is in no circle; draft one with `tallystick circle create`, or join one")


@circle.command("grant", short_help="Grant a partner a bulk budget: the first of two approvals.")
@click.argument("member")
@click.option("--points", type=click.IntRange(min=1), required=True, help="How many points it may ask in bulk in this epoch.")
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="For how long.")
@circle_option
@officer_option
@node_option
@json_option
def grant(member: str, points: int, days: int, circle: str, officer: str, node: str, as_json: bool) -> None:
    """Grant a partner a bulk budget: it may ask about a whole register.

    It holds when a second officer has approved it (`circle approve`) within a
    week. Each approval is an entry of the log.

    \b
    Example:
      tallystick circle grant police-b --points 2000000 --officer officer-7 --node police-a
    """
    name = only_circle(node, circle)["circle"]
    given = {"circle": name, "member": member, "points": points, "days": days, "officer": officer}
    done = carry_out(node, "circle_grant", given)
    if as_json:
        print_json(done)
        return
    rows = [("circle", name), ("points", f"{done['points']:,}"), ("days", days), ("approved by", officer)]
    print_table(("grant", f"{done['number']} to {member}"), rows)
    say(f"it waits for a second officer: tallystick circle approve {done['number']} --officer ...")


@circle.command("approve", short_help="Approve a bulk budget as the second officer.")
@click.argument("number", type=click.IntRange(1), metavar="GRANT")
@click.option("--yes", is_flag=True, help="Do not ask.")
@officer_option
@node_option
@json_option
def approve(number: int, yes: bool, officer: str, node: str, as_json: bool) -> None:
    """Approve a bulk budget that another officer has proposed. It holds from then on.

    \b
    Example:
      tallystick circle approve 1 --officer officer-12 --node police-a
    """
    if not yes:
        _confirm_grant(carry_out(node, "circle_show", {"circle": ""}), number)
    done = carry_out(node, "circle_approve", {"number": number, "officer": officer})
    if as_json:
        print_json(done)
        return
    rows = [("circle", done["circle"]), ("points", f"{done['points']:,}"), ("until", done["until"])]
    print_table(("grant", f"{number} to {done['member']}"), [*rows, ("approved by", ", ".join(done["officers"]))])


def _confirm_grant(circles: list[dict[str, Any]], number: int) -> None:
    for each in (each for found in circles for each in found["grants_waiting"] if each["number"] == number):
        rows = [("circle", each["circle"]), ("points", f"{each['points']:,}"), ("days", each["days"])]
        print_table(("grant", f"{number} to {each['member']}"), [*rows, ("approved by", each["officer"])], err=True)
        confirm("Is this approved?")


def _purpose(text: str, days: int) -> dict[str, object]:
    parts = text.split(":", _PURPOSE_PARTS - 1)
    if len(parts) != _PURPOSE_PARTS or not parts[1].isdecimal():
        raise click.UsageError("--purpose is CODE:POINTS:TEXT, such as border-check:20000:checks at the border")
    points = int(parts[1])
    return {
        "code": parts[0],
        "text": parts[2],
        "points_per_day": points,
        "points_per_epoch": points * days,
        "burst": max(points, 64),
    }


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise InputError(f"{path} is no text", hint="give the file as it was sent") from None


def _card(path: Path) -> object:
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError:
        raise InputError(f"{path} is no card", hint="its owner makes one with `tallystick node card`") from None


def _print_agreement(said: dict[str, Any]) -> None:
    rows = [
        ("revision", said["revision"]), ("legal basis", said["legal_basis"]),
        ("threshold", f"{said['threshold_tenths'] / 10} bits"),
        ("epoch", f"{said['epoch_days']} days, answered {said['overlap_days']} more"),
        ("hits are kept", f"{said['retention_days']} days"),
        ("bulk", f"at most {said['bulk_points_per_epoch']:,} points an epoch, granted by two persons"),
    ]  # fmt: skip
    rows += [("decisions and approvals", "by two persons, at every member")] if said.get("two_persons") else []
    rows += [("purpose", f"{each['code']}: {each['text']}; {each['points_per_day']:,} points a day") for each in said["purposes"]]
    rows += [("member", f"{each['id']}: {each['name']}, {each['url']}") for each in said["members"]]
    print_table(("circle", said["name"]), rows, folding=(1,), err=True)
    _print_changes(said["changes"], err=True)


def _print_changes(changes: list[dict[str, Any]], *, err: bool = False) -> None:
    if changes:
        rows = [(each["what"].replace("_", " "), _term(each["before"]), _term(each["after"])) for each in changes]
        print_table(("changes", "now", "then"), rows, folding=(1, 2), err=err)


def _term(value: Any) -> Any:  # noqa: ANN401 - a number or a text stays what it is
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _print_circle(each: dict[str, Any]) -> None:
    rows = [("standing", each["standing"]), ("legal basis", each["legal_basis"]), ("threshold", f"{each['threshold_bits']} bits")]
    rows += [("decisions and approvals", "by two persons, at every member")] if each["two_persons"] else []
    rows += [("offered", f"{offer['register']}, new records for {offer['purpose']}") for offer in each["offers"]]
    rows += [
        (
            "waits for a second officer",
            f"grant {said['number']} to {said['member']}: {said['points']:,} points, {said['days']} days",
        )
        for said in each["grants_waiting"]
    ]
    rows += [
        ("contradicts itself", f"{said['member']}: two manifests with number {said['number']}") for said in each["contradictions"]
    ]
    rows += [
        ("gave no receipt", f"{member['id']}, for what was taken out at {short_moment(member['no_receipt_since'])}")
        for member in each["members"]
        if member.get("no_receipt_since")
    ]
    if each["could_not_be_told"]:
        rows.append(("do not know yet that we left", ", ".join(each["could_not_be_told"])))
    if each["missing"]:
        rows.append(("signature missing of", ", ".join(each["missing"])))
    print_table(("circle", each["circle"]), rows, folding=(1,))
    members = [
        (
            member["id"] + (" (this node)" if member["me"] else ""), member["name"],
            "left" if member.get("left") else member.get("epoch", ""), short_moment(member.get("fetched_at", "")),
            _points(member),
        )
        for member in each["members"]
    ]  # fmt: skip
    print_table(("member", "name", "epoch", "index fetched", "points left"), members, folding=(1,))


def _points(member: dict[str, Any]) -> object:
    """Return the points a member has left here for the tightest purpose; a bulk budget is a matter of grants."""
    left = [points for code, points in member.get("points_left", {}).items() if code != "bulk"]
    return number(min(left), ",d") if left else ""
