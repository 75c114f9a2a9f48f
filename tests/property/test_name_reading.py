"""Names are read as the specification says: the native core against a reader made of the specification's words and tables."""

from hypothesis import example, given, reject
from hypothesis import strategies as st

from lib.names_twin import LETTERS, TABLES, read, transcribed
from tallystick.names import read_name

_words = sorted(
    {word.strip(":") for table in ("titles", "articles", "particles", "opens", "closes") for word in TABLES[table].split()}
)
_LATIN = "abd bd u l a s din udd in ull ah allah la r rah man e al aldin olla ou ab k zor vek"
_syllables = [*_LATIN.split(), "عبد", "ال", "ص"]
_slavic = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", *TABLES["slavic beginnings"].split()]),
    st.text("aehiklnorstcjwz", max_size=6),
    st.sampled_from(["", *TABLES["slavic endings"].split()]),
)
_part = st.one_of(
    st.sampled_from(_words),
    st.sampled_from(TABLES["slavic exceptions"].split()),
    _slavic,
    st.lists(st.sampled_from(_syllables), min_size=1, max_size=5).map("".join),
    st.text("abdehilnorsuvz09éÑüÇßøĐ" + "'’-.\u200d", max_size=8),
    st.text(sorted(LETTERS), max_size=6),
)
_names = st.lists(_part, max_size=14).map(" ".join)


@given(_names)
@example("Abd al-Rahman Mac Zorvek ud-Din")
@example("O F Zorvek")
@example("Zorvek Abdul Al")
@example("عبد الرحمن ع")
@example("Jewgenij Schtscherbakow")
@example("Andrew Iwanow")
def test_names_are_read_as_the_specification_says(written: str) -> None:
    try:
        expected = read(written)
    except KeyError:
        reject()  # a letter that the specification leaves to the tables of any_ascii
    other = transcribed(expected)
    found = read_name(written)
    assert [[(part.form, part.script) for part in reading.parts] for reading in found] == [
        [*map(tuple, reading)] for reading in (expected, other) if reading
    ]
