"""The front page: what waits for somebody, by what their role may see."""

from tallystick.desk.access import may
from tallystick.desk.visits import Answer, DeskRoute, Page, Visit
from tallystick.node import auditing

_MOST_HITS = 8


def home(visit: Visit) -> Answer:
    """Show what waits."""
    _, account = visit.known
    shown: dict[str, object] = {"hits": None, "circles": None, "log": None, "registers": None}
    if may("hits", account):
        found = visit.do("hits", circle="", state="")
        new = [each for each in found["hits"] if each["state"] == "new"]
        shown["hits"] = {"new": len(new), "newest": new[:_MOST_HITS], "opened": len(found["opened"]), "all": len(found["hits"])}
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
