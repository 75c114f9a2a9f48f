"""Desks in a real browser: two nodes served, each with people who sign in by typing, in Debian's Chromium."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lib.desks import FastPasswords, add_person, code_of, password_of
from lib.nodes import WAIT_S, Node, free_port, until
from tallystick.desk.app import make_desk
from tallystick.desk.guarding import Place
from tallystick.desk.pages import routes
from tallystick.desk.programs import program_routes
from tallystick.review.roles import Role
from tallystick.server.serving import Beside, _server_beside
from tallystick.wiring.desk import DeskNode

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium; scripts/system-packages test installs it")
PATIENCE_MS = 20_000


@dataclass
class Office:
    """A node whose desk is served.

    Attributes:
        node: the node.
        url: of its desk.
        secrets: of the second factors, by name.
    """

    node: Node
    url: str
    secrets: dict[str, bytes] = field(default_factory=dict, repr=False)

    def code(self, name: str) -> str:
        """Return a code; the last one is forgotten, so that no test waits half a minute for the next."""
        self.node.open.staff._put(name, last_step=0)
        return code_of(self.secrets[name])


@contextmanager
def office_of(node: Node) -> Iterator[Office]:
    """Serve the desk of a node, with two people in the roles that work on cases and one in each other."""
    staff = node.open.staff
    staff._at = replace(staff._at, passwords=FastPasswords())
    place = Place("127.0.0.1", free_port())
    made = Office(node, place.url)
    for role in Role:
        for number in (1, 2):
            made.secrets[f"{role.value}-{number}"] = add_person(staff, role, number)
    desk = DeskNode(node.open)
    server = _server_beside(Beside(make_desk(desk, place, routes(), program_routes()), (place.host, place.port)))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        desk.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def sign_in(context: BrowserContext, office: Office, name: str) -> Page:
    """Sign in as a person does; the page is the front page then."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{office.url}/sign-in")
    page.fill("#name", name)
    page.fill("#password", password_of(name))
    page.click("main button.main-act")
    if office.secrets[name]:
        page.fill("#code", office.code(name))
        page.click("main button.main-act")
    assert page.locator("h1").inner_text() == "Home"
    return page
