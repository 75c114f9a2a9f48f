"""Claims keep whether something is so or is not, in five languages."""

import pytest

from tallystick.reports import Block, read_report
from tallystick.reports import contradictions as contradicting
from tallystick.reports.attribution import attributions
from tallystick.reports.claims import Claim, claims
from tallystick.reports.contradictions import contradictions
from tallystick.reports.languages import language_called, language_of


def claim(text: str, code: str = "") -> Claim:
    language = language_called(code) if code else language_of(text)
    (found,) = claims(text, attributions(text, language), language.code)
    return found


@pytest.mark.parametrize(
    ("text", "negations", "negated"),
    [
        ("Keller was not in Paris.", ("not",), ("Keller was not in Paris",)),
        ("Keller wasn't in Paris.", ("wasn't",), ("Keller wasn't in Paris",)),
        ("The ministry said that Keller was never in Paris.", ("never",), ("that Keller was never in Paris",)),
        ("Nobody was hurt.", ("Nobody",), ("Nobody was hurt",)),
        ("Police said no one was hurt.", ("no",), ("no one was hurt",)),
        ("Keller failed to take the town.", ("failed to",), ("Keller failed to take the town",)),
        ("Es gibt keinerlei Hinweise auf Keller.", ("keinerlei",), ("Es gibt keinerlei Hinweise auf Keller",)),
        ("Keller was in London, not in Paris.", ("not",), ("not in Paris",)),
        ("Keller does not believe that the ship sank.", ("not",), ("Keller does not believe that the ship sank",)),
        ("Keller war nicht in Paris.", ("nicht",), ("Keller war nicht in Paris",)),
        ("Keller hatte keine Konten in Paris.", ("keine",), ("Keller hatte keine Konten in Paris",)),
        ("Weder Keller noch Weber war in Paris.", ("Weder",), ("Weder Keller noch Weber war in Paris",)),
        ("Keller n’était pas à Paris.", ("n’était pas",), ("Keller n’était pas à Paris",)),
        ("Keller ne va jamais à Paris.", ("ne va jamais",), ("Keller ne va jamais à Paris",)),
        ("Personne n’a vu Keller à Paris.", ("Personne n’a",), ("Personne n’a vu Keller à Paris",)),
        ("Keller no estuvo nunca en París.", ("no", "nunca"), ("Keller no estuvo nunca en París",)),
        ("Keller no estuvo en París ni en Londres.", ("no", "ni"), ("Keller no estuvo en París ni en Londres",)),
        ("لم يكن كيلر في باريس.", ("لم",), ("لم يكن كيلر في باريس",)),
        ("ليس كيلر في باريس.", ("ليس",), ("ليس كيلر في باريس",)),
        ("لا يسافر كيلر إلى باريس.", ("لا",), ("لا يسافر كيلر إلى باريس",)),
    ],
)
def test_a_negated_claim_is_kept_as_one(text: str, negations: tuple[str, ...], negated: tuple[str, ...]) -> None:
    found = claim(text)
    assert (found.polarity, found.negations) == ("negated", negations)
    assert found.negated == negated


@pytest.mark.parametrize(
    "text",
    [
        "Keller was in Paris.",
        "Not only Keller was in Paris.",
        "No fewer than 40 ships were there.",
        "Keller was no doubt in Paris.",
        "Keller denied that he was not in Paris.",
        "Keller war nicht nur in Paris.",
        "Es waren nicht weniger als 40 Schiffe.",
        "Keller était non seulement à Paris.",
        "Il y avait pas moins de 40 navires.",
        "Keller estuvo no sólo en París.",
        "Había no menos de 40 barcos.",
        "لا يزال كيلر في باريس.",
        "Room No. 5 was empty.",
        "Keller se negó a salir de París.",
        "The bank is closed, isn't it?",
        "Nobody but the captain knew.",
        "No fue hasta el viernes cuando llegó Keller.",
    ],
)
def test_what_only_looks_like_a_negation_is_none(text: str) -> None:
    assert (claim(text).polarity, claim(text).negated) == ("affirmed", ())


@pytest.mark.parametrize(
    ("text", "denial", "negated"),
    [
        ("Keller denied that he had been in Paris.", "denied", "that he had been in Paris"),
        ("Keller denies having sold arms, but admits a meeting.", "denies", "having sold arms"),
        ("Keller bestreitet, in Paris gewesen zu sein.", "bestreitet", "in Paris gewesen zu sein"),
        ("Keller a nié avoir été à Paris.", "nié", "avoir été à Paris"),
        ("Keller negó haber estado en París.", "negó", "haber estado en París"),
        ("نفى كيلر أنه كان في باريس.", "نفى", "أنه كان في باريس"),
    ],
)
def test_what_somebody_denies_is_not_so(text: str, denial: str, negated: str) -> None:
    found = claim(text)
    assert (found.modality, found.polarity) == ("denied", "negated")
    assert denial in found.negations
    assert negated in found.negated[0]


@pytest.mark.parametrize(
    "text",
    [
        "The ministry did not say that Keller was in Paris.",
        "The ministry did not deny that Keller was in Paris.",
        "Das Ministerium bestätigte nicht, dass Keller in Paris war.",
        "The ministry did not rule out that Keller was in Paris.",
        "Der Minister schloss einen Rücktritt nicht aus.",
        "Le ministre ne nie pas avoir vu Keller.",
        "Le parquet n’exclut aucune piste.",
        "El ministro no descarta dimitir.",
        "لم تستبعد الشرطة فرضية الاعتداء.",
    ],
)
def test_a_source_that_does_not_say_it_neither_says_the_contrary(text: str) -> None:
    assert (claim(text).modality, claim(text).polarity) == ("possible", "affirmed")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Keller was not in Paris on Friday.", "Keller was in Paris on Friday."),
        ("The ministry said that Keller was never in Paris.", "Keller was in Paris."),
        ("Keller denied that he had been in Paris.", "According to the police, Keller had been in Paris."),
        ("Keller war nicht in Paris.", "Die Polizei sagte, Keller war in Paris."),
        ("Keller n’était pas à Paris.", "Keller était à Paris."),
        ("Keller no estuvo nunca en París.", "Keller estuvo en París."),
        ("لم يكن كيلر في باريس.", "كان كيلر في باريس."),
    ],
)
def test_a_negated_claim_contradicts_one_that_says_it_is_so(one: str, other: str) -> None:
    code = language_of(f"{one} {other}").code
    for pair, said in (((one, other), ("negated", "affirmed")), ((other, one), ("affirmed", "negated"))):
        (found,) = contradictions({"a": claim(pair[0], code), "b": claim(pair[1], code)})
        assert (found.why, found.said) == ("negated", said)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Keller was not in Paris.", "Keller was never in Paris."),
        ("Keller was not in Paris.", "Keller may have been in Paris."),
        ("Keller was not in Paris.", "Keller met the minister of trade from Paris in Rome."),
        ("Keller was in London, not in Paris.", "Keller was in London."),
        ("The ministry did not say that Keller was in Paris.", "Keller was in Paris."),
        ("Keller denied that he had been in Paris.", "Keller was not in Paris."),
        ("The ministry did not condemn the attack.", "The ministry confirmed the attack."),
    ],
)
def test_what_may_both_hold_is_no_contradiction(one: str, other: str) -> None:
    assert contradictions({"a": claim(one, "en"), "b": claim(other, "en")}) == []


def test_a_report_keeps_the_polarity_of_its_claims() -> None:
    text = "Keller was not in Paris. He was in London."
    reading = read_report([Block(0, len(text), text)])
    assert [each.polarity for each in reading.claims] == ["negated", "affirmed"]


def test_a_claim_is_read_once_however_many_it_is_set_against(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    meaning = contradicting._meaning

    def counted(text: str) -> frozenset[str]:
        read.append(text)
        return meaning(text)

    monkeypatch.setattr(contradicting, "_meaning", counted)
    texts = ("The delegation did not meet the minister in Ankara.", "The delegation met the minister in Ankara.")
    calls = []
    for count in (10, 20):
        found = contradictions({str(number): claim(texts[number % 2], "en") for number in range(count)})
        assert (len(found), {each.why for each in found}) == ((count // 2) ** 2, {"negated"})
        calls.append(len(read))
        read.clear()
    assert calls[1] == 2 * calls[0]
