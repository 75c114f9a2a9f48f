"""The copies this node holds of what others disclosed: what each may be used for, as its handling code says. Changes nothing."""

from contextlib import suppress
from datetime import datetime

from tallystick.errors import RefusedError
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.ports import DisclosedRow
from tallystick.node.casework.sources import copy_of
from tallystick.node.casework.views import HeldCopy
from tallystick.review.handling import Use
from tallystick.review.roles import Actor

USES = (Use.LOOK, Use.PROCEEDINGS, Use.PASS_ON, Use.PUBLISH)


def held_copies(book: CaseBook, actor: Actor, now: datetime, use: Use | None = None) -> list[HeldCopy]:
    """Return the copy that is held in each case, those that go soonest first; values are shown by the page of the case.

    Args:
        book: the cases.
        actor: who looks.
        now: the moment.
        use: only those that may be used so.
    """
    newest = {row.case: row for row in book.state.disclosures(direction="in", held=True) if row.values}
    found = [_shown(row, uses) for row in newest.values() if (uses := _uses(row, actor, now)) and use in {None, *uses}]
    return sorted(found, key=lambda each: (each.expires_at, each.case))


def _uses(row: DisclosedRow, actor: Actor, now: datetime) -> tuple[Use, ...]:
    allowed = []
    for use in USES:
        with suppress(RefusedError):
            copy_of(row).check(use, actor.name, now)
            allowed.append(use)
    return tuple(allowed)


def _shown(row: DisclosedRow, uses: tuple[Use, ...]) -> HeldCopy:
    return HeldCopy(
        case=row.case, circle=row.circle, owner=row.owner, partner=row.partner, fields=row.fields, handling=row.handling,
        expires_at=row.expires_at, uses=tuple(each.value for each in uses),
    )  # fmt: skip
