"""The text of a PDF, read by a process of its own that has only so much time and memory.

Whoever writes a PDF decides how long it takes to read it; a process that runs away is ended, and the batch goes on.

Run as a program this module reads a PDF on standard input and writes its pages as JSON on standard output.

Rules
 1. At most MOST_PAGES pages, CPU_S seconds of processor time, MEMORY_BYTES of memory, MOST_CHARS characters; and A_FILE_S
    seconds of processor time for all PDFs of one file: a letter may have a thousand attached.
 2. A PDF without text (a scan) and an encrypted one are refused with the reason.
 3. Nothing of it is carried out: no script, no link, no embedded file. The process writes no file.
"""

import io
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tallystick.errors import InputError

if TYPE_CHECKING:
    from pypdf import PdfReader

MAGIC = b"%PDF-"
MOST_PAGES = 2_000
MOST_CHARS = 20_000_000
CPU_S = 60
A_FILE_S = 180
MEMORY_BYTES = 2 << 30
_WALL_S = 180
_BETWEEN = "\n\n"
_HINT = "hand in its text, or print it to another PDF"
_LIMITS = "the PDF cannot be read within the limits of time and memory"


@dataclass(slots=True)
class Allowance:
    """How much processor time is left for the PDFs of one file, seconds."""

    left_s: float = field(default_factory=lambda: float(A_FILE_S))


def pdf_text(content: bytes, allowance: Allowance) -> str:
    """Return the text of a PDF, page after page, a blank line between them.

    Args:
        content: the PDF.
        allowance: what is left for it; lessened by what it takes.

    Raises:
        InputError: it cannot be read within the limits, is encrypted, or has no text.
    """
    if allowance.left_s <= 0:
        raise InputError("the PDFs of this file take too long to read", hint="hand each in by itself")
    cpu_s = min(CPU_S, math.ceil(allowance.left_s))
    words = [sys.executable, "-I", "-m", "tallystick.adapters.documents.pdf", str(cpu_s)]
    try:
        done = subprocess.run(words, input=content, capture_output=True, check=False, timeout=_WALL_S)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        allowance.left_s -= cpu_s
        raise InputError("the PDF takes too long to read", hint=_HINT) from None
    if done.returncode:
        allowance.left_s -= cpu_s
        raise InputError(_LIMITS, hint=_HINT)
    said = json.loads(done.stdout)
    allowance.left_s -= said["cpu_s"]
    if "refused" in said:
        raise InputError(said["refused"], hint=_HINT)
    text = _BETWEEN.join(said["pages"])
    if not text.strip():
        raise InputError("the PDF has no text: it is a picture of one", hint="have its text recognised first")
    return text


def _main(cpu_s: int) -> None:
    """Read the PDF on standard input; what it took is counted from here on, without the start of the process."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    for each in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(each, (0, 0))
    start = time.process_time()
    said = _read(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(said | {"cpu_s": time.process_time() - start}))


def _read(content: bytes) -> dict[str, object]:
    """Return the pages of a PDF, or why it is refused."""
    import logging  # noqa: PLC0415 - only the process that reads needs it

    try:
        from pypdf import PdfReader  # noqa: PLC0415 - as above
        from pypdf.errors import LimitReachedError  # noqa: PLC0415 - as above
    except ImportError:
        return {"refused": "PDFs cannot be read here: the package pypdf is not installed"}

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return {"pages": _pages(PdfReader(io.BytesIO(content), strict=False))}
    except InputError as error:
        return {"refused": str(error)}
    except (LimitReachedError, MemoryError, RecursionError):
        return {"refused": _LIMITS}
    except Exception as error:  # noqa: BLE001  # whatever a broken PDF makes of its reader, it is refused
        return {"refused": f"the PDF is damaged ({type(error).__name__})"}


def _pages(reader: "PdfReader") -> list[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("the PDF is encrypted", hint=_HINT)
    if len(reader.pages) > MOST_PAGES:
        raise InputError(f"the PDF has more than {MOST_PAGES:,} pages", hint=_HINT)
    pages: list[str] = []
    size = 0
    for page in reader.pages:
        pages.append(page.extract_text().encode("utf-8", "replace").decode())
        size += len(pages[-1])
        if size > MOST_CHARS:
            raise InputError(f"the PDF holds more than {MOST_CHARS:,} characters", hint=_HINT)
    return pages


if __name__ == "__main__":
    _main(int(sys.argv[1]))
