"""E-mail (RFC 5322, MIME) and message exports (JSON lines) as documents: what is said, by whom, when; attachments beside it.

Pure: bytes come in, texts go out.

Rules
 1. A letter's text is its subject, a head of `From`, `To`, `Date`, and its body, a blank line between each; places count there.
 2. The body is the plain one; where there is none, the HTML one, with the head as HTML before it.
 3. Every other part is a document of its own: attachments, forwarded letters, further texts; the HTML one beside a plain body
    only where it says words that the plain one does not.
 4. A letter has at most MOST_PARTS parts, nested at most MOST_DEEP; marks of parts are counted, and heads measured, before
    anything is parsed: the library's time grows with the square of a head.
 5. Several letters in one file (mbox) stand behind lines `From ...`.
 6. A message is a JSON object with a text; which members say text, author, date and id is the table `_MEMBERS`.
"""

import email
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from html import escape, unescape
from typing import Any

from tallystick.errors import InputError

MOST_PARTS = 1_000
MOST_DEEP = 8
_HINT = "hand in the text of it"
_FIELDS = (
    b"from", b"to", b"subject", b"date", b"message-id", b"received", b"return-path", b"mime-version", b"delivered-to",
    b"reply-to", b"content-type", b"dkim-signature", b"sender",
)  # fmt: skip
_HEAD_LINE = re.compile(rb"([!-9;-~]{1,76}):[ \t]|[ \t]")
_LEAST_FIELDS = 2
_MEMBERS = {
    "text": ("text", "body", "message", "content"),
    "author": ("author", "from", "sender", "user", "username", "from_name"),
    "date": ("date", "timestamp", "time", "created_at", "sent_at"),
    "id": ("id", "message_id", "guid"),
    "subject": ("subject", "title"),
}
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_LONGEST_LINE = 16 << 20
_MOST_MARKS = 10 * MOST_PARTS
_MOST_MAIL_BYTES = 64 << 20
_MOST_HEAD_BYTES = 64 << 10
_BEHIND_HEAD = re.compile(rb"\r?\n\r?\n")
_HEAD = re.compile(rb"(?:\A(?:From [^\n]*\n)?|(?P<sure>\n--[^\n]*\n)|\n\r?\n)(?=[!-9;-~]{1,76}:)")
_NEAR = 1_000
"""Bytes before a blank line in which a part says that a letter follows."""
_LOOKED_AT = 20
"""Lines of an export that are looked at to tell what it is."""
_POSTMARK = re.compile(rb"(?:\A|(?<=\n))From [^\n]*\n(?=[!-9;-~]{1,76}:)")
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Letter:
    """Something somebody wrote to somebody.

    Attributes:
        text: see the rules.
        markup: whether the text is HTML.
        id: what an export calls it; empty where it does not.
        attached: its other parts: name and content.
    """

    text: str = field(repr=False)
    markup: bool = False
    id: str = ""
    attached: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def is_mail(content: bytes) -> bool:
    """Tell whether some bytes begin as an e-mail does: header fields to a blank line, two of them known ones at least."""
    head = re.split(rb"\r?\n\r?\n", content[:65_536], maxsplit=1)[0]
    lines = head.splitlines()
    if lines and lines[0].startswith(b"From "):  # the line an mbox puts before each
        lines = lines[1:]
    if not lines or not all(_HEAD_LINE.match(line) for line in lines):
        return False
    names = {line.partition(b":")[0].lower() for line in lines if line[:1] not in b" \t"}
    return len(names.intersection(_FIELDS)) >= _LEAST_FIELDS


def letters_of(content: bytes) -> list[bytes]:
    """Return the letters of a file that `is_mail`: several where it is an mbox."""
    if not content.startswith(b"From "):
        return [content]
    return [each for each in _POSTMARK.split(content) if each.strip()]


def read_mail(content: bytes) -> Letter:
    """Read an e-mail.

    Raises:
        InputError: it is too large, has too many parts, or is broken.
    """
    if len(content) > _MOST_MAIL_BYTES or content.count(b"\n--") > _MOST_MARKS:
        raise InputError(f"the e-mail has more than {_MOST_MAIL_BYTES >> 20} MB or {MOST_PARTS} parts", hint=_HINT)
    if _has_long_head(content):
        raise InputError(f"a head of the e-mail is longer than {_MOST_HEAD_BYTES >> 10} kB", hint=_HINT)
    try:
        message = email.message_from_bytes(content, policy=default)
        parts = list(_parts(message, 0))
        chosen = message.get_body(preferencelist=("plain", "html"))
        body = _text(chosen) if isinstance(chosen, EmailMessage) else ""
        head = [_field(message, name) for name in ("subject", "from", "to", "date")]
        markup = chosen is not None and chosen.get_content_type() == "text/html"
        attached = tuple(_attached(part, number) for number, part in enumerate(parts, 1) if _says_more(part, chosen, body))
    # The library parses headers when they are asked for, and raises whatever its own code runs into.
    except (MessageError, RecursionError, LookupError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise InputError(f"it is no e-mail that can be read ({type(error).__name__})", hint=_HINT) from None
    return Letter(_Head(*head).before(body, markup=markup), markup, attached=attached)


def _has_long_head(content: bytes) -> bool:
    """Tell whether a letter, one in it, or a part has a head that the library would read for very long."""
    for found in _HEAD.finditer(content):
        if (
            not found["sure"]
            and found.start()
            and b"message/" not in content[max(0, found.start() - _NEAR) : found.start()].lower()
        ):
            continue
        most = found.end() + _MOST_HEAD_BYTES
        if most < len(content) and not _BEHIND_HEAD.search(content, found.end(), most):
            lines = content[found.end() : most].splitlines()[:-1] or [content[found.end() : most]]
            if all(_HEAD_LINE.match(line) for line in lines):
                return True
    return False


def is_messages(content: bytes) -> bool:
    """Tell whether some bytes begin as a message export does: a JSON object with a text, on one line."""
    if not _OBJECT.match(content):
        return False
    lines = content[: _LONGEST_LINE + 1].removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", _LOOKED_AT)[:_LOOKED_AT]
    return any(_is_message(line) for line in lines)


def _is_message(line: bytes) -> bool:
    try:
        read_message(line)
    except InputError:
        return False
    return True


def read_message(line: bytes) -> Letter:
    """Read one message of an export.

    Raises:
        InputError: it is no JSON object with a text.
    """
    if len(line) > _LONGEST_LINE:
        raise InputError(f"a message is longer than {_LONGEST_LINE >> 20} MB", hint="cut it")
    try:
        said = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise InputError("a line is no JSON", hint="one JSON object a line, in UTF-8") from None
    text = _member(said, "text")
    if not text.strip():
        raise InputError("a message has no text", hint=f"its text is one of the members {', '.join(_MEMBERS['text'])}")
    head = _Head(_member(said, "subject"), _member(said, "author"), "", _member(said, "date"))
    return Letter(head.before(text, markup=False), id=_member(said, "id"))


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands over a letter."""

    subject: str = field(repr=False)
    author: str = field(repr=False)
    to: str = field(repr=False)
    date: str

    def before(self, body: str, *, markup: bool) -> str:
        """Return a body with its head."""
        lines = [f"{name}: {value}" for name, value in (("From", self.author), ("To", self.to), ("Date", self.date)) if value]
        if markup:
            head = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
            return f"<h1>{escape(self.subject)}</h1>\n{head}{body}"
        return "\n\n".join(part for part in (self.subject, "\n".join(lines), body) if part)


def _parts(message: Any, depth: int) -> Iterator[EmailMessage]:  # noqa: ANN401  # email's types do not say what a payload is
    """Yield the parts of a message that have no parts themselves.

    Raises:
        InputError: there are too many, or they lie too deep.
    """
    waiting, count = [(message, depth)], 0
    while waiting:
        part, deep = waiting.pop()
        count += 1
        if count > MOST_PARTS or deep > MOST_DEEP:
            raise InputError(f"the e-mail has more than {MOST_PARTS} parts, or they lie too deep", hint=_HINT)
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting += [(each, deep + 1) for each in reversed(part.get_payload())]
        else:
            yield part


def _says_more(part: EmailMessage, body: Any, said: str) -> bool:  # noqa: ANN401  # as above
    """Tell whether a part says something that the body does not."""
    if part is body:
        return False
    is_attached = part.is_attachment() or bool(part.get_filename()) or part.get_content_maintype() != "text"
    if is_attached or part.get_content_type() != "text/html" or body is None:
        return is_attached or bool(_text(part).strip())
    words = set(_WORD.findall(unescape(_TAG.sub(" ", _text(part))).lower()))
    return not words <= set(_WORD.findall(said.lower()))


def _attached(part: EmailMessage, number: int) -> tuple[str, bytes]:
    if part.get_content_type() == "message/rfc822":
        content = b"".join(each.as_bytes() for each in part.get_payload())  # type: ignore[union-attr]
    else:
        decoded = part.get_payload(decode=True)
        content = decoded if isinstance(decoded, bytes) else b""
    name = (part.get_filename() or f"part {number}").replace("/", "_").replace("\\", "_")
    return " ".join(name.split())[:100], content


def _text(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a charset that nobody knows
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _field(message: Any, name: str) -> str:  # noqa: ANN401  # as above
    value = message.get(name)
    return " ".join(str(value).split()) if value is not None else ""


def _member(said: object, what: str) -> str:
    if not isinstance(said, dict):
        return ""
    value = next((said[name] for name in _MEMBERS[what] if name in said), "")
    if isinstance(value, dict):  # {"user": {"name": ...}}
        value = value.get("name") or value.get("id") or ""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
