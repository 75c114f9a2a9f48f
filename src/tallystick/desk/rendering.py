"""Shows a page: its data through a template as HTML, or as JSON.

Every text is escaped; nothing a record holds is ever read as markup. Dates and numbers are written as the reader's language
has them.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader

from tallystick.desk import chain_drawing, drawings, languages, log_sayings, naming, sayings

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_WRITTEN = 4096
"""So many numbers and moments are kept as they are written; pages repeat them."""


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], auto_reload=False,
    )  # fmt: skip
    words = languages.catalogue(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    made.filters |= {
        "moment": lambda at: _moment(at, language),
        "day": lambda at: _day(at, language),
        "since": lambda at, now: _since(at, now, language),
        "number": lambda value: _number(value, language),
        "bits": lambda value: _bits(value, language),
        "when": lambda text: _moment(text, language) if "T" in text else text,
        "born": lambda edtf: _born(edtf, words.gettext),
        "percent": lambda value: _percent(value, language),
        "segment": lambda text: quote(str(text), safe=":"),
        "query": lambda values: urlencode({name: value for name, value in values.items() if value not in ("", None)}),
        "latin": naming.latin,
        "country": lambda code: _country(code, language),
        "script": naming.script_of,
        "said": lambda text: sayings.said(text, language),
        "told": lambda text, kind: log_sayings.told(text, kind, language),
        "kind": lambda text: naming.kind(text, words.gettext),
        "remarks": lambda text: naming.remarks(text, words.gettext),
    }
    made.globals |= {
        "static": static_path, "languages": languages.LANGUAGES, "language": language,
        "direction": "rtl" if language in languages.RIGHT_TO_LEFT else "ltr", "draw": drawings,
        "draw_chain": chain_drawing.draw, "comma": _marks(language)[0], "semicolon": _marks(language)[1],
    }  # fmt: skip
    return made


def html(template: str, language: str, data: Mapping[str, Any], around: Mapping[str, Any]) -> str:
    """Return a page as HTML.

    Args:
        template: its name without ending.
        language: in which language.
        data: what it shows.
        around: what the layout needs: who has signed in, what the menu offers.
    """
    return environment(language).get_template(f"{template}.html").render(**data, page=around)


@cache
def static_names() -> frozenset[str]:
    """Return the names of the static files there are."""
    return frozenset(each.name for each in STATIC.iterdir())


@cache
def static_path(name: str) -> str:
    """Return the path of a static file, with a mark that changes when it does: it may be kept for ever."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _marks(language: str) -> tuple[str, str]:
    """Return what stands between the members of a list, and between its parts."""
    return ("\N{ARABIC COMMA} ", "\N{ARABIC SEMICOLON} ") if language == "ar" else (", ", "; ")


@lru_cache(_WRITTEN)
def _number(value: float, language: str) -> str:
    return format_decimal(value, locale=language)


@lru_cache(_WRITTEN)
def _bits(value: float, language: str) -> str:
    return format_decimal(value, format="#,##0.0", locale=language)


def _percent(value: float, language: str) -> str:
    """Write a probability; none is ever shown as certain."""
    held = min(max(value, 0.001), 0.999)
    sign = ">" if value > held else "<" if value < held else ""
    return sign + format_decimal(held, format="0.0%", locale=language)


@lru_cache(_WRITTEN)
def _country(code: str, language: str) -> str:
    """Name a country, with its code; one that is none stays as it is."""
    name = Locale.parse(language).territories.get(code.upper())
    return f"{name} ({code.upper()})" if name else code


@lru_cache(_WRITTEN)
def _moment(at: str | datetime, language: str) -> str:
    if not at:
        return ""
    known = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return format_datetime(known.astimezone(UTC), f"d MMM y{_marks(language)[0]}HH:mm 'UTC'", locale=language)


@lru_cache(_WRITTEN)
def _day(at: str, language: str) -> str:
    return format_date(datetime.fromisoformat(at).date(), "d MMM y", locale=language) if at else ""


def _born(edtf: str, translated: Callable[[str], str]) -> str:
    """Write a birth date with its precision in words; the days of the calendar stay as the record has them."""
    first, _, last = edtf.replace("~", "").partition("/")
    date = translated("%(first)s to %(last)s") % {"first": first, "last": last} if last else first
    return translated("about %(date)s") % {"date": date} if "~" in edtf else date


def _since(at: str | datetime, now: datetime, language: str) -> str:
    """How long ago, in a word or two."""
    if not at:
        return ""
    known = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return _interval(round((known - now).total_seconds() / 60), language)


@lru_cache(_WRITTEN)
def _interval(minutes: int, language: str) -> str:
    return format_timedelta(timedelta(minutes=minutes), add_direction=True, locale=language)
