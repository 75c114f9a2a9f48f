"""Whose statement a sentence is, in the ways grammar has of saying so."""

import pytest

from tallystick.reports.attribution import Attribution, attributions
from tallystick.reports.cue_tables import Language
from tallystick.reports.cues import LANGUAGES
from tallystick.reports.sentences import sentences


def _language(code: str) -> Language:
    return next(each for each in LANGUAGES if each.code == code)


def _found(sentence: str, code: str = "en") -> list[Attribution]:
    return attributions(sentence, _language(code))


@pytest.mark.parametrize(
    ("sentence", "cue", "name", "place"),
    [
        ("“We knew,” said Anna Beispiel, who runs the port.", "said", "Anna Beispiel", "Anna Beispiel, who runs the port"),
        ("Norwatch, which tracks ships, said the tanker had gone dark.", "said", "Norwatch", "Norwatch, which tracks ships"),
        ("Most of the money, auditors found, never arrived.", "found", "auditors", "auditors"),
        (
            "The head of the office, Karin Beispiel, said that the list was wrong.",
            "said",
            "The head of the office, Karin Beispiel",
            "The head of the office, Karin Beispiel",
        ),
    ],
)
def test_a_name_is_told_from_what_is_said_about_it(sentence: str, cue: str, name: str, place: str) -> None:
    found = [each for each in _found(sentence) if each.counts]
    assert [each.cue for each in found] == [cue]
    assert sentence[found[0].name_start : found[0].name_end] == found[0].source == name
    assert sentence[found[0].source_start : found[0].source_end] == place


@pytest.mark.parametrize(
    ("sentence", "cue", "source"),
    [
        ("There was no truth in the mayor's claim that the road was safe.", "claim", "the mayor"),
        ("A denial from the embassy followed at noon.", "denial", "the embassy"),
        ("Reports by Harbour Radio of a second fire were wrong.", "Reports", "Harbour Radio"),
        ("By the treasurer's own account, the fund was empty.", "account", "the treasurer's"),
        ("The tower, described by historians as a prison, was a mill.", "described by", "historians"),
        ("The tower is closed, or so says the keeper.", "says", "the keeper"),
        ("The defence maintained that the recording was not authentic.", "maintained", "The defence"),
        ("State media, without naming anybody, said the rebels had left.", "said", "State media"),
        ("A second letter, dated 4 June, mentions a meeting in Basel.", "mentions", "A second letter"),
        ("The plan was described as a mistake by three of the judges.", "described as a mistake by", "three of the judges"),
        ("The road, owners of the gardens say, was never mended.", "say", "owners of the gardens"),
        ("As the county's own engineers had predicted, the dam broke.", "predicted", "the county's own engineers"),
        (
            "After the vote, a man who had lost two sons in the war told the paper that it was late.",
            "told",
            "a man who had lost two sons in the war",
        ),
    ],
)
def test_nouns_passives_and_verbs_that_stand_first_name_a_source(sentence: str, cue: str, source: str) -> None:
    found = [each for each in _found(sentence) if each.counts]
    assert [(each.cue, sentence[each.name_start : each.name_end]) for each in found] == [(cue, source)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The insurer paid eleven claims in a year.",
        "She filed her report and left.",
    ],
)
def test_what_only_looks_like_a_verb_of_saying_is_none(sentence: str) -> None:
    assert not [each for each in _found(sentence) if each.counts]


def test_a_statement_that_is_a_source_itself_is_one_source() -> None:
    found = _found("The tunnel was flooded, according to a statement from the rebels.")
    assert [each.cue for each in found] == ["according to"]


@pytest.mark.parametrize(
    ("sentence", "cue", "source"),
    [
        ("Laut „Welt“ soll er im Gefängnis sitzen.", "Laut", "„Welt“"),
        ("Wie die „Aktion Deutschland hilft“ mitteilte, fehlen Zelte.", "mitteilte", "die „Aktion Deutschland hilft“"),
        ("Laut beispiel.de wurde der Hafen verkauft.", "Laut", "beispiel.de"),
        ("Das erklärte gestern ein Sprecher des Ministeriums.", "erklärte", "ein Sprecher des Ministeriums"),
        ("Die Züge waren dem Bericht zufolge leer.", "zufolge", "dem Bericht"),
        ("Seiner Meinung nach war die Brücke sicher.", "nach", "Seiner Meinung"),
        ("In der Mitteilung des Hafens heißt es, der Kran sei alt.", "heißt es", "der Mitteilung des Hafens"),
        ("Merkel entgegnete, das Gesetz sei alt.", "entgegnete", "Merkel"),
        ("Der Direktor der Bank nannte sie „fahrlässig“.", "nannte", "Der Direktor der Bank"),
        ("Die Klage hat aus Sicht der Verbände keine Wirkung.", "aus Sicht der", "Verbände"),
        ("Die Schuld sei allein ihre, wird der Trainer im Fachblatt zitiert.", "wird", "der Trainer"),
        ("Koppelin wörtlich: „Das ist teuer.“", "wörtlich", "Koppelin"),
        ("Nach einer Analyse der Bank steigen die Preise.", "Nach", "einer Analyse der Bank"),
        ("Anna Beispiel sprach sich dagegen aus und sagte, das Gesetz sei alt.", "sagte", "Anna Beispiel"),
        ("Wie sein Anwalt mitteilte, war er krank.", "mitteilte", "sein Anwalt"),
        ("Der Leiter der Behörde, Paul Beispiel, sagte: „Wir warten.“", "sagte", "Der Leiter der Behörde, Paul Beispiel"),
    ],
)
def test_german_news_names_a_source_in_many_places(sentence: str, cue: str, source: str) -> None:
    found = [(each.cue, sentence[each.name_start : each.name_end]) for each in _found(sentence, "de")]
    assert (cue, source) in found


@pytest.mark.parametrize(
    "sentence",
    [
        "Offiziell gilt der Turm als sicher, so wurden 2016 nur zwei Risse gezählt.",
        "Der englischen Zeitung sagte niemand etwas.",
        "Bislang melden nur Wenige ihre Boote an.",
    ],
)
def test_adverbs_and_objects_are_no_german_source(sentence: str) -> None:
    assert not [each for each in _found(sentence, "de") if each.source.split()[0] in {"Offiziell", "wurden", "Der", "Bislang"}]


@pytest.mark.parametrize(
    ("sentence", "code", "source"),
    [
        (
            "Une femme qui a perdu ses deux fils dans la guerre a raconté sa fuite.",
            "fr",
            "Une femme qui a perdu ses deux fils dans la guerre",
        ),
        (
            "Le chef du plus grand parti d'opposition au parlement régional a déclaré forfait.",
            "fr",
            "Le chef du plus grand parti d'opposition au parlement régional",
        ),
        (
            "El líder del mayor partido de la oposición en el parlamento regional dijo que no.",
            "es",
            "El líder del mayor partido de la oposición en el parlamento regional",
        ),
        ("«انتهى الأمر»، هكذا قال المدرب.", "ar", "المدرب"),
        ("وكانت الشرطة قد أعلنت توقيف رجلين.", "ar", "الشرطة"),
    ],
)
def test_sources_of_many_words_are_found_whole_in_other_languages(sentence: str, code: str, source: str) -> None:
    assert [sentence[each.name_start : each.name_end] for each in _found(sentence, code)] == [source]


def test_what_is_quoted_makes_no_speech() -> None:
    quoted = "Der Sprecher sagte: „Ich bitte darum, dass wir allein bleiben.“ Die Opposition ist fest davon überzeugt."
    assert not [each for each in _found(quoted, "de") if each.learned]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Der Bericht vom 22. August ist alt. Er wurde am 3. Mai ergänzt.", 2),
        ("Room No. 5 was empty. It was cold in 2015. August was warm.", 3),
    ],
)
def test_a_number_with_a_stop_ends_no_sentence(text: str, number: int) -> None:
    assert len(list(sentences(text))) == number
