"""The text of a PDF, read by a process of its own that has only so much time and memory.

Whoever writes a PDF decides how long it takes to read it; a process that runs away is ended, and the batch goes on.

Run as a program this module reads a PDF on standard input and writes its pages as JSON on standard output.

Rules
 1. At most MOST_PAGES pages, CPU_S seconds of processor time, MEMORY_BYTES of memory, MOST_CHARS characters.
 2. A PDF without text (a scan) and an encrypted one are refused with the reason.
 3. Nothing of it is carried out: no script, no link, no embedded file.
"""

import io
import json
import resource
import subprocess
import sys

from tallystick.errors import InputError

MAGIC = b"%PDF-"
MOST_PAGES = 2_000
MOST_CHARS = 20_000_000
CPU_S = 60
MEMORY_BYTES = 2 << 30
_WALL_S = 180
_BETWEEN = "\n\n"
_HINT = "hand in its text, or print it to another PDF"


def pdf_text(content: bytes) -> str:
    """Return the text of a PDF, page after page, a blank line between them.

    Raises:
        InputError: it cannot be read within the limits, is encrypted, or has no text.
    """
    words = [sys.executable, "-I", "-m", "tallystick.adapters.documents.pdf"]
    try:
        done = subprocess.run(words, input=content, capture_output=True, check=False, timeout=_WALL_S)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        raise InputError("the PDF takes too long to read", hint=_HINT) from None
    if done.returncode:
        raise InputError("the PDF cannot be read within the limits of time and memory", hint=_HINT)
    said = json.loads(done.stdout)
    if "refused" in said:
        raise InputError(said["refused"], hint=_HINT)
    text = _BETWEEN.join(said["pages"])
    if not text.strip():
        raise InputError("the PDF has no text: it is a picture of one", hint="have its text recognised first")
    return text


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer.read())))


def _read(content: bytes) -> dict[str, object]:
    import logging  # noqa: PLC0415 - only the process that reads needs it

    try:
        from pypdf import PdfReader  # noqa: PLC0415 - as above
    except ImportError:
        return {"refused": "PDFs cannot be read here: the package pypdf is not installed"}

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"refused": "the PDF is encrypted"}
        if len(reader.pages) > MOST_PAGES:
            return {"refused": f"the PDF has more than {MOST_PAGES:,} pages"}
        pages: list[str] = []
        size = 0
        for page in reader.pages:
            pages.append(page.extract_text().encode("utf-8", "replace").decode())
            size += len(pages[-1])
            if size > MOST_CHARS:
                return {"refused": f"the PDF holds more than {MOST_CHARS:,} characters"}
    except Exception as error:  # noqa: BLE001  # whatever a broken PDF makes of its reader, it is refused
        return {"refused": f"the PDF is damaged ({type(error).__name__})"}
    return {"pages": pages}


if __name__ == "__main__":
    _main()
