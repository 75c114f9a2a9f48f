"""The door for programs: a token in a header, never a cookie; sizes, role, then the route.

Rules
 1. Nothing is served without a token but what the table of access opens to anybody.
 2. A cookie is not looked at: no page of somebody else's can use the session of a person here.
 3. A token may stand in the query only at routes for programs that can send no header, and only there pages from elsewhere may
    read the answer: they must know the token, the browser has none to add. A client that puts `?name=value` behind such an
    address is understood: OpenRefine does, whatever the address holds.
 4. An answer is JSON, or a page to be shown inside another: whoever may frame it knows a token, and there is nothing on it to
    press. Of a bug the program learns nothing but that there is one.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tallystick.desk import access, languages, reading, rendering
from tallystick.desk.answering import PROBLEM, AnswerWriter
from tallystick.desk.guarding import Place
from tallystick.desk.problems import status_of
from tallystick.desk.programs.calls import Call, ProgramRoute, Shown
from tallystick.errors import Error, InputError, QueryBudgetError
from tallystick.node.staff_ports import Account, Token
from tallystick.wiring.desk import DeskNode
from tallystick.wiring.watching import note_route

log = structlog.get_logger("tallystick.desk")
KEY = "api_key"
_SCHEMES = frozenset({"bearer", "apikey"})
_FORM = "application/x-www-form-urlencoded"
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
_SECOND_MARK = re.compile(rf"((?:^|&){KEY}=[^&?]*)\?")


class ServedToPrograms:
    """One route, as Starlette calls it."""

    def __init__(self, node: DeskNode, route: ProgramRoute, place: Place) -> None:
        access.NEEDS[route.name]  # what is not in the table is not served
        self._node = node
        self._route = route
        self._scheme = "https" if place.is_secure else "http"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        note_route(scope, self._route.path)
        request = Request(scope, receive)
        try:
            body = await reading.body_of(request, self._route.most_bytes)
        except reading.TooLargeError:
            response = _problem(413, "this is too large", "ask for fewer at once")
        else:
            response = await run_in_threadpool(self._respond, request, body)
        if self._route.key_in_query:
            response.headers["access-control-allow-origin"] = "*"
        await response(scope, receive, send)

    def _respond(self, request: Request, body: bytes) -> Response:
        try:
            return self._let_in(request, body)
        except QueryBudgetError as error:
            return _problem(429, str(error), error.hint, {"retry-after": str(max(error.retry_after_s, 1))})
        except Error as error:
            log.info("refused", route=self._route.name, error=type(error).__name__, reason=str(error))
            return _problem(status_of(error, request.path_params.values()), str(error), error.hint)
        except Exception as error:  # a face: what is no Error is a bug, and its message may hold a value of a record
            AnswerWriter.report_bug(self._route.name, error)
            return _problem(500, "something went wrong here; it is no fault of yours", "tell an administrator")

    def _let_in(self, request: Request, body: bytes) -> Response:
        query = self._query(request)
        found, key = self._asker(request, query)
        needed = access.NEEDS[self._route.name]
        if needed != access.OPEN and found is None:
            return _problem(401, "send a token of this node", "see `tallystick staff token`", {"www-authenticate": "Bearer"})
        if not access.may(self._route.name, found[1] if found else None):
            return _problem(403, "this is not for the role of this token", "ask an administrator if it should be")
        asked = {name: values for name, values in query.items() if name != KEY}
        call = Call(
            node=self._node, path=dict(request.path_params), given=reading.converted(asked, self._route.takes),
            body=self._read(request, body), asker=found, address=self._address(request), key=key,
        )  # fmt: skip
        if not _is_there(call):
            return _problem(404, "there is no such register", "see `tallystick register list`")
        answer = self._route.answer(call)
        if isinstance(answer, Shown):
            return _framed(request, answer)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    def _query(self, request: Request) -> reading.Given:
        raw = request.url.query
        return reading.query_from(_SECOND_MARK.sub(r"\1&", raw) if self._route.key_in_query else raw)

    def _asker(self, request: Request, query: reading.Given) -> tuple[tuple[Token, Account] | None, str]:
        """Return whose token was sent, and the token where it stood in the query."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() in _SCHEMES:
            return self._node.tokens.open(text.strip()), ""
        key = reading.first(query, KEY) if self._route.key_in_query else ""
        found = self._node.tokens.open(key)
        return found, key if found else ""

    def _read(self, request: Request, body: bytes) -> msgspec.Struct | None:
        if self._route.body is None:
            return None
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != self._route.media_type:
            raise InputError(f"this is no {self._route.media_type}", hint="say so in Content-Type")
        if kind == _FORM:
            return reading.converted(reading.form_of(body), self._route.body)
        made: msgspec.Struct = decoded(body, self._route.body)
        return made

    def _address(self, request: Request) -> str:
        host = request.headers.get("host", "")
        return f"{self._scheme}://{urlsplit(f'//{host}').netloc}"


def _framed(request: Request, answer: Shown) -> Response:
    """Return what is shown inside a page from elsewhere: it holds no form and no script, and is of no session."""
    language = languages.chosen("", request.headers.get("accept-language", ""))
    text = rendering.html(answer.template, language, answer.data, {})
    return Response(text, media_type="text/html", headers={"content-security-policy": _FRAMED, "vary": "accept-language"})


def _is_there(call: Call) -> bool:
    """Tell whether the register of a path is there, where a path names one."""
    name = call.path.get("register")
    if name is None:
        return True
    with call.node.pool.store() as store:
        return any(each.name == name for each in store.registers())


def decoded(content: str | bytes, kind: Any) -> Any:  # noqa: ANN401 - one in, the other out
    """Read JSON as a struct, or what else msgspec reads.

    Raises:
        InputError: it is none; the message names the place and no value.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise InputError(
            f"what was sent cannot be used: {str(error)[:1].lower()}{str(error)[1:]}", hint="see docs/how-to/connect-programs.md"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError("this is no JSON in UTF-8", hint="see docs/how-to/connect-programs.md") from None


def _problem(status: int, what: str, hint: str, headers: dict[str, str] | None = None) -> Response:
    said = {"type": "about:blank", "title": what, "status": status, "detail": what, "hint": hint}
    return Response(msgspec.json.encode(said), status_code=status, media_type=PROBLEM, headers=headers)
