"""A partner that lies: a node served with its own key and certificate, whose answers are bent before or after they are signed.

Rules
 1. What is bent before it is signed is what only the partner itself can do; what is bent after, anybody on the way.
 2. `Bent.bend` and `Bent.spoil` may be set and unset while the node is served.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tallystick.server.app import Call, PeerRoute, Reply

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Spoiled = Callable[[Message, Message, Send], Awaitable[None]]
"""Sends the start and the body of an answer, or something else."""


@dataclass
class Bent:
    """How a partner lies: in what it signs (`bend`), in how it sends that (`spoil`); only where the path has `where` in it."""

    where: str = ""
    bend: Callable[[Call, Reply], Reply] | None = None
    spoil: Spoiled | None = None
    seen: list[Reply] = field(default_factory=list)

    def straight(self) -> None:
        """Lie no longer."""
        self.bend = self.spoil = None
        self.seen.clear()

    def route(self, route: PeerRoute) -> PeerRoute:
        """Return a route whose answers are bent."""

        def answer(call: Call) -> Reply:
            reply = route.answer(call)
            if self.bend is None or self.where not in route.path:
                return reply
            self.seen.append(reply)
            return self.bend(call, reply)

        return replace(route, answer=answer)

    def app(self, served: Any) -> Any:  # noqa: ANN401  # ASGI
        """Return an application whose answers are spoiled on the way."""

        async def spoiled(scope: Message, receive: Any, send: Send) -> None:  # noqa: ANN401
            if scope["type"] != "http" or self.spoil is None or self.where not in scope["path"]:
                await served(scope, receive, send)
                return
            said: list[Message] = []

            async def keep(message: Message) -> None:
                said.append(message)

            await served(scope, receive, keep)
            with suppress(OSError, asyncio.CancelledError):
                await self.spoil(said[0], said[1], send)

        return spoiled
