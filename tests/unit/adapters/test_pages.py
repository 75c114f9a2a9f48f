"""Pages: the main text without what stands around it; pages that want to do harm are read, or have no main text."""

from pathlib import Path

import pytest

from tallystick.adapters.documents import read_document
from tallystick.adapters.documents.extraction import blocks_of, main_text
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
    ],
    ids=["deep", "references", "open script", "broken encoding", "open quotes", "open table", "nothing"],
)
def test_hostile_pages_are_read_or_have_no_main_text(tmp_path: Path, content: str | bytes) -> None:
    document = read_document(page(tmp_path, content))
    reading = read_report(blocks_of(document))
    assert all(0 <= each.start < each.end <= len(document.text) for each in reading.passages)


def test_a_page_too_large_for_the_extractor_keeps_its_other_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallystick.adapters.documents.extraction.MAX_MARKUP_CHARS", 10)
    assert not main_text(PAGE)
