"""A list imported in a browser, with JavaScript and without: columns confirmed, progress by itself, counts at the end."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lib.browsers import PATIENCE_MS, Office, browser, needs_chromium, office_of, sign_in
from lib.nodes import fill, nodes, person
from tallystick.node import registers
from tallystick.wiring import imports as wired

pytestmark = [needs_chromium, pytest.mark.slow]
SERIOUS = {"serious", "critical"}
TABLE = "Nr;Vorname;Nachname;geb\n" + "".join(
    f"{each};Ilvira;Quandrosse{each};19{each % 90 + 10}-04-1{each % 9}\n" for each in range(1, 60)
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with nodes(tmp_path_factory.mktemp("imports"), "police-a") as (node,):
        fill(node.folder, person("p1", "Tomasin Verhoovel", born="1981-04-17"))
        with office_of(node) as served:
            yield served


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """What an import waits for in its middle."""
    event, real = threading.Event(), registers.import_edition

    def waiting(*args: Any, **more: Any) -> Any:  # noqa: ANN401
        told: Callable[..., None] = more["progress"]
        told("reading", 20)
        event.wait(20)
        return real(*args, **more)

    monkeypatch.setattr(wired, "import_edition", waiting)
    return event


def looked_at(page: Page, what: str) -> None:
    """Hold a page to what all pages are held to; keep a picture of it where somebody wants one."""
    said = Axe().run(page).response["violations"]
    assert not [(what, each["id"], each["nodes"][0]["html"]) for each in said if each["impact"] in SERIOUS]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, what
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/import-{what}.png", full_page=True)


WAYS: dict[str, dict[str, Any]] = {
    "script": {"viewport": {"width": 1280, "height": 900}},
    "no-script": {"java_script_enabled": False},
    "narrow-dark": {"viewport": {"width": 400, "height": 900}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_table_is_imported(office: Office, chromium: Browser, go: threading.Event, tmp_path: Path, way: str) -> None:
    (tmp_path / "clients.csv").write_text(f"{TABLE}99;;;\n", encoding="utf-8")
    context = chromium.new_context(**WAYS[way], bypass_csp=True)
    page = sign_in(context, office, "officer-1")
    page.goto(f"{office.url}/registers")
    page.get_by_role("link", name="Import a list").click()
    page.set_input_files("#file", tmp_path / "clients.csv")
    page.fill("#register", f"clients-{way}")
    page.locator("details summary", has_text="By what right").click()
    for field in ("owner", "purpose", "legal_basis"):
        page.fill(f"#{field}", "as tests do")
    see: Callable[[Page, str], None] = looked_at if way != "no-script" else lambda _page, _what: None
    see(page, f"form-{way}")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_label("Nachname is read as")).to_have_value("family", timeout=PATIENCE_MS)
    see(page, f"columns-{way}")
    page.get_by_label("Nr is read as").select_option("none")
    page.get_by_role("button", name="Import it like this").click()
    expect(page.locator("#progress")).to_contain_text("20 rows read", timeout=PATIENCE_MS)
    see(page, f"progress-{way}")
    go.set()
    expect(page.locator("#progress")).to_contain_text("Edition 1 of", timeout=PATIENCE_MS)
    expect(page.locator("#progress")).to_contain_text("59")
    see(page, f"done-{way}")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download what could not be read").click()
    assert '"line":61' in Path(kept.value.path()).read_text(encoding="utf-8")
    page.goto(f"{office.url}/imports")
    see(page, f"list-{way}")
    context.close()
