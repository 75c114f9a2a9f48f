import unicodedata
from random import Random

from tallystick.synthesis.namegiving import Namer, namer, spelling
from tallystick.synthesis.slips import by_ear, typo, without_diacritics
from tallystick.synthesis.tables import Part, cultures

RNG = Random(1)


def of(name: str) -> Namer:
    return namer(next(culture for culture in cultures() if culture.name == name))


def part(native: str) -> Part:
    return Part(native, native)


def test_patronymics_follow_the_father() -> None:
    russian = of("russian")
    for father, son, daughter in (
        ("Иван", "Иванович", "Ивановна"),
        ("Сергей", "Сергеевич", "Сергеевна"),
        ("Илья", "Ильич", "Ильинична"),
        ("Дмитрий", "Дмитриевич", "Дмитриевна"),
        ("Игорь", "Игоревич", "Игоревна"),
    ):
        assert russian.patronymic(part(father), "m").native == son
        assert russian.patronymic(part(father), "f").native == daughter


def test_women_bear_the_feminine_form() -> None:
    for culture, man, woman in (
        ("russian", "Достоевский", "Достоевская"),
        ("russian", "Иванов", "Иванова"),
        ("russian", "Шевченко", "Шевченко"),
        ("polish", "Kowalski", "Kowalska"),
        ("polish", "Nowak", "Nowak"),
        ("czech", "Novák", "Nováková"),
        ("czech", "Novotný", "Novotná"),
        ("greek", "Παπαδόπουλος", "Παπαδοπούλου"),
        ("german", "Müller", "Müller"),
    ):
        assert of(culture).feminine(part(man)).native == woman


def test_composed_names_make_a_long_tail() -> None:
    for culture in ("english", "german", "french", "spanish", "italian", "polish", "turkish", "russian"):
        rng = Random(4)
        names = [of(culture).family(rng).native for _ in range(3000)]
        assert len(set(names)) > 600, culture
        most = max(names.count(name) for name in set(names))
        assert most > 40, culture  # and a short head


def test_the_first_spelling_is_the_commonest() -> None:
    name = Part("محمد", "muHammad", ("Mohammed", "Muhammad", "Mohamed"), script="arabic")
    drawn = [spelling(name, RNG) for _ in range(3000)]
    assert set(drawn) == set(name.spellings)
    assert 0.55 < drawn.count("Mohammed") / 3000 < 0.65


def test_a_typo_changes_one_place() -> None:
    for text in ("Ivanov", "al-Jabouri", "Li"):
        for _ in range(200):
            wrong = typo(text, "latin", RNG)
            assert wrong
            assert abs(len(wrong) - len(text)) <= 1


def test_a_typo_keeps_to_the_script() -> None:
    for script, text in (
        ("cyrillic", "Иванов"),
        ("greek", "Παππάς"),
        ("han", "王小明"),
        ("hangul", "김정은"),
        ("arabic", "محمد"),
    ):
        first = {unicodedata.name(sign).split()[0] for sign in text}
        for _ in range(200):
            assert {unicodedata.name(sign).split()[0] for sign in typo(text, script, RNG)} <= first


def test_diacritics_fall_and_umlauts_may_become_two_letters() -> None:
    assert without_diacritics("Smith", RNG) == "Smith"
    assert without_diacritics("Łukasz Đorđević", RNG) == "Lukasz Dordevic"
    assert {without_diacritics("Müller", RNG) for _ in range(50)} == {"Muller", "Mueller"}
    assert without_diacritics("Nguyễn Thị Ánh", RNG) == "Nguyen Thi Anh"


def test_what_is_written_by_ear_sounds_alike() -> None:
    heard = {by_ear("Philipp", RNG) for _ in range(200)}
    assert {"Phillipp", "Filipp", "Phylipp"} <= heard
    assert by_ear("Ng", RNG) in {"Ng", "Nk"}
