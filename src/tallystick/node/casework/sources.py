"""What a disclosure is made of, a record or a copy passed on, and whether an approver saw it as it is now. Changes nothing."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from tallystick.errors import InputError, RefusedError
from tallystick.model import encode
from tallystick.node.casework.book import CaseBook, OpenCase
from tallystick.node.casework.ports import CaseRow, DisclosedRow
from tallystick.review.disclosures import Copy
from tallystick.review.handling import Handling, read_handling

Lapse = Literal["", "changed", "over", "gone"]


@dataclass(frozen=True, slots=True)
class Source:
    """What a disclosure is made of: all values there are, and the copy they come from, if they do, with its circle."""

    values: dict[str, object] = field(repr=False)
    digest: bytes
    code: str
    record_id: str = ""
    copy: Copy | None = None
    circle: str = ""
    former: str = ""

    @property
    def seen(self) -> str:
        """What two approvers must both have seen: the values and their own code, as a digest."""
        return hashlib.sha256(self.digest + self.code.encode()).hexdigest()

    def own_code(self) -> Handling:
        """Return the handling code of the record or the copy itself, where it is one we know; TLP:AMBER where it has none."""
        try:
            return read_handling(self.code) if self.code else Handling()
        except InputError:
            hint = "say --handling, such as `H2 TLP:AMBER`"
            raise InputError(f"the handling code of record {self.record_id} is none that can be passed on", hint=hint) from None


def source_of(book: CaseBook, row: CaseRow, former: str) -> Source:
    """Return what would be disclosed in a case.

    Args:
        book: the cases.
        row: the case.
        former: digest of the disclosure whose copy is passed on; empty for our own record.

    Raises:
        RefusedError: it is gone, or came from here.
    """
    if former:
        copy = book.state.disclosed(former)
        if copy is None or copy.state != "held" or copy.direction != "in":
            raise RefusedError("the copy that is passed on is gone", hint="refuse the request")
        if copy.owner == book.node.id:
            raise RefusedError("what would be passed on came from here", hint="disclose the record itself")
        values = msgspec.json.decode(copy.values, type=dict[str, object])
        digest = hashlib.sha256(copy.values).digest()
        return Source(values, digest, copy.handling, copy=copy_of(copy), circle=copy.circle, former=former)
    record = book.persons.record(row.register, row.record_id)
    if record is None:
        raise RefusedError(f"record {row.record_id} is gone from register {row.register}", hint="refuse the request")
    line = encode(record)
    said = book.persons.custody(row.register, record).handling_code
    values = msgspec.json.decode(line, type=dict[str, object])
    return Source(values, hashlib.sha256(line).digest(), said or "", record.id)


def lapse(book: CaseBook, found: OpenCase) -> Lapse:
    """Return why the approval that a second person would confirm counts no more; empty while it does, or where there is none."""
    if not found.case.approvals or found.case.answer is not None:
        return ""
    first = found.case.approvals[0]
    if first.expires_at <= book.node.now():
        return "over"
    try:
        return "" if source_of(book, found.row, first.former).seen == first.source else "changed"
    except RefusedError:
        return "gone"


def copy_of(row: DisclosedRow) -> Copy:
    """Return a received copy as `review` knows it."""
    return Copy(owner=row.owner, handling=read_handling(row.handling), expires_at=row.expires_at, readers=row.readers)
