"""`tallystick report grade`, `note`, `withdraw`, `assess` and what they come to: what people of a node say about its reports."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from tallystick.cli import exits
from tallystick.cli.cases import role_option
from tallystick.cli.judged_printing import print_assessment, print_judged
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option, officer_option
from tallystick.cli.output import Cell, print_json, print_table, say, short_moment

_F = TypeVar("_F", bound=Callable[..., Any])
RELIABILITIES: Final = ("A", "B", "C", "D", "E", "F")
CREDIBILITIES: Final = ("1", "2", "3", "4", "5", "6")
EUROPOL_SOURCES: Final = ("A", "B", "C", "X")
EUROPOL_INFORMATION: Final = ("1", "2", "3", "4")
CONFIDENCES: Final = ("low", "moderate", "high")
LIKELIHOODS: Final = (
    "almost no chance", "very unlikely", "unlikely", "roughly even chance", "likely", "very likely", "almost certain",
)  # fmt: skip
"""The scales of `reports.grades` and `reports.acts`, held to them by a test: help is shown without loading those."""
_STANDING = {"stands": "green", "look again": "yellow", "unsupported": "bold red"}
_reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why, in at most 2,000 characters.")


def by_officer(command: _F) -> _F:
    """Add what every command of people on a node's reports takes."""
    return officer_option(role_option("officer")(node_option(json_option(command))))


@click.command("grade-source", short_help="Say how reliable a source is.")
@click.argument("source", metavar="SOURCE")
@click.argument("grade", metavar="GRADE", type=click.Choice([*RELIABILITIES, "X"]))
@click.option("--europol", is_flag=True, help="The grade is on Europol's scale: A, B, C or X.")
@click.option("--since", default="", metavar="DATE", help="From which day on; by default from today.")
@_reason_option
@by_officer
def grade_source(
    source: str, grade: str, europol: bool, since: str, reason: str, officer: str, role: str, node: str, as_json: bool
) -> None:  # fmt: skip
    """Say how reliable a source is from a day on: A to F (Admiralty scale), or A, B, C, X (Europol).

    SOURCE is the key of a source, as `tallystick report chain --json` and
    `tallystick report judged` show it. Earlier grades stay in its history.

    \b
    Example:
      tallystick report grade-source "agency:ians" C --reason "two reports of last year were wrong" --officer officer-7
    """
    if grade not in (EUROPOL_SOURCES if europol else RELIABILITIES):
        raise click.UsageError("A to F are of the Admiralty scale; A, B, C and X of Europol's, with --europol")
    said = f"europol:{grade}" if europol else grade
    given = {"source": source, "grade": said, "since": since, "reason": reason, "officer": officer, "role": role}
    done = carry_out(node, "report_grade_source", given)
    if as_json:
        print_json(done)
        return
    from tallystick.reports.grades import RELIABILITY

    found = done["source"]
    rows = [(each["holds_for"], each["grade"], each["europol"], each["by"], each["reason"]) for each in found["history"]]
    print_table(("since", "grade", "Europol", "by", "reason"), rows, folding=(4,))
    click.echo(f"{source}: {found['reliability']}, {RELIABILITY[found['reliability']]}")
    _say_look_again(done["look_again"])
    _say_told(done["cases_told"])


@click.command("grade", short_help="Say how credible a claim is.")
@click.argument("claim", metavar="REPORT:CLAIM")
@click.argument("grade", metavar="GRADE", type=click.Choice(CREDIBILITIES))
@click.option("--alike", multiple=True, metavar="REPORT:CLAIM", help="A claim that says the same; its origins count, too.")
@click.option("--override", default="", metavar="TEXT", help="Why it is confirmed although its origins do not show it.")
@click.option("--europol", type=click.Choice(EUROPOL_INFORMATION), default=None, help="How the source knows it, 1 to 4.")
@_reason_option
@by_officer
def grade_claim(
    claim: str, grade: str, alike: tuple[str, ...], override: str, europol: str | None, reason: str, officer: str, role: str,
    node: str, as_json: bool,
) -> None:  # fmt: skip
    """Say how credible a claim is: 1 confirmed, 2 probably true ... 5 improbable, 6 cannot be judged.

    Confirmed needs two independent origins for sure, over the claim and those
    named with --alike; or an override, which holds when a second person has
    said so (`tallystick report second`). Ends with 5 where neither is there.

    \b
    Examples:
      tallystick report grade 3f2a:91c0 2 --reason "the agency names its source" --officer officer-7
      tallystick report grade 3f2a:91c0 1 --alike 77c1:02be --reason "customs and radio" --officer officer-7
    """
    given = {
        "claim": claim, "grade": grade, "alike": list(alike), "override": override, "europol": europol, "reason": reason,
        "officer": officer, "role": role,
    }  # fmt: skip
    _print_reached(carry_out(node, "report_grade", given), as_json=as_json)


@click.command("second", short_help="Confirm an override as a second person.")
@click.argument("claim", metavar="REPORT:CLAIM")
@_reason_option
@by_officer
def second(claim: str, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Say, as a second person, that a claim is confirmed although its origins do not show it.

    \b
    Example:
      tallystick report second 3f2a:91c0 --reason "heard it myself" --officer officer-9
    """
    given = {"claim": claim, "reason": reason, "officer": officer, "role": role}
    _print_reached(carry_out(node, "report_second", given), as_json=as_json)


@click.command("withdraw", short_help="Withdraw a report or a claim.")
@click.argument("what", metavar="REPORT[:CLAIM]")
@_reason_option
@by_officer
def withdraw(what: str, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Withdraw a report, or one claim of it: it carries nothing from now on, and neither does a copy.

    Whatever was confirmed with its help is judged anew; every assessment that
    rests on it is to be looked at again; every partner that has something that
    rests on it is told. Nothing is deleted. To whom it was exported is shown:
    a file is not recalled; exported again the report says that it is withdrawn.

    \b
    Example:
      tallystick report withdraw 3f2a --reason "the page was forged" --officer officer-7
    """
    given = {"claim": what, "reason": reason, "officer": officer, "role": role}
    done = carry_out(node, "report_withdraw", given)
    _print_reached(done, as_json=as_json)


@click.command("note", short_help="Write a note on a report.")
@click.argument("name", metavar="REPORT", required=False, default="")
@click.argument("text", required=False, default="")
@click.option("--withdraw", "withdrawn", type=click.IntRange(min=1), default=None, metavar="N", help="Withdraw note N, your own.")
@click.option("--reason", default="", metavar="TEXT", help="Why a note is withdrawn.")
@by_officer
def note(
    name: str, text: str, withdrawn: int | None, reason: str, officer: str, role: str, node: str, as_json: bool
) -> None:  # fmt: skip
    """Write a note of at most 2,000 characters on a report, under your name; only you can withdraw it.

    \b
    Examples:
      tallystick report note 3f2a "The photograph is from 2019." --officer officer-7
      tallystick report note --withdraw 12 --reason "wrong report" --officer officer-7
    """
    if withdrawn is None and not (name and text):
        raise click.UsageError("a note needs a report and a text")
    given = {"report": name, "withdraw": withdrawn or 0, "text": reason if withdrawn else text, "officer": officer, "role": role}
    done = carry_out(node, "report_note", given)
    if as_json:
        print_json(done)
    else:
        click.echo(f"note {done['note']} {'is withdrawn' if done['withdrawn'] else 'is written'}")


@click.command("assess", short_help="Judge, on claims, in words of likelihood.")
@click.argument("judgement", metavar="TEXT")
@click.option("--likelihood", type=click.Choice(LIKELIHOODS), required=True, help="In the words of ICD 203.")
@click.option("--for", "speaks_for", multiple=True, required=True, metavar="REPORT:CLAIM", help="A claim that speaks for it.")
@click.option("--against", "speaks_against", multiple=True, metavar="REPORT:CLAIM", help="A claim that speaks against it.")
@click.option("--confidence", type=click.Choice(CONFIDENCES), default=None, help="How good the grounds are.")
@click.option("--revise", "revises", type=click.IntRange(min=1), default=None, metavar="N", help="Revise assessment N.")
@by_officer
def assess(
    judgement: str, likelihood: str, speaks_for: tuple[str, ...], speaks_against: tuple[str, ...], confidence: str | None,
    revises: int | None, officer: str, role: str, node: str, as_json: bool,
) -> None:  # fmt: skip
    """Make an assessment: a judgement, how likely it is, and the claims it rests on.

    What remains of it without each of its origins is shown: where nothing
    does, it hangs on one source.

    \b
    Example:
      tallystick report assess "The boats will go on." --likelihood likely --for 3f2a:91c0 --officer officer-7
    """
    given = {
        "judgement": judgement, "likelihood": likelihood, "speaks_for": list(speaks_for), "speaks_against": list(speaks_against),
        "confidence": confidence, "revises": revises, "officer": officer, "role": role,
    }  # fmt: skip
    made = carry_out(node, "report_assess", given)
    if as_json:
        print_json(made)
    else:
        print_assessment(made)


@click.command("assessments", short_help="Show assessments and what each rests on.")
@click.argument("number", metavar="[N]", type=click.IntRange(min=1), required=False, default=None)
@by_officer
def assessments(number: int | None, officer: str, role: str, node: str, as_json: bool) -> int:
    """Show assessments: whether each stands, and how many origins stand behind it. With N, one of them whole.

    Ends with 1 when there are none.

    \b
    Example:
      tallystick report assessments --officer officer-7
    """
    found = carry_out(node, "report_assessments", {"number": number or 0, "officer": officer, "role": role})
    if as_json:
        print_json(found)
    elif number:
        print_assessment(found[0])
    else:
        rows = [
            (
                each["number"], Cell(each["standing"], _STANDING[each["standing"]]), each["likelihood"],
                f"{each['at_least']} to {each['at_most']}", each["by"], short_moment(each["at"]), each["judgement"],
            )
            for each in found
        ]  # fmt: skip
        print_table(("number", "standing", "likelihood", "origins", "by", "at (UTC)", "judgement"), rows, folding=(6,))
    return exits.DONE if found else exits.NOTHING_FOUND


@click.command("judged", short_help="Show everything said of a report.")
@click.argument("name", metavar="REPORT")
@by_officer
def judged(name: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Show everything people said of a report: grades of its claims and sources, notes, mentions, withdrawals.

    And who was told how it stands, because a case or something disclosed rests
    on it: when it came there, and whether a person has heeded it.

    \b
    Example:
      tallystick report judged 3f2a --officer officer-7
    """
    found = carry_out(node, "report_judged", {"report": name, "officer": officer, "role": role})
    if as_json:
        print_json(found)
    else:
        print_judged(found)


@click.command("contradictions", short_help="Show claims that cannot both hold.")
@click.argument("names", metavar="[REPORT...]", nargs=-1)
@by_officer
def contradictions(names: tuple[str, ...], officer: str, role: str, node: str, as_json: bool) -> int:
    """Show claims that cannot both hold, side by side: numbers that do not meet, what one says is so and another is not.

    Over all reports of the node where none is named. Which of the two holds,
    people say. Ends with 1 when none are found; that proves no agreement.

    \b
    Example:
      tallystick report contradictions 3f2a 77c1 --officer officer-7
    """
    found = carry_out(node, "report_contradictions", {"reports": list(names), "officer": officer, "role": role})
    if as_json:
        print_json(found)
    else:
        rows = [
            (each["why"], each["one"]["name"], _said(each, 0), each["other"]["name"], _said(each, 1)) for each in found
        ]  # fmt: skip
        print_table(("why", "claim", "says", "claim", "says"), rows, folding=(2, 4))
    return exits.DONE if found else exits.NOTHING_FOUND


def _said(found: dict[str, Any], side: int) -> str:
    quote = str(found[("one", "other")[side]]["quote"])
    return f"{found['said'][side]}: {quote}" if found["said"] else quote


def _print_reached(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    print_judged(done["judged"])
    if not done["judged"]["aftermath"]:
        _say_look_again(done["look_again"])
    _say_told(done["cases_told"])


def _say_look_again(numbers: list[int]) -> None:
    for each in numbers:
        say(f"assessment {each} rests on it and is to be looked at again: `tallystick report assessments {each}`")


def _say_told(numbers: list[int]) -> None:
    for each in numbers:
        say(f"case {each} rests on it and its other side is told: `tallystick case show {each}`")


COMMANDS = (grade_source, grade_claim, second, withdraw, note, assess, assessments, judged, contradictions)
