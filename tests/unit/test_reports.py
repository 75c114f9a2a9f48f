"""Reports of the shape real ones have, all invented: zones, sources, chains, origins, claims, grades."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from tallystick import _native
from tallystick.errors import ConfigError, NotApprovedError
from tallystick.reports import Block, Reading, origins_of, read_report
from tallystick.reports.attribution import attributions
from tallystick.reports.claims import quantities
from tallystick.reports.cues import LANGUAGES
from tallystick.reports.derivation import derivation, sketch
from tallystick.reports.grades import Grading, check_credibility, from_europol, grade_on, to_europol
from tallystick.reports.independence import Interval
from tallystick.reports.languages import language_of
from tallystick.reports.learned_cues import read_weights
from tallystick.reports.source_kinds import kind_of
from tallystick.reports.zones import zoned

WIRE = """Ring moves stolen antiques over three borders


Brussels, Nov 12 (IANS): A ring is planning to move stolen antiques, a report by Norland customs said on Friday.

The report said the ring assumes that the countries do not tell each other, EFE news reported.

The gap, according to Radio Norland, became evident in the case of Munir al-Tuzani, who on May 3 was stopped in Ghent.

He was also met in Lille, but according to leaks from the Norland broadcaster, nobody was told.

It is estimated that in Norland and Sudland there are about 300 stolen coins.

In addition, over 1,200 paintings are missing.

Top Stories

Leave a Comment

You have 2000 characters left.

Disclaimer:

Please do not post any abusive comments. The site will not be responsible for any message posted here.
"""
EXCLUSIVE = """EXCLUSIVE – Customs Official: Ring Turns To Harbours

NORLAND, Port : Boats lie in the harbour in spring
AFP PHOTO/Anna EXAMPLE

LAGOS, Westland – Based on interviews of hundreds of drivers held in five ports, the next step is probably to use harbours, \
a Westland customs official told Harbour Courier.

The ring “could be” testing the docks, he said.

“We have also intercepted coded messages that could be orders,” he added.

COMMENTS

Please let us know if you're having issues with commenting.
"""


def read(text: str) -> Reading:
    return read_report([Block(*each) for each in _native.text_blocks(text, markup=False)])


def zones(text: str) -> list[str]:
    return list(dict.fromkeys(each.zone for each in read(text).passages))


def test_only_what_the_author_says_is_main_text() -> None:
    assert zones(WIRE) == ["headline", "dateline", "agency", "main", "related", "comment form", "disclaimer"]
    assert zones(EXCLUSIVE) == ["headline", "caption", "dateline", "main", "comments"]
    for passage in read(WIRE).passages:
        assert WIRE[passage.start : passage.end] == passage.text
    assert "responsible" not in read(WIRE).main
    assert "Boats" not in read(EXCLUSIVE).main


def test_a_chain_of_four_steps_has_one_origin() -> None:
    found = read(WIRE).chain
    names = [(found.sources[e.giver].name, found.sources[e.taker].name, e.basis) for e in found.edges]
    assert names == [
        ("report by Norland customs", "Radio Norland", "explicit"),
        ("Radio Norland", "EFE", "inferred"),
        ("EFE", "IANS", "explicit"),
        ("IANS", "page", "explicit"),
    ]
    assert [each.name for each in found.origins()] == ["report by Norland customs"]


def test_one_official_who_speaks_for_many_is_one_origin() -> None:
    found = read(EXCLUSIVE).chain
    assert [(e.giver, e.taker, e.cue) for e in found.edges] == [
        ("unnamed:westland customs official", "page", "told Harbour Courier")
    ]
    assert found.rests_on == ("interviews of hundreds of drivers held in", "intercepted coded messages")


def test_reports_that_share_no_origin_do_not_confirm_each_other() -> None:
    interval, derived = origins_of([read(WIRE), read(EXCLUSIVE)])
    assert (interval.at_least, interval.at_most, derived) == (1, 2, [])
    with pytest.raises(NotApprovedError):
        check_credibility("1", interval)


def test_a_copy_adds_no_origin() -> None:
    copy = WIRE.replace("a report by Norland customs", "the mayor of Ghent").replace("EFE news", "Harbour Courier")
    interval, derived = origins_of([read(WIRE), read(copy)])
    assert interval.at_least == origins_of([read(WIRE)])[0].at_least
    assert [(each.report, each.source, each.how) for each in derived] == [(2, 1, "wholly")]


def test_quantities_keep_their_qualifier_and_dates_are_none() -> None:
    found = [(q.number, q.qualifier, q.unit, q.place) for claim in read(WIRE).claims for q in claim.quantities]
    assert found == [(300, "about", "stolen coins", "Norland and Sudland"), (1200, "over", "paintings", "")]
    assert not quantities("On May 3, 2020 he left after 12 years.")


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("At least 200 men left Norland.", [("at least", 200, "men")]),
        ("Some 40 to 50 boats left.", [("at least", 40, "boats"), ("up to", 50, "boats")]),
        ("Between 30 and 40 people came.", [("at least", 30, "people"), ("up to", 40, "people")]),
        ("No more than 20 ships left.", [("up to", 20, "ships")]),
        ("More than 300 of the men stayed.", [("over", 300, "men")]),
        ("There are 1.5 million refugees.", [("exactly", 1_500_000, "refugees")]),
        ("Two dozen boats and up to a hundred men left.", [("exactly", 24, "boats"), ("up to", 100, "men")]),
        ("In 2015 some 500 nationals left at 10:30.", [("about", 500, "nationals")]),
        ("Plus d’une centaine de bateaux sont partis.", [("over", 100, "bateaux")]),
        ("Une vingtaine de bateaux sont partis.", [("about", 20, "bateaux")]),
        ("Höchstens 12 Boote sind weg.", [("up to", 12, "Boote")]),
        ("Salieron más de 1.700 barcos.", [("over", 1_700, "barcos")]),
    ],
)
def test_numbers_are_read_as_people_write_them(sentence: str, numbers: list[tuple[str, int, str]]) -> None:
    assert [(each.qualifier, each.number, each.unit) for each in quantities(sentence)] == numbers


@pytest.mark.parametrize(
    ("sentence", "modality"),
    [
        ("The ministry did not confirm that the boats left.", "possible"),
        ("The ring allegedly moved the boats.", "possible"),
        ("Angeblich sind die Boote weg.", "possible"),
        ("In May the boats left.", "asserted"),
        ("On May 3 the boats left.", "asserted"),
        ("They may leave.", "possible"),
        ("The boats will leave in May.", "planned"),
    ],
)
def test_what_only_looks_like_a_hedge_is_none(sentence: str, modality: str) -> None:
    assert [each.modality for each in read(sentence).claims or read(f"A headline\n\n{sentence}").claims] == [modality]


def test_hedges_stay() -> None:
    said = [(claim.modality, claim.hedges) for claim in read(EXCLUSIVE).claims]
    assert said == [("probable", ("probably",)), ("possible", ("could",)), ("possible", ("could",))]
    assert read(WIRE).claims[0].modality == "planned"


@pytest.mark.parametrize(
    ("sentence", "source", "kind"),
    [
        ("According to the port authority, two ships left.", "the port authority", "organisation"),
        ("Two ships left, an official said on Monday.", "an official", "unnamed"),
        ("“They left,” said Anna Example.", "Anna Example", "person"),
        (
            "Laut dem Bericht der Hafenbehörde sind zwei Schiffe weg.",
            "dem Bericht der Hafenbehörde",
            "document",
        ),
        ("Zwei Schiffe sind weg, sagte der Sprecher.", "der Sprecher", "unnamed"),
        ("Selon le parquet, et pour la ville, deux navires sont partis.", "le parquet", "organisation"),
        ("Deux navires sont partis, selon le Journal du Port.", "le Journal du Port", "outlet"),
        ("Según la Policía, dos barcos no están en el puerto.", "la Policía", "organisation"),
        ("وقال المتحدث إن السفن غادرت من الميناء في المساء.", "المتحدث", "unnamed"),
    ],
)
def test_sources_are_found_in_five_languages(sentence: str, source: str, kind: str) -> None:
    found = attributions(sentence)
    assert [(each.source, each.kind) for each in found] == [(source, kind)]
    for each in found:
        assert sentence[each.source_start : each.source_end] == each.source
        assert sentence[each.cue_start : each.cue_end] == each.cue


def test_derived_text_is_told_from_text_of_its_own() -> None:
    whole = read(WIRE).main
    cut = " ".join(whole.split()[10:60])
    mixed = cut + " " + " ".join(f"other{n} words{n} follow{n} here{n}" for n in range(40))
    assert derivation(sketch(whole), sketch(whole)) == "wholly"
    assert derivation(sketch(cut), sketch(whole)) == "wholly"
    assert derivation(sketch(mixed), sketch(whole)) == "partly"
    assert derivation(sketch(read(EXCLUSIVE).main), sketch(whole)) == "not"


def test_a_grade_belongs_to_the_source_and_has_a_history() -> None:
    history = [
        Grading("B", date(2024, 1, 1), "reader-1", "two years right"),
        Grading("D", date(2025, 6, 1), "reader-2", "was wrong"),
    ]
    assert [grade_on(history, day) for day in (date(2023, 1, 1), date(2024, 1, 1), date(2026, 1, 1))] == ["F", "B", "D"]
    assert to_europol("F") == ("X", "")
    assert to_europol("C")[1]
    assert from_europol("X")[0] == "F"


def test_confirmed_needs_two_origins_for_sure() -> None:
    check_credibility("1", Interval(2, 3))
    check_credibility("2", Interval(1, 1))
    with pytest.raises(NotApprovedError):
        check_credibility("1", Interval(1, 9))


def test_of_two_grades_of_one_day_the_later_corrects_the_earlier() -> None:
    day = date(2024, 1, 1)
    history = [Grading("B", day, "reader-1", "mistyped"), Grading("D", day, "reader-1", "was wrong twice")]
    assert grade_on(history, day) == "D"


@pytest.mark.data
def test_the_two_source_texts_say_what_they_say(data: Path) -> None:
    first, second = (read(path.read_text(encoding="utf-8")) for path in sorted((data / "news" / "source_texts").glob("*.txt")))
    assert [e.basis for e in first.chain.edges] == ["explicit", "inferred", "explicit", "explicit"]
    assert [first.chain.sources[e.taker].name for e in first.chain.edges] == ["France Info", "EFE", "IANS", "page"]
    assert (len(first.chain.origins()), len(second.chain.origins()), len(second.chain.edges)) == (1, 1, 1)
    numbers = [(q.number, q.qualifier) for claim in first.claims for q in claim.quantities]
    assert numbers == [(500, "about"), (1700, "over")]
    assert second.claims[0].modality == "probable"
    assert origins_of([first, second])[0].at_least == 1
    for reading, words in ((first, ("Top Stories", "Disclaimer", "2000 characters")), (second, ("Kashmiri", "COMMENTS"))):
        assert not any(word in reading.main for word in words)


def test_a_word_and_a_colon_are_no_dateline() -> None:
    blocks = [Block(0, 39, "A headline that stands over all of this"), Block(41, 70, "Notice: Anna Example has left"[:29])]
    assert {each.zone for each in zoned(blocks)} == {"headline", "main"}


def test_what_follows_a_source_is_no_part_of_it() -> None:
    text = "According to leaks from the Norland broadcaster nobody was told."
    names = {text[each.source_start : each.source_end] for each in attributions(text, language_of(text))}
    assert not [each for each in names if "nobody" in each]


def test_a_leak_from_a_document_itself_is_no_step_from_it_to_itself() -> None:
    reading = read(
        "Brussels, Nov 12 (IANS): About 300 paintings were moved, according to leaks from a report of the customs, EFE reported."
    )
    assert all(each.giver != each.taker for each in reading.chain.edges)
    assert "document:report of the customs" in {each.key for each in reading.chain.origins()}


@pytest.mark.parametrize(
    ("sentence", "cue", "source"),
    [
        ("A former clerk, who asked not to be named, confirmed the figures.", "confirmed", "A former clerk"),
        ("Karin Beispiel, a lawyer for the family, said the letter came too late.", "said", "Karin Beispiel"),
        ("The embassy has repeatedly rejected the allegation.", "rejected", "The embassy"),
        ("« Nous ferons appel », prévient son avocate.", "prévient", "son avocate"),
        ("Des dockers racontent comment les grues se sont arrêtées une à une.", "racontent", "Des dockers"),
        ("« On nous a menti », grommelle une habitante.", "grommelle", "une habitante"),
        ("« Rien ne va plus », a déclaré M. Beispiel au tribunal.", "a déclaré", "M. Beispiel"),
        ("El conductor, según varios testigos, iba sin luces.", "según", "varios testigos"),
        ("Los auditores han señalado que faltan tres cajas.", "han señalado", "Los auditores"),
    ],
)
def test_what_stands_between_a_source_and_its_cue_is_no_hindrance(sentence: str, cue: str, source: str) -> None:
    spoken = language_of("Le port et la ville sont dans le nord. " if "«" in sentence else sentence)
    assert [(each.cue, each.source) for each in attributions(sentence, spoken) if not each.learned] == [(cue, source)]


@pytest.mark.parametrize(
    "sentence",
    [
        "According to plan, the tunnel will be finished in the spring.",
        "The annual report was published in the capital.",
        "The museum will show the coins from September.",
        "Selon toute probabilité, le pont sera fermé pour la nuit.",
        "Según lo previsto, el túnel se termina en la primavera.",
        "The Norland State has three harbours.",
    ],
)
def test_words_that_only_look_like_a_cue_name_no_source(sentence: str) -> None:
    assert not [each for each in attributions(sentence) if not each.learned]


def test_what_was_learned_is_marked_and_makes_no_chain() -> None:
    text = "Die Ministerin weiß, dass das nicht reicht. Ich glaube, dass der Plan falsch ist."
    found = attributions(text)
    assert [(each.cue, each.source, each.learned) for each in found] == [
        ("weiß", "Die Ministerin", True),
        ("glaube", "Ich", True),
    ]
    assert not [each for each in found if each.counts]
    assert next(each.kind for each in found if each.source == "Ich") == "author"
    reading = read(f"A headline over it\n\n{text}")
    assert not reading.chain.edges
    assert {source for claim in reading.claims for source in claim.sources} == {"Die Ministerin"}


@pytest.mark.parametrize("text", ["cue\tx", "cue\tx\ty", "other\tx\t1.0", "cue\tx\t1.0\t2.0"])
def test_weights_of_another_shape_are_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_weights(text)


def test_learned_weights_find_what_no_table_has_and_nothing_rests_on_it() -> None:
    found = attributions("The clerk does not believe that the cheque had been stolen.")
    assert [(each.cue, each.source, each.learned) for each in found] == [("believe", "The clerk", True)]
    assert not [each for each in found if each.counts]


def test_a_verb_that_the_weights_hold_for_no_cue_is_left_out() -> None:
    sentence = "Neighbours could tell one twin from the other."
    assert not [each for each in attributions(sentence) if each.counts]


def test_the_source_stands_with_the_clause_about_it_and_is_called_by_its_name() -> None:
    sentence = "Karin Beispiel, a lawyer for the family, said the letter came too late."
    (found,) = [each for each in attributions(sentence) if each.counts]
    assert found.source == "Karin Beispiel"
    assert sentence[found.source_start : found.source_end] == "Karin Beispiel, a lawyer for the family"


@pytest.mark.parametrize(
    ("sentence", "cue", "source"),
    [
        ("Das teilte ein Sprecher der Bahn am Abend mit.", "teilte", "ein Sprecher der Bahn"),
        ("Der Fahrer war der Polizei zufolge allein im Wagen.", "zufolge", "der Polizei"),
        ("Der Zug fährt wieder, so die Betreiberin.", "so", "die Betreiberin"),
        ("Laut Anna Beispiel gibt es noch keine Antwort.", "Laut", "Anna Beispiel"),
        ("Nach Angaben des Ministeriums sind zwei Schiffe verschollen.", "Nach Angaben des", "Ministeriums"),
        ("Einen Rücktritt lehnte er am Montag ab.", "lehnte", "er"),
        ("Paul Beispiel (Grüne) kritisierte den Entwurf.", "kritisierte", "Paul Beispiel"),
        ("Wie die Zeitung berichtet, wurde der Hafen verkauft.", "berichtet", "die Zeitung"),
        ("أضاف المدير أن الأرقام صحيحة.", "أضاف", "المدير"),
        ("«لا نعرف شيئا»، كما قالت إحدى الجارات.", "كما قالت", "إحدى الجارات"),
        ("بحسب وزارة النقل، تأخرت الرحلة.", "بحسب", "وزارة النقل"),
    ],
)
def test_german_and_arabic_news_say_who_says_it_in_their_own_ways(sentence: str, cue: str, source: str) -> None:
    spoken = next(each for each in LANGUAGES if each.code == ("ar" if "ا" in sentence else "de"))
    found = [(each.cue, sentence[each.source_start : each.source_end]) for each in attributions(sentence, spoken)]
    assert found == [(cue, source)]


def test_german_weights_are_left_to_speeches() -> None:
    speech = "Ich sage Ihnen: Wir sind fest davon überzeugt, dass unser Antrag richtig ist."
    news = "Die Opposition ist fest davon überzeugt, dass der Antrag richtig ist."
    german = next(each for each in LANGUAGES if each.code == "de")
    assert any(each.learned for each in attributions(speech, german))
    assert not any(each.learned for each in attributions(news, german))


def test_a_cue_before_blanks_of_other_kinds_names_no_source() -> None:
    assert not attributions("It was according to\N{NO-BREAK SPACE}, and nothing else.", LANGUAGES[0])


@pytest.mark.parametrize(
    ("ending", "zone"),
    [
        ("Additional reporting by the desk in Ghent; editing by the night desk.", "byline"),
        ("About the agency: founded by newspapers, it reports from forty countries.", "other"),
        ("Subscribe to our newsletter and get the news of the day. You can unsubscribe at any time.", "related"),
        ("Abonnieren Sie den täglichen Newsletter der Redaktion.", "related"),
        ("Si vous savez plus, inscrivez-vous à notre newsletter.", "main"),
        ("No part may be copied without the prior written consent of the publisher.", "disclaimer"),
        ("Reporting by the paper has shown that the yard was sold twice, and the buyer denied it.", "main"),
    ],
)
def test_what_an_outlet_ends_its_texts_with_is_no_main_text(ending: str, zone: str) -> None:
    main = "The harbour was closed for two days after the fire."
    found = zoned([Block(0, len(main), main), Block(len(main) + 2, len(main) + 2 + len(ending), ending)])
    assert [each.zone for each in found] == ["main", zone]


def test_a_statement_that_both_quote_makes_no_text_derived() -> None:
    said = "“We were told of the danger far too late, and nobody here will pretend that it was done as it should have been.”"
    one = f"Two ships sank off the coast on Monday. {said} The harbour master spoke at noon. Divers go on looking for the crew."
    other = (
        f"A storm cost two freighters; nothing is left of either. The man who runs the port told us: {said} More help is near."
    )
    assert derivation(sketch(one), sketch(other)) == "not"
    assert derivation(sketch(one), sketch(one)) == "wholly"
    assert derivation(sketch(said), sketch(f"{said} {said}")) == "wholly", "a text of quotations is compared as it is"


def test_somebody_known_by_an_office_alone_is_unnamed() -> None:
    kinds = {
        words: kind_of(words)
        for words in ("the foreign minister", "Chief Inspector Paul Beispiel", "a Westland customs official")
    }
    assert list(kinds.values()) == ["unnamed", "person", "unnamed"]


CHINESE = (
    "港口负责人星期一表示，四艘灰色的船在黎明前离开了港口，船上没有货物。他说，海关正在调查这些船的主人，并已请求邻国提供协助。"
    "当地居民告诉记者，他们在夜里听到了发动机的声音，但没有看到任何人登船。"
)
OTHER_CHINESE = (
    "据海关一位官员介绍，周一清晨有几艘渔船驶出内港，目的地不明。官员没有透露船主的姓名，只说调查仍在进行，结果将在下个月公布。"
    "附近的商贩说，那天晚上码头比平时更加安静。"
)


def test_a_copy_is_found_in_signs_without_blanks_between_words() -> None:
    assert derivation(sketch("据报道，" + CHINESE), sketch(CHINESE)) == "wholly"
    assert derivation(sketch(CHINESE[:60] + OTHER_CHINESE), sketch(CHINESE)) == "partly"
    assert derivation(sketch(OTHER_CHINESE), sketch(CHINESE)) == "not"


def test_what_is_not_seen_makes_no_other_wording() -> None:
    assert sketch(unicodedata.normalize("NFD", EXCLUSIVE)) == sketch(unicodedata.normalize("NFC", EXCLUSIVE))
    assert sketch("\u200b".join(EXCLUSIVE.split("boat"))) == sketch("".join(EXCLUSIVE.split("boat")))
    assert sketch("غَادَرَتِ القَوَارِبُ المِينَاءَ قَبْلَ الفَجْرِ") == sketch("غادرت القوارب الميناء قبل الفجر")
