"""Writes answers: a page as HTML or JSON, a way to another page, a problem; with the cookies that go with them."""

import os
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
import structlog
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from tallystick.desk import languages, menus, reading, refilling, rendering
from tallystick.desk.guarding import Place, cookie_name, form_token, provider_cookie
from tallystick.desk.reading import CSRF_FIELD, ONCE_FIELD
from tallystick.desk.sendings import Sendings
from tallystick.desk.visits import Answer, Download, Moved, Page
from tallystick.errors import UnavailableError
from tallystick.node.staff_ports import Account, Session
from tallystick.wiring.desk import DeskNode

log = structlog.get_logger("tallystick.desk")
PROBLEM = "application/problem+json"
_YEAR_S = 31_536_000
_AWAY_S = 600
_SEE_OTHER, _UNAUTHORIZED, _NOT_FOUND = 303, 401, 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a request was asked: by whom, in which language, for people or for programs.

    Attributes:
        route: name of the page; empty where there is none.
        path: its path, as asked.
        token: of the session's cookie; empty where it is none.
        found: session and account; None before signing in.
        language: what the answer is in.
        keeps_language: whether it was just chosen.
        wants_json: whether a program asks.
        was_sent_before: whether a form led here that had been sent before.
        away: why the session cannot be looked at now; None where it can.
    """

    route: str
    path: str
    token: str = field(repr=False)
    found: tuple[Session, Account] | None
    language: str
    keeps_language: bool
    wants_json: bool
    was_sent_before: bool = False
    away: UnavailableError | None = None

    @property
    def account(self) -> Account | None:
        """Who asks."""
        return self.found[1] if self.found else None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: HTTP status, what happened, and what to do."""

    status: int
    what: str
    hint: str


class AnswerWriter:
    """Writes the answers of one desk."""

    def __init__(self, node: DeskNode, place: Place, sendings: Sendings) -> None:
        self._node = node
        self._place = place
        self._sendings = sendings
        self._cookie = cookie_name(node, place)

    def write(self, asked: Asked, answer: Answer) -> Response:
        """Return the response that says an answer."""
        if isinstance(answer, Download):
            return self._file(asked, answer)
        response = self._moved(asked, answer) if isinstance(answer, Moved) else self._page(asked, answer)
        if answer.token is not None:
            self._set_token(response, answer.token)
        if answer.browser is not None:
            self._set_browser(response, answer.browser)
        return response

    def problem(self, asked: Asked, status: int, what: str, hint: str) -> Response:
        """Return the response to what cannot be done."""
        if asked.wants_json:
            said = {"type": "about:blank", "title": what, "status": status, "hint": hint}
            return Response(msgspec.json.encode(said), status_code=status, media_type=PROBLEM)
        return self._page(asked, Page(template="problem", data={"status": status, "what": what, "hint": hint}, status=status))

    def again(self, asked: Asked, answer: Answer, given: reading.Given, problem: Problem) -> Response:
        """Return the response that shows a form again, as it was sent, with what is wrong with it."""
        assert isinstance(answer, Page)  # noqa: S101 - a form is on a page
        around = {**self._around(asked, answer), "problem": problem}
        text = refilling.refilled(rendering.html(answer.template, asked.language, answer.data, around), asked.path, given)
        return self._html(asked, text, problem.status)

    def sign_in_first(self, asked: Asked, to: str) -> Response:
        """Lead somebody to where a session is made complete."""
        if asked.wants_json:
            return self.problem(asked, _UNAUTHORIZED, "sign in first", f"see {to.partition('?')[0]}")
        return RedirectResponse(to, status_code=_SEE_OTHER)

    def no_such(self, asked: Asked, status: int) -> Response:
        """Return the response to a path that is none, or a method that is none of its page's."""
        what = "there is no such page" if status == _NOT_FOUND else "this page is not asked like this"
        return self.problem(asked, status, what, "")

    @staticmethod
    def report_bug(route: str, error: Exception) -> None:
        """Tell the operator of an error that is none of ours to expect: its class only."""
        log.error("a bug", where=route, error=type(error).__name__)
        if os.environ.get("TALLYSTICK_DEBUG"):
            traceback.print_exception(error)

    def _page(self, asked: Asked, page: Page) -> Response:
        if asked.wants_json:
            return Response(msgspec.json.encode(page.data), status_code=page.status, media_type="application/json")
        return self._html(asked, rendering.html(page.template, asked.language, page.data, self._around(asked, page)), page.status)

    @staticmethod
    def _html(asked: Asked, text: str, status: int) -> Response:
        response = Response(text, status_code=status, media_type="text/html")
        response.headers["vary"] = "accept, accept-language, cookie"
        if asked.keeps_language:
            response.set_cookie(languages.COOKIE, asked.language, max_age=_YEAR_S, httponly=True, samesite="lax")
        return response

    @staticmethod
    def _moved(asked: Asked, moved: Moved) -> Response:
        if asked.wants_json:
            return Response(msgspec.json.encode({"at": moved.to, **moved.data}), media_type="application/json")
        return RedirectResponse(moved.to, status_code=_SEE_OTHER)

    @staticmethod
    def _file(asked: Asked, answer: Download) -> Response:
        if asked.wants_json:
            return Response(msgspec.json.encode(answer.data), media_type="application/json")
        kept = {"content-disposition": f'attachment; filename="{answer.name}"', "vary": "accept, accept-language, cookie"}
        return Response(answer.content, media_type=answer.media_type, headers=kept)

    def _set_token(self, response: Response, token: str) -> None:
        if not token:
            response.delete_cookie(self._cookie, secure=self._place.is_secure, httponly=True, samesite="strict")
            return
        response.set_cookie(self._cookie, token, secure=self._place.is_secure, httponly=True, samesite="strict")

    def _set_browser(self, response: Response, secret: str) -> None:
        """Keep a secret in the browser; it comes back from the identity provider, so it is sent along from there, too."""
        name, is_secure = provider_cookie(self._cookie), self._place.is_secure
        if not secret:
            response.delete_cookie(name, secure=is_secure, httponly=True, samesite="lax")
            return
        response.set_cookie(name, secret, max_age=_AWAY_S, secure=is_secure, httponly=True, samesite="lax")

    def _around(self, asked: Asked, page: Page) -> Mapping[str, Any]:
        """Return what the layout needs."""
        is_open = asked.found is not None and self._node.staff.demand(*asked.found) == "open"
        token = asked.token if page.token is None else page.token
        return {
            "node": self._node.card, "account": asked.account if is_open else None, "route": asked.route, "path": asked.path,
            "marks": partial(self._marks, token), "now": self._node.now(), "was_sent_before": asked.was_sent_before,
            "menu": menus.menu(asked.account, asked.route) if is_open and asked.account else [],
        }  # fmt: skip

    def _marks(self, token: str) -> Markup:
        """Return what a form holds beside its fields: the token of its session, and a mark of its own."""
        if not token:
            return Markup()
        said = {CSRF_FIELD: form_token(token), ONCE_FIELD: self._sendings.mark(token)}
        return Markup().join(Markup('<input type="hidden" name="{}" value="{}">').format(*each) for each in said.items())
