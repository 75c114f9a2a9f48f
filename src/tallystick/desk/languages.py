"""The languages of the desk: which there are, which one somebody reads, and what stands in their catalogues.

Catalogues are standard message files (`locales/LANGUAGE.po`), read as they are when a language is first wanted; English is in the
templates themselves.
"""

import gettext
import io
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ar": "العربية"}
"""By code, as their readers call them."""
RIGHT_TO_LEFT = frozenset({"ar"})
FOLDER = Path(__file__).parent / "locales"
COOKIE = "tallystick-language"
_MOST_ACCEPTED = 20


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the messages of a language; what nobody has translated is shown in English."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only who reads another language pays for it
    from babel.messages.pofile import read_po  # noqa: PLC0415 - as above

    file = FOLDER / f"{language}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as opened:
        write_mo(compiled, read_po(opened, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def chosen(cookie: str, accepted: str) -> str:
    """Return the language somebody reads.

    Args:
        cookie: what was chosen before; empty if nothing.
        accepted: the header Accept-Language.
    """
    if cookie in LANGUAGES:
        return cookie
    wanted: list[tuple[float, int, str]] = []
    for part in accepted.split(",")[:_MOST_ACCEPTED]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), len(wanted), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((code for _, _, code in sorted(wanted) if code in LANGUAGES), "en")
