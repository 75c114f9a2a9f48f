"""The registers of a node, as casework looks into them."""

from collections.abc import Collection
from datetime import datetime

from tallystick.errors import InputError
from tallystick.model import Custody, Record
from tallystick.node.finding import Found, StoredRegister
from tallystick.wiring.store_pool import StorePool


class StoredPersons:
    """Fulfils `node.casework.ports.Persons`; several threads may look at once."""

    def __init__(self, location: str) -> None:
        self._pool = StorePool(location)

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()

    def names(self) -> list[str]:
        with self._pool.store() as store:
            return [each.name for each in store.registers()]

    def record(self, register: str, record_id: str) -> Record | None:
        with self._pool.store() as store:
            try:
                return store.record(register, record_id)
            except InputError:
                return None

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        with self._pool.store() as store:
            try:
                return store.lines_of(register, record_ids)
            except InputError:
                return {}

    def custody(self, register: str, record: Record) -> Custody:
        with self._pool.store() as store:
            return store.register(register).custody_for(record)

    def find(self, register: str, person: Record, most: int) -> list[Found]:
        with self._pool.store() as store:
            return StoredRegister(store, register).find(person, most=most)

    def size(self, register: str) -> int:
        with self._pool.store() as store:
            return store.count(register)

    def expire(self, now: datetime) -> int:
        with self._pool.store() as store:
            return sum(store.expire(each.name, now=now) for each in store.registers())
