"""The node-to-node interface: each route, how much it reads, and who answers it.

Rules
 1. Sizes first: no more of a body is read than its route allows, and nothing is parsed here.
 2. Then the door: certificate, signature, time, nonce. Whoever does not pass learns only that.
 3. Every answer to somebody who passed is signed, refusals included.
 4. Every refusal is noted before it is sent (server/turned_away.py).
 5. Work is done in threads; the loop only moves bytes.

Spec: spec/exchange-v1.md, sections 6.3, 8 and 12; spec/node-api-v1.yaml.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tallystick.adapters.message_signatures import SignedRequest, SignedResponse, Signer, combined_fields
from tallystick.errors import Error, NotAuthorizedError, QueryBudgetError, RemoteProtocolError, UnavailableError
from tallystick.server import problems
from tallystick.server.authentication import Doorkeeper, KnownKey
from tallystick.server.connections import MOST_HEADER_BYTES, peer_certificate
from tallystick.server.messages import bug
from tallystick.server.turned_away import TurnedAway
from tallystick.wiring.watching import note_route

KIB = 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the door.

    Attributes:
        sender: who sent it.
        path: the variable parts of its path, by name.
        query: the parameters of its query string.
        fields: its header fields of the exchange, by lower-case name.
        body: its content.
    """

    sender: KnownKey = field(repr=False)
    path: Mapping[str, str]
    query: Mapping[str, str]
    fields: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def member(self) -> str:
        """The id of who sent it: a name within a circle, see `server.routes.named`."""
        return self.sender.member


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back.

    Attributes:
        body: the content.
        media_type: its type.
        fields: header fields of the exchange.
        status: HTTP status.
    """

    body: bytes = field(repr=False)
    media_type: str = "application/json"
    fields: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class PeerRoute:
    """One route of the interface: what it is, how much it reads at most, who answers it, and the type of what it reads."""

    method: str
    path: str
    most_bytes: int
    answer: Callable[[Call], Reply]
    media_type: str = "application/json"
    is_question: bool = False


class TooLargeError(Exception):
    """A body is larger than its route reads."""


class Door(Protocol):
    """What the application needs of its node."""

    @property
    def url(self) -> str:
        """Base URL, as the node's card says it: what signatures cover, whatever proxy stands before it."""
        ...

    def now(self) -> datetime: ...


def make_app(door: Door, routes: list[PeerRoute], doorkeeper: Doorkeeper, signer: Signer, turned: TurnedAway) -> Starlette:
    """Return the application that serves a node to its partners."""
    served = [_Served(door, route, doorkeeper, signer, turned) for route in routes]

    async def nowhere(request: Request, error: Exception) -> Response:
        await run_in_threadpool(turned.connection, peer_certificate(request.scope), "no-route")
        return Response(status_code=error.status_code if isinstance(error, HTTPException) else problems.MALFORMED.status)

    paths = [Route(each.route.path, each, methods=[each.route.method]) for each in served]
    return Starlette(routes=paths, exception_handlers={404: nowhere, 405: nowhere})


class _Served:
    """One route, as Starlette calls it."""

    def __init__(self, door: Door, route: PeerRoute, doorkeeper: Doorkeeper, signer: Signer, turned: TurnedAway) -> None:
        self._door = door
        self.route = route
        self._doorkeeper = doorkeeper
        self._signer = signer
        self._turned = turned

    async def __call__(self, scope: dict[str, object], receive: Callable[[], Awaitable[dict[str, object]]], send: object) -> None:
        """Answer one request (ASGI)."""
        note_route(scope, self.route.path)
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)  # type: ignore[arg-type]

    async def _respond(self, request: Request) -> Response:
        certificate = peer_certificate(request.scope)
        try:
            body = await _body(request, self.route.most_bytes)
            headers = _headers(request)
        except TooLargeError:
            return await run_in_threadpool(self._turn_away, certificate, problems.TOO_LARGE, b"")
        except ClientDisconnect:
            await run_in_threadpool(self._turned.cut, certificate, "cut-off")
            return Response(status_code=problems.MALFORMED.status)  # to nobody
        signed = SignedRequest(request.method, self._door.url + _target(request), headers, body)
        return await run_in_threadpool(self._answer, signed, (dict(request.path_params), dict(request.query_params)), certificate)

    def _turn_away(self, certificate: bytes | None, problem: problems.Problem, body: bytes, why: str = "") -> Response:
        try:
            self._turned.connection(certificate, problem.name, body, why)
        except Error:
            return _unsigned(problems.UNAVAILABLE)
        return _unsigned(problem)

    def _answer(self, signed: SignedRequest, named: tuple[dict[str, str], dict[str, str]], certificate: bytes | None) -> Response:
        now = self._door.now()
        try:
            sender = self._doorkeeper.admit(signed, certificate, now)
        except (NotAuthorizedError, UnavailableError) as error:
            return self._turn_away(certificate, problems.problem_of(error), signed.body, str(error))
        fields = {name: value for name, value in signed.headers.items() if name.startswith("tallystick-")}
        reply = self._reply(Call(sender, *named, fields, signed.body), signed.headers)
        response = SignedResponse(reply.status, {"content-type": reply.media_type, **reply.fields}, signed, reply.body)
        self._signer.sign_response(response, self._door.now())
        return Response(reply.body, status_code=reply.status, headers=response.headers)

    def _reply(self, call: Call, headers: Mapping[str, str]) -> Reply:
        try:
            _check_type(headers, self.route.media_type)
            return self.route.answer(call)
        except Error as error:
            return self._refuse(call, error)
        except Exception as error:  # a face: what is no Error is a bug, and a partner hears no more than "later"
            bug(self.route.path, error, member=call.member)
            return refusal(error)

    def _refuse(self, call: Call, error: Error) -> Reply:
        problem = problems.problem_of(error)
        try:
            if problem is not problems.UNAVAILABLE:
                circle = "" if problem is problems.UNKNOWN_CIRCLE else call.path.get("circle", "")  # no circle of the sender's
                self._turned.partner(
                    call.member, problem.name, call.body, circle=circle,
                    is_question=self.route.is_question, why=str(error),
                )  # fmt: skip
        except Error as unrecorded:
            return refusal(unrecorded)
        return refusal(error)


def refusal(error: Exception) -> Reply:
    """Return what a partner is told of an error."""
    problem = problems.problem_of(error)
    after_s = (error.retry_after_s if isinstance(error, QueryBudgetError) else 0) or problem.retry_after_s
    return Reply(problem.body(), problems.MEDIA_TYPE, _after(after_s), problem.status)


def _after(seconds: int) -> dict[str, str]:
    return {"retry-after": str(seconds)} if seconds else {}


def _unsigned(problem: problems.Problem) -> Response:
    fields = _after(problem.retry_after_s)
    return Response(problem.body(), status_code=problem.status, media_type=problems.MEDIA_TYPE, headers=fields)


def _target(request: Request) -> str:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def _headers(request: Request) -> dict[str, str]:
    """Return header fields by lower-case name.

    Raises:
        TooLargeError: there is too much of them.
    """
    headers = combined_fields(request.headers.items())
    if sum(len(name) + len(value) for name, value in headers.items()) > MOST_HEADER_BYTES:
        raise TooLargeError
    return headers


def _check_type(headers: Mapping[str, str], media_type: str) -> None:
    said = headers.get("content-type", media_type).partition(";")[0].strip().lower()
    if said != media_type or headers.get("content-encoding", "identity").lower() != "identity":
        raise RemoteProtocolError("a content is of another type or encoding", hint="follow spec/node-api-v1.yaml")


async def _body(request: Request, most: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise TooLargeError
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise TooLargeError
    return bytes(content)
