"""Documents of office programs: their text as a reader sees it, and what is refused."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.adapters.documents import office
from tallystick.adapters.documents.office import is_office, office_text
from tallystick.adapters.documents.reading import Document, Unread, handed_in, read_documents
from tallystick.errors import InputError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = (
    f"<w:document {W}><w:body><w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Munir </w:t></w:r>"
    "<w:r><w:t>Al-Tuzani</w:t></w:r></w:p>"
    "<w:p><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del><w:ins><w:r><w:t>born</w:t><w:tab/><w:t>1974</w:t>"
    "<w:br/><w:t>منير</w:t></w:r></w:ins><w:instrText>PAGE</w:instrText></w:p></w:body></w:document>"
)
NOTES = f"<w:footnotes {W}><w:footnote><w:p><w:r><w:t>A note</w:t></w:r></w:p></w:footnote></w:footnotes>"
T = 'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
OPEN = (
    f"<o xmlns:o='x' {T}><t:tracked-changes><t:p>gone</t:p></t:tracked-changes><t:h>Report</t:h>"
    "<t:p>Munir<t:s t:c='2'/><t:span>Al-Tuzani</t:span><t:tab/>1974<t:line-break/>end</t:p></o>"
)


def archive(**parts: str | bytes) -> bytes:
    """Return an archive; `__` in a name stands for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/") + ".xml", content)
    return made.getvalue()


def docx(body: str = BODY, **more: str) -> bytes:
    return archive(**{"[Content_Types]": "<t/>", "word__document": body, **more})


def test_the_text_of_a_word_document_is_what_a_reader_sees() -> None:
    assert office_text(docx(word__footnotes=NOTES)) == "Munir Al-Tuzani\nborn\t1974\nمنير\n\nA note\n"


def test_the_text_of_an_open_document_is_what_a_reader_sees() -> None:
    assert office_text(archive(content=OPEN)) == "Report\nMunir  Al-Tuzani\t1974\nend\n"


def test_slides_come_by_their_number() -> None:
    slides = {f"ppt__slides__slide{n}": f"<a:x xmlns:a='x'><a:p><a:r><a:t>{n}</a:t></a:r></a:p></a:x>" for n in (10, 2, 1)}
    assert office_text(archive(**{"[Content_Types]": "<t/>", **slides})).split() == ["1", "2", "10"]


def test_a_document_of_an_office_is_one_document_with_its_bytes_kept(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx())
    (read,) = read_documents(tmp_path / "a.docx")
    assert isinstance(read, Document)
    assert (read.text.splitlines()[0], read.markup, read.content) == ("Munir Al-Tuzani", False, docx())


def test_one_packed_text_is_still_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.txt", "Munir Al-Tuzani")
    (read,) = handed_in("a.zip", made.getvalue())
    assert isinstance(read, Document)
    assert read.text == "Munir Al-Tuzani"


def test_one_attached_to_a_letter_is_read() -> None:
    from email.message import EmailMessage

    letter = EmailMessage()
    letter["From"], letter["Subject"] = "a@example.org", "paper"
    letter.set_content("see there")
    letter.add_attachment(docx(), maintype="application", subtype="octet-stream", filename="a.docx")
    found = [each for each in handed_in("a.eml", letter.as_bytes()) if isinstance(each, Document)]
    assert found[1].text.startswith("Munir Al-Tuzani")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (archive(**{"[Content_Types]": "<t/>", "xl__workbook": "<x/>"}), "this is a workbook"),
        (archive(**{"[Content_Types]": "<t/>", "other": "<x/>"}), "this is an archive, no document"),
        (docx(BODY[:-30]), "the document is damaged or locked"),
        (docx('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "declares a document type"),
        (docx()[:200], "this is an archive, no document"),
    ],
)
def test_what_is_no_document_is_refused_with_the_reason(content: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        office_text(content)


def test_one_that_grows_too_large_is_refused_before_it_is_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "MOST_BYTES", 1 << 20)
    bomb = docx(f"<w:document {W}><w:p><w:r><w:t>" + " " * (4 << 20))
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        office_text(bomb)


def test_an_archive_of_several_files_is_told_in_its_place() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.txt", "a")
        file.writestr("b.txt", "b")
    with pytest.raises(InputError, match="holds 2 files"):
        list(handed_in("a.zip", made.getvalue()))


@given(st.data())
def test_whatever_bytes_come_they_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([docx(), archive(content=OPEN)])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InputError):
        assert isinstance(office_text(bytes(content)), str)
    is_office(bytes(content))


def test_an_unread_one_in_a_batch_keeps_nobody_back() -> None:
    (read,) = handed_in("a.docx", docx(BODY[:-30]))
    assert isinstance(read, Unread)
