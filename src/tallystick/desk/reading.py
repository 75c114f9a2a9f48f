"""Reads what a request says: its body within a limit, its query or form as the struct of a route."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from tallystick.adapters.upload_spool import UploadSpool
from tallystick.desk import uploads
from tallystick.desk.uploads import Files
from tallystick.errors import InputError

CSRF_FIELD = "csrf"
ONCE_FIELD = "once"
SENT_BEFORE = "sent-before"
"""Stands in the query of the page a form leads to that was sent before."""
FORM_FIELDS = frozenset({CSRF_FIELD, ONCE_FIELD})
"""What every form of a page holds beside what somebody fills in."""
_MISSING = re.compile(r"missing required field `(\w+)`")
_OWN = FORM_FIELDS | {"lang", SENT_BEFORE}
_MOST_FIELDS = 200
_HINT = "see the description of the desk's interface"

Given = dict[str, list[str]]


class TooLargeError(Exception):
    """A body is larger than its route reads."""


@dataclass(slots=True)
class Sent:
    """What came with a request: its body, or the form that was read while it came; or why that is none."""

    body: bytes = b""
    form: uploads.FormReader | None = None
    problem: InputError | None = None

    def close(self) -> None:
        """Give its files away."""
        if self.form is not None:
            self.form.close()


async def sent_with(request: Request, most: int, room: Callable[[], UploadSpool] | None) -> Sent:
    """Take what comes with a request; a form with files is read while it comes, where there is room for files.

    Raises:
        TooLargeError: it is larger than `most`.
        OSError: the disk has no room.
    """
    kind = request.headers.get("content-type", "")
    if room is None or request.method in {"GET", "HEAD"} or not kind.lower().startswith("multipart/form-data"):
        return Sent(await body_of(request, most))
    sent = Sent()
    try:
        sent.form = uploads.FormReader(kind, room)
        await _read_form(request, most, sent.form)
    except InputError as error:
        sent.problem = error
    except BaseException:
        sent.close()
        raise
    return sent


async def _read_form(request: Request, most: int, form: uploads.FormReader) -> None:
    _check_declared(request, most)
    came = 0
    async for chunk in request.stream():
        came += len(chunk)
        if came > most:
            raise TooLargeError
        if chunk:
            await run_in_threadpool(form.feed, chunk)
    await run_in_threadpool(form.feed, b"")


def _check_declared(request: Request, most: int) -> None:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise TooLargeError


async def body_of(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Raises:
        TooLargeError: it is larger than `most`.
    """
    _check_declared(request, most)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise TooLargeError
    return bytes(content)


def wants_json(request: Request) -> bool:
    """Tell whether a program asks: `.json` behind the path, or JSON is what it accepts."""
    accepted = request.headers.get("accept", "")
    return bool(request.scope.get("desk.json")) or ("application/json" in accepted and "text/html" not in accepted)


def given(request: Request, body: bytes) -> Given:
    """Return what was given, every value by the name of its field: the query of a GET, the form or JSON of a POST.

    Raises:
        InputError: it cannot be read.
    """
    if request.method in {"GET", "HEAD"}:
        return query_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json(body)
    if body and kind != "application/x-www-form-urlencoded":
        raise InputError("this is no form", hint="send application/x-www-form-urlencoded or application/json")
    return form_of(body)


def parts_of(request: Request, sent: Sent) -> tuple[Given, Files]:
    """Return what was given, and the files sent with it; a form without files is read by `given`.

    Raises:
        InputError: it cannot be read.
    """
    if sent.problem is not None:
        raise sent.problem
    if sent.form is not None:
        return sent.form.fields, sent.form.files
    return given(request, sent.body), {}


def query_of(request: Request) -> Given:
    """Return the query, every value by the name of its field."""
    return _collected(request.query_params.multi_items())


def query_from(text: str) -> Given:
    """Return the query of an address, as it was sent, every value by the name of its field."""
    return _collected(parse_qsl(text, keep_blank_values=True))


def form_of(body: bytes) -> Given:
    """Return a form, every value by the name of its field.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return _collected(
            parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=_MOST_FIELDS)
        )
    except ValueError:
        raise InputError("this form cannot be read", hint=_HINT) from None


def _from_json(body: bytes) -> Given:
    try:
        said = msgspec.json.decode(body, type=dict[str, str | int | float | bool | list[str] | None])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError("this is no flat object of JSON", hint=_HINT) from None
    return {name: value if isinstance(value, list) else [_text(value)] for name, value in said.items() if value is not None}


def _text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _collected(items: list[tuple[str, str]]) -> Given:
    found: Given = {}
    for name, value in items:
        found.setdefault(name, []).append(value)
    return found


def converted(raw: Given, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Return what was given as a struct; empty values count as not given.

    Raises:
        InputError: a field is missing, repeated, no such value, or unknown to a struct that forbids it.
    """
    fields = msgspec.structs.fields(kind)
    several = {each.encode_name for each in fields if _takes_several(each.type)}
    passed_over = (
        set[str]() if kind.__struct_config__.forbid_unknown_fields else raw.keys() - {each.encode_name for each in fields}
    )
    values: dict[str, Any] = {}
    for name, found in raw.items():
        filled = [each for each in found if each.strip()]
        if name in _OWN or name in passed_over or not filled:
            continue
        if len(filled) > 1 and name not in several:
            raise InputError("a field is given more than once", hint=_HINT)
        values[name] = filled if name in several else filled[0]
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(_said(str(error)), hint="correct it and try again") from None


def _takes_several(kind: object) -> bool:
    return getattr(kind, "__origin__", None) in {tuple, list}


def _said(message: str) -> str:
    """Say what is wrong without a value: an unknown field is not named, as its name may be one."""
    if missing := _MISSING.search(message):
        return f"a field that is needed is empty: {missing[1].replace('_', ' ')}"
    why = "a field is unknown" if "unknown field" in message else message[:1].lower() + message[1:]
    return f"what was given cannot be used: {why}"


def first(raw: Mapping[str, list[str]], name: str) -> str:
    """Return the first value of a field; empty where there is none."""
    return (raw.get(name) or [""])[0]
