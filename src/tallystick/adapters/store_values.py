"""Values and refusals that every store writes and says alike. Knows no database."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec

from tallystick.errors import InputError, RefusedError, UnknownIdError
from tallystick.model import Custody, Register
from tallystick.node.ports import Order

NEVER = datetime.min.replace(tzinfo=UTC)
"""The moment of a change that leaves no history."""


class Counts:
    """How many records registers hold, for as long as a database says that nothing has changed."""

    def __init__(self) -> None:
        self._state: object = None
        self._known: dict[int, int] = {}

    def get(self, register_no: int, state: object, count: Callable[[], int]) -> int:
        """Return a count; it is counted anew when the state is another one than before.

        Args:
            register_no: of which register.
            state: what the database said of itself before this call: equal while no change was committed.
            count: counts now.
        """
        if state != self._state:
            self._state, self._known = state, {}
        if register_no not in self._known:
            self._known[register_no] = int(count())
        return self._known[register_no]


_custody = msgspec.json.Decoder(Custody)


def custody_text(custody: Custody) -> str:
    """Write a custody as JSON."""
    return msgspec.json.encode(custody).decode()


def register_of(name: str, custody: str) -> Register:
    """Read a register back from its name and its custody in JSON."""
    return Register(name=name, custody=_custody.decode(custody))


def new_register(order: Order) -> Register | None:
    """Return the register that is to be made with an edition; None where it is there."""
    return None if order.custody is None else Register(name=order.register, custody=order.custody)


def utc(moment: datetime) -> datetime:
    """Return the moment in UTC; one without a zone is refused, because nobody knows when it was."""
    if moment.tzinfo is None:
        raise InputError("a moment without time zone was given", hint="pass an aware datetime")
    return moment.astimezone(UTC)


def iso(day: date | None) -> str | None:
    """Write a date as YYYY-MM-DD; such texts sort as their dates do."""
    return None if day is None else day.isoformat()


def unknown_register(name: str) -> UnknownIdError:
    """Say that there is no such register."""
    return UnknownIdError(
        f"register {name} is not in this store",
        hint="see `tallystick register list`; a file of records ends in .jsonl or .jsonl.gz",
        id=name,
    )


def register_exists(name: str) -> InputError:
    """Say that the name is taken."""
    return InputError(f"register {name} is in this store already", hint="choose another name, or import into this one")


def unknown_record(register: str, record_id: str) -> UnknownIdError:
    """Say that the register holds no such record now."""
    return UnknownIdError(
        f"record {record_id} is not in register {register}",
        hint="check the id; its history tells whether it was removed",
        id=record_id,
    )


def written_in_the_open() -> RefusedError:
    """Say that a store cannot be sealed once it holds something."""
    return RefusedError(
        "this store holds registers that were written in the open, and cannot be sealed",
        hint="make a sealed store with `tallystick init --sealed`, and import into that",
    )
