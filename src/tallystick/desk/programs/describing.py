"""Describes the interface of the desk for tools: OpenAPI 3.1, made of the routes themselves, so that it cannot say otherwise.

Every page is described by its twin in JSON, at its path with `.json` behind it. Knows no node: desks of one version have one
description.
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from tallystick.desk import access
from tallystick.desk.answering import PROBLEM
from tallystick.desk.programs.calls import ProgramRoute, Shown
from tallystick.desk.visits import DeskRoute

Plain = dict[str, Any]
_REF = "#/components/schemas/{name}"
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"
_PARAMETER = re.compile(r"\{(\w+)(?::path)?\}")
_SECURITY: Plain = {
    "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": (
        "Somebody who has signed in. The cookie is called tallystick-NODE, over TLS __Host-tallystick-NODE.")},
    "form": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": (
        "What the forms of a session hold in the field `csrf`; any page of the session shows it.")},
    "token": {"type": "http", "scheme": "bearer", "description": "A token of a program: `tallystick staff token`."},
    "key": {"type": "apiKey", "in": "query", "name": "api_key", "description": "The same, where no header can be sent."},
}  # fmt: skip


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What could not be done, and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    hint: str


def describe(pages: Iterable[DeskRoute], programs: Iterable[ProgramRoute]) -> Plain:
    """Return the description of routes."""
    all_pages, all_programs = list(pages), list(programs)
    taken = [*(each.takes for each in all_pages), *(each.takes for each in all_programs)]
    given = [kind for each in all_pages if each.gives is not None for kind in _kinds(each.gives)]
    given += [kind for each in all_programs if each.gives is not Shown for kind in _kinds(each.gives)]
    bodies = [each.body for each in all_programs if each.body is not None]
    components = msgspec.json.schema_components([*taken, *given, *bodies, Problem], schema_hook=_anything, ref_template=_REF)[1]
    paths: dict[str, Plain] = {}
    for page in all_pages:
        paths.setdefault(_path(f"{page.path}.json"), {})[page.method.lower()] = _of_page(page)
    for program in all_programs:
        paths.setdefault(_path(program.path), {})[program.method.lower()] = _of_program(program)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The desk of a tallystick node", "version": version("tallystick"),
            "description": "Pages as JSON, and routes for programs. Who may use what: docs/reference/desk-routes.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }  # fmt: skip


def _anything(_kind: type) -> Plain:
    return {"description": "any value"}


def _path(path: str) -> str:
    return _PARAMETER.sub(r"{\1}", path)


def _of_page(route: DeskRoute) -> Plain:
    needs = access.NEEDS[route.name] != access.OPEN or route.name in access.DEMANDS
    said: Plain = {
        **_common(route.name, _words(route.answer, route.takes), route.path), "tags": ["pages"],
        "security": [{"session": [], **({"form": []} if route.method != "GET" else {})}] if needs else [],
    }  # fmt: skip
    if route.method == "GET":
        said["parameters"] += _query(route.takes)
    else:
        schema = _schema(route.takes)
        said["requestBody"] = {
            "required": _is_needed(route.takes),
            "content": {kind: {"schema": schema} for kind in (_JSON, _FORM)},
        }
        if route.takes_files:
            said["requestBody"]["content"][_FILES] = {"schema": _with_files(route.takes)}
    shown = _schema(route.gives) if route.gives is not None else {"type": "object"}
    said["responses"] = _responses(shown, form_again=route.path in _FORMS)
    return said


_FORMS = frozenset(
    {"/sign-in", "/sign-in/back", "/sign-in/code", "/sign-in/key", "/sign-in/second-factor", "/sign-in/second-factor/key",
     "/password", "/keys"}
)  # fmt: skip
"""Pages that show their form again when it was not right, and say so in its status."""


def _of_program(route: ProgramRoute) -> Plain:
    is_open = access.NEEDS[route.name] == access.OPEN
    keys: list[Plain] = [{"token": []}, *([{"key": []}] if route.key_in_query else [])]
    said: Plain = {
        **_common(route.name, _words(route.answer, route.takes), route.path), "tags": ["programs"],
        "security": [] if is_open else keys,
    }  # fmt: skip
    said["parameters"] += _query(route.takes)
    if route.body is not None:
        said["requestBody"] = {"required": True, "content": {route.media_type: {"schema": _schema(route.body)}}}
    said["responses"] = _responses({} if route.gives is Shown else _schema(route.gives), form_again=False)
    if route.gives is Shown:
        said["responses"]["200"]["content"] = {"text/html": {"schema": {"type": "string"}}}
    return said


def _words(answer: object, takes: type[msgspec.Struct]) -> str:
    """Return what a route is for: in the words of what answers it, or of what it takes."""
    return inspect.getdoc(answer) or inspect.getdoc(takes) or ""


def _common(name: str, words: str, path: str) -> Plain:
    summary, _, more = words.partition("\n")
    parameters = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for each in _PARAMETER.findall(path)
    ]
    said: Plain = {"operationId": name, "summary": summary, "parameters": parameters}
    return {**said, "description": more.strip()} if more.strip() else said


def _query(kind: type[msgspec.Struct]) -> Iterator[Plain]:
    for each in msgspec.structs.fields(kind):
        yield {"name": each.encode_name, "in": "query", "required": each.required, "schema": _schema(each.type)}


def _is_needed(kind: type[msgspec.Struct]) -> bool:
    return any(each.required for each in msgspec.structs.fields(kind))


def _kinds(gives: Any) -> Sequence[Any]:  # noqa: ANN401 - whatever msgspec describes
    return gives if isinstance(gives, tuple) else (gives,)


def _schema(gives: Any) -> Plain:  # noqa: ANN401 - as above
    found: Sequence[Plain] = msgspec.json.schema_components(_kinds(gives), schema_hook=_anything, ref_template=_REF)[0]
    return found[0] if len(found) == 1 else {"anyOf": list(found)}


def _with_files(kind: type[msgspec.Struct]) -> Plain:
    fields = {each.encode_name: _schema(each.type) for each in msgspec.structs.fields(kind)}
    file: Plain = {"type": "array", "items": {"type": "string", "format": "binary"}}
    return {"type": "object", "properties": {**fields, "file": file}}


def _responses(shown: Plain, *, form_again: bool) -> Plain:
    problem: Plain = {PROBLEM: {"schema": _schema(Problem)}}
    if form_again:
        problem[_JSON] = {"schema": {"type": "object", "properties": {"problem": {"type": "string"}}}}
    return {
        "200": {"description": "done", "content": {_JSON: {"schema": shown}}},
        "4XX": {"description": "not done, and why", "content": problem},
        "503": {"description": "a store or a partner cannot be reached now", "content": problem},
        "502": {"description": "a partner answered what it should not", "content": problem},
    }
