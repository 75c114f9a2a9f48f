"""The desk in a browser: a hit carried from alert to outcome, with JavaScript and without; no barrier on any page."""

import os
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lib.browsers import PATIENCE_MS, Office, browser, needs_chromium, office_of, sign_in
from lib.nodes import agree, fill, nodes, offer, person
from lib.shared_reports import AT, FULL
from tallystick.adapters.report_formats.stix import write_stix

pytestmark = [needs_chromium, pytest.mark.slow]
PAIR = [(f"Tomasin{letter} Verhoovel", f"198{number}-04-17") for number, letter in enumerate("abcde")]
SERIOUS = {"serious", "critical"}
STYLE = files("tallystick.desk").joinpath("static", "desk.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office]]:
    """Two nodes that know the same five persons, each with its desk."""
    with nodes(tmp_path_factory.mktemp("browser"), "police-a", "police-b") as (a, b):
        for node, prefix in ((a, "a"), (b, "b")):
            fill(node.folder, *(person(f"{prefix}{n}", name, born=born, gender="f") for n, (name, born) in enumerate(PAIR)))
        agree(a, b)
        offer(a)
        offer(b)
        for node in (a, b, a, b):
            node.do("sync", circle="")
        with office_of(a) as first, office_of(b) as second:
            yield first, second


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    made = chromium.new_context(java_script_enabled=request.param)
    yield made
    made.close()


def case_of(page: Page, office: Office, name: str) -> str:
    """Open the case about somebody; return its path."""
    page.goto(f"{office.url}/cases?show=all")
    page.locator("tbody tr", has_text=name).locator("th a").first.click()
    return page.url


def act(page: Page, move: str, **fields: str) -> None:
    """Do something with the case that is open, by its form."""
    form = page.locator(f"#do-{move}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f'[name="{name}"]').first
        kind = field.evaluate("each => each.type") if field.count() else ""
        if kind == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button").click()
    assert page.locator("[role=alert]").count() == 0, page.locator("main").inner_text()


def stage(page: Page) -> str:
    return page.locator('.ways [aria-current="step"]').inner_text()


def sync(*offices: Office) -> None:
    for each in offices:
        each.node.do("sync", circle="")


def reference(page: Page) -> str:
    return page.locator(".trail").inner_text().rpartition("/ ")[2]


def at_holder(page: Page, office: Office, name: str) -> None:
    """Open, at the holder, the case where it was asked about somebody."""
    page.goto(f"{office.url}/cases?show=all")
    page.locator("tbody tr", has_text=name).filter(has_text="asked us").locator("th a").first.click()


def test_two_people_on_each_side_carry_a_hit_to_its_outcome(
    offices: tuple[Office, Office], context: BrowserContext, request: pytest.FixtureRequest
) -> None:
    a, b = offices
    name = PAIR[0][0] if "no-script" not in request.node.name else PAIR[1][0]
    officer = sign_in(context, a, "officer-1")
    case_of(officer, a, name)
    act(officer, "tell", reason="met at post 4")
    act(officer, "decide", verdict="same", reason="papers agree")
    act(officer, "request", reason="to compare papers")
    assert stage(officer) == "requested"
    sync(a, b)
    approver = sign_in(context, b, "approver-1")
    at_holder(approver, b, name)
    assert reference(approver) == reference(officer)
    act(approver, "approve", europol="H1", tlp="AMBER", reason="as asked")
    sync(b, a)
    officer.reload()
    assert stage(officer) == "disclosed"
    table = officer.locator("table", has_text="Theirs")
    expect(table).to_contain_text(name, timeout=PATIENCE_MS)
    officer.locator("#do-use summary").click()
    assert officer.locator('[name="use"][value="proceedings"]').is_disabled(), "H1 does not allow it"
    act(officer, "use", use="look", reason="file 12")
    assert name in officer.locator("main").inner_text()
    officer.go_back()
    approver_a = sign_in(context.browser.new_context(), a, "approver-1")  # type: ignore[union-attr]
    approver_a.goto(officer.url)
    act(approver_a, "tighten", tlp="AMBER+STRICT")
    assert "H1 TLP:AMBER+STRICT" in approver_a.locator("main").inner_text()
    approver_a.context.close()
    act(officer, "outcome", code="acted", note="handed over")
    sync(a, b)
    approver.reload()
    assert "acted" in approver.locator("main").inner_text()
    act(approver, "recall", reason="corrected")
    sync(b, a)
    officer.reload()
    assert stage_tag(officer) == "recalled"
    act(officer, "acknowledge", note="taken out of the file")
    sync(a, b)
    approver.reload()
    assert "acknowledged" in approver.locator("main").inner_text()


def stage_tag(page: Page) -> str:
    return page.locator(".head .tag").first.inner_text()


def test_a_request_is_refused(offices: tuple[Office, Office], context: BrowserContext, request: pytest.FixtureRequest) -> None:
    a, b = offices
    name = PAIR[2][0] if "no-script" not in request.node.name else PAIR[3][0]
    officer = sign_in(context, b, "officer-1")
    case_of(officer, b, name)
    act(officer, "tell", reason="met at post 4")
    act(officer, "decide", verdict="undecided", reason="no papers")
    act(officer, "request", reason="to compare papers")
    sync(b, a)
    approver = sign_in(context, a, "approver-2")
    at_holder(approver, a, name)
    act(approver, "refuse", reason="proceedings under way")
    sync(a, b)
    officer.reload()
    assert stage(officer) == "refused"
    assert "proceedings under way" in officer.locator("main").inner_text()


def test_two_persons_are_needed_where_it_is_demanded(offices: tuple[Office, Office], chromium: Browser) -> None:
    a, b = offices
    context = chromium.new_context()
    administrator = sign_in(context, a, "administrator-1")
    administrator.goto(f"{a.url}/circles/border")
    administrator.get_by_role("button", name="Demand two persons").click()
    context.close()
    context = chromium.new_context()
    officer = sign_in(context, a, "officer-1")
    officer.goto(f"{a.url}/encounters")
    for field, value in {
        "name": PAIR[4][0], "born": PAIR[4][1], "country": "be", "time": "2026-11-20T08:00Z", "reason": "check on a train",
    }.items():  # fmt: skip
        officer.fill(f"#{field}", value)
    officer.get_by_role("button", name="Record and ask").click()
    officer.locator("table", has_text="police-b").locator("a", has_text="Case").first.click()
    path = officer.url
    act(officer, "decide", verdict="same", reason="papers agree")
    assert stage_tag(officer) == "alert", "one person is not enough"
    context.close()
    context = chromium.new_context()
    other = sign_in(context, a, "officer-2")
    other.goto(path)
    act(other, "decide", verdict="same", reason="I see it, too")
    assert stage_tag(other) == "decided"
    context.close()
    sync(a, b)


def test_search_finds_while_one_types(offices: tuple[Office, Office], chromium: Browser) -> None:
    a, _ = offices
    context = chromium.new_context()
    page = sign_in(context, a, "officer-1")
    page.goto(f"{a.url}/search")
    page.locator("#name").press_sequentially("Тома", delay=20)
    expect(page.locator("#results")).to_contain_text(PAIR[0][0], timeout=PATIENCE_MS)
    page.locator("#name").press_sequentially("сина Верховел", delay=20)
    expect(page.locator("#results")).to_contain_text(PAIR[0][0], timeout=PATIENCE_MS)
    assert "name=" in page.url
    context.close()


def test_the_keyboard_is_enough(offices: tuple[Office, Office], chromium: Browser) -> None:
    a, _ = offices
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{a.url}/sign-in")
    expect(page.locator("#name")).to_be_focused(timeout=PATIENCE_MS)  # a browser gives the focus when it draws, after the load
    page.keyboard.type("officer-1")
    page.keyboard.press("Tab")
    page.keyboard.type("the password of officer-1")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Home", timeout=PATIENCE_MS)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    context.close()


VISITED = {
    "officer-1": [
        "/", "/cases?show=all", "/cases/1", "/cases/2", "/encounters", "/encounters/1", "/search?name=Verhoovel", "/registers",
        "/registers/wanted", "/registers/wanted/records/a0", "/circles", "/circles/border", "/namesakes", "/password", "/keys",
        "/copies", "/imports", "/nowhere",
    ],
    "approver-1": ["/report", "/subjects"],
    "auditor-1": ["/log", "/log/entries/0", "/log/check", "/log/lookups?register=wanted&record=a0", "/log/lookups?case=1"],
    "administrator-2": ["/", "/staff", "/tokens", "/circles/border"],
}  # fmt: skip


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", VISITED)
def test_no_page_has_a_serious_barrier(offices: tuple[Office, Office], chromium: Browser, name: str, width: int) -> None:
    a, _ = offices
    context = chromium.new_context(color_scheme="light", viewport={"width": width, "height": 900}, bypass_csp=True)
    page = sign_in(context, a, name)
    found: list[tuple[str, str, str]] = []
    for path in VISITED[name]:
        page.goto(a.url + path)
        found += _barriers(page, path)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, (path, overflow)
        page.emulate_media(color_scheme="dark")
        found += _barriers(page, f"{path}, dark", OF_COLOURS)
        page.emulate_media(color_scheme="light")
    assert not found
    context.close()


OF_COLOURS: dict[str, object] = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["cat.color"]}}
"""What a dark page can break that the light one does not: colours are all that they differ in."""


def _barriers(page: Page, where: str, options: dict[str, object] = DEFAULT_OPTIONS) -> list[tuple[str, str, str]]:
    said = Axe().run(page, options=options).response["violations"]
    return [(where, each["id"], each["nodes"][0]["html"]) for each in said if each["impact"] in SERIOUS]


def test_a_dark_page_differs_from_a_light_one_in_colours_only() -> None:
    dark = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}", STYLE)
    assert len(dark) == STYLE.count("prefers-color-scheme") == 1
    assert all(re.fullmatch(r"\s*--[a-z-]+: #[0-9a-f]{3,8}", each) for each in dark[0].split(";") if each.strip())


REPORT = """Ring moves paintings

Brussels, Nov 12 (IANS): A ring moves about 300 paintings, according to leaks from Radio Norland, EFE reported.

“Tomasina Verhoovel was seen twice,” an official told Harbour Courier.

Leave a Comment
"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 400)])
def test_a_report_is_handed_in_and_read(
    offices: tuple[Office, Office], chromium: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    a, _ = offices
    (tmp_path / "report.txt").write_text(f"{REPORT}\n{scheme}\n", encoding="utf-8")
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)  # type: ignore[arg-type]
    page = sign_in(context, a, "officer-1")
    page.goto(f"{a.url}/reports")
    page.set_input_files("#file", tmp_path / "report.txt")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("h1")).to_have_text("Ring moves paintings", timeout=PATIENCE_MS)
    expect(page.locator("a.mention").first).to_contain_text("Tomasina Verhoovel")
    page.get_by_role("link", name="Judgements", exact=True).click()
    judge = page.locator("table").first.locator("details").first
    judge.locator("summary").click()
    judge.get_by_label("Grade", exact=True).select_option("3")
    judge.get_by_label("Reason").fill("one source, not seen before")
    judge.get_by_role("button", name="Judge it").click()
    expect(page.locator("table").first).to_contain_text("possibly true", timeout=PATIENCE_MS)
    claim = page.locator("table").first.locator("th .mono").first.inner_text()
    page.get_by_role("link", name="Assessments", exact=True).click()
    if page.locator("details[open]").count() == 0:
        page.locator("details summary").last.click()
    page.get_by_label("Judgement").fill("The ring goes on.")
    page.get_by_label("Claims for it, by their names, with blanks between").fill(claim)
    page.get_by_role("button", name="Assess", exact=True).click()
    expect(page.locator("table")).to_contain_text("The ring goes on.", timeout=PATIENCE_MS)
    page.go_back()
    page.goto(f"{a.url}/reports")
    page.get_by_role("link", name="Ring moves paintings").first.click()
    for part in ("Text", "Chain and origins", "Claims", "Judgements", "Assessments", "Reports"):
        page.get_by_role("link", name=part, exact=True).last.click()
        said = Axe().run(page).response["violations"]
        assert not [(part, each["id"], each["nodes"][0]["html"]) for each in said if each["impact"] in SERIOUS]
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, part
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/report-{part}-{scheme}-{width}.png", full_page=True)
    context.close()


def test_reports_of_others_are_taken_over(offices: tuple[Office, Office], chromium: Browser, tmp_path: Path) -> None:
    a, _ = offices
    context = chromium.new_context(viewport={"width": 400, "height": 900}, bypass_csp=True)
    page = sign_in(context, a, "officer-1")
    page.goto(f"{a.url}/reports")
    (tmp_path / "bundle.json").write_bytes(write_stix([FULL], "harbour", AT))
    page.set_input_files("#shared", tmp_path / "bundle.json")
    page.get_by_role("button", name="Take them over").click()
    expect(page.locator("h1")).to_have_text("Reports from others", timeout=PATIENCE_MS)
    said = Axe().run(page).response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"]) for each in said if each["impact"] in SERIOUS]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_role("link", name="boats.txt").click()
    expect(page.locator("main")).to_contain_text("its own word, and none of ours", timeout=PATIENCE_MS)
    context.close()


def test_a_form_that_is_sent_by_a_double_click_is_sent_once(offices: tuple[Office, Office], chromium: Browser) -> None:
    a, _ = offices
    context = chromium.new_context()
    page = sign_in(context, a, "officer-1")
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.url) if each.method == "POST" else None)
    page.goto(f"{a.url}/encounters")
    page.fill("#name", "Ilvira Quandrosse")
    page.fill("[name=country]", "be")
    page.fill("[name=reason]", "met at post 4")
    page.get_by_role("button", name="Record and ask").dblclick()
    expect(page.locator("h1")).to_contain_text("Ilvira Quandrosse", timeout=PATIENCE_MS)
    assert len(sent) == 1
    context.close()


def test_a_form_with_a_mistake_is_shown_again_as_it_was_typed(offices: tuple[Office, Office], context: BrowserContext) -> None:
    a, _ = offices
    page = sign_in(context, a, "officer-1")
    page.goto(f"{a.url}/encounters")
    page.fill("#name", "Ilvira Quandrosse")
    page.fill("[name=country]", "be")
    page.fill("[name=time]", "yesterday")
    page.select_option("[name=kind]", "arrest")
    page.fill("[name=reason]", "met at post 4")
    page.get_by_role("button", name="Record and ask").click()
    expect(page.get_by_role("alert")).to_contain_text("time of an encounter", timeout=PATIENCE_MS)
    assert [page.input_value(f"[name={name}]") for name in ("name", "country", "time", "kind", "reason")] == [
        "Ilvira Quandrosse", "be", "yesterday", "arrest", "met at post 4",
    ]  # fmt: skip


def test_signing_in_has_no_barrier(offices: tuple[Office, Office], chromium: Browser, tmp_path: Path) -> None:  # noqa: ARG001
    a, _ = offices
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    for language in ("en", "de", "ar"):
        page.goto(f"{a.url}/sign-in?lang={language}")
        said = Axe().run(page).response["violations"]
        assert not [each["id"] for each in said if each["impact"] in SERIOUS]
    context.close()
