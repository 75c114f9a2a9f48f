"""Prints what people made of reports: grades, notes, assessments, and what is left to do."""

import shlex
from typing import Any

import click

from tallystick.cli.case_printing import how_surely, worth_of
from tallystick.cli.output import Cell, print_table, say, short_moment


def print_judged(found: dict[str, Any]) -> None:
    """Print how a report is judged, from whom it came, to whom it went, and what was told of it."""
    if found["withdrawn"]:
        gone = found["withdrawn"]
        say(f"report {found['report'][:12]} is withdrawn by {gone['by']}, {short_moment(gone['at'])}: {gone['reason']}")
    _print_grades(found)
    if found["mentions"]:
        say(f"{len(found['mentions'])} mentions are recorded: `tallystick report mentions {found['report'][:8]}`")
    say(f"handling code: {found['handling']}")
    for each in found["received"]:
        _say_senders_word(each)
    for each in found["given"]:
        say(f"exported by {each['by']}, {short_moment(each['at'])}, as {each['format']} {each['to']}".rstrip())
    for each in found["assessments"]:
        say(f"assessment {each} rests on it")
    if found["aftermath"]:
        _say_what_is_left(found)
    if found["told"]:
        _print_told(found["told"])


def _print_grades(found: dict[str, Any]) -> None:
    """Print the claims and the sources of a report, each with its grade, and what people wrote on it."""
    claims = [
        (each["name"], _grade_of(each), how_surely(each["modality"], each["polarity"]), _said_of(each), each["quote"])
        for each in found["claims"]
    ]
    print_table(("claim", "grade", "how surely", "said of it", "words"), claims, folding=(3, 4))
    sources = [(each["key"], each["reliability"], each["europol"], len(each["history"])) for each in found["sources"]]
    print_table(("source", "grade", "Europol", "times graded"), sources, folding=(0,))
    notes = [
        (each["number"], each["by"], short_moment(each["at"]), each["withdrawn"] and "yes", each["text"])
        for each in found["notes"]
    ]
    if notes:
        print_table(("note", "by", "at (UTC)", "withdrawn", "text"), notes, folding=(4,))


def _said_of(claim: dict[str, Any]) -> str:
    return "; ".join(_grade_line(one) for one in claim["grades"])


def _say_senders_word(received: dict[str, Any]) -> None:
    said = received["said"]
    grades = [f"{one['key']}: {one['grade']}" for one in said.get("sources", ()) if one.get("grade")]
    grades += [f"“{one['quote']}”: {one['grade']}" for one in said.get("claims", ()) if one.get("grade")]
    say(f"{said['sender']} gave it, {short_moment(received['at'])}; its own word: {'; '.join(grades) or 'no grades'}")


def _print_told(told: list[dict[str, Any]]) -> None:
    """Print to whom it was told how the report stands, and what became of that."""
    moments = ("told_at", "delivered_at", "heeded_at")
    rows = [
        (
            each["case"], each["partner"], worth_of(each),
            *(short_moment(each[when] or "") or Cell("not yet", "yellow") for when in moments), each["note"],
        )
        for each in told
    ]  # fmt: skip
    print_table(("case", "told", "of what", "at (UTC)", "delivered (UTC)", "heeded (UTC)", "words"), rows, folding=(6,))


def _grade_of(claim: dict[str, Any]) -> Cell:
    from tallystick.reports.grades import CREDIBILITY

    if claim["withdrawn"] or not claim["counts"]:
        return Cell("withdrawn", "red")
    grade = claim["credibility"]
    return Cell(f"{grade} {CREDIBILITY[grade]}" if grade else "", "")


def _grade_line(grade: dict[str, Any]) -> str:
    waits = f", waits for {grade['holds_for']}" if grade["holds_for"] else ""
    return f"{grade['grade']} by {grade['by']}, {short_moment(grade['at'])}{waits}: {grade['reason']}"


def print_assessment(found: dict[str, Any]) -> None:
    """Print an assessment with the claims for and against it, and what it would be without each origin."""
    low, high = found["percent"]
    confidence = f", {found['confidence']} confidence" if found["confidence"] else ""
    click.echo(f"assessment {found['number']}: {found['judgement']}")
    click.echo(f"{found['likelihood']} ({low} to {high} %){confidence}; by {found['by']}, {short_moment(found['at'])}")
    click.echo(f"{found['standing']}; independent origins: at least {found['at_least']}, at most {found['at_most']}")
    rows = [
        (side, each["name"], _grade_of(each), each["quote"])
        for side, claims in (("for", found["speaks_for"]), ("against", found["speaks_against"]))
        for each in claims
    ]
    print_table(("speaks", "claim", "grade", "words"), rows, folding=(3,))
    remaining = [
        (each["origin"], len(each["remaining"]) or Cell("nothing", "bold red"), ", ".join(each["remaining"]))
        for each in found["without"]
    ]
    print_table(("without this origin", "claims remain", "which"), remaining, folding=(0, 2))
    for each in found["touched"]:
        say(f"{each['act']} (act {each['number']}) changed what it rests on: revise it with --revise {found['number']}")


def _say_what_is_left(found: dict[str, Any]) -> None:
    """Say what is left to do after a withdrawal: what to judge anew, and who has a file that does not know of it."""
    left = found["aftermath"]
    for each in left["assessments"]:
        say(f"assessment {each['number']} rests on it ({each['standing']}): revise it, `tallystick report assess` with --revise")
    for each in left["claims"]:
        say(f"claim {each['name']} was graded with its help: grade it anew, `tallystick report grade {each['name']}`")
    for each in left["files"]:
        whom = each["to"] or "somebody whose name nobody wrote down"
        to = f" --to {shlex.quote(each['to'])}" if each["to"] else ""
        again = f"tallystick report export {found['report'][:12]} --format {each['format']} --out FILE{to}"
        say(f"{whom} has it as {each['format']} and is not told by this node: `{again}` writes what withdraws it")
