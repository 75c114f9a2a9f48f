"""The menu of the desk: what each role finds in it, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.desk.access import may
from tallystick.node.staff_ports import Account


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu.

    Attributes:
        route: its page; shown to whom that page is open.
        path: where it leads.
        label: what it says, in English.
        within: further pages that belong to it.
    """

    route: str
    path: str
    label: str
    within: frozenset[str] = frozenset()


ITEMS = (
    Item("home", "/", "Home"),
    Item("cases", "/cases", "Cases", frozenset({"case", "case-use"})),
    Item("copies", "/copies", "Copies"),
    Item("encounters", "/encounters", "Encounters", frozenset({"encounter", "encounter-add"})),
    Item("search", "/search", "Search", frozenset({"record"})),
    Item("registers", "/registers", "Registers", frozenset({"register"})),
    Item("imports", "/imports", "Imports", frozenset({"import-add", "import", "import-confirm"})),
    Item(
        "reports",
        "/reports",
        "Reports",
        frozenset(
            {"report-add", "report-origins", "report-read", "report-chain", "report-claims", "report-judged", "report-import"}
        ),
    ),
    Item("assessments", "/assessments", "Assessments", frozenset({"assess"})),
    Item("circles", "/circles", "Circles", frozenset({"circle"})),
    Item("report", "/report", "Coordination"),
    Item("namesakes", "/namesakes", "Namesakes"),
    Item("subjects", "/subjects", "Data subjects", frozenset({"subjects-gather"})),
    Item("log", "/log", "Audit log", frozenset({"log-entry"})),
    Item("log-check", "/log/check", "Verify the log", frozenset({"log-verify"})),
    Item("lookups", "/log/lookups", "Who opened what"),
    Item("staff", "/staff", "Staff", frozenset({"staff-add", "staff-change"})),
    Item("tokens", "/tokens", "Programs"),
)


def menu(account: Account, route: str) -> Sequence[tuple[Item, bool]]:
    """Return the items somebody finds, and whether each is where they are."""
    return [(each, route == each.route or route in each.within) for each in ITEMS if may(each.route, account)]
