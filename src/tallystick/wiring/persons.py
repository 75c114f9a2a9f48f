"""The registers of a node, as casework looks into them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tallystick.adapters.stores import open_store
from tallystick.errors import InputError
from tallystick.model import Custody, Record
from tallystick.node.finding import Found, StoredRegister
from tallystick.node.ports import RegisterStore
from tallystick.wiring import key_secret


class StoredPersons:
    """Fulfils `node.casework.ports.Persons`; a connection for each use, since several threads look."""

    def __init__(self, location: str) -> None:
        self._location = location

    def names(self) -> list[str]:
        with self._store() as store:
            return [each.name for each in store.registers()]

    def record(self, register: str, record_id: str) -> Record | None:
        with self._store() as store:
            try:
                return store.record(register, record_id)
            except InputError:
                return None

    def custody(self, register: str, record: Record) -> Custody:
        with self._store() as store:
            return store.register(register).custody_for(record)

    def find(self, register: str, person: Record, most: int) -> list[Found]:
        with self._store() as store:
            return StoredRegister(store, register).find(person, most=most)

    def size(self, register: str) -> int:
        with self._store() as store:
            return store.count(register)

    def expire(self, now: datetime) -> int:
        with self._store() as store:
            return sum(store.expire(each.name, now=now) for each in store.registers())

    @contextmanager
    def _store(self) -> Iterator[RegisterStore]:
        store = open_store(self._location, key_secret)
        try:
            yield store
        finally:
            store.close()
