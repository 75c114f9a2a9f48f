"""Feeds: a real server, entries kept once, and what is refused unread."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lib.transcripts import Run
from tallystick.adapters import web
from tallystick.adapters.deadline_network import DeadlineNetwork
from tallystick.adapters.documents import Document, Unread
from tallystick.adapters.feeds import MOST_ATTRIBUTES, MOST_ENTRIES, MOST_TAGS, entries_of, plain_text
from tallystick.errors import InputError, UnavailableError

ITEM = """<item><guid>tag:{number}</guid><title>Ring moves {number} coins</title><link>https://news.example/{number}</link>
<pubDate>Thu, 12 Nov 2026 10:00:00 GMT</pubDate><author>Anna Example</author>
<description>&lt;p&gt;Brussels: A ring moves {number} coins, a report by Norland customs said.&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;{more}&lt;/p&gt;</description></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><id>urn:1</id><title>Boats</title>
<content type="html">&lt;p&gt;Two boats left.&lt;/p&gt;</content></entry></feed>"""


def rss(*numbers: int, more: str = "The harbour is closed.") -> bytes:
    items = "".join(ITEM.format(number=number, more=more) for number in numbers)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{items}</channel></rss>'.encode()


ASKED: list[tuple[str, str | None, str | None]] = []
"""What was asked of the server: path, entity tag, date."""


class _Pages(BaseHTTPRequestHandler):
    """Answers with what a test put there; `moved:` leads on, `/tagged` and `/dated` say which version they give."""

    def do_GET(self) -> None:
        content: bytes = self.server.pages.get(self.path, b"")  # type: ignore[attr-defined]
        moved = content.startswith(b"moved:")
        tag = f'W/"{hashlib.sha256(content).hexdigest()}"' if self.path == "/tagged" else ""
        date = self.server.pages.get("/date", b"").decode() if self.path == "/dated" else ""  # type: ignore[attr-defined]
        asked = (self.headers["If-None-Match"], self.headers["If-Modified-Since"])
        self.server.asked.append((self.path, *asked))  # type: ignore[attr-defined]
        same = (tag and asked[0] == tag) or (date and asked[1] == date) or self.path == "/liar"
        if same:
            content = b""
        self.send_response(302 if moved else 304 if same else 200 if content else 404)
        if tag:
            self.send_header("ETag", tag)
        if date:
            self.send_header("Last-Modified", date)
        if moved:
            self.send_header("Location", content.removeprefix(b"moved:").decode())
        self.send_header("Content-Length", "0" if moved else str(len(content)))
        self.end_headers()
        self.wfile.write(b"" if moved else content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve pages on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    server.pages, server.asked = {}, ASKED  # type: ignore[attr-defined]
    ASKED.clear()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", server.pages  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


def test_entries_of_a_feed_are_kept_once_and_the_feed_as_it_came(
    run: Run, folder: Path, site: tuple[str, dict[str, bytes]]
) -> None:
    address, pages = site
    words = ("report", "feed", f"{address}/rss", "--plain-http", "--private", "--json")
    pages["/rss"] = rss(1, 2)
    first = run(*words)
    told = json.loads(first.out)
    assert (first.code, [each["is_new"] for each in told["added"]], told["refused"]) == (0, [True, True], [])
    again = run(*words)
    assert (again.code, [each["is_new"] for each in json.loads(again.out)["added"]]) == (1, [False, False])
    pages["/rss"] = rss(3, 2)
    assert [each["is_new"] for each in json.loads(run(*words).out)["added"]] == [True, False]
    pages["/rss"] = rss(3, more="The harbour is open.")
    assert [each["is_new"] for each in json.loads(run(*words).out)["added"]] == [True]
    assert len(json.loads(run("report", "list", "--json").out)) == 4
    kept = {each.read_bytes() for each in (folder / "reports" / "feeds").iterdir()}
    assert kept == {rss(1, 2), rss(3, 2), rss(3, more="The harbour is open.")}


@pytest.mark.parametrize(("page", "date"), [("/tagged", ""), ("/dated", "Thu, 12 Nov 2026 10:00:00 GMT")])
def test_a_feed_that_has_not_changed_is_not_sent_again(
    run: Run, site: tuple[str, dict[str, bytes]], page: str, date: str
) -> None:
    address, pages = site
    pages |= {page: rss(1, 2), "/on": f"moved:{page}".encode(), "/date": date.encode()}
    words = ("report", "feed", f"{address}/on", "--plain-http", "--private", "--json")
    assert len(json.loads(run(*words).out)["added"]) == 2
    again = run(*words)
    assert (again.code, json.loads(again.out)) == (1, {"added": [], "refused": []})
    assert [(path, bool(tag), since) for path, tag, since in ASKED] == [
        ("/on", False, None), (page, False, None), ("/on", False, None), (page, not date, date or None),
    ]  # fmt: skip
    assert len(json.loads(run(*words, "--whole").out)["added"]) == 2
    assert ASKED[-1] == (page, None, None)
    pages |= {page: rss(3, 2), "/date": b"Fri, 13 Nov 2026 10:00:00 GMT"}
    assert [each["is_new"] for each in json.loads(run(*words).out)["added"]] == [True, False]


def test_a_feed_of_which_something_was_left_out_is_asked_for_as_a_whole(run: Run, site: tuple[str, dict[str, bytes]]) -> None:
    address, pages = site
    pages["/tagged"] = rss(1).replace(b"</channel>", b"<item><guid>9</guid></item></channel>")
    words = ("report", "feed", f"{address}/tagged", "--plain-http", "--private", "--json")
    told = [json.loads(run(*words).out) for _ in range(2)]
    assert [len(each["refused"]) for each in told] == [1, 1]
    assert [tag for _, tag, _ in ASKED] == [None, None]


def test_what_was_remembered_of_a_feed_is_not_believed(run: Run, folder: Path, site: tuple[str, dict[str, bytes]]) -> None:
    address, pages = site
    pages["/tagged"] = rss(1)
    words = ("report", "feed", f"{address}/tagged", "--plain-http", "--private", "--json")
    run(*words)
    [file] = (folder / "reports" / "feeds").glob("*.known")
    said = json.loads(file.read_text(encoding="utf-8"))
    for broken in ("[]", "{", '{"url": 1}', json.dumps({**said, "tag": '"a"\r\nX: 1', "date": "now"})):
        file.write_text(broken, encoding="utf-8")
        assert len(json.loads(run(*words).out)["added"]) == 1
    assert {(tag, since) for _, tag, since in ASKED} == {(None, None)}


def test_who_says_unchanged_unasked_is_not_believed(site: tuple[str, dict[str, bytes]]) -> None:
    with pytest.raises(UnavailableError, match="304"):
        web.get(f"{site[0]}/liar", 1 << 20, plain=True, private=True)


def test_an_entry_reads_as_a_report_with_its_source(run: Run, folder: Path) -> None:
    (folder / "saved.xml").write_bytes(rss(300))
    report = json.loads(run("report", "feed", "saved.xml", "--json").out)["added"][0]["id"]
    passages = {each["zone"]: each["text"] for each in json.loads(run("report", "show", report, "--json").out)["passages"]}
    assert passages["headline"] == "Ring moves 300 coins"
    assert "alert" not in json.dumps(passages)
    chain = json.loads(run("report", "chain", report, "--json").out)
    assert [each["giver"] for each in chain["edges"]] == ["document:report by norland customs"]
    original = json.loads((folder / "reports" / f"{report}.original").read_bytes())
    assert (original["id"], original["link"]) == ("tag:300", "https://news.example/300")
    assert "<script>" in original["markup"]


def test_a_feed_that_cannot_be_had_does_not_keep_the_others_back(
    run: Run, folder: Path, site: tuple[str, dict[str, bytes]]
) -> None:
    (folder / "saved.xml").write_text(ATOM, encoding="utf-8")
    said = run("report", "feed", f"{site[0]}/none", "none.xml", "saved.xml", "--plain-http", "--private", "--json")
    told = json.loads(said.out)
    assert (said.code, len(told["added"]), [each["file"] for each in told["refused"]]) == (0, 1, [f"{site[0]}/none", "none.xml"])


def test_only_https_of_public_hosts_unless_allowed(site: tuple[str, dict[str, bytes]]) -> None:
    address, pages = site
    pages |= {"/rss": rss(1), "/on": b"moved:/rss", "/round": b"moved:/round", "/file": b"moved:file:///etc/passwd"}
    assert web.get(f"{address}/on", 1 << 20, plain=True, private=True).content == rss(1)
    for url in (
        f"{address}/round",
        f"{address}/file",
        "ftp://news.example/",
        "https://a:b@news.example/",
        "https://",
        "https://[x/",
    ):
        with pytest.raises(InputError):
            web.get(url, 1 << 20, plain=True, private=True)
    with pytest.raises(InputError, match="plain HTTP"):
        web.get(f"{address}/rss", 1 << 20, private=True)
    with pytest.raises(InputError, match="machine or network"):
        web.get(f"{address}/rss", 1 << 20, plain=True)
    for host in ("https://[::ffff:10.0.0.1]/", "https://169.254.169.254/", "https://0.0.0.0/", "https://[fe80::1]/"):
        with pytest.raises(InputError, match="machine or network"):
            web.get(host, 1 << 20)
    with pytest.raises(InputError, match="more than"):
        web.get(f"{address}/rss", 100, plain=True, private=True)
    with pytest.raises(UnavailableError):
        web.get(f"{address}/none", 1 << 20, plain=True, private=True)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + rss(1).partition(b"?>")[2]


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b"<!-- x -->\n" + BOMB.partition(b"?>")[2],
        BOMB.decode().encode("utf-16"),
        BOMB.replace(b'"1.0"', b'"1.0" encoding="utf-7"', 1),
        rss(1).decode().encode("cp037"),
        b"<html><body>x</body></html>",
        b"",
        b"no feed",
        b" " * (17 << 20),
    ],
    ids=["entities", "behind a comment", "utf-16", "utf-7", "ebcdic", "page", "empty", "text", "large"],
)
def test_hostile_feeds_are_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        list(entries_of("x", content))


def test_of_very_many_entries_the_first_are_read() -> None:
    found = list(entries_of("x", rss(*range(MOST_ENTRIES + 5))))
    assert [type(each) for each in found] == [Document] * MOST_ENTRIES + [Unread]


def test_an_entry_without_words_is_told() -> None:
    content = rss(1).replace(b"</channel>", b"<item><guid>9</guid></item></channel>")
    assert [type(each) for each in entries_of("x", content)] == [Document, Unread]


def test_markup_becomes_paragraphs_and_what_is_no_text_goes() -> None:
    markup = "<p>One &amp; two</p><style>p{}</style><form>Your comment</form><div>three<br>four</div><!-- five -->"
    assert plain_text(markup) == "One & two\n\nthree\n\nfour"
    assert plain_text("plain words") == "plain words"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "224.0.0.1", "::1", "::ffff:10.0.0.1", "::127.0.0.1",
        "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::1", "fec0::1", "fe80::1%eth0", "fc00::1",
        "2001:db8::1", "3fff::1", "ff0e::1",
    ],
)  # fmt: skip
def test_no_name_leads_into_our_network(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the second of its addresses either, nor by one of version 6 that a gateway takes for one of version 4."""
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: found)
    with pytest.raises(InputError, match="of this machine or network"):
        web.get("https://news.example/rss", 1 << 20)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808", "2002:808:808::1"])
def test_a_name_is_looked_up_once_and_the_address_that_was_looked_at_is_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the name stands for a moment later (DNS rebinding) is of no account."""
    answers = iter([address, "127.0.0.1"])
    called: list[str] = []

    def connect(_network: object, host: str, *_given: object) -> None:
        called.append(host)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: [(0, 0, 0, "", (next(answers), 443))])
    monkeypatch.setattr(DeadlineNetwork, "connect_tcp", connect)
    with pytest.raises(UnavailableError):
        web.get("https://news.example/rss", 1 << 20)
    assert called == [address]


@pytest.mark.parametrize("one", [' a{}="x"', "\n\ta{}='x'", " a{}=x", ' a{} = "x"', " a{}", '/a{}="x"', "/a{}"])
def test_a_tag_of_very_many_attributes_is_not_parsed(one: str) -> None:
    """Four hundred kilobytes of them took feedparser half a minute, and four times as many sixteen times as long."""
    crowded, fewer = (
        rss(1).replace(b"<item>", f"<item {''.join(map(one.format, range(many)))}>".encode())
        for many in (MOST_ATTRIBUTES + 1, MOST_ATTRIBUTES)
    )
    with pytest.raises(InputError, match="attributes"):
        next(entries_of("feed", crowded))
    assert isinstance(next(entries_of("feed", fewer)), Document)


def test_a_feed_of_very_many_tags_is_not_parsed() -> None:
    with pytest.raises(InputError, match="more tags"):
        next(entries_of("feed", rss(1, more="&lt;/p&gt;" + "<i>" * MOST_TAGS)))
    quoted = '<![CDATA[<p class="a" id=\'b\' title="a = b">Boats > ships</p>]]>' + "text with = and \" and ' in it " * 99
    assert isinstance(next(entries_of("feed", rss(1, more=quoted))), Document)
