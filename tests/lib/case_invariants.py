"""What must hold in a made-up world of cases: after every step, and when everything has arrived."""

from lib.case_offices import Office
from lib.case_world import World
from tallystick.node.casework.ports import CaseFilter, CaseRow, DisclosedRow
from tallystick.review import events, footings
from tallystick.review.handling import read_handling


def check(world: World) -> None:
    """Fail when a state was reached that must not be."""
    for office in world.offices.values():
        for row in office.state.case_rows(CaseFilter()):
            check_history(row, [events.decode(line) for line in office.state.events(row.id)])
        for copy in office.state.disclosures(direction="in"):
            check_copy(world, copy)


def check_copy(world: World, copy: DisclosedRow) -> None:
    sender = world.offices[copy.partner].state.disclosed(copy.digest)
    assert copy.digest in world.sent
    assert sender is not None, "a copy of a disclosure nobody made"
    assert read_handling(copy.handling).covers(read_handling(sender.handling)), "a code was loosened at the receiver"
    assert copy.expires_at <= sender.expires_at
    assert bool(copy.values) == (copy.state == "held"), "a copy that is gone has values, or one that is held has none"
    if copy.former:
        before = world.offices[copy.partner].state.disclosed(copy.former)
        assert before is not None
        assert before.direction == "in"
        assert before.owner == copy.owner != copy.partner
        assert copy.expires_at <= before.expires_at, "what was passed on lives longer"
        if before.state == "held":
            return
        first = world.offices[before.partner].state.disclosed(copy.former)
        assert first is not None
        assert read_handling(copy.handling).covers(read_handling(first.handling)), "a code was loosened downstream"


def check_settled(world: World) -> None:
    """After `settle`: both sides of every disclosure agree, and nothing that was called back is held anywhere."""
    for office in world.offices.values():
        assert not [row for row in office.state.outbox() if row.kind in {"recall", "missing", "expiry"}], (
            "a recall or receipt is stuck"
        )
        for copy in office.state.disclosures(direction="in"):
            sender = world.offices[copy.partner].state.disclosed(copy.digest)
            assert sender is not None
            assert (copy.state == "held") == (sender.state == "held"), (copy.state, sender.state)
            if copy.former:
                check_told_on(world, office, copy)
        for made in office.state.disclosures(direction="out"):
            if made.state == "withheld":
                assert world.offices[made.partner].state.disclosed(made.digest) is None, "a receiver has what was withheld"
        for row in office.state.case_rows(CaseFilter(side="requester")):
            check_told(world, office, row)
            check_waits(world, office, row)


def check_waits(world: World, office: Office, row: CaseRow) -> None:
    """A request that waits for the requester waits for the holder, and one that was answered there was answered here."""
    theirs = world.offices[row.partner].state.case_by_reference(row.circle, office.id, row.reference)
    if theirs is not None:
        waits = [
            each.request is not None and each.answer is None
            for each in (office.case(row.id), world.offices[row.partner].case(theirs.id))
        ]
        assert waits[0] == waits[1], "one side waits for an answer that the other thinks it has given, or has"


def check_told(world: World, office: Office, row: CaseRow) -> None:
    """The holder of a hit knows what the report behind it is worth, and nothing where that did not change."""
    case = office.case(row.id)
    if case.told_at is None or row.encounter not in office.reports:
        return
    before, now = office.reports[row.encounter]
    told = footings.told(case.footings)
    assert (told.worth if told else before) == now, "a holder was not told"
    theirs = world.offices[row.partner].state.case_by_reference(row.circle, office.id, row.reference)
    assert theirs is not None
    heard = [each.worth for each in world.offices[row.partner].case(theirs.id).footings if each.is_heard]
    assert heard == ([told.worth] if told else []), "a holder was told and did not hear, or heard and was not told"


def check_told_on(world: World, office: Office, copy: DisclosedRow) -> None:
    """A receiver of what was passed on knows of every report on which the first disclosure rests."""
    sender = world.offices[copy.partner]
    source = sender.state.disclosed(copy.former)
    heard = {each.report: each for each in office.case(copy.case).footings if each.is_heard}
    for each in sender.case(source.case).footings if source else ():
        if not each.is_heard or copy.former in each.disclosures:
            assert heard[each.report].worth == each.worth
            assert copy.digest in heard[each.report].disclosures


def check_history(row: CaseRow, history: list[events.AnyEvent]) -> None:
    """Check by its own reading of the events that nothing was disclosed without a complete approval of the newest request."""
    two_persons, asked, said = False, None, list[events.Approved]()
    answered: events.Requested | None = None
    for event in history:
        if isinstance(event, events.Opened | events.Told):
            two_persons = two_persons or event.two_persons
        elif isinstance(event, events.Requested):
            asked, said = event, []
        elif isinstance(event, events.Approved):
            # What others approved counts no more once it was of something else, or until a day that is past.
            said = [each for each in said if each.source == event.source and each.expires_at > event.at] + [event]
        elif isinstance(event, events.Disclosed):
            assert asked is not None, "a disclosure without a request"
            assert len({each.by for each in said}) >= 1 + two_persons, f"too few persons approved, {row.side}"
            assert len({(each.fields, each.handling, each.expires_at) for each in said}) == 1
            assert set(said[0].fields) <= set(asked.fields)
            said, asked, answered = [], None, asked
        elif isinstance(event, events.Withheld):
            assert answered is not None, "what nobody disclosed was withheld"
            said, asked = [], answered  # the request waits again, and nothing said of it before counts
