"""What a program asks with, and what it is answered: values between the door for programs and its routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tallystick.desk.visits import Nothing
from tallystick.node.staff_ports import Account, Token
from tallystick.wiring.desk import DeskNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a program that was let in.

    Attributes:
        node: what the route may use.
        path: the variable parts of its path, by name.
        given: its query, as the struct of its route.
        body: its content, as the struct of its route; None where there is none.
        asker: token and account; None at routes that are open to anybody.
        address: of this desk, as the program reaches it: scheme, host, port.
        key: the token, where it stood in the query: links that are given back need it.
    """

    node: DeskNode
    path: Mapping[str, str]
    given: Any
    body: Any = field(default=None, repr=False)
    asker: tuple[Token, Account] | None = None
    address: str = ""
    key: str = field(default="", repr=False)

    @property
    def known(self) -> tuple[Token, Account]:
        """Token and account; nobody without them was let in where a route asks for this."""
        assert self.asker is not None  # noqa: S101 - see above
        return self.asker


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that a person looks at, inside the page of a program.

    Attributes:
        template: name of its template, without ending.
        data: what it shows.
    """

    template: str
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProgramRoute:
    """One route for programs.

    Attributes:
        name: in the table of access.
        method, path: where it is.
        answer: who answers it.
        gives: the type of what is answered, or several of them; `Shown` where it is HTML.
        takes: what its query is.
        body: what its content is; None where it has none.
        media_type: of that content: JSON, or a form whose fields are texts.
        key_in_query: whether the token may stand in the query: for programs that can send no header.
        most_bytes: how much is read.
    """

    name: str
    method: str
    path: str
    answer: Callable[[Call], Any]
    gives: Any
    takes: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    media_type: str = "application/json"
    key_in_query: bool = False
    most_bytes: int = 1 << 20
