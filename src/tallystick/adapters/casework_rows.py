"""How rows of casework are written to the database and read from it: their annotations say how."""

from dataclasses import astuple, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tallystick.adapters.node_schema import moment, seconds

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_R = TypeVar("_R", bound="DataclassInstance")


def plain(row: "DataclassInstance") -> list[Any]:
    """Return the values of a row as the database holds them, in the order of its columns."""
    return [_held(value) for value in astuple(row)]


def _held(value: object) -> object:
    if isinstance(value, datetime):
        return seconds(value)
    return msgspec.json.encode(value) if isinstance(value, tuple) else value


def read(kind: type[_R], row: tuple[Any, ...]) -> _R:
    """Return a row as it is spoken of; its annotations say how."""
    return kind(**{each.name: _spoken(str(each.type), value) for each, value in zip(fields(kind), row, strict=True)})


def _spoken(kind: str, value: Any) -> Any:  # noqa: ANN401
    if "datetime" in kind:
        return None if value is None else moment(value)
    if "tuple" in kind:
        return tuple(msgspec.json.decode(value))
    if "bool" in kind:
        return None if value is None else bool(value)
    return value
