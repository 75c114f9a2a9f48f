"""Whatever reports name as their sources: what may be the same makes the least number no larger."""

from hypothesis import given
from hypothesis import strategies as st

from tallystick.reports.chain import Source, source_of
from tallystick.reports.independence import Behind, independent_origins, may_be_one

NAMES = (
    ("Norland customs", "organisation"), ("customs authority", "organisation"), ("report by Norland customs", "document"),
    ("Interior Ministry of Sudland", "organisation"), ("Interior Ministry", "organisation"), ("IMS", "organisation"),
    ("court of Ghent", "organisation"), ("Anna Example", "person"), ("Ms Example", "person"), ("Juan Prueba", "person"),
    ("Radio Norland", "outlet"), ("EFE", "agency"), ("an official", "unnamed"), ("report", "document"),
)  # fmt: skip
_sources = st.sampled_from(NAMES).map(lambda each: source_of(each[0], each[1]))  # type: ignore[arg-type]
_said = st.tuples(st.lists(_sources, max_size=3), st.sampled_from(("en", "de")))


def behind(number: int, said: tuple[list[Source], str]) -> Behind:
    return Behind(str(number), tuple(said[0]), said[1])


@given(st.lists(_said, min_size=1, max_size=9), st.data())
def test_leaving_a_report_out_never_raises_the_least_number(given: list[tuple[list[Source], str]], data: st.DataObject) -> None:
    reports = [behind(number, each) for number, each in enumerate(given)]
    gone = data.draw(st.integers(0, len(reports) - 1))
    left = [each for number, each in enumerate(reports) if number != gone]
    assert independent_origins(left).at_least <= independent_origins(reports).at_least


@given(st.lists(_said, min_size=1, max_size=6), _said, st.data())
def test_a_copy_never_raises_it_whoever_it_names_and_wherever_it_stands(
    given: list[tuple[list[Source], str]], named: tuple[list[Source], str], data: st.DataObject
) -> None:
    reports = [behind(number, each) for number, each in enumerate(given)]
    of = data.draw(st.sampled_from(reports))
    copy = Behind(of.lineage, tuple(named[0]), named[1], of)
    before = independent_origins(reports).at_least
    after = [*reports[: (place := reports.index(of) + 1)], copy, *reports[place:]]
    assert independent_origins(after).at_least <= before
    alone = [copy if each is of else each for each in reports]
    assert independent_origins(alone).at_least <= before


@given(st.lists(_said, min_size=1, max_size=6), st.data())
def test_the_same_source_under_another_name_or_in_another_language_never_raises_it(
    given: list[tuple[list[Source], str]], data: st.DataObject
) -> None:
    reports = [behind(number, each) for number, each in enumerate(given)]
    of = data.draw(st.sampled_from(reports))
    names = [source_of(name, kind) for name, kind in NAMES]  # type: ignore[arg-type]
    others = [tuple(one for one in names if may_be_one(one, each)) for each in of.origins]
    again = Behind("again", tuple(data.draw(st.sampled_from(each)) for each in others), of.language)
    translated = Behind("translated", tuple(each for each in of.origins if each.kind != "person"), "fr")
    before = independent_origins(reports).at_least
    only = [of, again, translated]
    assert independent_origins(only).at_least <= max(independent_origins([of]).at_least, 1)
    assert independent_origins([*reports, translated]).at_least <= before


@given(st.lists(_said, max_size=8))
def test_the_ends_are_in_order_and_only_names_raise_the_lower_one(given: list[tuple[list[Source], str]]) -> None:
    reports = [behind(number, each) for number, each in enumerate(given)]
    found = independent_origins(reports)
    assert 0 <= found.at_least <= found.at_most
    sure = {one.name for each in reports for one in each.origins if one.kind in {"person", "organisation", "document"}}
    assert found.at_least <= max(len(sure - {"report"}), 1)
