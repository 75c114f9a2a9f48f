"""Which language a text is in, however short it is."""

import pytest

from tallystick.reports.languages import language_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Harbour strike ends", "en"),
        ("Hafenstreik beendet", "de"),
        ("Grève terminée au port", "fr"),
        ("Huelga portuaria terminada", "es"),
        ("انتهاء إضراب الميناء", "ar"),
        ("He was not in Paris.", "en"),
        ("Er war nicht in Paris.", "de"),
        ("Il n'était pas à Paris.", "fr"),
        ("No estaba en París.", "es"),
        ("لم يكن في باريس.", "ar"),
        ("Reuters: فشل محادثات مدريد مجددا", "ar"),
        ("", "en"),
        ("Порт закрыт", "en"),
    ],
)
def test_a_headline_is_enough(text: str, code: str) -> None:
    assert language_of(text).code == code


def test_a_long_text_is_told_by_its_beginning() -> None:
    assert language_of("Der Hafen ist seit Montag geschlossen. " * 50 + "The harbour is closed. " * 500).code == "de"
