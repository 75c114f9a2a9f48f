"""Which encoding a text is in that is no UTF-8 and does not say: told by what letters its bytes would be.

Rules
 1. Only encodings of other scripts are told apart from Windows-1252, the West's habit: Cyrillic, Greek, Hebrew, Arabic, Thai,
    Chinese, Japanese, Korean. Among those of Latin letters the bytes say too little.
 2. One byte a letter: only where the letters stand together as those of a language do (charset-normalizer's coherence). Several
    bytes a letter: only where all bytes fit.
"""

from typing import Final

_SAMPLE_BYTES: Final = 1 << 16
_ASCII: Final = bytes(range(128))
_FEW_LETTERS: Final = 16
"""High bytes below which nothing is told."""
_LEAST_COHERENCE: Final = 0.2
_SEVERAL_BYTES: Final = frozenset(
    {"big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "shift_jis"}
)
_ONE_BYTE: Final = frozenset({
    "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866", "mac_cyrillic", "cp1253", "iso8859_7", "cp1255", "iso8859_8", "cp1256",
    "iso8859_6", "cp874", "tis_620",
})  # fmt: skip


def other_script(content: bytes) -> str | None:
    """Return the encoding (Python's name) of a text that is in no Latin letters; None where nothing tells.

    Args:
        content: bytes that are no UTF-8; its beginning is looked at, 64 KB.
    """
    sample = content[:_SAMPLE_BYTES]
    if len(sample.translate(None, _ASCII)) < _FEW_LETTERS:
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415 - most texts are UTF-8

    found = from_bytes(sample, cp_isolation=[*sorted(_SEVERAL_BYTES | _ONE_BYTE), "cp1252", "cp1250"]).best()
    if found is None:
        return None
    if found.encoding in _SEVERAL_BYTES:
        return found.encoding
    return found.encoding if found.encoding in _ONE_BYTE and found.coherence >= _LEAST_COHERENCE else None
