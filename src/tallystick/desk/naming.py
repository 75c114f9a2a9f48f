"""Names as people read them: a written name in Latin letters, the script it is in, words for codes."""

from collections.abc import Callable

from tallystick.names import read_name

_LATIN = "latin"


def latin(written: str) -> str:
    """Return a written name in Latin letters, the way it is compared; empty where it is in Latin letters already.

    Scripts that write no vowels get none: `منير` is `Mnyr`.
    """
    readings = read_name(written)
    if not readings or all(part.script == _LATIN for part in readings[0].parts):
        return ""
    return readings[0].normal_form.title()


def script_of(written: str) -> str:
    """Return the script a written name is in; of several the first that is not Latin."""
    readings = read_name(written)
    scripts = [part.script for part in readings[0].parts] if readings else []
    return next((each for each in scripts if each != _LATIN), _LATIN if scripts else "other")


def remarks(note: str, translated: Callable[[str], str]) -> list[str]:
    """Return what decided of a field, remark by remark: parts of names as they are compared, all else as words people read."""
    return [translated(each) if each else "" for each in note.split("; ")]


def kind(code: str, translated: Callable[[str], str]) -> str:
    """Return a code of ours as a word people read: `national_id` is `national id`."""
    return translated(code.replace("_", " ").replace("-", " "))
