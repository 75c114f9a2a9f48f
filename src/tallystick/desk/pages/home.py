"""The front page: what waits for somebody, by what their role may see."""

from tallystick.desk.access import may
from tallystick.desk.pages import cases
from tallystick.desk.visits import Answer, DeskRoute, Page, Visit
from tallystick.node import auditing

_MOST_CASES = 12


def home(visit: Visit) -> Answer:
    """Show what waits."""
    _, account = visit.known
    shown: dict[str, object] = {"queue": None, "circles": None, "log": None, "registers": None}
    if may("cases", account):
        shown["queue"] = cases.rows(visit, cases.Which(), _MOST_CASES)
    if may("circles", account):
        shown["circles"] = visit.do("circle_show", circle="")
    if may("registers", account):
        with visit.node.pool.store() as store:
            shown["registers"] = [{"name": each.name, "records": store.count(each.name)} for each in store.registers()]
    if may("log-check", account):
        checkpoint = auditing.newest_checkpoint(visit.node.log_files())
        shown["log"] = {"entries": checkpoint.size, "root": checkpoint.root.hex()}
    return Page(template="home", data=shown)


ROUTES = (DeskRoute("home", "GET", "/", home),)
