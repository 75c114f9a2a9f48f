"""What counts as another origin for sure: not a publisher, a shorter name, a translation, or what a copy says."""

import pytest

from tallystick import _native
from tallystick.reports import Block, Reading, origins_of, read_report
from tallystick.reports.support import ReadLineage, TracesInMemory

CUSTOMS = "The four grey boats left the northern harbour before dawn on Monday, Norland customs said on the same evening."
LEAST_OF_TWO = 2


def read(text: str) -> Reading:
    return read_report([Block(*each) for each in _native.text_blocks(text, markup=False)])


def at_least(*texts: str) -> int:
    return origins_of([read(each) for each in texts])[0].at_least


@pytest.mark.parametrize(
    "other",
    [
        "Several vessels are gone from the docks of the town, Radio Norland reported in its late programme.",
        "Several vessels are gone from the docks of the town, Reuters reported in the late evening.",
        "Several vessels are gone from the docks of the town, the customs authority said in a statement.",
        "Several vessels are gone from the docks of the town, the Norlands customs office said in a statement.",
        "Several vessels are gone from the docks of the town, a report said in the late evening.",
        "Several vessels are gone from the docks of the town, an intelligence report said in the late evening.",
        "Several vessels are gone from the docks of the town, a report by the customs said in the late evening.",
        "Quatre bateaux gris ont quitté le port du nord avant l’aube, a déclaré la douane de Norlande dans la soirée.",
        "Vier graue Boote haben den nördlichen Hafen verlassen, sagte das Innenministerium am selben Abend.",
        "Several vessels are gone from the docks of the town.",
        "Several vessels are gone from the docks of the town, an official said in the late evening.",
    ],
)
def test_what_may_be_the_same_origin_is_no_second_one(other: str) -> None:
    assert at_least(CUSTOMS, other) == at_least(other, CUSTOMS) == 1


@pytest.mark.parametrize(
    "other",
    [
        "Several vessels are gone from the docks of the town, the Interior Ministry of Sudland said in a statement.",
        "Several vessels are gone from the docks of the town, a report by the court of Ghent said in the evening.",
        "“Several vessels are gone from the docks of the town,” said Anna Example in the late evening.",
    ],
)
def test_another_name_is_another_origin(other: str) -> None:
    assert at_least(CUSTOMS, other) == at_least(other, CUSTOMS) == LEAST_OF_TWO


def test_two_ministries_are_two_and_one_under_its_letters_is_one() -> None:
    interior = "Two vessels are gone from the docks of the town, the Interior Ministry said on Monday in a statement."
    defence = "The four grey boats were never in the harbour at all, the Defence Ministry said after the meeting."
    bureau = "Nobody has left by sea since the spring of the year, the Norland Bureau of Ports said to the council."
    letters = "There were people on the water before it was light, NBP said, and they had no papers whatever with them."
    assert at_least(interior, defence) == LEAST_OF_TWO
    assert at_least(bureau, letters) == 1


def test_two_persons_are_two_in_any_language_and_one_by_the_family_name() -> None:
    anna = "“They left before dawn with all the boxes and the lamps,” said Anna Example in the late evening."
    short = "The boxes and lamps went with those who left in the night, Ms Example said to the council."
    juan = "“Nadie sabe quién llevó las cajas por el puente,” dijo Juan Prueba el martes por la noche."
    assert at_least(anna, short) == 1
    assert at_least(anna, juan) == LEAST_OF_TWO


def test_a_copy_counts_as_what_it_is_copied_from_also_where_that_is_not_asked_about() -> None:
    unnamed = CUSTOMS.replace("Norland customs", "an official")
    texts = {"a": unnamed, "b": CUSTOMS, "c": "“Several vessels are gone from the docks of the town,” said Anna Example."}
    lineage = ReadLineage(TracesInMemory(), {key: read(text) for key, text in texts.items()})
    assert lineage.root("b") == "a"
    assert lineage.interval(dict.fromkeys("bc", frozenset())).at_least == 1


def test_what_a_report_says_elsewhere_is_not_behind_a_claim() -> None:
    text = "The boats are gone, an official said on Monday. The weather was bad all week, the court of Ghent said in the evening."
    lineage = ReadLineage(TracesInMemory(), {"a": read(text), "b": read(CUSTOMS)})
    unnamed, court = (frozenset({key}) for key in lineage_keys(text))
    whole = frozenset[str]()
    assert lineage.interval({"a": unnamed, "b": whole}).at_least == 1
    assert lineage.interval({"a": court, "b": whole}).at_least == LEAST_OF_TWO
    assert lineage.origins("a", unnamed) != lineage.origins("a", court)


def lineage_keys(text: str) -> list[str]:
    return [each.key for each in read(text).chain.origins()]


def test_each_claim_has_its_place_and_a_sentence_without_end_is_cut() -> None:
    many = read("He said so again. The customs said that 5 boats left.\n\n" * 500)
    places = [many.place(each.start, each.end) for each in many.claims]
    assert len(places) == len(set(places)) == 2 * 500
    endless = read("said " * 20_000)
    assert all(each.end - each.start <= 2_000 for each in endless.claims)
