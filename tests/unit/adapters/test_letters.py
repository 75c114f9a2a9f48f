"""E-mail, message exports and PDF as documents: what is said comes out, what is hostile is refused, the others go on."""

import base64
import io
import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.adapters.documents import Document, Unread, read_documents
from tallystick.adapters.documents import pdf as pdf_module
from tallystick.adapters.documents.extraction import blocks_of
from tallystick.adapters.documents.letters import is_mail, is_messages, read_mail, read_message
from tallystick.adapters.documents.reading import documents
from tallystick.errors import InputError
from tallystick.reports import read_report

SAID = "The boats left the harbour of Östervik on Tuesday, Anna Example said."


def mail(**attached: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Jörg Vogt <jv@example.org>", "desk@example.org"
    message["Subject"], message["Date"] = "Boats in the north", "Tue, 24 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = "<1@example.org>"
    message.set_content(f"{SAID}\n\n> quoted words of somebody else\n", cte="base64")
    for name, content in attached.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def read(tmp_path: Path, name: str, content: bytes) -> list[Document | Unread]:
    (tmp_path / name).write_bytes(content)
    return list(read_documents(tmp_path / name))


def pdf_of(*pages: str) -> bytes:
    """Make a PDF of a few lines, as small as one can be."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 300)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F1 12 Tf 20 200 Td (" + text.encode("ascii") + b") Tj ET" if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_letter_is_its_subject_its_head_and_its_body_decoded(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "letter.eml", mail().as_bytes())
    assert isinstance(document, Document)
    assert SAID.encode() not in mail().as_bytes(), "it is encoded"
    assert SAID in document.text
    reading = read_report(blocks_of(document))
    assert (reading.first("headline"), reading.first("byline").splitlines()[0]) == (
        "Boats in the north",
        "From: Jörg Vogt <jv@example.org>",
    )
    assert reading.main.strip() == SAID


def test_a_letter_in_html_is_read_as_html(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "News <of> the day"
    message.set_content(f"<html><body><p>{SAID}</p><script>alert(1)</script></body></html>", subtype="html")
    (document,) = read(tmp_path, "letter.eml", message.as_bytes())
    assert isinstance(document, Document)
    assert document.markup
    assert "News &lt;of&gt; the day" in document.text
    assert SAID in " ".join(each.text for each in blocks_of(document))
    assert "alert" not in " ".join(each.text for each in blocks_of(document))


def test_attachments_are_documents_of_their_own_and_a_broken_one_keeps_nobody_back(tmp_path: Path) -> None:
    letter = mail(
        **{"inner.eml": mail().as_bytes(), "a.txt": SAID.encode(), "b.bin": bytes(range(256)), "c.pdf": b"%PDF-1.7 broken"}
    )
    found = read(tmp_path, "outer.eml", letter.as_bytes())
    names = [each.name.removeprefix(f"{tmp_path}/") for each in found if isinstance(each, Document)]
    assert names == ["outer.eml", "outer.eml: inner.eml", "outer.eml: a.txt"]
    assert [each.name.rpartition(": ")[2] for each in found if isinstance(each, Unread)] == ["b.bin", "c.pdf"]


def test_each_message_of_an_export_is_a_document(tmp_path: Path) -> None:
    lines = [
        {"id": "m1", "from": {"name": "Vogt"}, "date": "2026-11-24T10:00:00Z", "text": SAID},
        {"sender": "Li", "body": "وصل القارب"},
        {"sender": "Li"},
    ]
    content = "\n".join([*(json.dumps(each, ensure_ascii=False) for each in lines), "no json", ""]).encode()
    found = read(tmp_path, "chat.jsonl", content)
    texts = [each.text for each in found if isinstance(each, Document)]
    assert texts == [f"From: Vogt\nDate: 2026-11-24T10:00:00Z\n\n{SAID}", "From: Li\n\nوصل القارب"]
    assert [each.name.rpartition("#")[2] for each in found] == ["m1", "2", "3", "4"]
    assert [type(each) for each in found] == [Document, Document, Unread, Unread]


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "paper.pdf", pdf_of("Anna Example left", "and came back"))
    assert isinstance(document, Document)
    assert document.text.split() == ["Anna", "Example", "left", "and", "came", "back"]


@pytest.mark.parametrize(
    ("content", "why"), [(b"%PDF-1.7\n%%EOF", "damaged"), (pdf_of(""), "no text"), (b"%PDF-" + bytes(5000), "damaged")]
)
def test_a_pdf_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    (unread,) = read(tmp_path, "bad.pdf", content)
    assert isinstance(unread, Unread)
    assert why in unread.reason


def test_a_pdf_that_runs_away_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "_WALL_S", 0.01)
    (unread,) = read(tmp_path, "slow.pdf", pdf_of("text"))
    assert isinstance(unread, Unread)
    assert "too long" in unread.reason


def test_too_many_parts_and_too_deep_ones_are_refused() -> None:
    many = (
        b"From: a\nTo: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nz\n" * 2_000 + b"--x--\n"
    )
    deep = (
        b"".join(b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(500))
        + b"\n\nz"
    )
    for content in (many, deep):
        with pytest.raises(InputError):
            read_mail(content)
        assert all(isinstance(each, Unread) for each in documents("x.eml", content))


@pytest.mark.parametrize(
    "text", ["A note: no head at all", "Dear all,\n\nwe met.", "From: here\n\nto there", '{"a": 1}', "{}\n{}", ""]
)
def test_what_is_no_letter_is_none(text: str) -> None:
    assert not is_mail(text.encode())
    assert not is_messages(text.encode())


_PIECES = [
    b"From: a@b.c\n",
    b"To: b\n",
    b"Subject: =?utf-8?b?w7w=?=\n",
    b"Subject: =?x?q?\xff?=\n",
    b"\n",
    b"Content-Type: multipart/mixed; boundary=x\n",
    b"--x\n",
    b"--x--\n",
    b"Content-Type: text/html; charset=nope\n",
    b"Content-Transfer-Encoding: base64\n",
    base64.b64encode(b"hello") + b"\n",
    b"Content-Disposition: attachment; filename*=utf-8''%FF.txt\n",
    b"Date: Tue, 99 Foo 20226\n",
    b"\xff\xfe",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: ;;;\n",
    b"MIME-Version: 1.0\n",
    b"Message-ID: <\n",
]


@given(st.lists(st.sampled_from(_PIECES) | st.binary(max_size=20), max_size=25).map(b"".join))
def test_no_letter_breaks_its_reader(content: bytes) -> None:
    for each in documents("x", b"From: a\nTo: b\n" + content):
        assert isinstance(each, Document | Unread)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.dictionaries(st.sampled_from(["text", "from", "id", "name", "date"]), inner),
    )
)
def test_no_message_breaks_its_reader(said: object) -> None:
    try:
        letter = read_message(json.dumps(said).encode())
    except InputError:
        return
    assert letter.text


def texts(content: bytes) -> list[str]:
    return [each.text for each in documents("x", content) if isinstance(each, Document)]


def test_a_forwarded_letter_is_read(tmp_path: Path) -> None:
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@example.org", "b@example.org", "Fwd"
    outer.set_content("see below")
    outer.add_attachment(mail())
    found = read(tmp_path, "fwd.eml", outer.as_bytes())
    assert [SAID in each.text for each in found if isinstance(each, Document)] == [False, True]


def test_what_only_the_html_part_says_is_read_and_what_both_say_is_read_once() -> None:
    letter = mail()
    letter.add_alternative(f"<p>{SAID}</p><p>&gt; quoted words of somebody else</p>", subtype="html")
    assert len(texts(letter.as_bytes())) == 1
    fuller = mail()
    fuller.add_alternative(f"<html><body><p>{SAID}</p><p>Signed: Odalric Fenn</p></body></html>", subtype="html")
    assert ["Odalric" in each for each in texts(fuller.as_bytes())] == [False, True]


def test_every_letter_of_an_mbox_is_read() -> None:
    box = b"".join(b"From desk@example.org Tue Nov 24 10:00:00 2026\n" + mail().as_bytes() + b"\n" for _ in range(3))
    assert [SAID in each for each in texts(box)] == [True] * 3


def test_an_export_that_begins_with_something_else_is_an_export() -> None:
    lines = b'{"event":"join","user":"Li"}\n{"from":"Vogt","text":"Fran\\u00e7ois left"}\n'
    found = list(documents("chat", lines))
    assert [type(each) for each in found] == [Unread, Document]
    assert "François" in texts(lines)[0]


def test_parts_are_counted_before_anything_is_parsed() -> None:
    many = b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nz\n" * 200_000
    (unread,) = documents("many.eml", many)
    assert isinstance(unread, Unread)
    assert "parts" in unread.reason


LONG = b"x@y.example, " * 300_000


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.example\nTo: " + LONG + b"\nSubject: boats\n\nThe boats left.",
        b"From: a@b.example\nSubject: boats\n" + b"X-A: b\n" * 500_000 + b"\nThe boats left.",
        b"From: a@b.example\nSubject: boats\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\nTo: " + LONG + b"\n\nThe boats.",
        b"From: a@b.example\nSubject: boats\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Disposition: attachment; filename=" + b"a;" * 100_000 + b"\n\nThe boats.\n--x--\n",
    ],
)
def test_a_head_that_the_library_would_read_for_minutes_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="head of the e-mail is longer"):
        read_mail(content)


def test_a_long_body_is_no_head() -> None:
    body = "Note: the boats left the harbour before dawn.\n" * 5_000
    assert "the boats left" in read_mail(b"From: a@b.example\nTo: c@d.example\n\n" + body.encode()).text
