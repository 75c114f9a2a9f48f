"""What a page is asked with, and what it answers: values between the application and its pages.

Rules
 1. A page answers with plain data; the application shows it as HTML or as JSON, so the two never differ.
 2. What came in is a struct of the page's own: unknown, missing and repeated fields are refused before the page runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tallystick.adapters.upload_spool import UploadSpool
from tallystick.errors import UnknownIdError
from tallystick.node.security_keys import Site
from tallystick.node.staff_ports import Account, Session
from tallystick.review.roles import Actor
from tallystick.wiring.desk import DeskNode

Position = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
"""A place in a list, or a count: what every store and every program of JSON can hold."""


USUAL_BYTES = 64 * 1024
LIST_BYTES = -1
"""As much as a list may have that is handed in here."""
"""How much of a body is read of whoever asks; more only of somebody who has signed in."""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page that is asked nothing."""


def _nothing_kept(name: str) -> "Kept":
    raise UnknownIdError("nothing is kept to be shown", hint="do it again, if it is still needed", id=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request that was let in.

    Attributes:
        node: what the page may use.
        path: the variable parts of its path, by name.
        given: its query or form, as the struct of its route.
        files: uploaded files by field: the name each came with, and its bytes; they are there while the request is answered.
        token: of the session's cookie; empty before signing in.
        session, account: who asks; None before signing in.
        language: which language it is answered in.
        wants_json: whether a program asks.
        address: of the machine that asks.
        site: where security keys can be used with this desk, as this browser reached it; None where they cannot.
        browser: what a browser keeps while somebody is at an identity provider.
        kept: returns what is kept of this session under a name.
    """

    node: DeskNode
    path: Mapping[str, str]
    given: Any
    files: Mapping[str, list[tuple[str, UploadSpool]]] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)
    session: Session | None = None
    account: Account | None = None
    language: str = "en"
    wants_json: bool = False
    address: str = ""
    site: Site | None = None
    browser: str = field(default="", repr=False)
    kept: Callable[[str], "Kept"] = field(default=_nothing_kept, repr=False)

    @property
    def actor(self) -> Actor:
        """Who asks; only pages for people who have signed in say so."""
        return self.known[1].actor

    @property
    def known(self) -> tuple[Session, Account]:
        """Session and account; the application let nobody without them in where a page asks for this."""
        assert self.session is not None  # noqa: S101 - see above
        assert self.account is not None  # noqa: S101 - see above
        return self.session, self.account

    def do(self, command: str, **given: object) -> Any:  # noqa: ANN401
        """Tell the node to do something; see `node.commands`."""
        return self.node.commands[command](given, lambda _stage, _done, _total: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer that is shown.

    Attributes:
        template: name of the page's template, without ending.
        data: what it shows; the whole of what JSON says.
        status: HTTP status.
        token: a new session cookie; None leaves it, empty takes it away.
        browser: what the browser keeps while somebody is at an identity provider; None and empty likewise.
        still: asked before an answer to a form is shown another time; raises where it may not be any more.
    """

    template: str
    data: Mapping[str, Any]
    status: int = 200
    token: str | None = None
    browser: str | None = None
    still: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An answer that leads to another page: what was to be done is done.

    Attributes:
        to: path of that page.
        data: what JSON says instead.
        token, browser: see Page.
    """

    to: str
    data: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """An answer that is kept as a file.

    Attributes:
        name: of the file; letters, digits, dots and hyphens.
        media_type: of its content.
        content: its bytes.
        data: what JSON says instead.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    data: Mapping[str, Any]


Answer = Page | Moved | Download


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer to a form that no page has, kept to be shown.

    Attributes:
        route: whose answer it is.
        answer: what.
    """

    route: str
    answer: Page | Download = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """One route.

    Attributes:
        name: in the table of access.
        method, path: where it is.
        answer: who answers it.
        takes: what it is asked with.
        most_bytes: how much is read; `LIST_BYTES`: as much as a list may have here, which an operator says.
        gives: the type of its data, as far as it has one; for the description of the interface.
        takes_files: whether its form carries files, in the field `file`.
        form_on: what answers with the page its form is on; what was sent and cannot be used is shown there again.
    """

    name: str
    method: str
    path: str
    answer: Callable[[Visit], Answer]
    takes: type[msgspec.Struct] = Nothing
    most_bytes: int = USUAL_BYTES
    gives: Any = None
    takes_files: bool = False
    form_on: Callable[[Visit], Answer] | None = None
