"""Pages: the main text without what stands around it; pages that want to do harm are read, or have no main text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.page_shapes import HEADLINE, SAID, SHAPES
from tallystick.adapters.documents import linked_data, markup, read_document
from tallystick.adapters.documents.extraction import blocks_of, main_text
from tallystick.adapters.documents.linked_data import article_blocks
from tallystick.adapters.documents.markup import Markup, Stretch
from tallystick.reports import read_report

SENTENCES = [
    f"The harbour of Norland counted {n} ships on the day when the bridge was opened to everybody." for n in range(3, 12)
]
PAGE = f"""<!doctype html><html><head><title>Ships</title><style>p {{}}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/s">Sport</a></li></ul></nav>
<article><h1>Harbour counts its ships again</h1><p>{"</p><p>".join(SENTENCES)}</p></article>
<div id="comments"><h3>Comments</h3><p>What a silly text this is, I never liked this harbour at all, says a reader.</p></div>
<footer>Disclaimer: the site will not be responsible for any message. All rights reserved.</footer></body></html>"""


def page(folder: Path, content: str | bytes) -> Path:
    path = folder / "page.html"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_main_text_is_what_the_author_wrote(tmp_path: Path) -> None:
    document = read_document(page(tmp_path, PAGE))
    reading = read_report(blocks_of(document))
    assert [sentence in reading.main for sentence in SENTENCES] == [True] * len(SENTENCES)
    assert not any(word in reading.main for word in ("silly", "responsible", "Sport", "rights"))
    for passage in reading.passages:
        assert passage.text == document.text[passage.start : passage.end]


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 20_000 + "deep" + "</div>" * 20_000,
        "<p>" + "&lt;" * 100_000,
        "<html><body><script>" + "x" * 200_000,
        b"<html><body><p>\xff\xfe\x00broken \xe9\xc3( text",
        "<html><body>" + "<a href='" * 5_000,
        "<html><table>" + "<tr><td>a" * 5_000,
        "<!doctype html>",
        "<html><!--" * 50_000,
        "<html>" + "<script>" * 50_000,
        "<html>" + "<div class=comments>" * 50_000 + "x" + "</div>" * 50_000,
        "<html>" + "<a " * 100_000,
        "<html>" + "</div>" * 100_000,
        '<html><script type="application/ld+json">{"articleBody": "' + "\\" * 100_001,
        '<html><script type="application/ld+json">' + '{"articleBody":' * 50_000,
        '<html><script type="application/ld+json">{"articleBody": "\\ud800 \\n\\n \\u12"}</script>',
        "<html>" + '<script type="application/ld+json">"headline":"a"' * 20_000 + "</script>",
        '<html><script type="application/ld+json">' + '"headline":"\\x", ' * 50_000 + "</script>",
        "<html><body>" + "<p itemprop=articleBody>x</p><aside>y</aside>" * 10_000,
    ],
    ids=[
        "deep",
        "references",
        "open script",
        "broken encoding",
        "open quotes",
        "open table",
        "nothing",
        "open comments",
        "scripts in scripts",
        "comments in comments",
        "open links",
        "nothing but ends",
        "escapes",
        "members in members",
        "half a character",
        "data in data",
        "broken data",
        "bodies beside marks",
    ],
)
def test_hostile_pages_are_read_or_have_no_main_text(tmp_path: Path, content: str | bytes) -> None:
    document = read_document(page(tmp_path, content))
    reading = read_report(blocks_of(document))
    assert all(0 <= each.start < each.end <= len(document.text) for each in reading.passages)


def test_a_page_too_large_for_the_extractor_keeps_its_other_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallystick.adapters.documents.extraction.MAX_MARKUP_CHARS", 10)
    assert not main_text(PAGE)


# --- shapes of pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_in_pages_of_many_shapes_the_main_text_is_what_the_author_wrote_and_nothing_else(tmp_path: Path, name: str) -> None:
    content, said = SHAPES[name]
    document = read_document(page(tmp_path, content))
    reading = read_report(blocks_of(document))
    main = " ".join(reading.main.split())
    assert [each for each in said if each not in main] == []
    claiming = [each for each in reading.passages if each.zone in {"headline", "main"}]
    assert [each.text for each in claiming if "wrongzone" in each.text] == []
    assert "Norland" in reading.first("headline")
    assert all(0 <= each.start < each.end <= len(document.text) for each in reading.passages)


def test_a_text_that_stands_in_json_alone_is_read_at_its_place(tmp_path: Path) -> None:
    content = SHAPES["body in json alone"][0]
    document = read_document(page(tmp_path, content))
    reading = read_report(blocks_of(document))
    assert reading.first("headline") == HEADLINE
    main = [each for each in reading.passages if each.zone == "main"]
    assert [each.text for each in main] == ['"Norland" \\ & ' + SAID[0], *SAID[1:]]
    for each, said in zip(main, SAID, strict=True):
        assert document.text[each.start : each.end].endswith(said)


def test_what_a_page_says_to_machines_does_not_count_where_it_has_a_text_itself(tmp_path: Path) -> None:
    script = f'<script type="application/ld+json">{json.dumps({"headline": "x", "articleBody": "A wrongzone text."})}</script>'
    reading = read_report(blocks_of(read_document(page(tmp_path, PAGE.replace("</head>", f"{script}</head>")))))
    assert "wrongzone" not in reading.main
    assert SENTENCES[0] in reading.main


def test_what_looks_like_a_script_within_one_is_none() -> None:
    begin, data, end = '<script type="application/ld+json">', '{"headline": "x"}', "</script>"
    source = begin * 3 + data + end + begin + data + end + begin
    first, last = 3 * len(begin + data) - 2 * len(data), len(source) - len(begin + end)
    assert list(linked_data._scripts(source)) == [(len(begin), first), (last - len(data), last)]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8), st.integers(0, 20), st.integers(0, 20))
def test_whether_a_part_holds_a_body_is_what_looking_at_each_says(bodies: list[tuple[int, int]], start: int, size: int) -> None:
    found, part = [Stretch(at, at + long) for at, long in bodies], Stretch(start, start + size)
    assert markup._Bodies(found).is_any_in(part) == any(part.holds(each) for each in found)


@pytest.mark.parametrize("around", ["sharing-container", "sidebar_content", "post comments-open", "cookie-notice-shown"])
def test_a_word_in_the_name_of_what_holds_the_article_takes_nothing_from_it(tmp_path: Path, around: str) -> None:
    content = PAGE.replace("<article>", f'<div class="{around}"><article>').replace("</article>", "</article></div>")
    reading = read_report(blocks_of(read_document(page(tmp_path, content))))
    assert [sentence in reading.main for sentence in SENTENCES] == [True] * len(SENTENCES)


def test_a_heading_of_comments_above_the_text_hides_none_of_it(tmp_path: Path) -> None:
    content = PAGE.replace("</h1>", "</h1><div>27 Comments</div>")
    reading = read_report(blocks_of(read_document(page(tmp_path, content))))
    assert [sentence in reading.main for sentence in SENTENCES] == [True] * len(SENTENCES)


@given(st.lists(st.sampled_from([
    "<div class='comments'>", "</div>", "<a href=x>", "</a>", "<h1>One two three</h1>", "<p>", "</p>", "<!--", "-->", "word ",
    "<aside>", "</aside>", "<div itemprop=articleBody>", "<script>", "</script>", "<figcaption/>", "<", ">", '"',
]), max_size=40).map("".join), st.integers(0, 60), st.integers(0, 60))  # fmt: skip
def test_whatever_the_markup_is_what_it_says_of_a_block_is_a_zone_or_nothing(source: str, start: int, size: int) -> None:
    scanned, block = Markup(source, [Stretch(0, len(source))]), Stretch(start, start + size)
    assert scanned.mark(block) in {None, "comments", "related", "caption", "other", "disclaimer", "headline"}
    assert scanned.is_link(block) in {True, False}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.booleans())
def test_what_is_written_as_json_comes_out_as_it_was(text: str, ascii_only: bool) -> None:  # noqa: FBT001
    said = json.dumps({"@type": "NewsArticle", "articleBody": text}, ensure_ascii=ascii_only).replace("</", "<\\/")
    source = f'<script type="application/ld+json">{said}</script>'
    if "<" in text or "&" in text:
        return
    found = article_blocks(source)
    assert [each.text for each in found] == [each for each in text.replace("\r", "\n").split("\n") if each.strip()]
    assert all(source[each.start : each.end] == json.dumps(each.text, ensure_ascii=ascii_only)[1:-1] for each in found)
