"""What may happen in a made-up world of cases; `act` lets one thing happen, `run` many, and looks at the world after each."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lib.case_invariants import check, check_settled
from lib.case_offices import KilledError, Office
from lib.case_world import MEMBERS, PURPOSE, World, found, met, watched
from tallystick.errors import Error
from tallystick.node.casework import Casework, Terms
from tallystick.node.casework.ports import CaseFilter
from tallystick.review.disclosures import FIELDS
from tallystick.review.events import Verdict
from tallystick.review.footings import Worth
from tallystick.review.roles import Actor, Role

CODES = ("H0 TLP:GREEN", "H1 TLP:GREEN", "H0 TLP:CLEAR", "H1 TLP:GREEN", "H2 TLP:AMBER", "TLP:RED", "H3 TLP:AMBER ask unit 4")
WORTHS = (Worth("withdrawn"), *(Worth("graded", credibility, reliability) for credibility in "256" for reliability in "BF"))
VERDICTS: tuple[Verdict, ...] = ("same", "same", "same", "undecided", "not-same")


def _hit(world: World, office: Office) -> bool:
    holder = world.offices[world.rng.choice([each for each in MEMBERS if each != office.id])]
    found(world, office, holder, met(world, office) if world.rng.random() < 0.5 else watched(world, office))
    return True


def _judge(world: World, office: Office) -> bool:
    """Judge a report otherwise; what was withdrawn stays it."""
    if not office.reports:
        return False
    chosen = world.rng.choice(list(office.reports))
    before, now = office.reports[chosen]
    if now.change == "withdrawn":
        return False
    office.reports[chosen] = (before, world.rng.choice(WORTHS))
    office.casework.tell_footings()
    return True


def _on_case(
    move: str, side: str, role: Role, work: Callable[[World, Casework, Actor, int], object]
) -> Callable[[World, Office], bool]:
    def take(world: World, office: Office) -> bool:
        actor = world.officer(role)
        number = world.any_case(office, side, move, actor)
        if number is None:
            return False
        work(world, office.casework, actor, number)
        return True

    return take


def _request(world: World, casework: Casework, actor: Actor, number: int) -> None:
    fields = tuple(world.rng.sample(FIELDS, world.rng.randrange(1, 5)))
    casework.request(actor, number, fields, reason="r")


def _approve(world: World, casework: Casework, actor: Actor, number: int) -> None:
    handling, days = world.rng.choice(["", *CODES]), world.rng.choice([0, 1, 30])
    view = casework.case(actor, number)
    asked = view.request or {"fields": []}
    some = [str(each) for each in asked["fields"]][: world.rng.randrange(0, 4)]  # type: ignore[attr-defined]
    if view.approvals:
        handling, days, some = "", 0, []
    casework.approve(actor, number, Terms(fields=tuple(some), handling=handling, days=days, reason="r"))


def _hold_back(world: World, office: Office) -> bool:
    """Approve, and think better of it while the line is bad."""
    waiting = office.state.case_rows(CaseFilter(side="holder", stage="requested"))
    if not waiting:
        return False
    chosen, before = world.rng.choice(waiting).id, world.faults.losses
    world.faults.losses = world.rng.choice([0.5, 1.0])
    try:
        two = [Actor(f"approver-{each}", Role.APPROVER) for each in range(1 + office.case(chosen).two_persons)]
        for each in two:
            office.casework.approve(each, chosen, Terms(reason="r"))
        world.at += timedelta(seconds=1)
        office.casework.recall(world.officer(Role.APPROVER), chosen, "handling")
    finally:
        world.faults.losses = before
    return True


def _pass_on(world: World, office: Office) -> bool:
    held = [row for row in office.state.disclosures(direction="in", held=True) if "AMBER" not in row.handling]
    waiting = office.state.case_rows(CaseFilter(side="holder", stage="requested"))
    if not held or not waiting:
        return False
    terms = Terms(handling=world.rng.choice(["", *CODES]), days=world.rng.choice([0, 1, 60]), pass_on=world.rng.choice(held).case)
    office.casework.approve(world.officer(Role.APPROVER), world.rng.choice(waiting).id, terms)
    return True


def _tighten(world: World, office: Office) -> bool:
    held = office.state.disclosures(direction="in", held=True)
    if not held:
        return False
    office.casework.tighten(world.officer(Role.APPROVER), world.rng.choice(held).case, world.rng.choice(CODES))
    return True


def _correct(world: World, office: Office) -> bool:
    world.put_record(office, world.rng.choice(list(office.registers.held)))
    office.casework.go_round()
    return True


def _wait(world: World, office: Office) -> bool:
    world.at += timedelta(days=world.rng.choice([1, 10, 40]))
    office.casework.go_round()
    return True


def _round(_world: World, office: Office) -> bool:
    office.casework.go_round()
    return True


def _weather(world: World, _office: Office) -> bool:
    world.faults.losses = world.rng.choice([0.0, 0.0, 0.0, 0.2, 1.0])
    world.faults.deaths = world.rng.choice([0.0, 0.0, 0.02, 0.1])
    return True


ACTIONS: dict[str, Callable[[World, Office], bool]] = {
    "hit": _hit,
    "tell": _on_case("tell", "requester", Role.OFFICER, lambda _w, c, a, n: c.tell(a, n, reason="r", purpose=PURPOSE)),
    "decide": _on_case("decide", "", Role.OFFICER, lambda w, c, a, n: c.decide(a, n, w.rng.choice(VERDICTS), "r")),
    "request": _on_case("request", "requester", Role.OFFICER, _request),
    "approve": _on_case("approve", "holder", Role.APPROVER, _approve),
    "pass-on": _pass_on, "hold-back": _hold_back,
    "refuse": _on_case("refuse", "holder", Role.APPROVER, lambda _w, c, a, n: c.refuse(a, n, "r")),
    "outcome": _on_case("outcome", "requester", Role.OFFICER, lambda _w, c, a, n: c.report_outcome(a, n, "acted", "")),
    "close": _on_case("close", "", Role.OFFICER, lambda _w, c, a, n: c.close(a, n)),
    "recall": _on_case("recall", "holder", Role.APPROVER, lambda _w, c, a, n: c.recall(a, n, "handling")),
    "acknowledge": _on_case("acknowledge", "requester", Role.OFFICER, lambda _w, c, a, n: c.acknowledge(a, n, "done")),
    "heed": _on_case("heed", "", Role.OFFICER, lambda _w, c, a, n: c.heed(a, n, "done")), "judge": _judge,
    "tighten": _tighten,
    "correct": _correct, "wait": _wait, "round": _round, "weather": _weather,
}  # fmt: skip
"""Every action by name."""

WEIGHTS = {
    "hit": 4, "tell": 5, "decide": 12, "request": 14, "approve": 16, "pass-on": 10, "hold-back": 5, "refuse": 2, "outcome": 1,
    "close": 1,
    "recall": 2, "acknowledge": 3, "tighten": 2, "correct": 0.3, "wait": 0.2, "round": 5, "weather": 1.5, "judge": 5,
    "heed": 6,
}  # fmt: skip


def act(world: World, action: str) -> bool:
    """Do one thing somewhere; returns whether it was allowed. What may not happen is refused, never half done."""
    office = world.offices[world.rng.choice(MEMBERS)]
    world.at += timedelta(seconds=world.rng.randrange(1, 600))
    try:
        done = ACTIONS[action](world, office)
    except Error:
        done = False
    except KilledError:
        office.die()
        done = True
    world.taken[action] += done
    return done


def run(folder: Path, seed: int, steps: int) -> dict[str, int]:
    """Take random steps in a new world, look at it after each, and let it settle in the end; returns what was allowed."""
    folder.mkdir()
    world = World(folder, seed)
    try:
        for step in range(steps):
            fair = {name: weight for name, weight in WEIGHTS.items() if name != "weather" or step * 3 > steps}
            [action] = world.rng.choices(list(fair), list(fair.values()))
            act(world, action)
            check(world)
        world.settle()
        check(world)
        check_settled(world)
        return dict(world.taken)
    finally:
        world.close()
