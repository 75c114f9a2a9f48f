"""How a case is printed: both sides beside each other, copies, footings, and everything that happened."""

from typing import Any, Final

from tallystick.cli.output import Cell, number, print_table, say, short_moment

_LEVELS: Final = {"same": "green", "similar": "yellow", "different": "red", "unknown": "dim"}


def print_case(view: dict[str, Any]) -> None:
    """Print a case whole."""
    row = view["row"]
    lines = [
        ("stage", row["stage"]), ("waits for", row["waiting_for"]), ("due (UTC)", short_moment(row["due_at"] or "")),
        ("our record", "/".join(filter(None, (row["register"], row["record_id"])))),
        ("partner", f"{row['partner']} ({row['side']} is this node)"), ("call", view["contact"]),
        ("evidence", f"{row['weight_bits']} bits" if row["weight_bits"] else ""), ("met", " ".join(filter(None, row["met"]))),
        ("across a border", {True: "yes", False: "no", None: ""}[row["cross_border"]]), ("decided", view["verdict"] or ""),
        ("requested", ", ".join(view["request"]["fields"]) if view["request"] else ""),
        ("outcome", view["outcome"]["code"] if view["outcome"] else ""), ("open now", ", ".join(view["moves"])),
    ]  # fmt: skip
    print_table((f"case {row['number']}", row["reference"]), [line for line in lines if line[1]], folding=(1,))
    for copy in view["copies"]:
        _print_copy(copy)
    for footing in view["footings"]:
        _print_footing(footing)
    if view["verification"]:
        _print_verification(view["verification"])
    history = [(short_moment(each["at"]), each["by"], each["what"], each["text"]) for each in view["history"]]
    print_table(("when (UTC)", "by", "what", "words"), history, folding=(3,))
    if view["lapsed"]:
        say(_counts_no_more(view["lapsed"]))
    if view["undelivered"]:
        say(f"{view['undelivered']} messages wait until the partner can be reached")


def _counts_no_more(lapsed: dict[str, Any]) -> str:
    """Return what became of an approval, and what to do."""
    because = {"over": "its day is past", "gone": "the record is gone"}.get(lapsed["why"], "the record, or its code, has changed")
    what = f"what {', '.join(lapsed['by'])} approved on {short_moment(lapsed['at'])} counts no more: {because}"
    return f"{what}; {'refuse it' if lapsed['why'] == 'gone' else 'whoever approves next is the first, and another follows'}"


def _print_copy(copy: dict[str, Any]) -> None:
    way = "disclosed to" if copy["direction"] == "out" else "disclosed by"
    lines = [
        ("fields", ", ".join(copy["fields"])), ("handling", copy["handling"]), ("until", copy["expires_at"][:10]),
        ("state", copy["state"]), ("recall acknowledged", short_moment(copy["acknowledged_at"] or "")),
        *((name, shown_value(value)) for name, value in copy["values"].items()),
    ]  # fmt: skip
    print_table((way, copy["partner"]), [line for line in lines if line[1]], folding=(1,))


def worth_of(said: dict[str, Any]) -> str:
    """Return what a report is worth, as people write it: withdrawn, or its grades such as B2."""
    return "withdrawn" if said["change"] == "withdrawn" else f"graded {said['reliability']}{said['credibility']}"


def _print_footing(footing: dict[str, Any]) -> None:
    is_ours = footing["direction"] == "out"
    heeded = " ".join(filter(None, (short_moment(footing["heeded_at"] or ""), footing["heeded_by"]))) or "not yet"
    lines = [
        ("is", worth_of(footing)), ("since (UTC)", short_moment(footing["changed_at"])),
        ("rest on it", ", ".join(each[:12] for each in footing["disclosures"])),
        ("told (UTC)" if is_ours else "heard (UTC)", short_moment(footing["at"])),
        ("delivered (UTC)", (short_moment(footing["delivered_at"] or "") or "not yet") if is_ours else ""),
        ("heeded", heeded), ("words", footing["note"]),
    ]  # fmt: skip
    whose = "our report" if is_ours else "their report"
    print_table((whose, footing["report"][:12]), [line for line in lines if line[1]], folding=(1,))


def _print_verification(said: dict[str, Any]) -> None:
    told = [each for each in said["fields"] if each["level"] != "unknown"]
    rows = [
        (
            each["field"], *("; ".join(value["text"] for value in each[side]) for side in ("ours", "theirs")),
            Cell(each["level"], _LEVELS[each["level"]]), number(each["bits"], "+.1f"), number(each["end_bits"], "+.1f"),
        )
        for each in told
    ]  # fmt: skip
    print_table(("field", "ours", "theirs", "agreement", "bits", "sum"), rows, folding=(1, 2))


def shown_value(value: Any) -> str:  # noqa: ANN401 - a value of the record format
    """Return a value of the record format in one line."""
    if isinstance(value, list):
        return "; ".join(shown_value(each) for each in value)
    return " ".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value)


def how_surely(modality: str, polarity: str) -> str:
    """Return how surely a claim is said, and whether it says that something is not so, as one cell."""
    return modality if polarity == "affirmed" else f"{modality}, {polarity}"
