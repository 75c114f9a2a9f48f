import re
import unicodedata
from importlib import resources

import pytest

from tallystick.errors import ConfigError
from tallystick.synthesis import tables
from tallystick.synthesis.namegiving import namer
from tallystick.synthesis.romanisation import romanisation
from tallystick.synthesis.tables import Culture, cultures

ENDINGS = {"feminine", "patronymic"}
MARKS = " -'.ʿʾʹ″’"
EVERY = pytest.mark.parametrize("culture", cultures(), ids=lambda culture: culture.name)


def latin_only(text: str) -> bool:
    return all(sign in MARKS or unicodedata.name(sign, "").startswith("LATIN") for sign in text)


def test_there_are_cultures_of_many_scripts() -> None:
    assert len(cultures()) >= 35
    assert len({culture.script for culture in cultures()}) >= 14


@EVERY
def test_a_culture_has_what_a_person_needs(culture: Culture) -> None:
    assert len(culture.tables["given_m"]) >= 25
    assert len(culture.tables["given_f"]) >= 25
    assert len(culture.tables["city"]) >= 15
    assert all(city.spellings for city in culture.tables["city"])
    assert {code for code, _ in culture.countries} <= set(tables.countries())
    assert culture.script in tables.letter_rows()


@EVERY
def test_patterns_use_known_roles_and_their_tables(culture: Culture) -> None:
    roles = namer(culture).roles
    assert roles <= set("gmfshpdean")
    assert "n" not in roles or {"particle_m", "particle_f"} <= set(culture.tables)
    assert "p" not in roles or "patronymic" in culture.tables


@EVERY
def test_every_romanisation_reads_every_sign(culture: Culture) -> None:
    for name, _ in culture.romanisations:
        if name == "listed":
            continue
        rules = romanisation(name)
        for kind in set(culture.tables) - ENDINGS - {"street"}:
            for part in culture.tables[kind]:
                written = rules.write(part)
                assert latin_only(written), (name, part.sound, written)
                assert written.strip() or not part.native.strip(), (name, part.native)


@EVERY
def test_native_writing_is_native_and_spellings_are_latin(culture: Culture) -> None:
    for kind in set(culture.tables) - ENDINGS - {"street"}:
        for part in culture.tables[kind]:
            assert all(latin_only(text) or culture.script == "latin" for text in part.spellings)
            assert part.native == unicodedata.normalize("NFC", part.native)
            if culture.script != "latin":
                assert not re.search("[A-Za-z]", part.native), part.native


def test_romanisations_differ_as_their_countries_do() -> None:
    def write(name: str, sound: str) -> str:
        return romanisation(name).write_text(sound)

    assert write("ru_icao", "Хрущёв") == "Khrushchev"
    assert write("ru_french", "Щукин") == "Chtchoukine"
    assert write("ru_german", "Щукин") == "Schtschukin"
    assert write("ru_scholarly", "Хрущёв") == "Chruščëv"
    assert write("uk_2010", "Згурський") == "Zghurskyi"
    assert write("el_elot", "Ευθύμιος") == "Efthymios"
    assert write("cn_pinyin", "ze·dong") == "Zedong"
    assert write("cn_wade", "ze·dong") == "Tse-Tung"
    assert write("ko_rr", "jeong·hui") == "Jeonghui"
    assert write("ko_customary", "jeong·hui") == "Jung-Hee"
    assert write("ja_hepburn", "oono") == "Ono"
    assert write("ja_oh", "oono") == "Ohno"
    assert write("ar_french", "waliid") == "Oualid"
    assert write("ar_english", "waliid") == "Walid"
    assert write("hy_western", "Գրիգորյան") == "Krikorian"
    assert write("ka_papers", "ჯუღაშვილი") == "Jughashvili"


def test_a_table_with_a_missing_column_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __truediv__(self, _: str) -> "Broken":
            return self

        def read_text(self, encoding: str) -> str:
            assert encoding == "utf-8"
            return "country\tcalling\nfr\t33\nde\n"

    monkeypatch.setattr(resources, "files", lambda _: Broken())
    with pytest.raises(ConfigError, match="table countries, row 2 has 1 columns instead of 2"):
        tables.countries.__wrapped__()
