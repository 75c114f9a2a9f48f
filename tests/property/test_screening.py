"""Whatever bytes come: places slice to what is stated, and nothing breaks."""

from hypothesis import given
from hypothesis import strategies as st

from tallystick.matching import default_parameters
from tallystick.screening import Screener

NAMES = ("Munir Al-Tuzani", "Abd al-Rahman Qassab", "منير التوزاني", "Петр Коваленчук", "김 철수", "王小明")
LINES = "".join(f'{{"id":"{i}","names":["{name}"]}}\n' for i, name in enumerate(NAMES))
SCREENER = Screener([LINES.encode()], default_parameters())

_scraps = st.sampled_from(
    [*NAMES, "<b>", "</p>", "&amp;", "&#x41;", "&eacute;", "<script>", "</script>", "<!--", "-->", "\n\n", ", ", "-", "é", "\x00"]
)
_texts = st.lists(_scraps | st.text(max_size=6), max_size=20).map("".join)


@given(_texts, st.booleans())
def test_places_lie_in_the_text_and_in_order(text: str, markup: bool) -> None:  # noqa: FBT001
    found = SCREENER.mentions(text, markup=markup, this_year=2024)
    assert all(0 <= m.start < m.end <= len(text) for m in found)
    assert [m.start for m in found] == sorted(m.start for m in found)


@given(st.text(max_size=30), st.sampled_from(NAMES[:4]), st.text(max_size=30))
def test_a_name_between_breaks_is_found_where_it_is(before: str, name: str, behind: str) -> None:
    text = f"{before}\n\n{name}\n\n{behind}"
    places = {text[m.start : m.end] for m in SCREENER.mentions(text, markup=False, this_year=2024)}
    capitals_in_use = any(c.isupper() for c in name)
    assert name in places or not capitals_in_use


def test_a_birth_place_counts_where_it_is_written_as_a_name() -> None:
    screener = Screener([b'{"id":"a","names":["Odalric Fennimore"],"birth_places":["Most"]}\n'], default_parameters())

    def bits(text: str) -> float:
        (mention,) = screener.mentions(text, markup=False, this_year=2026)
        return mention.weight_bits

    nothing = bits("They met Odalric Fennimore. He spoke of boats.")
    assert bits("They met Odalric Fennimore. He spoke most of boats.") == nothing
    assert bits("They met Odalric Fennimore. He spoke in Most of boats.") == nothing + 3


def test_a_long_text_tells_what_its_paragraphs_tell() -> None:
    paragraphs = [f"They met {name}; he spoke of boats.\n\n" for name in NAMES]
    wanted, ahead = [], 0
    for paragraph in paragraphs * 400:
        found = SCREENER.mentions(paragraph, markup=False, this_year=2024)
        wanted += [(m.start + ahead, m.end + ahead, m.record_id, m.reasons) for m in found]
        ahead += len(paragraph)
    told = SCREENER.mentions("".join(paragraphs * 400), markup=False, this_year=2024)
    assert [(m.start, m.end, m.record_id, m.reasons) for m in told] == wanted
    assert len(wanted) >= len(NAMES[:4]) * 400


def test_a_name_of_one_part_is_told_only_where_it_is_rare() -> None:
    def found(family: str) -> set[str]:
        others = "".join(f'{{"id":"{i}","names":["Person{i} {family}"]}}\n' for i in range(40_000))
        lines = f'{{"id":"alone","names":["Zorvek"]}}\n{others}'
        mentions = Screener([lines.encode()], default_parameters()).mentions("They met Zorvek.", markup=False, this_year=2024)
        return {mention.record_id for mention in mentions}

    assert found("Tuzani") == {"alone"}
    assert found("Zorvek") == set()
