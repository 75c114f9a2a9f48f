"""PDFs as somebody makes them who means harm, each a few lines: what they claim to be large is not in the repository.

`HOSTILE` has them by name, with what is to come of each.
"""

import io
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from pypdf import PdfReader, PdfWriter

SAID: Final = "The boats left at noon"
_FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_PAGES: Final = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE: Final = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> %s >>"
)
_SHOW: Final = b"BT /F1 12 Tf 20 200 Td (" + SAID.encode() + b") Tj ET"


def stream(data: bytes, words: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), words, data)


def flate(data: bytes, times: int = 1, words: bytes = b"") -> bytes:
    """Return a stream object, compressed so many times."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [%s] %s" % (b" ".join([b"/FlateDecode"] * times), words))


def zeros(count: int) -> bytes:
    """Return the compressed form of very many blanks, made piece by piece."""
    packer = zlib.compressobj(9)
    piece = b" " * (1 << 20)
    return b"".join([packer.compress(piece) for _ in range(count >> 20)] + [packer.flush()])


def pdf(objects: Mapping[int, bytes], root: bytes = b"/Root 1 0 R", size: int | None = None) -> bytes:
    """Return a PDF of some objects, with a table of where they are."""
    out, places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, last = len(out), max(objects)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    out += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (size or last + 1, root, start)
    return bytes(out)


def page(contents: bytes = b"", *, resources: bytes = b"", members: bytes = b"", more: Mapping[int, bytes] = {}) -> bytes:
    """Return a PDF of one page."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects = {1: catalog, 2: _PAGES, 3: _PAGE % (resources, members), 4: contents or stream(_SHOW), 5: _FONT}
    return pdf({**objects, **more})


def _encrypted(word: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(page())))
    writer.encrypt(word, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pages(count: int, claimed: int | None = None) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 10) for number in range(count))
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count if claimed is None else claimed)
    one = _PAGE % (b"", b"")
    return page(more={2: tree, **{number + 10: one for number in range(count)}})


def _laughs(deep: int) -> bytes:
    """Forms that each draw the next one ten times."""
    forms = {}
    for number in range(deep):
        following = b"/Resources << /Font << /F1 5 0 R >> /XObject << /X %d 0 R >> >>" % (number + 11)
        drawing = _SHOW if number == deep - 1 else b"/X Do " * 10
        forms[number + 10] = stream(drawing, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] %s" % following)
    return page(stream(b"/X Do"), resources=b"/XObject << /X 10 0 R >>", more=forms)


def _own_form() -> bytes:
    words = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >>"
    return page(stream(_SHOW + b" /X Do"), resources=b"/XObject << /X 10 0 R >>", more={10: stream(b"/X Do", words)})


def _tree(deep: int) -> bytes:
    """A tree of pages in which each has one child, very deep."""
    inner = {n: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 1) for n in range(10, 10 + deep)}
    return page(more={2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>", **inner, 10 + deep: _PAGE % (b"", b"")})


def _image(filtered: bytes) -> bytes:
    size = b"/Width 100000 /Height 100000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    image = stream(filtered, b"/Type /XObject /Subtype /Image /Filter /FlateDecode " + size)
    return page(stream(_SHOW + b" /I Do"), resources=b"/XObject << /I 10 0 R >>", more={10: image})


def _cmap(words: bytes) -> bytes:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [] /ToUnicode 10 0 R >>"
    mapping = b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <FFFFFFFF> endcodespacerange\n" + words
    return page(more={5: font, 10: stream(mapping)})


def _xref_stream(words: bytes, data: bytes = b"") -> bytes:
    body = page()
    start = len(body)
    table = stream(data, b"/Type /XRef /Root 1 0 R " + words)
    return body + b"99 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


def _objects_in_stream() -> bytes:
    return page(more={10: flate(b"1 0 " * 10, words=b"/Type /ObjStm /N 1000000000 /First 10"), 11: b"<< /X 12 0 R >>"})


def _prev(body: bytes) -> bytes:
    start = body.rindex(b"xref\n0 ")
    return body.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % start)


SAID_OTHERWISE: Final = ""
"""A text whose letters somebody mixed up."""
LIMITS: Final = "within the limits"
HOSTILE: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    "encrypted": ("encrypted", lambda: _encrypted("secret")),
    "encrypted-with-no-word": (SAID, lambda: _encrypted("")),
    "pages-too-many": ("more than 2,000 pages", lambda: _pages(2_001)),
    "pages-as-many-as-may-be": (SAID, lambda: _pages(2_000)),
    "pages-claimed": (SAID, lambda: _pages(1, 10**9)),
    "pages-fewer-than-none": (SAID, lambda: _pages(1, -1)),
    "blanks-of-very-many": (LIMITS, lambda: page(stream(zeros(1 << 28), b"/Filter /FlateDecode"))),
    "blanks-packed-twice": (
        LIMITS,
        lambda: page(stream(zlib.compress(zeros(1 << 28), 9), b"/Filter [/FlateDecode /FlateDecode]")),
    ),
    "hexadecimal-of-many": (
        LIMITS,
        lambda: page(stream(zlib.compress(b"20" * (40 << 20), 9), b"/Filter [/FlateDecode /ASCIIHexDecode]")),
    ),
    "run-lengths": (
        LIMITS,
        lambda: page(stream(zlib.compress(b"\x81 " * (8 << 20), 9), b"/Filter [/FlateDecode /RunLengthDecode]")),
    ),
    "operators-of-very-many": ("has no text", lambda: page(flate(b"q Q " * 5_000_000))),
    "brackets-very-deep": (LIMITS, lambda: page(stream(b"[" * 500_000 + b"]" * 500_000 + b" TJ"))),
    "object-very-deep": (SAID, lambda: page(more={10: b"[" * 200_000 + b"]" * 200_000}, members=b"/Annots 10 0 R")),
    "contents-very-deep": (LIMITS, lambda: page(b"[" * 200_000 + b"4 0 R" + b"]" * 200_000)),
    "contents-of-themselves": ("has no text", lambda: page(b"[4 0 R 4 0 R]")),
    "forms-of-forms": (SAID, lambda: _laughs(12)),
    "form-of-itself": (SAID, _own_form),
    "tree-of-itself": ("damaged", lambda: page(more={2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"})),
    "tree-and-its-parent": (
        "damaged",
        lambda: page(
            more={
                2: b"<< /Type /Pages /Kids [10 0 R] /Count 2 >>",
                10: b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2 >>",
            }
        ),
    ),
    "tree-very-deep": (LIMITS, lambda: _tree(20_000)),
    "parent-of-itself": (LIMITS, lambda: page(more={3: b"<< /Type /Page /Parent 3 0 R /Contents 4 0 R >>"})),
    "image-very-large": (SAID, lambda: _image(zeros(1 << 28))),
    "image-within": (
        LIMITS,
        lambda: page(stream(_SHOW + b" BI /W 100000 /H 100000 /BPC 8 /CS /RGB ID " + b"\0" * 100_000 + b" EI")),
    ),
    "script": (
        SAID,
        lambda: page(
            members=b"/AA << /O 10 0 R >>",
            more={
                1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 10 0 R /Names << /JavaScript << /Names [(a) 10 0 R] >> >> >>",
                10: b"<< /S /JavaScript /JS (app.alert\\('boo'\\)) >>",
            },
        ),
    ),
    "program-to-be-launched": (
        SAID,
        lambda: page(
            more={
                1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 10 0 R >>",
                10: b"<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>",
            }
        ),
    ),
    "file-of-another-machine": (
        "has no text",
        lambda: page(
            stream(b"", b"/F (http://127.0.0.1:9/x) /FFilter /FlateDecode"),
            more={10: b"<< /S /URI /URI (http://127.0.0.1:9/) >>"},
        ),
    ),
    "table-of-nothing": ("damaged", lambda: page().replace(b"startxref", b"startxfer")),
    "table-elsewhere": (SAID, lambda: page().replace(b"startxref\n", b"startxref\n9")),
    "table-behind-the-end": ("damaged", lambda: page().replace(b"startxref\n", b"startxref\n99999999999999999999")),
    "table-of-wrong-places": (SAID, lambda: page().replace(b" 00000 n", b"1 00000 n")),
    "table-before-itself": (SAID, lambda: _prev(page())),
    "table-of-very-many": (LIMITS, lambda: page().replace(b"xref\n0 6", b"xref\n0 999999999999")),
    "table-as-stream-too-wide": ("damaged", lambda: _xref_stream(b"/Size 10 /W [1 999999999 1]", b"\0" * 99)),
    "table-as-stream-too-long": (SAID, lambda: _xref_stream(b"/Size 999999999999 /W [0 0 0]")),
    "table-as-stream-of-many": (SAID, lambda: _xref_stream(b"/Size 9 /W [1 1 1] /Index [0 999999999999]", b"\0" * 9)),
    "objects-in-a-stream": (SAID, _objects_in_stream),
    "length-a-lie": (LIMITS, lambda: page(stream(_SHOW).replace(b"/Length ", b"/Length 99999999"))),
    "length-of-itself": (LIMITS, lambda: page(stream(_SHOW).replace(b"/Length %d" % len(_SHOW), b"/Length 4 0 R"))),
    "letters-of-a-range": (LIMITS, lambda: _cmap(b"1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange")),
    "letters-of-many-ranges": (
        SAID_OTHERWISE,
        lambda: _cmap(b"99 beginbfrange " + b"<0000> <FFFF> <0000> " * 3_000 + b"endbfrange"),
    ),
    "root-of-itself": ("damaged", lambda: pdf({1: b"1 0 R"})),
    "no-root": ("damaged", lambda: pdf({1: b"null"}, root=b"")),
    "cut": ("damaged", lambda: page()[:300]),
    "nothing-but-the-beginning": ("damaged", lambda: b"%PDF-1.7"),
    "noise": ("damaged", lambda: b"%PDF-1.7\n" + zlib.compress(bytes(range(256)) * 4_000)[:9_000] * 20),
}
"""Each by its name: what is to come of it (its text, or words of the reason for which it is refused), and what makes it."""


def slow(pages: int = 2_000) -> bytes:
    """Return a PDF that takes very much longer to read than to hand in: many pages with the same many words."""
    words = flate(b"BT /F1 12 Tf " + b"(x) Tj " * 20_000 + b"ET")
    kids = range(10, 10 + pages)
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % each for each in kids), pages)
    return page(words, more={2: tree, **dict.fromkeys(kids, _PAGE % (b"", b""))})
