"""What an operator's tools ask: metrics, whether the node lives, whether it can do its work.

Rules
 1. An address of its own, asked for at the start; nothing of it is at the partners' port or at the desk.
 2. On the loopback it answers to loopback names only, as a page of somebody else's could be led there.
 3. Nothing is told of a person, and nothing of why something fails: that is in the messages to the operator.
"""

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tallystick.adapters.addresses import is_loopback_header
from tallystick.adapters.prometheus import Meters
from tallystick.server.messages import bug
from tallystick.wiring.watching import SERVED

_NO_ANSWER = 500


def metered(app: ASGIApp, meters: Meters, face: str) -> ASGIApp:
    """Return an application that counts what it answers."""

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        served: dict[str, str] = {}
        status, begun = _NO_ANSWER, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app({**scope, SERVED: served}, receive, sending)
        finally:
            meters.count(face, served.get("route", ""), scope["method"], status, time.perf_counter() - begun)

    return counting


def make_watch(meters: Meters, is_ready: Callable[[], bool]) -> ASGIApp:
    """Return the application an operator's tools ask.

    Args:
        meters: what is measured.
        is_ready: tells whether the node can do its work.
    """

    def metrics(request: Request) -> Response:
        try:
            text, media_type = meters.text(request.headers.get("accept", ""))
        except Exception as error:  # a face: what fails is told in the messages, without its text
            bug("metrics", error)
            return PlainTextResponse("the figures cannot be gathered now\n", status_code=503)
        return Response(text, media_type=media_type)

    async def ready(_request: Request) -> Response:
        works = await run_in_threadpool(is_ready)
        return PlainTextResponse("ready\n" if works else "not ready\n", status_code=200 if works else 503)

    routes = [Route("/metrics", metrics), Route("/health/live", _live), Route("/health/ready", ready)]
    return _only_here(Starlette(routes=routes))


async def _live(_request: Request) -> Response:
    return PlainTextResponse("live\n")


def _only_here(app: ASGIApp) -> ASGIApp:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_loopback_header(Request(scope).headers.get("host", "")):
            await PlainTextResponse("this is not the address of the metrics\n", status_code=421)(scope, receive, send)
            return
        await app(scope, receive, send)

    return guarded
