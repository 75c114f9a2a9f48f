"""The desk as an application: who is let in, which page answers, as HTML or as JSON.

Rules
 1. Sizes first: no more of a body is read than its route allows.
 2. Then the door: host, session, role, and for whatever changes something the token of the form. Nothing of a page runs before.
 3. Every page has a twin: `Accept: application/json`, or `.json` behind the path, says the same data.
 4. Work is done in threads; the loop only moves bytes.
 5. What somebody sent by a form and cannot be used is shown in the form again, with what is wrong: nothing is typed twice.
 6. A form that was done leads to a page, so that loading that one again does nothing; the same form does nothing a second time
    (desk/sendings.py).
 7. No answer is kept by a browser or a proxy but the static files.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import quote

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.adapters.upload_spool import UploadSpool
from tallystick.desk import access, languages, reading, rendering
from tallystick.desk.answering import AnswerWriter, Asked, Problem
from tallystick.desk.guarding import Guard, Place, address_of, provider_cookie, secured, within
from tallystick.desk.problems import status_of
from tallystick.desk.programs.calls import ProgramRoute
from tallystick.desk.programs.door import ServedToPrograms
from tallystick.desk.sendings import Sendings
from tallystick.desk.visits import LIST_BYTES, USUAL_BYTES, Answer, DeskRoute, Moved, Nothing, Page, Visit
from tallystick.errors import Error, InputError, NotAuthorizedError, RefusedError, UnavailableError
from tallystick.node.staff import Demand
from tallystick.wiring.desk import DeskNode
from tallystick.wiring.watching import note_route

log = structlog.get_logger("tallystick.desk")

_DEMAND_PAGES: dict[Demand, str] = {"code": "/sign-in/code", "enrol": "/sign-in/second-factor", "change": "/password"}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_OK = 200
_FOR_EVER = "public, max-age=31536000, immutable"


def make_desk(node: DeskNode, place: Place, routes: Iterable[DeskRoute], programs: Iterable[ProgramRoute] = ()) -> ASGIApp:
    """Return the application that serves a node's own people.

    Args:
        node: whose desk it is.
        place: where it is served.
        routes: its pages; every name is in the table of access.
        programs: its routes for programs, likewise.
    """
    guard, sendings = Guard(node, place), Sendings(node.now)
    writer = AnswerWriter(node, place, sendings)
    served = [Route(each.path, _Served(node, each, guard, writer, sendings), methods=[each.method]) for each in routes]
    served += [Route(each.path, ServedToPrograms(node, each, place), methods=[each.method]) for each in programs]
    app = Starlette(routes=[*served, Route("/static/{name}", _static), Route("/health", _health)])
    app.add_exception_handler(
        HTTPException, lambda request, error: writer.no_such(_asked(node, guard, "", request), error.status_code)
    )
    return _Outer(app, guard)


class _Outer:
    """What holds for every request: the host is ours, `.json` is a way of asking, headers keep a browser from harm."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            return
        if not self._guard.is_our_host(Request(scope).headers.getlist("host")):
            await PlainTextResponse("this is not the desk's address\n", status_code=421)(scope, receive, send)
            return
        if scope["path"].endswith(".json"):
            scope = {**scope, "path": scope["path"].removesuffix(".json"), "desk.json": True}
        await self._app(scope, receive, secured(send, is_secure=self._guard.is_secure))


class _Served:
    """One page, as Starlette calls it."""

    def __init__(self, node: DeskNode, route: DeskRoute, guard: Guard, writer: AnswerWriter, sendings: Sendings) -> None:
        access.NEEDS[route.name]  # a page that is not in the table is not served
        self._node = node
        self._route = route
        self._guard = guard
        self._writer = writer
        self._sendings = sendings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        note_route(scope, self._route.path)
        request = Request(scope, receive)
        sent = reading.Sent()
        try:
            most = await self._most_bytes(request)
            sent = await reading.sent_with(request, most, self._room if self._route.takes_files else None)
        except reading.TooLargeError:
            response: Response = PlainTextResponse("this is too large\n", status_code=413)
        except OSError:
            response = PlainTextResponse("there is no room for this\n", status_code=507)
        else:
            response = await run_in_threadpool(self._respond, request, sent)
        finally:
            sent.close()
        await response(scope, receive, send)

    def _room(self) -> UploadSpool:
        return UploadSpool(self._node.uploads)

    async def _most_bytes(self, request: Request) -> int:
        """Return how much is read: a large body only of somebody who has signed in and may use the page."""
        most = self._node.largest_upload if self._route.most_bytes == LIST_BYTES else self._route.most_bytes
        if most <= USUAL_BYTES:
            return most
        asked = await run_in_threadpool(self._asked, request)
        return most if asked.found and access.may(self._route.name, asked.account) else USUAL_BYTES

    def _respond(self, request: Request, sent: reading.Sent) -> Response:
        asked = self._asked(request)
        try:
            return self._let_in(request, asked, sent)
        except Error as error:
            if not isinstance(error, NotAuthorizedError):
                log.info("refused", route=self._route.name, error=type(error).__name__, reason=str(error))
            return self._writer.problem(asked, status_of(error, request.path_params.values()), str(error), error.hint)
        except Exception as error:  # a face: what is no Error is a bug, and its message may hold a value of a record
            self._writer.report_bug(self._route.name, error)
            return self._writer.problem(asked, 500, "something went wrong here; it is no fault of yours", "tell an administrator")

    def _asked(self, request: Request) -> Asked:
        return _asked(self._node, self._guard, self._route.name, request)

    def _let_in(self, request: Request, asked: Asked, sent: reading.Sent) -> Response:
        sent_away = self._demand_page(asked)
        if sent_away is not None and asked.away is not None:
            raise asked.away
        if sent_away is not None:
            return self._writer.sign_in_first(asked, sent_away)
        if not access.may(self._route.name, asked.account):
            return self._writer.problem(asked, 403, "this page is not for your role", "ask an administrator if it should be")
        raw, files = reading.parts_of(request, sent)
        if self._route.method != "GET":
            self._guard.check_origin(request)
            if asked.found:
                self._guard.check_form(asked.token, raw, request.headers.get("x-csrf-token", ""))
        visit = Visit(
            node=self._node, path=dict(request.path_params), given=Nothing(), files=files,
            token=asked.token,
            session=asked.found[0] if asked.found else None, account=asked.account, language=asked.language,
            wants_json=asked.wants_json, address=address_of(request),
            site=self._guard.site(request),
            browser=request.cookies.get(provider_cookie(self._guard.cookie), ""),
            kept=partial(self._sendings.kept, asked.token),
        )  # fmt: skip
        act = partial(self._answer, asked, visit, raw)
        try:
            is_form = self._route.method != "GET" and asked.found
            mark = reading.first(raw, reading.ONCE_FIELD) if is_form else ""
            return self._writer.write(asked, self._sendings.once(asked.token, mark, act))
        except (InputError, RefusedError) as error:
            if self._route.form_on is None or asked.wants_json or isinstance(error, NotAuthorizedError):
                raise
            status = status_of(error, request.path_params.values())
            log.info("refused", route=self._route.name, error=type(error).__name__, reason=str(error))
            return self._writer.again(asked, self._route.form_on(visit), raw, Problem(status, str(error), error.hint))

    def _answer(self, asked: Asked, visit: Visit, raw: reading.Given) -> Answer:
        """Let the page answer; what it answers to a form is kept and shown under an address of its own."""
        answer = self._route.answer(replace(visit, given=reading.converted(raw, self._route.takes)))
        if self._route.method == "GET" or asked.wants_json or not asked.found or isinstance(answer, Moved):
            return answer
        if isinstance(answer, Page) and answer.status != _OK:
            return answer
        return Moved(to=self._sendings.keep(asked.token, self._route.name, answer))

    def _demand_page(self, asked: Asked) -> str | None:
        """Return where somebody must go first; None for nowhere."""
        served = access.DEMANDS.get(self._route.name)
        if asked.found is None:
            needs = access.NEEDS[self._route.name] != access.OPEN or served is not None
            return f"/sign-in?to={quote(asked.path)}" if needs else None
        demand = self._node.staff.demand(*asked.found)
        if served is None:
            is_open = demand == "open" or access.NEEDS[self._route.name] == access.OPEN
            return None if is_open else _DEMAND_PAGES[demand]
        return None if demand in served else _DEMAND_PAGES.get(demand, "/")


def _asked(node: DeskNode, guard: Guard, route: str, request: Request) -> Asked:
    """Return how a request is asked; `route`: name of its page, empty where there is none."""
    query = request.query_params.get("lang", "")
    cookie = query if query in languages.LANGUAGES else request.cookies.get(languages.COOKIE, "")
    token = request.cookies.get(guard.cookie, "")
    found, away = None, None
    try:
        found = node.session(token) if route not in access.STATELESS else None
    except UnavailableError as error:
        away = error
    return Asked(
        route=route, path=within(request.url.path), token=token if found else "", found=found,
        language=languages.chosen(cookie, request.headers.get("accept-language", "")),
        keeps_language=query in languages.LANGUAGES, wants_json=reading.wants_json(request),
        was_sent_before=reading.SENT_BEFORE in request.query_params, away=away,
    )  # fmt: skip


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in rendering.static_names():
        return PlainTextResponse("no such file\n", status_code=404)
    file = rendering.STATIC / name
    return Response(file.read_bytes(), media_type=_TYPES[file.suffix], headers={"cache-control": _FOR_EVER})


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok\n")
