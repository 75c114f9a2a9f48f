"""`tallystick offer`: let a circle find the records of a register."""

from pathlib import Path

import click

from tallystick.cli.nodes import carry_out, only_circle, only_purpose
from tallystick.cli.options import FILE, circle_option, json_option, node_option, purpose_option
from tallystick.cli.output import print_json, print_table, say


@click.command()
@click.argument("register")
@click.option("--silent-code", "silent_codes", multiple=True, metavar="CODE",
              help="Records with this handling code (their own or their register's) are silent: never offered.")  # fmt: skip
@click.option("--silent-ids", type=FILE, help="So are the records whose ids are in this file, one in each line.")
@click.option("--nothing-silent", is_flag=True, help="No record is silent any more; otherwise what was silent stays so.")
@click.option("--withdraw", is_flag=True, help="Offer this register no longer: its records leave every partner's copy.")
@circle_option
@purpose_option
@node_option
@json_option
def offer(
    register: str, silent_codes: tuple[str, ...], silent_ids: Path | None, nothing_silent: bool, withdraw: bool,
    circle: str, purpose: str, node: str, as_json: bool,
) -> None:  # fmt: skip
    """Let a circle find the records of a register.

    Its match keys are sealed under this node's key and published as an index
    that says nothing to whoever does not ask. New, changed and expired
    records follow by themselves while the node is served.

    \b
    Example:
      tallystick offer wanted --circle border --node police-a
    """
    found = only_circle(node, circle)
    given = {
        "circle": found["circle"], "register": register, "purpose": only_purpose(found, purpose), "withdraw": withdraw,
        "silent_codes": list(silent_codes) if silent_codes or nothing_silent else None,
        "silent_ids": silent_ids.read_text(encoding="utf-8").split() if silent_ids else [] if nothing_silent else None,
    }  # fmt: skip
    done = carry_out(node, "offer", given)
    if as_json:
        print_json(done)
        return
    if done["manifest"] is None:
        say("nothing has changed since the last manifest")
        return
    rows = [("epoch", done["epoch"]), ("records", done["records"]), ("notches in the index, chaff included", done["notches"])]
    rows += [("added", done["added"]), ("removed", done["removed"])]
    print_table(("offered", f"{register} to {done['circle']}"), [(name, f"{value:,}") for name, value in rows])
    if done["advice"]:
        say(done["advice"])
    if done["left_out"]:
        say(f"{done['left_out']:,} keys that 64 records share already are left out; those records are found by their other keys")
